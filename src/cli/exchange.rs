//! What may be typed after `import` and `export`: formats, and what a format can be told.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// What to publish, where, and how.
#[derive(Debug, Clone, Args)]
pub(super) struct ExportArgs {
    /// The folder to write; it appears whole or not at all. Begun again after it was stopped, an export of several formats
    /// writes those that are left
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// One or several, separated by commas
    #[arg(long, value_enum, value_delimiter = ',', default_value = "jsonl", value_name = "A,B")]
    pub format: Vec<ExportFormat>,
    /// verified: right by every verdict; decided: chosen by a person; all: else the ranker's choice
    #[arg(long, value_enum, default_value_t = OnlyName::All)]
    pub only: OnlyName,
    /// Sizes by split, the rest is train; cap=N keeps at most N rows of a relation, unseen_relation=N and
    /// unseen_entity=N hold out rows whose relation or entities no other split has
    #[arg(long, value_name = "PLAN", default_value = "")]
    pub split: String,
    /// Leave out sentences with a lower SEI
    #[arg(long, value_name = "X")]
    pub min_sei: Option<f64>,
    /// The licence of the dataset, as the Hugging Face hub spells it, such as cc-by-4.0
    #[arg(long, value_name = "NAME")]
    pub licence: Option<String>,
    /// Numbers instead of the names of annotators
    #[arg(long)]
    pub anonymise: bool,
    /// How TACRED counts the ends of entities
    #[arg(long, value_enum, value_name = "VARIANT", default_value_t = Tacred::Raw)]
    pub tacred: Tacred,
    /// In TACRED, brackets as -LRB- and -RRB-
    #[arg(long)]
    pub ptb_brackets: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FormatName {
    Auto,
    Jsonl,
    Csv,
    Tsv,
    #[value(name = "webnlg")]
    WebNlg,
    #[value(name = "ntriples")]
    NTriples,
    Turtle,
    #[value(name = "fewrel")]
    FewRel,
    Rebel,
    Tacred,
    Candidates,
}

/// How TACRED counts: whether an entity's end is its last token or the one behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Tacred {
    /// The original: the last token
    Raw,
    /// The Hugging Face port: the token behind it
    Hf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ExportFormat {
    Jsonl,
    Csv,
    Parquet,
    Tacred,
    #[value(name = "fewrel")]
    FewRel,
    #[value(name = "docred")]
    DocRed,
    #[value(name = "webnlg")]
    WebNlg,
    /// As SpERT reads it
    Conll04,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum OnlyName {
    Verified,
    Decided,
    All,
}
