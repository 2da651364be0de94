//! Tests of tables: headers, numbers, quotes, and what each bad row costs.

use crate::import::{Columns, Format, ImportError, Item, Problem, Reader, Row};
use std::io::Cursor;

type Lists = (Vec<Row>, Vec<Problem>);

fn read(text: impl AsRef<[u8]>, format: Format, columns: &str) -> Result<Lists, ImportError> {
    let columns: Option<Columns> = (!columns.is_empty()).then(|| columns.parse().unwrap());
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    for item in Reader::new("f", Cursor::new(text.as_ref().to_vec()), format, columns.as_ref())? {
        match item? {
            Item::Row(row) => rows.push(row),
            Item::Problem(problem) => problems.push(problem),
            Item::Aside(_) | Item::Suspicion(_) => {}
        }
    }
    Ok((rows, problems))
}

/// Rows as `line:head|relation|tail`, problems as `!line:reason`.
fn told(text: impl AsRef<[u8]>, format: Format, columns: &str) -> Vec<String> {
    let (rows, problems) = read(text, format, columns).unwrap();
    let row =
        |r: &Row| (r.line, format!("{}:{}|{}|{}", r.line, r.tuple.head.name, r.tuple.relation, r.tuple.tail.name));
    let problem = |p: &Problem| (p.line, format!("!{}:{}", p.line, p.reason));
    let mut all: Vec<_> = rows.iter().map(row).chain(problems.iter().map(problem)).collect();
    all.sort_by_key(|(line, _)| *line);
    all.into_iter().map(|(_, text)| text).collect()
}

fn error(text: &str, columns: &str) -> String {
    read(text, Format::Tsv, columns).map(|_| ()).unwrap_err().to_string()
}

#[test]
fn headers_are_known_named_or_absent() {
    let row = ["2:A|r|B"];
    assert_eq!(told("Subject\tsource\tPredicate\tobject\nA\tx\tr\tB\n", Format::Tsv, ""), row);
    assert_eq!(told("von\twas\tzu\nA\tr\tB\n", Format::Tsv, "head=von,relation=Was,tail=zu"), row);
    assert_eq!(told("von\twas\tzu\nA\tr\tB\n", Format::Tsv, "head=von,relation=2,tail=3"), row);
    assert_eq!(told("A\tr\tB\n", Format::Tsv, ""), ["1:A|r|B"]);
    assert_eq!(told("A\tB\tr\n", Format::Tsv, "head,tail,relation"), ["1:A|r|B"]);
    let uneven = "A\tB\tr\tx\nC\tD\tr\nE\tF\tr\ty\n";
    let bad = "!2:has 3 fields where 4 are expected";
    assert_eq!(told(uneven, Format::Tsv, "head=1,tail=2,relation=3"), ["1:A|r|B", bad, "3:E|r|F"]);
}

#[test]
fn numbers_skip_a_row_that_reads_like_a_header() {
    assert_eq!(told("head\trel\ttail\nA\tr\tB\n", Format::Tsv, "head=1,relation=2,tail=3"), ["2:A|r|B"]);
    assert!(
        error("head\ttail\trel\nA\tB\tr\n", "head,relation,tail")
            .contains("calls column 2 'tail', but --columns takes it as the relation")
    );
}

#[test]
fn unknown_columns_are_told_with_those_there_are() {
    assert_eq!(
        error("subject\tverb\tthing\nA\tr\tB\n", ""),
        "f: no column for relation or tail is known; the columns are subject, verb, thing; pass --columns head=..,relation=..,tail=.. with names from these, or by number for a file without header"
    );
    assert!(
        error("a\tb\tc\n", "head=x,relation=b,tail=c")
            .starts_with("f: there is no column 'x'; the columns are a, b, c")
    );
    assert!(error("A\tr\tB\tx\n", "").contains("line 1 has 4 columns (A, r, B, x), and 3 are needed"));
    assert!(error("A r B\n", "").contains("has 1 columns"));
    assert!(error("A\tr\tB\n", "head=1,relation=2,tail=9").contains("9 are needed"));
}

#[test]
fn each_bad_row_costs_itself() {
    let text = b"A\tr\tB\n\tr\tB\nA\tr\tB\tC\n\xff\tr\tB\n\n\"Heroes\tr\tB\nA\0\tr\tB\n\t\t\nC\tr\tD";
    assert_eq!(
        told(text, Format::Tsv, ""),
        [
            "1:A|r|B",
            "!2:the head is empty",
            "!3:has 4 fields where 3 are expected",
            "!4:is not UTF-8 (byte 1 of the row's text)",
            "6:\"Heroes|r|B",
            "!7:the head holds a control character",
            "!8:the head is empty",
            "9:C|r|D",
        ]
    );
}

#[test]
fn a_stray_quote_in_csv_costs_one_line() {
    let text = "K,r,\"a, \"\"b\"\"\nc\"\n\"Heroes,r,B\nC,r,D\n\"x, y\",r,E\nF,r,\"G";
    assert_eq!(
        told(text, Format::Csv, ""),
        [
            "1:K|r|a, \"b\" c",
            "!3:text stands after a closing quote; double the quotes inside a quoted field",
            "4:C|r|D",
            "5:x, y|r|E",
            "!6:a quote is opened and never closed",
        ]
    );
}

#[test]
fn a_giant_line_is_skipped_and_told() {
    let giant = "x".repeat(5 << 20);
    let told_of = told(format!("A\tr\tB\n{giant}\nC\tr\tD\n"), Format::Tsv, "");
    assert_eq!(told_of, ["1:A|r|B", "!2:is longer than 4 MiB; it was skipped", "3:C|r|D"]);
    let told_of = told(format!("A,r,B\n\"C,r,D\n{giant}\nE,r,F\n"), Format::Csv, "");
    assert_eq!(
        (told_of.len(), told_of[2].as_str(), told_of[3].as_str()),
        (4, "!3:is longer than 4 MiB; it was skipped", "4:E|r|F")
    );
    let first = told(format!("{giant}\nA\tr\tB\n"), Format::Tsv, "");
    assert_eq!(first, ["!1:is longer than 4 MiB; it was skipped", "2:A|r|B"]);
}

#[test]
fn semicolons_and_carriage_returns_and_byte_order_marks_are_known() {
    assert_eq!(told("\u{feff}head;relation;tail\r\nA, B;r;C\r\n", Format::Csv, ""), ["2:A, B|r|C"]);
}
