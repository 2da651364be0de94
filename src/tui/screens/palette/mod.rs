//! The palette: every action by name, found by letters in their order.

use crate::tui::action::{Action, Move};
use crate::tui::model::{Facts, Model};
use crate::tui::text;
use crate::tui::theme::Token;
use crate::tui::widgets::line::TextLine;
use crate::tui::widgets::{list, popup};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// A search and the selected find.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Palette {
    pub line: TextLine,
    pub selected: usize,
}

impl Palette {
    /// Text of the search; the best find is selected anew.
    pub fn typed(&mut self, text: &str) {
        self.line.insert(text);
        self.selected = 0;
    }
}

/// The actions found, the best first.
#[must_use]
pub fn found(query: &str) -> Vec<Action> {
    let mut found: Vec<(usize, Action)> = Action::all()
        .filter(|action| action.is_verb())
        .filter_map(|action| Some((fit(query, action)?, action)))
        .collect();
    found.sort_by_key(|(distance, _)| *distance);
    found.into_iter().map(|(_, action)| action).collect()
}

/// How far the query's letters lie apart in the action's name, or in its help; `None` if they are not there.
fn fit(query: &str, action: Action) -> Option<usize> {
    let in_help = || Some(spread(query, action.help())? + 1_000);
    spread(query, action.name()).or_else(in_help)
}

/// Letters passed over to find those of `query` in their order.
fn spread(query: &str, text: &str) -> Option<usize> {
    let mut letters = text.chars().flat_map(char::to_lowercase);
    let mut passed = 0;
    for wanted in query.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase) {
        passed += letters.by_ref().position(|letter| letter == wanted)?;
    }
    Some(passed)
}

/// The selected action.
#[must_use]
pub fn chosen(palette: &Palette) -> Option<Action> {
    found(palette.line.text()).get(palette.selected).copied()
}

/// Moves the selection.
pub fn moved(palette: &mut Palette, step: Move, rows: u16) {
    let len = found(palette.line.text()).len();
    palette.selected = list::step(palette.selected, len, step, rows);
}

/// Draws the palette over the screen.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, palette: &Palette, facts: &mut Facts) {
    let theme = &model.theme;
    let found = found(palette.line.text());
    let inner = popup::search(frame, area, theme, "actions", &palette.line, found.len());
    facts.rows = inner.height;
    let top = list::top(palette.selected, found.len(), inner.height);
    let mode = model.place_mode();
    for (row, (i, action)) in found.iter().enumerate().skip(top).take(usize::from(inner.height)).enumerate() {
        let selected = i == palette.selected;
        let style = if selected { theme.of(Token::Selected) } else { theme.of(Token::Text) };
        let keys = model.keymap.keys_of(mode, *action).unwrap_or_default();
        let line = Line::from(vec![
            Span::raw(if selected { "▸ " } else { "  " }),
            Span::styled(text::pad(action.name(), 22), style),
            Span::styled(text::pad(&keys, 8), theme.of(Token::Key)),
            Span::styled(text::fit(action.help(), inner.width.saturating_sub(32)), theme.of(Token::Muted)),
        ]);
        list::put(frame, inner, row, line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_in_order_find_the_action() {
        assert_eq!(found("home")[0].name(), "home");
        assert_eq!(found("rejbad")[0].name(), "reject-bad-tuple");
        assert_eq!(found("regen")[0].name(), "regenerate");
        assert!(found("zzzz").is_empty());
    }
}
