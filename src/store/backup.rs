//! A copy of the project while it is in use.

use super::error::StoreError;
use super::{Db, unwritable};
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use std::path::Path;

impl Db {
    /// Copies the project as it is now to a new file, which appears only once it is whole.
    ///
    /// # Errors
    /// `Exists` if there is a file already; `Unwritable`; `Locked`.
    pub fn backup(&self, to: &Path) -> Result<(), StoreError> {
        if to.exists() {
            return Err(StoreError::Exists(to.to_owned()));
        }
        let mut name = to.as_os_str().to_owned();
        name.push(".part");
        let part = Path::new(&name);
        let copied = self.copy(part).map_err(|error| super::on_opening(error, to));
        let placed = copied.and_then(|()| std::fs::rename(part, to).map_err(|cause| unwritable(to, &cause)));
        if placed.is_err() {
            // What is left of a failed copy is of no use to anyone, nor is it if it cannot be removed.
            let _removed = std::fs::remove_file(part);
        }
        placed
    }

    fn copy(&self, to: &Path) -> Result<(), StoreError> {
        if to.exists() {
            std::fs::remove_file(to).map_err(|cause| unwritable(to, &cause))?;
        }
        let mut copy = Connection::open(to)?;
        {
            let backup = Backup::new(&self.conn, &mut copy)?;
            // All pages in one step: a write between two steps would begin the copy anew.
            if backup.step(-1)? != StepResult::Done {
                return Err(StoreError::Locked);
            }
        }
        copy.close().map_err(|(_, error)| error.into())
    }
}
