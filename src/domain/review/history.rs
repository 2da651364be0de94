//! Folding decisions: what stands after undo and redo, and what either would touch next.

use super::decision::{Decision, Kind, Verdict};
use super::state::{Standing, Status};
use crate::domain::id::DecisionId;
use std::collections::HashSet;

/// The decisions that stand, oldest first.
#[derive(Debug, Clone)]
pub struct History<'a> {
    standing: Vec<&'a Decision>,
}

impl<'a> History<'a> {
    /// Folds decisions given oldest first. Undo and redo name their target, so the fold of one tuple's
    /// decisions equals that of the whole project's restricted to it.
    #[must_use]
    pub fn fold(decisions: &'a [Decision]) -> Self {
        let mut gone: HashSet<DecisionId> = HashSet::new();
        for decision in decisions {
            match decision.kind {
                Kind::Undo(id) => gone.insert(id),
                Kind::Redo(id) => gone.remove(&id),
                Kind::Accept(_)
                | Kind::Override(_)
                | Kind::Edit { .. }
                | Kind::Reject(_)
                | Kind::Skip
                | Kind::Flag(_)
                | Kind::Verify { .. } => false,
            };
        }
        let stands = |d: &&Decision| !matches!(d.kind, Kind::Undo(_) | Kind::Redo(_)) && !gone.contains(&d.id);
        Self { standing: decisions.iter().filter(stands).collect() }
    }

    #[must_use]
    pub fn standing(&self) -> &[&'a Decision] {
        &self.standing
    }

    /// The decision that settles the tuple: the newest that stands, but those who were settled between cannot
    /// unsettle it.
    #[must_use]
    pub fn settled(&self) -> Option<&'a Decision> {
        self.adjudication().or_else(|| self.standing.iter().rev().find(|d| d.kind.settles()).copied())
    }

    /// The newest decision that settles between the answers of others.
    #[must_use]
    pub fn adjudication(&self) -> Option<&'a Decision> {
        self.standing.iter().rev().find(|d| d.adjudicates()).copied()
    }

    /// Each person's answer, their newest that stands, in the order in which they were given.
    #[must_use]
    pub fn answers(&self) -> Vec<&'a Decision> {
        let mut newest: Vec<&Decision> = Vec::new();
        for decision in self.standing.iter().rev().filter(|d| d.kind.settles() && !d.adjudicates()) {
            if newest.iter().all(|other| other.annotator != decision.annotator) {
                newest.push(decision);
            }
        }
        newest.reverse();
        newest
    }

    /// Where the tuple stands; `before` is what it is without any decision.
    #[must_use]
    pub fn status(&self, before: Status) -> Standing {
        let flagged = self.standing.iter().any(|d| matches!(d.kind, Kind::Flag(_)));
        let Some(settled) = self.settled() else { return Standing { status: before, flagged } };
        if matches!(settled.kind, Kind::Reject(_)) {
            return Standing { status: Status::Rejected, flagged };
        }
        let verdicts: Vec<(&Decision, Verdict)> =
            self.standing.iter().filter_map(|d| d.verdict_on(settled.id)).collect();
        // Who settled between the verdicts has the last word.
        let last = verdicts.iter().rev().find(|(decision, _)| decision.adjudicates_verdicts());
        let status = match last {
            Some((_, verdict)) => Status::after([*verdict]),
            None => Status::after(verdicts.into_iter().map(|(_, verdict)| verdict)),
        };
        Standing { status, flagged }
    }
}

/// What this annotator's undo would take back: their newest decision that stands.
#[must_use]
pub fn undo_target(mine: &[Decision]) -> Option<DecisionId> {
    History::fold(mine).standing.last().map(|d| d.id)
}

/// What this annotator's redo would bring back: the newest undone decision, unless they decided anew since.
#[must_use]
pub fn redo_target(mine: &[Decision]) -> Option<DecisionId> {
    let mut undone: Vec<DecisionId> = Vec::new();
    for decision in mine {
        match decision.kind {
            Kind::Undo(id) => undone.push(id),
            Kind::Redo(id) => undone.retain(|&u| u != id),
            Kind::Accept(_)
            | Kind::Override(_)
            | Kind::Edit { .. }
            | Kind::Reject(_)
            | Kind::Skip
            | Kind::Flag(_)
            | Kind::Verify { .. } => undone.clear(),
        }
    }
    undone.last().copied()
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
