//! What things look like, by meaning: tokens, the four built-in themes, and styles written as words.

use ratatui::style::{Color, Modifier, Style};
use std::collections::BTreeMap;

/// What a piece of the screen means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    Text,
    Muted,
    Title,
    Brand,
    Border,
    Key,
    Accent,
    Selected,
    Cursor,
    Head,
    Tail,
    Relation,
    Good,
    Bad,
    Warn,
    Star,
    Gauge,
    Track,
    New,
    Gone,
}

impl Token {
    pub const ALL: [Self; 20] = [
        Self::Text,
        Self::Muted,
        Self::Title,
        Self::Brand,
        Self::Border,
        Self::Key,
        Self::Accent,
        Self::Selected,
        Self::Cursor,
        Self::Head,
        Self::Tail,
        Self::Relation,
        Self::Good,
        Self::Bad,
        Self::Warn,
        Self::Star,
        Self::Gauge,
        Self::Track,
        Self::New,
        Self::Gone,
    ];

    /// Its name in a theme file. A name falls back to what stands before its last dot, then to `text`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Muted => "muted",
            Self::Title => "title",
            Self::Brand => "brand",
            Self::Border => "border",
            Self::Key => "key",
            Self::Accent => "accent",
            Self::Selected => "selected",
            Self::Cursor => "cursor",
            Self::Head => "entity.head",
            Self::Tail => "entity.tail",
            Self::Relation => "relation",
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Warn => "warn",
            Self::Star => "star",
            Self::Gauge => "gauge",
            Self::Track => "gauge.track",
            Self::New => "diff.new",
            Self::Gone => "diff.gone",
        }
    }
}

/// The built-in themes by name, in the order in which one key goes through them.
pub const BUILT_IN: [(&str, &str); 4] = [
    ("dark", include_str!("../../assets/themes/dark.toml")),
    ("light", include_str!("../../assets/themes/light.toml")),
    ("contrast", include_str!("../../assets/themes/contrast.toml")),
    ("mono", include_str!("../../assets/themes/mono.toml")),
];

/// A style for every token.
#[derive(Debug, Clone, PartialEq)]
pub struct Theme {
    pub name: String,
    styles: [Style; Token::ALL.len()],
}

impl Theme {
    /// A built-in theme; `dark` if there is none of that name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let (name, text) = BUILT_IN.into_iter().find(|(known, _)| *known == name).unwrap_or(BUILT_IN[0]);
        Self::parse(name, text).0
    }

    /// The built-in theme after this one.
    #[must_use]
    pub fn next(&self) -> Self {
        let at = BUILT_IN.iter().position(|(name, _)| *name == self.name).map_or(0, |at| at + 1);
        Self::named(BUILT_IN[at % BUILT_IN.len()].0)
    }

    /// A theme from its file, and what is wrong with the file: faults are left out, never fatal.
    #[must_use]
    pub fn parse(name: &str, text: &str) -> (Self, Vec<String>) {
        let mut problems = Vec::new();
        let words: BTreeMap<String, String> = toml::from_str(text).unwrap_or_else(|error| {
            problems.push(format!("theme {name}: {}", error.message()));
            BTreeMap::new()
        });
        let mut parsed: BTreeMap<&str, Style> = BTreeMap::new();
        for (token, words) in &words {
            match style(words) {
                Ok(style) => drop(parsed.insert(token, style)),
                Err(word) => problems.push(format!("theme {name}: \"{token}\" has the unknown word '{word}'")),
            }
            let known = Token::ALL.iter().any(|t| t.name() == token || t.name().starts_with(&format!("{token}.")));
            if !known {
                problems.push(format!("theme {name}: there is no token \"{token}\""));
            }
        }
        let find = |token: Token| {
            let name = token.name();
            let broad = name.rsplit_once('.').map_or("text", |(broad, _)| broad);
            [name, broad, "text"].into_iter().find_map(|name| parsed.get(name).copied()).unwrap_or_default()
        };
        (Self { name: name.to_owned(), styles: Token::ALL.map(find) }, problems)
    }

    #[must_use]
    pub fn of(&self, token: Token) -> Style {
        self.styles[token as usize]
    }
}

/// `bold cyan underline on black` as a style.
fn style(words: &str) -> Result<Style, String> {
    let mut style = Style::default();
    let mut background = false;
    for word in words.split_whitespace() {
        if word == "on" {
            background = true;
        } else if let Some(modifier) = modifier(word) {
            style = style.add_modifier(modifier);
        } else {
            let colour = colour(word).ok_or_else(|| word.to_owned())?;
            style = if background { style.bg(colour) } else { style.fg(colour) };
        }
    }
    Ok(style)
}

fn modifier(word: &str) -> Option<Modifier> {
    Some(match word {
        "bold" => Modifier::BOLD,
        "dim" => Modifier::DIM,
        "italic" => Modifier::ITALIC,
        "underline" => Modifier::UNDERLINED,
        "reverse" => Modifier::REVERSED,
        "strike" => Modifier::CROSSED_OUT,
        _ => return None,
    })
}

fn colour(word: &str) -> Option<Color> {
    Some(match word {
        "black" => Color::Black,
        "red" => Color::Red,
        "green" => Color::Green,
        "yellow" => Color::Yellow,
        "blue" => Color::Blue,
        "magenta" => Color::Magenta,
        "cyan" => Color::Cyan,
        "white" => Color::Gray,
        "bright-black" => Color::DarkGray,
        "bright-red" => Color::LightRed,
        "bright-green" => Color::LightGreen,
        "bright-yellow" => Color::LightYellow,
        "bright-blue" => Color::LightBlue,
        "bright-magenta" => Color::LightMagenta,
        "bright-cyan" => Color::LightCyan,
        "bright-white" => Color::White,
        // 256 and true colour, for those who ask for them.
        other => return other.parse().ok().filter(|_| other.starts_with('#') || other.parse::<u8>().is_ok()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_themes_are_sound() {
        for (name, text) in BUILT_IN {
            let (theme, problems) = Theme::parse(name, text);
            assert_eq!(problems, Vec::<String>::new());
            for end in [Token::Head, Token::Tail] {
                assert!(theme.of(end).add_modifier.contains(Modifier::UNDERLINED), "{name}");
            }
            assert_ne!(theme.of(Token::Head), theme.of(Token::Tail), "{name}");
        }
    }

    #[test]
    fn mono_has_no_colour() {
        let mono = Theme::named("mono");
        assert!(Token::ALL.iter().all(|t| mono.of(*t).fg.is_none() && mono.of(*t).bg.is_none()));
    }

    #[test]
    fn faults_are_named_and_left_out() {
        let (theme, problems) =
            Theme::parse("mine", "\"entity\" = \"bold bleu\"\n\"hed\" = \"red\"\n\"good\" = \"#00ff00 on 236\"");
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert_eq!(theme.of(Token::Good).bg, Some(Color::Indexed(236)));
    }
}
