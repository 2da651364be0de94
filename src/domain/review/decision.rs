//! A decision: one thing one annotator did to one tuple. Appended, never changed.

use super::arm::Arm;
use crate::domain::id::{CandidateId, DecisionId, TupleId};
use crate::domain::mention::Span;
use std::fmt;
use std::str::FromStr;

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The ranker's first choice was taken.
    Accept(CandidateId),
    /// Another candidate was taken instead.
    Override(CandidateId),
    /// A sentence was written or changed by hand. A missing span means the entity is not named, which the
    /// annotator confirmed.
    Edit { base: Option<CandidateId>, text: String, head: Option<Span>, tail: Option<Span> },
    /// No candidate will do.
    Reject(RejectReason),
    /// Not now; the tuple comes back later.
    Skip,
    /// Someone should look at this tuple. The text says why, and may be empty.
    Flag(String),
    /// A verdict on the sentence that another decision chose.
    Verify { of: DecisionId, verdict: Verdict },
    /// Takes a decision of the same annotator back.
    Undo(DecisionId),
    /// Takes an undo back.
    Redo(DecisionId),
}

impl Kind {
    /// The identifier in tables and in `--json`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Accept(_) => "accept",
            Self::Override(_) => "override",
            Self::Edit { .. } => "edit",
            Self::Reject(_) => "reject",
            Self::Skip => "skip",
            Self::Flag(_) => "flag",
            Self::Verify { .. } => "verify",
            Self::Undo(_) => "undo",
            Self::Redo(_) => "redo",
        }
    }

    /// True if it settles which sentence, if any, stands for the tuple.
    #[must_use]
    pub fn settles(&self) -> bool {
        matches!(self, Self::Accept(_) | Self::Override(_) | Self::Edit { .. } | Self::Reject(_))
    }

    /// The candidate it names, if any.
    #[must_use]
    pub fn candidate(&self) -> Option<CandidateId> {
        match self {
            Self::Accept(id) | Self::Override(id) => Some(*id),
            Self::Edit { base, .. } => *base,
            Self::Reject(_) | Self::Skip | Self::Flag(_) | Self::Verify { .. } | Self::Undo(_) | Self::Redo(_) => None,
        }
    }

    /// The decision it speaks of, if any.
    #[must_use]
    pub fn target(&self) -> Option<DecisionId> {
        match self {
            Self::Verify { of: id, .. } | Self::Undo(id) | Self::Redo(id) => Some(*id),
            Self::Accept(_) | Self::Override(_) | Self::Edit { .. } | Self::Reject(_) | Self::Skip | Self::Flag(_) => {
                None
            }
        }
    }
}

/// A decision as it stands in the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub id: DecisionId,
    pub tuple: TupleId,
    pub annotator: String,
    pub kind: Kind,
    /// What was shown; `None` where nothing was.
    pub arm: Option<Arm>,
}

impl Decision {
    /// True if it settles between the answers of others.
    #[must_use]
    pub fn adjudicates(&self) -> bool {
        self.arm == Some(Arm::Answers) && self.kind.settles()
    }

    /// Itself and what it says, if it is a verdict on the sentence that decision `of` chose.
    #[must_use]
    pub fn verdict_on(&self, of: DecisionId) -> Option<(&Self, Verdict)> {
        let Kind::Verify { of: target, verdict } = self.kind else { return None };
        (target == of).then_some((self, verdict))
    }

    /// True if it is a verdict that settles between those of others.
    #[must_use]
    pub fn adjudicates_verdicts(&self) -> bool {
        self.arm == Some(Arm::Answers) && matches!(self.kind, Kind::Verify { .. })
    }
}

/// Declares an enum of fixed words with a key each, for one-key menus.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$m:meta])* $variant:ident = $word:literal, $key:literal, $label:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$m])* $variant),+ }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The identifier in tables, on the command line and in `--json`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The key that picks it in a menu.
            #[must_use]
            pub fn key(self) -> char {
                match self { $(Self::$variant => $key),+ }
            }

            /// For people.
            #[must_use]
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(word: &str) -> Result<Self, String> {
                Self::ALL.iter().copied().find(|w| w.name() == word).ok_or_else(|| {
                    let known: Vec<_> = Self::ALL.iter().map(|w| w.name()).collect();
                    format!("'{word}' is not one of {}", known.join(", "))
                })
            }
        }
    };
}

words! {
    /// Why no candidate will do.
    RejectReason {
        Inaccurate = "inaccurate", 'i', "none states the tuple";
        Ungrammatical = "ungrammatical", 'g', "none is good English";
        BadTuple = "bad-tuple", 't', "the tuple itself is wrong";
        Unclear = "unclear", 'u', "cannot tell what the tuple means";
        Other = "other", 'o', "another reason";
    }
}

words! {
    /// What a verifier found of a chosen sentence.
    Verdict {
        Right = "right", 'y', "right";
        EntityMissing = "entity-missing", 'm', "an entity is missing";
        WrongRelation = "wrong-relation", 'r', "states another relation";
        WrongDirection = "wrong-direction", 'd', "head and tail are exchanged";
        ExtraFact = "extra-fact", 'x', "says more than the tuple";
        Ungrammatical = "ungrammatical", 'g', "ungrammatical";
        NotFluent = "not-fluent", 'f', "not fluent";
    }
}
