//! How far a run is: the newest value is all that matters, so it travels by a watch channel.

use std::time::Duration;

/// What a run does just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Phase {
    /// Nothing runs.
    #[default]
    Idle,
    /// The model is being loaded.
    Loading,
    Generating,
    Scoring,
    Amalgamating,
    /// Cancelled, finishing what cannot be stopped.
    Stopping,
    /// All is done; the totals stay to be read.
    Finished,
    /// It stopped by a fault, in words.
    Failed,
}

impl Phase {
    /// One word for people.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Loading => "loading the model",
            Self::Generating => "generating",
            Self::Scoring => "scoring",
            Self::Amalgamating => "amalgamating",
            Self::Stopping => "stopping",
            Self::Finished => "finished",
            Self::Failed => "failed",
        }
    }
}

/// How far a run is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Progress {
    pub phase: Phase,
    /// Tuples finished and tuples to do in this run.
    pub done: u64,
    pub total: u64,
    /// Candidates written and failed in this run.
    pub written: u64,
    pub failed: u64,
    /// Tokens written a second, over the run.
    pub tokens_per_s: f64,
    pub elapsed: Duration,
    /// What is being worked on, or why it failed.
    pub note: String,
    /// Changes each time a tuple is finished, so that a screen knows when to read again.
    pub epoch: u64,
}

impl Progress {
    #[must_use]
    pub fn running(&self) -> bool {
        match self.phase {
            Phase::Loading | Phase::Generating | Phase::Scoring | Phase::Amalgamating | Phase::Stopping => true,
            Phase::Idle | Phase::Finished | Phase::Failed => false,
        }
    }

    /// Time left at the pace so far; `None` before the first tuple is done.
    #[must_use]
    pub fn left(&self) -> Option<Duration> {
        if self.done == 0 || self.done >= self.total {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "counts of tuples stay far below 2^52")]
        let ratio = (self.total - self.done) as f64 / self.done as f64;
        Some(self.elapsed.mul_f64(ratio))
    }
}
