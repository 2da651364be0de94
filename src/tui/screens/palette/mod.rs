//! The palette: every action by name, found by letters in their order, and every command of the program as it is
//! typed in a shell.

use super::output::{self, Commands};
use crate::tui::action::{Action, Move};
use crate::tui::effect::Effect;
use crate::tui::model::{Facts, Layer, Model, Tone};
use crate::tui::text;
use crate::tui::theme::Token;
use crate::tui::update;
use crate::tui::widgets::line::TextLine;
use crate::tui::widgets::{list, popup};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use std::time::Duration;

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

/// A line of the palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry<'a> {
    Do(Action),
    /// A command of the program by name, and what it is for; its options are still to be typed.
    Name(&'a str, &'a str),
    /// A command as it was typed.
    Run(&'a str, &'a str),
}

/// What is found, the best first: actions, then commands. A line that begins with a command is that.
#[must_use]
pub fn found<'a>(query: &'a str, commands: &'a Commands) -> Vec<Entry<'a>> {
    let line = query.trim_start();
    let line = line.strip_prefix("amalrec ").unwrap_or(line).trim_start();
    let typed =
        |(name, _): &&(String, String)| line.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with(' '));
    if let Some((_, about)) = commands.iter().find(typed) {
        return vec![Entry::Run(line.trim_end(), about)];
    }
    let actions = Action::all().filter(|action| action.is_verb());
    let actions = actions.filter_map(|action| Some((fit(query, action.name(), action.help())?, Entry::Do(action))));
    let commands = commands.iter().filter_map(|(name, about)| {
        let entry = if line.trim_end() == name { Entry::Run(name, about) } else { Entry::Name(name, about) };
        // After actions of such a name.
        Some((fit(line, name, about)? + 500, entry))
    });
    let mut found: Vec<(usize, Entry)> = actions.chain(commands).collect();
    found.sort_by_key(|(distance, _)| *distance);
    found.into_iter().map(|(_, entry)| entry).collect()
}

/// How far the query's letters lie apart in the name, or in its help; `None` if they are not there.
fn fit(query: &str, name: &str, help: &str) -> Option<usize> {
    let in_help = || Some(spread(query, help)? + 1_000);
    spread(query, name).or_else(in_help)
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

/// Does what is selected; a command's name is taken over, for its options to be typed.
pub fn submit(model: &mut Model, now: Duration) -> Vec<Effect> {
    let Some(Layer::Palette(palette)) = model.layers.last() else { return Vec::new() };
    let entry = found(palette.line.text(), &model.commands).get(palette.selected).copied();
    match entry {
        Some(Entry::Do(action)) => {
            model.layers.pop();
            update::act(model, action, now)
        }
        Some(Entry::Run(line, _)) => {
            let line = line.to_owned();
            model.layers.pop();
            output::run(model, &line, now)
        }
        Some(Entry::Name(..)) => complete(model),
        None => {
            let text = format!("no action and no command is called '{}'", palette.line.text().trim());
            model.layers.pop();
            model.tell(Tone::Plain, text, now);
            Vec::new()
        }
    }
}

/// Takes over the name of the selected command.
pub fn complete(model: &mut Model) -> Vec<Effect> {
    let Some(Layer::Palette(palette)) = model.layers.last() else { return Vec::new() };
    let name = match found(palette.line.text(), &model.commands).get(palette.selected) {
        Some(Entry::Name(name, _) | Entry::Run(name, _)) => format!("{name} "),
        Some(Entry::Do(_)) | None => return Vec::new(),
    };
    if let Some(Layer::Palette(palette)) = model.layers.last_mut() {
        *palette = Palette { line: TextLine::new(&name), selected: 0 };
    }
    Vec::new()
}

/// Moves the selection.
pub fn moved(model: &mut Model, step: Move) {
    let rows = model.facts.rows;
    let Some(Layer::Palette(palette)) = model.layers.last_mut() else { return };
    let len = found(palette.line.text(), &model.commands).len();
    palette.selected = list::step(palette.selected, len, step, rows);
}

/// Draws the palette over the screen.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, palette: &Palette, facts: &mut Facts) {
    let theme = &model.theme;
    let found = found(palette.line.text(), &model.commands);
    let title = "actions, and commands as in a shell";
    let inner = popup::search(frame, area, theme, title, &palette.line, found.len());
    facts.rows = inner.height;
    let top = list::top(palette.selected, found.len(), inner.height);
    let mode = model.place_mode();
    for (row, (i, entry)) in found.iter().enumerate().skip(top).take(usize::from(inner.height)).enumerate() {
        let selected = i == palette.selected;
        let style = if selected { theme.of(Token::Selected) } else { theme.of(Token::Text) };
        let (name, keys, help) = match entry {
            Entry::Do(action) => {
                (action.name(), model.keymap.keys_of(mode, *action).unwrap_or_default(), action.help())
            }
            Entry::Name(name, about) => (*name, "command".to_owned(), *about),
            Entry::Run(line, about) => (*line, "run".to_owned(), *about),
        };
        let wide = text::width(name).clamp(21, inner.width.saturating_sub(12).max(21)) + 1;
        let line = Line::from(vec![
            Span::raw(if selected { "▸ " } else { "  " }),
            Span::styled(text::pad(name, wide), style),
            Span::styled(text::pad(&keys, 8), theme.of(Token::Key)),
            Span::styled(text::fit(help, inner.width.saturating_sub(wide + 10)), theme.of(Token::Muted)),
        ]);
        list::put(frame, inner, row, line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(query: &str) -> String {
        let commands = [("report", "Say what people found"), ("doctor", "Look"), ("export", "Write splits")];
        let commands: Commands = commands.map(|(name, about)| (name.to_owned(), about.to_owned())).to_vec();
        match found(query, &commands).first() {
            Some(Entry::Do(action)) => action.name().to_owned(),
            Some(Entry::Name(name, _)) => format!("{name} …"),
            Some(Entry::Run(line, _)) => format!("$ {line}"),
            None => String::new(),
        }
    }

    #[test]
    fn letters_in_order_find_the_action() {
        assert_eq!(first("home"), "home");
        assert_eq!(first("rejbad"), "reject-bad-tuple");
        assert_eq!(first("regen"), "regenerate");
        assert_eq!(first("zzzz"), "");
    }

    #[test]
    fn a_command_is_found_by_its_name_and_run_with_its_options() {
        assert_eq!(first("doc"), "doctor …");
        assert_eq!(first("doctor"), "$ doctor");
        // An action of that name comes first, until there is a space.
        assert_eq!(first("export"), "export");
        assert_eq!(first("export out --splits 'test=5' "), "$ export out --splits 'test=5'");
        assert_eq!(first("amalrec report sei"), "$ report sei");
    }
}
