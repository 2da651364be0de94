//! The pivot: how often each value of a column stands in the tuples of the filter; one key narrows to it.

use crate::app::{Column, Filter};
use crate::tui::action::Move;
use crate::tui::effect::Effect;
use crate::tui::model::{Facts, Layer, Model, Pending, Tone, settles};
use crate::tui::screens::tuples;
use crate::tui::text;
use crate::tui::theme::Token;
use crate::tui::widgets::{gauge, list, popup};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;
use std::time::Duration;

/// Values asked for; the rarer ones are not shown.
const MOST: usize = 1_000;

/// Counts by one column.
#[derive(Debug, Clone, PartialEq)]
pub struct Pivot {
    pub column: Column,
    pub filter: Filter,
    pub rows: Vec<(String, u64)>,
    pub selected: usize,
    pub pending: Option<Pending>,
    pub error: Option<String>,
}

/// Opens it on the filter of the list, or goes on to the next column.
pub fn turn(model: &mut Model, now: Duration) -> Vec<Effect> {
    let pending = model.ask(now);
    let column = match model.layers.last() {
        Some(Layer::Pivot(pivot)) => {
            let at = Column::ALL.iter().position(|column| *column == pivot.column).unwrap_or(0);
            Column::ALL[(at + 1) % Column::ALL.len()]
        }
        _ => Column::Relation,
    };
    if matches!(model.layers.last(), Some(Layer::Pivot(_))) {
        model.layers.pop();
    }
    let filter = model.tuples.applied.clone();
    let pivot =
        Pivot { column, filter: filter.clone(), rows: Vec::new(), selected: 0, pending: Some(pending), error: None };
    model.layers.push(Layer::Pivot(pivot));
    vec![Effect::Tally { run: pending.run, filter, column, limit: MOST }]
}

/// The counts.
pub fn tallied(model: &mut Model, run: u64, result: Result<Vec<(String, u64)>, String>) {
    let open =
        model.layers.iter_mut().find_map(|layer| if let Layer::Pivot(pivot) = layer { Some(pivot) } else { None });
    let Some(pivot) = open else { return };
    if !settles(&mut pivot.pending, run) {
        return;
    }
    match result {
        Ok(rows) => pivot.rows = rows,
        Err(cause) => pivot.error = Some(cause),
    }
}

/// Narrows the list to the selected value.
pub fn submit(model: &mut Model, now: Duration) -> Vec<Effect> {
    let Some(Layer::Pivot(pivot)) = model.layers.last() else { return Vec::new() };
    let Some((value, _)) = pivot.rows.get(pivot.selected) else { return Vec::new() };
    let Some(test) = pivot.column.narrowed(value) else {
        model.tell(Tone::Plain, "there is no filter by source", now);
        return Vec::new();
    };
    model.layers.pop();
    tuples::update::narrow(model, test, false, now)
}

/// Moves the selection.
pub fn moved(pivot: &mut Pivot, step: Move, rows: u16) {
    pivot.selected = list::step(pivot.selected, pivot.rows.len(), step, rows);
}

/// Draws the counts over the screen.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, pivot: &Pivot, now: Duration, facts: &mut Facts) {
    let theme = &model.theme;
    let room = popup::middle(area, 96, area.height.saturating_sub(4).max(6));
    frame.render_widget(Clear, room);
    let of = if pivot.filter.is_empty() { "all tuples".to_owned() } else { text::fit(&pivot.filter.to_string(), 40) };
    let name = if pivot.column == Column::First { "method that ranks first" } else { pivot.column.name() };
    let count = Line::styled(format!(" {} ", text::grouped(pivot.rows.len() as u64)), theme.of(Token::Muted));
    let block = popup::frame_of(popup::titled(&format!("{name} · {of}"), theme), theme).title(count.right_aligned());
    let inner = block.inner(room);
    frame.render_widget(block, room);
    facts.rows = inner.height;
    if pivot.rows.is_empty() {
        let line = match (&pivot.error, pivot.pending) {
            (Some(cause), _) => Line::styled(text::fit(cause, inner.width), theme.of(Token::Bad)),
            (None, Some(pending)) if pending.is_slow(now) => Line::raw("counting…"),
            (None, Some(_)) => Line::default(),
            (None, None) => Line::raw("No tuple of the filter has a value here; tab goes to the next column."),
        };
        return list::put(frame, inner, usize::from(inner.height / 3), line.centered());
    }
    let sum: u64 = pivot.rows.iter().map(|(_, count)| count).sum();
    let top = list::top(pivot.selected, pivot.rows.len(), inner.height);
    for (row, (i, (value, count))) in
        pivot.rows.iter().enumerate().skip(top).take(usize::from(inner.height)).enumerate()
    {
        let selected = i == pivot.selected;
        #[expect(clippy::cast_precision_loss, reason = "for a bar and a percentage")]
        let (share, of_most) = (*count as f64 / sum.max(1) as f64, *count as f64 / pivot.rows[0].1.max(1) as f64);
        let style = theme.of(if selected { Token::Selected } else { Token::Text });
        let bar = inner.width.saturating_sub(62).clamp(6, 30);
        let line = Line::from(vec![
            Span::styled(if selected { "▸ " } else { "  " }, theme.of(Token::Accent)),
            Span::styled(text::pad(value, inner.width.saturating_sub(bar + 24)), style),
            Span::raw(text::pad_left(&text::grouped(*count), 11)),
            Span::styled(format!(" {:>5.1}%  ", share * 100.0), theme.of(Token::Muted)),
            Span::styled(gauge::bare(of_most, bar), theme.of(Token::Gauge)),
        ]);
        list::put(frame, inner, row, line);
    }
}
