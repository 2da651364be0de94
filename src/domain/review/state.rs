//! Where a tuple stands: first by what the pipeline did, then by what people decided.

use super::decision::Verdict;
use std::fmt;
use std::str::FromStr;

/// The state of a tuple, in the order of its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Imported; no candidate yet.
    New,
    /// Has candidates, not all scored.
    Generated,
    /// All candidates scored, not ordered.
    Scored,
    /// Ready for review.
    Ranked,
    /// A person chose or wrote its sentence.
    Decided,
    /// A person found no candidate good enough.
    Rejected,
    /// Every verdict on the chosen sentence says it is right.
    Verified,
    /// Every verdict says it is wrong.
    Refuted,
    /// Verdicts differ.
    Disputed,
}

/// A status, and whether someone asked for a second look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub status: Status,
    pub flagged: bool,
}

impl Status {
    pub const ALL: [Self; 9] = [
        Self::New,
        Self::Generated,
        Self::Scored,
        Self::Ranked,
        Self::Decided,
        Self::Rejected,
        Self::Verified,
        Self::Refuted,
        Self::Disputed,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Generated => "generated",
            Self::Scored => "scored",
            Self::Ranked => "ranked",
            Self::Decided => "decided",
            Self::Rejected => "rejected",
            Self::Verified => "verified",
            Self::Refuted => "refuted",
            Self::Disputed => "disputed",
        }
    }

    /// A decided tuple after these verdicts on its sentence.
    #[must_use]
    pub fn after(verdicts: impl IntoIterator<Item = Verdict>) -> Self {
        let (mut right, mut wrong) = (false, false);
        for verdict in verdicts {
            if verdict == Verdict::Right { right = true } else { wrong = true }
        }
        match (right, wrong) {
            (false, false) => Self::Decided,
            (true, false) => Self::Verified,
            (false, true) => Self::Refuted,
            (true, true) => Self::Disputed,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Status {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|s| s.name() == name).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|s| s.name()).collect();
            format!("unknown status '{name}'; one of {}", names.join(", "))
        })
    }
}
