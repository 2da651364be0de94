//! CSV and TSV: records by line, columns by header or number. A stray quote costs its own line and no other.

use super::columns::{Columns, Place, Role};
use super::csv::{Dialect, Fed, Record};
use super::input::{Input, Stream};
use super::line::{Line, Lines, excerpt};
use super::{Format, ImportError, Item, Row, Source};
use crate::domain::RelationTuple;
use std::io::{self, BufRead};

/// A quoted field that spans more lines or bytes than this was never meant to.
const QUOTED_LINES: usize = 1_000;
const QUOTED_BYTES: usize = 1 << 20;
const UNCLOSED: &str = "a quote is opened and not closed within 1,000 lines or 1 MiB";

/// Reads one file.
pub(super) struct Table {
    records: Records<Stream>,
    layout: Layout,
    columns: Columns,
    header_passed: bool,
}

/// Where the roles are.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Layout {
    /// Column from 0, by [`Role`].
    at: [Option<usize>; 5],
    /// The number of columns every row must have.
    width: usize,
    header: bool,
}

impl Table {
    pub(super) fn open(input: Input, columns: Option<&Columns>) -> Result<Self, ImportError> {
        let dialect = dialect(&input.sample, input.format);
        let sample = Sample::of(&input, dialect)?;
        let layout = sample.layout(columns)?;
        let columns = layout.as_columns(columns, &sample.first);
        let records = Records::new(Lines::new(input.stream), dialect);
        Ok(Self { records, header_passed: !layout.header, layout, columns })
    }
}

impl Source for Table {
    /// The columns in use, as one would pass them.
    fn columns(&self) -> Option<Columns> {
        Some(self.columns.clone())
    }

    fn position(&self) -> (u64, u64) {
        (self.records.lines.number, self.records.lines.bytes)
    }

    fn next(&mut self) -> io::Result<Option<Item>> {
        loop {
            let Some(got) = self.records.next()? else { return Ok(None) };
            let read = match got.what {
                // What stands where the header should be was understood as such when the file was opened.
                Ok(()) if !self.header_passed => {
                    self.header_passed = true;
                    continue;
                }
                Ok(()) => self.layout.tuple(&self.records.record),
                Err(reason) => Err(reason),
            };
            return Ok(Some(match read {
                Ok(tuple) => Item::Row(Row { line: got.line, tuple, sentences: Vec::new() }),
                Err(reason) => Item::problem(got.line, reason, self.records.excerpt()),
            }));
        }
    }
}

impl Layout {
    fn tuple(&self, record: &Record) -> Result<RelationTuple, String> {
        if record.len() != self.width {
            return Err(format!("has {} where {} are expected", count(record.len(), "field"), self.width));
        }
        let text = std::str::from_utf8(record.text())
            .map_err(|e| format!("is not UTF-8 (byte {} of the row's text)", e.valid_up_to() + 1))?;
        let field = |role: Role| self.at[role as usize].and_then(|at| text.get(record.field(at)));
        let needed = |role| field(role).unwrap_or_default();
        RelationTuple::new(
            needed(Role::Head),
            field(Role::HeadType),
            needed(Role::Relation),
            needed(Role::Tail),
            field(Role::TailType),
        )
        .map_err(|e| e.to_string())
    }

    fn as_columns(&self, given: Option<&Columns>, first: &[String]) -> Columns {
        let place = |at: usize| match first.get(at) {
            Some(name) if self.header => Place::Name(name.clone()),
            _ => Place::Number(at + 1),
        };
        let places = Role::ALL.into_iter().filter_map(|role| self.at[role as usize].map(|at| (role, place(at))));
        // Two columns of the same name cannot be told apart by name; then what was given stands.
        Columns::new(places).unwrap_or_else(|_| given.cloned().unwrap_or_default())
    }
}

/// `1 field`, `2 fields`.
fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

/// A semicolon where a table program of the continent wrote the file, else what the format says.
fn dialect(sample: &[u8], format: Format) -> Dialect {
    if format == Format::Tsv {
        return Dialect { delimiter: b'\t', quotes: false };
    }
    let first = sample.split(|&b| b == b'\n').find(|line| !line.trim_ascii().is_empty()).unwrap_or_default();
    let count = |delimiter| first.split(|&b| b == delimiter).count() - 1;
    let delimiter = if count(b';') >= 2 && count(b',') < 2 { b';' } else { b',' };
    Dialect { delimiter, quotes: true }
}

/// The start of the file, read to find its columns.
struct Sample<'a> {
    file: &'a str,
    format: Format,
    /// Cells of the first record; empty if it cannot be read.
    first: Vec<String>,
    first_line: u64,
    widths: Vec<usize>,
}

impl<'a> Sample<'a> {
    fn of(input: &'a Input, dialect: Dialect) -> Result<Self, ImportError> {
        let mut records = Records::new(Lines::new(input.sample.as_slice()), dialect);
        let mut sample =
            Self { file: &input.file, format: input.format, first: Vec::new(), first_line: 0, widths: Vec::new() };
        let failed = |source| ImportError::Read { file: input.file.clone(), line: 0, source };
        while let Some(got) = records.next().map_err(failed)? {
            let readable = got.what.is_ok();
            if sample.first_line == 0 {
                sample.first_line = got.line;
                sample.first = if readable { cells(&records.record) } else { Vec::new() };
            }
            if readable {
                sample.widths.push(records.record.len());
            }
        }
        Ok(sample)
    }

    fn layout(&self, columns: Option<&Columns>) -> Result<Layout, ImportError> {
        match columns {
            None => self.by_known_headers(),
            Some(columns) if columns.names_headers() => self.by_given_headers(columns),
            Some(columns) => self.by_number(columns),
        }
    }

    fn by_known_headers(&self) -> Result<Layout, ImportError> {
        let mut at = [None; 5];
        let mut rank = [usize::MAX; 5];
        let mut found = 0;
        let mut sure = false;
        for (i, cell) in self.first.iter().enumerate() {
            let Some((role, long)) = Role::of_header(cell) else { continue };
            found += 1;
            sure |= long;
            let place = role.rank(cell);
            if place < rank[role as usize] {
                rank[role as usize] = place;
                at[role as usize] = Some(i);
            }
        }
        let lacking: Vec<_> = Role::NEEDED.into_iter().filter(|&r| at[r as usize].is_none()).map(Role::name).collect();
        if lacking.is_empty() {
            return Ok(Layout { at, width: self.first.len(), header: true });
        }
        if sure || found >= 2 {
            return Err(ImportError::Header {
                file: self.file.to_owned(),
                lacking: lacking.join(" or "),
                there: self.there(),
            });
        }
        self.by_number(&Columns::default())
    }

    fn by_given_headers(&self, columns: &Columns) -> Result<Layout, ImportError> {
        let mut at = [None; 5];
        for (role, place) in columns.iter() {
            let found = match place {
                Place::Number(number) => Some(number - 1).filter(|&i| i < self.first.len()),
                Place::Name(name) => {
                    let same = |cell: &String| cell == name;
                    let alike = |cell: &String| cell.trim().eq_ignore_ascii_case(name);
                    self.first.iter().position(same).or_else(|| self.first.iter().position(alike))
                }
            };
            let missing =
                || ImportError::NoColumn { file: self.file.to_owned(), column: place.to_string(), there: self.there() };
            at[role as usize] = Some(found.ok_or_else(missing)?);
        }
        Ok(Layout { at, width: self.first.len(), header: true })
    }

    fn by_number(&self, columns: &Columns) -> Result<Layout, ImportError> {
        let mut at = [None; 5];
        let mut least = 0;
        for (role, place) in columns.iter() {
            if let Place::Number(number) = place {
                at[role as usize] = Some(number - 1);
                least = least.max(*number);
            }
        }
        let width = columns.width.or_else(|| self.usual_width(least)).unwrap_or(least);
        if !self.widths.is_empty() && !self.widths.contains(&width) {
            return Err(ImportError::Width {
                file: self.file.to_owned(),
                line: self.first_line,
                width: self.first.len(),
                format: self.format,
                there: self.there(),
                needed: width,
            });
        }
        let header = self.reads_like_header(&at)?;
        Ok(Layout { at, width, header })
    }

    /// True if the first row names the very roles that the numbers give to its columns.
    fn reads_like_header(&self, at: &[Option<usize>; 5]) -> Result<bool, ImportError> {
        let mut contradiction = None;
        for role in Role::NEEDED {
            let Some((i, cell)) = at[role as usize].and_then(|i| Some((i, self.first.get(i)?))) else {
                return Ok(false);
            };
            match Role::of_header(cell) {
                None => return Ok(false),
                Some((named, _)) if named == role => {}
                Some(_) => contradiction = contradiction.or(Some((i, cell, role))),
            }
        }
        match contradiction {
            None => Ok(true),
            Some((i, cell, role)) => Err(ImportError::Contradiction {
                file: self.file.to_owned(),
                number: i + 1,
                header: cell.clone(),
                role,
            }),
        }
    }

    /// The width of most rows, among those wide enough.
    fn usual_width(&self, least: usize) -> Option<usize> {
        let often = |width: usize| self.widths.iter().filter(|&&w| w == width).count();
        let mut widths: Vec<usize> = self.widths.iter().copied().filter(|&w| w >= least).collect();
        widths.sort_unstable();
        widths.dedup();
        widths.into_iter().max_by_key(|&w| (often(w), std::cmp::Reverse(w)))
    }

    fn there(&self) -> String {
        const SHOWN: usize = 12;
        let mut names: Vec<String> = self.first.iter().take(SHOWN).map(|cell| excerpt(cell.as_bytes())).collect();
        if self.first.len() > SHOWN {
            names.push(format!("and {} more", self.first.len() - SHOWN));
        }
        if names.is_empty() { "not readable in its first line".into() } else { names.join(", ") }
    }
}

fn cells(record: &Record) -> Vec<String> {
    (0..record.len()).map(|i| String::from_utf8_lossy(&record.text()[record.field(i)]).trim().to_owned()).collect()
}

/// Records of a stream.
struct Records<R> {
    lines: Lines<R>,
    dialect: Dialect,
    record: Record,
    /// The lines of the current record, kept for excerpts and to read them again.
    held: Vec<Vec<u8>>,
}

/// A record was read from this line on, or could not be.
struct Got {
    line: u64,
    what: Result<(), String>,
}

impl<R: BufRead> Records<R> {
    fn new(lines: Lines<R>, dialect: Dialect) -> Self {
        Self { lines, dialect, record: Record::default(), held: Vec::new() }
    }

    /// The start of the current record as it stands in the file.
    fn excerpt(&self) -> String {
        self.held.first().map(|line| excerpt(line)).unwrap_or_default()
    }

    fn next(&mut self) -> io::Result<Option<Got>> {
        for line in self.held.drain(..) {
            self.lines.recycle(line);
        }
        self.record.clear();
        let mut bytes = 0;
        loop {
            let line = match self.lines.next()? {
                Some(Line::Whole(line)) => line,
                Some(Line::TooLong(start)) if self.held.is_empty() => {
                    self.held.push(start);
                    let reason = "is longer than 4 MiB; it was skipped".to_owned();
                    return Ok(Some(Got { line: self.lines.number, what: Err(reason) }));
                }
                Some(giant @ Line::TooLong(_)) => {
                    self.lines.take_back(std::iter::once(giant));
                    return Ok(Some(self.give_up(UNCLOSED)));
                }
                None if self.held.is_empty() => return Ok(None),
                None => return Ok(Some(self.give_up("a quote is opened and never closed"))),
            };
            if self.held.is_empty() && line.iter().all(|&b| b == b' ') {
                self.lines.recycle(line);
                continue;
            }
            bytes += line.len();
            let fed = self.record.feed(&line, self.dialect);
            self.held.push(line);
            let first = self.lines.number + 1 - self.held.len() as u64;
            match fed {
                Fed::Complete => return Ok(Some(Got { line: first, what: Ok(()) })),
                Fed::Stray => {
                    let reason = "text stands after a closing quote; double the quotes inside a quoted field";
                    return Ok(Some(self.give_up(reason)));
                }
                Fed::Open if bytes > QUOTED_BYTES || self.held.len() > QUOTED_LINES => {
                    return Ok(Some(self.give_up(UNCLOSED)));
                }
                Fed::Open => {}
            }
        }
    }

    /// Only the first line is lost: those after it are read again, each for itself.
    fn give_up(&mut self, reason: &str) -> Got {
        let again = self.held.split_off(1);
        self.lines.take_back(again.into_iter().map(Line::Whole));
        Got { line: self.lines.number, what: Err(reason.to_owned()) }
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
