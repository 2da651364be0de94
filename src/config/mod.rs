//! Settings: embedded defaults, the user's files over them, then environment and flags.
//!
//! Files are found and read here; a problem in one is a message with file and line, never a panic.

pub mod assets;
pub mod method;
pub mod paths;
pub mod relations;
pub mod rubric;
pub mod settings;

pub use assets::Assets;
pub use settings::Settings;

use std::path::PathBuf;
use thiserror::Error;

/// A file that cannot be used. `line` counts from 1.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConfigError {
    #[error("{file}:{line}: {reason}")]
    At { file: String, line: usize, reason: String },
    #[error("{file}: {reason}")]
    Whole { file: String, reason: String },
    #[error("cannot read {}: {cause}", path.display())]
    Unreadable { path: PathBuf, cause: String },
}

impl ConfigError {
    /// From a TOML error, with the line of the place it points at.
    pub(crate) fn toml(file: &str, text: &str, error: &toml::de::Error) -> Self {
        let reason = error.message().lines().collect::<Vec<_>>().join(" ");
        match error.span() {
            Some(span) => Self::At { file: file.to_owned(), line: line_of(text, span.start), reason },
            None => Self::Whole { file: file.to_owned(), reason },
        }
    }
}

/// The line, from 1, in which a byte of a text stands.
pub(crate) fn line_of(text: &str, byte: usize) -> usize {
    1 + text.bytes().take(byte).filter(|&b| b == b'\n').count()
}
