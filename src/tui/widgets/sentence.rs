//! A sentence with its head and tail marked, by colour and underline, and a word diff of two sentences.

use crate::domain::mention::Pair;
use crate::tui::diff::{self, Change};
use crate::tui::text::{self, Cell};
use crate::tui::theme::{Theme, Token};
use ratatui::style::Style;

/// A sentence as cells, its entities marked over the base style.
#[must_use]
pub fn marked(sentence: &str, pair: Pair, base: Style, theme: &Theme) -> Vec<Cell> {
    let inside = |mention: Option<crate::domain::mention::Mention>, at: usize| {
        mention.is_some_and(|m| m.span.start <= at && at < m.span.end)
    };
    text::cells(sentence, |at| {
        if inside(pair.head, at) {
            base.patch(theme.of(Token::Head))
        } else if inside(pair.tail, at) {
            base.patch(theme.of(Token::Tail))
        } else {
            base
        }
    })
}

/// What changed from `old` to `new`, as cells: `−gone` and `+new`, signs beside the colours.
#[must_use]
pub fn changes(old: &str, new: &str, theme: &Theme) -> Vec<Cell> {
    let mut cells = Vec::new();
    for (change, words) in diff::words(old, new) {
        let (sign, style) = match change {
            Change::Same => ("", theme.of(Token::Muted)),
            Change::Gone => ("−", theme.of(Token::Gone)),
            Change::New => ("+", theme.of(Token::New)),
        };
        if !cells.is_empty() {
            cells.extend(text::cells(" ", |_| Style::default()));
        }
        cells.extend(text::cells(&format!("{sign}{words}"), |_| style));
    }
    cells
}
