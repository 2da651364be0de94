//! Two to four sentences side by side, each with a word diff against the first.

use super::OnDesk;
use crate::tui::model::Model;
use crate::tui::text;
use crate::tui::theme::Token;
use crate::tui::widgets::score_bar::{Columns, number};
use crate::tui::widgets::{list, popup, sentence};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// Which candidates are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compare {
    /// Positions in the list, two to four.
    pub shown: Vec<usize>,
    /// The selected column.
    pub column: usize,
}

impl Compare {
    /// The marked candidates; with fewer than two, the selected one against the ranker's choice or the first
    /// other.
    ///
    /// # Errors
    /// Why there is nothing to compare.
    pub fn of(desk: &OnDesk) -> Result<Self, &'static str> {
        let candidates = &desk.item.candidates;
        let marked = candidates.iter().enumerate().filter(|(_, c)| desk.marked.contains(&c.id));
        let mut shown: Vec<usize> = marked.map(|(i, _)| i).collect();
        if candidates.len() < 2 {
            return Err("there are not two sentences to compare");
        }
        if shown.len() > 4 {
            return Err("at most four can be compared: m takes marks away");
        }
        let selected = desk.selected;
        for other in [selected, desk.star().unwrap_or(0), 0, 1] {
            if shown.len() < 2 && !shown.contains(&other) {
                shown.push(other);
            }
        }
        shown.sort_unstable();
        let column = shown.iter().position(|at| *at == selected).unwrap_or(0);
        Ok(Self { shown, column })
    }

    /// The position in the list of the selected column.
    #[must_use]
    pub fn index(&self) -> usize {
        self.shown.get(self.column).copied().unwrap_or(0)
    }
}

/// Draws the columns.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, desk: &OnDesk, compare: &Compare) {
    let theme = &model.theme;
    let count = u16::try_from(compare.shown.len()).unwrap_or(4).max(1);
    let width = area.width / count;
    let first = compare.shown.first().and_then(|at| desk.item.candidates.get(*at));
    for (i, at) in (0_u16..).zip(&compare.shown) {
        let Some(candidate) = desk.item.candidates.get(*at) else { continue };
        let room = if i + 1 == count { area.width - width * i } else { width };
        let column = Rect { x: area.x + width * i, width: room, ..area };
        let selected = usize::from(i) == compare.column;
        let star = if candidate.place == Some(1) { " ★" } else { "" };
        let mark = if selected { "▸ " } else { "" };
        let mut block = popup::frame_of(popup::titled(&format!("{mark}{}{star}", at + 1), theme), theme);
        if selected {
            block = block.border_style(theme.of(Token::Accent));
        }
        let inner = block.inner(column);
        frame.render_widget(block, column);
        let inner = Rect { x: inner.x + 1.min(inner.width), width: inner.width.saturating_sub(2), ..inner };
        let mut row = 0;
        if let Some(method) = &candidate.method {
            list::put(frame, inner, row, Line::styled(text::fit(method, inner.width), theme.of(Token::Muted)));
            let sei = Line::styled(format!("SEI {}", number(candidate.sei)), theme.of(Token::Title));
            let ticks = Line::from(Columns::Ticks.spans(&candidate.card, theme));
            let (below, used) = (sei.width() + 2 + ticks.width() > usize::from(inner.width), row + 1);
            if below {
                list::put(frame, inner, used, sei);
                list::put(frame, inner, used + 1, ticks);
            } else {
                list::put(frame, inner, used, Line::from([sei.spans, vec![Span::raw("  ")], ticks.spans].concat()));
            }
            row += if below { 4 } else { 3 };
        }
        let whole = sentence::marked(&candidate.text, candidate.pair, theme.of(Token::Text), theme);
        for line in text::wrap(&whole, inner.width) {
            list::put(frame, inner, row, text::line(&whole[line]));
            row += 1;
        }
        for veto in &candidate.vetoes {
            list::put(
                frame,
                inner,
                row,
                Line::styled(format!("⚠ {}", veto.name().replace('-', " ")), theme.of(Token::Bad)),
            );
            row += 1;
        }
        if let Some(first) = first.filter(|first| first.id != candidate.id) {
            let number = compare.shown[0] + 1;
            list::put(frame, inner, row + 1, Line::styled(format!("against {number}"), theme.of(Token::Muted)));
            row += 2;
            let changes = sentence::changes(&first.text, &candidate.text, theme);
            for line in text::wrap(&changes, inner.width) {
                list::put(frame, inner, row, text::line(&changes[line]));
                row += 1;
            }
        }
    }
}
