//! RDF: N-Triples line by line and Turtle statement by statement; IRIs become names, literals their text.

use super::input::{Input, Stream};
use super::line::{LINE_LIMIT, Line, Lines, excerpt};
use super::{Item, Row, Source};
use crate::domain::RelationTuple;
use oxttl::TurtleParser;
use oxttl::turtle::LowLevelTurtleParser;
use std::collections::VecDeque;
use std::io;

const BLANK: &str = "is a blank node, which has no name";

/// Bytes of a statement after which the parser is asked now and then, no longer with every line.
const ASKED_EACH_LINE: usize = 16 << 10;

/// N-Triples, and N-Quads without their graph: each line stands for itself.
pub(super) struct NTriples {
    lines: Lines<Stream>,
}

impl NTriples {
    pub(super) fn open(input: Input) -> Self {
        Self { lines: Lines::new(input.stream) }
    }
}

impl Source for NTriples {
    fn next(&mut self) -> io::Result<Option<Item>> {
        loop {
            let (line, whole) = match self.lines.next()? {
                None => return Ok(None),
                Some(Line::Whole(line)) => (line, true),
                Some(Line::TooLong(start)) => (start, false),
            };
            let number = self.lines.number;
            let read = if whole { statement(&line) } else { Err("is longer than 4 MiB; it was skipped".into()) };
            let item = match read {
                Ok(None) => None,
                Ok(Some(tuple)) => Some(Item::Row(Row { line: number, tuple, sentences: Vec::new() })),
                Err(reason) => Some(Item::problem(number, reason, excerpt(&line))),
            };
            self.lines.recycle(line);
            if item.is_some() {
                return Ok(item);
            }
        }
    }

    fn position(&self) -> (u64, u64) {
        (self.lines.number, self.lines.bytes)
    }
}

/// The triple of a line; `None` for a comment or nothing.
fn statement(line: &[u8]) -> Result<Option<RelationTuple>, String> {
    let text = std::str::from_utf8(line).map_err(|e| format!("is not UTF-8 (byte {})", e.valid_up_to() + 1))?;
    let rest = text.trim();
    if rest.is_empty() || rest.starts_with('#') {
        return Ok(None);
    }
    let (subject, rest) = term(rest)?;
    let (predicate, rest) = term(rest)?;
    let (object, mut rest) = term(rest)?;
    if rest.starts_with(['<', '_']) {
        rest = term(rest)?.1;
    }
    let after = rest.strip_prefix('.').ok_or("does not end with a full stop")?.trim_start();
    if !after.is_empty() && !after.starts_with('#') {
        return Err("goes on after its full stop".into());
    }
    let head = match subject {
        Term::Iri(iri) => name_of(&iri),
        Term::Literal(_) => return Err("begins with a literal".into()),
        Term::Blank => return Err(format!("the subject {BLANK}")),
    };
    let Term::Iri(relation) = predicate else { return Err("has a predicate that is no IRI".into()) };
    let tail = match object {
        Term::Iri(iri) => name_of(&iri),
        Term::Literal(value) => value,
        Term::Blank => return Err(format!("the object {BLANK}")),
    };
    RelationTuple::new(&head, None, &name_of(&relation), &tail, None).map(Some).map_err(|e| e.to_string())
}

enum Term {
    Iri(String),
    Literal(String),
    Blank,
}

/// The term that a text begins with, and what follows it.
fn term(text: &str) -> Result<(Term, &str), String> {
    if let Some(rest) = text.strip_prefix('<') {
        let (iri, rest) = rest.split_once('>').ok_or("has an IRI without '>'")?;
        if iri.contains([' ', '<', '"']) {
            return Err("has an IRI without '>'".into());
        }
        return Ok((Term::Iri(unescaped(iri)?), rest.trim_start()));
    }
    if let Some(rest) = text.strip_prefix("_:") {
        let end = rest.find(char::is_whitespace).ok_or("ends within a triple")?;
        return Ok((Term::Blank, rest[end..].trim_start()));
    }
    let Some(rest) = text.strip_prefix('"') else {
        let what =
            if text.is_empty() { "ends within a triple" } else { "has a term that is no IRI, blank node or literal" };
        return Err(what.into());
    };
    let mut escaped = false;
    let end = rest.find(|c| {
        let closes = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        closes
    });
    let end = end.ok_or("has a literal that is not closed")?;
    let value = unescaped(&rest[..end])?;
    let mut rest = &rest[end + 1..];
    if let Some(datatype) = rest.strip_prefix("^^<") {
        rest = datatype.split_once('>').ok_or("has an IRI without '>'")?.1;
    } else if let Some(language) = rest.strip_prefix('@') {
        rest = language.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '-');
    }
    Ok((Term::Literal(value), rest.trim_start()))
}

/// `\t`, `\"`, `\u00e9` and `\U0001F600` as what they stand for.
fn unescaped(text: &str) -> Result<String, String> {
    if !text.contains('\\') {
        return Ok(text.to_owned());
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let kind = after.chars().next().ok_or("ends with an escape")?;
        rest = &after[kind.len_utf8()..];
        out.push(match kind {
            't' => '\t',
            'b' | 'f' => ' ',
            'n' => '\n',
            'r' => '\r',
            '"' | '\'' | '\\' => kind,
            'u' | 'U' => {
                let digits = rest.get(..if kind == 'u' { 4 } else { 8 });
                let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32);
                rest = &rest[digits.map_or(0, str::len)..];
                code.ok_or("has a broken \\u escape")?
            }
            other => return Err(format!("has the unknown escape \\{other}")),
        });
    }
    out.push_str(rest);
    Ok(out)
}

/// An IRI's own name: what follows the namespace, percent signs resolved.
fn name_of(iri: &str) -> String {
    // Names of DBpedia may hold a stroke themselves: `resource/AC/DC`.
    let spaces = ["/resource/", "/ontology/", "/property/", "/entity/"];
    let known = spaces.iter().find_map(|space| iri.split_once(space).map(|(_, name)| name));
    let name = known.filter(|name| !name.is_empty()).unwrap_or_else(|| {
        let whole = iri.trim_end_matches(['/', '#']);
        whole.rsplit(['/', '#']).next().unwrap_or(whole)
    });
    percent_decoded(name)
}

fn percent_decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        if let Some(byte) = digits.filter(|_| first == b'%').and_then(|two| u8::from_str_radix(two, 16).ok()) {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    // What does not decode to text was no encoding.
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// Turtle, by a parser that is fed line by line: what it gives was complete on the line it was fed last.
pub(super) struct Turtle {
    lines: Lines<Stream>,
    parser: LowLevelTurtleParser,
    /// Bytes fed since the parser last gave anything, and since it was last asked.
    fed: usize,
    unasked: usize,
    queue: VecDeque<Item>,
    ended: bool,
}

impl Turtle {
    pub(super) fn open(input: Input) -> Self {
        let lines = Lines::new(input.stream);
        Self { lines, parser: parser(), fed: 0, unasked: 0, queue: VecDeque::new(), ended: false }
    }

    fn feed(&mut self) -> io::Result<()> {
        let line = match self.lines.next()? {
            None => {
                self.parser.end();
                self.ended = true;
                self.drain(b"");
                return Ok(());
            }
            Some(Line::TooLong(start)) => {
                let reason = "is longer than 4 MiB; it was skipped".to_owned();
                self.queue.push_back(Item::problem(self.lines.number, reason, excerpt(&start)));
                return Ok(());
            }
            Some(Line::Whole(line)) => line,
        };
        if let Err(error) = std::str::from_utf8(&line) {
            let reason = format!("is not UTF-8 (byte {})", error.valid_up_to() + 1);
            self.queue.push_back(Item::problem(self.lines.number, reason, excerpt(&line)));
        } else {
            self.parser.extend_from_slice(&line);
            self.parser.extend_from_slice(b"\n");
            self.fed += line.len() + 1;
            self.unasked += line.len() + 1;
            // A token that goes on over many lines is read from its beginning each time.
            if self.fed < ASKED_EACH_LINE || self.unasked * 4 > self.fed {
                self.drain(&line);
            }
        }
        self.lines.recycle(line);
        Ok(())
    }

    /// Takes what the parser has to give.
    fn drain(&mut self, line: &[u8]) {
        let number = self.lines.number;
        self.unasked = 0;
        while let Some(result) = self.parser.parse_next() {
            self.fed = 0;
            let read = match result {
                Ok(triple) => named(&triple),
                Err(error) => Err(error.message().to_owned()),
            };
            self.queue.push_back(match read {
                Ok(tuple) => Item::Row(Row { line: number, tuple, sentences: Vec::new() }),
                Err(reason) => Item::problem(number, reason, excerpt(line)),
            });
        }
        if self.fed > LINE_LIMIT {
            let reason = "a statement is not closed within 4 MiB; it was given up".to_owned();
            self.queue.push_back(Item::problem(number, reason, excerpt(line)));
            self.restart();
        }
    }

    /// Forgets the statement under way; prefixes stay.
    fn restart(&mut self) {
        self.fed = 0;
        let mut fresh = TurtleParser::new();
        if let Some(base) = self.parser.base_iri() {
            // What was a base before is one again.
            fresh = fresh.with_base_iri(base).unwrap_or_else(|_| TurtleParser::new());
        }
        for (name, iri) in self.parser.prefixes() {
            if let Ok(with) = fresh.clone().with_prefix(name, iri) {
                fresh = with;
            }
        }
        self.parser = fresh.low_level();
    }
}

fn parser() -> LowLevelTurtleParser {
    TurtleParser::new().low_level()
}

impl Source for Turtle {
    fn next(&mut self) -> io::Result<Option<Item>> {
        loop {
            if let Some(item) = self.queue.pop_front() {
                return Ok(Some(item));
            }
            if self.ended {
                return Ok(None);
            }
            self.feed()?;
        }
    }

    fn position(&self) -> (u64, u64) {
        (self.lines.number, self.lines.bytes)
    }
}

fn named(triple: &oxrdf::Triple) -> Result<RelationTuple, String> {
    use oxrdf::{NamedOrBlankNode, Term};
    let head = match &triple.subject {
        NamedOrBlankNode::NamedNode(node) => name_of(node.as_str()),
        NamedOrBlankNode::BlankNode(_) => return Err(format!("the subject {BLANK}")),
    };
    let tail = match &triple.object {
        Term::NamedNode(node) => name_of(node.as_str()),
        Term::Literal(literal) => literal.value().to_owned(),
        Term::BlankNode(_) => return Err(format!("the object {BLANK}")),
    };
    RelationTuple::new(&head, None, &name_of(triple.predicate.as_str()), &tail, None).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &str) -> String {
        match statement(line.as_bytes()) {
            Ok(None) => String::new(),
            Ok(Some(t)) => format!("{}|{}|{}", t.head.name, t.relation, t.tail.name),
            Err(reason) => format!("!{reason}"),
        }
    }

    #[test]
    fn n_triples_become_names_and_texts() {
        let dbr = "<http://dbpedia.org/resource/";
        let dbo = "<http://dbpedia.org/ontology/";
        assert_eq!(told(&format!("{dbr}AC/DC> {dbo}bandMember> {dbr}Bon_Scott> . # x")), "AC/DC|bandMember|Bon Scott");
        assert_eq!(
            told(&format!("{dbr}M%C3%A1laga> {dbo}population>\t\"568\\u0030\"^^<http://x#int> <http://graph> .")),
            "Málaga|population|5680"
        );
        assert_eq!(
            told("<http://a/b#Ada> <http://xmlns.com/foaf/0.1/name> \"Ada \\\"L\\\" Byron\"@en-GB."),
            "Ada|name|Ada \"L\" Byron"
        );
        assert_eq!(told("  # nothing"), "");
    }

    #[test]
    fn broken_triples_say_what_is_wrong() {
        assert_eq!(told("<http://a> <http://b> <http://c>"), "!does not end with a full stop");
        assert_eq!(told("<http://a <http://b> <http://c> ."), "!has an IRI without '>'");
        assert_eq!(told("<http://a> <http://b> \"c ."), "!has a literal that is not closed");
        assert_eq!(told("<http://a> <http://b> _:c ."), format!("!the object {BLANK}"));
        assert_eq!(told("<http://a> <http://b>"), "!ends within a triple");
        assert_eq!(told("a b c ."), "!has a term that is no IRI, blank node or literal");
        assert_eq!(told("<http://a> <http://b> \"\\ud800\" ."), "!has a broken \\u escape");
    }
}
