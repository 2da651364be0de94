//! Adjudicate: a tuple whose answers differ, settled by a third person who is told whose they are by nobody.

pub mod update;
pub mod view;

use crate::app::{Circumstance, SettleItem};
use crate::domain::TupleId;
use crate::domain::review::Arm;
use crate::tui::keymap::Mode;
use crate::tui::model::Pending;
use crate::tui::screens::review::edit::Editor;
use std::collections::BTreeSet;
use std::time::Duration;

/// A tuple being settled.
#[derive(Debug, Clone, PartialEq)]
pub struct OnBench {
    pub item: SettleItem,
    pub selected: usize,
    pub editor: Option<Editor>,
    /// A text that was left, with the answer it began from.
    pub draft: Option<(usize, String)>,
    /// Its first frame.
    pub since: Option<Duration>,
}

impl OnBench {
    #[must_use]
    pub fn new(item: SettleItem) -> Self {
        Self { item, selected: 0, editor: None, draft: None, since: None }
    }

    /// How the answers were shown when the one at `index`, or none, was taken.
    #[must_use]
    pub fn circumstance(&self, index: Option<usize>, now: Duration) -> Circumstance {
        Circumstance {
            arm: Some(Arm::Answers),
            shown_at: index.and_then(|i| u32::try_from(i + 1).ok()),
            seconds: self.since.map(|since| now.saturating_sub(since).as_secs_f64()),
            ..Circumstance::default()
        }
    }
}

/// What stands where a tuple would be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Absent {
    #[default]
    Loading,
    Done,
    Failed(String),
}

/// The adjudication screen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Adjudicate {
    pub bench: Option<OnBench>,
    pub absent: Absent,
    pub pending: Option<Pending>,
    /// Decisions on their way, each with its tuple to put back if it cannot be recorded.
    pub saving: Vec<(u64, OnBench)>,
    /// Skipped in this sitting.
    pub passed: BTreeSet<TupleId>,
}

impl Adjudicate {
    #[must_use]
    pub fn mode(&self) -> Mode {
        let editing = self.bench.as_ref().is_some_and(|bench| bench.editor.is_some());
        if editing { Mode::Edit } else { Mode::Adjudicate }
    }

    /// Notes the first frame of the tuple on the screen.
    pub fn drawn(&mut self, now: Duration) {
        if let Some(bench) = &mut self.bench {
            bench.since.get_or_insert(now);
        }
    }

    /// `3 left`
    #[must_use]
    pub fn standing(&self) -> String {
        self.bench.as_ref().map_or_else(String::new, |bench| format!("{} left", bench.item.left))
    }
}
