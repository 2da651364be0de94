//! Help: the whole keymap with search, read off the keymap itself.

use crate::domain::quality::rubric::Rubric;
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
use ratatui::style::Style;
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
    let Some(Layer::Help(help)) = model.layers.last() else { return };
    let query = help.line.text().to_owned();
    let (rows, width) = (usize::from(model.facts.rows.max(2)), model.facts.wrap);
    let last = page(model, &query, width).len().saturating_sub(rows);
    let Some(Layer::Help(help)) = model.layers.last_mut() else { return };
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
    Keys {
        keys: String,
        name: &'static str,
        help: String,
    },
    /// What a score means.
    Words(String),
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

/// What the five scores mean, as far as the search finds it, in lines that fit.
fn meanings(rubric: &[Rubric], query: &str, width: u16) -> Vec<Entry> {
    let query = query.to_lowercase();
    let mut page = Vec::new();
    for about in rubric {
        let paragraphs = about.paragraphs();
        let found = |text: &String| text.to_lowercase().contains(&query);
        if query.is_empty() || "sei".contains(&query) || paragraphs.iter().any(found) {
            page.push(Entry::Title(about.dimension.name()));
            for paragraph in paragraphs {
                let cells = text::cells(&paragraph, |_| Style::default());
                let lines = text::wrap(&cells, width.saturating_sub(4).max(8));
                page.extend(
                    lines
                        .into_iter()
                        .map(|line| Entry::Words(cells[line].iter().map(|cell| cell.text.as_str()).collect())),
                );
            }
        }
    }
    page
}

/// All of the page: keys, then meanings.
fn page(model: &Model, query: &str, width: u16) -> Vec<Entry> {
    let mut page = entries(&model.keymap, model.place_mode(), query);
    page.extend(meanings(&model.rubric, query, width));
    page
}

/// Draws the page over the screen.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, help: &Help, facts: &mut Facts) {
    let theme = &model.theme;
    // How many lines the meanings take follows from the width, and the width is the popup's.
    let query = help.line.text();
    let found = entries(&model.keymap, model.place_mode(), query);
    let found = found.iter().filter(|entry| matches!(entry, Entry::Keys { .. })).count();
    let inner = popup::search(frame, area, theme, "keys, and what the scores mean", &help.line, found);
    (facts.rows, facts.wrap) = (inner.height, inner.width);
    let page = page(model, query, inner.width);
    let top = help.top.min(page.len().saturating_sub(usize::from(inner.height)));
    for (row, entry) in page.iter().skip(top).take(usize::from(inner.height)).enumerate() {
        let line = match entry {
            Entry::Title(title) => Line::styled(*title, theme.of(Token::Title)),
            Entry::Keys { keys, name, help } => Line::from(vec![
                Span::styled(text::pad(&format!("  {keys}"), 19) + " ", theme.of(Token::Key)),
                Span::styled(text::pad(name, 21) + " ", theme.of(Token::Muted)),
                Span::raw(text::fit(help, inner.width.saturating_sub(42))),
            ]),
            Entry::Words(words) => Line::from(format!("  {words}")),
        };
        list::put(frame, inner, row, line);
    }
}
