//! A report as Markdown: a table of figures, then the tables.

use crate::app::report::written::{cell, number, range};
use crate::app::report::{Report, Table};

pub(super) fn lines(report: &Report) -> Vec<String> {
    let mut lines = vec![format!("## {}", report.title)];
    for section in &report.sections {
        lines.extend([String::new(), format!("### {}", section.title)]);
        if !section.figures.is_empty() {
            lines.push(String::new());
            lines.push("| figure | value | 95% | n | how | frame | arm | SEI |".to_owned());
            lines.push("|---|---|---|---|---|---|---|---|".to_owned());
        }
        for figure in &section.figures {
            let value =
                figure.value.as_ref().map_or_else(|why| format!("– ({why})"), |value| number(*value, figure.unit));
            let interval = figure.interval.map_or_else(String::new, |interval| range(interval, figure.unit));
            let fields = [
                figure.label.as_str(),
                &value,
                &interval,
                &figure.n.to_string(),
                &figure.how,
                &figure.basis.frame,
                &figure.basis.arm,
                &figure.basis.sei_version,
            ];
            lines.push(row(&fields));
        }
        for found in section.tables.iter().filter(|table| !table.rows.is_empty()) {
            lines.extend(table(found));
        }
        for note in &section.notes {
            lines.extend([String::new(), format!("*{note}*")]);
        }
    }
    lines
}

fn table(table: &Table) -> Vec<String> {
    let basis = [
        ("frame", table.basis.frame.as_str()),
        ("arm", table.basis.arm.as_str()),
        ("SEI version", table.basis.sei_version.as_str()),
    ];
    let basis: Vec<String> =
        basis.iter().filter(|(_, what)| !what.is_empty()).map(|(name, what)| format!("{name}: {what}")).collect();
    let mut lines = vec![String::new(), format!("**{}** ({})", table.title, basis.join("; ")), String::new()];
    lines.push(row(&table.columns.iter().map(|column| column.label).collect::<Vec<_>>()));
    lines.push(format!("|{}", "---|".repeat(table.columns.len())));
    for fields in &table.rows {
        let fields: Vec<String> =
            fields.iter().zip(&table.columns).map(|(field, column)| cell(field, column)).collect();
        lines.push(row(&fields.iter().map(String::as_str).collect::<Vec<_>>()));
    }
    lines
}

fn row(fields: &[&str]) -> String {
    let fields: Vec<String> = fields.iter().map(|field| field.replace('|', "\\|")).collect();
    format!("| {} |", fields.join(" | "))
}
