//! Settings: what the program does where nobody says otherwise; `settings.toml` in the user's folder.

use super::ConfigError;
use super::assets::Assets;
use serde::Deserialize;

/// The user's settings, resolved and valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Who decides, where `--annotator` does not say.
    pub annotator: Option<String>,
    /// A name of the model manifest, or a path to a GGUF file.
    pub model: Option<String>,
    /// Inference threads; physical cores less one where `None`.
    pub threads: Option<u32>,
    /// One of the themes; `dark` where `None`.
    pub theme: Option<String>,
    /// One of the built-in keymaps; `default` where `None`.
    pub keymap: Option<String>,
}

#[derive(Deserialize, Default)]
struct File {
    annotator: Option<String>,
    model: Option<String>,
    threads: Option<u32>,
    theme: Option<String>,
    keymap: Option<String>,
    #[serde(flatten)]
    rest: toml::Table,
}

const KEYS: [&str; 5] = ["annotator", "model", "threads", "theme", "keymap"];

impl Settings {
    /// Reads `settings.toml`; unknown keys come back as warnings, with the nearest known one.
    ///
    /// # Errors
    /// A file that is not TOML, or a value of the wrong kind, with file and line.
    pub fn load(assets: &Assets) -> Result<(Self, Vec<String>), ConfigError> {
        let Some(asset) = assets.users("settings.toml")? else {
            return Ok((Self { annotator: None, model: None, threads: None, theme: None, keymap: None }, Vec::new()));
        };
        let file: File = toml::from_str(&asset.text).map_err(|e| ConfigError::toml(&asset.file, &asset.text, &e))?;
        let warn = |key: &String| {
            let line = asset.text.lines().position(|l| l.trim_start().starts_with(key.as_str())).map_or(1, |i| i + 1);
            let near = KEYS.iter().max_by(|a, b| strsim::jaro(a, key).total_cmp(&strsim::jaro(b, key)));
            format!("{}:{line}: unknown setting '{key}' is ignored; did you mean '{}'", asset.file, near.unwrap_or(&""))
        };
        let warnings = file.rest.keys().map(warn).collect();
        let filled = |text: Option<String>| text.filter(|t| !t.trim().is_empty());
        let settings = Self {
            annotator: filled(file.annotator),
            model: filled(file.model),
            threads: file.threads.filter(|&n| n > 0),
            theme: filled(file.theme),
            keymap: filled(file.keymap),
        };
        Ok((settings, warnings))
    }
}
