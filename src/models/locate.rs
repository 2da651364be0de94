//! Where a model file lies: by a name of the manifest, or by the path of any GGUF file.

use std::path::{Path, PathBuf};

use super::manifest::{Entry, Manifest};
use super::{ModelError, bundled};

/// The folders that models are looked for in, first to last. New files go to the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folders(pub Vec<PathBuf>);

/// A model file that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    pub path: PathBuf,
    /// The name in the manifest, or the file's.
    pub name: String,
    /// What the manifest says of it, unless it was given by a path.
    pub entry: Option<Entry>,
    /// The model it is laid over, for an adapter.
    pub base: Option<Box<Located>>,
}

impl Folders {
    /// The folder named by `AMALREC_MODELS`, then `models` in the user's data folder (`AMALREC_DATA_DIR` moves it).
    #[must_use]
    pub fn of_user() -> Self {
        let named = std::env::var_os("AMALREC_MODELS").filter(|folder| !folder.is_empty()).map(PathBuf::from);
        let moved = std::env::var_os("AMALREC_DATA_DIR").filter(|folder| !folder.is_empty()).map(PathBuf::from);
        let own = || directories::ProjectDirs::from("", "", "amalrec").map(|dirs| dirs.data_dir().to_owned());
        let own = moved.or_else(own).map(|folder| folder.join("models"));
        Self(named.into_iter().chain(own).collect())
    }

    /// Where a new model is put.
    pub fn first(&self) -> Result<&Path, ModelError> {
        self.0.first().map(PathBuf::as_path).ok_or_else(|| ModelError::Fetch {
            name: "a model".into(),
            reason: "there is no home folder to put it in; name one in AMALREC_MODELS".into(),
        })
    }

    /// The file of a model of the manifest, if it is there.
    #[must_use]
    pub fn find(&self, entry: &Entry) -> Option<PathBuf> {
        self.0.iter().map(|folder| folder.join(&entry.file)).find(|path| path.is_file())
    }
}

/// Finds a model by what the user calls it. What has a separator in it or ends in `.gguf` is a path.
pub fn locate(manifest: &Manifest, folders: &Folders, wanted: &str) -> Result<Located, ModelError> {
    let path = Path::new(wanted);
    let gguf = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gguf"));
    if gguf || path.components().count() > 1 || path.is_absolute() {
        if !path.is_file() {
            return Err(ModelError::NoFile(path.into()));
        }
        let name = path.file_name().map_or_else(|| wanted.into(), |name| name.to_string_lossy().into_owned());
        return Ok(Located { path: path.into(), name, entry: None, base: None });
    }
    let entry = manifest.find(wanted)?;
    let path = match folders.find(entry) {
        Some(path) if bundled::is_current(entry, &path) => path,
        _ if bundled::content(entry).is_some() => bundled::unpack(entry, folders.first()?)?,
        Some(path) => path,
        None => {
            let looked = folders.0.iter().map(|f| f.display().to_string()).collect::<Vec<_>>().join(", ");
            return Err(ModelError::Missing { name: entry.name.clone(), looked });
        }
    };
    let base = match &entry.base {
        // One step only: an adapter of an adapter would be a circle in waiting.
        Some(base) if manifest.find(base)?.base.is_none() => Some(Box::new(locate(manifest, folders, base)?)),
        Some(base) => {
            let reason = format!("model `{}` is laid over `{base}`, which is laid over another itself", entry.name);
            return Err(ModelError::Manifest { origin: "the manifest of models".into(), reason });
        }
        None => None,
    };
    Ok(Located { path, name: entry.name.clone(), entry: Some(entry.clone()), base })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::DEFAULT_MODEL;

    #[test]
    fn a_name_is_looked_for_in_each_folder_and_a_path_taken_as_it_is() {
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let folders = Folders(vec![first.path().into(), second.path().into()]);
        let manifest = Manifest::load(None).unwrap();
        let missing = locate(&manifest, &folders, "smollm2-135m").unwrap_err().to_string();
        assert!(missing.contains("`amalrec models pull smollm2-135m-instruct`"), "{missing}");

        let file = second.path().join("SmolLM2-135M-Instruct.Q8_0.gguf");
        std::fs::write(&file, "x").unwrap();
        let found = locate(&manifest, &folders, DEFAULT_MODEL).unwrap();
        assert_eq!((found.path, found.name.as_str()), (file.clone(), DEFAULT_MODEL));

        let given = locate(&manifest, &Folders(vec![]), file.to_str().unwrap()).unwrap();
        assert_eq!((given.name.as_str(), given.entry), ("SmolLM2-135M-Instruct.Q8_0.gguf", None));
        assert!(matches!(locate(&manifest, &folders, "./no.gguf"), Err(ModelError::NoFile(_))));
        assert!(matches!(locate(&manifest, &folders, "no"), Err(ModelError::Unknown { .. })));
    }
}
