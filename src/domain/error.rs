//! What can be wrong with data, in words that tell its owner what to do.

use thiserror::Error;

/// Why a tuple is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TupleError {
    #[error("the {0} is empty")]
    Empty(&'static str),
    #[error("the {field} has {bytes} bytes; at most {limit} are allowed")]
    TooLong { field: &'static str, bytes: usize, limit: usize },
    #[error("the {0} holds a control character")]
    Control(&'static str),
}

/// Why a prompt or sentence template is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TemplateError {
    #[error("unknown slot {{{slot}}}; the slots are {known}")]
    UnknownSlot { slot: String, known: String },
    #[error("a '{{' is not closed by '}}'")]
    Unclosed,
}
