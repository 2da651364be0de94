//! A tuple in a frame: head, relation, tail with their types, and what the relation means.

use super::popup;
use crate::domain::RelationTuple;
use crate::domain::relation::Relation;
use crate::tui::text;
use crate::tui::theme::{Theme, Token};
use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::{Line, Span};

/// Lines that the box would like: its frame, and the gloss in at most two lines.
#[must_use]
pub fn height(relation: &Relation, width: u16) -> u16 {
    let cells = text::cells(gloss(relation), |_| ratatui::style::Style::default());
    if text::wrap(&cells, width.saturating_sub(4)).len() > 1 { 4 } else { 3 }
}

fn gloss(relation: &Relation) -> &str {
    relation.gloss.as_deref().unwrap_or(&relation.label)
}

/// Draws the box; `corner` stands in its upper right.
pub fn draw(frame: &mut Frame, area: Rect, theme: &Theme, tuple: &RelationTuple, relation: &Relation, corner: &str) {
    let corner_width = if corner.is_empty() { 0 } else { text::width(corner) + 3 };
    let title = headline(tuple, relation, area.width.saturating_sub(corner_width + 4), theme);
    let mut block = popup::frame_of(title, theme);
    if !corner.is_empty() {
        block = block.title(
            Line::styled(format!(" {} ", text::fit(corner, area.width / 3)), theme.of(Token::Muted)).right_aligned(),
        );
    }
    let inner = block.inner(area).inner(Margin::new(1, 0));
    frame.render_widget(block, area);
    let cells = text::cells(gloss(relation), |_| theme.of(Token::Muted));
    let lines = text::wrap(&cells, inner.width);
    for (row, line) in lines.into_iter().take(usize::from(inner.height)).enumerate() {
        super::list::put(frame, inner, row, text::line(&cells[line]));
    }
}

/// `Alan Turing Person ── almaMater ─▶ King's College University`, the longest parts cut first.
fn headline(tuple: &RelationTuple, relation: &Relation, room: u16, theme: &Theme) -> Line<'static> {
    // A type that the relation leads one to expect is no fact: it carries a question mark.
    let kind = |given: &Option<String>, expected: &Option<String>| match (given, expected) {
        (Some(kind), _) => format!(" {kind}"),
        (None, Some(kind)) => format!(" {kind}?"),
        (None, None) => " type unknown".to_owned(),
    };
    let head_kind = kind(&tuple.head.kind, &relation.head_type);
    let tail_kind = kind(&tuple.tail.kind, &relation.tail_type);
    let arrows = 12;
    let fixed = text::width(&tuple.relation).min(room / 3) + arrows;
    let kinds = text::width(&head_kind).min(20) + text::width(&tail_kind).min(20);
    let names = room.saturating_sub(fixed);
    let with_kinds = names.saturating_sub(kinds) >= 30;
    let names = if with_kinds { names - kinds } else { names };
    let (head, tail) = (text::width(&tuple.head.name).min(room), text::width(&tuple.tail.name).min(room));
    let half = names / 2;
    let (head_room, tail_room) = if head.saturating_add(tail) <= names {
        (head, tail)
    } else if head <= half {
        (head, names - head)
    } else if tail <= half {
        (names - tail, tail)
    } else {
        (half, half)
    };
    let mut spans = vec![Span::raw(" "), Span::styled(text::fit(&tuple.head.name, head_room), theme.of(Token::Head))];
    if with_kinds {
        spans.push(Span::styled(text::fit(&head_kind, 20), theme.of(Token::Muted)));
    }
    spans.push(Span::styled(" ── ", theme.of(Token::Border)));
    spans.push(Span::styled(text::fit(&tuple.relation, room / 3), theme.of(Token::Relation)));
    spans.push(Span::styled(" ──▶ ", theme.of(Token::Border)));
    spans.push(Span::styled(text::fit(&tuple.tail.name, tail_room), theme.of(Token::Tail)));
    if with_kinds {
        spans.push(Span::styled(text::fit(&tail_kind, 20), theme.of(Token::Muted)));
    }
    spans.push(Span::raw(" "));
    Line::from(spans)
}
