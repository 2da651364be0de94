//! Arithmetic of lists: where a move leads, which row stands at the top; only visible rows are ever built.

use crate::tui::action::Move;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// Where a move leads among `len` entries with `rows` of them visible.
#[must_use]
pub fn step(at: usize, len: usize, step: Move, rows: u16) -> usize {
    let last = len.saturating_sub(1);
    let page = usize::from(rows.max(2)) - 1;
    let to = match step {
        Move::Up => at.saturating_sub(1),
        Move::Down => at + 1,
        Move::PageUp => at.saturating_sub(page),
        Move::PageDown => at + page,
        Move::First => 0,
        Move::Last => last,
    };
    to.min(last)
}

/// The first visible entry so that the selected one is seen, with no memory: the selection stands at the
/// bottom once it is past the first page.
#[must_use]
pub fn top(selected: usize, len: usize, rows: u16) -> usize {
    let rows = usize::from(rows.max(1));
    (selected + 1).saturating_sub(rows).min(len.saturating_sub(rows))
}

/// The first visible entry, moved from `before` no further than it must.
#[must_use]
pub fn follow(before: usize, selected: usize, len: usize, rows: u16) -> usize {
    let rows = usize::from(rows.max(1));
    let low = (selected + 1).saturating_sub(rows);
    before.clamp(low, selected.max(low)).min(len.saturating_sub(rows))
}

/// One line of a list in its row; rows outside the area are not drawn.
pub fn put(frame: &mut Frame, area: Rect, row: usize, line: Line<'_>) {
    let Ok(row) = u16::try_from(row) else { return };
    if row < area.height {
        let at = Rect { y: area.y + row, height: 1, ..area };
        frame.render_widget(line, at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selection_stays_in_sight() {
        assert_eq!(step(0, 0, Move::Down, 5), 0);
        assert_eq!(step(3, 10, Move::PageDown, 5), 7);
        assert_eq!((top(0, 10, 4), top(5, 10, 4), top(9, 10, 4)), (0, 2, 6));
        assert_eq!((follow(2, 3, 10, 4), follow(2, 6, 10, 4), follow(5, 1, 10, 4)), (2, 3, 1));
        assert_eq!(follow(7, 0, 1, 4), 0);
    }
}
