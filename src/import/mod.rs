//! Files in: tuples, the sentences that some formats bring with them, and every row that could not be read, with its
//! line and the reason.
//!
//! Each format is one file with one [`Source`]. All of them stream: memory does not grow with the file, whatever is
//! in it.

mod columns;
mod csv;
mod entity;
mod error;
mod fewrel;
mod input;
mod jsonl;
mod line;
mod order;
mod pieces;
mod rdf;
mod rebel;
mod table;
mod tacred;
mod tokens;
mod unpack;
mod webnlg;

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
    /// Told from the name and the first bytes.
    #[default]
    Auto,
    /// One JSON object a line.
    Jsonl,
    /// Commas (or semicolons, where the first line has those instead), quoted as RFC 4180 says.
    Csv,
    /// Tabs, and no quoting: a `"` is a `"`.
    Tsv,
    /// WebNLG's XML, of any release.
    WebNlg,
    /// One triple a line, as DBpedia's dumps have it; a fourth term (N-Quads) is passed over.
    NTriples,
    Turtle,
    /// A JSON object of relations with their instances.
    FewRel,
    /// One JSON object a line, a text with its triples.
    Rebel,
    /// A JSON array; whether the ends of entities count is told from its first rows.
    Tacred,
    /// TACRED where `subj_end` is the last token, as in the original.
    TacredRaw,
    /// TACRED where `subj_end` is the token behind the last, as in the Hugging Face port.
    TacredHf,
    /// One JSON object a line, a tuple with a sentence made elsewhere.
    Candidates,
}

impl Format {
    pub const ALL: [Self; 13] = [
        Self::Auto,
        Self::Jsonl,
        Self::Csv,
        Self::Tsv,
        Self::WebNlg,
        Self::NTriples,
        Self::Turtle,
        Self::FewRel,
        Self::Rebel,
        Self::Tacred,
        Self::TacredRaw,
        Self::TacredHf,
        Self::Candidates,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::WebNlg => "webnlg",
            Self::NTriples => "ntriples",
            Self::Turtle => "turtle",
            Self::FewRel => "fewrel",
            Self::Rebel => "rebel",
            Self::Tacred => "tacred",
            Self::TacredRaw => "tacred-raw",
            Self::TacredHf => "tacred-hf",
            Self::Candidates => "candidates",
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
    /// Sentences for the tuple that came with it.
    pub sentences: Vec<Sentence>,
}

/// A sentence made elsewhere, fit to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    pub text: String,
    /// What made it, where the file says so.
    pub method: Option<String>,
}

/// Longest sentence accepted, in bytes: a sentence, not a page.
pub const SENTENCE_LIMIT: usize = 10_000;

impl Sentence {
    /// A text that was cleaned; none of an empty one.
    ///
    /// # Errors
    /// A text too long to be a sentence.
    fn of(text: String) -> Result<Vec<Self>, String> {
        match text.len() {
            0 => Ok(Vec::new()),
            1..=SENTENCE_LIMIT => Ok(vec![Self { text, method: None }]),
            bytes => Err(format!("the sentence has {bytes} bytes; at most {SENTENCE_LIMIT} are allowed")),
        }
    }
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
    /// A row that is sound and no tuple, and what it is in a few words.
    Aside(&'static str),
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
    source: Box<dyn Source>,
    totals: Totals,
    ahead: VecDeque<Result<Item, ImportError>>,
    looked: bool,
    ended: bool,
}

/// One format: reads rows one by one.
trait Source: Send {
    /// The next row or problem, without the file's name; `None` at the end.
    fn next(&mut self) -> io::Result<Option<Item>>;

    /// Lines and bytes read.
    fn position(&self) -> (u64, u64);

    /// Which column is what, where columns could have been taken wrongly.
    fn columns(&self) -> Option<Columns> {
        None
    }
}

/// A JSON text of one line or object, with what is wrong in words.
fn json<T: serde::de::DeserializeOwned>(text: &[u8]) -> Result<T, String> {
    let text = std::str::from_utf8(text).map_err(|e| format!("is not UTF-8 (byte {})", e.valid_up_to() + 1))?;
    serde_json::from_str(text).map_err(|error| broken(&error))
}

/// The parser counts lines within the text it is given; what is said of the file counts its own.
fn broken(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or(&text);
    if error.is_data() {
        return format!("does not have what the format asks for: {what}");
    }
    format!("is broken JSON at column {}: {what}", error.column())
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
        let source: Box<dyn Source> = match format {
            Format::Jsonl => Box::new(jsonl::Jsonl::open(input, columns, false)?),
            Format::Candidates => Box::new(jsonl::Jsonl::open(input, columns, true)?),
            Format::Csv | Format::Tsv => Box::new(table::Table::open(input, columns)?),
            _ if columns.is_some() => {
                let what = format!("is read as {format}, which has no columns");
                return Err(ImportError::Shape { file, what, advice: "leave --columns out".into() });
            }
            Format::WebNlg => Box::new(webnlg::WebNlg::open(input)),
            Format::NTriples => Box::new(rdf::NTriples::open(input)),
            Format::Turtle => Box::new(rdf::Turtle::open(input)),
            Format::FewRel => Box::new(fewrel::FewRel::open(input)),
            Format::Rebel => Box::new(rebel::Rebel::open(input)),
            Format::Tacred | Format::TacredRaw | Format::TacredHf => Box::new(tacred::Tacred::open(input)?),
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
            Ok(Item::Problem(_) | Item::Aside(_) | Item::Suspicion(_)) | Err(_) => None,
        });
        let Some(columns) = self.source.columns() else { return };
        if let Some(suspicion) = order::suspect(&self.file, rows, &columns) {
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
            Ok(Item::Aside(_) | Item::Suspicion(_)) | Err(_) => {}
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
            Item::Aside(_) | Item::Suspicion(_) => {}
        }
    }
    Ok(reader.totals())
}
