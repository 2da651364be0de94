//! How a command fails: in words, with an exit code that scripts can rely on.

use std::fmt;
use std::process::ExitCode;

/// What the exit code says (cli.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The work failed, or was partly refused.
    Work = 1,
    /// Wrong usage, or a configuration that cannot be read.
    Usage = 2,
    /// Interrupted; all finished work is kept.
    Interrupted = 130,
}

/// A command's failure.
#[derive(Debug)]
pub(super) struct Failure {
    pub kind: Kind,
    /// Empty if all has been said already.
    pub message: String,
}

impl Failure {
    pub(super) fn work(message: impl fmt::Display) -> Self {
        Self { kind: Kind::Work, message: message.to_string() }
    }

    pub(super) fn usage(message: impl fmt::Display) -> Self {
        Self { kind: Kind::Usage, message: message.to_string() }
    }

    /// All has been said; only the exit code is left.
    #[must_use]
    pub(super) fn said(kind: Kind) -> Self {
        Self { kind, message: String::new() }
    }

    #[must_use]
    pub(super) fn code(&self) -> ExitCode {
        ExitCode::from(self.kind as u8)
    }
}

macro_rules! work_failure {
    ($($error:ty),+ $(,)?) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::work(error)
            }
        }
    )+};
}

work_failure!(
    crate::store::StoreError,
    crate::app::ReviewError,
    crate::app::pipeline::PipelineError,
    crate::jobs::EngineError,
    std::io::Error,
);

impl From<crate::config::ConfigError> for Failure {
    fn from(error: crate::config::ConfigError) -> Self {
        Self::usage(error)
    }
}
