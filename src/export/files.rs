//! One file a split: what most formats write, with a line between rows and something around them.

use super::error::ExportError;
use super::folder::{Folder, OutFile};
use super::manifest::FileEntry;
use serde::Serialize;
use std::io::{self, Write as _};

/// Files of one format, by split.
pub(super) struct Files {
    format: &'static str,
    files: Vec<One>,
}

struct One {
    split: String,
    file: OutFile,
    rows: u64,
}

impl Files {
    /// Opens a file for each split; `name` makes its name.
    pub(super) fn create(
        folder: &Folder,
        format: &'static str,
        splits: &[String],
        name: impl Fn(&str) -> String,
    ) -> Result<Self, ExportError> {
        let open = |split: &String| Ok(One { split: split.clone(), file: folder.create(&name(split))?, rows: 0 });
        Ok(Self { format, files: splits.iter().map(open).collect::<Result<_, ExportError>>()? })
    }

    /// Rows written to a split.
    pub(super) fn rows(&self, split: usize) -> u64 {
        self.files[split].rows
    }

    /// Writes one row.
    pub(super) fn row(
        &mut self,
        split: usize,
        write: impl FnOnce(&mut OutFile) -> io::Result<()>,
    ) -> Result<(), ExportError> {
        let One { file, rows, .. } = &mut self.files[split];
        write(file).map_err(|e| file.failed(e))?;
        *rows += 1;
        Ok(())
    }

    /// Writes one row of a JSON array, a line each.
    pub(super) fn element(&mut self, split: usize, value: &impl Serialize) -> Result<(), ExportError> {
        let first = self.rows(split) == 0;
        self.row(split, |file| {
            file.write_all(if first { b"[\n" } else { b",\n" })?;
            json(file, value)
        })
    }

    /// Closes all; `end` writes what stands after the last row, and is told how many there are.
    pub(super) fn finish(
        self,
        end: impl Fn(&mut OutFile, u64) -> io::Result<()>,
    ) -> Result<Vec<FileEntry>, ExportError> {
        let close = |One { split, mut file, rows }: One| {
            end(&mut file, rows).map_err(|e| file.failed(e))?;
            Ok(FileEntry::new(file.close()?, self.format, Some(split), rows))
        };
        self.files.into_iter().map(close).collect()
    }

    /// Closes files that [`Self::element`] wrote.
    pub(super) fn finish_arrays(self) -> Result<Vec<FileEntry>, ExportError> {
        self.finish(|file, rows| file.write_all(if rows == 0 { b"[]\n" } else { b"\n]\n" }))
    }
}

/// Writes a value as JSON.
pub(super) fn json(file: &mut OutFile, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(file, value).map_err(io::Error::from)
}

/// Writes a file beside the splits.
pub(super) fn sidecar(
    folder: &Folder,
    name: &str,
    format: &'static str,
    value: &impl Serialize,
) -> Result<FileEntry, ExportError> {
    let mut file = folder.create(name)?;
    let written = serde_json::to_writer_pretty(&mut file, value).map_err(io::Error::from);
    written.and_then(|()| file.write_all(b"\n")).map_err(|e| file.failed(e))?;
    Ok(FileEntry::new(file.close()?, format, None, 0))
}
