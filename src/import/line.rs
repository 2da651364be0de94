//! Lines of a byte stream with their numbers, none longer than a limit: what is longer is skipped, not held.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};

/// Longest line held, in bytes. Fields end at a thousandth of it.
pub(super) const LINE_LIMIT: usize = 4 << 20;

/// A line without its end (LF or CRLF).
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    Whole(Vec<u8>),
    /// A line over the limit: its first bytes. The rest was skipped.
    TooLong(Vec<u8>),
}

/// Numbers lines from 1 and can take some back.
pub(super) struct Lines<R> {
    reader: R,
    /// The number of the last line handed out.
    pub(super) number: u64,
    /// Bytes read from the reader so far.
    pub(super) bytes: u64,
    returned: VecDeque<Line>,
    spare: Vec<u8>,
    limit: usize,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(reader: R) -> Self {
        Self::with_limit(reader, LINE_LIMIT)
    }

    fn with_limit(reader: R, limit: usize) -> Self {
        Self { reader, number: 0, bytes: 0, returned: VecDeque::new(), spare: Vec::new(), limit }
    }

    /// The next line, or `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Line>> {
        if let Some(line) = self.returned.pop_front() {
            self.number += 1;
            return Ok(Some(line));
        }
        let mut line = std::mem::take(&mut self.spare);
        line.clear();
        let room = self.limit as u64 + 2;
        let read = self.reader.by_ref().take(room).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(None);
        }
        self.bytes += read as u64;
        self.number += 1;
        let ended = line.last() == Some(&b'\n');
        if ended {
            line.pop();
            if line.last() == Some(&b'\r') {
                line.pop();
            }
        }
        if line.len() <= self.limit {
            return Ok(Some(Line::Whole(line)));
        }
        if !ended {
            self.bytes += self.reader.skip_until(b'\n')? as u64;
        }
        line.truncate(EXCERPT_BYTES);
        line.shrink_to_fit();
        Ok(Some(Line::TooLong(line)))
    }

    /// Hands lines out again, as the next ones.
    pub(super) fn take_back(&mut self, lines: impl DoubleEndedIterator<Item = Line>) {
        for line in lines.rev() {
            self.number -= 1;
            self.returned.push_front(line);
        }
    }

    /// Gives a line's memory back for the next one.
    pub(super) fn recycle(&mut self, line: Vec<u8>) {
        // A giant's memory is not kept.
        if line.capacity() <= 1 << 16 {
            self.spare = line;
        }
    }
}

/// Enough for [`excerpt`].
const EXCERPT_BYTES: usize = 400;

/// The start of a line, fit for a terminal.
pub(super) fn excerpt(line: &[u8]) -> String {
    const LENGTH: usize = 80;
    let start = String::from_utf8_lossy(&line[..line.len().min(EXCERPT_BYTES)]);
    let shown = crate::domain::clean::shown(&start);
    match shown.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}…", &shown[..end]),
        None if line.len() > EXCERPT_BYTES => format!("{shown}…"),
        None => shown.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &[u8], limit: usize) -> Vec<(u64, Line)> {
        let mut lines = Lines::with_limit(text, limit);
        let mut out = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            out.push((lines.number, line));
        }
        out
    }

    #[test]
    fn ends_are_cut_and_a_last_line_needs_none() {
        let whole = |text: &str| Line::Whole(text.into());
        assert_eq!(all(b"a\r\nb\n\nc", 10), [(1, whole("a")), (2, whole("b")), (3, whole("")), (4, whole("c"))]);
        assert_eq!(all(b"", 10), []);
    }

    #[test]
    fn a_line_over_the_limit_is_skipped_to_its_end() {
        let lines = all(b"1234\n12345\n123456789123456789\n1234\r\n12345", 4);
        let kinds: Vec<_> = lines.iter().map(|(n, l)| (*n, matches!(l, Line::Whole(_)))).collect();
        assert_eq!(kinds, [(1, true), (2, false), (3, false), (4, true), (5, false)]);
    }

    #[test]
    fn lines_can_be_taken_back() {
        let mut lines = Lines::new(&b"a\nb\nc\nd"[..]);
        for _ in 0..3 {
            lines.next().unwrap();
        }
        lines.take_back([Line::Whole(b"b".to_vec()), Line::Whole(b"c".to_vec())].into_iter());
        assert_eq!(lines.next().unwrap(), Some(Line::Whole(b"b".to_vec())));
        assert_eq!(lines.number, 2);
        lines.next().unwrap();
        assert_eq!(lines.next().unwrap(), Some(Line::Whole(b"d".to_vec())));
        assert_eq!(lines.number, 4);
    }

    #[test]
    fn excerpts_are_short_and_harmless() {
        assert_eq!(excerpt(b"a\x1b[2J\xff"), "a␛[2J\u{fffd}");
        assert_eq!(excerpt("é".repeat(100).as_bytes()).chars().count(), 81);
        assert!(excerpt(&[b' '; 5000]).ends_with('…'));
    }
}
