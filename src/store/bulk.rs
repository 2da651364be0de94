//! Decisions on many tuples at one stroke: all are recorded or none, and they are undone and redone as one.

use super::decisions::{Draft, append};
use super::error::StoreError;
use super::read::TupleRow;
use super::{Db, filter, row};
use crate::domain::filter::{Filter, Test};
use crate::domain::review::Status;
use crate::domain::{CandidateId, DecisionId};
use rusqlite::{Connection, OptionalExtension as _, params, params_from_iter};

/// The first and the last decision of a stroke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stroke {
    pub first: DecisionId,
    pub last: DecisionId,
}

impl Db {
    /// Records decisions of one annotator as one; `None` if there are none. When this returns, they are on the disk.
    ///
    /// # Errors
    /// `Refused` if any contradicts what the project holds, and then nothing is kept.
    pub fn record_all(&mut self, drafts: &[Draft]) -> Result<Option<Stroke>, StoreError> {
        self.write(|conn| {
            let mut stroke: Option<Stroke> = None;
            for draft in drafts {
                let id = append(conn, draft)?;
                stroke = Some(Stroke { first: stroke.map_or(id, |stroke| stroke.first), last: id });
            }
            if let Some(stroke) = stroke {
                let mut note = conn.prepare_cached("INSERT INTO bulk (first, last) VALUES (?1, ?2)")?;
                note.execute(params![stroke.first, stroke.last])?;
            }
            Ok(stroke)
        })
    }

    /// How many tuples [`Self::ready_in`] would give without a limit.
    pub fn count_ready(&self, filter: &Filter) -> Result<u64, StoreError> {
        self.count_where(ready(filter))
    }

    /// Ranked tuples that nobody answered, each with the sentence that ranks first: what a stroke decides.
    pub fn ready_in(&self, filter: &Filter, limit: usize) -> Result<Vec<(TupleRow, CandidateId)>, StoreError> {
        let mut clause = ready(filter);
        let sql = format!(
            "SELECT {}, (SELECT c.id FROM candidate c CROSS JOIN score s ON s.candidate_id = c.id
                 WHERE c.tuple_id = t.id AND s.place = 1) AS best
             FROM tuple t WHERE {} ORDER BY t.id LIMIT ?",
            row::TUPLE,
            clause.sql
        );
        clause.bind(i64::try_from(limit).unwrap_or(i64::MAX));
        let mut query = self.conn.prepare_cached(&sql)?;
        let found = query.query_map(params_from_iter(clause.params), |found| {
            Ok((row::tuple(found)?, found.get(row::TUPLE_WIDTH)?))
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

fn ready(filter: &Filter) -> filter::Clause {
    filter::of_tuples(&filter.clone().and(Test::Status(Status::Ranked)))
}

/// The stroke that a decision is part of.
pub(super) fn stroke_of(conn: &Connection, id: DecisionId) -> Result<Option<Stroke>, StoreError> {
    let mut query =
        conn.prepare_cached("SELECT first, last FROM bulk WHERE first <= ?1 ORDER BY first DESC LIMIT 1")?;
    let stroke = |row: &rusqlite::Row<'_>| Ok(Stroke { first: row.get(0)?, last: row.get(1)? });
    Ok(query.query_row([id], stroke).optional()?.filter(|stroke| id <= stroke.last))
}
