//! Cuts objects out of JSON that is one large array or one object of arrays, without holding more than one of them.
//!
//! The objects asked for hold no objects themselves, so a `{` always begins the next one: what is broken costs itself
//! and no other, however the brackets or quotes in it stand.

use super::line::LINE_LIMIT;
use std::io::{self, BufRead};

/// Bytes kept of what stands between two objects: enough for a key.
const BETWEEN: usize = 600;

/// What stands around the objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Root {
    /// `[{..}, {..}]`, or one object after the other.
    Array,
    /// `{"key": [{..}, {..}], ..}`
    Arrays,
}

/// One object, or what could not be read as one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// On which it begins.
    pub(super) line: u64,
    /// The bytes from `{` to `}`, or why there are none.
    pub(super) what: Result<(), String>,
    /// All of it, or its beginning.
    pub(super) text: Vec<u8>,
}

/// Reads objects one by one.
pub(super) struct Pieces<R> {
    reader: R,
    root: Root,
    /// The line of the next byte, from 1.
    pub(super) line: u64,
    pub(super) bytes: u64,
    /// The key whose array is being read.
    pub(super) key: String,
    state: State,
    /// The object so far.
    text: Vec<u8>,
    begun: u64,
    too_long: bool,
    /// Bytes since the last object, white space left out where it tells nothing.
    between: Vec<u8>,
    /// The first byte of the file that is no white space.
    first: Option<u8>,
    ended: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Between objects. `lost`: a fault was told of, and nothing is until the next object.
    Between {
        string: bool,
        lost: bool,
    },
    /// After a `{` of which is not known yet whether an object begins with it.
    Brace {
        lost: bool,
    },
    Inside {
        string: bool,
        escaped: bool,
        depth: u32,
    },
}

impl<R: BufRead> Pieces<R> {
    pub(super) fn new(reader: R, root: Root) -> Self {
        Self {
            reader,
            root,
            line: 1,
            bytes: 0,
            key: String::new(),
            state: State::Between { string: false, lost: false },
            text: Vec::new(),
            begun: 0,
            too_long: false,
            between: Vec::new(),
            first: None,
            ended: false,
        }
    }

    /// The next object, or `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Piece>> {
        if self.ended {
            return Ok(None);
        }
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                self.ended = true;
                return Ok(self.end());
            }
            let mut used = 0;
            let mut piece = None;
            // The buffer belongs to the reader; what changes meanwhile is all the rest.
            let machine = &mut Machine {
                root: self.root,
                line: &mut self.line,
                key: &mut self.key,
                state: &mut self.state,
                text: &mut self.text,
                begun: &mut self.begun,
                too_long: &mut self.too_long,
                between: &mut self.between,
                first: &mut self.first,
            };
            for &byte in buffer {
                used += 1;
                piece = machine.take(byte);
                if piece.is_some() {
                    break;
                }
            }
            self.reader.consume(used);
            self.bytes += used as u64;
            if piece.is_some() {
                return Ok(piece);
            }
        }
    }

    /// What is to be said at the end of the file.
    fn end(&mut self) -> Option<Piece> {
        let broken =
            |line, text: &[u8], reason: &str| Some(Piece { line, what: Err(reason.to_owned()), text: text.to_vec() });
        match self.state {
            State::Inside { .. } => broken(self.begun, &self.text, "the file ends inside this object: it was cut off"),
            State::Between { lost: true, .. } | State::Brace { .. } => None,
            State::Between { .. } => {
                let last = self.between.iter().rev().find(|b| !b.is_ascii_whitespace());
                let closed = match (self.root, self.first) {
                    (Root::Arrays, _) => last == Some(&b'}'),
                    (Root::Array, Some(b'[')) => last == Some(&b']'),
                    (Root::Array, _) => true,
                };
                if closed {
                    return None;
                }
                broken(self.line, &self.between, "the file ends before its last bracket: it may have been cut off")
            }
        }
    }
}

/// All of [`Pieces`] but the reader.
struct Machine<'p> {
    root: Root,
    line: &'p mut u64,
    key: &'p mut String,
    state: &'p mut State,
    text: &'p mut Vec<u8>,
    begun: &'p mut u64,
    too_long: &'p mut bool,
    between: &'p mut Vec<u8>,
    first: &'p mut Option<u8>,
}

impl Machine<'_> {
    fn take(&mut self, byte: u8) -> Option<Piece> {
        if byte == b'\n' {
            *self.line += 1;
        }
        match *self.state {
            State::Between { string, lost } => self.between(byte, string, lost),
            State::Brace { lost } => self.brace(byte, lost),
            State::Inside { string, escaped, depth } => self.inside(byte, string, escaped, depth),
        }
    }

    fn between(&mut self, byte: u8, string: bool, lost: bool) -> Option<Piece> {
        let at_start = self.first.is_none();
        if at_start && !byte.is_ascii_whitespace() {
            *self.first = Some(byte);
        }
        if byte == b'{' && !(at_start && self.root == Root::Arrays) && (!string || lost) {
            *self.state = State::Brace { lost };
            *self.begun = *self.line;
            return None;
        }
        if self.between.len() >= BETWEEN {
            self.between.drain(..BETWEEN / 2);
        }
        self.between.push(byte);
        let string = if byte == b'"' { !string } else { string && byte != b'\n' };
        *self.state = State::Between { string, lost };
        let expected = string || byte.is_ascii_whitespace() || matches!(byte, b'"' | b',' | b':' | b'[' | b']' | b'}');
        if lost || expected || byte == b'{' {
            return None;
        }
        *self.state = State::Between { string: false, lost: true };
        Some(Piece {
            line: *self.line,
            what: Err("is no JSON object; all up to the next one was skipped".to_owned()),
            text: self.between.clone(),
        })
    }

    /// An object begins with a key, or is empty.
    fn brace(&mut self, byte: u8, lost: bool) -> Option<Piece> {
        match byte {
            b'"' | b'}' => {
                if let Some(key) = key_before(self.between) {
                    *self.key = key;
                }
                self.between.clear();
                self.text.clear();
                *self.too_long = false;
                self.text.push(b'{');
                *self.state = State::Inside { string: false, escaped: false, depth: 0 };
                self.inside(byte, false, false, 0)
            }
            b'{' => None,
            byte if byte.is_ascii_whitespace() => None,
            _ => {
                self.between.extend([b'{', byte]);
                *self.state = State::Between { string: false, lost };
                None
            }
        }
    }

    fn inside(&mut self, byte: u8, string: bool, escaped: bool, depth: u32) -> Option<Piece> {
        let fault = |reason: &str| Some(Err(reason.to_owned()));
        let next = |string, escaped, depth| State::Inside { string, escaped, depth };
        let lost = State::Between { string: false, lost: true };
        let mut done = None;
        if byte == b'{' && !string {
            let piece = self.close(Err("is not closed before the next object begins".to_owned()));
            *self.state = State::Brace { lost: true };
            *self.begun = *self.line;
            return Some(piece);
        }
        if self.text.len() < LINE_LIMIT {
            self.text.push(byte);
        } else {
            *self.too_long = true;
        }
        *self.state = match (string, byte) {
            (true, _) if escaped => next(true, false, depth),
            (true, b'\\') => next(true, true, depth),
            (true, b'"') => next(false, false, depth),
            (true, b'\n') => {
                done = fault("holds a string that its line does not close");
                lost
            }
            (true, _) | (false, b'"') => next(true, false, depth),
            (false, b'[') => next(false, false, depth.saturating_add(1)),
            (false, b']') if depth > 0 => next(false, false, depth - 1),
            (false, b'}') if depth == 0 => {
                done = Some(Ok(()));
                State::Between { string: false, lost: false }
            }
            (false, b']' | b'}') => {
                done = fault("has brackets that do not match");
                lost
            }
            (false, byte) if bare(byte) => next(false, false, depth),
            (false, _) => {
                done = fault("has text outside of quotes");
                lost
            }
        };
        let what = done?;
        let what = if *self.too_long { Err("is longer than 4 MiB; it was skipped".to_owned()) } else { what };
        Some(self.close(what))
    }

    fn close(&mut self, what: Result<(), String>) -> Piece {
        let text = std::mem::take(self.text);
        Piece { line: *self.begun, what, text }
    }
}

/// May stand outside of strings: white space, punctuation, and the letters of numbers, `true`, `false` and `null`.
fn bare(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte.is_ascii_digit() || b",:+-.eEtrufalsnN".contains(&byte)
}

/// `K` where the bytes end with `"K": [`.
fn key_before(between: &[u8]) -> Option<String> {
    let rest = between.trim_ascii_end().strip_suffix(b"[")?.trim_ascii_end();
    let rest = rest.strip_suffix(b":")?.trim_ascii_end();
    let inner = rest.strip_suffix(b"\"")?;
    let start = inner.iter().rposition(|&b| b == b'"')?;
    serde_json::from_slice(&rest[start..]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `line key text` of good ones, `!line reason` of bad ones.
    fn told(text: &str, root: Root) -> Vec<String> {
        // A small buffer: nothing may depend on where it ends.
        let mut pieces = Pieces::new(io::BufReader::with_capacity(3, text.as_bytes()), root);
        let mut told = Vec::new();
        while let Some(piece) = pieces.next().unwrap() {
            let text = String::from_utf8_lossy(&piece.text).into_owned();
            told.push(match piece.what {
                Ok(()) => format!("{} {} {text}", piece.line, pieces.key),
                Err(reason) => format!("!{} {reason}", piece.line),
            });
        }
        told
    }

    #[test]
    fn arrays_and_arrays_under_keys_are_cut() {
        assert_eq!(
            told("[{\"a\": [1, \"}\"]},\n {}]\n", Root::Array),
            ["1  {\"a\": [1, \"}\"]}", "2  {}"].map(str::to_owned)
        );
        assert_eq!(told("{\"a\":1}\n{\"b\":2}\n", Root::Array), ["1  {\"a\":1}", "2  {\"b\":2}"]);
        let keys = "{\"P1\": [{\"a\": \"x\\\"{\"},{\"b\":1}], \"P\\u0032\": [\n{\"c\":[[2]]}], \"P3\": []}";
        assert_eq!(told(keys, Root::Arrays), ["1 P1 {\"a\": \"x\\\"{\"}", "1 P1 {\"b\":1}", "2 P2 {\"c\":[[2]]}"]);
    }

    #[test]
    fn what_is_broken_costs_itself() {
        let unclosed = "!1 is not closed before the next object begins";
        assert_eq!(told("[{\"a\":[1},{\"b\":2}]", Root::Array), ["!1 has brackets that do not match", "1  {\"b\":2}"]);
        assert_eq!(told("[{\"a\":1,{\"b\":2}]", Root::Array), [unclosed, "1  {\"b\":2}"]);
        assert_eq!(
            told("{\"P\": [{\"a\": \"word, \"b\": \"word\"}], \"Q\": [{\"c\":\"d\"}]}", Root::Arrays),
            ["!1 has text outside of quotes", "1 Q {\"c\":\"d\"}"]
        );
        assert_eq!(
            told("[{\"a\": \"x\n},{\"b\":2}]", Root::Array),
            ["!1 holds a string that its line does not close", "2  {\"b\":2}"]
        );
        assert_eq!(
            told("[{\"a\":1}, oh no, {\"b\":2}]", Root::Array),
            ["1  {\"a\":1}", "!1 is no JSON object; all up to the next one was skipped", "1  {\"b\":2}"]
        );
    }

    #[test]
    fn a_cut_off_file_is_told() {
        let cut = "!1 the file ends before its last bracket: it may have been cut off";
        assert_eq!(told("[{\"a\":1},", Root::Array), ["1  {\"a\":1}", cut]);
        assert_eq!(told("[{\"a\":1}, {\"b", Root::Array)[1], "!1 the file ends inside this object: it was cut off");
        assert_eq!(told("{\"P\":[{\"a\":1}]", Root::Arrays), ["1 P {\"a\":1}", cut]);
        assert_eq!(told("[]", Root::Array), [""; 0]);
    }

    #[test]
    fn a_giant_is_skipped_and_not_held() {
        let text = format!("[{{\"a\":\"{}\"}},{{\"b\":2}}]", "x".repeat(LINE_LIMIT + 10));
        assert_eq!(told(&text, Root::Array), ["!1 is longer than 4 MiB; it was skipped", "1  {\"b\":2}"]);
    }
}
