//! Versions of SEI that were made in this project, from weights that people's choices taught.

use super::Db;
use super::error::StoreError;
use rusqlite::{OptionalExtension as _, params};

/// A version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRow {
    pub version: String,
    /// The version it was made from: its maps from measurements to scores hold still.
    pub base: String,
    /// JSON: the weight of each dimension by name.
    pub weights: String,
    /// JSON: what the weights were learned from.
    pub basis: String,
    pub made_by: String,
    /// Milliseconds since 1970, UTC.
    pub made_at: i64,
}

impl Db {
    /// The version of this project that is in force, if any was made.
    pub fn policy(&self) -> Result<Option<PolicyRow>, StoreError> {
        let mut query = self.conn.prepare_cached(
            "SELECT version, base, weights, basis, made_by, made_at FROM policy ORDER BY id DESC LIMIT 1",
        )?;
        let read = |row: &rusqlite::Row<'_>| {
            Ok(PolicyRow {
                version: row.get(0)?,
                base: row.get(1)?,
                weights: row.get(2)?,
                basis: row.get(3)?,
                made_by: row.get(4)?,
                made_at: row.get(5)?,
            })
        };
        Ok(query.query_row([], read).optional()?)
    }

    /// How many versions were made in this project.
    pub fn policies(&self) -> Result<u64, StoreError> {
        let count: i64 = self.conn.prepare_cached("SELECT count(*) FROM policy")?.query_row([], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    pub fn add_policy(&mut self, policy: &PolicyRow) -> Result<(), StoreError> {
        self.write(|conn| {
            let mut put = conn.prepare_cached(
                "INSERT INTO policy (version, base, weights, basis, made_by, made_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?;
            let PolicyRow { version, base, weights, basis, made_by, made_at } = policy;
            put.execute(params![version, base, weights, basis, made_by, made_at])?;
            Ok(())
        })
    }

    /// The versions of the scores that are stored, with their number, the most frequent first.
    pub fn score_versions(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let mut query =
            self.conn.prepare_cached("SELECT version, count(*) FROM score GROUP BY version ORDER BY 2 DESC, 1")?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
