//! Charts of a report's tables as SVG: bars with whiskers, points beside a diagonal, shades of a table.

use super::html::escape;
use crate::app::report::written::{number, range};
use crate::app::report::{Cell, Chart, Table, Unit};
use crate::domain::interval::Interval;
use crate::domain::stats::real;
use std::fmt::Write as _;

/// Bars of a chart; a page with hundreds helps nobody, and the table below has all.
const BARS: usize = 40;
/// Rows and columns of a heat map.
const CELLS: usize = 40;
const INK: &str = "#222";
const BAR: &str = "#4a7fb5";
const PALE: &str = "#c9c9c9";

/// The chart of a table, if it has one and there is anything to draw.
pub(super) fn chart(table: &Table) -> Option<String> {
    if table.rows.is_empty() {
        return None;
    }
    match table.chart? {
        Chart::Bars { label, value, interval } => bars(table, label, value, interval),
        Chart::Diagonal { x, y, interval } => diagonal(table, x, y, interval),
        Chart::Heat { row, column, value } => heat(table, row, column, value),
    }
}

fn open(title: &str, width: f64, height: f64) -> String {
    let title = escape(title);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
         height=\"{height:.0}\" role=\"img\" aria-label=\"{title}\" font-family=\"sans-serif\" font-size=\"12\"><title>{title}</title>\n"
    )
}

fn line(out: &mut String, from: (f64, f64), to: (f64, f64), colour: &str) {
    // Writing into a string cannot fail.
    let _ = writeln!(
        out,
        "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"{colour}\"/>",
        from.0, from.1, to.0, to.1
    );
}

fn text(out: &mut String, at: (f64, f64), anchor: &str, what: &str) {
    let what = escape(what);
    let _ = writeln!(
        out,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\" fill=\"{INK}\">{what}</text>",
        at.0, at.1
    );
}

fn value_of(cell: &Cell) -> Option<f64> {
    if let Cell::Number(value) = cell { Some(*value) } else { None }
}

fn interval_of(cell: &Cell) -> Option<Interval> {
    if let Cell::Interval(interval) = cell { Some(*interval) } else { None }
}

fn text_of(cell: &Cell) -> &str {
    if let Cell::Text(text) = cell { text } else { "" }
}

fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most { text.to_owned() } else { text.chars().take(most - 1).chain(['…']).collect() }
}

fn bars(table: &Table, label: usize, value: usize, interval: Option<usize>) -> Option<String> {
    let unit = table.columns[value].unit;
    let rows: Vec<(&str, f64, Option<Interval>)> = table
        .rows
        .iter()
        .filter_map(|row| {
            Some((text_of(&row[label]), value_of(&row[value])?, interval.and_then(|k| interval_of(&row[k]))))
        })
        .take(BARS)
        .collect();
    let reach = |(_, value, interval): &(&str, f64, Option<Interval>)| interval.map_or(*value, |i| i.high.max(*value));
    let most = rows.iter().map(reach).fold(0.0, f64::max);
    let most = if unit == Unit::Share { 1.0 } else { most };
    if rows.is_empty() || most <= 0.0 {
        return None;
    }
    let (left, width, step) = (210.0, 360.0, 22.0);
    let mut out = open(&table.title, left + width + 210.0, step * real(rows.len()) + 12.0);
    for (at, (name, value, interval)) in rows.iter().enumerate() {
        let y = 6.0 + step * real(at);
        let x = |value: f64| left + width * (value / most).clamp(0.0, 1.0);
        text(&mut out, (left - 8.0, y + 14.0), "end", &shortened(name, 32));
        let _ = writeln!(
            out,
            "<rect x=\"{left}\" y=\"{:.1}\" width=\"{:.1}\" height=\"14\" fill=\"{BAR}\"/>",
            y + 3.0,
            x(*value) - left
        );
        let mut said = number(*value, unit);
        if let Some(interval) = interval {
            let middle = y + 10.0;
            line(&mut out, (x(interval.low), middle), (x(interval.high), middle), INK);
            for end in [interval.low, interval.high] {
                line(&mut out, (x(end), middle - 4.0), (x(end), middle + 4.0), INK);
            }
            said = format!("{said} [{}]", range(*interval, unit));
        }
        text(&mut out, (left + width + 8.0, y + 14.0), "start", &said);
    }
    line(&mut out, (left, 4.0), (left, 8.0 + step * real(rows.len())), INK);
    Some(out + "</svg>")
}

fn diagonal(table: &Table, x: usize, y: usize, interval: usize) -> Option<String> {
    let (left, top, side) = (48.0, 12.0, 320.0);
    let at = |x: f64, y: f64| (left + side * x.clamp(0.0, 1.0), top + side * (1.0 - y.clamp(0.0, 1.0)));
    let mut out = open(&table.title, left + side + 30.0, top + side + 44.0);
    line(&mut out, at(0.0, 0.0), at(1.0, 0.0), INK);
    line(&mut out, at(0.0, 0.0), at(0.0, 1.0), INK);
    line(&mut out, at(0.0, 0.0), at(1.0, 1.0), PALE);
    for tick in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let (a, b) = (at(tick, 0.0), at(0.0, tick));
        text(&mut out, (a.0, a.1 + 16.0), "middle", &format!("{tick:.2}"));
        text(&mut out, (b.0 - 6.0, b.1 + 4.0), "end", &format!("{tick:.2}"));
    }
    let mut points = 0;
    for row in &table.rows {
        let Some((px, py)) = value_of(&row[x]).zip(value_of(&row[y])) else { continue };
        if let Some(found) = interval_of(&row[interval]) {
            line(&mut out, at(px, found.low), at(px, found.high), BAR);
        }
        let (cx, cy) = at(px, py);
        let _ = writeln!(out, "<circle cx=\"{cx:.1}\" cy=\"{cy:.1}\" r=\"4\" fill=\"{BAR}\"/>");
        points += 1;
    }
    text(&mut out, (left + side / 2.0, top + side + 36.0), "middle", table.columns[x].label);
    (points > 0).then(|| out + "</svg>")
}

fn heat(table: &Table, row: usize, column: usize, value: usize) -> Option<String> {
    let names = |k: usize| {
        let mut names: Vec<&str> = Vec::new();
        for fields in &table.rows {
            let name = text_of(&fields[k]);
            if !names.contains(&name) && names.len() < CELLS {
                names.push(name);
            }
        }
        names
    };
    let (rows, columns) = (names(row), names(column));
    let most = table.rows.iter().filter_map(|fields| value_of(&fields[value])).fold(0.0, f64::max);
    if most <= 0.0 {
        return None;
    }
    let (left, top, side) = (190.0, 150.0, 22.0);
    let mut out = open(&table.title, left + side * real(columns.len()) + 20.0, top + side * real(rows.len()) + 12.0);
    for (k, name) in columns.iter().enumerate() {
        let (x, y) = (left + side * (real(k) + 0.65), top - 6.0);
        let name = escape(&shortened(name, 22));
        let _ = writeln!(out, "<text transform=\"translate({x:.1} {y:.1}) rotate(-60)\" fill=\"{INK}\">{name}</text>");
    }
    for (k, name) in rows.iter().enumerate() {
        text(&mut out, (left - 6.0, top + side * real(k) + 15.0), "end", &shortened(name, 28));
    }
    for fields in &table.rows {
        let place = |names: &[&str], k: usize| names.iter().position(|name| *name == text_of(&fields[k]));
        let found = place(&rows, row).zip(place(&columns, column)).zip(value_of(&fields[value]));
        let Some(((r, c), shade)) = found else { continue };
        let (x, y) = (left + side * real(c), top + side * real(r));
        let _ = writeln!(
            out,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"20\" height=\"20\" fill=\"{BAR}\" fill-opacity=\"{:.2}\"><title>{}</title></rect>",
            shade / most,
            escape(&format!("{}, {}: {}", rows[r], columns[c], number(shade, table.columns[value].unit)))
        );
    }
    Some(out + "</svg>")
}
