//! Digests of model files: read whole when asked to verify, remembered beside the file otherwise.
//!
//! Each sentence carries the digest of the model that wrote it, and reading gigabytes again at every
//! start for that would be waste. The note beside the file holds while its size and time are the same.

use std::fs::{self, File, Metadata};
use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use sha2::{Digest as _, Sha256};

use super::ModelError;
use super::manifest::Entry;
use crate::jobs::Cancel;

const CHUNK: usize = 1 << 20;

/// The SHA-256 of a file in hexadecimal, from the note beside it if that still holds.
pub fn digest(path: &Path, cancel: &Cancel) -> Result<String, ModelError> {
    let stamp = stamp(path)?;
    let note = note_path(path);
    if let Ok(text) = fs::read_to_string(&note)
        && let Some((hex, noted)) = text.trim_end().split_once(' ')
        && noted == stamp
        && hex.len() == 64
    {
        return Ok(hex.to_owned());
    }
    let hex = read_digest(path, cancel)?;
    // A folder that may not be written to costs the reading again next time, and nothing else.
    if let Err(error) = fs::write(&note, format!("{hex} {stamp}\n")) {
        tracing::debug!(%error, note = %note.display(), "a digest could not be noted");
    }
    Ok(hex)
}

/// Compares a file with what the manifest promises, reading all of it.
pub fn verify(path: &Path, entry: &Entry, cancel: &Cancel) -> Result<(), ModelError> {
    let advice = format!("delete it and run `amalrec models pull {}`", entry.name);
    let size = fs::metadata(path).map_err(|error| ModelError::io(path, error))?.len();
    let mismatch = |what, expected: String, found: String| {
        Err(ModelError::Mismatch { path: path.into(), what, expected, found, advice })
    };
    if size != entry.bytes {
        return mismatch("the file has another size", entry.bytes.to_string(), size.to_string());
    }
    let found = read_digest(path, cancel)?;
    if found != entry.sha256 {
        return mismatch("the file has another SHA-256", entry.sha256.clone(), found);
    }
    Ok(())
}

pub(super) fn read_digest(path: &Path, cancel: &Cancel) -> Result<String, ModelError> {
    let mut file = File::open(path).map_err(|error| ModelError::io(path, error))?;
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    loop {
        if cancel.is_cancelled() {
            return Err(ModelError::Cancelled);
        }
        let read = file.read(&mut chunk).map_err(|error| ModelError::io(path, error))?;
        if read == 0 {
            return Ok(hex(hasher));
        }
        hasher.update(&chunk[..read]);
    }
}

/// Hashes what passes through it.
pub(super) struct Hashing<W> {
    inner: W,
    hasher: Sha256,
}

impl<W: Write> Hashing<W> {
    pub(super) fn new(inner: W) -> Self {
        Self { inner, hasher: Sha256::new() }
    }

    /// What was written to, and the digest of what was written.
    pub(super) fn finish(self) -> (W, String) {
        (self.inner, hex(self.hasher))
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

fn hex(hasher: Sha256) -> String {
    let mut hex = String::with_capacity(64);
    for byte in hasher.finalize() {
        for digit in [byte >> 4, byte & 15] {
            hex.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
    }
    hex
}

fn note_path(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".digest");
    path.with_file_name(name)
}

/// Size and time of a file, in one word.
fn stamp(path: &Path) -> Result<String, ModelError> {
    let meta = fs::metadata(path).map_err(|error| ModelError::io(path, error))?;
    Ok(format!("{}@{}", meta.len(), modified(&meta)))
}

fn modified(meta: &Metadata) -> u128 {
    let time = meta.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    time.map_or(0, |time| time.as_nanos())
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn a_digest_is_noted_and_read_again_when_the_file_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.gguf");
        fs::write(&path, "").unwrap();
        assert_eq!(digest(&path, &Cancel::never()).unwrap(), EMPTY);
        let note = fs::read_to_string(folder.path().join("m.gguf.digest")).unwrap();
        fs::write(folder.path().join("m.gguf.digest"), note.replace("e3b0", "aaaa")).unwrap();
        assert!(digest(&path, &Cancel::never()).unwrap().starts_with("aaaa"), "the note is believed");
        fs::write(&path, "abc").unwrap();
        assert!(digest(&path, &Cancel::never()).unwrap().starts_with("ba7816bf"));
    }

    #[test]
    fn a_file_is_compared_by_size_and_by_content() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.gguf");
        let mut entry = crate::models::Manifest::load(None).unwrap().models.remove(0);
        (entry.bytes, entry.sha256) = (3, EMPTY.into());
        fs::write(&path, "ab").unwrap();
        assert!(verify(&path, &entry, &Cancel::never()).unwrap_err().to_string().contains("another size"));
        fs::write(&path, "abc").unwrap();
        assert!(verify(&path, &entry, &Cancel::never()).unwrap_err().to_string().contains("another SHA-256"));
        (entry.bytes, entry.sha256) = (0, EMPTY.into());
        fs::write(&path, "").unwrap();
        verify(&path, &entry, &Cancel::never()).unwrap();
    }
}
