//! The keymap: a trie of keys for each mode, read from rows of `on` / `run` / `help`. Hints, help and palette
//! are read off it, so that they cannot disagree with what the keys do.

use super::action::Action;
use super::key::{self, Key};
use crate::domain::clean;
use std::collections::BTreeMap;

/// What the keyboard is for just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    Always,
    Anywhere,
    Home,
    Tuples,
    Facets,
    Pivot,
    Filter,
    Review,
    Edit,
    Compare,
    Verify,
    Adjudicate,
    Jobs,
    Reports,
    Export,
    Models,
    Output,
    Search,
    Confirm,
    Line,
    Text,
}

impl Mode {
    /// In the order of the help screen.
    pub const ALL: [Self; 21] = [
        Self::Review,
        Self::Edit,
        Self::Compare,
        Self::Verify,
        Self::Adjudicate,
        Self::Home,
        Self::Tuples,
        Self::Facets,
        Self::Pivot,
        Self::Filter,
        Self::Jobs,
        Self::Reports,
        Self::Export,
        Self::Models,
        Self::Output,
        Self::Anywhere,
        Self::Always,
        Self::Search,
        Self::Confirm,
        Self::Line,
        Self::Text,
    ];

    /// Its name in a keymap file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Anywhere => "anywhere",
            Self::Home => "home",
            Self::Tuples => "tuples",
            Self::Facets => "facets",
            Self::Pivot => "pivot",
            Self::Filter => "filter",
            Self::Review => "review",
            Self::Edit => "edit",
            Self::Compare => "compare",
            Self::Verify => "verify",
            Self::Adjudicate => "adjudicate",
            Self::Jobs => "jobs",
            Self::Reports => "reports",
            Self::Export => "export",
            Self::Models => "models",
            Self::Output => "output",
            Self::Search => "search",
            Self::Confirm => "confirm",
            Self::Line => "line",
            Self::Text => "text",
        }
    }

    /// True if plain characters are text.
    #[must_use]
    pub fn types(self) -> bool {
        match self {
            Self::Filter | Self::Edit | Self::Search | Self::Line | Self::Text => true,
            Self::Always
            | Self::Anywhere
            | Self::Home
            | Self::Tuples
            | Self::Facets
            | Self::Pivot
            | Self::Review
            | Self::Compare
            | Self::Verify
            | Self::Adjudicate
            | Self::Jobs
            | Self::Reports
            | Self::Export
            | Self::Models
            | Self::Output
            | Self::Confirm => false,
        }
    }

    /// The modes whose keys are in force with this one, the nearest first.
    #[must_use]
    pub fn stack(self) -> &'static [Self] {
        match self {
            Self::Always => &[Self::Always],
            Self::Anywhere => &[Self::Anywhere, Self::Always],
            Self::Home => &[Self::Home, Self::Anywhere, Self::Always],
            Self::Tuples => &[Self::Tuples, Self::Anywhere, Self::Always],
            Self::Review => &[Self::Review, Self::Anywhere, Self::Always],
            Self::Compare => &[Self::Compare, Self::Anywhere, Self::Always],
            Self::Verify => &[Self::Verify, Self::Anywhere, Self::Always],
            Self::Facets => &[Self::Facets, Self::Anywhere, Self::Always],
            Self::Pivot => &[Self::Pivot, Self::Always],
            Self::Adjudicate => &[Self::Adjudicate, Self::Anywhere, Self::Always],
            Self::Jobs => &[Self::Jobs, Self::Anywhere, Self::Always],
            Self::Reports => &[Self::Reports, Self::Anywhere, Self::Always],
            Self::Export => &[Self::Export, Self::Anywhere, Self::Always],
            Self::Models => &[Self::Models, Self::Anywhere, Self::Always],
            Self::Output => &[Self::Output, Self::Always],
            Self::Filter => &[Self::Filter, Self::Text, Self::Always],
            Self::Edit => &[Self::Edit, Self::Text, Self::Always],
            Self::Search => &[Self::Search, Self::Text, Self::Always],
            Self::Line => &[Self::Line, Self::Text, Self::Always],
            Self::Confirm => &[Self::Confirm, Self::Always],
            Self::Text => &[Self::Text, Self::Always],
        }
    }
}

/// A chord that means something, or begins one that does.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub chord: Vec<Key>,
    /// `None` if it only begins longer chords.
    pub action: Option<Action>,
    /// The short label of the hints line.
    pub help: String,
}

/// A line of hints: the keys of one label.
#[derive(Debug, Clone, PartialEq)]
pub struct Hint {
    pub keys: String,
    pub action: Option<Action>,
    pub help: String,
}

/// What a chord comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    Action(Action),
    /// A longer chord begins so.
    Waiting,
    Nothing,
}

/// All keys of all modes.
#[derive(Debug, Clone, PartialEq)]
pub struct Keymap {
    modes: BTreeMap<Mode, Vec<Row>>,
}

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Keys {
    One(String),
    Many(Vec<String>),
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRow {
    on: Keys,
    run: Option<String>,
    help: Option<String>,
}

type Raw = BTreeMap<String, Vec<RawRow>>;

/// The keys that are built in, by name; each further one stands over the first, as a user's file does.
const BUILT_IN: [(&str, &str); 2] = [
    ("default", include_str!("../../assets/keymaps/default.toml")),
    ("vim", include_str!("../../assets/keymaps/vim.toml")),
];

impl Keymap {
    /// The names of those that are built in.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.into_iter().map(|(name, _)| name)
    }

    /// The default keys.
    #[must_use]
    pub fn built_in() -> Self {
        Self::parse(BUILT_IN[0].1).0
    }

    /// Built-in keys by name, and what is wrong with them: nothing.
    #[must_use]
    pub fn named(name: &str) -> Option<(Self, Vec<String>)> {
        let (_, text) = BUILT_IN.into_iter().find(|(known, _)| *known == name)?;
        Some(Self::built_in().over(Self::parse(text)))
    }

    /// Built-in keys with a user's file over them, and what is wrong with the name and the file.
    #[must_use]
    pub fn with(name: &str, user: Option<&str>) -> (Self, Vec<String>) {
        let (keymap, mut problems) = Self::named(name).unwrap_or_else(|| {
            let names: Vec<&str> = Self::names().collect();
            (Self::built_in(), vec![format!("there is no keymap '{name}'; there are {}", names.join(", "))])
        });
        let Some(user) = user else { return (keymap, problems) };
        let (keymap, faults) = keymap.over(Self::parse(user));
        problems.extend(faults);
        (keymap, problems)
    }

    /// Lays other keys over these.
    fn over(mut self, (over, mut problems): (Self, Vec<String>)) -> (Self, Vec<String>) {
        for (mode, rows) in over.modes {
            let mine = self.modes.entry(mode).or_default();
            // A key that now means something by itself can no longer begin a chord, and the reverse. Only what stood
            // there before gives way: of a file that contradicts itself the lint tells.
            let before = std::mem::take(mine);
            let clash = |old: &Row| {
                let tied = |row: &Row| {
                    old.chord == row.chord
                        || old.chord.starts_with(&row.chord) && row.action.is_some()
                        || row.chord.starts_with(&old.chord) && old.action.is_some()
                };
                rows.iter().any(tied)
            };
            mine.extend(before.into_iter().filter(|old| !clash(old)));
            mine.extend(rows);
        }
        problems.extend(self.lint());
        (self, problems)
    }

    /// A keymap from its file, and what is wrong with the file.
    #[must_use]
    pub fn parse(text: &str) -> (Self, Vec<String>) {
        let mut problems = Vec::new();
        let mut modes: BTreeMap<Mode, Vec<Row>> = BTreeMap::new();
        let raw: Raw = toml::from_str(text).unwrap_or_else(|error| {
            problems.push(format!("keymap: {}", error.to_string().trim_end().replace('\n', " ")));
            Raw::new()
        });
        for (name, rows) in raw {
            let Some(mode) = Mode::ALL.into_iter().find(|mode| mode.name() == name) else {
                let names: Vec<_> = Mode::ALL.iter().map(|mode| mode.name()).collect();
                problems.push(format!("keymap: there is no mode '{name}'; the modes are {}", names.join(", ")));
                continue;
            };
            for row in rows {
                let into = modes.entry(mode).or_default();
                read_row(mode, row, into).unwrap_or_else(|problem| problems.push(problem));
            }
        }
        (Self { modes }, problems)
    }

    /// What is wrong: a key bound twice, a chord that can never be reached, a chord that leads nowhere, a key
    /// of a text mode that is itself text.
    #[must_use]
    pub fn lint(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for (mode, rows) in &self.modes {
            let name = mode.name();
            for (i, row) in rows.iter().enumerate() {
                let spelled = key::spell(&row.chord);
                if rows[..i].iter().any(|other| other.chord == row.chord) {
                    problems.push(format!("{name}: '{spelled}' is bound twice"));
                }
                let shadows = |other: &&Row| other.action.is_some() && other.chord.len() < row.chord.len();
                if let Some(other) = rows.iter().filter(shadows).find(|other| row.chord.starts_with(&other.chord)) {
                    problems
                        .push(format!("{name}: '{spelled}' cannot be reached behind '{}'", key::spell(&other.chord)));
                }
                let leads = |other: &Row| other.chord.len() > row.chord.len() && other.chord.starts_with(&row.chord);
                if row.action.is_none() && !rows.iter().any(leads) {
                    problems.push(format!("{name}: '{spelled}' has no action, and begins no chord"));
                }
                if mode.types() && row.chord.first().is_some_and(|key| key.typed().is_some()) {
                    problems.push(format!("{name}: '{spelled}' is text here and cannot be a command"));
                }
                if row.help.is_empty() {
                    problems.push(format!("{name}: '{spelled}' has no help"));
                }
            }
        }
        problems
    }

    /// What the chord means in a mode; the nearest mode that knows it decides.
    #[must_use]
    pub fn find(&self, mode: Mode, chord: &[Key]) -> Found {
        for mode in mode.stack() {
            for row in self.rows(*mode) {
                if row.chord == chord
                    && let Some(action) = row.action
                {
                    return Found::Action(action);
                }
                if row.chord.len() > chord.len() && row.chord.starts_with(chord) {
                    return Found::Waiting;
                }
            }
        }
        Found::Nothing
    }

    /// The rows of one mode, in the order of the file.
    #[must_use]
    pub fn rows(&self, mode: Mode) -> &[Row] {
        self.modes.get(&mode).map_or(&[], Vec::as_slice)
    }

    /// What may be pressed after the keys of a pending chord, rows of one label made one (`1-9 override`).
    #[must_use]
    pub fn hints(&self, mode: Mode, pending: &[Key]) -> Vec<Hint> {
        let mut hints: Vec<Hint> = Vec::new();
        let mut seen: Vec<&[Key]> = Vec::new();
        for mode in mode.stack() {
            for row in self.rows(*mode) {
                let Some(rest) = row.chord.strip_prefix(pending).filter(|rest| rest.len() == 1) else { continue };
                if seen.contains(&rest) {
                    continue;
                }
                seen.push(rest);
                let keys = key::spell(rest);
                match hints.last_mut() {
                    Some(last) if last.help == row.help && last.action == row.action => {}
                    Some(last) if last.help == row.help => {
                        let first = last.keys.split('-').next().unwrap_or_default();
                        last.keys = format!("{first}-{keys}");
                    }
                    _ => hints.push(Hint { keys, action: row.action, help: row.help.clone() }),
                }
            }
        }
        hints
    }

    /// The first keys that mean an action in a mode, as people write them.
    #[must_use]
    pub fn keys_of(&self, mode: Mode, action: Action) -> Option<String> {
        let mut rows = mode.stack().iter().flat_map(|mode| self.rows(*mode));
        rows.find(|row| row.action == Some(action)).map(|row| key::spell(&row.chord))
    }
}

fn read_row(mode: Mode, row: RawRow, into: &mut Vec<Row>) -> Result<(), String> {
    let action = match &row.run {
        Some(name) => Some(Action::named(name).ok_or_else(|| unknown(mode, name))?),
        None => None,
    };
    let help = row.help.unwrap_or_else(|| action.map_or(String::new(), |action| action.name().replace('-', " ")));
    let help = clean::shown(&help).into_owned();
    let keys = match row.on {
        Keys::One(keys) => vec![keys],
        Keys::Many(keys) => keys,
    };
    for keys in keys {
        let chord = key::chord(&keys).map_err(|problem| format!("keymap, {}: {problem}", mode.name()))?;
        if chord.is_empty() {
            return Err(format!("keymap, {}: a row has no key", mode.name()));
        }
        into.push(Row { chord, action, help: help.clone() });
    }
    Ok(())
}

fn unknown(mode: Mode, name: &str) -> String {
    let near = Action::all().map(|action| (strsim::jaro_winkler(action.name(), name), action.name()));
    let near = near.max_by(|a, b| a.0.total_cmp(&b.0)).map_or("help", |(_, near)| near);
    format!("keymap, {}: there is no action '{name}'; do you mean '{near}'?", mode.name())
}

#[cfg(test)]
#[path = "keymap_tests.rs"]
mod tests;
