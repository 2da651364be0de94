//! The project file: one SQLite database, written in short transactions so that whatever is finished is kept.
//!
//! [`Db`] is one synchronous connection; its methods are spread over the files of this folder by what they
//! speak of. [`Store`] is a `Db` on a thread of its own, for the interface. Several connections, also of
//! several programs, may work on one file at once.

#![expect(
    clippy::missing_errors_doc,
    reason = "all of it may fail as StoreError says; the sections are kept where they name what to expect"
)]

mod answers;
mod backup;
mod bulk;
mod candidates;
mod decisions;
mod entities;
mod entry;
mod error;
mod export;
mod filter;
mod found;
mod indexes;
mod log;
mod material;
mod migrate;
mod pages;
mod passes;
mod policies;
mod queue;
mod read;
mod refresh;
mod row;
mod scores;
mod sentences;
mod stats;
mod tally;
mod thread;
mod todo;
mod tuples;
mod undo;
mod words;

pub use answers::Answer;
pub use bulk::Stroke;
pub use decisions::Draft;
pub use error::{Refusal, StoreError};
pub use export::{Exportable, Only};
pub use log::Chain;
pub use material::{ChoiceRow, OptionRow, SentenceRow, VerdictRow};
pub use migrate::SUPPORTED;
pub use pages::{Key, Page, Sort};
pub use passes::{FrameRow, PassDraft, PassProgress, PassRow, Sentence};
pub use policies::PolicyRow;
pub use queue::Direction;
pub use read::{CandidateRow, Circumstance, Counts, DecisionRow, Scored, Settled, TupleRow, VerdictCounts};
pub use scores::{MeasuredRow, Rescored};
pub use sentences::{Foreign, IMPORTED};
pub use stats::{FailureCount, MethodCount, Pace};
pub use tally::Column;
pub use thread::Store;
pub use todo::{Stale, Wanted};
pub use tuples::{Incoming, Inserted, Source};
pub use undo::Turned;

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension as _, Transaction, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a connection waits for another's write to end before it says [`StoreError::Locked`].
const PATIENCE: Duration = Duration::from_secs(5);

/// One connection to a project.
#[derive(Debug)]
pub struct Db {
    conn: Connection,
    /// `None` in memory.
    path: Option<PathBuf>,
    found: found::Found,
}

impl Db {
    /// Makes a new project, and its folder if there is none. An empty file counts as none.
    ///
    /// # Errors
    /// `Exists`, `Unwritable`.
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        match std::fs::metadata(path) {
            Ok(found) if found.is_dir() || found.len() > 0 => return Err(StoreError::Exists(path.to_owned())),
            Ok(_) => {}
            Err(_) => {
                if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                    std::fs::create_dir_all(folder).map_err(|cause| unwritable(path, &cause))?;
                }
            }
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let mut conn = connect(path, flags).map_err(|error| on_opening(error, path))?;
        // The journal is still the classic one here: a process killed in the middle leaves an empty file.
        migrate::to_latest(&mut conn).map_err(|error| on_opening(error, path))?;
        let mut db = Self { conn, path: Some(path.to_owned()), found: found::Found::default() };
        db.settle().map_err(|error| on_opening(error, path))?;
        db.set_meta("made_by", concat!("amalrec ", env!("CARGO_PKG_VERSION")))?;
        Ok(db)
    }

    /// Opens a project, bringing an older one to the newest format.
    ///
    /// # Errors
    /// `Missing`, `NotAProject`, `Newer`, `Unwritable`, `Locked`.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        match std::fs::metadata(path) {
            Ok(found) if !found.is_file() => return Err(StoreError::NotAProject(path.to_owned())),
            Ok(_) => {}
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
                return Err(StoreError::Missing(path.to_owned()));
            }
            Err(cause) => return Err(unwritable(path, &cause)),
        }
        let open = || {
            let mut conn = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
            migrate::check(&conn, path)?;
            // SQLite falls back to reading alone where the file may not be written.
            if conn.is_readonly(rusqlite::MAIN_DB)? {
                let cause = String::from("it may only be read");
                return Err(StoreError::Unwritable { path: path.to_owned(), cause });
            }
            migrate::to_latest(&mut conn)?;
            let mut db = Self { conn, path: Some(path.to_owned()), found: found::Found::default() };
            db.settle()?;
            db.index()?;
            db.freshen()?;
            Ok(db)
        };
        open().map_err(|error| on_opening(error, path))
    }

    /// Opens the project, or makes it where there is no file or an empty one.
    ///
    /// # Errors
    /// As `open` and `create`.
    pub fn open_or_create(path: &Path) -> Result<Self, StoreError> {
        match std::fs::metadata(path) {
            Ok(found) if found.len() > 0 => Self::open(path),
            _ => Self::create(path),
        }
    }

    /// A project that lives as long as the value: for tests and for work that leaves nothing behind.
    ///
    /// # Errors
    /// None in practice; SQLite's own.
    pub fn memory() -> Result<Self, StoreError> {
        let mut conn = Connection::open_in_memory()?;
        filter::add_functions(&conn)?;
        migrate::to_latest(&mut conn)?;
        let mut db = Self { conn, path: None, found: found::Found::default() };
        db.settle()?;
        Ok(db)
    }

    /// `None` in memory.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// A property of the project, such as its name or the seed of its arms.
    pub fn meta(&self, key: &str) -> Result<Option<String>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
        Ok(query.query_row([key], |row| row.get(0)).optional()?)
    }

    pub fn set_meta(&mut self, key: &str, value: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO meta (key, value) VALUES (?1, ?2)
                   ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        self.conn.prepare_cached(sql)?.execute([key, value])?;
        Ok(())
    }

    /// Does several writes as one: all of them last, or none. Much faster than as many single ones, each of
    /// which waits for the disk.
    ///
    /// # Errors
    /// Those of `writes`, after which nothing of it is kept.
    pub fn together<T, E: From<StoreError>>(&mut self, writes: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        let run = |db: &Self, sql| db.conn.execute_batch(sql).map_err(StoreError::from);
        run(self, "BEGIN IMMEDIATE")?;
        let result = writes(self);
        if result.is_ok() {
            run(self, "COMMIT").inspect_err(|_| self.abandon())?;
        } else {
            self.abandon();
        }
        result
    }

    /// One short transaction, begun as a writer so that it never has to give way half-done; inside
    /// [`Self::together`] a part of that.
    fn write<T>(&mut self, f: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        if self.conn.is_autocommit() {
            let writing = Transaction::new(&mut self.conn, TransactionBehavior::Immediate)?;
            let result = f(&writing)?;
            writing.commit()?;
            Ok(result)
        } else {
            let part = self.conn.savepoint()?;
            let result = f(&part)?;
            part.commit()?;
            Ok(result)
        }
    }

    /// Takes back a transaction that a fault left open.
    fn abandon(&self) {
        if !self.conn.is_autocommit()
            && let Err(error) = self.conn.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "cannot roll back");
        }
    }

    /// The settings of a connection. `FULL` waits for the disk at every commit (0.8 ms here): a decision that
    /// was shown as saved survives a power cut.
    fn settle(&mut self) -> Result<(), StoreError> {
        let settings = "PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA fullfsync = ON;
             PRAGMA foreign_keys = ON;
             PRAGMA recursive_triggers = ON;
             PRAGMA journal_size_limit = 67108864;";
        self.conn.execute_batch(settings)?;
        self.conn.execute_batch(MEMORY)?;
        self.found.add_function(&self.conn)?;
        self.conn.set_prepared_statement_cache_capacity(64);
        Ok(())
    }
}

/// What a connection keeps in memory: whatever it sorts, and 32 MiB of the file.
const MEMORY: &str = "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32768;";

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let conn = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_timeout(PATIENCE)?;
    filter::add_functions(&conn)?;
    Ok(conn)
}

/// Names the file in what SQLite says of it while it is opened.
fn on_opening(error: StoreError, path: &Path) -> StoreError {
    use ErrorCode::{CannotOpen, PermissionDenied, ReadOnly, SystemIoFailure};
    if let StoreError::Damaged(_) = error {
        return StoreError::NotAProject(path.to_owned());
    }
    if let StoreError::Sql(sql) = &error
        && let Some(CannotOpen | ReadOnly | PermissionDenied | SystemIoFailure) = sql.sqlite_error_code()
    {
        return StoreError::Unwritable { path: path.to_owned(), cause: sql.to_string() };
    }
    error
}

fn unwritable(path: &Path, cause: &std::io::Error) -> StoreError {
    StoreError::Unwritable { path: path.to_owned(), cause: cause.to_string() }
}

#[cfg(test)]
mod tests;
