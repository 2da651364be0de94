//! A tuple in a frame: head, relation, tail with their types, and what the relation means.

use super::popup;
use crate::domain::RelationTuple;
use crate::domain::relation::Relation;
use crate::tui::text;
use crate::tui::theme::{Theme, Token};
use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::{Line, Span};

/// Lines of names below a headline that cannot hold them, and of what the relation means, at most.
const NAMES: usize = 3;
const GLOSS: usize = 2;

/// Lines that the box would like: its frame, the names in full where the headline cuts them, and the gloss.
#[must_use]
pub fn height(tuple: &RelationTuple, relation: &Relation, corner: &str, width: u16, theme: &Theme) -> u16 {
    let inner = width.saturating_sub(4);
    let names = match headline(tuple, relation, headroom(width, corner), theme) {
        Headline { whole: true, .. } => 0,
        Headline { whole: false, .. } => text::wrap(&in_full(tuple, theme), inner).len().min(NAMES),
    };
    let cells = text::cells(gloss(relation), |_| ratatui::style::Style::default());
    let gloss = text::wrap(&cells, inner).len().clamp(1, GLOSS);
    u16::try_from(2 + names + gloss).unwrap_or(u16::MAX)
}

/// Columns that the corner leaves to the headline.
fn headroom(width: u16, corner: &str) -> u16 {
    let corner = if corner.is_empty() { 0 } else { text::width(corner) + 3 };
    width.saturating_sub(corner + 4)
}

fn gloss(relation: &Relation) -> &str {
    relation.gloss.as_deref().unwrap_or(&relation.label)
}

/// Draws the box; `corner` stands in its upper right.
pub fn draw(frame: &mut Frame, area: Rect, theme: &Theme, tuple: &RelationTuple, relation: &Relation, corner: &str) {
    let title = headline(tuple, relation, headroom(area.width, corner), theme);
    let mut block = popup::frame_of(title.line, theme);
    if !corner.is_empty() {
        block = block.title(
            Line::styled(format!(" {} ", text::fit(corner, area.width / 3)), theme.of(Token::Muted)).right_aligned(),
        );
    }
    let inner = block.inner(area).inner(Margin::new(1, 0));
    frame.render_widget(block, area);
    let mut row = 0;
    let mut put = |cells: &[text::Cell], most: usize| {
        for line in text::wrap(cells, inner.width).into_iter().take(most) {
            if row < usize::from(inner.height) {
                super::list::put(frame, inner, row, text::line(&cells[line]));
                row += 1;
            }
        }
    };
    // In a low box the headline has to do.
    if !title.whole && usize::from(inner.height) > 1 {
        put(&in_full(tuple, theme), NAMES);
    }
    put(&text::cells(gloss(relation), |_| theme.of(Token::Muted)), usize::MAX);
}

/// Both names, uncut.
fn in_full(tuple: &RelationTuple, theme: &Theme) -> Vec<text::Cell> {
    let mut cells = text::cells(&tuple.head.name, |_| theme.of(Token::Head));
    cells.extend(text::cells(" ──▶ ", |_| theme.of(Token::Border)));
    cells.extend(text::cells(&tuple.tail.name, |_| theme.of(Token::Tail)));
    cells
}

/// The upper edge of the box.
struct Headline {
    line: Line<'static>,
    /// It holds both names uncut.
    whole: bool,
}

/// `Alan Turing Person ── almaMater ─▶ King's College University`, the types left out where names need
/// their room, then the longest name cut first.
fn headline(tuple: &RelationTuple, relation: &Relation, room: u16, theme: &Theme) -> Headline {
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
    let (head, tail) = (text::width(&tuple.head.name), text::width(&tuple.tail.name));
    let both = head.saturating_add(tail);
    let with_kinds = both.saturating_add(kinds) <= names;
    let names = if with_kinds { names - kinds } else { names };
    let half = names / 2;
    let whole = both <= names;
    let (head_room, tail_room) = if whole {
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
    Headline { line: Line::from(spans), whole }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    fn drawn(head: &str, width: u16) -> String {
        let tuple = RelationTuple::new(head, None, "award_winner", "Phil Collins", None).unwrap();
        let relation = Relation::unknown("award_winner");
        let theme = Theme::named("dark");
        let height = height(&tuple, &relation, "ranked", width, &theme);
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| draw(frame, frame.area(), &theme, &tuple, &relation, "ranked")).unwrap();
        terminal.backend().to_string()
    }

    #[test]
    fn names_that_the_headline_cuts_stand_below_it_in_full() {
        let long = "Grammy Award for Best Song Written for a Motion Picture, Television or Other Visual Media";
        assert_eq!(drawn("Oscar", 100).lines().count(), 3);
        assert!(drawn("Oscar", 100).contains("Oscar type unknown ── award_winner ──▶ Phil Collins type unknown"));
        let cut = drawn(long, 120);
        assert!(cut.contains("…") && cut.contains("Visual Media ──▶ Phil Collins"), "{cut}");
        assert_eq!(cut.lines().count(), 4);
        // Types give way before names are cut.
        let tight = drawn("A name of some thirty letters.", 84);
        assert!(tight.contains("letters. ── award_winner ──▶ Phil Collins ─"), "{tight}");
        for width in 1..60 {
            drawn(long, width);
        }
    }
}
