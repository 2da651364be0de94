//! A folder that appears whole or not at all: written beside its place, synced, then renamed.

use super::digesting::Digesting;
use super::error::ExportError;
use super::leftover::{Hold, tidy};
use super::manifest;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

const BUFFER: usize = 256 << 10;

/// What the folder is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To be put in its place. What the same export left unfinished there is taken over.
    Publish,
    /// To be looked at and thrown away.
    Rehearse,
}

/// The folder being written. Dropped before [`Folder::commit`] or [`Folder::leave`], it leaves nothing behind.
pub(super) struct Folder {
    /// Where it will be.
    target: PathBuf,
    /// Where it is until then.
    temp: PathBuf,
    /// Parents that had to be made, the outermost first.
    parents: Vec<PathBuf>,
    /// It is not to be removed.
    settled: bool,
    /// Tells others that this is being written.
    hold: Option<Hold>,
}

/// A file of known size and digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) name: String,
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

impl Folder {
    /// Makes sure that `target` may be written, and makes the temporary folder, or finds one that was left unfinished.
    pub(super) fn prepare(target: &Path, purpose: Purpose) -> Result<Self, ExportError> {
        let failed = |folder: &Path, source| ExportError::Folder { folder: folder.display().to_string(), source };
        // A link to a folder stays a link: its goal is replaced, and what was left unfinished stands beside that.
        let resolved =
            || fs::canonicalize(target).or_else(|_| std::path::absolute(target)).map_err(|e| failed(target, e));
        let place = resolved()?;
        let unfinished = match purpose {
            Purpose::Publish => tidy(&place).map_err(|e| failed(target, e))?,
            Purpose::Rehearse => None,
        };
        refuse_occupied(target)?;
        let target = resolved()?;
        let (Some(parent), Some(name)) = (target.parent(), target.file_name()) else {
            return Err(ExportError::NotFolder { folder: target.display().to_string() });
        };
        let parents: Vec<PathBuf> =
            parent.ancestors().take_while(|a| !a.exists()).map(Path::to_path_buf).collect::<Vec<_>>();
        let mut folder = Self {
            temp: PathBuf::new(),
            parents: parents.into_iter().rev().collect(),
            settled: false,
            hold: None,
            target: target.clone(),
        };
        if let Some((temp, hold)) = unfinished {
            (folder.temp, folder.hold) = (temp, Some(hold));
            return Ok(folder);
        }
        fs::create_dir_all(parent).map_err(|e| failed(parent, e))?;
        for attempt in 0_u32.. {
            let temp = parent.join(hidden(name, &format!("new-{}-{attempt}", std::process::id())));
            match fs::create_dir(&temp) {
                Ok(()) => {
                    folder.hold = Some(Hold::on(&temp));
                    folder.temp = temp;
                    break;
                }
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists && attempt < 1000 => {}
                Err(e) => return Err(failed(parent, e)),
            }
        }
        Ok(folder)
    }

    /// Where it is until it is put in its place.
    pub(super) fn path(&self) -> &Path {
        &self.temp
    }

    /// Leaves it unfinished for another try, where another try could find it.
    pub(super) fn leave(mut self) {
        self.settled = cfg!(unix) && self.hold.as_ref().is_some_and(Hold::is_ours);
    }

    pub(super) fn create(&self, name: &str) -> Result<OutFile, ExportError> {
        let path = self.temp.join(name);
        // Not the folder itself: if somebody took it away, its other files are gone too.
        let made = match path.parent().filter(|parent| *parent != self.temp) {
            Some(parent) => fs::create_dir(parent)
                .or_else(|e| if e.kind() == io::ErrorKind::AlreadyExists { Ok(()) } else { Err(e) }),
            None => Ok(()),
        };
        let file = made
            .and_then(|()| File::create_new(path))
            .map_err(|source| ExportError::Write { file: self.shown(name), source })?;
        let sink = Digesting::new(file);
        Ok(OutFile { name: name.to_owned(), shown: self.shown(name), sink: BufWriter::with_capacity(BUFFER, sink) })
    }

    /// Puts the folder in its place. An older export there is replaced.
    pub(super) fn commit(mut self) -> Result<PathBuf, ExportError> {
        let exists = refuse_occupied(&self.target)?;
        let failed = |source| ExportError::Folder { folder: self.target.display().to_string(), source };
        sync_folder(&self.temp).map_err(failed)?;
        if exists {
            let name = self.target.file_name().unwrap_or_default();
            let old = self.target.with_file_name(hidden(name, &format!("old-{}", std::process::id())));
            fs::rename(&self.target, &old).map_err(failed)?;
            if let Err(source) = fs::rename(&self.temp, &self.target) {
                // If this fails as well, the older export stands under the hidden name.
                let _ = fs::rename(&old, &self.target);
                return Err(failed(source));
            }
            // What cannot be removed is a leftover, not a failure: the export is there.
            let _ = fs::remove_dir_all(&old);
        } else {
            fs::rename(&self.temp, &self.target).map_err(failed)?;
        }
        self.settled = true;
        if let Some(parent) = self.target.parent() {
            sync_folder(parent).map_err(failed)?;
        }
        Ok(self.target.clone())
    }

    /// A file's path as it will be.
    pub(super) fn shown(&self, name: &str) -> String {
        self.target.join(name).display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.settled {
            return;
        }
        // Nobody is left to tell of a failure here, and nothing to do about it.
        if !self.temp.as_os_str().is_empty() {
            let _ = fs::remove_dir_all(&self.temp);
        }
        for parent in self.parents.iter().rev() {
            let _ = fs::remove_dir(parent);
        }
    }
}

/// `.NAME.amalrec-MARK`
pub(super) fn hidden(name: &std::ffi::OsStr, mark: &str) -> std::ffi::OsString {
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(name);
    hidden.push(format!(".amalrec-{mark}"));
    hidden
}

/// Refuses whatever is not a free name, an empty folder, or an export with nothing else in it. True if it exists.
fn refuse_occupied(target: &Path) -> Result<bool, ExportError> {
    let folder = || target.display().to_string();
    let failed = |source| ExportError::Folder { folder: folder(), source };
    match fs::metadata(target) {
        Ok(found) if found.is_dir() => {}
        Ok(_) => return Err(ExportError::NotFolder { folder: folder() }),
        Err(e) if e.kind() == io::ErrorKind::NotFound && !target.is_symlink() => return Ok(false),
        Err(e) => return Err(failed(e)),
    }
    let ours = manifest::files_of(&target.join(manifest::NAME));
    match foreign(target, "", &ours).map_err(failed)? {
        Some(file) => Err(ExportError::Occupied { folder: folder(), file }),
        None => Ok(true),
    }
}

/// The first file in a folder, or in the folders in it, that is not among `ours`.
fn foreign(folder: &Path, prefix: &str, ours: &[String]) -> io::Result<Option<String>> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let file = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            let inside = format!("{file}/");
            // A folder that no file of ours is in is not ours, even if empty.
            if !ours.iter().any(|name| name.starts_with(&inside)) {
                return Ok(Some(file));
            }
            if let Some(file) = foreign(&entry.path(), &inside, ours)? {
                return Ok(Some(file));
            }
        } else if !ours.contains(&file) {
            return Ok(Some(file));
        }
    }
    Ok(None)
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// A file that counts and digests what is written to it.
pub(super) struct OutFile {
    name: String,
    shown: String,
    sink: BufWriter<Digesting<File>>,
}

impl OutFile {
    /// What went wrong, with the file's name.
    pub(super) fn failed(&self, source: io::Error) -> ExportError {
        ExportError::Write { file: self.shown.clone(), source }
    }

    /// Writes out and syncs.
    pub(super) fn close(self) -> Result<Written, ExportError> {
        let Self { name, shown, sink } = self;
        let failed = |source| ExportError::Write { file: shown.clone(), source };
        let sink = sink.into_inner().map_err(|e| failed(e.into_error()))?;
        sink.inner().sync_all().map_err(failed)?;
        let (bytes, sha256) = sink.finish();
        Ok(Written { name, bytes, sha256 })
    }
}

impl Write for OutFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.sink.write(bytes)
    }

    // The buffer's own is faster than a loop around `write`: a row of JSON is a hundred short pieces.
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sink.write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}
