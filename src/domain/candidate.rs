//! The candidate: one sentence written for a tuple, and everything needed to write it again.

use super::id::{CandidateId, TupleId};
use super::method::Paradigm;

/// Where a sentence came from. Together with the tuple it is enough to make the sentence again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub method: String,
    pub paradigm: Paradigm,
    /// The model's name; `None` for methods that ask no model.
    pub model: Option<String>,
    /// SHA-256 of the model file.
    pub model_digest: Option<String>,
    /// SHA-256 of the prompt as the model saw it (of the template for methods without a model).
    pub prompt_digest: String,
    /// Sampling settings and backend, as JSON text.
    pub params: String,
    pub seed: u32,
    /// Which of several outputs of the same method for the same tuple, from 0.
    pub ordinal: u32,
    /// The candidates that a fused or amalgamated sentence was made from.
    pub parents: Vec<CandidateId>,
    pub prompt_tokens: u32,
    pub output_tokens: u32,
    pub millis: u32,
}

/// What a method gave for a tuple: a sentence, or the reason why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Yield {
    Sentence(String),
    /// The cause, shown to people, counted, and retried on request.
    Failed(String),
}

/// A row of the candidate table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub id: CandidateId,
    pub tuple: TupleId,
    pub made: Yield,
    pub origin: Origin,
}

impl Candidate {
    /// The sentence, unless the method failed.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.made {
            Yield::Sentence(text) => Some(text),
            Yield::Failed(_) => None,
        }
    }
}
