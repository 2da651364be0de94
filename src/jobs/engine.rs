//! The port to a language model: what may be asked of it, as plain data, and the trait that answers.
//!
//! Four implementations: llama.cpp in this process, the same in a child process, an OpenAI-compatible
//! server, and a scripted one that only tests can reach.

use super::Cancel;
pub use crate::domain::method::{Sampling, Speaker as Role};

/// What the model reads before it writes.
#[derive(Debug, Clone, PartialEq)]
pub enum Prompt {
    /// Rendered through the model's own chat template.
    Chat(Vec<(Role, String)>),
    /// Fed as it stands (a beginning-of-sequence token is added if the model asks for one).
    Raw(String),
}

/// One sentence to write.
#[derive(Debug, Clone, PartialEq)]
pub struct Generation {
    pub prompt: Prompt,
    /// GBNF; one that does not compile is an error, never silent free text.
    pub grammar: Option<String>,
    /// The text is cut before the first of these.
    pub stop: Vec<String>,
    pub sampling: Sampling,
    pub seed: u32,
}

/// What the model wrote.
#[derive(Debug, Clone, PartialEq)]
pub struct Generated {
    pub text: String,
    /// True when `max_tokens` ended it rather than the model, a stop string or the grammar.
    pub truncated: bool,
    pub prompt_tokens: u32,
    /// Prompt tokens that had to be evaluated, the rest having been in the cache.
    pub evaluated_tokens: u32,
    pub output_tokens: u32,
}

/// One text whose likelihood is asked: log p(`text` | `prefix`).
///
/// Judgements that share a prefix should stand together: its cache is kept between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// May be empty: then the text is judged after the beginning-of-sequence token alone.
    pub prefix: String,
    pub text: String,
}

/// The likelihood of a judged text.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    pub tokens: Vec<JudgedToken>,
}

/// A token of the judged text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JudgedToken {
    /// Bytes of `Judgement::text` that it covers: `start..end`, possibly inside a character.
    pub start: usize,
    pub end: usize,
    /// Natural logarithm of its probability given all before it.
    pub logprob: f32,
}

impl Judged {
    /// Sum of the tokens' log-probabilities, in nats.
    #[must_use]
    pub fn sum(&self) -> f64 {
        self.tokens.iter().map(|t| f64::from(t.logprob)).sum()
    }

    /// Mean log-probability a token, in nats; `None` for an empty text.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        if self.tokens.is_empty() {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "a sentence has far fewer than 2^52 tokens")]
        Some(self.sum() / self.tokens.len() as f64)
    }
}

/// What answers: enough to tell later which model wrote a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineInfo {
    /// The model's name in `models/manifest.toml`, or its file name.
    pub model: String,
    /// SHA-256 of the model file, in hexadecimal.
    pub digest: String,
    /// SHA-256 of the adapter on it, if there is one.
    pub adapter: Option<String>,
    /// Such as `llama.cpp CPU, 1 thread`.
    pub backend: String,
}

impl EngineInfo {
    /// The first 12 digits of the digest of what answers: of the adapter, where there is one, else of the model.
    #[must_use]
    pub fn mark(&self) -> &str {
        let digest = self.adapter.as_ref().unwrap_or(&self.digest);
        digest.get(..12).unwrap_or(digest)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error("cancelled")]
    Cancelled,
    /// The model could not be loaded at all.
    #[error("{0}")]
    Load(String),
    /// This request cannot be answered, others may be.
    #[error("{0}")]
    Request(String),
    /// The engine is gone (its process died, its server closed): it must be made anew.
    #[error("the engine died: {0}")]
    Died(String),
}

/// A language model at work. Blocking; owned by one thread.
///
/// Answers come by `sink` as soon as they are ready, each with the index of its request, in any order;
/// each request is answered exactly once unless the call returns an error. After `Cancelled` no more
/// answers come, and the engine remains usable.
pub trait Engine {
    fn info(&self) -> EngineInfo;

    fn generate(
        &mut self,
        requests: &[Generation],
        cancel: &Cancel,
        sink: &mut dyn FnMut(usize, Result<Generated, EngineError>),
    ) -> Result<(), EngineError>;

    fn judge(
        &mut self,
        requests: &[Judgement],
        cancel: &Cancel,
        sink: &mut dyn FnMut(usize, Result<Judged, EngineError>),
    ) -> Result<(), EngineError>;
}

/// Builds an engine on the thread that will own it.
pub type EngineMaker = Box<dyn FnOnce(&Cancel) -> Result<Box<dyn Engine>, EngineError> + Send>;
