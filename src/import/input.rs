//! Opening a file or standard input: what it is, told from its name and its first bytes, before a row is read.

use super::{Format, ImportError, jsonl, unpack};
use std::fs::File;
use std::io::{self, BufReader, Chain, Cursor, Read};
use std::path::Path;

/// Bytes looked at to tell format, header and number of columns.
const SAMPLE: usize = 64 << 10;
const BUFFER: usize = 256 << 10;

pub(super) type Stream = BufReader<Chain<Cursor<Vec<u8>>, Box<dyn Read + Send>>>;

/// An opened file.
pub(super) struct Input {
    /// As people know it: the path, or `standard input`.
    pub(super) file: String,
    pub(super) format: Format,
    /// The first bytes, without byte order mark and without a line cut in two.
    pub(super) sample: Vec<u8>,
    /// All of it, the sample included.
    pub(super) stream: Stream,
}

/// Opens a path, or standard input for `-`.
pub(super) fn open(path: &Path, format: Format) -> Result<Input, ImportError> {
    if path.as_os_str() == "-" {
        return examine("standard input".into(), Box::new(io::stdin()), format);
    }
    let file = path.display().to_string();
    let opened = File::open(path).and_then(|opened| Ok((opened.metadata()?.is_dir(), opened)));
    match opened {
        Ok((true, _)) => Err(ImportError::Folder { file }),
        Ok((false, opened)) => examine(file, Box::new(opened), format),
        Err(source) if source.kind() == io::ErrorKind::NotFound => Err(ImportError::Missing { file }),
        Err(source) => Err(ImportError::Open { file, source }),
    }
}

/// Reads the first bytes and tells what they are.
pub(super) fn examine(file: String, source: Box<dyn Read + Send>, format: Format) -> Result<Input, ImportError> {
    let failed = |source| ImportError::Read { file: file.clone(), line: 0, source };
    let mut source = unpack::unpacked(source).map_err(failed)?;
    let mut start = Vec::new();
    if let Err(error) = source.by_ref().take(SAMPLE as u64).read_to_end(&mut start) {
        if start.is_empty() {
            return Err(failed(error));
        }
        // What came before is read all the same; the error comes where it stands.
        source = Box::new(unpack::Broken(Some(error)));
    }
    refuse_other_than_text(&file, &start)?;
    let whole = start.len() < SAMPLE;
    if start.starts_with(b"\xef\xbb\xbf") {
        start.drain(..3);
    }
    if whole && start.iter().all(u8::is_ascii_whitespace) {
        return Err(ImportError::Empty { file });
    }
    let end = if whole { start.len() } else { start.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1) };
    let sample = start[..end].to_vec();
    let format = if format == Format::Auto {
        detect(&file, &start).ok_or(ImportError::Unknown { file: file.clone() })?
    } else {
        format
    };
    let stream = BufReader::with_capacity(BUFFER, Cursor::new(start).chain(source));
    Ok(Input { file, format, sample, stream })
}

/// The format, from the name where it says enough, else from the first bytes.
fn detect(file: &str, start: &[u8]) -> Option<Format> {
    let inner = Path::new(file.strip_suffix(".gz").or_else(|| file.strip_suffix(".zst")).unwrap_or(file));
    let extension = inner.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase);
    match extension.as_deref() {
        Some("jsonl" | "ndjson" | "json") => Some(of_json(start)),
        Some("csv") => Some(Format::Csv),
        Some("tsv" | "tab") => Some(Format::Tsv),
        Some("nt" | "nq") => Some(Format::NTriples),
        Some("ttl" | "turtle") => Some(Format::Turtle),
        Some("xml") => Some(Format::WebNlg),
        _ => of_content(start),
    }
}

fn of_content(start: &[u8]) -> Option<Format> {
    let mut lines = start.split(|&b| b == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let line = lines.clone().next()?;
    let count = |delimiter| line.split(|&b| b == delimiter).count() - 1;
    let begins = |marks: &[&str]| {
        marks.iter().any(|mark| line.len() >= mark.len() && line[..mark.len()].eq_ignore_ascii_case(mark.as_bytes()))
    };
    if matches!(line[0], b'{' | b'[') {
        Some(of_json(start))
    } else if begins(&["<?xml", "<!doctype", "<!--", "<benchmark", "<entries"]) {
        Some(Format::WebNlg)
    } else if begins(&["@prefix ", "@base ", "prefix ", "base <"]) {
        Some(Format::Turtle)
    } else if lines.find(|line| line[0] != b'#').is_some_and(|line| matches!(line, [b'<' | b'_', .., b'.'])) {
        Some(Format::NTriples)
    } else if count(b'\t') >= 2 {
        Some(Format::Tsv)
    } else if count(b',') >= 2 || count(b';') >= 2 {
        Some(Format::Csv)
    } else {
        None
    }
}

/// Which of the formats in JSON this is, by keys that only one of them has.
fn of_json(start: &[u8]) -> Format {
    let has = |key: &str| start.windows(key.len()).any(|window| window == key.as_bytes());
    let line = start.split(|&b| b == b'\n').map(<[u8]>::trim_ascii).find(|line| !line.is_empty()).unwrap_or_default();
    if has("\"subj_start\"") && has("\"obj_end\"") {
        Format::Tacred
    } else if line.starts_with(b"{") && has("\"tokens\"") && has("\"h\"") && has("\"t\"") {
        Format::FewRel
    } else if has("\"triples\"") && has("\"surfaceform\"") {
        Format::Rebel
    } else if jsonl::has_sentence(line) {
        Format::Candidates
    } else {
        Format::Jsonl
    }
}

/// First bytes of what people take for a text file, with what to do about it.
const MAGIC: [(&[u8], &str, &str); 9] = [
    (b"\xfd7zXZ\0", "compressed (xz)", "unpack it first: xz -dk FILE"),
    (b"BZh", "compressed (bzip2)", "unpack it first: bzip2 -dk FILE"),
    (
        b"PK\x03\x04",
        "compressed (zip, or a spreadsheet)",
        "unpack it first: unzip FILE; a spreadsheet is to be saved as CSV",
    ),
    (b"7z\xbc\xaf\x27\x1c", "compressed (7z)", "unpack it first: 7z x FILE"),
    (b"PAR1", "a Parquet file", "convert it to JSONL first"),
    (b"SQLite format 3\0", "an SQLite database", "open a project with --project, or take one in with merge"),
    (b"GGUF", "a language model", "name a file of tuples"),
    (b"\xff\xfe", "UTF-16", "save it as UTF-8: iconv -f UTF-16 -t UTF-8 FILE"),
    (b"\xfe\xff", "UTF-16", "save it as UTF-8: iconv -f UTF-16 -t UTF-8 FILE"),
];

fn refuse_other_than_text(file: &str, start: &[u8]) -> Result<(), ImportError> {
    let Some((_, what, advice)) = MAGIC.iter().find(|(magic, ..)| start.starts_with(magic)) else { return Ok(()) };
    // A text may begin with "BZh" or "PAR1"; what is packed is not UTF-8 further on.
    if start[0].is_ascii() && start.len() > 16 && std::str::from_utf8(&start[..16]).is_ok() && !start[..16].contains(&0)
    {
        return Ok(());
    }
    let advice = advice.replace("FILE", file);
    Err(ImportError::NotText { file: file.to_owned(), what, advice })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(name: &str, bytes: &[u8]) -> Result<Input, ImportError> {
        examine(name.into(), Box::new(Cursor::new(bytes.to_vec())), Format::Auto)
    }

    #[test]
    fn the_name_tells_the_format_and_else_the_content() {
        let format = |name, text: &str| look(name, text.as_bytes()).map(|input| input.format).ok();
        assert_eq!(format("a.JSONL", "x"), Some(Format::Jsonl));
        assert_eq!(format("a.tsv", "{"), Some(Format::Tsv));
        assert_eq!(format("a.txt", "\n  {\"head\": 1}"), Some(Format::Jsonl));
        assert_eq!(format("a", "a\tb, c\td"), Some(Format::Tsv));
        assert_eq!(format("a", "a;b;c"), Some(Format::Csv));
        assert_eq!(format("a", "a b c"), None);
        assert_eq!(format("a.nt.gz", "x"), Some(Format::NTriples));
        assert_eq!(format("a", "# c\n<http://a> <http://b> _:c .\n"), Some(Format::NTriples));
        assert_eq!(format("a", "@prefix a: <b> .\n"), Some(Format::Turtle));
        assert_eq!(format("a", "<?xml version='1.0'?>\n<benchmark>"), Some(Format::WebNlg));
        let fewrel = r#"{"P1": [{"tokens": ["a"], "h": ["a", "Q1", [[0]]], "t": ["a", "Q1", [[0]]]}]}"#;
        assert_eq!(format("a.json", fewrel), Some(Format::FewRel));
        let tacred = r#"[{"token": ["a"], "subj_start": 0, "obj_end": 0}]"#;
        assert_eq!(format("a.json", tacred), Some(Format::Tacred));
        let rebel = r#"{"text": "a", "triples": [{"subject": {"surfaceform": "a"}}]}"#;
        assert_eq!(format("a.jsonl", rebel), Some(Format::Rebel));
        let candidate = r#"{"tuple": {"head": "a", "relation": "r", "tail": "b"}, "text": "x"}"#;
        assert_eq!(format("a.jsonl", candidate), Some(Format::Candidates));
    }

    #[test]
    fn what_is_no_text_is_named() {
        let error = |bytes: &[u8]| look("f.tsv", bytes).err().map(|e| e.to_string()).unwrap_or_default();
        assert_eq!(
            error(b"BZh91AY&SY\0\0\0\0\0\0"),
            "f.tsv: is compressed (bzip2), not text; unpack it first: bzip2 -dk f.tsv"
        );
        assert!(error(b"\x1f\x8b\x08\0\0").contains("reading stopped"));
        assert!(error(b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0\0\0").contains("zip"));
        assert!(error(b"\xff\xfeh\0e\0").contains("UTF-16"));
        assert!(error(b" \r\n\t\n").contains("is empty"));
        assert_eq!(error(b"PAR1 is a file mark\tr\tx"), "");
    }

    #[test]
    fn a_sample_ends_with_a_line() {
        let text = "0123456789\n".repeat(10_000);
        let input = look("f.tsv", text.as_bytes()).unwrap();
        assert!(input.sample.ends_with(b"9\n") && input.sample.len() <= SAMPLE);
        let mut all = String::new();
        { input.stream }.read_to_string(&mut all).unwrap();
        assert_eq!(all, text);
    }
}
