//! Why nothing was exported, in words that say what to do. Whatever the reason, no file is left behind.

use super::leak::Check;
use std::io;
use thiserror::Error;

#[derive(Debug, Error)]
pub enum ExportError {
    #[error("{folder}: is a file; name a folder with --out")]
    NotFolder { folder: String },
    #[error(
        "{folder}: holds '{file}', which no export of this program wrote; choose another folder with --out, or move it away"
    )]
    Occupied { folder: String, file: String },
    #[error("{folder}: cannot be written in: {source}; choose another folder with --out, or change its permissions")]
    Folder { folder: String, source: io::Error },
    #[error("{file}: cannot be written: {source}; nothing was exported")]
    Write { file: String, source: io::Error },
    #[error("a row is meant for split '{split}', which is not among {known}")]
    Split { split: String, known: String },
    #[error("a row is of the relation '{0}', which was not announced")]
    Relation(String),
    #[error("this build cannot write Parquet; build with the default features, or choose other formats")]
    NoParquet,
    #[error("the split '{0}' cannot be a file name; use letters, digits, '-' and '_'")]
    SplitName(String),
    #[error("there is no row to export; {0}")]
    NoRows(String),
    #[error("{0}; nothing was exported")]
    Leak(Box<Check>),
}
