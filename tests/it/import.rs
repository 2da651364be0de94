//! Import: ten thousand rows with three bad ones, a corpus of bad files, real files, and round trips.

use amalrec::domain::RelationTuple;
use amalrec::import::{Columns, Format, ImportError, Problem, Row, Totals, read};
use proptest::prelude::*;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;
use tempfile::TempDir;

struct Outcome {
    rows: Vec<Row>,
    problems: Vec<Problem>,
    totals: Totals,
}

fn file(name: &str, content: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    (folder, path)
}

fn import(path: &Path, columns: Option<&str>) -> Result<Outcome, ImportError> {
    let columns: Option<Columns> = columns.map(|text| text.parse().unwrap());
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    let totals = read(path, Format::Auto, columns.as_ref(), |row| rows.push(row), |problem| problems.push(problem))?;
    assert_eq!((totals.rows, totals.problems), (rows.len() as u64, problems.len() as u64));
    Ok(Outcome { rows, problems, totals })
}

fn refusal(name: &str, content: impl AsRef<[u8]>, columns: Option<&str>) -> String {
    let (_folder, path) = file(name, content);
    let error = import(&path, columns).map(|_| ()).unwrap_err().to_string();
    let shown = path.display().to_string();
    assert!(error.starts_with(&shown), "{error}");
    error.replace(&shown, name)
}

#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is not there", path.display());
    None
}

#[test]
fn ten_thousand_good_rows_and_three_bad_ones() {
    let bad = [(1, "\t"), (5_000, "a\tb"), (10_003, "x\ty\tz\tmore")];
    let mut tsv = String::new();
    for line in 1..=10_003 {
        match bad.iter().find(|(at, _)| *at == line) {
            Some((_, text)) => writeln!(tsv, "{text}"),
            None => writeln!(tsv, "Head {line}\tr{}\tTail {line}", line % 17),
        }
        .unwrap();
    }
    let (_folder, path) = file("t.tsv", &tsv);
    let outcome = import(&path, None).unwrap();
    assert_eq!(outcome.rows.len(), 10_000);
    assert_eq!(outcome.problems.iter().map(|p| p.line).collect::<Vec<_>>(), [1, 5_000, 10_003]);
    assert_eq!(outcome.totals.bytes, tsv.len() as u64);
    assert_eq!(outcome.totals.suspicion, None);
    let shown = outcome.problems[1].to_string();
    assert_eq!(
        shown,
        format!("{}: line 5000: has 2 fields where 3 are expected: a\tb", path.display()).replace('\t', "␉")
    );
}

#[test]
fn ten_thousand_objects_and_three_bad_ones() {
    let mut jsonl = String::new();
    for line in 1..=10_003 {
        match line {
            2 => jsonl.push_str("{\"head\": \"a\", \"relation\": \"r\", \"tail\": 7}\n"),
            77 => jsonl.push_str("{\"head\": \"a\", \"relation\"\n"),
            10_003 => jsonl.push_str("null"),
            _ => writeln!(jsonl, "{{\"head\": \"H {line}\", \"relation\": \"r\", \"tail\": \"T\"}}").unwrap(),
        }
    }
    let (_folder, path) = file("t.jsonl", jsonl);
    let outcome = import(&path, None).unwrap();
    assert_eq!(outcome.rows.len(), 10_000);
    assert_eq!(outcome.problems.iter().map(|p| p.line).collect::<Vec<_>>(), [2, 77, 10_003]);
}

#[test]
fn bad_files_are_refused_with_their_name_and_what_to_do() {
    assert_eq!(refusal("a.tsv", "", None), "a.tsv: is empty; there is nothing to import");
    assert!(refusal("a.tsv", "\u{feff}\r\n", None).contains("is empty"));
    assert!(
        refusal("a.tsv", b"BZh91AY&SY\0\0\0\0\0\0", None).contains("compressed (bzip2), not text; unpack it first")
    );
    assert!(refusal("a.tsv", b"\x1f\x8b\x08\x00abc", None).contains("reading stopped"));
    assert!(refusal("a.txt", "nothing here", None).contains("pass --format"));
    assert!(
        refusal("a.csv", "subject,object\nA,B\n", None)
            .contains("no column for relation is known; the columns are subject, object")
    );
    assert!(
        refusal("a.csv", "a,b,c\nA,r,B\n", Some("head=a,relation=x,tail=c"))
            .contains("no column 'x'; the columns are a, b, c")
    );
    assert!(refusal("a.jsonl", "{\"from\":\"a\",\"to\":\"b\"}\n", None).contains("the columns are from, to"));
    assert!(
        refusal("a.jsonl", "{\"a\":\"a\",\"b\":\"r\",\"c\":\"b\"}", Some("head=a,relation=b,tail=x"))
            .contains("no column 'x'")
    );
    assert!(refusal("a.jsonl", "{\"head\":\"a\"}", Some("head,relation,tail")).contains("keys, not numbered columns"));
    assert!(refusal("a.json", "[\n {\"head\":\"a\"}\n]", None).contains("jq -c"));
    assert!(refusal("a.tsv", "a,r,b\n", None).contains("--format"));
}

#[test]
fn files_that_cannot_be_opened_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let error = |path: &Path| import(path, None).map(|_| ()).unwrap_err().to_string();
    assert!(error(folder.path()).ends_with("is a folder; name the files in it"));
    assert!(error(&folder.path().join("none.tsv")).ends_with("none.tsv: no such file; check the path"));
}

#[test]
fn a_megabyte_in_one_field_is_refused_and_the_rest_is_read() {
    let giant = "x".repeat(1 << 20);
    let (_folder, path) = file("a.tsv", format!("A\tr\tB\n{giant}\tr\tB\nC\tr\tD\n"));
    let outcome = import(&path, None).unwrap();
    assert_eq!(outcome.rows.len(), 2);
    assert_eq!(outcome.problems[0].reason, "the head has 1048576 bytes; at most 1000 are allowed");
    assert!(outcome.problems[0].excerpt.chars().count() <= 81);
    let (_folder, path) = file("a.jsonl", format!("{{\"h\":\"{giant}\",\"r\":\"r\",\"t\":\"B\"}}\n"));
    assert_eq!(import(&path, None).unwrap().problems[0].reason, outcome.problems[0].reason);
}

#[test]
fn byte_order_mark_carriage_returns_nul_and_broken_utf8() {
    let text = b"\xef\xbb\xbfsubject\tproperty\tobject\r\nA\tr\tB\r\nC\tr\0\tD\r\nE\xe9\tr\tF\r\n\r\n\"G\tr\tH\r\n";
    let (_folder, path) = file("a.tsv", text);
    let outcome = import(&path, None).unwrap();
    assert_eq!(outcome.rows.iter().map(|r| r.line).collect::<Vec<_>>(), [2, 6]);
    assert_eq!(outcome.rows[1].tuple.head.name, "\"G");
    let reasons: Vec<_> = outcome.problems.iter().map(|p| (p.line, p.reason.as_str())).collect();
    assert_eq!(
        reasons,
        [(3, "the relation holds a control character"), (4, "is not UTF-8 (byte 2 of the row's text)")]
    );
    assert!(outcome.problems.iter().all(|p| !p.excerpt.contains(['\0', '\t'])));
}

/// A line without end, as a pipe would bring it: read through, not held.
#[test]
fn a_line_without_end_is_not_held_in_memory() {
    use std::io::{Cursor, Read as _};
    let giant = std::io::repeat(b'x').take(64 << 20);
    let bytes = Cursor::new(b"A\tr\tB\n".to_vec()).chain(giant).chain(Cursor::new(b"\nC\tr\tD\n".to_vec()));
    let reader = amalrec::import::Reader::new("pipe", bytes, Format::Tsv, None).unwrap();
    let kinds: Vec<_> = reader.map(|item| matches!(item, Ok(amalrec::import::Item::Row(_)))).collect();
    assert_eq!(kinds, [true, false, true]);
}

#[test]
fn two_hundred_thousand_real_tuples() {
    let Some(path) = shared("tuples.tsv") else { return };
    let columns: Columns = "head=subject,relation=property,tail=object".parse().unwrap();
    let start = Instant::now();
    let (mut rows, mut problems) = (0, 0);
    let totals = read(&path, Format::Auto, Some(&columns), |_| rows += 1, |_| problems += 1).unwrap();
    let seconds = start.elapsed().as_secs_f64();
    println!("tuples.tsv: {rows} rows in {seconds:.2} s, {:.0} a second", f64::from(rows) / seconds);
    assert_eq!((rows, problems, totals.suspicion), (204_512, 0, None));
    let known = read(&path, Format::Auto, None, drop, drop).unwrap();
    assert_eq!(known.rows, 204_512, "its header is known without being told");
}

#[test]
fn a_real_file_with_head_tail_relation_raises_suspicion() {
    let Some(path) = shared("formats/dbpedia50_valid.tsv") else { return };
    let suspicion = import(&path, None).unwrap().totals.suspicion.unwrap();
    assert!(suspicion.to_string().ends_with("pass --columns head=1,relation=3,tail=2"), "{suspicion}");
    let outcome = import(&path, Some(&suspicion.columns.to_string())).unwrap();
    assert_eq!((outcome.rows.len(), outcome.problems.len(), outcome.totals.suspicion), (399, 0, None));
    assert_eq!(outcome.rows[0].tuple.relation, "residence");
}

#[test]
fn the_demo_tuples_are_read_without_a_problem() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/tuples.jsonl");
    let outcome = import(&path, None).unwrap();
    assert_eq!((outcome.problems, outcome.totals.suspicion), (vec![], None));
    let relations: std::collections::BTreeSet<_> = outcome.rows.iter().map(|r| r.tuple.relation.as_str()).collect();
    let facts: std::collections::BTreeSet<_> = outcome.rows.iter().map(|r| r.tuple.digest()).collect();
    assert!(outcome.rows.len() >= 72 && relations.len() >= 24, "{} {}", outcome.rows.len(), relations.len());
    assert_eq!(facts.len(), outcome.rows.len(), "no fact stands twice");
    assert!(outcome.rows.iter().all(|r| r.tuple.head.kind.is_some() && r.tuple.tail.kind.is_some()));
}

fn field() -> impl Strategy<Value = String> {
    "[\\PC\t \"\\\\_,;']{1,30}"
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_tuple_comes_back_from_jsonl(
        fields in prop::collection::vec((field(), prop::option::of(field()), field(), field()), 1..8),
    ) {
        let made = fields.iter().filter_map(|(h, kind, r, t)| {
            RelationTuple::new(h, kind.as_deref(), r, t, None).ok()
        });
        // Reading normalises once more; what is normal must stay.
        let tuples: Vec<RelationTuple> = made.collect();
        prop_assume!(!tuples.is_empty());
        let lines: Vec<String> = tuples.iter().map(|t| serde_json::json!({
            "head": {"name": t.head.name, "type": t.head.kind}, "relation": t.relation, "tail": t.tail.name,
        }).to_string()).collect();
        let (_folder, path) = file("t.jsonl", lines.join("\n"));
        let outcome = import(&path, None).unwrap();
        prop_assert_eq!(outcome.problems, vec![]);
        prop_assert_eq!(outcome.rows.into_iter().map(|r| r.tuple).collect::<Vec<_>>(), tuples);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), text in "[\"\t,;{}\\[\\]a\n\r:]{0,200}") {
        for name in ["t.tsv", "t.csv", "t.jsonl"] {
            for content in [bytes.as_slice(), text.as_bytes()] {
                let (_folder, path) = file(name, content);
                let _ = import(&path, None);
                let _ = import(&path, Some("head=1,relation=2,tail=3"));
            }
        }
    }
}
