//! One row of the history: its columns, its hash, and the decision that it says.

use super::error::StoreError;
use super::read::{Circumstance, DecisionRow};
use super::row;
use crate::domain::digest::Digest;
use crate::domain::review::{Decision, Kind};
use crate::domain::{CandidateId, DecisionId, Span, TupleId};
use rusqlite::{Connection, Result, Row, params};

/// The columns that [`Entry::read`] reads, of `decision AS d`.
pub(super) const DECISION: &str = "d.id, d.tuple_id, d.annotator, d.kind, d.candidate_id, d.target, d.text, \
    d.head_start, d.head_end, d.tail_start, d.tail_end, d.reason, d.arm, d.shown_at, d.place, \
    d.sei_version, d.seconds, d.at, d.hash";

/// A decision as stored, all but its hash.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) id: DecisionId,
    pub(super) tuple: TupleId,
    pub(super) annotator: String,
    pub(super) kind: String,
    pub(super) candidate: Option<CandidateId>,
    pub(super) target: Option<DecisionId>,
    pub(super) text: Option<String>,
    pub(super) head: Option<Span>,
    pub(super) tail: Option<Span>,
    pub(super) reason: Option<String>,
    pub(super) arm: Option<String>,
    pub(super) shown_at: Option<u32>,
    pub(super) place: Option<u32>,
    pub(super) sei_version: Option<String>,
    pub(super) seconds: Option<f64>,
    pub(super) at: i64,
}

impl Entry {
    /// Reads [`DECISION`] from column `from` on.
    pub(super) fn read(row: &Row<'_>, from: usize) -> Result<Self> {
        let span = |at: usize| {
            let (start, end): (Option<i64>, Option<i64>) = (row.get(from + at)?, row.get(from + at + 1)?);
            let byte = |byte: Option<i64>| byte.and_then(|byte| usize::try_from(byte).ok());
            Ok::<_, rusqlite::Error>(byte(start).zip(byte(end)).map(|(start, end)| Span { start, end }))
        };
        Ok(Self {
            id: row.get(from)?,
            tuple: row.get(from + 1)?,
            annotator: row.get(from + 2)?,
            kind: row.get(from + 3)?,
            candidate: row.get(from + 4)?,
            target: row.get(from + 5)?,
            text: row.get(from + 6)?,
            head: span(7)?,
            tail: span(9)?,
            reason: row.get(from + 11)?,
            arm: row.get(from + 12)?,
            shown_at: row.get(from + 13)?,
            place: row.get(from + 14)?,
            sei_version: row.get(from + 15)?,
            seconds: row.get(from + 16)?,
            at: row.get(from + 17)?,
        })
    }

    /// The hash that chains this row to the one before it.
    pub(super) fn hash(&self, previous: Option<Digest>) -> Digest {
        fn part(value: Option<impl ToString>) -> String {
            // What is absent differs from what is empty.
            value.map_or_else(String::new, |value| format!("={}", value.to_string()))
        }
        let parts = [
            part(previous),
            self.id.to_string(),
            self.tuple.to_string(),
            self.annotator.clone(),
            self.kind.clone(),
            part(self.candidate),
            part(self.target),
            part(self.text.as_ref()),
            part(self.head.map(|span| format!("{}..{}", span.start, span.end))),
            part(self.tail.map(|span| format!("{}..{}", span.start, span.end))),
            part(self.reason.as_ref()),
            part(self.arm.as_ref()),
            part(self.shown_at),
            part(self.place),
            part(self.sei_version.as_ref()),
            part(self.seconds),
            self.at.to_string(),
        ];
        Digest::of(&parts.each_ref().map(String::as_str))
    }

    pub(super) fn insert(&self, conn: &Connection, hash: Digest) -> Result<()> {
        let byte = |byte: Option<usize>| byte.and_then(|byte| i64::try_from(byte).ok());
        let mut insert = conn.prepare_cached(
            "INSERT INTO decision (id, tuple_id, annotator, kind, candidate_id, target, text, head_start,
                 head_end, tail_start, tail_end, reason, arm, shown_at, place, sei_version, seconds, at, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
        )?;
        insert.execute(params![
            self.id,
            self.tuple,
            self.annotator,
            self.kind,
            self.candidate,
            self.target,
            self.text,
            byte(self.head.map(|span| span.start)),
            byte(self.head.map(|span| span.end)),
            byte(self.tail.map(|span| span.start)),
            byte(self.tail.map(|span| span.end)),
            self.reason,
            self.arm,
            self.shown_at,
            self.place,
            self.sei_version,
            self.seconds,
            self.at,
            hash.0,
        ])?;
        Ok(())
    }

    /// What was decided.
    pub(super) fn decision(&self) -> Result<Decision> {
        let lacks = |what: &str| row::wrong(3, format!("decision {} ({}) has no {what}", self.id, self.kind));
        let candidate = || self.candidate.ok_or_else(|| lacks("candidate"));
        let target = || self.target.ok_or_else(|| lacks("target"));
        let reason = || self.reason.as_deref().ok_or_else(|| lacks("reason"));
        let kind = match self.kind.as_str() {
            "accept" => Kind::Accept(candidate()?),
            "override" => Kind::Override(candidate()?),
            "edit" => Kind::Edit {
                base: self.candidate,
                text: self.text.clone().ok_or_else(|| lacks("text"))?,
                head: self.head,
                tail: self.tail,
            },
            "reject" => Kind::Reject(row::parsed(reason()?, 11)?),
            "skip" => Kind::Skip,
            "flag" => Kind::Flag(self.reason.clone().unwrap_or_default()),
            "verify" => Kind::Verify { of: target()?, verdict: row::parsed(reason()?, 11)? },
            "undo" => Kind::Undo(target()?),
            "redo" => Kind::Redo(target()?),
            other => return Err(row::wrong(3, format!("decision {} is of unknown kind '{other}'", self.id))),
        };
        let arm = self.arm.as_deref().map(|arm| row::parsed(arm, 12)).transpose()?;
        Ok(Decision { id: self.id, tuple: self.tuple, annotator: self.annotator.clone(), kind, arm })
    }

    pub(super) fn into_row(self) -> Result<DecisionRow> {
        let decision = self.decision()?;
        let circumstance = Circumstance {
            arm: decision.arm,
            shown_at: self.shown_at,
            place: self.place,
            sei_version: self.sei_version,
            seconds: self.seconds,
        };
        Ok(DecisionRow { decision, text: self.text, circumstance, at: self.at })
    }
}

/// What holds the reason of a decision: a word, or the note of a flag.
pub(super) fn reason(kind: &Kind) -> Option<String> {
    match kind {
        Kind::Reject(reason) => Some(reason.to_string()),
        Kind::Verify { verdict, .. } => Some(verdict.to_string()),
        Kind::Flag(note) => Some(note.clone()),
        Kind::Accept(_) | Kind::Override(_) | Kind::Edit { .. } | Kind::Skip | Kind::Undo(_) | Kind::Redo(_) => None,
    }
}

/// A tuple's decisions, oldest first: what its history folds.
pub(super) fn of_tuple(conn: &Connection, tuple: TupleId) -> Result<Vec<Decision>, StoreError> {
    let sql = format!("SELECT {DECISION} FROM decision d WHERE d.tuple_id = ?1 ORDER BY d.id");
    let mut query = conn.prepare_cached(&sql)?;
    let entries = query.query_and_then([tuple], |row| Entry::read(row, 0)?.decision())?;
    Ok(entries.collect::<Result<_, _>>()?)
}
