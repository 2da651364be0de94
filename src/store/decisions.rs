//! Decisions: checked against what the project holds, appended, never changed.

use super::entry::{self, DECISION, Entry};
use super::error::{Refusal, StoreError};
use super::read::{Circumstance, DecisionRow, TupleRow};
use super::refresh::refresh;
use super::{Db, answers, candidates, log, tuples};
use crate::domain::mention::{Pair, locate};
use crate::domain::review::{Arm, Decision, History, Kind, Status, Verdict};
use crate::domain::{CandidateId, DecisionId, Span, TupleId};
use rusqlite::{Connection, OptionalExtension as _};

/// A decision on its way into the history. The sentence of an accept or override, and where it names the
/// entities, is taken from its candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    pub tuple: TupleId,
    pub annotator: String,
    pub kind: Kind,
    pub circumstance: Circumstance,
    /// Milliseconds since 1970, UTC.
    pub at: i64,
}

impl Db {
    /// Appends a decision. When this returns, it is on the disk.
    ///
    /// # Errors
    /// `Refused` if it contradicts what the project holds, which is then as before.
    pub fn record(&mut self, draft: &Draft) -> Result<DecisionId, StoreError> {
        self.write(|conn| append(conn, draft))
    }

    pub fn decision(&self, id: DecisionId) -> Result<Option<DecisionRow>, StoreError> {
        let sql = format!("SELECT {DECISION} FROM decision d WHERE d.id = ?1");
        let mut query = self.conn.prepare_cached(&sql)?;
        Ok(query.query_row([id], |row| Entry::read(row, 0)?.into_row()).optional()?)
    }

    /// All that was decided on a tuple, oldest first.
    pub fn history(&self, tuple: TupleId) -> Result<Vec<DecisionRow>, StoreError> {
        let sql = format!("SELECT {DECISION} FROM decision d WHERE d.tuple_id = ?1 ORDER BY d.id");
        let mut query = self.conn.prepare_cached(&sql)?;
        let rows = query.query_and_then([tuple], |row| Entry::read(row, 0)?.into_row())?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The newest decision of an annotator, of whatever kind.
    pub fn last_decision(&self, annotator: &str) -> Result<Option<DecisionRow>, StoreError> {
        let sql = format!("SELECT {DECISION} FROM decision d WHERE d.annotator = ?1 ORDER BY d.id DESC LIMIT 1");
        let mut query = self.conn.prepare_cached(&sql)?;
        Ok(query.query_row([annotator], |row| Entry::read(row, 0)?.into_row()).optional()?)
    }

    /// Calls `f` with each decision, oldest first; stops at its first error.
    pub fn each_decision<E: From<StoreError>>(&self, mut f: impl FnMut(DecisionRow) -> Result<(), E>) -> Result<(), E> {
        let sql = format!("SELECT {DECISION} FROM decision d ORDER BY d.id");
        let mut query = self.conn.prepare(&sql).map_err(StoreError::from)?;
        let mut rows = query.query([]).map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            let entry = Entry::read(row, 0).and_then(Entry::into_row).map_err(StoreError::from)?;
            f(entry)?;
        }
        Ok(())
    }
}

/// Checks and appends within a transaction, and refreshes the tuple.
pub(super) fn append(conn: &Connection, draft: &Draft) -> Result<DecisionId, StoreError> {
    if draft.annotator.trim().is_empty() {
        return Err(Refusal::NoAnnotator.into());
    }
    let tuple = tuples::existing(conn, draft.tuple)?;
    let (text, head, tail) = match &draft.kind {
        Kind::Accept(id) | Kind::Override(id) => chosen(conn, &tuple, *id)?,
        Kind::Edit { base, text, head, tail } => {
            if let Some(base) = base {
                candidates::sentence(conn, tuple.id, *base)?;
            }
            check_sentence(text, *head, *tail)?;
            (Some(text.clone()), *head, *tail)
        }
        Kind::Verify { of, .. } => {
            check_verdict(conn, draft, *of)?;
            (None, None, None)
        }
        Kind::Undo(id) => {
            check_own(conn, draft, *id, true)?;
            (None, None, None)
        }
        Kind::Redo(id) => {
            check_own(conn, draft, *id, false)?;
            (None, None, None)
        }
        Kind::Reject(_) | Kind::Skip | Kind::Flag(_) => (None, None, None),
    };
    let shown = &draft.circumstance;
    if shown.arm == Some(Arm::Answers) && draft.kind.settles() {
        answers::check_settling(conn, draft)?;
    }
    let newest = log::newest(conn)?;
    let entry = Entry {
        id: DecisionId(newest.map_or(0, |(id, _)| id.0) + 1),
        tuple: tuple.id,
        annotator: draft.annotator.clone(),
        kind: draft.kind.name().to_owned(),
        candidate: draft.kind.candidate(),
        target: draft.kind.target(),
        text,
        head,
        tail,
        reason: entry::reason(&draft.kind),
        arm: shown.arm.map(|arm| arm.to_string()),
        shown_at: shown.shown_at,
        place: shown.place,
        sei_version: shown.sei_version.clone(),
        // SQLite keeps neither NaN nor the sign of zero: the hash must be of what is read back.
        seconds: shown.seconds.filter(|s| s.is_finite()).map(|s| if s > 0.0 { s } else { 0.0 }),
        at: draft.at,
    };
    entry.insert(conn, entry.hash(newest.map(|(_, hash)| hash)))?;
    refresh(conn, tuple.id)?;
    Ok(entry.id)
}

type Sentence = (Option<String>, Option<Span>, Option<Span>);

fn chosen(conn: &Connection, tuple: &TupleRow, id: CandidateId) -> Result<Sentence, StoreError> {
    let text = candidates::sentence(conn, tuple.id, id)?;
    let Pair { head, tail } = locate(&text, &tuple.tuple.head, &tuple.tuple.tail);
    Ok((Some(text), head.map(|mention| mention.span), tail.map(|mention| mention.span)))
}

fn check_sentence(text: &str, head: Option<Span>, tail: Option<Span>) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::EmptySentence);
    }
    for (name, span) in [("head", head), ("tail", tail)] {
        if span.is_some_and(|span| span.of(text).is_empty()) {
            return Err(Refusal::BadSpan(name));
        }
    }
    Ok(())
}

/// A verdict speaks of a sentence that stands, and each person gives one.
fn check_verdict(conn: &Connection, draft: &Draft, of: DecisionId) -> Result<(), StoreError> {
    let decisions = entry::decisions(conn, draft.tuple)?;
    let target = found(&decisions, draft.tuple, of)?;
    if !target.kind.settles() || matches!(target.kind, Kind::Reject(_)) {
        return Err(Refusal::NothingToVerify(of).into());
    }
    let history = History::fold(&decisions);
    if !history.standing().iter().any(|decision| decision.id == of) {
        return Err(Refusal::Undone(of).into());
    }
    if history.settled().is_none_or(|settled| settled.id != of) {
        return Err(Refusal::Superseded(of).into());
    }
    let annotator = draft.annotator.clone();
    let verdicts: Vec<(&Decision, Verdict)> =
        history.standing().iter().filter_map(|decision| decision.verdict_on(of)).collect();
    let mine = verdicts.iter().any(|(decision, _)| decision.annotator == annotator);
    if draft.circumstance.arm == Some(Arm::Answers) {
        if mine || target.annotator == annotator {
            return Err(Refusal::JudgedBefore { tuple: draft.tuple, annotator }.into());
        }
        let settled = verdicts.iter().any(|(decision, _)| decision.adjudicates_verdicts());
        let disputed = Status::after(verdicts.iter().map(|(_, verdict)| *verdict)) == Status::Disputed;
        if settled || !disputed {
            return Err(Refusal::NothingToAdjudicate(draft.tuple).into());
        }
    }
    if mine {
        return Err(Refusal::VerifiedAlready { decision: of, annotator }.into());
    }
    Ok(())
}

/// Undo speaks of one's own decision that stands, redo of one that was undone.
fn check_own(conn: &Connection, draft: &Draft, id: DecisionId, stands: bool) -> Result<(), StoreError> {
    let decisions = entry::decisions(conn, draft.tuple)?;
    let target = found(&decisions, draft.tuple, id)?;
    if target.annotator != draft.annotator {
        return Err(Refusal::NotYours(id).into());
    }
    match (History::fold(&decisions).standing().iter().any(|decision| decision.id == id), stands) {
        (true, true) | (false, false) => Ok(()),
        (false, true) => Err(Refusal::Undone(id).into()),
        (true, false) => Err(Refusal::NotUndone(id).into()),
    }
}

/// The decision on this tuple that another speaks of; undo and redo themselves are not spoken of.
fn found(decisions: &[Decision], tuple: TupleId, id: DecisionId) -> Result<&Decision, Refusal> {
    decisions
        .iter()
        .find(|decision| decision.id == id && !matches!(decision.kind, Kind::Undo(_) | Kind::Redo(_)))
        .ok_or(Refusal::NoDecision { tuple, decision: id })
}
