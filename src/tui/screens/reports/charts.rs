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
    let body = rows.iter().zip(cells).skip(top).map(|(row, cells)| {
        Row::new(std::iter::once(text::fit(row, name)).chain(cells.iter().map(cell)).collect::<Vec<_>>())
    });
    let heading = std::iter::once(String::new()).chain(columns.iter().map(|column| text::fit(column, 9)));
    let widths = std::iter::once(Constraint::Length(name)).chain(columns.iter().map(|_| Constraint::Length(9)));
    let table = Table::new(body, widths).header(Row::new(heading.collect::<Vec<_>>()).style(theme.of(Token::Muted)));
    frame.render_widget(table, area);
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
    let widths: Vec<u16> = (0..heading.len()).map(widest).collect();
    let safe = |row: &[String]| Row::new(row.iter().zip(&widths).map(|(c, w)| text::fit(c, *w)).collect::<Vec<_>>());
    let table = Table::new(rows.iter().skip(top).map(|row| safe(row)), widths.iter().map(|w| Constraint::Length(*w)))
        .header(safe(heading).style(theme.of(Token::Muted)))
        .column_spacing(2);
    frame.render_widget(table, area);
}
