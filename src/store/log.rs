//! The hash chain of the history: each row's hash covers the row and the hash before it.

use super::Db;
use super::entry::{DECISION, Entry};
use super::error::StoreError;
use crate::domain::DecisionId;
use crate::domain::digest::Digest;
use rusqlite::{Connection, OptionalExtension as _};

/// What checking the history found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chain {
    /// All these rows are as they were written, and none is missing from between. (That the newest were cut off
    /// cannot be seen from what is left.)
    Whole { decisions: u64 },
    /// This row, or the one before it, was changed or removed by other hands.
    BrokenAt(DecisionId),
}

impl Db {
    /// Walks the whole history and recomputes its hashes.
    pub fn verify_log(&self) -> Result<Chain, StoreError> {
        let sql = format!("SELECT {DECISION} FROM decision d ORDER BY d.id");
        let mut query = self.conn.prepare(&sql)?;
        let mut rows = query.query([])?;
        let mut previous = None;
        let mut decisions = 0;
        while let Some(row) = rows.next()? {
            let id = row.get(0)?;
            // A row that cannot even be read as a decision was not written by this program either.
            let (Ok(entry), Ok(stored)) = (Entry::read(row, 0), row.get::<_, [u8; 32]>(18)) else {
                return Ok(Chain::BrokenAt(id));
            };
            if entry.hash(previous) != Digest(stored) {
                return Ok(Chain::BrokenAt(id));
            }
            previous = Some(Digest(stored));
            decisions += 1;
        }
        Ok(Chain::Whole { decisions })
    }
}

/// The last row's id and hash.
pub(super) fn newest(conn: &Connection) -> Result<Option<(DecisionId, Digest)>, StoreError> {
    let mut query = conn.prepare_cached("SELECT id, hash FROM decision ORDER BY id DESC LIMIT 1")?;
    Ok(query.query_row([], |row| Ok((row.get(0)?, Digest(row.get(1)?)))).optional()?)
}
