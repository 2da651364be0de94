//! Keys as people write them (`enter`, `ctrl-e`, `U`, `space`): parsed, printed, freed of the keyboard's layout.

use std::fmt;
use std::str::FromStr;

/// Which key, without its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    Char(char),
    Enter,
    Esc,
    Tab,
    Backspace,
    Delete,
    Left,
    Right,
    Up,
    Down,
    Home,
    End,
    PageUp,
    PageDown,
}

/// A key press. `shift` is told only of keys that are no characters: an upper-case letter says it itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    pub code: Code,
    pub ctrl: bool,
    pub alt: bool,
    pub shift: bool,
}

const NAMES: [(Code, &str); 13] = [
    (Code::Enter, "enter"),
    (Code::Esc, "esc"),
    (Code::Tab, "tab"),
    (Code::Backspace, "backspace"),
    (Code::Delete, "del"),
    (Code::Left, "left"),
    (Code::Right, "right"),
    (Code::Up, "up"),
    (Code::Down, "down"),
    (Code::Home, "home"),
    (Code::End, "end"),
    (Code::PageUp, "pgup"),
    (Code::PageDown, "pgdn"),
];

/// What the same physical keys produce under Latin, Cyrillic and Greek layouts.
const LAYOUTS: [(&str, &str); 2] = [
    ("qwertyuiop[]asdfghjkl;'zxcvbnm,.", "йцукенгшщзхъфывапролджэячсмитьбю"),
    ("ertyuiopasdfghjklzxcvbnm", "ερτυθιοπασδφγηξκλζχψωβνμ"),
];

impl Key {
    #[must_use]
    pub fn plain(code: Code) -> Self {
        Self { code, ctrl: false, alt: false, shift: false }
    }

    #[must_use]
    pub fn char(c: char) -> Self {
        Self::plain(Code::Char(c))
    }

    /// The character it types into a text, if it types one.
    #[must_use]
    pub fn typed(self) -> Option<char> {
        match self.code {
            Code::Char(c) if !self.ctrl && !self.alt => Some(c),
            Code::Char(_)
            | Code::Enter
            | Code::Esc
            | Code::Tab
            | Code::Backspace
            | Code::Delete
            | Code::Left
            | Code::Right
            | Code::Up
            | Code::Down
            | Code::Home
            | Code::End
            | Code::PageUp
            | Code::PageDown => None,
        }
    }

    /// The key that stands in the same place on a Latin keyboard; only for commands, never for text.
    #[must_use]
    pub fn latin(self) -> Self {
        let Code::Char(c) = self.code else { return self };
        let lower = c.to_lowercase().next().unwrap_or(c);
        for (latin, other) in LAYOUTS {
            let place = other.chars().position(|o| o == lower);
            if let Some(found) = place.and_then(|at| latin.chars().nth(at)) {
                let found = if c.is_uppercase() { found.to_ascii_uppercase() } else { found };
                return Self { code: Code::Char(found), ..self };
            }
        }
        self
    }
}

impl FromStr for Key {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut key = Self::char(' ');
        let mut rest = text;
        loop {
            // "-" and "ctrl--" name the minus key itself.
            match rest.split_once('-').filter(|(_, after)| !after.is_empty()) {
                Some(("ctrl", after)) => (key.ctrl, rest) = (true, after),
                Some(("alt", after)) => (key.alt, rest) = (true, after),
                Some(("shift", after)) => (key.shift, rest) = (true, after),
                Some(_) | None => break,
            }
        }
        let named = NAMES.iter().find(|(_, name)| *name == rest).map(|(code, _)| *code);
        let mut chars = rest.chars();
        key.code = match (named, chars.next(), chars.next()) {
            (Some(code), _, _) => code,
            (None, Some(c), None) => Code::Char(c),
            (None, _, _) if rest == "space" => Code::Char(' '),
            (None, _, _) => return Err(format!("'{text}' is no key; write a character, or such as enter, ctrl-e")),
        };
        if key.shift && matches!(key.code, Code::Char(_)) {
            return Err(format!("'{text}': write the character that shift makes, such as U"));
        }
        Ok(key)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, name) in [(self.ctrl, "ctrl-"), (self.alt, "alt-"), (self.shift, "shift-")] {
            if held {
                f.write_str(name)?;
            }
        }
        if let Code::Char(c) = self.code {
            return if c == ' ' { f.write_str("space") } else { write!(f, "{c}") };
        }
        let name = NAMES.iter().find(|(code, _)| *code == self.code).map_or("?", |(_, name)| name);
        f.write_str(name)
    }
}

/// A chord: keys with spaces between, as in `x i`.
///
/// # Errors
/// The first part that is no key.
pub fn chord(text: &str) -> Result<Vec<Key>, String> {
    text.split_whitespace().map(str::parse).collect()
}

/// A chord as people write it.
#[must_use]
pub fn spell(chord: &[Key]) -> String {
    chord.iter().map(Key::to_string).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_print_as_they_are_parsed() {
        for text in ["enter", "ctrl-e", "U", "space", "-", "ctrl--", "alt-left", "shift-tab", "?", "é", "pgdn"] {
            assert_eq!(text.parse::<Key>().unwrap().to_string(), text);
        }
        for bad in ["", "entre", "ctrl-", "shift-a", "meta-x"] {
            assert!(bad.parse::<Key>().is_err(), "{bad}");
        }
        assert_eq!(chord("x i").unwrap(), [Key::char('x'), Key::char('i')]);
    }

    #[test]
    fn other_layouts_find_the_latin_key() {
        for (typed, latin) in [('й', 'q'), ('У', 'E'), ('λ', 'l'), ('é', 'é'), ('j', 'j')] {
            assert_eq!(Key::char(typed).latin(), Key::char(latin));
        }
    }
}
