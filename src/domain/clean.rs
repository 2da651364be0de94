//! Generated, pasted or imported text made fit to keep, and marks for what must not reach a terminal.

use unicode_normalization::UnicodeNormalization as _;

/// A sentence as it is kept: NFC, one line, single spaces, no control or invisible characters.
#[must_use]
pub fn sentence(raw: &str) -> String {
    let spaced = |c: char| if c.is_whitespace() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c };
    // Before NFC, not after: what stands between a letter and its accent keeps them apart.
    let kept = raw.chars().map(spaced).filter(|&c| !is_hostile(c) || is_joiner(c));
    // Most text is ASCII, which is composed as it is.
    let composed: String = if raw.is_ascii() { kept.collect() } else { kept.nfc().collect() };
    let mut out = String::with_capacity(composed.len());
    for word in composed.split(' ').filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// What small models wrap around a sentence: quotes around the whole, a list mark, a label.
#[must_use]
pub fn unwrap(text: &str) -> &str {
    const LABELS: [&str; 5] = ["Sentence:", "Output:", "Answer:", "Text:", "Final sentence:"];
    const QUOTES: [(&str, &str); 5] = [("\"", "\""), ("\u{201c}", "\u{201d}"), ("**", "**"), ("*", "*"), ("`", "`")];
    let mut text = text.trim();
    loop {
        let before = text;
        for label in LABELS {
            text = text.strip_prefix(label).unwrap_or(text).trim_start();
        }
        text = text.strip_prefix("- ").unwrap_or(text).trim();
        for (open, close) in QUOTES {
            let inner = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
            if let Some(inner) = inner.filter(|inner| !inner.contains(open) && !inner.contains(close)) {
                text = inner.trim();
            }
        }
        if text == before {
            return text;
        }
    }
}

/// Zero-width joiner and non-joiner, and variation selectors: parts of emoji and of some scripts.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

/// Characters that move the cursor, hide text or change its direction.
#[must_use]
pub fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Text for a screen or a terminal: hostile characters as visible marks (`␛`, `⟨U+202E⟩`).
#[must_use]
pub fn shown(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.chars().any(|c| is_hostile(c) && !is_joiner(c)) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\0'..='\u{1f}' => out.extend(char::from_u32(0x2400 + c as u32)),
            '\u{7f}' => out.push('␡'),
            c if is_hostile(c) && !is_joiner(c) => out.extend(format!("⟨U+{:04X}⟩", c as u32).chars()),
            c => out.push(c),
        }
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_come_out_on_one_clean_line() {
        assert_eq!(sentence("  A\tb\r\nc\u{202e}d\u{200b}e \u{1b}[2Jf"), "A b cde [2Jf");
        assert_eq!(sentence("e\u{301}\u{a0}x"), "é x");
    }

    #[test]
    fn wrappings_of_small_models_go() {
        for raw in ["\"A is B.\"", "Sentence: A is B.", "- A is B.", "**A is B.**", "Output: \"A is B.\""] {
            assert_eq!(unwrap(raw), "A is B.", "{raw}");
        }
        assert_eq!(unwrap("\"Heroes\" is by \"Bowie\""), "\"Heroes\" is by \"Bowie\"");
    }

    proptest::proptest! {
        #[test]
        fn nothing_hostile_is_shown(text in "\\PC{0,20}[\\x00-\\x1f\u{80}-\u{9f}\u{202a}-\u{202e}\u{e0001}]{0,4}\\PC{0,20}") {
            proptest::prop_assert!(shown(&text).chars().all(|c| !is_hostile(c) || is_joiner(c)));
        }

        #[test]
        fn cleaning_twice_changes_nothing(text in "[\\PC\u{200b}\u{301}\u{202e}e]{0,40}") {
            let once = sentence(&text);
            proptest::prop_assert_eq!(sentence(&once), once);
        }
    }
}
