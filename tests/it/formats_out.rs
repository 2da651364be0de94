//! Export in every format: what is written points at the entities, and comes back by import as what it was.

use amalrec::domain::quality::{Index, ScoreCard};
use amalrec::domain::review::Status;
use amalrec::domain::{RelationTuple, Span};
use amalrec::export::{self, About, ExportError, Format, Named, Row, Settings, Source, Tacred};
use amalrec::import;
use proptest::prelude::*;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// A row whose sentence is made of parts, two of which name the ends.
fn row(parts: [&str; 5], relation: &str, split: &str) -> Option<Row> {
    let [before, head, between, tail, after] = parts;
    let tuple = RelationTuple::new(head, Some("Person"), relation, tail, None).ok()?;
    let (head, tail) = (&tuple.head.name, &tuple.tail.name);
    let sentence = format!("{before}{head}{between}{tail}{after}");
    let start = before.len() + head.len() + between.len();
    let (head, tail) =
        (Span { start: before.len(), end: before.len() + head.len() }, Span { start, end: start + tail.len() });
    Some(Row {
        sentence,
        head: Named::At(head),
        tail: Named::At(tail),
        status: Status::Decided,
        disagrees: false,
        source: Source::Human { edited: true },
        origin: None,
        scores: ScoreCard::default(),
        index: Index { value: None, vetoes: vec![] },
        decisions: vec![],
        annotators: vec!["a, \"b\"".into()],
        split: split.into(),
        tuple,
    })
}

fn export(target: &Path, formats: &[Format], tacred: Tacred, rows: &[Row]) -> (PathBuf, Vec<String>) {
    let relations = rows.iter().map(|row| {
        let about = About { label: format!("{} in words", row.tuple.relation), ..About::default() };
        (row.tuple.relation.clone(), about)
    });
    let settings = Settings {
        formats: formats.to_vec(),
        splits: vec!["train".into(), "test".into()],
        relations: relations.collect(),
        tacred,
        escape_brackets: true,
        ..Settings::default()
    };
    let published = export::write::<ExportError>(target, &settings, rows, |_, _| Ok(())).unwrap();
    (published.folder, published.manifest.warnings)
}

/// Tuples and sentences, by import.
fn back(path: &Path, format: import::Format) -> Vec<(RelationTuple, Vec<String>)> {
    let mut rows = Vec::new();
    let sentences = |row: &import::Row| row.sentences.iter().map(|s| s.text.clone()).collect();
    import::read(path, format, None, |row| rows.push((row.tuple.clone(), sentences(&row))), |p| panic!("{p}")).unwrap();
    rows
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

const TOKENS: [Format; 4] = [Format::Tacred, Format::FewRel, Format::DocRed, Format::Conll04];

/// All formats that this build writes.
fn all() -> Vec<Format> {
    Format::ALL.into_iter().filter(|format| cfg!(feature = "parquet") || *format != Format::Parquet).collect()
}

#[test]
fn each_format_has_the_fields_of_its_reference() {
    let place = tempfile::tempdir().unwrap();
    let rows = [
        row(["In ", "Lima", " (that is, Lima), ", "Émile Zola", " wrote."], "wroteIn", "train").unwrap(),
        row(["", "Ada", "'s book is ", "Notes", "!"], "wrote", "test").unwrap(),
    ];
    let (folder, warnings) = export(&place.path().join("out"), &all(), Tacred::Raw, &rows);
    let id = rows[0].tuple.digest().to_string();
    let words =
        serde_json::json!(["In", "Lima", "(", "that", "is", ",", "Lima", ")", ",", "Émile", "Zola", "wrote", "."]);
    let escaped = serde_json::json!([
        "In", "Lima", "-LRB-", "that", "is", ",", "Lima", "-RRB-", ",", "Émile", "Zola", "wrote", "."
    ]);
    let repeated = |text: &str| serde_json::json!(vec![text; 13]);
    let mut ner = vec!["O"; 13];
    ner[1] = "PERSON";
    ner[9..11].fill("UNKNOWN");
    assert_eq!(
        json(&folder.join("tacred/train.json")),
        serde_json::json!([{
            "id": id, "relation": "wroteIn", "token": escaped, "subj_start": 1, "subj_end": 1, "obj_start": 9,
            "obj_end": 10, "subj_type": "PERSON", "obj_type": "UNKNOWN", "stanford_pos": repeated("_"),
            "stanford_ner": ner, "stanford_head": repeated("0"), "stanford_deprel": repeated("_"),
        }])
    );
    assert_eq!(
        json(&folder.join("tacred/label2id.json")),
        serde_json::json!({"no_relation": 0, "wrote": 1, "wroteIn": 2})
    );
    let fewrel = json(&folder.join("fewrel/train.json"));
    assert_eq!(fewrel["wroteIn"][0]["tokens"], words);
    assert_eq!(
        (&fewrel["wroteIn"][0]["h"][0], &fewrel["wroteIn"][0]["h"][2]),
        (&"Lima".into(), &serde_json::json!([[1], [6]]))
    );
    assert_eq!(fewrel["wroteIn"][0]["t"][2], serde_json::json!([[9, 10]]));
    assert_eq!(json(&folder.join("fewrel/pid2name.json"))["wrote"], serde_json::json!(["wrote in words", ""]));
    assert_eq!(
        json(&folder.join("docred/train_annotated.json")),
        serde_json::json!([{
            "title": format!("Lima ({})", &id[..12]), "sents": [words],
            "vertexSet": [
                [{"name": "Lima", "sent_id": 0, "pos": [1, 2], "type": "Person"},
                 {"name": "Lima", "sent_id": 0, "pos": [6, 7], "type": "Person"}],
                [{"name": "Émile Zola", "sent_id": 0, "pos": [9, 11], "type": "MISC"}],
            ],
            "labels": [{"h": 0, "t": 1, "r": "wroteIn", "evidence": [0]}],
        }])
    );
    assert_eq!(json(&folder.join("docred/rel2id.json"))["wroteIn"], 2);
    assert_eq!(json(&folder.join("docred/rel_info.json"))["wroteIn"], "wroteIn in words");
    assert_eq!(
        json(&folder.join("conll04/test.json")),
        serde_json::json!([{
            "tokens": ["Ada", "'s", "book", "is", "Notes", "!"],
            "entities": [{"type": "Person", "start": 0, "end": 1}, {"type": "Other", "start": 4, "end": 5}],
            "relations": [{"type": "wrote", "head": 0, "tail": 1}], "orig_id": 1,
        }])
    );
    assert_eq!(json(&folder.join("conll04/types.json"))["entities"]["Other"]["short"], "Other");
    let xml = fs::read_to_string(folder.join("webnlg/test.xml")).unwrap();
    assert!(
        xml.contains("<mtriple>Ada | wrote | Notes</mtriple>")
            && xml.contains("lid=\"Id1\">Ada's book is Notes!</lex>")
    );
    let csv = fs::read_to_string(folder.join("test.csv")).unwrap();
    assert!(csv.starts_with("id,sentence,head,head_type,") && csv.contains("\"[\"\"a, \\\"\"b\\\"\"\"\"]\""), "{csv}");
    if cfg!(feature = "parquet") {
        let bytes = fs::read(folder.join("data/train-00000-of-00001.parquet")).unwrap();
        assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
        let card = fs::read_to_string(folder.join("README.md")).unwrap();
        assert!(card.contains("path: \"data/test-00000-of-00001.parquet\""), "{card}");
    }
    assert!(warnings.iter().any(|w| w.starts_with("relations with fewer than 10 instances in fewrel/train.json")));
}

#[test]
fn the_port_of_tacred_counts_otherwise() {
    let place = tempfile::tempdir().unwrap();
    let rows = [row(["", "Alan Turing", " was born in ", "London", "."], "birthPlace", "train").unwrap()];
    let (folder, _) = export(&place.path().join("out"), &[Format::Tacred], Tacred::Hf, &rows);
    let read = &json(&folder.join("tacred/train.json"))[0];
    assert_eq!((&read["subj_start"], &read["subj_end"]), (&0.into(), &2.into()));
    assert_eq!(read["stanford_head"][0], -1);
}

#[test]
fn rows_without_a_span_are_not_in_formats_that_need_one() {
    let place = tempfile::tempdir().unwrap();
    let mut rows = [
        row(["", "Peru", " has ", "Lima", "."], "capital", "train").unwrap(),
        row(["", "Chile", " has ", "Santiago", "."], "capital", "train").unwrap(),
    ];
    rows[1].tail = Named::Confirmed;
    let formats = [&TOKENS[..], &[Format::Jsonl, Format::WebNlg]].concat();
    let (folder, warnings) = export(&place.path().join("out"), &formats, Tacred::Raw, &rows);
    assert_eq!(json(&folder.join("tacred/train.json")).as_array().unwrap().len(), 1);
    assert_eq!(fs::read_to_string(folder.join("train.jsonl")).unwrap().lines().count(), 2);
    for format in TOKENS {
        let told = format!("rows that are not in {format}, since their sentence does not name both ends apart: 1");
        assert!(warnings.contains(&told), "{warnings:?}");
    }
    let manifest = json(&folder.join("manifest.json"));
    let rows =
        |name: &str| manifest["files"].as_array().unwrap().iter().find(|f| f["name"] == name).unwrap()["rows"].clone();
    assert_eq!((rows("tacred/train.json"), rows("train.jsonl")), (1.into(), 2.into()));
}

/// An older export with files in folders is replaced whole, and nothing that is not ours.
#[test]
fn folders_of_formats_are_replaced_too() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    let rows = [row(["", "Peru", " has ", "Lima", "."], "capital", "train").unwrap()];
    export(&out, &all(), Tacred::Raw, &rows);
    export(&out, &[Format::Jsonl], Tacred::Raw, &rows);
    assert!(!out.join("tacred").exists());
}

/// A name as tuples have them, and with letters that trouble formats.
fn name() -> impl Strategy<Value = String> {
    "[A-Za-zÀ-ÿ日本'&<>\"(),.|\\-]{1,6}( [A-Za-zé\u{301}0-9(),.'-]{1,6}){0,2}"
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn every_format_comes_back(
        head in name(), tail in name(), relation in "[a-z]{1,8}(_[a-z]{1,4})?",
        before in "([A-Za-z,.(]{1,6} ){0,3}", between in " ([a-z,)']{1,6} ){1,3}", after in "( [a-z\"!.]{1,5}){0,3}",
    ) {
        let Some(row) = row([&before, &head, &between, &tail, &after], &relation, "train") else { return Ok(()) };
        prop_assume!(row.gap().is_none());
        let place = tempfile::tempdir().unwrap();
        let rows = std::slice::from_ref(&row);
        let formats = [Format::Jsonl, Format::Csv, Format::WebNlg, Format::Tacred, Format::FewRel, Format::DocRed, Format::Conll04];
        let (folder, warnings) = export(&place.path().join("raw"), &formats, Tacred::Raw, rows);
        let (port, _) = export(&place.path().join("hf"), &[Format::Tacred], Tacred::Hf, rows);
        let cleaned = amalrec::domain::clean::sentence(&row.sentence);
        let untyped = RelationTuple::new(&row.tuple.head.name, None, &row.tuple.relation, &row.tuple.tail.name, None).unwrap();

        prop_assert_eq!(&back(&folder.join("train.csv"), import::Format::Csv)[0].0, &row.tuple);
        let jsonl = back(&folder.join("train.jsonl"), import::Format::Auto);
        prop_assert_eq!(&jsonl, &[(row.tuple.clone(), vec![cleaned.clone()])]);
        prop_assert_eq!(&back(&folder.join("webnlg/train.xml"), import::Format::Auto), &[(untyped, vec![cleaned.clone()])]);
        // What has tokens leaves how they were spaced to the reader; letters are all there.
        if warnings.iter().any(|w| w.contains("does not name both ends apart")) {
            return Ok(());
        }
        let plain = |text: &str| text.split_whitespace().collect::<String>().replace('"', "''");
        let entity = |text: &str| amalrec::domain::mention::fold(&plain(text));
        let raw = back(&folder.join("tacred/train.json"), import::Format::TacredRaw);
        prop_assert_eq!(&raw, &back(&port.join("tacred/train.json"), import::Format::TacredHf));
        let fewrel = back(&folder.join("fewrel/train.json"), import::Format::Auto);
        for (format, read) in [("tacred", raw), ("fewrel", fewrel)] {
            let (tuple, sentences) = &read[0];
            prop_assert_eq!(&tuple.relation, &row.tuple.relation, "{}", format);
            prop_assert_eq!(plain(&sentences[0]), plain(&cleaned), "{}", format);
            for (ours, theirs) in [(&row.tuple.head, &tuple.head), (&row.tuple.tail, &tuple.tail)] {
                prop_assert_eq!(entity(&ours.name), entity(&theirs.name), "{}", format);
            }
        }
        let document = &json(&folder.join("docred/train_annotated.json"))[0];
        let spert = &json(&folder.join("conll04/train.json"))[0];
        for (end, name) in [("head", &row.tuple.head.name), ("tail", &row.tuple.tail.name)] {
            let mention = &document["vertexSet"][usize::from(end == "tail")][0];
            let cut = |tokens: &Value, from: &Value, to: &Value| {
                let range = usize::try_from(from.as_u64().unwrap()).unwrap()..usize::try_from(to.as_u64().unwrap()).unwrap();
                tokens.as_array().unwrap()[range].iter().map(|token| token.as_str().unwrap()).collect::<String>()
            };
            prop_assert_eq!(plain(&cut(&document["sents"][0], &mention["pos"][0], &mention["pos"][1])), plain(name));
            let at = usize::try_from(spert["relations"][0][end].as_u64().unwrap()).unwrap();
            let entity = &spert["entities"][at];
            prop_assert_eq!(plain(&cut(&spert["tokens"], &entity["start"], &entity["end"])), plain(name));
        }
    }
}
