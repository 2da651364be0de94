//! Import of every format: real files with the counts that plain counting finds, and hostile ones.

use crate::support::{Ran, run};
use amalrec::import::{Format, ImportError, Item, Problem, Reader, Row, read};
use std::fmt::Write as _;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

/// A file of the shared data, or a word that it is not there.
fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/formats").join(name);
    if !path.exists() {
        eprintln!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

fn all(path: &Path) -> (Vec<Row>, Vec<Problem>, Format) {
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    let totals = read(path, Format::Auto, None, |row| rows.push(row), |problem| problems.push(problem)).unwrap();
    (rows, problems, totals.format)
}

/// Rows as `line:head|relation|tail`, then `=sentence`s; problems as `!line:reason`.
fn told(name: &str, text: impl AsRef<[u8]>, format: Format) -> Vec<String> {
    try_told(name, text, format).unwrap()
}

fn try_told(name: &str, text: impl AsRef<[u8]>, format: Format) -> Result<Vec<String>, ImportError> {
    let mut told = Vec::new();
    for item in Reader::new(name, Cursor::new(text.as_ref().to_vec()), format, None)? {
        match item? {
            Item::Row(row) => {
                let t = &row.tuple;
                told.push(format!("{}:{}|{}|{}", row.line, t.head.name, t.relation, t.tail.name));
                told.extend(row.sentences.iter().map(|sentence| format!("={}", sentence.text)));
            }
            Item::Problem(problem) => told.push(format!("!{}:{}", problem.line, problem.reason)),
            Item::Aside(what) => told.push(format!("-{what}")),
            Item::Suspicion(_) => {}
        }
    }
    Ok(told)
}

#[test]
fn real_webnlg_files_give_every_modified_triple() {
    for name in ["webnlg3.0-3triples.xml", "webnlg3.0-airport-1triples.xml"] {
        let Some(path) = shared(name) else { return };
        let text = std::fs::read_to_string(&path).unwrap();
        let (rows, problems, format) = all(&path);
        assert_eq!((rows.len(), problems), (text.matches("<mtriple>").count(), vec![]), "{name}");
        assert_eq!(format, Format::WebNlg);
        let sentences: usize = rows.iter().map(|row| row.sentences.len()).sum();
        let single = name.contains("1triples");
        assert_eq!(sentences, if single { text.matches("<lex ").count() } else { 0 }, "{name}");
    }
}

#[test]
fn a_real_fewrel_file_gives_every_instance() {
    let Some(path) = shared("fewrel_val_wiki.30-per-relation.json") else { return };
    let text = std::fs::read_to_string(&path).unwrap();
    let (rows, problems, format) = all(&path);
    assert_eq!((rows.len(), problems, format), (text.matches("\"tokens\"").count(), vec![], Format::FewRel));
    assert!(rows.iter().all(|row| row.sentences.len() == 1 && row.tuple.relation.starts_with('P')));
    let first = &rows[0];
    assert_eq!(first.tuple.head.name, "Cape Girardeau Bridge", "as the sentence writes it");
    assert!(first.sentences[0].text.ends_with("the deteriorating Cape Girardeau Bridge."));
    // A spelling by its digest of lines: the keys in the order of the file.
    let parsed: serde_json::Value = serde_json::from_str(&text).unwrap();
    for (relation, instances) in parsed.as_object().unwrap() {
        let count = rows.iter().filter(|row| row.tuple.relation == *relation).count();
        assert_eq!(count, instances.as_array().unwrap().len(), "{relation}");
    }
}

#[test]
fn a_real_rebel_file_gives_every_triple_with_its_sentence() {
    let Some(path) = shared("rebel_sample.200.jsonl") else { return };
    let text = std::fs::read_to_string(&path).unwrap();
    let documents: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let triples: usize = documents.iter().map(|d| d["triples"].as_array().unwrap().len()).sum();
    let (rows, problems, format) = all(&path);
    assert_eq!((rows.len(), problems, format), (triples, vec![], Format::Rebel));
    let whole = |row: &&Row| {
        row.sentences.iter().any(|s| s.text.contains(&row.tuple.head.name) && s.text.contains(&row.tuple.tail.name))
    };
    let named = rows.iter().filter(whole).count();
    assert!(named * 100 >= rows.len() * 95, "{named} of {} sentences name both ends", rows.len());
}

#[test]
fn relations_get_names_by_the_map_that_comes_with_fewrel() {
    let (Some(data), Some(map)) = (shared("fewrel_val_wiki.30-per-relation.json"), shared("pid2name.json")) else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let import = |files: &[&Path]| -> Ran {
        let mut arguments: Vec<&str> = vec!["--project", "p.db", "--json", "import", "--relation-map"];
        arguments.extend([map.to_str().unwrap()]);
        arguments.extend(files.iter().map(|file| file.to_str().unwrap()));
        run(home.path(), &arguments)
    };
    let first: serde_json::Value = serde_json::from_str(&import(&[&data]).out).unwrap();
    let again: serde_json::Value = serde_json::from_str(&import(&[&data]).out).unwrap();
    let number = |value: &serde_json::Value, key: &str| value[key].as_u64().unwrap();
    assert!(number(&first, "new_sentences") > 400 && number(&first, "refused") == 0, "{first}");
    assert_eq!(number(&again, "new") + number(&again, "new_sentences"), 0, "{again}");
    assert_eq!(number(&again, "known_sentences"), number(&first, "new_sentences") + number(&first, "known_sentences"));
    let listed = run(home.path(), &["--project", "p.db", "--json", "list", "candidates", "--limit", "1"]);
    let row: serde_json::Value = serde_json::from_str(listed.out.lines().next().unwrap()).unwrap();
    assert_eq!((&row["method"], &row["paradigm"]), (&"imported".into(), &"imported".into()));
    assert_eq!(row["tuple"]["relation"], "crosses");
}

const WEBNLG: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<benchmark><entries>
<entry category="Food" eid="Id1" size="1"><originaltripleset><otriple>A | was | B</otriple></originaltripleset>
  <modifiedtripleset><mtriple>Caf&#233;_&amp;_Bar | place | "Lima"@en</mtriple></modifiedtripleset>
  <lex comment="good" lid="Id1">It &lt;is&gt; in Lima.</lex><lex lid="Id2" lang="ru">nyet</lex></entry>
"#;

#[test]
fn each_broken_entry_of_webnlg_costs_itself() {
    let good = ["4:Café & Bar|place|Lima", "=It <is> in Lima."];
    let told_of = |rest: &str| {
        let mut told = told("a.xml", format!("{WEBNLG}{rest}"), Format::Auto);
        assert_eq!(told.drain(..2).collect::<Vec<_>>(), good);
        told
    };
    let last =
        "<entry><modifiedtripleset><mtriple>X | y | Z</mtriple></modifiedtripleset></entry>\n</entries></benchmark>\n";
    assert_eq!(told_of(last), ["6:X|y|Z"]);
    let nested = "<entry><modifiedtripleset><mtriple>A | b | C</lex></entry>\n";
    let broken = told_of(&format!("{nested}{last}"));
    assert!(broken[0].starts_with("!6:is broken XML") && broken[1] == "7:X|y|Z", "{broken:?}");
    assert_eq!(
        told_of(&format!("<entry><mtriple>\n{last}")),
        ["!6:is not closed before the next entry begins", "7:X|y|Z"]
    );
    assert_eq!(
        told_of(&format!("<entry><mtriple>A | b</mtriple></entry>\n{last}")),
        ["!6:has 2 parts between ' | ' where 3 are expected", "7:X|y|Z"]
    );
    assert_eq!(told_of("<entry><mtriple>A"), ["!6:the file ends inside this entry: it was cut off"]);
    assert_eq!(told_of(""), ["!6:the file ends without </benchmark>: it was cut off, or is no WebNLG"]);
    assert_eq!(told_of(&format!("<!-- <entry></entry> -->\n{last}")), ["7:X|y|Z"]);
    let mut latin = WEBNLG.as_bytes().to_vec();
    latin.extend(b"<entry><mtriple>Caf\xe9 | b | C</mtriple></entry>\n");
    latin.extend(last.as_bytes());
    let told_of = told("a.xml", latin, Format::Auto);
    assert_eq!(told_of[2..], ["!6:is not UTF-8 (byte 20 of the entry)", "7:X|y|Z"]);
}

/// The classic: ten entities, each ten times the one before. Nothing is expanded, so nothing grows.
#[test]
fn a_billion_laughs_are_refused() {
    let mut text = String::from("<?xml version=\"1.0\"?>\n<!DOCTYPE b [<!ENTITY l0 \"lol\">\n");
    for i in 1..10 {
        let ten = format!("&l{};", i - 1).repeat(10);
        writeln!(text, "<!ENTITY l{i} \"{ten}\">").unwrap();
    }
    text.push_str("]>\n<benchmark><entries><entry><mtriple>&l9; | b | C</mtriple></entry>\n");
    text.push_str("<entry><mtriple>X | y | Z</mtriple></entry></entries></benchmark>");
    assert_eq!(
        told("a", text, Format::Auto),
        ["!13:names the entity &l9;, and only those of XML itself are read", "14:X|y|Z"]
    );
}

#[test]
fn turtle_is_read_with_prefixes_and_errors_cost_their_statement() {
    let turtle = "@prefix dbr: <http://dbpedia.org/resource/> .\n@prefix dbo: <http://dbpedia.org/ontology/> .\n\
        dbr:Lima dbo:country dbr:Peru ;\n  dbo:populationTotal 9751717 , \"a \\\"city\\\"\"@en .\n\
        dbr:A dbo:b nope:C .\n\
        dbr:Mobile\\,_Alabama a dbo:City .\n_:x dbo:b dbr:C .\n";
    let told_of = told("a.ttl", turtle, Format::Auto);
    assert_eq!(
        told_of,
        [
            "3:Lima|country|Peru",
            "4:Lima|populationTotal|9751717",
            "4:Lima|populationTotal|a \"city\"",
            "!5:The prefix nope: has not been declared",
            "6:Mobile, Alabama|type|City",
            "!7:the subject is a blank node, which has no name",
        ]
    );
    let giant = format!("{turtle}<http://a/x> <http://a/y> \"\"\"{}", "long\n".repeat(1 << 20));
    let told_of = told("a.ttl", giant, Format::Auto);
    assert!(told_of.iter().any(|t| t.contains("is not closed within 4 MiB")), "{:?}", &told_of[6..]);
}

#[test]
fn n_triples_are_read_line_by_line() {
    let text = "# dump\n<http://dbpedia.org/resource/Lima> <http://dbpedia.org/ontology/country> \
        <http://dbpedia.org/resource/Peru> .\n<http://a> <http://b>\n<http://a/a> <http://a/b> \"x\\ty\"@en .\n";
    let expected = ["2:Lima|country|Peru", "!3:ends within a triple", "4:a|b|x y"];
    assert_eq!(told("dump", text, Format::Auto), expected);
    assert_eq!(told("dump.nt", text, Format::Auto), expected);
}

const TACRED: &str = r#"[{"id": "1", "relation": "per:city_of_birth", "token": ["Alan", "Turing", "was", "born", "in", "London", "-LRB-", "UK", "-RRB-", "."],
 "subj_start": 0, "subj_end": 1, "obj_start": 5, "obj_end": 5, "subj_type": "PERSON", "obj_type": "CITY",
 "stanford_head": ["2", "4"]},
{"id": "2", "relation": "no_relation", "token": ["a", "b"], "subj_start": 0, "subj_end": 0, "obj_start": 1, "obj_end": 1},
{"id": "3", "relation": "per:x", "token": ["a", "b"], "subj_start": 0, "subj_end": 0, "obj_start": 1, "obj_end": 2}]
"#;

#[test]
fn tacred_counts_ends_as_its_variant_does() {
    let born = ["1:Alan Turing|per:city_of_birth|London", "=Alan Turing was born in London (UK)."];
    let bad = "!5:the object is at tokens 1 to 3 of 2, where none are";
    assert_eq!(told("t.json", TACRED, Format::Auto), [born[0], born[1], "-sentences of the class no_relation", bad]);
    let port = TACRED.replace("\"subj_end\": 1, ", "\"subj_end\": 2, ").replace("\"obj_end\": 5", "\"obj_end\": 6");
    assert_eq!(told("t.json", port, Format::TacredHf)[..2], born);
    let doubtful = r#"[{"relation": "r", "token": ["a", "b", "c"], "subj_start": 0, "subj_end": 1, "obj_start": 1, "obj_end": 2}]"#;
    let error = try_told("t.json", doubtful, Format::Auto).unwrap_err().to_string();
    assert!(error.contains("pass --tacred raw (the last) or --tacred hf"), "{error}");
}

#[test]
fn candidates_come_with_their_tuples() {
    let text = r#"{"head": "Peru", "relation": "capital", "tail": "Lima", "text": " Lima is\tthe capital of Peru. ", "method": "mine"}
{"tuple_id": 1, "tuple": {"head": "Peru", "head_type": null, "relation": "capital", "tail": "Lima"}, "text": "In Lima.", "error": null}
{"tuple": {"head": "Peru", "relation": "capital", "tail": "Lima"}, "text": null, "error": "no"}
{"head": "Peru", "relation": "capital", "tail": "Lima", "text": " "}
{"head": "Peru", "relation": "capital", "tail": "Lima"}
"#;
    assert_eq!(
        told("c.jsonl", text, Format::Auto),
        [
            "1:Peru|capital|Lima",
            "=Lima is the capital of Peru.",
            "2:Peru|capital|Lima",
            "=In Lima.",
            "-failed candidates",
            "!4:the text is empty",
            "!5:has no text; its keys are head, relation, tail",
        ]
    );
}

#[test]
fn packed_files_are_read_whatever_their_name_is() {
    use std::io::Write as _;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(b"A\tr\tB\nC\tr\tD\n").unwrap();
    let packed = gzip.finish().unwrap();
    let expected = ["1:A|r|B", "2:C|r|D"];
    assert_eq!(told("t.tsv.gz", &packed, Format::Auto), expected);
    assert_eq!(told("t.tsv", &packed, Format::Auto), expected);
    assert_eq!(told("t", &packed, Format::Auto), expected);
    let rows = "A\tr\tB\n".repeat(40_000);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    gzip.write_all(rows.as_bytes()).unwrap();
    let mut packed = gzip.finish().unwrap();
    packed.truncate(packed.len() / 2);
    let mut reader = Reader::new("t.gz", Cursor::new(packed), Format::Tsv, None).unwrap();
    let rows = reader.by_ref().take_while(Result::is_ok).count();
    assert!(rows > 15_000, "what came before the break is kept: {rows}");
}

/// Two gigabytes without an end of line, of each kind, as a pipe would bring them: read through, not held.
#[test]
fn giants_are_passed_over_in_every_format() {
    let giants = [
        ("a.nt", "<http://a/a> <http://a/b> <http://a/c> .\n", "", "\n<http://a/d> <http://a/e> <http://a/f> .\n"),
        ("a.ttl", "<http://a/a> <http://a/b> <http://a/c> .\n", "", "\n<http://a/d> <http://a/e> <http://a/f> .\n"),
        (
            "a.xml",
            "<benchmark><entries><entry><mtriple>a | b | c</mtriple></entry>",
            "<entry><lex>",
            "</lex></entry><entry><mtriple>d | e | f</mtriple></entry></entries></benchmark>",
        ),
        (
            "a.json",
            "{\"P1\": [{\"tokens\": [\"a\", \"c\"], \"h\": [\"a\", \"\", [[0]]], \"t\": [\"c\", \"\", [[1]]]}, ",
            "{\"tokens\": [\"",
            "\"]}, {\"tokens\": [\"d\", \"f\"], \"h\": [\"d\", \"\", [[0]]], \"t\": [\"f\", \"\", [[1]]]}]}",
        ),
    ];
    let length = if std::env::var_os("AMALREC_GIANTS").is_some() { 2 << 30 } else { 32 << 20 };
    for (name, before, open, after) in giants {
        let giant = std::io::repeat(b'x').take(length);
        let bytes = Cursor::new(format!("{before}{open}")).chain(giant).chain(Cursor::new(after));
        let reader = Reader::new(name, bytes, Format::Auto, None).unwrap();
        let kinds: Vec<_> = reader.map(|item| matches!(item, Ok(Item::Row(_)))).collect();
        assert_eq!(kinds, [true, false, true], "{name}");
    }
}
