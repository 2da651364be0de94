//! WebNLG XML: entry by entry, its triples and the sentences that people wrote for them.
//!
//! An entry is cut out by its tags and parsed alone, so that one that is broken costs itself. No entity is expanded
//! but the five of XML itself and character references: there is nothing that could grow.

use super::input::{Input, Stream};
use super::line::{LINE_LIMIT, excerpt};
use super::{Item, Row, Sentence, Source};
use crate::domain::{RelationTuple, clean};
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, Event};
use std::collections::VecDeque;
use std::io::{self, BufRead, Read};

pub(super) struct WebNlg {
    reader: Stream,
    /// The line of the next byte, from 1.
    line: u64,
    bytes: u64,
    entry: Entry,
    queue: VecDeque<Item>,
    /// Inside `<!-- -->`, outside of any entry.
    comment: bool,
    /// An end tag of the root was seen.
    closed: bool,
    ended: bool,
}

/// The entry being cut out.
#[derive(Default)]
struct Entry {
    open: bool,
    line: u64,
    text: Vec<u8>,
    too_long: bool,
}

impl WebNlg {
    pub(super) fn open(input: Input) -> Self {
        Self {
            reader: input.stream,
            line: 1,
            bytes: 0,
            entry: Entry::default(),
            queue: VecDeque::new(),
            comment: false,
            closed: false,
            ended: false,
        }
    }

    /// Reads up to the end of the next tag. False at the end of the file.
    fn advance(&mut self) -> io::Result<bool> {
        let mut part = Vec::new();
        // What is longer comes in several parts: a tag cut in two is none.
        let read = self.reader.by_ref().take(1 << 16).read_until(b'>', &mut part)?;
        if read == 0 {
            return Ok(false);
        }
        self.bytes += read as u64;
        let tag = part.iter().rposition(|&b| b == b'<').filter(|_| part.ends_with(b">"));
        let lines_before = |end: usize| part[..end].split(|&b| b == b'\n').count() as u64 - 1;
        let name = tag.map(|at| name(&part[at..]));
        if !self.entry.open && (self.comment || part.windows(4).any(|four| four == b"<!--")) {
            self.comment = !part.ends_with(b"-->");
        } else if name == Some(b"entry") {
            self.give_up("is not closed before the next entry begins");
            let at = tag.unwrap_or_default();
            self.entry = Entry { open: true, line: self.line + lines_before(at), ..Entry::default() };
            self.entry.push(&part[at..]);
        } else if self.entry.open {
            self.entry.push(&part);
            if name == Some(b"/entry") {
                self.finish();
            } else if name == Some(b"/entries") || name == Some(b"/benchmark") {
                self.give_up("is not closed before the end of the entries");
                self.closed = true;
            }
        } else if name == Some(b"/benchmark") || name == Some(b"/entries") {
            self.closed = true;
        }
        self.line += lines_before(part.len());
        Ok(true)
    }

    fn give_up(&mut self, reason: &str) {
        if std::mem::take(&mut self.entry.open) {
            self.queue.push_back(Item::problem(self.entry.line, reason.to_owned(), excerpt(&self.entry.text)));
        }
    }

    fn finish(&mut self) {
        if self.entry.too_long {
            return self.give_up("is longer than 4 MiB; it was skipped");
        }
        self.entry.open = false;
        let Entry { line, text, .. } = &self.entry;
        let shown = || excerpt(text);
        let parsed = std::str::from_utf8(text)
            .map_err(|e| format!("is not UTF-8 (byte {} of the entry)", e.valid_up_to() + 1))
            .and_then(|text| Parsed::of(text).map(|parsed| (parsed, text)));
        match parsed {
            Err(reason) => self.queue.push_back(Item::problem(*line, reason, shown())),
            Ok((parsed, _)) => self.queue.extend(parsed.items(*line)),
        }
    }
}

impl Entry {
    fn push(&mut self, part: &[u8]) {
        if self.text.len() + part.len() > LINE_LIMIT {
            self.too_long = true;
        } else {
            self.text.extend_from_slice(part);
        }
    }
}

/// The name of a tag, with the stroke of an end tag.
fn name(tag: &[u8]) -> &[u8] {
    let inner = tag.strip_prefix(b"<").unwrap_or(tag);
    let end = inner.iter().skip(1).position(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'));
    &inner[..end.map_or(inner.len(), |end| end + 1)]
}

impl Source for WebNlg {
    fn next(&mut self) -> io::Result<Option<Item>> {
        loop {
            if let Some(item) = self.queue.pop_front() {
                return Ok(Some(item));
            }
            if self.ended {
                return Ok(None);
            }
            if self.advance()? {
                continue;
            }
            self.ended = true;
            let cut = self.entry.open;
            self.give_up("the file ends inside this entry: it was cut off");
            if !cut && !self.closed {
                let reason = "the file ends without </benchmark>: it was cut off, or is no WebNLG";
                self.queue.push_back(Item::problem(self.line, reason.to_owned(), String::new()));
            }
        }
    }

    fn position(&self) -> (u64, u64) {
        (self.line, self.bytes)
    }
}

/// What an entry says.
#[derive(Default)]
struct Parsed {
    /// `S | p | O` with the line in the entry, from 0.
    modified: Vec<(u64, String)>,
    /// Of the first `originaltripleset`: read where there is no modified one.
    original: Vec<(u64, String)>,
    texts: Vec<String>,
}

impl Parsed {
    fn of(entry: &str) -> Result<Self, String> {
        let mut reader = Reader::from_str(entry);
        let mut parsed = Self::default();
        let mut originals = 0;
        // The text of the innermost element that is asked for, and that element.
        let mut text = String::new();
        let mut inside: Option<&'static str> = None;
        let mut begun = 0;
        loop {
            let event = reader.read_event().map_err(|error| format!("is broken XML: {error}"))?;
            match event {
                Event::Start(tag) => {
                    let name = tag.name();
                    let english = || match tag.try_get_attribute("lang") {
                        Ok(Some(lang)) => lang.value.as_ref() == "en",
                        Ok(None) | Err(_) => true,
                    };
                    let wanted = match name.as_ref() {
                        "originaltripleset" => {
                            originals += 1;
                            None
                        }
                        "otriple" if originals == 1 => Some("otriple"),
                        "mtriple" => Some("mtriple"),
                        "lex" if english() => Some("lex"),
                        // The enriched releases put the sentence beside its template.
                        "text" if inside == Some("lex") => Some("text"),
                        _ => None,
                    };
                    if wanted.is_some() {
                        inside = wanted;
                        text.clear();
                        begun = entry[..usize::try_from(reader.buffer_position()).unwrap_or(entry.len())]
                            .bytes()
                            .filter(|&b| b == b'\n')
                            .count() as u64;
                    } else if inside == Some("lex") {
                        // An element in a sentence of an enriched release: what counts is its `text`.
                        inside = Some("lex");
                    }
                }
                Event::Text(part) => text.push_str(&part.xml10_content()),
                Event::CData(part) => text.push_str(&part.xml10_content()),
                Event::GeneralRef(reference) => text.push_str(&resolved(&reference)?),
                Event::End(tag) => {
                    if inside.is_some_and(|name| tag.name().as_ref() == name) {
                        match inside {
                            Some("otriple") => parsed.original.push((begun, std::mem::take(&mut text))),
                            Some("mtriple") => parsed.modified.push((begun, std::mem::take(&mut text))),
                            _ => parsed.texts.push(std::mem::take(&mut text)),
                        }
                        inside = None;
                    }
                }
                Event::Eof => return Ok(parsed),
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
    }

    fn items(self, line: u64) -> Vec<Item> {
        let triples = if self.modified.is_empty() { self.original } else { self.modified };
        // A sentence for several facts is none for one of them.
        let alone = triples.len() == 1;
        let texts = if alone { self.texts } else { Vec::new() };
        let sentences: Vec<Sentence> =
            texts.iter().filter_map(|text| Sentence::of(clean::sentence(text)).ok()).flatten().collect();
        let row = |(at, triple): (u64, String)| match tuple(&triple) {
            Ok(tuple) => Item::Row(Row { line: line + at, tuple, sentences: sentences.clone() }),
            Err(reason) => Item::problem(line + at, reason, excerpt(triple.as_bytes())),
        };
        if triples.is_empty() {
            return vec![Item::problem(line, "has no triple".into(), String::new())];
        }
        triples.into_iter().map(row).collect()
    }
}

/// What a reference stands for. Those that a file declares for itself are refused: they may grow without end.
fn resolved(reference: &BytesRef<'_>) -> Result<String, String> {
    match reference.resolve_char_ref() {
        Ok(Some(character)) => return Ok(character.to_string()),
        Ok(None) => {}
        Err(error) => return Err(format!("is broken XML: {error}")),
    }
    let name = reference.xml10_content();
    resolve_predefined_entity(&name)
        .map(str::to_owned)
        .ok_or_else(|| format!("names the entity &{name};, and only those of XML itself are read"))
}

/// `S | p | O`
fn tuple(triple: &str) -> Result<RelationTuple, String> {
    let parts: Vec<&str> = triple.split(" | ").collect();
    let [subject, relation, object] = parts[..] else {
        return Err(format!("has {} parts between ' | ' where 3 are expected", parts.len()));
    };
    RelationTuple::new(subject, None, relation, object, None).map_err(|e| e.to_string())
}
