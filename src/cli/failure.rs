//! How a command fails: in words, with an exit code that scripts can rely on.

use crate::app::pipeline::PipelineError;
use crate::jobs::EngineError;
use std::fmt;
use std::process::ExitCode;

/// What the exit code says (cli.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Whoever read our output has gone: `amalrec list ... | head`.
    Unheard = 0,
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
    crate::app::pass::PassError,
    crate::app::report::ReportError,
    crate::app::weights::WeightsError,
    crate::import::ImportError,
);

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        if matches!(error, EngineError::Cancelled) { Self::said(Kind::Interrupted) } else { Self::work(error) }
    }
}

impl From<PipelineError> for Failure {
    fn from(error: PipelineError) -> Self {
        match error {
            PipelineError::Engine(error) => error.into(),
            error @ (PipelineError::Store(_) | PipelineError::Methods(_) | PipelineError::NoEngine(_)) => {
                Self::work(error)
            }
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe { Self::said(Kind::Unheard) } else { Self::work(error) }
    }
}

impl From<crate::config::ConfigError> for Failure {
    fn from(error: crate::config::ConfigError) -> Self {
        Self::usage(error)
    }
}
