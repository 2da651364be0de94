//! Where a sentence names an entity: spans found exactly, then folded, then in other written forms.

mod forms;

use forms::{other_forms, shorter};

use super::tuple::Entity;
use std::cell::LazyCell;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation as _;

/// Bytes `start..end` of a sentence, both on grapheme boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The text it covers; empty if it does not fit the sentence.
    #[must_use]
    pub fn of(self, sentence: &str) -> &str {
        sentence.get(self.start..self.end).unwrap_or_default()
    }
}

/// How sure a mention is, from the surest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    /// The name letter for letter.
    Exact,
    /// The name without the parenthesis that tells namesakes apart.
    Surface,
    /// Another written form of the same: a date spelled out, a number with separators.
    Form,
    /// The name but for case, accents, dashes and quotes.
    Folded,
    /// The name but for what stands between its words ("post hardcore" for "Post-hardcore").
    Loose,
    /// What people call it for short: "Antioch" for "Antioch, California", "English" for "English language".
    Short,
}

/// One place where an entity is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mention {
    pub span: Span,
    pub how: Match,
}

/// Where the two ends of a tuple are named, without overlap; each `None` if it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pair {
    pub head: Option<Mention>,
    pub tail: Option<Mention>,
}

impl Default for Mention {
    fn default() -> Self {
        Self { span: Span { start: 0, end: 0 }, how: Match::Exact }
    }
}

/// Letters and digits that a name must have to be found loosely.
const LOOSE: usize = 4;

/// All mentions of an entity by the surest way that finds any, from left to right.
#[must_use]
pub fn mentions(sentence: &str, entity: &Entity) -> Vec<Mention> {
    // Most names stand letter for letter, and then nothing is folded.
    let folded = LazyCell::new(|| Folded::of(sentence));
    let surface = entity.surface();
    let exact = |needle: &str, how| {
        let found = exact_spans(sentence, needle);
        found.into_iter().map(|span| Mention { span, how }).collect::<Vec<_>>()
    };
    let mut found = exact(&entity.name, Match::Exact);
    if found.is_empty() && surface != entity.name {
        found = exact(surface, Match::Surface);
    }
    let first = |needles: &[&str], find: &dyn Fn(&str) -> Vec<Span>, how| {
        let found = needles.iter().map(|needle| find(needle)).find(|spans| !spans.is_empty()).unwrap_or_default();
        found.into_iter().map(|span| Mention { span, how }).collect::<Vec<_>>()
    };
    if found.is_empty() {
        let forms = other_forms(&entity.name);
        let forms: Vec<&str> = forms.iter().map(String::as_str).collect();
        found = first(&forms, &|form| folded.find(form), Match::Form);
    }
    if found.is_empty() {
        found = first(&[&entity.name, surface], &|name| folded.find(name), Match::Folded);
    }
    if found.is_empty() {
        found = first(&[&entity.name, surface], &|name| folded.find_loosely(name), Match::Loose);
    }
    if found.is_empty() {
        found = first(&shorter(surface), &|name| folded.find_loosely(name), Match::Short);
    }
    found.sort_by_key(|m| m.span);
    found
}

/// The surest way to read both ends out of a sentence without overlap: two mentions if there are two.
#[must_use]
pub fn locate(sentence: &str, head: &Entity, tail: &Entity) -> Pair {
    let (heads, tails) = (mentions(sentence, head), mentions(sentence, tail));
    // "Lima" inside "Lima Province" speaks of the province.
    let part = |m: &Mention, others: &[Mention]| {
        others.iter().any(|o| o.span != m.span && o.span.start <= m.span.start && m.span.end <= o.span.end)
    };
    let own = |these: &[Mention], others: &[Mention]| -> Vec<Mention> {
        these.iter().filter(|m| !part(m, others)).copied().collect()
    };
    let (heads, tails) = (own(&heads, &tails), own(&tails, &heads));
    let apart = heads.iter().flat_map(|h| tails.iter().map(move |t| (h, t))).find(|(h, t)| !h.span.overlaps(t.span));
    match apart {
        Some((&h, &t)) => Pair { head: Some(h), tail: Some(t) },
        // Both names stand only in one place ("New York" inside "New York City"): the longer one is meant.
        None => match (heads.first(), tails.first()) {
            (Some(&h), Some(&t)) if h.span.end - h.span.start > t.span.end - t.span.start => {
                Pair { head: Some(h), tail: None }
            }
            (Some(_), Some(&t)) => Pair { head: None, tail: Some(t) },
            (h, t) => Pair { head: h.copied(), tail: t.copied() },
        },
    }
}

/// Whole-word occurrences, letter for letter.
fn exact_spans(sentence: &str, needle: &str) -> Vec<Span> {
    if needle.is_empty() {
        return Vec::new();
    }
    let spans = sentence.match_indices(needle).map(|(start, found)| Span { start, end: start + found.len() });
    spans.filter(|&span| stands_alone(sentence, span)).collect()
}

/// No letter or digit touches the span from outside, and no combining mark is cut off.
fn stands_alone(sentence: &str, span: Span) -> bool {
    let joins = |outer: Option<char>, inner: Option<char>| {
        outer.is_some_and(is_combining_mark)
            || outer.is_some_and(char::is_alphanumeric) && inner.is_some_and(char::is_alphanumeric)
    };
    let inside = span.of(sentence);
    let before = sentence[..span.start].chars().next_back();
    let after = sentence[span.end..].chars().next();
    let number = |c: Option<char>| c.is_some_and(|c| matches!(c, '.' | ','));
    // "3.5" does not name 3, "1,200" does not name 200.
    let in_number =
        number(before) && decimal_before(sentence, span.start) || number(after) && decimal_after(sentence, span.end);
    !in_number && !joins(before, inside.chars().next()) && !joins(after, inside.chars().next_back())
}

fn decimal_before(sentence: &str, at: usize) -> bool {
    let mut chars = sentence[..at].chars().rev().skip(1);
    chars.next().is_some_and(|c| c.is_ascii_digit()) && sentence[at..].starts_with(|c: char| c.is_ascii_digit())
}

fn decimal_after(sentence: &str, at: usize) -> bool {
    let mut chars = sentence[at..].chars().skip(1);
    chars.next().is_some_and(|c| c.is_ascii_digit()) && sentence[..at].ends_with(|c: char| c.is_ascii_digit())
}

/// A sentence without case, accents and typographic variants, that knows where each letter came from.
struct Folded {
    text: String,
    /// For each byte of `text`, the grapheme of the sentence it came from.
    origin: Vec<Span>,
    length: usize,
}

impl Folded {
    fn of(sentence: &str) -> Self {
        let mut text = String::with_capacity(sentence.len());
        let mut origin = Vec::with_capacity(sentence.len());
        for (start, grapheme) in sentence.grapheme_indices(true) {
            let folded = fold(grapheme);
            let span = Span { start, end: start + grapheme.len() };
            origin.extend(std::iter::repeat_n(span, folded.len()));
            text.push_str(&folded);
        }
        Self { text, origin, length: sentence.len() }
    }

    fn find(&self, name: &str) -> Vec<Span> {
        let needle = fold(name);
        exact_spans(&self.text, needle.trim()).into_iter().map(|span| self.back(span)).collect()
    }

    /// Occurrences that differ in what stands between letters, but begin and end where words do.
    fn find_loosely(&self, name: &str) -> Vec<Span> {
        let (needle, _) = squeezed(&fold(name));
        // "N.Y." would be found in too much.
        if needle.len() < LOOSE {
            return self.find(name);
        }
        let (text, places) = squeezed(&self.text);
        let place = |at: usize| places.get(at).copied().unwrap_or(self.text.len());
        let spans = text.match_indices(&needle).map(|(start, found)| {
            let last = place(start + found.len() - 1);
            let width = self.text[last..].chars().next().map_or(0, char::len_utf8);
            Span { start: place(start), end: last + width }
        });
        spans.filter(|&span| stands_alone(&self.text, span)).map(|span| self.back(span)).collect()
    }

    /// A place in the sentence, from one in the folded text.
    fn back(&self, found: Span) -> Span {
        Span {
            start: self.origin.get(found.start).map_or(self.length, |o| o.start),
            end: self.origin.get(found.end.saturating_sub(1)).map_or(self.length, |o| o.end),
        }
    }
}

/// Letters and digits, and for each byte its place in the text. Between digits a mark stays: "3.04" is not "304".
fn squeezed(text: &str) -> (String, Vec<usize>) {
    let (mut kept, mut places) = (String::with_capacity(text.len()), Vec::with_capacity(text.len()));
    let mut before = None;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        if c.is_alphanumeric() || digit(before) && digit(chars.peek().map(|(_, next)| *next)) {
            kept.push(c);
            // Bytes inside a character never begin or end a match.
            places.extend(std::iter::repeat_n(at, c.len_utf8()));
        }
        before = Some(c);
    }
    (kept, places)
}

/// Lower case, no combining marks, plain dashes and quotes.
#[must_use]
pub fn fold(text: &str) -> String {
    // Most text is ASCII, where the general way gives the same more slowly.
    if text.is_ascii() {
        return text.to_ascii_lowercase().replace('`', "'");
    }
    let plain = text.nfkd().filter(|&c| !is_combining_mark(c)).flat_map(char::to_lowercase);
    plain
        .map(|c| match c {
            '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
            '\u{2018}' | '\u{2019}' | '\u{201b}' | '`' => '\'',
            '\u{201c}' | '\u{201d}' | '\u{201e}' => '"',
            '\u{a0}' | '\u{202f}' => ' ',
            c => c,
        })
        .collect()
}

#[cfg(test)]
#[path = "mention_tests.rs"]
mod tests;
