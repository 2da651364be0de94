//! Sentences cut into tokens, such that an entity begins and ends with one: what formats with token indices are made of.

use super::record::{End, Record};
use crate::domain::mention::mentions;
use crate::domain::{Entity, Span};
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation as _;

/// A row's sentence as tokens, with the tokens that name head and tail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tokens {
    pub(super) words: Vec<String>,
    pub(super) head: Place,
    pub(super) tail: Place,
}

/// Where an entity is named: tokens, the end exclusive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The mention that the row is about.
    pub(super) at: Range<usize>,
    /// Others of the same entity, from left to right.
    pub(super) others: Vec<Range<usize>>,
}

impl Place {
    /// All of them, the row's own first.
    pub(super) fn all(&self) -> impl Iterator<Item = &Range<usize>> {
        std::iter::once(&self.at).chain(&self.others)
    }
}

impl Tokens {
    /// `None` if the sentence does not name both, or names one inside the other: there are no tokens to point to.
    pub(super) fn of(record: &Record) -> Option<Self> {
        let sentence = &record.sentence;
        let bytes: Vec<usize> = sentence.char_indices().map(|(at, _)| at).chain([sentence.len()]).collect();
        let span = |end: &End| {
            let (start, end) = (*bytes.get(end.start?)?, *bytes.get(end.end?)?);
            Some(Span { start, end }).filter(|span| !span.of(sentence).trim().is_empty())
        };
        let (head, tail) = (span(&record.head)?, span(&record.tail)?);
        if head.overlaps(tail) && head != tail {
            return None;
        }
        let others = |end: &End| {
            let entity = Entity { name: end.name.clone(), kind: None };
            let all = mentions(sentence, &entity).into_iter().map(|mention| mention.span);
            all.filter(|span| !span.overlaps(head) && !span.overlaps(tail)).collect::<Vec<_>>()
        };
        let (heads, mut tails) = (others(&record.head), others(&record.tail));
        // What may name either is left to the head.
        tails.retain(|tail| !heads.iter().any(|head| head.overlaps(*tail)));
        let mut cuts: Vec<usize> =
            [head, tail].iter().chain(&heads).chain(&tails).flat_map(|s| [s.start, s.end]).collect();
        cuts.sort_unstable();
        let spans = cut(sentence, &cuts);
        let place = |span: Span| {
            let first = spans.partition_point(|token| token.end <= span.start);
            first..spans.partition_point(|token| token.start < span.end)
        };
        let places = |at, others: Vec<Span>| Place { at: place(at), others: others.into_iter().map(place).collect() };
        Some(Self {
            words: spans.iter().map(|span| span.of(sentence).to_owned()).collect(),
            head: places(head, heads),
            tail: places(tail, tails),
        })
    }

    /// `(` as `-LRB-`, and so on, as the Penn Treebank and the original TACRED write brackets.
    pub(super) fn escape_brackets(&mut self) {
        const NAMES: [(&str, &str); 6] =
            [("(", "-LRB-"), (")", "-RRB-"), ("[", "-LSB-"), ("]", "-RSB-"), ("{", "-LCB-"), ("}", "-RCB-")];
        for word in &mut self.words {
            if let Some((_, name)) = NAMES.iter().find(|(bracket, _)| bracket == word) {
                *word = (*name).to_owned();
            }
        }
    }
}

/// What stands behind the apostrophe of `Peru's` and the like.
const CLITICS: [&str; 7] = ["s", "re", "ve", "ll", "d", "m", "t"];

/// True if a letter stands right before: an apostrophe there opens no quote.
fn cut_off(sentence: &str, at: usize) -> bool {
    sentence.get(..at).is_some_and(|before| before.ends_with(char::is_alphanumeric))
}

/// Tokens: words with what joins their parts (`King's`, `four-lane`, `3.5`), punctuation by itself, and a new token at
/// each of the sorted `cuts`.
fn cut(sentence: &str, cuts: &[usize]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut at = 0;
    for end in cuts.iter().copied().chain([sentence.len()]) {
        let Some(part) = sentence.get(at..end) else { continue };
        // Between two cuts nothing joins with what is outside.
        let mut fresh = true;
        let bounds: Vec<(usize, &str)> = part.split_word_bound_indices().collect();
        for (i, &(start, text)) in bounds.iter().enumerate() {
            if text.trim().is_empty() {
                fresh = true;
                continue;
            }
            let span = Span { start: at + start, end: at + start + text.len() };
            let letters = |text: &str| text.chars().next_back().is_some_and(char::is_alphanumeric);
            let hyphen = |text: &str| text == "-" || text == "\u{2010}" || text == "\u{2011}";
            let joins = match spans.last_mut() {
                Some(last) if !fresh => {
                    let before = last.of(sentence);
                    let next_is_word =
                        bounds.get(i + 1).is_some_and(|(_, next)| next.starts_with(char::is_alphanumeric));
                    let clitic = matches!(before, "'" | "\u{2019}") && CLITICS.contains(&text);
                    let joined = clitic && cut_off(sentence, last.start)
                        || hyphen(text) && letters(before) && next_is_word
                        || letters(text)
                            && before.chars().count() > 1
                            && before.ends_with(['-', '\u{2010}', '\u{2011}']);
                    if joined {
                        last.end = span.end;
                    }
                    joined
                }
                _ => false,
            };
            if !joins {
                spans.push(span);
            }
            fresh = false;
        }
        at = end;
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::super::record::characters;
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str, cuts: &[usize]) -> Vec<String> {
        cut(text, cuts).into_iter().map(|span| span.of(text).to_owned()).collect()
    }

    #[test]
    fn words_and_punctuation_are_tokens() {
        assert_eq!(
            words("King's four-lane road (A-4) cost $3.5m, e.g. \u{201c}a lot\u{201d}!", &[]),
            [
                "King's",
                "four-lane",
                "road",
                "(",
                "A-4",
                ")",
                "cost",
                "$",
                "3.5m",
                ",",
                "e.g",
                ".",
                "\u{201c}",
                "a",
                "lot",
                "\u{201d}",
                "!"
            ]
        );
        assert_eq!(words("Peru's - or Lima's.", &[0, 4]), ["Peru", "'s", "-", "or", "Lima's", "."]);
    }

    /// A record whose head is the first, whose tail is the second.
    fn record(sentence: &str, head: (&str, Span), tail: (&str, Span)) -> Record {
        let end = |(name, span): (&str, Span)| {
            let (start, end) = characters(sentence, span);
            End {
                name: name.to_owned(),
                kind: None,
                text: Some(span.of(sentence).to_owned()),
                start: Some(start),
                end: Some(end),
            }
        };
        Record { sentence: sentence.to_owned(), head: end(head), tail: end(tail), ..Record::default() }
    }

    #[test]
    fn the_mention_of_the_row_comes_first_and_others_follow() {
        let text = "Lima is near Lima; Peru's Lima.";
        let last = Span { start: 26, end: 30 };
        let tokens = Tokens::of(&record(text, ("Lima", last), ("Peru", Span { start: 19, end: 23 }))).unwrap();
        let place: Vec<_> = tokens.head.all().map(|range| tokens.words[range.clone()].join(" ")).collect();
        assert_eq!(place, ["Lima"; 3]);
        assert_eq!((tokens.head.at.clone(), tokens.head.others), (7..8, vec![0..1, 3..4]));
        assert_eq!((tokens.words[tokens.tail.at.clone()].join(" "), tokens.tail.others), ("Peru".to_owned(), vec![]));
        let inside = Tokens::of(&record(text, ("Lima", last), ("Lim", Span { start: 26, end: 29 })));
        assert_eq!(inside, None);
    }

    proptest! {
        #[test]
        fn tokens_are_the_sentence_and_entities_are_whole_tokens(
            before in "\\PC{0,12}", head in "\\PC{1,8}", between in "[\\PC ]{1,8}", tail in "\\PC{1,8}", after in "\\PC{0,8}",
        ) {
            let sentence = format!("{before}{head}{between}{tail}{after}");
            let head = Span { start: before.len(), end: before.len() + head.len() };
            let start = head.end + between.len();
            let tail = Span { start, end: start + tail.len() };
            let record = record(&sentence, (head.of(&sentence), head), (tail.of(&sentence), tail));
            let Some(tokens) = Tokens::of(&record) else { return Ok(()) };
            let plain = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(plain(&tokens.words.concat()), plain(&sentence));
            prop_assert!(tokens.words.iter().all(|word| !word.trim().is_empty()));
            for (place, span) in [(&tokens.head, head), (&tokens.tail, tail)] {
                let said = tokens.words[place.at.clone()].concat();
                prop_assert_eq!(plain(&said), plain(span.of(&sentence)));
            }
        }
    }
}
