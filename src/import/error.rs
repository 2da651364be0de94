//! Why a whole file cannot be read, in words that say what to do.

use super::Format;
use std::io;
use thiserror::Error;

/// A file that cannot be read at all; a row that cannot be read is a [`super::Problem`] instead.
#[derive(Debug, Error)]
pub enum ImportError {
    #[error("{file}: no such file; check the path")]
    Missing { file: String },
    #[error("{file}: is a folder; name the files in it")]
    Folder { file: String },
    #[error("{file}: cannot be opened: {source}")]
    Open { file: String, source: io::Error },
    #[error("{file}: reading stopped after line {line}: {source}")]
    Read { file: String, line: u64, source: io::Error },
    #[error("{file}: is empty; there is nothing to import")]
    Empty { file: String },
    #[error("{file}: is {what}, not text; {advice}")]
    NotText { file: String, what: &'static str, advice: String },
    #[error("{file}: the format cannot be told from name or content; pass --format jsonl, csv or tsv")]
    Unknown { file: String },
    #[error("{file}: {what}; {advice}")]
    Shape { file: String, what: String, advice: String },
    #[error(
        "{file}: there is no column '{column}'; the columns are {there}; pass --columns head=..,relation=..,tail=.. with names from these"
    )]
    NoColumn { file: String, column: String, there: String },
    #[error(
        "{file}: no column for {lacking} is known; the columns are {there}; pass --columns head=..,relation=..,tail=.. with names from these, or by number for a file without header"
    )]
    Header { file: String, lacking: String, there: String },
    #[error(
        "{file}: the header calls column {number} '{header}', but --columns takes it as the {role}; name the columns by their headers, as in --columns head=NAME,relation=NAME,tail=NAME"
    )]
    Contradiction { file: String, number: usize, header: String, role: super::Role },
    #[error(
        "{file}: read as {format}, line {line} has {width} columns ({there}), and {needed} are needed; pass --columns or another --format"
    )]
    Width { file: String, line: u64, width: usize, format: Format, there: String, needed: usize },
}
