//! A line of text being typed: a cursor between graphemes, words, undo; what is put in is made safe first.

use crate::domain::clean;
use crate::tui::action::Typing;
use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation as _};

/// Longest text that can be typed or pasted, in bytes.
pub const LIMIT: usize = 4_000;

/// Changes that can be taken back.
const HISTORY: usize = 200;

/// A text and a cursor in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TextLine {
    text: String,
    /// A byte of `text`, between two graphemes.
    cursor: usize,
    undo: Vec<(String, usize)>,
    redo: Vec<(String, usize)>,
}

impl TextLine {
    /// The cursor stands at the end.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let text = safe(text);
        Self { cursor: text.len(), text, ..Self::default() }
    }

    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    #[must_use]
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// Types or pastes; line breaks become spaces, hostile characters go, what is too long is cut.
    pub fn insert(&mut self, text: &str) {
        let mut text = safe(text);
        let room = LIMIT.saturating_sub(self.text.len());
        if text.len() > room {
            let end = text.grapheme_indices(true).map(|(at, g)| at + g.len()).take_while(|end| *end <= room).last();
            text.truncate(end.unwrap_or(0));
        }
        if !text.is_empty() {
            self.remember();
            self.text.insert_str(self.cursor, &text);
            self.cursor += text.len();
            self.settle();
        }
    }

    /// Replaces the whole; can be undone.
    pub fn set(&mut self, text: &str) {
        let text = safe(text);
        if text != self.text {
            self.remember();
            self.cursor = text.len();
            self.text = text;
        }
    }

    /// Puts the cursor at a byte, or at the next place between graphemes.
    pub fn jump(&mut self, byte: usize) {
        self.cursor = byte.min(self.text.len());
        self.settle();
    }

    /// Moves or deletes. Moves by line and restoring are for who knows the layout and the original.
    pub fn apply(&mut self, typing: Typing) {
        match typing {
            Typing::Left => self.cursor = self.before(),
            Typing::Right => self.cursor = self.after(),
            Typing::WordLeft => self.cursor = self.word_before(),
            Typing::WordRight => self.cursor = self.word_after(),
            Typing::Start => self.cursor = 0,
            Typing::End => self.cursor = self.text.len(),
            Typing::Backspace => self.delete(self.before(), self.cursor),
            Typing::Delete => self.delete(self.cursor, self.after()),
            Typing::DeleteWord => self.delete(self.word_before(), self.cursor),
            Typing::DeleteToStart => self.delete(0, self.cursor),
            Typing::DeleteToEnd => self.delete(self.cursor, self.text.len()),
            Typing::Undo => self.swap(true),
            Typing::Redo => self.swap(false),
            Typing::LineUp | Typing::LineDown | Typing::Restore => {}
        }
    }

    fn delete(&mut self, start: usize, end: usize) {
        if start < end {
            self.remember();
            self.text.replace_range(start..end, "");
            self.cursor = start;
            self.settle();
        }
    }

    fn remember(&mut self) {
        self.redo.clear();
        self.undo.push((self.text.clone(), self.cursor));
        if self.undo.len() > HISTORY {
            self.undo.remove(0);
        }
    }

    fn swap(&mut self, back: bool) {
        let (from, to) = if back { (&mut self.undo, &mut self.redo) } else { (&mut self.redo, &mut self.undo) };
        if let Some((text, cursor)) = from.pop() {
            to.push((std::mem::replace(&mut self.text, text), self.cursor));
            self.cursor = cursor;
        }
    }

    /// Moves the cursor out of a grapheme that an insertion or deletion made around it.
    fn settle(&mut self) {
        let inside = |at: usize, g: &str| at < self.cursor && self.cursor < at + g.len();
        let around = self.text.grapheme_indices(true).find(|(at, g)| inside(*at, g));
        if let Some((at, g)) = around {
            self.cursor = at + g.len();
        }
    }

    fn before(&self) -> usize {
        let mut cursor = GraphemeCursor::new(self.cursor, self.text.len(), true);
        cursor.prev_boundary(&self.text, 0).ok().flatten().unwrap_or(0)
    }

    fn after(&self) -> usize {
        let mut cursor = GraphemeCursor::new(self.cursor, self.text.len(), true);
        cursor.next_boundary(&self.text, 0).ok().flatten().unwrap_or(self.text.len())
    }

    fn word_before(&self) -> usize {
        let words = self.text.unicode_word_indices().map(|(at, _)| at);
        words.take_while(|at| *at < self.cursor).last().unwrap_or(0)
    }

    fn word_after(&self) -> usize {
        let mut words = self.text.unicode_word_indices().map(|(at, word)| at + word.len());
        words.find(|end| *end > self.cursor).unwrap_or(self.text.len())
    }
}

/// One line without hostile characters; spaces stay as they are typed.
fn safe(text: &str) -> String {
    let joiner = |c: char| matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}');
    let chars = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    let mut safe: String = chars.filter(|&c| !clean::is_hostile(c) || joiner(c)).take(LIMIT).collect();
    let end = safe.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= LIMIT).last();
    safe.truncate(end.unwrap_or(0));
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(text: &str, typings: &[Typing]) -> (String, usize) {
        let mut line = TextLine::new(text);
        for typing in typings {
            line.apply(*typing);
        }
        (line.text, line.cursor)
    }

    #[test]
    fn graphemes_are_deleted_whole() {
        assert_eq!(after("a👩‍👩‍👧", &[Typing::Backspace]), ("a".into(), 1));
        assert_eq!(after("e\u{301}x", &[Typing::Start, Typing::Delete]), ("x".into(), 0));
        assert_eq!(after("日本", &[Typing::Left, Typing::Backspace]), ("本".into(), 0));
    }

    #[test]
    fn words_and_undo() {
        assert_eq!(after("Alan M. Turing", &[Typing::DeleteWord]), ("Alan M. ".into(), 8));
        assert_eq!(after("Alan Turing", &[Typing::DeleteWord, Typing::DeleteWord, Typing::Undo]), ("Alan ".into(), 5));
        assert_eq!(after("ab", &[Typing::Backspace, Typing::Undo, Typing::Redo]), ("a".into(), 1));
        assert_eq!(after("one two", &[Typing::Start, Typing::WordRight, Typing::DeleteToEnd]), ("one".into(), 3));
    }

    #[test]
    fn a_paste_is_one_safe_line() {
        let mut line = TextLine::new("");
        line.insert("a\r\nb\u{1b}[2J\u{202e}c");
        assert_eq!(line.text(), "a  b[2Jc");
        line.insert(&"x".repeat(100_000));
        assert_eq!(line.text().len(), LIMIT);
    }

    proptest::proptest! {
        #[test]
        fn the_cursor_always_stands_between_graphemes(
            pieces in proptest::collection::vec("\\PC{0,3}|e\u{301}|👩|\u{200d}|\u{fe0f}|🇩|🇪", 0..8),
            moves in proptest::collection::vec(0usize..8, 0..20),
        ) {
            const TYPINGS: [Typing; 8] = [Typing::Left, Typing::Right, Typing::WordLeft, Typing::WordRight,
                Typing::Backspace, Typing::Delete, Typing::Undo, Typing::DeleteWord];
            let mut line = TextLine::default();
            for (piece, step) in pieces.iter().zip(moves.iter().chain(std::iter::repeat(&0))) {
                line.insert(piece);
                line.apply(TYPINGS[*step]);
                let ends = line.text.grapheme_indices(true).map(|(at, _)| at).chain([line.text.len()]);
                proptest::prop_assert!(ends.into_iter().any(|at| at == line.cursor));
            }
        }
    }
}
