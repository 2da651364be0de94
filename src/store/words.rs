//! The words of each tuple's sentences, for search: one document a tuple, made anew with its sentences.

use super::error::StoreError;
use crate::domain::TupleId;
use rusqlite::Connection;

/// Makes a tuple's document anew. To be called in the transaction that adds or changes its sentences; of many tuples
/// in the order of their ids, since FTS5 writes out what it holds whenever an id is not above the last.
///
/// Between two sentences stands a character that no query has, so that no phrase reaches from one into the next.
pub(super) fn note(conn: &Connection, tuple: TupleId) -> Result<(), StoreError> {
    let mut put = conn.prepare_cached(
        "INSERT OR REPLACE INTO sentence_word (rowid, text)
         SELECT tuple_id, group_concat(text, char(32, 57344, 32)) FROM candidate
         WHERE tuple_id = ?1 AND text IS NOT NULL GROUP BY tuple_id",
    )?;
    put.execute([tuple])?;
    Ok(())
}
