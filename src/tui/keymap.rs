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
    Filter,
    Review,
    Edit,
    Compare,
    Verify,
    Jobs,
    Search,
    Confirm,
    Note,
    Text,
}

impl Mode {
    /// In the order of the help screen.
    pub const ALL: [Self; 14] = [
        Self::Review,
        Self::Edit,
        Self::Compare,
        Self::Verify,
        Self::Home,
        Self::Tuples,
        Self::Filter,
        Self::Jobs,
        Self::Anywhere,
        Self::Always,
        Self::Search,
        Self::Confirm,
        Self::Note,
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
            Self::Filter => "filter",
            Self::Review => "review",
            Self::Edit => "edit",
            Self::Compare => "compare",
            Self::Verify => "verify",
            Self::Jobs => "jobs",
            Self::Search => "search",
            Self::Confirm => "confirm",
            Self::Note => "note",
            Self::Text => "text",
        }
    }

    /// True if plain characters are text.
    #[must_use]
    pub fn types(self) -> bool {
        match self {
            Self::Filter | Self::Edit | Self::Search | Self::Note | Self::Text => true,
            Self::Always
            | Self::Anywhere
            | Self::Home
            | Self::Tuples
            | Self::Review
            | Self::Compare
            | Self::Verify
            | Self::Jobs
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
            Self::Jobs => &[Self::Jobs, Self::Anywhere, Self::Always],
            Self::Filter => &[Self::Filter, Self::Text, Self::Always],
            Self::Edit => &[Self::Edit, Self::Text, Self::Always],
            Self::Search => &[Self::Search, Self::Text, Self::Always],
            Self::Note => &[Self::Note, Self::Text, Self::Always],
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

/// The default keymap's file.
pub const DEFAULT: &str = include_str!("../../assets/keymaps/default.toml");

impl Keymap {
    /// The built-in keys.
    #[must_use]
    pub fn built_in() -> Self {
        Self::parse(DEFAULT).0
    }

    /// The built-in keys with a user's file over them, and what is wrong with that file.
    #[must_use]
    pub fn with(user: Option<&str>) -> (Self, Vec<String>) {
        let mut keymap = Self::built_in();
        let Some(user) = user else { return (keymap, Vec::new()) };
        let (over, mut problems) = Self::parse(user);
        for (mode, rows) in over.modes {
            let mine = keymap.modes.entry(mode).or_default();
            for row in rows {
                // A key that now means something else by itself can no longer begin a chord, and the reverse.
                mine.retain(|old| {
                    !(old.chord.starts_with(&row.chord) || row.chord.starts_with(&old.chord) && old.action.is_some())
                });
                mine.push(row);
            }
        }
        problems.extend(keymap.lint());
        (keymap, problems)
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
mod tests {
    use super::*;

    #[test]
    fn the_default_keys_are_sound() {
        let (keymap, problems) = Keymap::parse(DEFAULT);
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(keymap.lint(), Vec::<String>::new());
    }

    #[test]
    fn every_action_has_a_key() {
        let keymap = Keymap::built_in();
        for action in Action::all() {
            let bound = Mode::ALL.iter().any(|mode| keymap.rows(*mode).iter().any(|row| row.action == Some(action)));
            assert!(bound, "{}", action.name());
        }
    }

    #[test]
    fn essential_verbs_need_neither_ctrl_nor_alt() {
        let keymap = Keymap::built_in();
        for mode in Mode::ALL.into_iter().filter(|mode| !mode.types() && *mode != Mode::Always) {
            for row in keymap.rows(mode) {
                let plain = keymap
                    .rows(mode)
                    .iter()
                    .any(|other| other.action == row.action && other.chord.iter().all(|key| !key.ctrl && !key.alt));
                assert!(plain || row.action == Action::named("external-editor"), "{} {row:?}", mode.name());
            }
        }
    }

    #[test]
    fn a_user_rebinds_and_faults_are_named() {
        let (keymap, problems) = Keymap::with(Some(
            "[[review]]\non = 'x'\nrun = 'skip'\n[[review]]\non = 'z'\nrun = 'acept'\n[[rewiew]]\non='a'\n",
        ));
        assert_eq!(keymap.find(Mode::Review, &[Key::char('x')]), Found::Action(Action::Skip));
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems.iter().any(|p| p.contains("do you mean 'accept'")), "{problems:?}");
    }

    #[test]
    fn hints_follow_the_chord() {
        let keymap = Keymap::built_in();
        let hints = keymap.hints(Mode::Review, &[]);
        assert!(hints.iter().any(|hint| hint.keys == "1-9" && hint.help == "override"));
        let after: Vec<_> = keymap.hints(Mode::Review, &[Key::char('x')]).into_iter().map(|hint| hint.keys).collect();
        assert_eq!(after, ["i", "g", "t", "u", "o"]);
    }
}
