//! Fields of one record: cut at tabs without any quoting, or at commas with the quoting of RFC 4180.

use std::ops::Range;

/// More fields than this are counted as this many.
const FIELD_COUNT_LIMIT: usize = 1024;

/// How a file's records are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) delimiter: u8,
    /// A field that begins with `"` goes on to the closing `"`, over delimiters and line ends.
    pub(super) quotes: bool,
}

/// What a line did to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fed {
    Complete,
    /// A quoted field goes on in the next line.
    Open,
    /// Text stands between a closing quote and the next delimiter: some quote is not what it seems.
    Stray,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Start,
    Quoted,
    /// After a quote inside a quoted field: the field's end, or the first half of a doubled quote.
    Quote,
}

/// A record being read, and reused for the next one.
#[derive(Debug, Default)]
pub(super) struct Record {
    text: Vec<u8>,
    fields: Vec<Range<usize>>,
    begin: usize,
    state: State,
}

impl Record {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.fields.clear();
        self.begin = 0;
        self.state = State::Start;
    }

    pub(super) fn len(&self) -> usize {
        self.fields.len()
    }

    /// The bytes of all fields, one after the other.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// A field's place in [`Record::text`].
    pub(super) fn field(&self, at: usize) -> Range<usize> {
        self.fields.get(at).cloned().unwrap_or_default()
    }

    /// Adds a line (without its end) to the record.
    pub(super) fn feed(&mut self, line: &[u8], dialect: Dialect) -> Fed {
        let mut rest = line;
        loop {
            match self.state {
                State::Start => {
                    if let (true, Some(quoted)) = (dialect.quotes, rest.strip_prefix(b"\"")) {
                        self.state = State::Quoted;
                        rest = quoted;
                        continue;
                    }
                    let Some(end) = rest.iter().position(|&b| b == dialect.delimiter) else {
                        self.text.extend_from_slice(rest);
                        self.close();
                        return Fed::Complete;
                    };
                    self.text.extend_from_slice(&rest[..end]);
                    self.close();
                    rest = &rest[end + 1..];
                }
                State::Quoted => {
                    let Some(end) = rest.iter().position(|&b| b == b'"') else {
                        self.text.extend_from_slice(rest);
                        self.text.push(b'\n');
                        return Fed::Open;
                    };
                    self.text.extend_from_slice(&rest[..end]);
                    self.state = State::Quote;
                    rest = &rest[end + 1..];
                }
                State::Quote => match rest.first() {
                    None => {
                        self.close();
                        return Fed::Complete;
                    }
                    Some(b'"') => {
                        self.text.push(b'"');
                        self.state = State::Quoted;
                        rest = &rest[1..];
                    }
                    Some(&b) if b == dialect.delimiter => {
                        self.close();
                        rest = &rest[1..];
                    }
                    Some(_) => return Fed::Stray,
                },
            }
        }
    }

    fn close(&mut self) {
        let end = self.text.len();
        if self.fields.len() < FIELD_COUNT_LIMIT {
            self.fields.push(self.begin..end);
        }
        self.begin = end;
        self.state = State::Start;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CSV: Dialect = Dialect { delimiter: b',', quotes: true };
    const TSV: Dialect = Dialect { delimiter: b'\t', quotes: false };

    fn cells(lines: &[&str], dialect: Dialect) -> (Fed, Vec<String>) {
        let mut record = Record::default();
        let mut fed = Fed::Complete;
        for line in lines {
            fed = record.feed(line.as_bytes(), dialect);
        }
        let text = String::from_utf8(record.text().to_vec()).unwrap();
        (fed, (0..record.len()).map(|i| text[record.field(i)].to_owned()).collect())
    }

    #[test]
    fn quotes_hold_delimiters_lines_and_quotes() {
        assert_eq!(
            cells(&[r#""a,b",c"d,"e ""f""""#], CSV),
            (Fed::Complete, vec!["a,b".into(), "c\"d".into(), "e \"f\"".into()])
        );
        assert_eq!(cells(&["\"a", "b\",,"], CSV), (Fed::Complete, vec!["a\nb".into(), String::new(), String::new()]));
        assert_eq!(cells(&["\"a", "b"], CSV).0, Fed::Open);
        assert_eq!(cells(&["\"a\"b,c"], CSV).0, Fed::Stray);
    }

    #[test]
    fn tabs_know_no_quotes() {
        assert_eq!(
            cells(&["\"Heroes\ta\"\t"], TSV),
            (Fed::Complete, vec!["\"Heroes".into(), "a\"".into(), String::new()])
        );
    }

    #[test]
    fn a_line_of_delimiters_does_not_fill_memory() {
        assert_eq!(cells(&[&"\t".repeat(1 << 20)], TSV).1.len(), FIELD_COUNT_LIMIT);
    }
}
