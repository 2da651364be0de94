//! Models on the screen: a row each, the selected one in full below, and what is being brought.

use super::Doing;
use crate::app::{ModelRow, Unit};
use crate::tui::model::{Facts, Model};
use crate::tui::text;
use crate::tui::theme::Token;
use crate::tui::widgets::{gauge, list, popup};
use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::{Line, Span};

/// Lines of the panel below, its frame included.
const PANEL: u16 = 9;

/// Draws the shelf.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, facts: &mut Facts) {
    let theme = &model.theme;
    let area = area.inner(Margin::new(1, 0));
    let panel = PANEL.min(area.height.saturating_sub(4));
    let rows = Rect { height: area.height - panel, ..area };
    facts.rows = rows.height.saturating_sub(1);
    let heading = format!("  {}{}{:>8}  {}", text::pad("model", 28), text::pad("", 10), "size", "licence");
    list::put(frame, rows, 0, Line::styled(text::fit(&heading, rows.width), theme.of(Token::Muted)));
    let top = list::top(model.models.selected, model.models.rows.len(), facts.rows);
    let seen = model.models.rows.iter().enumerate().skip(top).take(usize::from(facts.rows));
    for (row, (i, entry)) in seen.enumerate() {
        list::put(frame, rows, row + 1, line(model, entry, i == model.models.selected, rows.width));
    }
    let below = Rect { y: rows.bottom(), height: panel, ..area };
    let Some(entry) = model.models.rows.get(model.models.selected).filter(|_| panel > 3) else { return };
    let block = popup::frame_of(popup::titled(&entry.name, theme), theme);
    let inner = block.inner(below).inner(Margin::new(1, 0));
    frame.render_widget(block, below);
    for (row, line) in details(model, entry, inner.width).into_iter().enumerate() {
        list::put(frame, inner, row, line);
    }
}

fn line(model: &Model, entry: &ModelRow, selected: bool, width: u16) -> Line<'static> {
    let theme = &model.theme;
    let (state, token) = match (model.models.found.get(&entry.name), &entry.path) {
        (Some(Err(_)), _) => ("✗ wrong", Token::Bad),
        (Some(Ok(Doing::Check)), _) => ("✓ checked", Token::Good),
        (_, Some(_)) => ("✓ here", Token::Good),
        (_, None) => ("· missing", Token::Warn),
    };
    let style = theme.of(if selected { Token::Selected } else { Token::Text });
    Line::from(vec![
        Span::styled(if selected { "▸ " } else { "  " }, theme.of(Token::Accent)),
        Span::styled(text::pad(&entry.name, 28), style),
        Span::styled(text::pad(state, 10), theme.of(token)),
        Span::raw(text::pad_left(&megabytes(entry.bytes), 8)),
        Span::styled(
            format!("  {}", text::fit(&format!("{}  {}", entry.licence, entry.role), width.saturating_sub(52))),
            theme.of(Token::Muted),
        ),
    ])
}

fn details(model: &Model, entry: &ModelRow, width: u16) -> Vec<Line<'static>> {
    let theme = &model.theme;
    if model.errand.going() {
        return errand(model, width, "s stops it; nothing half-done stays");
    }
    let named = |name: &str, value: &str, token: Token| {
        Line::from(vec![
            Span::styled(text::pad(name, 10), theme.of(Token::Muted)),
            Span::styled(text::fit(value, width.saturating_sub(10)), theme.of(token)),
        ])
    };
    let mut lines = Vec::new();
    if let Some(Err(cause)) = model.models.found.get(&entry.name) {
        lines.push(named("fault", cause, Token::Bad));
    }
    match &entry.path {
        Some(path) => lines.push(named("file", &path.display().to_string(), Token::Text)),
        None => lines.push(named("file", "not on this machine; p brings it", Token::Warn)),
    }
    lines.push(named("sha-256", &entry.sha256, Token::Text));
    if let Some(base) = &entry.base {
        lines.push(named("laid over", base, Token::Text));
    }
    for source in &entry.sources {
        lines.push(named("from", source, Token::Text));
    }
    lines
}

/// How far the work beside the run is, and what becomes of it when it is stopped.
#[must_use]
pub fn errand(model: &Model, width: u16, stopped: &'static str) -> Vec<Line<'static>> {
    let theme = &model.theme;
    let errand = &model.errand;
    let count = |n: u64| match errand.unit {
        Unit::Rows => text::grouped(n),
        Unit::Bytes => megabytes(n),
    };
    let mut spans = vec![Span::raw(text::pad(&errand.name, 30))];
    match errand.share() {
        Some(share) => {
            spans.extend(gauge::bar(share, width.saturating_sub(60).clamp(8, 40), theme));
            spans.push(Span::raw(format!("  {} of {}", count(errand.done), count(errand.total))));
        }
        None if errand.done > 0 => spans.push(Span::raw(count(errand.done))),
        None => spans.push(Span::raw("…")),
    }
    vec![Line::from(spans), Line::styled(stopped, theme.of(Token::Muted))]
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", text::grouped(bytes.div_ceil(1_000_000)))
}
