//! What an export that was stopped or killed left beside its place: an older export that had made room comes back, what
//! was not finished is gone on with or goes.

use super::folder::hidden;
use super::journal;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// A mark on a folder that somebody is writing; the system takes it away when they end, however they end.
#[derive(Debug)]
pub(super) struct Hold(Option<File>);

impl Hold {
    /// Where the system knows no such marks on folders, there is none.
    pub(super) fn on(folder: &Path) -> Self {
        Self(File::open(folder).ok().filter(|file| file.try_lock().is_ok()))
    }

    /// Whether the mark is ours.
    pub(super) fn is_ours(&self) -> bool {
        self.0.is_some()
    }
}

impl Drop for Hold {
    /// At once: a process that is being started may hold a copy of the file for a moment.
    fn drop(&mut self) {
        if let Some(file) = &self.0 {
            let _ = file.unlock();
        }
    }
}

/// Puts in order what stands beside `target` under its hidden names, unless somebody is at work there. An unfinished
/// folder with a journal is not removed but given back, with a hold on it.
///
/// # Errors
/// What cannot be put back or looked at. What cannot be removed is a leftover, not a failure.
pub(super) fn tidy(target: &Path) -> io::Result<Option<(PathBuf, Hold)>> {
    let (Some(parent), Some(name)) = (target.parent(), target.file_name()) else { return Ok(None) };
    if !cfg!(unix) || !parent.is_dir() {
        return Ok(None);
    }
    let named_new = named(parent, &hidden(name, "new-"))?;
    let unfinished: Vec<_> = named_new.into_iter().map(|folder| (Hold::on(&folder), folder)).collect();
    // Who cannot be asked may be alive. What is gone by now was somebody else's to tidy.
    if unfinished.iter().any(|(hold, folder)| !hold.is_ours() && folder.exists()) {
        return Ok(None);
    }
    for older in named(parent, &hidden(name, "old-"))? {
        if target.exists() {
            let _ = fs::remove_dir_all(older);
        } else {
            fs::rename(older, target)?;
        }
    }
    let mut kept = None;
    for (hold, folder) in unfinished {
        if kept.is_none() && hold.is_ours() && folder.join(journal::NAME).exists() {
            kept = Some((folder, hold));
        } else {
            let _ = fs::remove_dir_all(folder);
        }
    }
    Ok(kept)
}

/// The folders in `parent` whose names begin so.
fn named(parent: &Path, beginning: &OsStr) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(parent)? {
        let entry = entry?;
        let begins = entry.file_name().as_encoded_bytes().starts_with(beginning.as_encoded_bytes());
        if begins && entry.file_type()?.is_dir() {
            found.push(entry.path());
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_a_killed_export_left_is_put_in_order() {
        let home = tempfile::tempdir().unwrap();
        let names = || {
            let names =
                fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
            names.collect::<std::collections::BTreeSet<String>>()
        };
        let left = [".outer.amalrec-new-7-0".to_owned(), "out".to_owned()].into();
        let at = |name: &str| home.path().join(name);
        // Killed while it wrote; another's folder of nearly the same name stays.
        for name in ["out", ".out.amalrec-new-7-0/data", ".outer.amalrec-new-7-0", ".out.amalrec-old-3"] {
            fs::create_dir_all(at(name)).unwrap();
        }
        tidy(&at("out")).unwrap();
        assert_eq!(names(), left);
        // Killed between making room and moving in.
        fs::rename(at("out"), at(".out.amalrec-old-7")).unwrap();
        fs::create_dir(at(".out.amalrec-new-7-0")).unwrap();
        fs::write(at(".out.amalrec-old-7/train.jsonl"), "kept").unwrap();
        let held = Hold::on(&at(".out.amalrec-new-7-0"));
        tidy(&at("out")).unwrap();
        assert!(!at("out").exists(), "somebody is at work");
        drop(held);
        assert!(tidy(&at("out")).unwrap().is_none());
        assert_eq!(names(), left);
        assert_eq!(fs::read_to_string(at("out/train.jsonl")).unwrap(), "kept");
        // Of two with a journal one is gone on with, and nobody else may.
        for name in [".out.amalrec-new-7-0", ".out.amalrec-new-8-0"] {
            fs::create_dir(at(name)).unwrap();
            fs::write(at(name).join(journal::NAME), "").unwrap();
        }
        let kept = tidy(&at("out")).unwrap().unwrap();
        assert!(tidy(&at("out")).unwrap().is_none());
        assert_eq!(names().iter().filter(|name| name.starts_with(".out.")).count(), 1);
        assert!(kept.0.is_dir());
    }
}
