//! What is to be published of one tuple: plain data, filled from the store.

use crate::domain::quality::{Index, ScoreCard};
use crate::domain::review::Status;
use crate::domain::{DecisionId, Origin, RelationTuple, Span};

/// A tuple with the sentence that stands for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub tuple: RelationTuple,
    pub sentence: String,
    pub head: Named,
    pub tail: Named,
    pub status: Status,
    pub source: Source,
    /// `None` for a sentence that a person wrote from nothing.
    pub origin: Option<Origin>,
    pub scores: ScoreCard,
    pub index: Index,
    /// The decisions that made the row what it is, oldest first.
    pub decisions: Vec<DecisionId>,
    /// Answers differ, and nobody settled between them.
    pub disagrees: bool,
    /// Who took them, by name.
    pub annotators: Vec<String>,
    /// One of [`super::Settings::splits`].
    pub split: String,
}

/// Where the sentence names one end of the tuple.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// In bytes.
    At(Span),
    /// Nowhere, and a person confirmed that it is meant so.
    Confirmed,
    /// Nowhere that could be found. The row is left out.
    Missing,
}

/// Who chose the sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A person. `edited`: who also changed or wrote the words.
    Human { edited: bool },
    /// The ranker alone.
    Ranker,
}

impl Source {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Human { .. } => "human",
            Self::Ranker => "ranker",
        }
    }
}

/// Why a row is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gap {
    NoSentence,
    HeadNotNamed,
    TailNotNamed,
    /// The span is empty, or begins or ends outside the sentence or inside a character.
    BadSpan,
}

impl Gap {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NoSentence => "there is no sentence",
            Self::HeadNotNamed => "the sentence does not name the head",
            Self::TailNotNamed => "the sentence does not name the tail",
            Self::BadSpan => "a span does not fit the sentence",
        }
    }
}

impl Row {
    /// Why the row cannot be published as it is, if so.
    #[must_use]
    pub fn gap(&self) -> Option<Gap> {
        if self.sentence.trim().is_empty() {
            return Some(Gap::NoSentence);
        }
        for (named, missing) in [(self.head, Gap::HeadNotNamed), (self.tail, Gap::TailNotNamed)] {
            match named {
                Named::Missing => return Some(missing),
                Named::At(span) if span.of(&self.sentence).is_empty() => return Some(Gap::BadSpan),
                Named::At(_) | Named::Confirmed => {}
            }
        }
        None
    }
}
