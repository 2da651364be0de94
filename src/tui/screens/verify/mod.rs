//! Verify: one chosen sentence and its tuple; is it right? Nothing is told of scores, methods or other answers.

pub mod update;
pub mod view;

use crate::app::VerifyItem;
use crate::domain::TupleId;
use crate::tui::model::Pending;
use std::collections::BTreeSet;
use std::time::Duration;

/// A sentence being judged.
#[derive(Debug, Clone, PartialEq)]
pub struct OnTrial {
    pub item: VerifyItem,
    /// Its first frame.
    pub since: Option<Duration>,
}

/// What stands where a sentence would be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Absent {
    #[default]
    Loading,
    Done,
    Failed(String),
}

/// The verify screen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct VerifyScreen {
    pub trial: Option<OnTrial>,
    pub absent: Absent,
    pub pending: Option<Pending>,
    /// Verdicts on their way, each with the sentence to put back if it cannot be recorded.
    pub saving: Vec<(u64, OnTrial)>,
    /// Skipped in this sitting.
    pub passed: BTreeSet<TupleId>,
    pub done: u64,
    pub total: u64,
}

impl VerifyScreen {
    /// Notes the first frame of the sentence on the screen.
    pub fn drawn(&mut self, now: Duration) {
        if let Some(trial) = &mut self.trial {
            trial.since.get_or_insert(now);
        }
    }

    /// `12/240`
    #[must_use]
    pub fn standing(&self) -> String {
        if self.total == 0 { String::new() } else { format!("{}/{}", self.done, self.total) }
    }
}
