//! What an export that was killed left beside its place: an older export that had made room comes back, what was not
//! finished goes.

use super::folder::hidden;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// A mark on a folder that somebody is writing; the system takes it away when they end, however they end.
#[derive(Debug)]
pub(super) struct Hold(#[expect(dead_code, reason = "kept open, never read")] Option<File>);

impl Hold {
    /// Where the system knows no such marks on folders, there is none.
    pub(super) fn on(folder: &Path) -> Self {
        Self(File::open(folder).ok().filter(|file| file.try_lock().is_ok()))
    }
}

/// Puts in order what stands beside `target` under its hidden names, unless somebody is at work there.
///
/// # Errors
/// What cannot be put back or looked at. What cannot be removed is a leftover, not a failure.
pub(super) fn tidy(target: &Path) -> io::Result<()> {
    let (Some(parent), Some(name)) = (target.parent(), target.file_name()) else { return Ok(()) };
    if !cfg!(unix) || !parent.is_dir() {
        return Ok(());
    }
    let unfinished = named(parent, &hidden(name, "new-"))?;
    for folder in &unfinished {
        // Who cannot be asked may be alive.
        if File::open(folder).is_ok_and(|file| file.try_lock().is_err()) {
            return Ok(());
        }
    }
    for older in named(parent, &hidden(name, "old-"))? {
        if target.exists() {
            let _ = fs::remove_dir_all(older);
        } else {
            fs::rename(older, target)?;
        }
    }
    for folder in unfinished {
        let _ = fs::remove_dir_all(folder);
    }
    Ok(())
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
        tidy(&at("out")).unwrap();
        assert_eq!(names(), left);
        assert_eq!(fs::read_to_string(at("out/train.jsonl")).unwrap(), "kept");
    }
}
