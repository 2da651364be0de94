//! Help: the whole keymap with search, read off the keymap itself.

use crate::tui::action::Move;
use crate::tui::key;
use crate::tui::keymap::{Keymap, Mode};
use crate::tui::model::{Facts, Layer, Model};
use crate::tui::text;
use crate::tui::theme::Token;
use crate::tui::widgets::line::TextLine;
use crate::tui::widgets::{list, popup};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// A search, and how far the page is scrolled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Help {
    pub line: TextLine,
    pub top: usize,
}

impl Help {
    /// Text of the search; starts from the top again.
    pub fn typed(&mut self, text: &str) {
        self.line.insert(text);
        self.top = 0;
    }
}

/// Scrolls the page.
pub fn moved(model: &mut Model, step: Move) {
    let from = model.place_mode();
    let rows = usize::from(model.facts.rows.max(2));
    let Some(Layer::Help(help)) = model.layers.last_mut() else { return };
    let last = entries(&model.keymap, from, help.line.text()).len().saturating_sub(rows);
    help.top = match step {
        Move::Up => help.top.saturating_sub(1),
        Move::Down => help.top + 1,
        Move::PageUp => help.top.saturating_sub(rows - 1),
        Move::PageDown => help.top + rows - 1,
        Move::First => 0,
        Move::Last => last,
    };
    help.top = help.top.min(last);
}

/// A line of the page: a mode's title, or keys with what they do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    Title(&'static str),
    Keys { keys: String, name: &'static str, help: String },
}

/// The page for a search, with the mode one came from first.
#[must_use]
pub fn entries(keymap: &Keymap, from: Mode, query: &str) -> Vec<Entry> {
    let query = query.to_lowercase();
    let mut modes = from.stack().to_vec();
    modes.extend(Mode::ALL.into_iter().filter(|mode| !from.stack().contains(mode)));
    let mut page = Vec::new();
    for mode in modes {
        let mut rows: Vec<Entry> = Vec::new();
        for row in keymap.rows(mode) {
            let spelled = key::spell(&row.chord);
            let (name, help) = match row.action {
                Some(action) => (action.name(), action.help().to_owned()),
                None => ("", format!("{} …", row.help)),
            };
            let found = query.is_empty()
                || spelled.to_lowercase() == query
                || [name, &help, mode.name()].iter().any(|text| text.to_lowercase().contains(&query));
            if !found {
                continue;
            }
            match rows.last_mut() {
                Some(Entry::Keys { keys, name: last, .. }) if *last == name && !name.is_empty() => {
                    keys.push_str(", ");
                    keys.push_str(&spelled);
                }
                _ => rows.push(Entry::Keys { keys: spelled, name, help }),
            }
        }
        if !rows.is_empty() {
            page.push(Entry::Title(mode.name()));
            page.extend(rows);
        }
    }
    page
}

/// Draws the page over the screen.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, help: &Help, facts: &mut Facts) {
    let theme = &model.theme;
    let page = entries(&model.keymap, model.place_mode(), help.line.text());
    let found = page.iter().filter(|entry| matches!(entry, Entry::Keys { .. })).count();
    let inner = popup::search(frame, area, theme, "keys", &help.line, found);
    facts.rows = inner.height;
    let top = help.top.min(page.len().saturating_sub(usize::from(inner.height)));
    for (row, entry) in page.iter().skip(top).take(usize::from(inner.height)).enumerate() {
        let line = match entry {
            Entry::Title(title) => Line::styled(*title, theme.of(Token::Title)),
            Entry::Keys { keys, name, help } => Line::from(vec![
                Span::styled(text::pad(&format!("  {keys}"), 20), theme.of(Token::Key)),
                Span::styled(text::pad(name, 22), theme.of(Token::Muted)),
                Span::raw(text::fit(help, inner.width.saturating_sub(42))),
            ]),
        };
        list::put(frame, inner, row, line);
    }
}
