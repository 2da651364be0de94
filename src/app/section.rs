//! Reports as sections: a title, a few lines, a chart as plain data. A screen draws any of them; a further report is
//! one more section.

use super::report::written::{cell, number, range};
use super::report::{self, Cell, Figure, Name, ReportError, Table, Unit};
use crate::domain::relation::Catalogue;
use crate::store::{Db, StoreError};

/// A report.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    pub title: String,
    /// What the chart shows, and what one should know before believing it.
    pub lines: Vec<String>,
    pub chart: Chart,
}

/// A chart's data.
#[derive(Debug, Clone, PartialEq)]
pub enum Chart {
    /// Nothing to draw: the lines say why.
    None,
    /// Shares with their intervals, one bar each.
    Shares(Vec<Share>),
    /// Counts, one bar each.
    Counts(Vec<(String, u64)>),
    /// Numbers in 0..=1 by row and column; `None` where there is none.
    Heat { rows: Vec<String>, columns: Vec<String>, cells: Vec<Vec<Option<f64>>> },
    /// Points of a curve, x rising; with `diagonal`, the line that a perfect one would be. Both axes are 0..=1.
    Curve { x: String, y: String, points: Vec<(f64, f64)>, diagonal: bool },
    /// Anything else: a heading and rows of as many cells.
    Table { heading: Vec<String>, rows: Vec<Vec<String>> },
}

/// A share in 0..=1 with its interval, from `n` cases.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    pub name: String,
    pub share: f64,
    pub low: f64,
    pub high: f64,
    pub n: u64,
}

/// All reports on a project, in the order of reading: what `amalrec report` says of the newest pass, or of all verdicts.
///
/// # Errors
/// The store's.
pub fn all(db: &mut Db, catalogue: &Catalogue) -> Result<Vec<Section>, StoreError> {
    let mut sections = Vec::new();
    for name in Name::ALL {
        let report = match report::report(db, name, None, catalogue, None) {
            Ok(report) => report,
            Err(ReportError::Store(error)) => return Err(error),
            // No pass is asked for by name.
            Err(ReportError::NoPass(_)) => continue,
        };
        for part in &report.sections {
            let lines: Vec<String> = part.figures.iter().map(line).chain(part.notes.iter().cloned()).collect();
            if !lines.is_empty() {
                sections.push(Section { title: titled(name, &part.title), lines, chart: Chart::None });
            }
            let tables = part.tables.iter().filter(|table| !table.rows.is_empty());
            sections.extend(tables.map(|found| Section { title: titled(name, &found.title), ..table(found) }));
        }
    }
    Ok(sections)
}

/// `accuracy: by relation`; a part that is named as its report is says so once.
fn titled(name: Name, part: &str) -> String {
    let part = part.to_lowercase();
    if part == name.name() { part } else { format!("{name}: {part}") }
}

/// `right  93.10% (88.00% to 96.40%), n 57; how`
fn line(figure: &Figure) -> String {
    let value = match &figure.value {
        Ok(value) => number(*value, figure.unit),
        Err(why) => why.clone(),
    };
    let interval = figure.interval.map_or_else(String::new, |interval| format!(" ({})", range(interval, figure.unit)));
    let how = if figure.how.is_empty() { String::new() } else { format!("; {}", figure.how) };
    format!("{}: {value}{interval}, n {}{how}", figure.label, figure.n)
}

/// A table as the chart it is best drawn as, or as rows where the chart does not fit its values.
fn table(table: &Table) -> Section {
    let drawn = match table.chart {
        Some(report::Chart::Bars { label, value, interval }) => bars(table, label, value, interval),
        Some(report::Chart::Diagonal { x, y, .. }) => curve(table, x, y),
        Some(report::Chart::Heat { row, column, value }) => heat(table, row, column, value),
        None => None,
    };
    let chart = drawn.unwrap_or_else(|| Chart::Table {
        heading: table.columns.iter().map(|column| column.label.to_owned()).collect(),
        rows: table
            .rows
            .iter()
            .map(|row| row.iter().zip(&table.columns).map(|(c, of)| cell(c, of)).collect())
            .collect(),
    });
    Section { title: String::new(), lines: Vec::new(), chart }
}

fn value(cell: &Cell) -> Option<f64> {
    if let Cell::Number(value) = cell { Some(*value) } else { None }
}

fn bars(table: &Table, label: usize, at: usize, interval: Option<usize>) -> Option<Chart> {
    let unit = table.columns.get(at)?.unit;
    let named = |row: &Vec<Cell>| Some((cell(row.get(label)?, table.columns.get(label)?), value(row.get(at)?)?));
    match (unit, interval) {
        (Unit::Share, Some(interval)) => {
            let n = table.columns.iter().position(|column| column.key == "n")?;
            let share = |row: &Vec<Cell>| {
                let (name, share) = named(row)?;
                let (Some(Cell::Interval(interval)), Some(n)) = (row.get(interval), value(row.get(n)?)) else {
                    return None;
                };
                Some(Share { name, share, low: interval.low, high: interval.high, n: whole(n) })
            };
            table.rows.iter().map(share).collect::<Option<Vec<_>>>().map(Chart::Shares)
        }
        (Unit::Count, None) => {
            let count = |row| named(row).map(|(name, value)| (name, whole(value)));
            table.rows.iter().map(count).collect::<Option<Vec<_>>>().map(Chart::Counts)
        }
        _ => None,
    }
}

fn whole(value: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts are whole and not negative")]
    let whole = value.max(0.0).round() as u64;
    whole
}

fn curve(table: &Table, x: usize, y: usize) -> Option<Chart> {
    let mut points: Vec<(f64, f64)> =
        table.rows.iter().filter_map(|row| Some((value(row.get(x)?)?, value(row.get(y)?)?))).collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let name = |at: usize| Some(table.columns.get(at)?.label.to_owned());
    Some(Chart::Curve { x: name(x)?, y: name(y)?, points, diagonal: true })
}

fn heat(table: &Table, row: usize, column: usize, at: usize) -> Option<Chart> {
    let text = |cells: &Vec<Cell>, at: usize| Some(cell(cells.get(at)?, table.columns.get(at)?));
    let distinct = |at: usize| {
        let mut names: Vec<String> = Vec::new();
        for name in table.rows.iter().filter_map(|cells| text(cells, at)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    };
    let (rows, columns) = (distinct(row), distinct(column));
    let mut cells = vec![vec![None; columns.len()]; rows.len()];
    for found in &table.rows {
        let place =
            |names: &[String], at| text(found, at).and_then(|name| names.iter().position(|other| *other == name));
        let (i, j) = (place(&rows, row)?, place(&columns, column)?);
        cells[i][j] = value(found.get(at)?);
    }
    Some(Chart::Heat { rows, columns, cells })
}
