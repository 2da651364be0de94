//! Tuples in and out: import in large transactions, idempotent by digest; one by id; all by filter.

use super::error::{Refusal, StoreError};
use super::read::TupleRow;
use super::sentences::{Foreign, Shelf};
use super::{Db, filter, row};
use crate::domain::filter::Filter;
use crate::domain::{RelationTuple, TupleId};
use rusqlite::{Connection, OptionalExtension as _, params, params_from_iter};

/// Rows a transaction: enough that the disk is waited for rarely, few enough that others get their turn.
const CHUNK: usize = if cfg!(test) { 10_000 } else { 50_000 };

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Inserted {
    pub new: u64,
    /// In the project before, or earlier in the same input.
    pub known: u64,
    /// The same of sentences.
    pub new_sentences: u64,
    pub known_sentences: u64,
}

/// A tuple on its way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    line: u64,
    tuple: RelationTuple,
    sentences: Vec<Foreign>,
    key: Key,
}

/// What the column `digest` holds.
type Key = [u8; 16];

impl Incoming {
    /// `line` is its line in the file it comes from.
    #[must_use]
    pub fn new(line: u64, tuple: RelationTuple, sentences: Vec<Foreign>) -> Self {
        Self { key: key(&tuple), line, tuple, sentences }
    }

    #[must_use]
    pub fn relation(&self) -> &str {
        &self.tuple.relation
    }

    /// Of its sentences, in bytes.
    #[must_use]
    pub fn length(&self) -> usize {
        self.sentences.iter().map(|sentence| sentence.text.len()).sum()
    }

    /// Sentences that came with it.
    #[must_use]
    pub fn sentences(&self) -> usize {
        self.sentences.len()
    }
}

/// Where a tuple came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub file: String,
    /// From 1.
    pub line: Option<u64>,
}

impl Db {
    /// Adds tuples, each with its line in `source`, as [`Self::take_in`] does.
    pub fn insert_tuples(
        &mut self,
        source: &str,
        rows: impl IntoIterator<Item = (u64, RelationTuple)>,
    ) -> Result<Inserted, StoreError> {
        self.take_in(source, rows.into_iter().map(|(line, tuple)| Incoming::new(line, tuple, Vec::new())))
    }

    /// Adds tuples and the sentences that came with them. A known tuple stays as it is, but for types that nobody had
    /// given; a known sentence stays too. Rows are read before a transaction begins, so a slow input blocks nobody.
    ///
    /// # Errors
    /// SQLite's; whole chunks before it stay.
    pub fn take_in(&mut self, source: &str, rows: impl IntoIterator<Item = Incoming>) -> Result<Inserted, StoreError> {
        let mut rows = rows.into_iter();
        let mut total = Inserted::default();
        loop {
            let chunk: Vec<_> = rows.by_ref().take(CHUNK).collect();
            if chunk.is_empty() {
                return Ok(total);
            }
            let done = self.write(|conn| insert(conn, source, &chunk))?;
            total.new += done.new;
            total.known += done.known;
            total.new_sentences += done.new_sentences;
            total.known_sentences += done.known_sentences;
            // Not for the one who writes to wait for: a chunk is hundreds of thousands of small pieces.
            let _ = std::thread::Builder::new().spawn(move || drop(chunk));
        }
    }

    pub fn tuple(&self, id: TupleId) -> Result<Option<TupleRow>, StoreError> {
        tuple(&self.conn, id)
    }

    pub fn source(&self, id: TupleId) -> Result<Option<Source>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT source, line FROM tuple WHERE id = ?1")?;
        let source = |row: &rusqlite::Row<'_>| {
            let line: Option<i64> = row.get(1)?;
            Ok(Source { file: row.get(0)?, line: line.and_then(|line| u64::try_from(line).ok()) })
        };
        Ok(query.query_row([id], source).optional()?)
    }

    /// The tuple that states this fact, types aside.
    pub fn find_tuple(&self, fact: &RelationTuple) -> Result<Option<TupleId>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT id FROM tuple WHERE digest = ?1")?;
        Ok(query.query_row([key(fact)], |row| row.get(0)).optional()?)
    }

    /// Ids in rising order, beginning behind `after`.
    pub fn tuple_ids(&self, filter: &Filter, after: Option<TupleId>, limit: usize) -> Result<Vec<TupleId>, StoreError> {
        let mut clause = filter::of_tuples(filter);
        clause.and("t.id > ?", [after.map_or(i64::MIN, |id| id.0)]);
        self.ids(clause, limit)
    }

    /// The first ids under a condition, in rising order.
    pub(super) fn ids(&self, mut clause: filter::Clause, limit: usize) -> Result<Vec<TupleId>, StoreError> {
        let sql = format!("SELECT t.id FROM tuple t WHERE {} ORDER BY t.id LIMIT ?", clause.sql);
        clause.bind(i64::try_from(limit).unwrap_or(i64::MAX));
        let mut query = self.conn.prepare_cached(&sql)?;
        let ids = query.query_map(params_from_iter(clause.params), |row| row.get(0))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// Calls `f` with each tuple, by id; stops at its first error.
    ///
    /// # Errors
    /// SQLite's, and those of `f`.
    pub fn each_tuple<E: From<StoreError>>(
        &self,
        filter: &Filter,
        mut f: impl FnMut(TupleRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let clause = filter::of_tuples(filter);
        let sql = format!("SELECT {} FROM tuple t WHERE {} ORDER BY t.id", row::TUPLE, clause.sql);
        let mut query = self.conn.prepare(&sql).map_err(StoreError::from)?;
        let mut rows = query.query(params_from_iter(clause.params)).map_err(StoreError::from)?;
        while let Some(found) = rows.next().map_err(StoreError::from)? {
            f(row::tuple(found).map_err(StoreError::from)?)?;
        }
        Ok(())
    }
}

pub(super) fn tuple(conn: &Connection, id: TupleId) -> Result<Option<TupleRow>, StoreError> {
    let sql = format!("SELECT {} FROM tuple t WHERE t.id = ?1", row::TUPLE);
    Ok(conn.prepare_cached(&sql)?.query_row([id], row::tuple).optional()?)
}

/// The tuple, which a record speaks of.
pub(super) fn existing(conn: &Connection, id: TupleId) -> Result<TupleRow, StoreError> {
    tuple(conn, id)?.ok_or(StoreError::Refused(Refusal::NoTuple(id)))
}

fn key(fact: &RelationTuple) -> Key {
    let mut key = [0; 16];
    key.copy_from_slice(&fact.digest().0[..16]);
    key
}

fn insert(conn: &Connection, source: &str, rows: &[Incoming]) -> Result<Inserted, StoreError> {
    let mut add = conn.prepare_cached(
        "INSERT INTO tuple (digest, head, head_type, relation, tail, tail_type, source, line)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (digest) DO NOTHING",
    )?;
    let mut fill = conn.prepare_cached(
        "UPDATE tuple SET head_type = coalesce(head_type, ?2), tail_type = coalesce(tail_type, ?3)
         WHERE digest = ?1 AND (head_type IS NULL OR tail_type IS NULL)",
    )?;
    let mut find = conn.prepare_cached("SELECT id FROM tuple WHERE digest = ?1")?;
    let origin = serde_json::json!({ "file": source }).to_string();
    let mut done = Inserted::default();
    let mut shelf = Shelf::default();
    // Files of sentences say their fact on each line: what the line before said need not be looked for.
    let mut before: Option<(&RelationTuple, TupleId)> = None;
    for Incoming { line, tuple: fact, sentences, key } in rows {
        if let Some((same, id)) = before
            && same == fact
        {
            done.known += 1;
            shelf.add(conn, &origin, id, false, sentences)?;
            continue;
        }
        let (head, tail) = (&fact.head, &fact.tail);
        let line = i64::try_from(*line).unwrap_or(i64::MAX);
        let values = params![key, head.name, head.kind, fact.relation, tail.name, tail.kind, source, line];
        let fresh = add.execute(values)? == 1;
        if fresh {
            done.new += 1;
        } else {
            done.known += 1;
            if head.kind.is_some() || tail.kind.is_some() {
                fill.execute(params![key, head.kind, tail.kind])?;
            }
        }
        before = None;
        if !sentences.is_empty() {
            let id = if fresh { TupleId(conn.last_insert_rowid()) } else { find.query_row([key], |row| row.get(0))? };
            shelf.add(conn, &origin, id, fresh, sentences)?;
            before = Some((fact, id));
        }
    }
    let new = i64::try_from(done.new).unwrap_or(i64::MAX);
    conn.prepare_cached("UPDATE tally SET tuples = tuples + ?1 WHERE status = 0")?.execute([new])?;
    shelf.close(conn)?;
    Ok(Inserted { new_sentences: shelf.new, known_sentences: shelf.known_again, ..done })
}
