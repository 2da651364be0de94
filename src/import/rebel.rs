//! REBEL: one JSON object a line, a text with the facts in it; the sentence that names both ends comes with each.

use super::input::{Input, Stream};
use super::line::{Line, Lines, excerpt};
use super::{Item, Row, Sentence, Source};
use crate::domain::{RelationTuple, clean};
use serde::Deserialize;
use serde_json::Value;
use std::collections::VecDeque;
use std::io;
use unicode_segmentation::UnicodeSegmentation as _;

pub(super) struct Rebel {
    lines: Lines<Stream>,
    /// Facts of the line read last.
    queue: VecDeque<Item>,
}

#[derive(Deserialize)]
struct Document {
    text: String,
    triples: Vec<Value>,
}

#[derive(Deserialize)]
struct Fact {
    subject: Part,
    predicate: Part,
    object: Part,
}

#[derive(Deserialize)]
struct Part {
    surfaceform: String,
    /// Characters of the text, the end exclusive.
    boundaries: Option<(usize, usize)>,
}

impl Rebel {
    pub(super) fn open(input: Input) -> Self {
        Self { lines: Lines::new(input.stream), queue: VecDeque::new() }
    }
}

impl Source for Rebel {
    fn next(&mut self) -> io::Result<Option<Item>> {
        loop {
            if let Some(item) = self.queue.pop_front() {
                return Ok(Some(item));
            }
            let (line, whole) = match self.lines.next()? {
                None => return Ok(None),
                Some(Line::Whole(line)) if line.trim_ascii().is_empty() => continue,
                Some(Line::Whole(line)) => (line, true),
                Some(Line::TooLong(start)) => (start, false),
            };
            let number = self.lines.number;
            let document =
                if whole { super::json::<Document>(&line) } else { Err("is longer than 4 MiB; it was skipped".into()) };
            match document {
                Err(reason) => self.queue.push_back(Item::problem(number, reason, excerpt(&line))),
                Ok(Document { text, triples }) => {
                    for triple in triples {
                        let shown = || excerpt(triple.to_string().as_bytes());
                        let item = row(number, &text, &triple).unwrap_or_else(|r| Item::problem(number, r, shown()));
                        self.queue.push_back(item);
                    }
                }
            }
            self.lines.recycle(line);
        }
    }

    fn position(&self) -> (u64, u64) {
        (self.lines.number, self.lines.bytes)
    }
}

fn row(line: u64, text: &str, triple: &Value) -> Result<Item, String> {
    let Fact { subject, predicate, object } =
        Fact::deserialize(triple).map_err(|error| format!("has a triple that is none: {error}"))?;
    let tuple = RelationTuple::new(&subject.surfaceform, None, &predicate.surfaceform, &object.surfaceform, None)
        .map_err(|e| e.to_string())?;
    let sentences = match (subject.boundaries, object.boundaries) {
        (Some(subject), Some(object)) => {
            let said = around(text, subject.0.min(object.0), subject.1.max(object.1));
            // Ends pages apart are no sentence; the fact is one all the same.
            said.and_then(|said| Sentence::of(clean::sentence(said)).ok()).unwrap_or_default()
        }
        _ => Vec::new(),
    };
    Ok(Item::Row(Row { line, tuple, sentences }))
}

/// The sentence, or the few in a row, that hold the characters from `start` to `end`.
fn around(text: &str, start: usize, end: usize) -> Option<&str> {
    let byte = |character: usize| text.char_indices().map(|(at, _)| at).chain([text.len()]).nth(character);
    let (start, end) = (byte(start)?, byte(end)?);
    let (mut from, mut to) = (0, text.len());
    for (at, sentence) in text.split_sentence_bound_indices() {
        if at <= start {
            from = at;
        }
        if at + sentence.len() >= end {
            to = at + sentence.len();
            break;
        }
    }
    text.get(from..to)
}

#[cfg(test)]
mod tests {
    use super::around;

    #[test]
    fn a_fact_comes_with_the_sentence_around_its_ends() {
        let text = "It is old. Émile Zola wrote Germinal in Paris. He died.";
        assert_eq!(around(text, 11, 36), Some("Émile Zola wrote Germinal in Paris. "));
        assert_eq!(around(text, 0, 20), Some("It is old. Émile Zola wrote Germinal in Paris. "));
        assert_eq!(around(text, 47, 54), Some("He died."));
        assert_eq!(around(text, 47, 540), None);
    }
}
