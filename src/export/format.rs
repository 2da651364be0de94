//! The formats that rows can be written in, by name.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A format that rows can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub enum Format {
    Jsonl,
    Csv,
    Tacred,
    FewRel,
    DocRed,
    WebNlg,
    Conll04,
    Parquet,
}

impl Format {
    pub const ALL: [Self; 8] =
        [Self::Jsonl, Self::Csv, Self::Tacred, Self::FewRel, Self::DocRed, Self::WebNlg, Self::Conll04, Self::Parquet];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Tacred => "tacred",
            Self::FewRel => "fewrel",
            Self::DocRed => "docred",
            Self::WebNlg => "webnlg",
            Self::Conll04 => "conll04",
            Self::Parquet => "parquet",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl From<Format> for &'static str {
    fn from(format: Format) -> Self {
        format.name()
    }
}

impl TryFrom<String> for Format {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        name.parse()
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|format| format.name() == name).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|format| format.name()).collect();
            format!("unknown export format '{name}'; one of {}", names.join(", "))
        })
    }
}
