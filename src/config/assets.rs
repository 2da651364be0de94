//! The files that ship inside the program; a user's file at the same relative path takes their place.

use super::ConfigError;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// A text and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// For messages: a path, or `assets/...` for an embedded file.
    pub file: String,
    pub text: Cow<'static, str>,
}

/// Embedded files under the user's folder.
#[derive(Debug, Clone, Default)]
pub struct Assets {
    user: Option<PathBuf>,
    /// A settings file named by itself; else `settings.toml` of the folder.
    settings: Option<PathBuf>,
}

macro_rules! embedded {
    ($($path:literal),+ $(,)?) => {
        &[$(($path, include_str!(concat!("../../assets/", $path)))),+]
    };
}

const EMBEDDED: &[(&str, &str)] = embedded![
    "relations.toml",
    "rubric.toml",
    "sei.toml",
    "demo/tuples.jsonl",
    "methods/amalgam.toml",
    "methods/context.toml",
    "methods/context-retrieval.toml",
    "methods/fuse-encdec-decoder.toml",
    "methods/fuse-top.toml",
    "methods/fuse-template-decoder.toml",
    "methods/llm-cot.toml",
    "methods/llm-few.toml",
    "methods/llm-tuned.toml",
    "methods/llm-zero.toml",
    "methods/t5.toml",
    "methods/t5-diverse.toml",
    "methods/t5-typed.toml",
    "methods/template-paraphrase.toml",
    "methods/template-restyle.toml",
    "methods/template.toml",
];

impl Assets {
    /// `user` is the folder whose files win, or the settings file in it.
    #[must_use]
    pub fn new(user: Option<PathBuf>) -> Self {
        match user {
            Some(file) if file.is_file() => Self { user: file.parent().map(Path::to_owned), settings: Some(file) },
            user => Self { user, settings: None },
        }
    }

    /// The user's file if there is one, else the embedded one; `None` if there is neither.
    ///
    /// # Errors
    /// A user's file that cannot be read.
    pub fn get(&self, path: &str) -> Result<Option<Asset>, ConfigError> {
        if let Some(asset) = self.users(path)? {
            return Ok(Some(asset));
        }
        Ok(EMBEDDED.iter().find(|(name, _)| *name == path).map(|(name, text)| embedded(name, text)))
    }

    /// The user's file alone, for data that adds to the embedded instead of replacing it.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn users(&self, path: &str) -> Result<Option<Asset>, ConfigError> {
        let named = self.settings.clone().filter(|_| path == "settings.toml");
        match named.or_else(|| self.user.as_ref().map(|folder| folder.join(path))).filter(|path| path.is_file()) {
            Some(path) => read(&path).map(Some),
            None => Ok(None),
        }
    }

    /// All files of a folder by name, the user's over the embedded and beside them.
    ///
    /// # Errors
    /// A user's file or folder that cannot be read.
    pub fn folder(&self, folder: &str) -> Result<Vec<(String, Asset)>, ConfigError> {
        let prefix = format!("{folder}/");
        let mut files: Vec<(String, Asset)> = EMBEDDED
            .iter()
            .filter_map(|(name, text)| Some((name.strip_prefix(&prefix)?.to_owned(), embedded(name, text))))
            .collect();
        let Some(path) = self.user.as_ref().map(|user| user.join(folder)).filter(|path| path.is_dir()) else {
            return Ok(files);
        };
        let unreadable =
            |cause: std::io::Error| ConfigError::Unreadable { path: path.clone(), cause: cause.to_string() };
        for entry in std::fs::read_dir(&path).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if !entry.path().is_file() || name.starts_with('.') {
                continue;
            }
            let asset = read(&entry.path())?;
            files.retain(|(known, _)| *known != name);
            files.push((name, asset));
        }
        files.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(files)
    }

    /// An embedded text that is known to be there.
    #[must_use]
    pub fn embedded(path: &str) -> &'static str {
        EMBEDDED.iter().find(|(name, _)| *name == path).map_or("", |(_, text)| text)
    }
}

fn embedded(name: &str, text: &'static str) -> Asset {
    Asset { file: format!("assets/{name}"), text: Cow::Borrowed(text) }
}

fn read(path: &Path) -> Result<Asset, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|cause| ConfigError::Unreadable { path: path.to_owned(), cause: cause.to_string() })?;
    Ok(Asset { file: path.display().to_string(), text: Cow::Owned(text) })
}
