//! Ordered migrations by `user_version`; a file of a newer version is refused before anything is written.

use super::error::StoreError;
use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};
use std::path::Path;

const STEPS: &[M<'static>] = &[
    M::up(include_str!("migrations/0001_init.sql")),
    M::up(include_str!("migrations/0002_entity_text.sql")),
    M::up(include_str!("migrations/0003_passes.sql")),
    M::up(include_str!("migrations/0004_search_answers_bulk.sql")),
    M::up(include_str!("migrations/0005_measurements_words.sql")),
];
const MIGRATIONS: Migrations<'static> = Migrations::from_slice(STEPS);

/// `application_id` of a project, set by the first migration: "amal".
const APPLICATION: i64 = 0x616d_616c;

/// The newest format this program knows.
pub const SUPPORTED: i64 = 5;

/// Refuses what is not a project, or one too new. Only reads.
pub(super) fn check(conn: &Connection, path: &Path) -> Result<(), StoreError> {
    let number = |name| conn.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    if number("application_id")? != APPLICATION {
        return Err(StoreError::NotAProject(path.to_owned()));
    }
    let found = number("user_version")?;
    if found > SUPPORTED {
        return Err(StoreError::Newer { path: path.to_owned(), found, supported: SUPPORTED });
    }
    Ok(())
}

/// Brings the file to the newest format, each step in one transaction.
pub(super) fn to_latest(conn: &mut Connection) -> Result<(), StoreError> {
    MIGRATIONS.to_latest(conn).map_err(|error| {
        if let rusqlite_migration::Error::RusqliteError { err, .. } = error {
            return err.into();
        }
        StoreError::Damaged(error.to_string())
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_step_is_valid_sql() {
        super::MIGRATIONS.validate().unwrap();
        assert_eq!(usize::try_from(super::SUPPORTED), Ok(super::STEPS.len()));
    }
}
