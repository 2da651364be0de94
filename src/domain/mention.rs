//! Where a sentence names an entity: spans found exactly, then folded, then in other written forms.

use super::tuple::Entity;
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

/// All mentions of an entity by the surest way that finds any, from left to right.
#[must_use]
pub fn mentions(sentence: &str, entity: &Entity) -> Vec<Mention> {
    let folded = Folded::of(sentence);
    let surface = entity.surface();
    let exact = |needle: &str, how| {
        let found = exact_spans(sentence, needle);
        found.into_iter().map(|span| Mention { span, how }).collect::<Vec<_>>()
    };
    let mut found = exact(&entity.name, Match::Exact);
    if found.is_empty() && surface != entity.name {
        found = exact(surface, Match::Surface);
    }
    if found.is_empty() {
        found = other_forms(&entity.name).iter().flat_map(|form| exact(form, Match::Form)).collect();
    }
    if found.is_empty() {
        let spans = [entity.name.as_str(), surface].into_iter().map(|name| folded.find(name));
        let first = spans.into_iter().find(|spans| !spans.is_empty()).unwrap_or_default();
        found = first.into_iter().map(|span| Mention { span, how: Match::Folded }).collect();
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
        let spans = exact_spans(&self.text, needle.trim()).into_iter();
        let back = |found: Span| Span {
            start: self.origin.get(found.start).map_or(self.length, |o| o.start),
            end: self.origin.get(found.end.saturating_sub(1)).map_or(self.length, |o| o.end),
        };
        spans.map(back).collect()
    }
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

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Other ways to write a date or a number; empty for names.
fn other_forms(name: &str) -> Vec<String> {
    if let Some((year, month, day)) = iso_date(name) {
        let month = MONTHS[month - 1];
        return vec![
            format!("{month} {day}, {year}"),
            format!("{day} {month} {year}"),
            format!("{month} {day} {year}"),
            format!("{day} {month}, {year}"),
        ];
    }
    let Ok(value) = name.parse::<f64>() else { return Vec::new() };
    if !value.is_finite() || !name.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        return Vec::new();
    }
    let (whole, fraction) = name.split_once('.').unwrap_or((name, ""));
    let fraction = fraction.trim_end_matches('0');
    let point = |whole: &str| if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") };
    let mut forms = vec![point(whole), point(&grouped(whole))];
    forms.retain(|form| form != name);
    forms.dedup();
    forms
}

/// `1234567` → `1,234,567`.
fn grouped(whole: &str) -> String {
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut out = String::from(sign);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Year as written, month 1..=12, day 1..=31.
fn iso_date(name: &str) -> Option<(&str, usize, u32)> {
    let mut parts = name.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |part: &str, n| part.len() == n && part.bytes().all(|b| b.is_ascii_digit());
    if parts.next().is_some() || !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
        return None;
    }
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some((year, month, day))
}

#[cfg(test)]
#[path = "mention_tests.rs"]
mod tests;
