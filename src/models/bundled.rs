//! Models that travel inside the program: small ones of our own, written beside the others when first asked for.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::ModelError;
use super::manifest::{Entry, Source};

/// File name and content. The manifest has their digests, and a test compares.
pub(super) const BUNDLED: &[(&str, &[u8])] = &[
    ("critic-smollm2-135m.lora.gguf", include_bytes!("../../models/critic-smollm2-135m.lora.gguf")),
    ("rel2text-smollm2-135m.lora.gguf", include_bytes!("../../models/rel2text-smollm2-135m.lora.gguf")),
    ("rel2text-t5-small.gguf", include_bytes!("../../models/rel2text-t5-small.gguf")),
];

/// The content of a model that the program carries.
pub(super) fn content(entry: &Entry) -> Option<&'static [u8]> {
    let carried = entry.sources.contains(&Source::Bundled);
    BUNDLED.iter().find(|(file, _)| carried && *file == entry.file).map(|(_, content)| *content)
}

/// Whether a file is the carried one: another version of the program may have written its own under the name.
pub(super) fn is_current(entry: &Entry, path: &Path) -> bool {
    let Some(content) = content(entry) else { return false };
    let same_size = fs::metadata(path).is_ok_and(|meta| meta.len() == content.len() as u64);
    same_size && fs::read(path).is_ok_and(|found| found == content)
}

/// Writes a carried model into a folder. Two programs may do so at once: each renames a file of its own.
pub(super) fn unpack(entry: &Entry, folder: &Path) -> Result<PathBuf, ModelError> {
    let content = content(entry).ok_or_else(|| ModelError::Fetch {
        name: entry.name.clone(),
        reason: format!("this program does not carry {}", entry.file),
    })?;
    let path = folder.join(&entry.file);
    let part = folder.join(format!("{}.{}.part", entry.file, std::process::id()));
    let at = |path: &Path| {
        let path = path.to_owned();
        move |error| ModelError::io(path, error)
    };
    fs::create_dir_all(folder).map_err(at(folder))?;
    let mut file = File::create(&part).map_err(at(&part))?;
    file.write_all(content).and_then(|()| file.sync_all()).map_err(at(&part))?;
    fs::rename(&part, &path).map_err(at(&path))?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::Manifest;
    use sha2::{Digest as _, Sha256};

    #[test]
    fn what_is_carried_is_what_the_manifest_promises() {
        let manifest = Manifest::load(None).unwrap();
        let bundled: Vec<&Entry> = manifest.models.iter().filter(|m| m.sources.contains(&Source::Bundled)).collect();
        assert_eq!(bundled.len(), BUNDLED.len());
        for entry in bundled {
            let content = content(entry).unwrap_or_else(|| panic!("{} is not carried", entry.file));
            assert_eq!(content.len() as u64, entry.bytes, "{}", entry.name);
            let promised: Vec<u8> =
                (0..32).map(|at| u8::from_str_radix(&entry.sha256[2 * at..2 * at + 2], 16).unwrap()).collect();
            assert_eq!(Sha256::digest(content)[..], promised, "{}", entry.name);
        }
    }

    #[test]
    fn a_carried_model_is_there_when_it_is_located() {
        let folder = tempfile::tempdir().unwrap();
        let folders = crate::models::Folders(vec![folder.path().join("models")]);
        let manifest = Manifest::load(None).unwrap();
        for entry in manifest.models.iter().filter(|m| m.sources.contains(&Source::Bundled) && m.base.is_none()) {
            let located = crate::models::locate(&manifest, &folders, &entry.name).unwrap();
            assert_eq!(fs::metadata(&located.path).unwrap().len(), entry.bytes);
            // What another version left under the name is written over.
            fs::write(&located.path, b"GGUF of an older version").unwrap();
            let located = crate::models::locate(&manifest, &folders, &entry.name).unwrap();
            assert_eq!(fs::read(&located.path).unwrap(), content(entry).unwrap());
            let left = fs::read_dir(&folders.0[0]).unwrap().flatten().filter(|e| e.path() != located.path).count();
            assert_eq!(left, 0);
        }
    }
}
