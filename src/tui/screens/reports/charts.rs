//! The charts of reports. Shares are drawn with their intervals, which no stock widget does; curves and tables by
//! ratatui's own.

use crate::app::{Chart, Section, Share};
use crate::tui::text;
use crate::tui::theme::{Theme, Token};
use crate::tui::widgets::{gauge, list};
use ratatui::Frame;
use ratatui::layout::{Constraint, Rect};
use ratatui::symbols::Marker;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Axis, Chart as Curves, Dataset, GraphType, Row, Table};

/// Rows of a chart that scrolls; 0 for one that fills its room.
#[must_use]
pub fn rows(section: &Section) -> usize {
    match &section.chart {
        Chart::Shares(bars) => bars.len(),
        Chart::Counts(bars) => bars.len(),
        Chart::Table { rows, .. } => rows.len(),
        Chart::Heat { rows, .. } => rows.len(),
        Chart::None | Chart::Curve { .. } => 0,
    }
}

/// Draws a section's chart from the row `top` on.
pub fn draw(frame: &mut Frame, area: Rect, section: &Section, top: usize, theme: &Theme) {
    match &section.chart {
        Chart::None => {}
        Chart::Shares(bars) => {
            for (row, bar) in bars.iter().skip(top).enumerate() {
                list::put(frame, area, row, share(bar, area.width, theme));
            }
        }
        Chart::Counts(bars) => counts(frame, area, bars, top, theme),
        Chart::Heat { rows, columns, cells } => heat(frame, area, rows, columns, cells, top, theme),
        Chart::Curve { x, y, points, diagonal } => curve(frame, area, [x, y], points, *diagonal, theme),
        Chart::Table { heading, rows } => table(frame, area, heading, rows, top, theme),
    }
}

/// `almaMater  ██████████┃━━├───┤   93.1%  88.0–96.4%   n 57`
fn share(bar: &Share, width: u16, theme: &Theme) -> Line<'static> {
    let name = (width / 4).clamp(8, 26);
    let numbers = format!(
        " {:>5.1}%  {:>5.1}–{:<5} n {}",
        bar.share * 100.0,
        bar.low * 100.0,
        format!("{:.1}%", bar.high * 100.0),
        text::grouped(bar.n)
    );
    let room = width.saturating_sub(name + 34).clamp(6, 60);
    let mut spans = vec![Span::raw(text::pad(&bar.name, name - 1) + " ")];
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "shares are within 0..=1")]
    let at = |share: f64| (share.clamp(0.0, 1.0) * f64::from(room - 1)).round() as u16;
    let (low, middle, high) = (at(bar.low), at(bar.share), at(bar.high));
    for column in 0..room {
        let (sign, token) = match column {
            c if c == middle => ("┃", Token::Title),
            c if c == low && low < middle => ("├", Token::Accent),
            c if c == high && high > middle => ("┤", Token::Accent),
            c if c > low && c < high => ("─", Token::Accent),
            c if c < low => ("█", Token::Gauge),
            _ => ("░", Token::Track),
        };
        spans.push(Span::styled(sign, theme.of(token)));
    }
    spans.push(Span::styled(numbers, theme.of(Token::Muted)));
    Line::from(spans)
}

fn counts(frame: &mut Frame, area: Rect, bars: &[(String, u64)], top: usize, theme: &Theme) {
    let most = bars.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1);
    let name = (area.width / 4).clamp(8, 26);
    let room = area.width.saturating_sub(name + 14).clamp(4, 60);
    for (row, (value, count)) in bars.iter().skip(top).enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "for a bar")]
        let share = *count as f64 / most as f64;
        let line = Line::from(vec![
            Span::raw(text::pad(value, name)),
            Span::styled(text::pad_left(&text::grouped(*count), 11) + "  ", theme.of(Token::Muted)),
            Span::styled(gauge::bare(share, room), theme.of(Token::Gauge)),
        ]);
        list::put(frame, area, row, line);
    }
}

/// Numbers as `.42` on a block whose height says the same, so that neither colour nor sharp eyes are needed.
fn heat(
    frame: &mut Frame,
    area: Rect,
    rows: &[String],
    columns: &[String],
    cells: &[Vec<Option<f64>>],
    top: usize,
    theme: &Theme,
) {
    let name = (area.width / 4).clamp(8, 22);
    let cell = |value: &Option<f64>| match value {
        Some(value) => format!("{} {:.2}", gauge::tick(*value), value),
        None => "·".to_owned(),
    };
    let row = |(row, cells): (&String, &Vec<Option<f64>>)| -> Vec<String> {
        std::iter::once(row.clone()).chain(cells.iter().map(cell)).collect()
    };
    let rows: Vec<Vec<String>> = rows.iter().zip(cells).skip(top).map(row).collect();
    let heading: Vec<String> = std::iter::once(String::new()).chain(columns.iter().cloned()).collect();
    let wanted: Vec<u16> = std::iter::once(name).chain(columns.iter().map(|_| 9)).collect();
    grid(frame, area, &heading, &rows, &fitting(&wanted, area.width, 1), 1, theme);
}

/// No column is narrower, unless its cells are.
const NARROW: u16 = 7;

/// Widths that fit into the room: the widest give way; what does not fit then is left out from the right, for a last
/// column of one cell that says so, if there is one.
fn fitting(wanted: &[u16], room: u16, spacing: u16) -> Vec<u16> {
    let mut widths = wanted.to_vec();
    let sum = |widths: &[u16]| widths.iter().map(|width| width + spacing).sum::<u16>().saturating_sub(spacing);
    while sum(&widths) > room {
        match widths.iter_mut().max() {
            Some(widest) if *widest > NARROW => *widest -= 1,
            _ => break,
        }
    }
    if sum(&widths) > room {
        while widths.len() > 1 && sum(&widths) + spacing + 1 > room {
            widths.pop();
        }
        widths.push(1);
    }
    widths
}

/// Rows under a heading, each cell cut to its column. A column of one cell stands for those that are left out.
fn grid(
    frame: &mut Frame,
    area: Rect,
    heading: &[String],
    rows: &[Vec<String>],
    widths: &[u16],
    spacing: u16,
    theme: &Theme,
) {
    let rows = rows.iter().map(|cells| Row::new(cut(cells, widths)));
    let heading = Row::new(cut(heading, widths)).style(theme.of(Token::Muted));
    let table = Table::new(rows, widths.iter().map(|width| Constraint::Length(*width)));
    frame.render_widget(table.header(heading).column_spacing(spacing), area);
}

fn cut(cells: &[String], widths: &[u16]) -> Vec<String> {
    // No column of its own is so narrow.
    cells
        .iter()
        .zip(widths)
        .map(|(cell, &width)| if width == 1 { "…".into() } else { text::fit(cell, width) })
        .collect()
}

fn curve(frame: &mut Frame, area: Rect, names: [&String; 2], points: &[(f64, f64)], diagonal: bool, theme: &Theme) {
    const PERFECT: [(f64, f64); 2] = [(0.0, 0.0), (1.0, 1.0)];
    let mut sets = Vec::new();
    if diagonal {
        let perfect = Dataset::default().name("perfect").marker(Marker::Dot).graph_type(GraphType::Line);
        sets.push(perfect.style(theme.of(Token::Muted)).data(&PERFECT));
    }
    let found = Dataset::default().name("found").marker(Marker::Braille).graph_type(GraphType::Line);
    sets.push(found.style(theme.of(Token::Accent)).data(points));
    let axis = |name: &str| {
        let labels = ["0", ".5", "1"].map(|label| Span::styled(label, theme.of(Token::Muted)));
        Axis::default().title(text::fit(name, 40)).bounds([0.0, 1.0]).labels(labels).style(theme.of(Token::Muted))
    };
    frame.render_widget(Curves::new(sets).x_axis(axis(names[0])).y_axis(axis(names[1])), area);
}

fn table(frame: &mut Frame, area: Rect, heading: &[String], rows: &[Vec<String>], top: usize, theme: &Theme) {
    let widest = |column: usize| {
        let cells = rows.iter().map(Vec::as_slice).chain([heading]).filter_map(|row| row.get(column));
        cells.map(|cell| text::width(cell)).max().unwrap_or(0).clamp(3, 40)
    };
    let wanted: Vec<u16> = (0..heading.len()).map(widest).collect();
    grid(frame, area, heading, rows.get(top..).unwrap_or_default(), &fitting(&wanted, area.width, 2), 2, theme);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widest_columns_give_way_and_the_last_are_left_out() {
        assert_eq!(fitting(&[10, 5], 20, 2), [10, 5]);
        assert_eq!(fitting(&[30, 5, 20], 41, 2), [16, 5, 16]);
        assert_eq!(fitting(&[12, 9, 9, 9], 20, 1), [7, 7, 1]);
        assert_eq!(cut(&["a long name".into(), "b".into(), "c".into()], &[7, 7, 1]), ["a long…", "b", "…"]);
    }
}
