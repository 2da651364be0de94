//! Undo and redo over all that one annotator did, also in earlier sessions.

use super::decisions::{Draft, append};
use super::entry::{self, DECISION, Entry};
use super::error::StoreError;
use super::read::Circumstance;
use super::{Db, bulk};
use crate::domain::review::{Decision, History, Kind, redo_target, undo_target};
use crate::domain::{DecisionId, TupleId};
use rusqlite::{Connection, params};
use std::collections::HashSet;

/// What was undone or redone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turned {
    /// The decision, the newest one of a stroke.
    pub decision: DecisionId,
    pub tuple: TupleId,
    /// Decisions in all: more than one of a stroke.
    pub count: u64,
}

impl Db {
    /// Takes back this annotator's newest decision that stands, with all of its stroke. `None` if there is nothing
    /// to undo.
    pub fn undo(&mut self, annotator: &str, at: i64) -> Result<Option<Turned>, StoreError> {
        self.write(|conn| match newest_standing(conn, annotator)? {
            Some(target) => turn(conn, &target, true, at).map(Some),
            None => Ok(None),
        })
    }

    /// Takes back this annotator's newest decision that stands on one tuple.
    pub fn undo_on(&mut self, tuple: TupleId, annotator: &str, at: i64) -> Result<Option<DecisionId>, StoreError> {
        self.write(|conn| {
            let mut mine = entry::decisions(conn, tuple)?;
            mine.retain(|decision| decision.annotator == annotator);
            let target = undo_target(&mine).and_then(|id| mine.iter().find(|decision| decision.id == id));
            let Some(target) = target else { return Ok(None) };
            take_back(conn, target, Kind::Undo(target.id), at)?;
            Ok(Some(target.id))
        })
    }

    /// Brings back what this annotator undid last, with all of its stroke, unless they decided anew since.
    pub fn redo(&mut self, annotator: &str, at: i64) -> Result<Option<Turned>, StoreError> {
        self.write(|conn| {
            let undone = since_last_decision(conn, annotator)?;
            let Some(id) = redo_target(&undone) else { return Ok(None) };
            // An undo stands on the same tuple as what it took back.
            let Some(undo) = undone.iter().find(|decision| decision.kind.target() == Some(id)) else {
                return Ok(None);
            };
            turn(conn, &Decision { id, ..undo.clone() }, false, at).map(Some)
        })
    }

    /// What [`Self::undo`] would take back, for the screen to name.
    pub fn undoable(&self, annotator: &str) -> Result<Option<DecisionId>, StoreError> {
        Ok(newest_standing(&self.conn, annotator)?.map(|decision| decision.id))
    }

    /// What [`Self::redo`] would bring back.
    pub fn redoable(&self, annotator: &str) -> Result<Option<DecisionId>, StoreError> {
        Ok(redo_target(&since_last_decision(&self.conn, annotator)?))
    }
}

/// Undoes or redoes a decision; if it is part of a stroke, all of it that stands, or does not.
fn turn(conn: &Connection, target: &Decision, back: bool, at: i64) -> Result<Turned, StoreError> {
    let kind = |id| if back { Kind::Undo(id) } else { Kind::Redo(id) };
    let mut turned = Turned { decision: target.id, tuple: target.tuple, count: 0 };
    let Some(stroke) = bulk::stroke_of(conn, target.id)? else {
        take_back(conn, target, kind(target.id), at)?;
        return Ok(Turned { count: 1, ..turned });
    };
    // Undo and redo stand behind what they speak of: from its beginning on, the history tells all of a stroke.
    let sql = format!("SELECT {DECISION} FROM decision d WHERE d.annotator = ?1 AND d.id >= ?2 ORDER BY d.id");
    let mut query = conn.prepare_cached(&sql)?;
    let since = query.query_and_then(params![target.annotator, stroke.first], |row| Entry::read(row, 0)?.decision())?;
    let since = since.collect::<rusqlite::Result<Vec<_>>>()?;
    let standing: HashSet<DecisionId> = History::fold(&since).standing().iter().map(|decision| decision.id).collect();
    let of_stroke = since.iter().filter(|decision| decision.id <= stroke.last);
    for decision in of_stroke.filter(|decision| standing.contains(&decision.id) == back) {
        take_back(conn, decision, kind(decision.id), at)?;
        turned.count += 1;
    }
    Ok(turned)
}

/// Appends an undo or redo on the tuple and by the annotator of `like`.
fn take_back(conn: &Connection, like: &Decision, kind: Kind, at: i64) -> Result<(), StoreError> {
    let annotator = like.annotator.clone();
    append(conn, &Draft { tuple: like.tuple, annotator, kind, circumstance: Circumstance::default(), at })?;
    Ok(())
}

/// `undo_target` of all that this annotator decided, read from the newest back only as far as needed: of
/// several undos and redos of one decision the newest holds, and it comes first.
fn newest_standing(conn: &Connection, annotator: &str) -> Result<Option<Decision>, StoreError> {
    let mut settled: HashSet<DecisionId> = HashSet::new();
    let mut gone: HashSet<DecisionId> = HashSet::new();
    let mut found = None;
    backwards(conn, annotator, |decision| {
        match decision.kind {
            Kind::Undo(id) => {
                if settled.insert(id) {
                    gone.insert(id);
                }
            }
            Kind::Redo(id) => {
                settled.insert(id);
            }
            Kind::Accept(_)
            | Kind::Override(_)
            | Kind::Edit { .. }
            | Kind::Reject(_)
            | Kind::Skip
            | Kind::Flag(_)
            | Kind::Verify { .. } => {
                if !gone.contains(&decision.id) {
                    found = Some(decision);
                }
            }
        }
        found.is_none()
    })?;
    Ok(found)
}

/// The undos and redos since this annotator last decided anything, oldest first: all that `redo_target` needs,
/// because a decision ends what could be redone.
fn since_last_decision(conn: &Connection, annotator: &str) -> Result<Vec<Decision>, StoreError> {
    let mut undone = Vec::new();
    backwards(conn, annotator, |decision| {
        let more = matches!(decision.kind, Kind::Undo(_) | Kind::Redo(_));
        if more {
            undone.push(decision);
        }
        more
    })?;
    undone.reverse();
    Ok(undone)
}

/// Hands an annotator's decisions to `more`, the newest first, as long as it says so.
fn backwards(conn: &Connection, annotator: &str, mut more: impl FnMut(Decision) -> bool) -> Result<(), StoreError> {
    let sql = format!("SELECT {DECISION} FROM decision d WHERE d.annotator = ?1 ORDER BY d.id DESC");
    let mut query = conn.prepare_cached(&sql)?;
    let mut rows = query.query([annotator])?;
    while let Some(row) = rows.next()? {
        if !more(Entry::read(row, 0)?.decision()?) {
            break;
        }
    }
    Ok(())
}
