//! What is printed: data to stdout, talk to stderr, hostile characters to neither.

use crate::domain::clean;
pub(super) use crate::domain::number::grouped;
use std::io::{self, IsTerminal as _, Write as _};

/// Where and how to print.
#[derive(Debug, Clone, Copy)]
pub(super) struct Output {
    pub json: bool,
    pub quiet: bool,
    pub color: bool,
}

impl Output {
    #[must_use]
    pub(super) fn new(json: bool, quiet: bool, no_color: bool) -> Self {
        let wanted = !no_color && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
        Self { json, quiet, color: wanted && io::stderr().is_terminal() }
    }

    /// A line of data for people, cleaned.
    ///
    /// # Errors
    /// The reader is gone (a closed pipe), or the disk is full.
    #[expect(clippy::unused_self, reason = "data goes to stdout whatever the options; callers hold an Output")]
    pub(super) fn line(self, text: &str) -> io::Result<()> {
        writeln!(io::stdout().lock(), "{}", clean::shown(text))
    }

    /// Text of our own, as it stands.
    ///
    /// # Errors
    /// As for [`Output::line`].
    #[expect(clippy::unused_self, reason = "as for line")]
    pub(super) fn raw(self, text: &str) -> io::Result<()> {
        io::stdout().lock().write_all(text.as_bytes())
    }

    /// An object as one line of JSON: the same data, with what a terminal might obey written as `\u` escapes.
    ///
    /// # Errors
    /// As for [`Output::line`].
    #[expect(clippy::unused_self, reason = "as for line")]
    pub(super) fn object(self, value: &serde_json::Value) -> io::Result<()> {
        writeln!(io::stdout().lock(), "{}", escaped(&value.to_string()))
    }

    /// Talk: on stderr, unless quiet.
    pub(super) fn say(self, text: &str) {
        if !self.quiet {
            warn(text);
        }
    }

    /// A problem: on stderr, always.
    pub(super) fn problem(self, text: &str) {
        let mark = if self.color { "\u{1b}[31merror:\u{1b}[0m" } else { "error:" };
        let _ = writeln!(io::stderr().lock(), "{mark} {}", multiline(text));
    }

    /// A warning: on stderr, always.
    pub(super) fn warning(self, text: &str) {
        let mark = if self.color { "\u{1b}[33mwarning:\u{1b}[0m" } else { "warning:" };
        let _ = writeln!(io::stderr().lock(), "{mark} {}", multiline(text));
    }
}

/// JSON escapes C0 alone; C1 controls and direction overrides stand only inside strings, where an escape is as good.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if clean::is_hostile(c) {
            out.extend(
                c.encode_utf16(&mut [0; 2])
                    .iter()
                    .flat_map(|unit| format!("\\u{unit:04x}").into_bytes())
                    .map(char::from),
            );
        } else {
            out.push(c);
        }
    }
    out
}

/// Nobody can be told that stderr is closed.
fn warn(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", multiline(text));
}

fn multiline(text: &str) -> String {
    text.split('\n').map(clean::shown).collect::<Vec<_>>().join("\n")
}

/// A count with its noun: `1 tuple`, `2,000 tuples`.
#[must_use]
pub(super) fn counted(n: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(n), if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_keeps_the_data_and_disarms_it() {
        let hostile = serde_json::json!({ "text": "a\u{1b}[2J\u{9b}2J\u{202e}b\u{e0001}" });
        let line = escaped(&hostile.to_string());
        assert!(!line.chars().any(clean::is_hostile), "{line}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&line).unwrap(), hostile);
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(counted(1, "tuple"), "1 tuple");
        assert_eq!(counted(1_234_567, "tuple"), "1,234,567 tuples");
    }
}
