//! What a search for words found, kept for a while: a list that is walked in another order than that of the search
//! looks into it row by row, and its next page need not search again.

use super::Db;
use super::error::StoreError;
use super::filter::{self, Clause, Words};
use crate::domain::filter::Filter;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, OptionalExtension as _, Result};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// Searches that are kept.
const KEPT: usize = 4;
/// As few tuples as this are fetched and sorted; a list that looks into more is walked in its order.
const FEW: usize = if cfg!(test) { 0 } else { 2_000 };

/// The searches of a connection, the newest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Found(Arc<Mutex<VecDeque<Search>>>);

#[derive(Debug)]
struct Search {
    query: String,
    /// Of the index, as it was searched.
    state: Vec<u8>,
    /// By which a statement names it.
    number: i64,
    /// In rising order.
    tuples: Vec<i64>,
}

impl Found {
    /// Adds `found(number, id)`: whether a search has found a tuple.
    pub(super) fn add_function(&self, conn: &Connection) -> Result<()> {
        let searches = self.clone();
        conn.create_scalar_function("found", 2, FunctionFlags::SQLITE_UTF8, move |call| {
            let (number, id): (i64, i64) = (call.get(0)?, call.get(1)?);
            let searches = searches.0.lock().unwrap_or_else(PoisonError::into_inner);
            let search = searches.iter().find(|search| search.number == number);
            Ok(search.is_some_and(|search| search.tuples.binary_search(&id).is_ok()))
        })
    }

    /// The number of a search and how many it found; searches anew where the index has changed since.
    fn of(&self, conn: &Connection, query: &str) -> Result<(i64, usize)> {
        // FTS5 keeps what it is made of in the row 10, which every change to it writes
        // (https://www.sqlite.org/fts5.html, section 10.1; fts5Int.h, FTS5_STRUCTURE_ROWID).
        let mut state = conn.prepare_cached("SELECT block FROM sentence_word_data WHERE id = 10")?;
        let state: Vec<u8> = state.query_row([], |row| row.get(0)).optional()?.unwrap_or_default();
        let mut searches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let next = searches.iter().map(|search| search.number).max().unwrap_or_default() + 1;
        if let Some(at) = searches.iter().position(|search| search.query == query)
            && let Some(known) = searches.remove(at).filter(|known| known.state == state)
        {
            let told = (known.number, known.tuples.len());
            searches.push_front(known);
            return Ok(told);
        }
        let mut search =
            conn.prepare_cached("SELECT rowid FROM sentence_word WHERE sentence_word MATCH ? ORDER BY rowid")?;
        let tuples: Vec<i64> = search.query_map([query], |row| row.get(0))?.collect::<Result<_>>()?;
        let told = (next, tuples.len());
        searches.truncate(KEPT - 1);
        searches.push_front(Search { query: query.to_owned(), state, number: next, tuples });
        Ok(told)
    }
}

impl Db {
    /// The condition on `tuple AS t` for a list that is walked page by page.
    pub(super) fn listed(&self, filter: &Filter) -> Result<Clause, StoreError> {
        let (mut failed, mut asked) = (None, 0);
        let words: Words<'_> = &mut |query| {
            asked += 1;
            // One that is not kept until the list is read would find nothing.
            let found = if asked > KEPT { Ok(None) } else { self.found.of(&self.conn, &query).map(Some) };
            match found {
                Ok(Some((number, count))) if count > FEW => (String::from("found(?, t.id)"), vec![number.into()]),
                Ok(_) => filter::by_search(query),
                Err(error) => {
                    failed = Some(error);
                    filter::by_search(query)
                }
            }
        };
        let clause = filter::of_tuples_by(filter, words);
        failed.map_or(Ok(clause), |error| Err(error.into()))
    }
}
