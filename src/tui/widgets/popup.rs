//! Boxes: titled frames, popups over a screen, a line to type in with the terminal's own cursor.

use super::line::TextLine;
use crate::tui::text;
use crate::tui::theme::{Theme, Token};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Paragraph, Wrap};

/// A frame with a title.
#[must_use]
pub fn frame_of<'a>(title: impl Into<Line<'a>>, theme: &Theme) -> Block<'a> {
    Block::bordered().border_type(BorderType::Rounded).border_style(theme.of(Token::Border)).title(title)
}

/// A title with a space either side.
#[must_use]
pub fn titled(title: &str, theme: &Theme) -> Line<'static> {
    Line::from(Span::styled(format!(" {} ", text::fit(title, 60)), theme.of(Token::Title)))
}

/// A room in the middle of the area, no larger than it.
#[must_use]
pub fn middle(area: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height }
}

/// A few lines over the screen.
pub fn message(frame: &mut Frame, area: Rect, theme: &Theme, title: &str, lines: Vec<Line<'_>>) {
    let width = lines.iter().map(Line::width).max().unwrap_or(0).clamp(20, 70);
    let width = u16::try_from(width).unwrap_or(70) + 4;
    let height = u16::try_from(lines.len()).unwrap_or(3).saturating_add(3);
    let room = middle(area, width, height);
    frame.render_widget(Clear, room);
    let block = frame_of(titled(title, theme), theme);
    let inner = block.inner(room);
    frame.render_widget(block, room);
    let inner = Rect { x: inner.x + 1.min(inner.width), width: inner.width.saturating_sub(2), ..inner };
    frame.render_widget(Paragraph::new(lines).wrap(Wrap { trim: false }), inner);
}

/// A popup with a search line on top; gives the room for what was found.
pub fn search(frame: &mut Frame, area: Rect, theme: &Theme, title: &str, line: &TextLine, found: usize) -> Rect {
    let room = middle(area, 96, area.height.saturating_sub(4).max(6));
    frame.render_widget(Clear, room);
    let count = Line::styled(format!(" {found} "), theme.of(Token::Muted)).right_aligned();
    let block = frame_of(titled(title, theme), theme).title(count);
    let inner = block.inner(room);
    frame.render_widget(block, room);
    let inner = Rect { x: inner.x + 1.min(inner.width), width: inner.width.saturating_sub(2), ..inner };
    typed(frame, Rect { height: inner.height.min(1), ..inner }, theme, "search: ", line);
    let below = inner.height.min(2);
    Rect { y: inner.y + below, height: inner.height - below, ..inner }
}

/// A popup with one line to type in.
pub fn prompt(frame: &mut Frame, area: Rect, theme: &Theme, title: &str, line: &TextLine) {
    let room = middle(area, 76, 3);
    frame.render_widget(Clear, room);
    let block = frame_of(titled(title, theme), theme);
    let inner = block.inner(room);
    frame.render_widget(block, room);
    typed(
        frame,
        Rect { x: inner.x + 1.min(inner.width), width: inner.width.saturating_sub(2), ..inner },
        theme,
        "",
        line,
    );
}

/// A line being typed, scrolled so that the cursor is seen; the terminal's cursor is put there for IMEs.
pub fn typed(frame: &mut Frame, area: Rect, theme: &Theme, label: &str, line: &TextLine) {
    if area.is_empty() {
        return;
    }
    let label_width = text::width(label).min(area.width);
    let room = area.width - label_width;
    let cells = text::cells(line.text(), |_| theme.of(Token::Text));
    let before: Vec<_> = cells.iter().take_while(|cell| cell.start < line.cursor()).cloned().collect();
    let mut cursor = text::columns(&before);
    let mut first = 0;
    while cursor >= room && first < cells.len() && cursor > 0 {
        cursor -= cells[first].width.min(cursor);
        first += 1;
    }
    let visible = text::cut(cells[first..].to_vec(), room);
    let mut spans = vec![Span::styled(text::fit(label, label_width), theme.of(Token::Key))];
    spans.extend(text::spans(&visible));
    frame.render_widget(Line::from(spans), Rect { height: 1, ..area });
    if room > 0 {
        frame.set_cursor_position(Position { x: area.x + label_width + cursor.min(room - 1), y: area.y });
    }
}
