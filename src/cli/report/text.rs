//! A report for a terminal.

use crate::app::report::written::{cell, number, range};
use crate::app::report::{Basis, Cell, Figure, Report, Table};

/// Rows of a table that a terminal shows; Markdown, JSON and the page have all.
const ROWS: usize = 30;

pub(super) fn lines(report: &Report) -> Vec<String> {
    let mut lines = vec![report.title.to_owned()];
    lines.extend(basis(&report.basis));
    for section in &report.sections {
        lines.extend([String::new(), section.title.clone()]);
        lines.extend(section.figures.iter().map(|figure| line(figure, &report.basis)));
        for found in section.tables.iter().filter(|table| !table.rows.is_empty()) {
            lines.extend(table(found));
        }
        lines.extend(section.notes.iter().map(|note| format!("  note: {note}")));
    }
    lines
}

fn basis(basis: &Basis) -> Vec<String> {
    let parts = [("frame", &basis.frame), ("arm", &basis.arm), ("SEI version", &basis.sei_version)];
    parts.iter().filter(|(_, what)| !what.is_empty()).map(|(name, what)| format!("{name}: {what}")).collect()
}

fn line(figure: &Figure, common: &Basis) -> String {
    let value = match &figure.value {
        Ok(value) => number(*value, figure.unit),
        Err(why) => format!("no value: {why}"),
    };
    let interval = figure.interval.map_or_else(String::new, |interval| format!("  [{}]", range(interval, figure.unit)));
    let mut tail = vec![format!("n = {}", figure.n)];
    if figure.basis.arm != common.arm {
        tail.push(figure.basis.arm.clone());
    }
    if !figure.how.is_empty() {
        tail.push(figure.how.clone());
    }
    format!("  {:<40} {value}{interval}  ({})", figure.label, tail.join("; "))
}

fn table(table: &Table) -> Vec<String> {
    let mut rows: Vec<Vec<String>> = vec![table.columns.iter().map(|column| column.label.to_owned()).collect()];
    for row in table.rows.iter().take(ROWS) {
        rows.push(row.iter().zip(&table.columns).map(|(field, column)| cell(field, column)).collect());
    }
    let widths: Vec<usize> =
        (0..table.columns.len()).map(|k| rows.iter().map(|row| row[k].chars().count()).max().unwrap_or(0)).collect();
    let left: Vec<bool> =
        (0..table.columns.len()).map(|k| table.rows.iter().any(|row| matches!(row[k], Cell::Text(_)))).collect();
    let mut lines = vec![format!("  {}", table.title)];
    lines.extend(rows.iter().map(|row| {
        let fields = row.iter().zip(&widths).zip(&left).map(|((field, &width), &left)| {
            let gap = " ".repeat(width - field.chars().count());
            if left { format!("{field}{gap}") } else { format!("{gap}{field}") }
        });
        format!("    {}", fields.collect::<Vec<_>>().join("  ")).trim_end().to_owned()
    }));
    if table.rows.len() > ROWS {
        lines.push(format!("    … {} more rows; --markdown, --json and --html have all", table.rows.len() - ROWS));
    }
    lines
}
