//! Files in: tuples and, apart from them, every row that could not be read, with its line and the reason.
//!
//! Each format is one file with a type that has `next`; [`Source`] is the list of them. All of them stream: memory
//! does not grow with the file, whatever is in it.

mod columns;
mod csv;
mod entity;
mod error;
mod input;
mod jsonl;
mod line;
mod order;
mod table;

pub use columns::{Columns, ColumnsError, Place, Role};
pub use entity::{EntityText, EntityTexts};
pub use error::ImportError;
pub use order::Suspicion;

use crate::domain::RelationTuple;
use input::Input;
use std::collections::VecDeque;
use std::fmt;
use std::io::{self, Read};
use std::path::Path;
use std::str::FromStr;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Told from the name, else from the first line.
    #[default]
    Auto,
    /// One JSON object a line.
    Jsonl,
    /// Commas (or semicolons, where the first line has those instead), quoted as RFC 4180 says.
    Csv,
    /// Tabs, and no quoting: a `"` is a `"`.
    Tsv,
}

impl Format {
    pub const ALL: [Self; 4] = [Self::Auto, Self::Jsonl, Self::Csv, Self::Tsv];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Tsv => "tsv",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|format| format.name() == name).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|format| format.name()).collect();
            format!("unknown format '{name}'; one of {}", names.join(", "))
        })
    }
}

/// A tuple, and the line on which its row begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub line: u64,
    pub tuple: RelationTuple,
}

/// A row that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub file: String,
    /// The line on which the row begins, from 1.
    pub line: u64,
    pub reason: String,
    /// The start of the row, fit for a terminal.
    pub excerpt: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: line {}: {}: {}", self.file, self.line, self.reason, self.excerpt)
    }
}

/// What a reader gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    Row(Row),
    Problem(Problem),
    /// At most one, before the first row.
    Suspicion(Suspicion),
}

impl Item {
    /// The reader adds the file.
    fn problem(line: u64, reason: String, excerpt: String) -> Self {
        Self::Problem(Problem { file: String::new(), line, reason, excerpt })
    }
}

/// What was read, in the end or so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    pub format: Format,
    pub rows: u64,
    pub problems: u64,
    pub lines: u64,
    pub bytes: u64,
    pub suspicion: Option<Suspicion>,
}

/// Rows looked at for a [`Suspicion`] before the first is given out.
const LOOK_AHEAD: usize = 4_096;

/// Reads a file row by row: an iterator that the caller may leave at any row. It ends after an error.
pub struct Reader {
    file: String,
    source: Source,
    totals: Totals,
    ahead: VecDeque<Result<Item, ImportError>>,
    looked: bool,
    ended: bool,
}

enum Source {
    Jsonl(jsonl::Jsonl),
    Table(table::Table),
}

impl Source {
    fn next(&mut self) -> io::Result<Option<Item>> {
        match self {
            Self::Jsonl(source) => source.next(),
            Self::Table(source) => source.next(),
        }
    }

    /// Lines and bytes read.
    fn position(&self) -> (u64, u64) {
        match self {
            Self::Jsonl(source) => source.position(),
            Self::Table(source) => source.position(),
        }
    }

    fn columns(&self) -> Columns {
        match self {
            Self::Jsonl(source) => source.columns().unwrap_or_default(),
            Self::Table(source) => source.columns().clone(),
        }
    }
}

impl Reader {
    /// Opens a path, or standard input for `-`.
    ///
    /// # Errors
    /// A file that cannot be read at all, or whose columns cannot be told.
    pub fn open(path: &Path, format: Format, columns: Option<&Columns>) -> Result<Self, ImportError> {
        Self::of(input::open(path, format)?, columns)
    }

    /// Reads any stream of bytes; `file` is its name for people.
    ///
    /// # Errors
    /// As [`Reader::open`].
    pub fn new(
        file: &str,
        bytes: impl Read + Send + 'static,
        format: Format,
        columns: Option<&Columns>,
    ) -> Result<Self, ImportError> {
        Self::of(input::examine(file.to_owned(), Box::new(bytes), format)?, columns)
    }

    fn of(input: Input, columns: Option<&Columns>) -> Result<Self, ImportError> {
        let (file, format) = (input.file.clone(), input.format);
        let source = match format {
            Format::Jsonl => Source::Jsonl(jsonl::Jsonl::open(input, columns)?),
            Format::Csv | Format::Tsv => Source::Table(table::Table::open(input, columns)?),
            Format::Auto => return Err(ImportError::Unknown { file }),
        };
        let totals = Totals { format, rows: 0, problems: 0, lines: 0, bytes: 0, suspicion: None };
        Ok(Self { file, source, totals, ahead: VecDeque::new(), looked: false, ended: false })
    }

    /// What was given out so far; lines and bytes count what was read ahead too.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let (lines, bytes) = self.source.position();
        Totals { lines, bytes, ..self.totals.clone() }
    }

    fn pull(&mut self) -> Option<Result<Item, ImportError>> {
        if self.ended {
            return None;
        }
        match self.source.next() {
            Ok(Some(Item::Problem(problem))) => Some(Ok(Item::Problem(Problem { file: self.file.clone(), ..problem }))),
            Ok(Some(item)) => Some(Ok(item)),
            Ok(None) => {
                self.ended = true;
                None
            }
            Err(source) => {
                self.ended = true;
                let line = self.source.position().0;
                Some(Err(ImportError::Read { file: self.file.clone(), line, source }))
            }
        }
    }

    fn look_ahead(&mut self) {
        self.looked = true;
        while self.ahead.len() < LOOK_AHEAD {
            let Some(item) = self.pull() else { break };
            self.ahead.push_back(item);
        }
        let rows = self.ahead.iter().filter_map(|item| match item {
            Ok(Item::Row(row)) => Some(row),
            Ok(Item::Problem(_) | Item::Suspicion(_)) | Err(_) => None,
        });
        if let Some(suspicion) = order::suspect(&self.file, rows, &self.source.columns()) {
            self.totals.suspicion = Some(suspicion.clone());
            self.ahead.push_front(Ok(Item::Suspicion(suspicion)));
        }
    }
}

impl Iterator for Reader {
    type Item = Result<Item, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        if !self.looked {
            self.look_ahead();
        }
        let item = self.ahead.pop_front().or_else(|| self.pull())?;
        match &item {
            Ok(Item::Row(_)) => self.totals.rows += 1,
            Ok(Item::Problem(_)) => self.totals.problems += 1,
            Ok(Item::Suspicion(_)) | Err(_) => {}
        }
        Some(item)
    }
}

/// Reads a whole file into two sinks. A suspicion is in the totals; to hear it before the first row, use
/// [`Reader`].
///
/// # Errors
/// A file that cannot be read at all, whose columns cannot be told, or that breaks off.
pub fn read(
    path: &Path,
    format: Format,
    columns: Option<&Columns>,
    mut row: impl FnMut(Row),
    mut problem: impl FnMut(Problem),
) -> Result<Totals, ImportError> {
    let mut reader = Reader::open(path, format, columns)?;
    for item in reader.by_ref() {
        match item? {
            Item::Row(read) => row(read),
            Item::Problem(refused) => problem(refused),
            Item::Suspicion(_) => {}
        }
    }
    Ok(reader.totals())
}
