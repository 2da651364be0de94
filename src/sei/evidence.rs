//! What stands behind each score, in words a person can check: findings by dimension, with their places.

use crate::domain::mention::Span;
use crate::domain::quality::Dimension;
use serde::{Deserialize, Serialize};

/// One observation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub what: String,
    /// Bytes of the sentence that it is about, where it is about a place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<(usize, usize)>,
}

impl Finding {
    pub(super) fn said(what: &str) -> Self {
        Self { what: what.to_owned(), at: None }
    }

    pub(super) fn at(span: Span, what: String) -> Self {
        Self { what, at: Some((span.start, span.end)) }
    }
}

/// The findings of a sentence, and the formula that made each score.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Evidence {
    pub grammar: Vec<Finding>,
    pub fluency: Vec<Finding>,
    pub sentiment: Vec<Finding>,
    pub accuracy: Vec<Finding>,
    pub complexity: Vec<Finding>,
    /// Tokens that the model judged for this sentence, prefixes aside.
    pub judged_tokens: usize,
}

impl Evidence {
    #[must_use]
    pub fn of(&self, dimension: Dimension) -> &[Finding] {
        match dimension {
            Dimension::Grammar => &self.grammar,
            Dimension::Fluency => &self.fluency,
            Dimension::Sentiment => &self.sentiment,
            Dimension::Accuracy => &self.accuracy,
            Dimension::Complexity => &self.complexity,
        }
    }

    pub(super) fn of_mut(&mut self, dimension: Dimension) -> &mut Vec<Finding> {
        match dimension {
            Dimension::Grammar => &mut self.grammar,
            Dimension::Fluency => &mut self.fluency,
            Dimension::Sentiment => &mut self.sentiment,
            Dimension::Accuracy => &mut self.accuracy,
            Dimension::Complexity => &mut self.complexity,
        }
    }
}
