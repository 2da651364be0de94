//! Which formats of an export are written whole: the same export, begun again after it was stopped or killed, takes
//! them over and writes the others only.
//!
//! The journal stands in the folder that is being written, a line a format, each synced after its format's files. A
//! line counts if it was written for the same rows and settings and its files still have the digests that it names.

use super::digesting::Digesting;
use super::error::ExportError;
use super::folder::Folder;
use super::format::Format;
use super::manifest::FileEntry;
use super::record::Record;
use super::row::Row;
use super::settings::Settings;
use super::tally::Names;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

pub(super) const NAME: &str = ".journal";

/// A format with all its files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Finished {
    pub(super) format: Format,
    pub(super) files: Vec<FileEntry>,
    /// What its users have to know.
    pub(super) warnings: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    /// Of which export.
    key: String,
    #[serde(flatten)]
    finished: Finished,
}

pub(super) struct Journal<F> {
    path: PathBuf,
    shown: String,
    make_key: F,
    key: Option<String>,
    /// What an earlier try left whole.
    found: Vec<Finished>,
    lines: usize,
}

/// What tells one export from another: a digest of all that its formats are given.
pub(super) fn key(settings: &Settings, rows: &[Row], names: &Names) -> io::Result<String> {
    let mut sink = Digesting::new(io::sink());
    // All of the settings is in order, and none of it is an address.
    write!(sink, "{} {settings:?}", env!("CARGO_PKG_VERSION"))?;
    for row in rows.iter().filter(|row| row.gap().is_none()) {
        sink.write_all(&serde_json::to_vec(&Record::of(row, names.published(row)))?)?;
    }
    Ok(sink.finish().1)
}

impl<F: Fn() -> io::Result<String>> Journal<F> {
    /// Looks for what an earlier try left in the folder, and takes everything else away. The key is asked for when
    /// there is something to compare it with.
    ///
    /// # Errors
    /// What cannot be read or removed.
    pub(super) fn open(folder: &Folder, make_key: F) -> Result<Self, ExportError> {
        let (path, shown) = (folder.path().join(NAME), folder.shown(NAME));
        let mut journal = Self { path, shown, make_key, key: None, found: Vec::new(), lines: 0 };
        let text = match fs::read(&journal.path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(journal.failed(e)),
            read => read.unwrap_or_default(),
        };
        // The last line may have been cut off.
        let lines = text.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Line>(line).ok());
        for Line { key, finished } in lines {
            if key == journal.key()? && finished.files.iter().all(|file| is_whole(folder.path(), file)) {
                journal.found.push(finished);
            }
        }
        journal.begin_anew()?;
        let files = journal.found.iter().flat_map(|one| &one.files).map(|file| folder.path().join(&file.name));
        let kept = files.chain([journal.path.clone()]).collect();
        clear(folder.path(), &kept).map_err(|source| ExportError::Write { file: folder.shown(""), source })?;
        Ok(journal)
    }

    /// Leaves in the journal what was found whole, and nothing else; before anything else is taken away.
    fn begin_anew(&mut self) -> Result<(), ExportError> {
        if self.found.is_empty() {
            return remove(&self.path).map_err(|source| self.failed(source));
        }
        let beside = self.path.with_extension("new");
        let path = std::mem::replace(&mut self.path, beside);
        remove(&self.path).map_err(|source| self.failed(source))?;
        for one in self.found.clone() {
            self.note(&one)?;
        }
        let written = std::mem::replace(&mut self.path, path);
        fs::rename(written, &self.path).map_err(|source| self.failed(source))
    }

    /// Of this export; made when it is first asked for.
    fn key(&mut self) -> Result<String, ExportError> {
        if let Some(key) = &self.key {
            return Ok(key.clone());
        }
        let key = (self.make_key)().map_err(|source| self.failed(source))?;
        Ok(self.key.insert(key).clone())
    }

    fn failed(&self, source: io::Error) -> ExportError {
        ExportError::Write { file: self.shown.clone(), source }
    }

    /// What an earlier try left whole.
    pub(super) fn take(&mut self) -> Vec<Finished> {
        std::mem::take(&mut self.found)
    }

    /// Notes a format whose files are synced.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub(super) fn note(&mut self, finished: &Finished) -> Result<(), ExportError> {
        let line = Line { key: self.key()?, finished: finished.clone() };
        let write = || {
            let mut text = serde_json::to_vec(&line)?;
            text.push(b'\n');
            let mut file = File::options().create(true).append(true).open(&self.path)?;
            file.write_all(&text)?;
            file.sync_all()
        };
        write().map_err(|source| self.failed(source))?;
        self.lines += 1;
        Ok(())
    }

    /// Whether there is anything that another try could take over.
    pub(super) fn is_empty(&self) -> bool {
        self.lines == 0
    }

    /// Takes the journal away: the export is whole.
    ///
    /// # Errors
    /// It cannot be removed.
    pub(super) fn close(self) -> Result<(), ExportError> {
        remove(&self.path).map_err(|source| self.failed(source))
    }
}

/// Removes a file that need not be there.
fn remove(path: &Path) -> io::Result<()> {
    fs::remove_file(path).or_else(|e| if e.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(e) })
}

/// Whether a file is as its format left it.
fn is_whole(folder: &Path, file: &FileEntry) -> bool {
    let digest = || -> io::Result<(u64, String)> {
        let mut sink = Digesting::new(io::sink());
        io::copy(&mut File::open(folder.join(&file.name))?, &mut sink)?;
        Ok(sink.finish())
    };
    digest().is_ok_and(|(bytes, sha256)| bytes == file.bytes && sha256 == file.sha256)
}

/// Removes all files but those to keep, and the folders that are then empty.
fn clear(folder: &Path, kept: &BTreeSet<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let (path, kind) = entry.and_then(|entry| Ok((entry.path(), entry.file_type()?)))?;
        if kind.is_dir() {
            clear(&path, kept)?;
            // Not empty: something in it is kept.
            let _ = fs::remove_dir(&path);
        } else if !kept.contains(&path) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}
