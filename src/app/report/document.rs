//! A report as plain data: figures and tables, each with what it is based on. Screens and commands draw it as they
//! like; nothing in it is formatted.

use crate::domain::interval::Interval;
use crate::domain::stats::Undefined;
use crate::domain::stats::bootstrap::Estimate;

/// The confidence level of all intervals.
pub const LEVEL: f64 = 0.95;

/// What a figure speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Basis {
    /// Which sentences or decisions, as of when.
    pub frame: String,
    /// Under which arms the decisions were made.
    pub arm: String,
    /// Versions of SEI, with commas between; empty where no score is involved.
    pub sei_version: String,
}

impl Basis {
    /// The same for another arm.
    #[must_use]
    pub fn in_arm(&self, arm: &str) -> Self {
        Self { arm: arm.to_owned(), ..self.clone() }
    }
}

/// How a number is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Text,
    Count,
    /// Of 1, or a difference of shares: shown as percent.
    Share,
    /// A plain number, such as a coefficient.
    Number,
    Seconds,
    /// Times as much.
    Ratio,
}

/// One number with its surroundings.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The identifier in `--json`.
    pub key: String,
    pub label: String,
    pub unit: Unit,
    /// The value, or why there is none.
    pub value: Result<f64, String>,
    /// At [`LEVEL`].
    pub interval: Option<Interval>,
    /// How the interval was made, or what the figure is.
    pub how: String,
    pub n: usize,
    pub basis: Basis,
}

impl Figure {
    #[must_use]
    pub fn count(key: &str, label: &str, n: usize, basis: &Basis) -> Self {
        Self::new(key, label, Unit::Count, Ok(crate::domain::stats::real(n)), n, basis)
    }

    #[must_use]
    pub fn new(key: &str, label: &str, unit: Unit, value: Result<f64, Undefined>, n: usize, basis: &Basis) -> Self {
        Self {
            key: key.to_owned(),
            label: label.to_owned(),
            unit,
            value: value.map_err(|why| why.to_string()),
            interval: None,
            how: String::new(),
            n,
            basis: basis.clone(),
        }
    }

    /// An estimate with its interval; why that is missing goes into `how`.
    #[must_use]
    pub fn estimate(
        key: &str,
        label: &str,
        unit: Unit,
        found: Result<Estimate, Undefined>,
        n: usize,
        basis: &Basis,
    ) -> Self {
        let figure = Self::new(key, label, unit, found.map(|estimate| estimate.value), n, basis);
        match found.map(|estimate| estimate.interval) {
            Ok(Ok(interval)) => Self { interval: Some(interval), ..figure },
            Ok(Err(why)) => Self { how: format!("no interval: {why}"), ..figure },
            Err(_) => figure,
        }
    }

    #[must_use]
    pub fn with(self, interval: Option<Interval>) -> Self {
        Self { interval, ..self }
    }

    #[must_use]
    pub fn how(self, how: &str) -> Self {
        let how = if self.how.is_empty() { how.to_owned() } else { format!("{how}; {}", self.how) };
        Self { how, ..self }
    }
}

/// One field of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Text(String),
    Number(f64),
    Interval(Interval),
    /// Why there is nothing.
    Absent(String),
}

impl Cell {
    #[must_use]
    pub fn count(n: usize) -> Self {
        Self::Number(crate::domain::stats::real(n))
    }

    #[must_use]
    pub fn value(value: Result<f64, Undefined>) -> Self {
        value.map_or_else(|why| Self::Absent(why.to_string()), Self::Number)
    }

    #[must_use]
    pub fn interval(interval: Option<Interval>) -> Self {
        interval.map_or_else(|| Self::Absent(Undefined::Nothing.to_string()), Self::Interval)
    }

    /// An estimate's value and interval, as two fields.
    #[must_use]
    pub fn estimate(found: Result<Estimate, Undefined>) -> [Self; 2] {
        match found {
            Ok(Estimate { value, interval: Ok(interval) }) => [Self::Number(value), Self::Interval(interval)],
            Ok(Estimate { value, interval: Err(why) }) => [Self::Number(value), Self::Absent(why.to_string())],
            Err(why) => [Self::Absent(why.to_string()), Self::Absent(why.to_string())],
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// A column's identifier, heading and unit; intervals have the unit of what they are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    pub key: &'static str,
    pub label: &'static str,
    pub unit: Unit,
}

/// How a table is best drawn, by the numbers of its columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chart {
    /// A bar a row, with a whisker.
    Bars { label: usize, value: usize, interval: Option<usize> },
    /// Points that ought to lie on the diagonal.
    Diagonal { x: usize, y: usize, interval: usize },
    /// A shade for each pair of the first two columns.
    Heat { row: usize, column: usize, value: usize },
}

/// Rows of equal width.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    pub key: &'static str,
    pub title: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
    pub chart: Option<Chart>,
    pub basis: Basis,
}

impl Table {
    #[must_use]
    pub fn new(key: &'static str, title: &str, columns: &[(&'static str, &'static str, Unit)], basis: &Basis) -> Self {
        let columns = columns.iter().map(|&(key, label, unit)| Column { key, label, unit }).collect();
        Self { key, title: title.to_owned(), columns, rows: Vec::new(), chart: None, basis: basis.clone() }
    }

    #[must_use]
    pub fn drawn(self, chart: Chart) -> Self {
        Self { chart: Some(chart), ..self }
    }
}

/// Figures and tables of one subject.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Section {
    pub title: String,
    /// What a reader must know to read it right.
    pub notes: Vec<String>,
    pub figures: Vec<Figure>,
    pub tables: Vec<Table>,
}

impl Section {
    #[must_use]
    pub fn new(title: &str) -> Self {
        Self { title: title.to_owned(), ..Self::default() }
    }
}

/// A whole report.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The identifier: `accuracy`, `agreement`...
    pub name: &'static str,
    pub title: &'static str,
    pub basis: Basis,
    pub sections: Vec<Section>,
}

impl Report {
    /// The first figure of this key.
    #[must_use]
    pub fn figure(&self, key: &str) -> Option<&Figure> {
        self.sections.iter().flat_map(|section| &section.figures).find(|figure| figure.key == key)
    }

    #[must_use]
    pub fn table(&self, key: &str) -> Option<&Table> {
        self.sections.iter().flat_map(|section| &section.tables).find(|table| table.key == key)
    }
}
