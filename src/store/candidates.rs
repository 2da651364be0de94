//! Candidates: one row for each output of a method, kept the moment it is there; a second run adds nothing.

use super::error::{Refusal, StoreError};
use super::read::{CandidateRow, TupleRow};
use super::refresh::refresh;
use super::{Db, filter, row, tuples, words};
use crate::domain::candidate::Yield;
use crate::domain::filter::Filter;
use crate::domain::{CandidateId, Origin, TupleId};
use rusqlite::{Connection, OptionalExtension as _, params, params_from_iter};

/// Now, in milliseconds since 1970.
const NOW: &str = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";

impl Db {
    /// Keeps what a method gave. If the method gave something for this tuple and ordinal before, that stays,
    /// and its id is returned.
    ///
    /// # Errors
    /// `Refused` if there is no such tuple; SQLite's.
    pub fn add_candidate(&mut self, tuple: TupleId, made: &Yield, origin: &Origin) -> Result<CandidateId, StoreError> {
        self.write(|conn| add(conn, tuple, made, origin, false))
    }

    /// As [`Self::add_candidate`], but a failure from before gives way.
    ///
    /// # Errors
    /// As there.
    pub fn retry_candidate(
        &mut self,
        tuple: TupleId,
        made: &Yield,
        origin: &Origin,
    ) -> Result<CandidateId, StoreError> {
        self.write(|conn| add(conn, tuple, made, origin, true))
    }

    pub fn candidate(&self, id: CandidateId) -> Result<Option<CandidateRow>, StoreError> {
        candidate(&self.conn, id)
    }

    /// A tuple's candidates: those in a place by place, then the others and the failures by id.
    pub fn candidates(&self, tuple: TupleId) -> Result<Vec<CandidateRow>, StoreError> {
        let mut query = self.conn.prepare_cached(&of_tuple(&filter::Clause::default()))?;
        let rows = query.query_map([tuple], row::candidate)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Calls `f` with each candidate and its tuple, tuple by tuple, each tuple's as [`Self::candidates`] orders
    /// them; stops at its first error. Here `method`, `sei`, `text` and `veto` speak of the candidate itself.
    ///
    /// # Errors
    /// SQLite's, and those of `f`.
    pub fn each_candidate<E: From<StoreError>>(
        &self,
        filter: &Filter,
        mut f: impl FnMut(&TupleRow, CandidateRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let (of_tuples, of_candidates) = filter::of_candidates(filter);
        let sql = of_tuple(&of_candidates);
        let mut query = self.conn.prepare(&sql).map_err(StoreError::from)?;
        let outer = format!("SELECT {} FROM tuple t WHERE {} ORDER BY t.id", row::TUPLE, of_tuples.sql);
        let mut outer = self.conn.prepare(&outer).map_err(StoreError::from)?;
        let mut found = outer.query(params_from_iter(of_tuples.params)).map_err(StoreError::from)?;
        while let Some(found) = found.next().map_err(StoreError::from)? {
            let tuple = row::tuple(found).map_err(StoreError::from)?;
            let values = std::iter::once(tuple.id.0.into()).chain(of_candidates.params.iter().cloned());
            let values: Vec<rusqlite::types::Value> = values.collect();
            let mut rows = query.query(params_from_iter(values)).map_err(StoreError::from)?;
            while let Some(found) = rows.next().map_err(StoreError::from)? {
                f(&tuple, row::candidate(found).map_err(StoreError::from)?)?;
            }
        }
        Ok(())
    }
}

pub(super) fn candidate(conn: &Connection, id: CandidateId) -> Result<Option<CandidateRow>, StoreError> {
    let sql = format!("SELECT {} FROM {} WHERE c.id = ?1", row::CANDIDATE, row::CANDIDATES);
    Ok(conn.prepare_cached(&sql)?.query_row([id], row::candidate).optional()?)
}

/// The sentence of a candidate of this tuple.
pub(super) fn sentence(conn: &Connection, tuple: TupleId, id: CandidateId) -> Result<String, StoreError> {
    let mut query = conn.prepare_cached("SELECT text FROM candidate WHERE id = ?1 AND tuple_id = ?2")?;
    let found: Option<Option<String>> = query.query_row(params![id, tuple], |row| row.get(0)).optional()?;
    let refusal = match found {
        Some(Some(text)) => return Ok(text),
        Some(None) => Refusal::NoSentence(id),
        None => Refusal::NoCandidate { tuple, candidate: id },
    };
    Err(refusal.into())
}

/// The query for one tuple's candidates; its first parameter is the tuple.
fn of_tuple(clause: &filter::Clause) -> String {
    format!(
        "SELECT {} FROM {}
         WHERE c.tuple_id = ? AND {} ORDER BY s.place IS NULL, s.place, c.error IS NOT NULL, c.id",
        row::CANDIDATE,
        row::CANDIDATES,
        clause.sql
    )
}

fn add(
    conn: &Connection,
    tuple: TupleId,
    made: &Yield,
    origin: &Origin,
    retry: bool,
) -> Result<CandidateId, StoreError> {
    let (text, error) = match made {
        Yield::Sentence(text) => (Some(text), None),
        Yield::Failed(cause) => (None, Some(cause)),
    };
    let mut find = conn.prepare_cached(
        "SELECT id, error IS NOT NULL FROM candidate WHERE tuple_id = ?1 AND method = ?2 AND ordinal = ?3",
    )?;
    let known: Option<(CandidateId, bool)> = find
        .query_row(params![tuple, origin.method, origin.ordinal], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let known = match known {
        Some((id, failed)) if !(failed && retry) => return Ok(id),
        Some((id, _)) => Some(id),
        None => {
            tuples::existing(conn, tuple)?;
            None
        }
    };
    // A failure has no score, and no decision speaks of it: its row can be written over.
    let sql = format!(
        "INSERT INTO candidate (id, tuple_id, method, paradigm, ordinal, text, error, model, model_digest,
             prompt_digest, params, seed, parents, prompt_tokens, output_tokens, millis, made_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, {NOW})
         ON CONFLICT (id) DO UPDATE SET paradigm = excluded.paradigm, text = excluded.text,
             error = excluded.error, model = excluded.model, model_digest = excluded.model_digest,
             prompt_digest = excluded.prompt_digest, params = excluded.params, seed = excluded.seed,
             parents = excluded.parents, prompt_tokens = excluded.prompt_tokens,
             output_tokens = excluded.output_tokens, millis = excluded.millis, made_at = excluded.made_at
         RETURNING id"
    );
    let values = params![
        known,
        tuple,
        origin.method,
        origin.paradigm.name(),
        origin.ordinal,
        text,
        error,
        origin.model,
        origin.model_digest,
        origin.prompt_digest,
        origin.params,
        origin.seed,
        row::ids(&origin.parents),
        origin.prompt_tokens,
        origin.output_tokens,
        origin.millis,
    ];
    let id = conn.prepare_cached(&sql)?.query_row(values, |row| row.get(0))?;
    if text.is_some() {
        words::note(conn, tuple)?;
    }
    refresh(conn, tuple)?;
    Ok(id)
}
