//! Reports as one page that holds all it needs: no script, no font, no file beside it.

use super::svg;
use crate::app::report::written::{cell, number, range};
use crate::app::report::{Basis, Figure, Report, Section, Table};
use crate::domain::clean;
use std::fmt::Write as _;

const STYLE: &str = "body{font:15px/1.5 sans-serif;color:#222;max-width:60em;margin:2em auto;padding:0 1em}\
h1,h2,h3{line-height:1.2}table{border-collapse:collapse;margin:1em 0;font-size:13px}\
th,td{border-bottom:1px solid #ddd;padding:.25em .7em;text-align:right;vertical-align:top}\
th:first-child,td:first-child,td.t{text-align:left}caption{text-align:left;font-weight:bold;padding:.3em 0}\
.basis,.how,.note{color:#666;font-size:12px}figure{margin:1em 0}svg{max-width:100%;height:auto}\
@media print{h2{break-before:page}table,figure{break-inside:avoid}}";

/// The page.
pub(super) fn page(project: &str, reports: &[Report]) -> String {
    let mut out = String::from("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    let title = escape(&format!("amalrec: {project}"));
    // Writing into a string cannot fail.
    let _ = writeln!(out, "<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>");
    let version = env!("CARGO_PKG_VERSION");
    let _ = writeln!(out, "<p class=\"basis\">amalrec {version}; all intervals are at 95%.</p>");
    for report in reports {
        let _ = writeln!(out, "<h2>{}</h2>\n{}", escape(report.title), basis(&report.basis));
        for found in &report.sections {
            section(&mut out, found);
        }
    }
    out + "</body>\n</html>\n"
}

fn section(out: &mut String, section: &Section) {
    let _ = writeln!(out, "<h3>{}</h3>", escape(&section.title));
    if !section.figures.is_empty() {
        let head = "<table><thead><tr><th>figure</th><th>value</th><th>95%</th><th>n</th><th>how, on what</th></tr></thead><tbody>";
        let _ = writeln!(out, "{head}");
        for found in &section.figures {
            figure(out, found);
        }
        let _ = writeln!(out, "</tbody></table>");
    }
    for found in section.tables.iter().filter(|table| !table.rows.is_empty()) {
        table(out, found);
    }
    for note in &section.notes {
        let _ = writeln!(out, "<p class=\"note\">{}</p>", escape(note));
    }
}

fn figure(out: &mut String, figure: &Figure) {
    let value = figure.value.as_ref().map_or_else(|why| format!("– ({why})"), |value| number(*value, figure.unit));
    let interval = figure.interval.map_or_else(String::new, |interval| range(interval, figure.unit));
    let how = if figure.how.is_empty() {
        String::new()
    } else {
        format!("<span class=\"how\">{}</span> ", escape(&figure.how))
    };
    let _ = writeln!(
        out,
        "<tr><td>{}</td><td>{}</td><td>{interval}</td><td>{}</td><td class=\"t\">{how}{}</td></tr>",
        escape(&figure.label),
        escape(&value),
        figure.n,
        basis(&figure.basis)
    );
}

fn table(out: &mut String, table: &Table) {
    if let Some(chart) = svg::chart(table) {
        let _ =
            writeln!(out, "<figure>{chart}<figcaption class=\"basis\">{}</figcaption></figure>", escape(&table.title));
    }
    let _ = writeln!(out, "<table><caption>{} {}</caption><thead><tr>", escape(&table.title), basis(&table.basis));
    for column in &table.columns {
        let _ = write!(out, "<th>{}</th>", escape(column.label));
    }
    let _ = writeln!(out, "</tr></thead><tbody>");
    for row in &table.rows {
        let _ = write!(out, "<tr>");
        for (field, column) in row.iter().zip(&table.columns) {
            let _ = write!(out, "<td>{}</td>", escape(&cell(field, column)));
        }
        let _ = writeln!(out, "</tr>");
    }
    let _ = writeln!(out, "</tbody></table>");
}

fn basis(basis: &Basis) -> String {
    let parts = [("frame", &basis.frame), ("arm", &basis.arm), ("SEI version", &basis.sei_version)];
    let said: Vec<String> =
        parts.iter().filter(|(_, what)| !what.is_empty()).map(|(name, what)| format!("{name}: {what}")).collect();
    format!("<span class=\"basis\">{}</span>", escape(&said.join("; ")))
}

/// Text as it may stand in HTML and in SVG, between tags and in quotes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in clean::shown(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
