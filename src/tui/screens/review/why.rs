//! Why a sentence scores as it does: the evidence kept with each of the five dimensions.

use super::OnDesk;
use crate::app::Shown;
use crate::tui::model::Model;
use crate::tui::text;
use crate::tui::theme::Token;
use crate::tui::widgets::{list, popup};
use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::{Line, Span};

/// Columns of the dimensions' names.
const NAMES: u16 = 12;

/// Lines of evidence with their names, wrapped to the room.
fn lines(model: &Model, desk: &OnDesk, candidate: &Shown, width: u16) -> Vec<Line<'static>> {
    let theme = &model.theme;
    let mut lines = Vec::new();
    let mut row = |name: &str, value: &str, token: Token| {
        let cells = text::cells(value, |_| theme.of(token));
        for (i, range) in text::wrap(&cells, width.saturating_sub(NAMES)).into_iter().enumerate() {
            let name = if i == 0 { text::pad(name, NAMES) } else { " ".repeat(usize::from(NAMES)) };
            let mut spans = vec![Span::styled(name, theme.of(Token::Muted))];
            spans.extend(text::spans(&cells[range]));
            lines.push(Line::from(spans));
        }
    };
    for (dimension, evidence) in &candidate.evidence {
        let mut told: Vec<&str> = Vec::with_capacity(evidence.len());
        for line in evidence {
            if !told.contains(&line.as_str()) {
                told.push(line);
            }
        }
        let value = if told.is_empty() { "nothing to note".to_owned() } else { told.join("   ") };
        row(dimension.name(), &value, if evidence.is_empty() { Token::Muted } else { Token::Text });
    }
    for (method, cause) in &desk.item.failures {
        row("failed", &format!("{method}: {cause}"), Token::Warn);
    }
    lines
}

/// Rows that the panel would like, with its frame; 0 if there is nothing to say.
#[must_use]
pub fn height(model: &Model, desk: &OnDesk, width: u16) -> u16 {
    let Some(candidate) = desk.item.candidates.get(desk.selected) else { return 0 };
    if model.review.hide_why || candidate.evidence.is_empty() && desk.item.failures.is_empty() {
        return 0;
    }
    let lines = lines(model, desk, candidate, width.saturating_sub(4)).len();
    u16::try_from(lines).unwrap_or(u16::MAX).saturating_add(2)
}

/// Draws the panel.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, desk: &OnDesk) {
    let theme = &model.theme;
    let Some(candidate) = desk.item.candidates.get(desk.selected) else { return };
    let method = candidate.method.as_deref().map_or(String::new(), |method| format!(" · {method}"));
    let title = popup::titled(&format!("why {}{method}", desk.selected + 1), theme);
    let block = popup::frame_of(title, theme);
    let inner = block.inner(area).inner(Margin::new(1, 0));
    frame.render_widget(block, area);
    for (row, line) in lines(model, desk, candidate, inner.width).into_iter().enumerate() {
        list::put(frame, inner, row, line);
    }
}
