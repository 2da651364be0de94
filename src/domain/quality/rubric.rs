//! What a dimension means to people: the question it asks, how it is measured, what its numbers look like.

use super::Dimension;

/// The page of one dimension.
#[derive(Debug, Clone, PartialEq)]
pub struct Rubric {
    pub dimension: Dimension,
    pub question: String,
    pub measured: String,
    /// How far it agrees with people, with the figures' source.
    pub agreement: String,
    pub examples: Vec<Example>,
}

/// A sentence about a tuple, and about what it scores.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// In 0..=1, rounded.
    pub score: f64,
    /// Head, relation, tail.
    pub fact: [String; 3],
    pub sentence: String,
}

impl Rubric {
    /// The page as paragraphs.
    #[must_use]
    pub fn paragraphs(&self) -> Vec<String> {
        let mut page = vec![
            format!("{}, from 0 to 1 ({}): {}", self.dimension, self.dimension.letter(), self.question),
            self.measured.clone(),
        ];
        page.extend(
            self.examples.iter().map(|e| format!("about {:.1}: {} [{}]", e.score, e.sentence, e.fact.join(" | "))),
        );
        page.push(self.agreement.clone());
        page
    }
}
