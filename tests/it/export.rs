//! Export: spans in characters, splits without leaks, and a folder that is there whole or not at all.

use amalrec::domain::digest::Digest;
use amalrec::domain::method::Paradigm;
use amalrec::domain::quality::{Dimension, Index, Score, ScoreCard, Veto};
use amalrec::domain::review::Status;
use amalrec::domain::{CandidateId, DecisionId, Origin, RelationTuple, Span};
use amalrec::export::{About, ExportError, Format, Model, Named, Record, Row, Settings, Source, rehearse, write};
use amalrec::import;
use proptest::prelude::*;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn settings() -> Settings {
    Settings {
        formats: vec![Format::Jsonl],
        splits: vec!["train".into(), "test".into()],
        plan: "test=1,seed=7".parse().unwrap(),
        dataset: "Demo: \"facts\"".into(),
        licence: Some("cc-by-4.0".into()),
        program: "amalrec 0.1.0".into(),
        sei_version: "1".into(),
        models: vec![Model { name: "smol".into(), sha256: "ab".into(), licence: Some("apache-2.0".into()) }],
        ..Settings::default()
    }
}

fn origin() -> Origin {
    Origin {
        method: "llm-zero".into(),
        paradigm: Paradigm::DecoderOnly,
        model: Some("smol".into()),
        model_digest: Some("ab".into()),
        prompt_digest: "cd".into(),
        params: "{\"temperature\":0.7}".into(),
        seed: 42,
        ordinal: 0,
        parents: vec![CandidateId(3)],
        prompt_tokens: 1,
        output_tokens: 2,
        millis: 3,
    }
}

/// A row whose sentence is `HEAD <verb> TAIL.`
fn row(head: &str, verb: &str, tail: &str, split: &str) -> Row {
    let tuple = RelationTuple::new(head, Some("Person"), verb, tail, None).unwrap();
    let sentence = format!("{head} {verb} {tail}.");
    let at = head.len() + verb.len() + 2;
    let mut scores = ScoreCard::default();
    scores.set(Dimension::Grammar, Score::new(1.0 / 3.0));
    Row {
        tuple,
        sentence,
        head: Named::At(Span { start: 0, end: head.len() }),
        tail: Named::At(Span { start: at, end: at + tail.len() }),
        status: Status::Decided,
        disagrees: false,
        source: Source::Human { edited: false },
        origin: Some(origin()),
        scores,
        index: Index { value: Score::new(0.5), vetoes: vec![Veto::NoVerb] },
        decisions: vec![DecisionId(9)],
        annotators: vec!["mansi".into()],
        split: split.into(),
    }
}

fn export(target: &Path, settings: &Settings, rows: &[Row]) -> Result<Value, ExportError> {
    let folder = write::<ExportError>(target, settings, rows, |_, _| Ok(()))?.folder;
    let manifest: Value = serde_json::from_slice(&fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    for file in manifest["files"].as_array().unwrap() {
        let bytes = fs::read(folder.join(file["name"].as_str().unwrap())).unwrap();
        assert_eq!(file["bytes"].as_u64().unwrap(), bytes.len() as u64);
        assert_eq!(file["sha256"], Digest(Sha256::digest(&bytes).into()).to_string());
    }
    Ok(manifest)
}

fn records(path: &Path) -> Vec<Record> {
    fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn listing(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn the_published_row_is_as_promised() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("a/b/out");
    let rows = [row("Émile Zola", "wrote", "Germinal", "train"), row("Ada", "wrote", "Notes", "test")];
    let manifest = export(&out, &settings(), &rows).unwrap();
    assert_eq!(listing(&out), ["README.md", "manifest.json", "test.jsonl", "train.jsonl"]);
    assert_eq!(listing(out.parent().unwrap()), ["out"], "no temporary folder is left");
    let line = fs::read_to_string(out.join("train.jsonl")).unwrap();
    let id = rows[0].tuple.digest();
    let expected = format!(
        r#"{{"id":"{id}","sentence":"Émile Zola wrote Germinal.","head":{{"name":"Émile Zola","type":"Person","text":"Émile Zola","start":0,"end":10}},"relation":"wrote","tail":{{"name":"Germinal","type":null,"text":"Germinal","start":17,"end":25}},"status":"decided","source":"human","edited":false,"method":"llm-zero","paradigm":"decoder-only","sei":0.5,"grammar":0.333333,"fluency":null,"sentiment":null,"accuracy":null,"complexity":null,"veto":["no-verb"],"provenance":{{"model":"smol","model_digest":"ab","prompt_digest":"cd","seed":42,"params":"{{\"temperature\":0.7}}","parents":[3]}},"decision_ids":[9],"annotators":["mansi"],"split":"train"}}"#
    );
    assert_eq!(line, expected + "\n");
    assert_eq!(
        manifest["splits"],
        serde_json::json!({"seed": 7, "plan": {"test": 1}, "cap": null, "rows": {"test": 1, "train": 1}, "dropped": {}})
    );
    assert_eq!(manifest["models"][0]["licence"], "apache-2.0");
    assert_eq!(manifest["models"][0]["rows"], 2);
    assert_eq!(manifest["leak_check"]["passed"], true);
    assert_eq!(manifest["leak_check"]["near_duplicate_rows"], serde_json::json!({"test": 1, "train": 1}));
    let card = fs::read_to_string(out.join("README.md")).unwrap();
    assert!(card.starts_with("---\npretty_name: \"Demo: \\\"facts\\\"\"\n") && card.contains("'0': \"wrote\""));
}

#[test]
fn the_same_rows_give_the_same_bytes() {
    let place = tempfile::tempdir().unwrap();
    let rows = [row("A", "knows", "B", "train"), row("C", "sees", "D", "test")];
    let [one, two] = ["one", "two"].map(|name| export(&place.path().join(name), &settings(), &rows).unwrap());
    assert_eq!(one, two);
}

#[test]
fn leaks_are_refused_with_examples_and_nothing_is_written() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    let refuse = |rows: &[Row]| export(&out, &settings(), rows).unwrap_err().to_string();
    let same = refuse(&[row("A", "knows", "B", "train"), row("A", "knows", "B", "test")]);
    assert!(
        same.contains("1 tuple stands in more than one split (such as 'A | knows | B' in train and test)"),
        "{same}"
    );
    let pair = refuse(&[row("Málaga", "in", "Spain", "train"), row("spain", "holds", "Malaga", "test")]);
    assert_eq!(
        pair,
        "the splits leak: 1 entity pair stands in more than one split (such as 'spain | Malaga' in train and test); nothing was exported"
    );
    let mut other = row("A", "knows", "C", "test");
    other.sentence = "a knows  B.".into();
    let sentence = refuse(&[row("A", "knows", "B", "train"), other]);
    assert!(sentence.contains("1 sentence stands"), "{sentence}");
    assert_eq!(listing(place.path()), Vec::<String>::new());
}

#[test]
fn rows_that_do_not_name_their_entities_are_listed_apart() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    let mut rows = [
        row("A", "r", "B", "train"),
        row("C", "r", "D", "train"),
        row("E", "r", "F", "train"),
        row("É", "r", "G", "train"),
    ];
    rows[1].tail = Named::Missing;
    rows[2].tail = Named::Confirmed;
    rows[2].disagrees = true;
    rows[3].head = Named::At(Span { start: 0, end: 1 });
    let manifest = write::<ExportError>(&out, &settings(), &rows, |_, _| Ok(())).unwrap().manifest;
    assert_eq!((manifest.rows, manifest.left_out.rows), (2, 2));
    assert!(manifest.warnings.iter().any(|w| w.contains("split 'test' has no rows")));
    for said in ["nobody settled between them: 1", "names not both ends, as an annotator confirmed: 1"] {
        assert!(manifest.warnings.iter().any(|w| w.contains(said)), "{said}: {:?}", manifest.warnings);
    }
    let left_out = fs::read_to_string(out.join("left_out.jsonl")).unwrap();
    let reasons: Vec<Value> = left_out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told = |n: usize| (reasons[n]["head"].as_str().unwrap(), reasons[n]["reason"].as_str().unwrap());
    assert_eq!(
        [told(0), told(1)],
        [("C", "the sentence does not name the tail"), ("É", "a span does not fit the sentence")]
    );
    let train = records(&out.join("train.jsonl"));
    assert_eq!((train[1].tail.text.as_deref(), train[1].tail.start, train[1].tail.name.as_str()), (None, None, "F"));
}

#[test]
fn annotators_can_be_hidden() {
    let place = tempfile::tempdir().unwrap();
    let mut rows = [row("A", "r", "B", "train"), row("C", "r", "D", "train")];
    rows[1].annotators = vec!["zoe".into(), "mansi".into()];
    export(&place.path().join("out"), &Settings { anonymise: true, ..settings() }, &rows).unwrap();
    let names: Vec<_> = records(&place.path().join("out/train.jsonl")).into_iter().map(|r| r.annotators).collect();
    assert_eq!(names, [vec!["annotator-1"], vec!["annotator-2", "annotator-1"]]);
}

#[test]
fn an_older_export_is_replaced_and_nothing_else_is_touched() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    let rows = [row("A", "r", "B", "train")];
    fs::create_dir(&out).unwrap();
    export(&out, &settings(), &rows).unwrap();
    export(&out, &settings(), &[row("X", "r", "Y", "train")]).unwrap();
    assert_eq!(records(&out.join("train.jsonl"))[0].head.name, "X");
    // A leak leaves the older export as it was.
    export(&out, &settings(), &[row("A", "r", "B", "train"), row("A", "r", "B", "test")]).unwrap_err();
    assert_eq!(records(&out.join("train.jsonl"))[0].head.name, "X");
    fs::write(out.join("notes.txt"), "mine").unwrap();
    let error = export(&out, &settings(), &rows).unwrap_err().to_string();
    assert!(error.contains("holds 'notes.txt', which no export of this program wrote"), "{error}");
    assert_eq!(listing(place.path()), ["out"]);
    assert_eq!(fs::read_to_string(out.join("notes.txt")).unwrap(), "mine");
}

#[test]
fn folders_that_cannot_be_used_are_named() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("file");
    fs::write(&file, "").unwrap();
    let error = |target: &Path| export(target, &settings(), &[]).unwrap_err().to_string();
    assert_eq!(error(&file), format!("{}: is a file; name a folder with --out", file.display()));
    assert!(error(&file.join("under")).contains("choose another folder with --out"));
    assert!(error(&place.path().join("out")).starts_with("there is no row to export"));
    let foreign = place.path().join("foreign");
    fs::create_dir(&foreign).unwrap();
    fs::write(foreign.join("manifest.json"), "{}").unwrap();
    assert!(error(&foreign).contains("holds 'manifest.json'"));
    if cfg!(target_os = "linux") {
        assert!(error(Path::new("/proc/amalrec-out")).starts_with("/proc: cannot be written in"));
    }
    let bad = Settings { splits: vec!["../x".into()], ..settings() };
    assert!(matches!(export(&place.path().join("out"), &bad, &[]), Err(ExportError::SplitName(_))));
    assert_eq!(listing(place.path()), ["file", "foreign"]);
}

#[test]
fn an_export_that_fails_leaves_nothing() {
    let place = tempfile::tempdir().unwrap();
    let rows = [row("A", "r", "B", "train"), row("A", "r", "C", "dev")];
    let settings = Settings { formats: vec![Format::Jsonl, Format::Csv, Format::WebNlg], ..settings() };
    assert!(matches!(export(&place.path().join("a/out"), &settings, &rows), Err(ExportError::Split { .. })));
    assert_eq!(listing(place.path()), Vec::<String>::new());
}

/// All files of a folder, of the folders in it too, and what is in them.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for name in listing(folder) {
        let path = folder.join(&name);
        if path.is_dir() {
            found.extend(contents(&path).into_iter().map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)));
        } else {
            found.insert(name, fs::read(path).unwrap());
        }
    }
    found
}

#[derive(Debug)]
struct Stop;

impl From<ExportError> for Stop {
    fn from(error: ExportError) -> Self {
        panic!("{error}")
    }
}

#[test]
fn an_export_that_was_stopped_goes_on_with_the_formats_that_are_left() {
    let place = tempfile::tempdir().unwrap();
    let (out, whole) = (place.path().join("out"), place.path().join("whole"));
    let rows: Vec<_> = (0..3000).map(|n| row(&format!("Head {n}"), "knows", &format!("Tail {n}"), "train")).collect();
    let formats = [Format::Csv, Format::WebNlg, Format::Jsonl, Format::Conll04, Format::DocRed, Format::Tacred];
    let about = [("knows".to_owned(), About::default())].into();
    let settings = Settings { formats: formats.to_vec(), relations: about, ..settings() };
    let unfinished = || listing(place.path()).into_iter().find(|name| name.starts_with(".out.amalrec-new-"));
    // Somebody says to stop when the first format is there.
    let stopped = |rows: &[Row]| {
        let begun = |_, _| match unfinished() {
            Some(name) if place.path().join(&name).join(".journal").exists() => Err(Stop),
            _ => Ok(()),
        };
        write(&out, &settings, rows, begun).unwrap_err();
        place.path().join(unfinished().expect("what is done is kept"))
    };
    let again = |rows: &[Row]| write::<ExportError>(&out, &settings, rows, |_, _| Ok(())).unwrap();
    write::<ExportError>(&whole, &settings, &rows, |_, _| Ok(())).unwrap();

    stopped(&rows);
    // Looking at what would be written changes nothing.
    rehearse::<ExportError>(&out, &settings, &rows, |_, _| Ok(())).unwrap();
    let published = again(&rows);
    assert!(!published.resumed.is_empty());
    assert_eq!(contents(&out), contents(&whole));
    assert_eq!(listing(place.path()), ["out", "whole"]);

    // Another sentence is another export.
    stopped(&rows);
    let mut other = rows.clone();
    other[2999].sentence = "Head 2999 knows Tail 2999 well.".into();
    assert_eq!(again(&other).resumed, []);
    assert!(records(&out.join("train.jsonl"))[2999].sentence.ends_with("well."));

    // So is a file that is not what it was.
    let kept = stopped(&rows);
    let journal = fs::read_to_string(kept.join(".journal")).unwrap();
    let line: Value = serde_json::from_str(journal.lines().next().unwrap()).unwrap();
    fs::write(kept.join(line["files"][0]["name"].as_str().unwrap()), "damaged").unwrap();
    let resumed: Vec<_> = again(&rows).resumed.into_iter().map(Format::name).collect();
    assert!(!resumed.contains(&line["format"].as_str().unwrap()), "{resumed:?}");
    assert_eq!(contents(&out), contents(&whole));

    // A link to a folder leads to the same one.
    if cfg!(unix) {
        let other = place.path().join("link");
        #[cfg(unix)]
        std::os::unix::fs::symlink(&out, &other).unwrap();
        stopped(&rows);
        assert!(!write::<ExportError>(&other, &settings, &rows, |_, _| Ok(())).unwrap().resumed.is_empty());
        assert_eq!(unfinished(), None);
        assert!(other.is_symlink());
    }
}

#[test]
fn an_export_whose_folder_was_taken_away_is_none() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    let rows: Vec<_> = (0..3000).map(|n| row(&format!("Head {n}"), "knows", &format!("Tail {n}"), "train")).collect();
    let formats = vec![Format::Csv, Format::WebNlg, Format::Jsonl, Format::Tacred];
    let about = [("knows".to_owned(), About::default())].into();
    let settings = Settings { formats, relations: about, ..settings() };
    let taken = |_, _| {
        for name in listing(place.path()) {
            // Files may be made in it at this moment.
            let _ = fs::remove_dir_all(place.path().join(name));
        }
        Ok(())
    };
    let error = write::<ExportError>(&out, &settings, &rows, taken).unwrap_err();
    assert!(matches!(error, ExportError::Write { .. }), "{error}");
    assert!(!out.exists());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn offsets_cut_the_mention_and_the_tuple_comes_back(head in "\\PC{0,12}", verb in "\\PC{0,12}", tail in "\\PC{0,12}") {
        let Ok(tuple) = RelationTuple::new(&head, None, &verb, &tail, None) else { return Ok(()) };
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("out");
        let row = Row { tuple: tuple.clone(), ..row(&tuple.head.name, &tuple.relation, &tuple.tail.name, "train") };
        export(&out, &settings(), std::slice::from_ref(&row)).unwrap();
        let record = &records(&out.join("train.jsonl"))[0];
        let chars: Vec<char> = record.sentence.chars().collect();
        for end in [&record.head, &record.tail] {
            let cut: String = chars[end.start.unwrap()..end.end.unwrap()].iter().collect();
            prop_assert_eq!(Some(&cut), end.text.as_ref());
            prop_assert_eq!(&cut, &end.name);
        }
        let mut back = Vec::new();
        let path = out.join("train.jsonl");
        import::read(&path, import::Format::Auto, None, |row| back.push(row.tuple), |p| panic!("{p}")).unwrap();
        prop_assert_eq!(back, vec![tuple]);
    }
}

/// What a large split costs; printed, not judged: the machine may be busy.
#[test]
fn many_rows_are_written() {
    let place = tempfile::tempdir().unwrap();
    let start = std::time::Instant::now();
    let rows: Vec<_> = (0..20_000).map(|i| row(&format!("Head {i}"), "knows", &format!("Tail {i}"), "train")).collect();
    export(&place.path().join("out"), &settings(), &rows).unwrap();
    println!("20,000 rows exported in {:.2} s", start.elapsed().as_secs_f64());
}
