//! Review: one tuple at a time; choose, edit if needed, decide, next.

pub mod compare;
pub mod edit;
pub mod edit_view;
pub mod rows;
pub mod update;
pub mod view;
pub mod why;

use crate::app::{Circumstance, ReviewItem};
use crate::domain::review::Arm;
use crate::domain::{CandidateId, TupleId};
use crate::tui::action::Desk;
use crate::tui::keymap::Mode;
use crate::tui::model::Pending;
use compare::Compare;
use edit::Editor;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// An item on the screen.
#[derive(Debug, Clone, PartialEq)]
pub struct OnDesk {
    pub item: ReviewItem,
    pub selected: usize,
    /// True once the reader has moved the selection.
    pub moved: bool,
    /// Candidates to compare.
    pub marked: Vec<CandidateId>,
    /// Its first frame.
    pub since: Option<Duration>,
    /// When its list last changed under the reader's eyes.
    pub changed: Option<Duration>,
    pub editor: Option<Editor>,
    pub compare: Option<Compare>,
}

impl OnDesk {
    /// The ranker's choice is selected at first.
    #[must_use]
    pub fn new(item: ReviewItem) -> Self {
        let selected = item.candidates.iter().position(|c| c.place == Some(1)).unwrap_or(0);
        Self {
            item,
            selected,
            moved: false,
            marked: Vec::new(),
            since: None,
            changed: None,
            editor: None,
            compare: None,
        }
    }

    #[must_use]
    pub fn tuple(&self) -> TupleId {
        self.item.tuple.id
    }

    /// Where the ranker's choice stands; `None` in the blind arm.
    #[must_use]
    pub fn star(&self) -> Option<usize> {
        self.item.candidates.iter().position(|c| c.place == Some(1))
    }

    /// How the item was shown when the candidate at `index` was chosen, or nothing was.
    #[must_use]
    pub fn circumstance(&self, index: Option<usize>, now: Duration) -> Circumstance {
        Circumstance {
            arm: Some(self.item.arm),
            shown_at: index.and_then(|i| u32::try_from(i + 1).ok()),
            place: index.and_then(|i| self.item.candidates.get(i)).and_then(|c| c.place),
            sei_version: None,
            seconds: self.since.map(|since| now.saturating_sub(since).as_secs_f64()),
        }
    }
}

/// A decision on its way to the store.
#[derive(Debug, Clone, PartialEq)]
pub struct Saving {
    pub run: u64,
    /// The item as it was, to be put back if the decision cannot be recorded.
    pub desk: OnDesk,
    /// True if the screen went on to the next item; flags stay.
    pub moved_on: bool,
}

/// What stands where an item would be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Absent {
    #[default]
    Loading,
    /// Nothing is left to decide.
    Done,
    Failed(String),
}

/// The review screen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Review {
    pub desk: Option<OnDesk>,
    pub absent: Absent,
    /// The next items, read in advance so that they are drawn at once.
    pub ahead: VecDeque<ReviewItem>,
    /// Items left behind in this sitting, the newest last.
    pub behind: Vec<TupleId>,
    /// Skipped or passed over in this sitting: not shown again until the rest is done.
    pub passed: BTreeSet<TupleId>,
    pub saving: Vec<Saving>,
    /// The request for an item ahead.
    pub fetching: Option<Pending>,
    /// The request for a given tuple.
    pub opening: Option<Pending>,
    /// True if the store had no further item.
    pub exhausted: bool,
    /// Edited texts that were left, by the sentence they began from.
    pub drafts: BTreeMap<(TupleId, Option<CandidateId>), String>,
    pub regenerating: BTreeSet<TupleId>,
    pub hide_why: bool,
    pub bars: bool,
    pub done: u64,
    pub total: u64,
}

impl Review {
    #[must_use]
    pub fn mode(&self) -> Mode {
        match &self.desk {
            Some(desk) if desk.editor.is_some() => Mode::Edit,
            Some(desk) if desk.compare.is_some() => Mode::Compare,
            Some(_) | None => Mode::Review,
        }
    }

    /// Notes the first frame of the item on the screen.
    pub fn drawn(&mut self, now: Duration) {
        if let Some(desk) = &mut self.desk {
            desk.since.get_or_insert(now);
        }
    }

    /// The request that an empty screen waits for.
    #[must_use]
    pub fn waiting(&self) -> Option<Pending> {
        if self.desk.is_some() { self.opening } else { self.opening.or(self.fetching) }
    }

    /// `12/240`
    #[must_use]
    pub fn standing(&self) -> String {
        // A decision on its way counts when it is kept: whoever reads the number may pull the plug.
        let leaving = self.saving.iter().filter(|saving| saving.moved_on).count();
        let kept = self.done.saturating_sub(u64::try_from(leaving).unwrap_or(u64::MAX));
        if self.total == 0 { String::new() } else { format!("{kept}/{}", self.total) }
    }

    #[must_use]
    pub fn arm(&self) -> Option<Arm> {
        self.desk.as_ref().map(|desk| desk.item.arm)
    }

    /// Keeps what stands in an editor that is being left; true if that is anything. An emptied one keeps nothing.
    pub fn keep_draft(&mut self, tuple: TupleId, editor: &Editor) -> bool {
        let key = (tuple, editor.base);
        match editor.draft() {
            Some(text) => drop(self.drafts.insert(key, text.to_owned())),
            None => drop(self.drafts.remove(&key)),
        }
        self.drafts.contains_key(&key)
    }

    #[must_use]
    pub fn has_draft(&self, tuple: TupleId) -> bool {
        self.drafts.keys().any(|(of, _)| *of == tuple)
    }

    /// Tuples that the store must not offer as the next: on the screen, ahead, on their way, passed over.
    #[must_use]
    pub fn held(&self) -> Vec<TupleId> {
        let mut held = self.passed.clone();
        held.extend(self.desk.iter().map(OnDesk::tuple));
        held.extend(self.ahead.iter().map(|item| item.tuple.id));
        held.extend(self.saving.iter().map(|saving| saving.desk.tuple()));
        held.into_iter().collect()
    }

    /// Hints say what the keys do to this very item; an empty label hides one.
    #[must_use]
    pub fn label<'a>(&self, desk: Desk, label: &'a str) -> Cow<'a, str> {
        let Some(on) = &self.desk else { return "".into() };
        let empty = on.item.candidates.is_empty();
        match desk {
            Desk::Accept if !empty && on.star().is_none() => "take selected".into(),
            Desk::Accept if !empty && on.star() != Some(on.selected) => format!("take {}", on.selected + 1).into(),
            Desk::Accept | Desk::Compare | Desk::Mark | Desk::Pick(_) if empty => "".into(),
            Desk::Pick(_) if on.star().is_none() => "take".into(),
            // In Review the same as to accept.
            Desk::Take => "".into(),
            Desk::Edit if empty => "write one".into(),
            Desk::Why | Desk::Bars if on.item.arm != Arm::RankedScores => "".into(),
            Desk::Accept
            | Desk::Pick(_)
            | Desk::Edit
            | Desk::External
            | Desk::Reject(_)
            | Desk::Flag
            | Desk::Note
            | Desk::Mark
            | Desk::Compare
            | Desk::Regenerate
            | Desk::Previous
            | Desk::Next
            | Desk::Why
            | Desk::Bars => label.into(),
        }
    }
}
