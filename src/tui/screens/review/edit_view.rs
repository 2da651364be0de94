//! The editor on the screen: the text wrapped with its entities marked, the terminal's own cursor in it, and
//! what changed below.

use super::edit::Editor;
use crate::tui::model::{Facts, Model};
use crate::tui::text;
use crate::tui::theme::Token;
use crate::tui::widgets::{list, popup, sentence};
use ratatui::Frame;
use ratatui::layout::{Margin, Position, Rect};
use ratatui::text::{Line, Span};

/// Rows that the editor would like: the text, what changed, two frames.
#[must_use]
pub fn height(editor: &Editor, model: &Model, width: u16) -> u16 {
    let theme = &model.theme;
    let width = width.saturating_sub(5);
    let text = text::wrap(&text::cells(editor.line.text(), |_| theme.of(Token::Text)), width).len();
    let changes = text::wrap(&sentence::changes(&editor.original, editor.line.text(), theme), width).len();
    u16::try_from(text.max(2) + changes.max(2) + 4).unwrap_or(u16::MAX)
}

/// Draws the editor.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, editor: &Editor, number: usize, facts: &mut Facts) {
    let theme = &model.theme;
    let upper = Rect { height: area.height.div_ceil(2), ..area };
    let lower = Rect { y: upper.bottom(), height: area.height - upper.height, ..area };
    let title = if editor.base.is_some() { format!("edit {number}") } else { "write".to_owned() };
    let ends = [(editor.pair.head, "head"), (editor.pair.tail, "tail")];
    let found = ends.into_iter().flat_map(|(found, end)| {
        let (sign, token) = if found.is_some() { ("✓", Token::Good) } else { ("✗", Token::Bad) };
        [Span::styled(format!(" {end} {sign} "), theme.of(token))]
    });
    let found = Line::from(found.collect::<Vec<_>>()).right_aligned();
    let block = popup::frame_of(popup::titled(&title, theme), theme).border_style(theme.of(Token::Accent)).title(found);
    let inner = block.inner(upper).inner(Margin::new(1, 0));
    frame.render_widget(block, upper);
    // One column stays free for the cursor behind the last letter.
    facts.wrap = inner.width.saturating_sub(1);
    let cells = sentence::marked(editor.line.text(), editor.pair, theme.of(Token::Text), theme);
    let lines = text::wrap(&cells, facts.wrap);
    let (row, column) = text::place(&cells, &lines, editor.line.cursor());
    let top = list::top(row, lines.len(), inner.height);
    for (at, line) in lines.iter().skip(top).enumerate() {
        list::put(frame, inner, at, text::line(&cells[line.clone()]));
    }
    if let Ok(below) = u16::try_from(row - top)
        && below < inner.height
    {
        let x = inner.x + column.min(inner.width.saturating_sub(1));
        frame.set_cursor_position(Position { x, y: inner.y + below });
    }
    let block = popup::frame_of(popup::titled("changes", theme), theme);
    let inner = block.inner(lower).inner(Margin::new(1, 0));
    frame.render_widget(block, lower);
    let changes = sentence::changes(&editor.original, editor.line.text(), theme);
    for (at, line) in text::wrap(&changes, inner.width).into_iter().enumerate() {
        list::put(frame, inner, at, text::line(&changes[line]));
    }
}
