//! Commands as scripts use them: data on stdout, exit codes, and a clear word for everything that is wrong.

use crate::support::{program, ranked_project, run, run_with_input};
use serde_json::Value;
use std::fs;

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_demo_needs_no_model_to_begin() {
    let home = tempfile::tempdir().unwrap();
    let made = run(home.path(), &["--project", "d.db", "init", "--demo"]);
    assert_eq!(made.code, 0, "{}", made.err);
    let again = run(home.path(), &["--project", "d.db", "init", "--demo"]);
    assert_eq!(again.code, 1);
    assert!(again.err.contains("d.db"), "{}", again.err);
    // What a first start leaves, whole or killed, is filled.
    std::fs::write(home.path().join("killed.db"), "").unwrap();
    assert_eq!(run(home.path(), &["--project", "empty.db", "init"]).code, 0);
    for project in ["killed.db", "empty.db"] {
        let filled = run(home.path(), &["--project", project, "init", "--demo"]);
        assert_eq!(filled.code, 0, "{project}: {}", filled.err);
    }
    let tuples = lines(&run(home.path(), &["--project", "d.db", "list", "tuples", "--json"]).out);
    assert!(tuples.len() >= 60);
    let relations: std::collections::BTreeSet<&str> = tuples.iter().map(|t| t["relation"].as_str().unwrap()).collect();
    assert!(relations.len() >= 20);
    assert!(tuples.iter().all(|t| t["head_type"].is_string() && t["tail_type"].is_string() && t["status"] == "new"));
    let templates = run(home.path(), &["--project", "d.db", "generate", "--methods", "template", "--limit", "5"]);
    assert_eq!(templates.code, 0, "{}", templates.err);
    let candidates = lines(&run(home.path(), &["--project", "d.db", "list", "candidates", "--json"]).out);
    assert_eq!(candidates.len(), 5);
    for candidate in &candidates {
        for key in [
            "tuple_id",
            "tuple",
            "candidate_id",
            "method",
            "paradigm",
            "text",
            "sei",
            "grammar",
            "fluency",
            "sentiment",
            "accuracy",
            "complexity",
            "veto",
            "rank",
            "error",
            "provenance",
        ] {
            assert!(candidate.get(key).is_some(), "{key}");
        }
    }
}

#[test]
fn a_variable_that_is_set_to_nothing_is_not_set() {
    let home = tempfile::tempdir().unwrap();
    for arguments in [&["--project", "p.db", "init"][..], &["--project", "p.db", "list", "tuples"]] {
        let empty = ["AMALREC_PROJECT", "AMALREC_ANNOTATOR", "AMALREC_MODEL", "AMALREC_CONFIG_DIR"];
        let ran = program(home.path()).args(arguments).envs(empty.map(|name| (name, ""))).output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    }
    // Whoever writes it out means something.
    let ran = run(home.path(), &["--project", "", "list", "tuples"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
}

#[test]
fn deciding_verifying_reporting_exporting() {
    let home = tempfile::tempdir().unwrap();
    drop(ranked_project(&home.path().join("p.db"), 6));
    let p = |arguments: &[&str]| run(home.path(), &[&["--project", "p.db"], arguments].concat());
    assert_eq!(p(&["decide", "1", "accept"]).code, 0);
    assert_eq!(p(&["decide", "2", "override", "2"]).code, 0);
    assert_eq!(p(&["decide", "3", "edit", "Lima 3 governs Peru 3."]).code, 0);
    let lost = p(&["decide", "4", "edit", "Lima 4 is large."]);
    assert_eq!((lost.code, lost.err.contains("head")), (1, true), "{}", lost.err);
    assert_eq!(p(&["decide", "4", "reject", "inaccurate"]).code, 0);
    assert_eq!(p(&["decide", "4", "reject", "nonsense"]).code, 2);
    assert_eq!(p(&["decide", "1", "undo"]).code, 1, "the newest decision is on tuple 4");
    assert_eq!(p(&["decide", "4", "undo"]).code, 0);
    assert_eq!(p(&["decide", "99", "accept"]).code, 1);
    assert_eq!(p(&["decide", "1", "override", "9"]).code, 1);
    let decisions = lines(&p(&["list", "decisions", "--json"]).out);
    let kinds: Vec<&str> = decisions.iter().map(|d| d["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["accept", "override", "edit", "reject", "undo"]);

    assert_eq!(p(&["verify", "record", "1", "right"]).code, 0);
    assert_eq!(p(&["--annotator", "other", "verify", "record", "2", "extra-fact"]).code, 0);
    assert_eq!(p(&["verify", "record", "5", "right"]).code, 1, "nothing is chosen there");
    let report: Value = serde_json::from_str(&p(&["report", "accuracy", "--json"]).out).unwrap();
    assert_eq!((report["right"].as_u64(), report["n"].as_u64()), (Some(1), Some(2)));
    let wilson = amalrec::domain::interval::wilson(1, 2, 0.95).unwrap();
    assert!((report["wilson95"]["low"].as_f64().unwrap() - wilson.low).abs() < 1e-12);
    assert_eq!(report["self_verified"], 1);

    let split = p(&["export", "--out", "split", "--split", "test=2,seed=1"]);
    assert_eq!(split.code, 0, "{}", split.err);
    let rows = |name: &str| lines(&fs::read_to_string(home.path().join("split").join(name)).unwrap());
    let manifest: Value =
        serde_json::from_str(&fs::read_to_string(home.path().join("split/manifest.json")).unwrap()).unwrap();
    let files: Vec<&str> = manifest["files"].as_array().unwrap().iter().map(|f| f["name"].as_str().unwrap()).collect();
    let (test, train): (Vec<&str>, Vec<&str>) =
        files.iter().filter(|f| f.ends_with(".jsonl")).partition(|f| f.contains("test"));
    assert_eq!(rows(test[0]).len(), 2);
    // Tuple 2 was found wrong: it stays at home.
    assert_eq!(rows(train[0]).len(), 3);
    assert_eq!(p(&["export", "--out", "other", "--split", "test=100"]).code, 1);
    assert_eq!(p(&["export", "--out", "other", "--split", "test=x"]).code, 2);
    assert!(!home.path().join("other").exists());
    assert_eq!(p(&["verify-log"]).code, 0);
}

#[test]
fn bad_projects_are_named_and_left_alone() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("text.db"), "this is no database, only text that is long enough\n".repeat(50)).unwrap();
    drop(ranked_project(&home.path().join("newer.db"), 1));
    let bytes = fs::read(home.path().join("newer.db")).unwrap();
    {
        let sqlite = rusqlite_version(&home.path().join("newer.db"), 999);
        assert!(sqlite, "the test could not age the project");
    }
    for (name, word) in [("text.db", "not"), ("newer.db", "newer"), ("missing.db", "init")] {
        let ran = run(home.path(), &["--project", name, "list", "tuples"]);
        assert_eq!(ran.code, 1, "{name}: {}", ran.err);
        assert!(ran.err.contains(name) && ran.err.contains(word), "{name}: {}", ran.err);
        assert!(!ran.err.contains("panicked"));
    }
    assert_eq!(fs::read(home.path().join("newer.db")).unwrap().len(), bytes.len());
    assert!(fs::read_to_string(home.path().join("text.db")).unwrap().starts_with("this is no database"));
    let under_file = run(home.path(), &["--project", "text.db/p.db", "init"]);
    assert_eq!(under_file.code, 1);
    assert!(under_file.err.contains("text.db/p.db"), "{}", under_file.err);
}

/// Sets `user_version` in the file's header, as a newer program would have.
fn rusqlite_version(path: &std::path::Path, version: u32) -> bool {
    let mut bytes = fs::read(path).unwrap();
    bytes[60..64].copy_from_slice(&version.to_be_bytes());
    fs::write(path, &bytes).is_ok()
}

#[test]
fn bad_input_is_told_by_file_and_line_and_the_rest_is_kept() {
    let home = tempfile::tempdir().unwrap();
    let mut file = b"head\trelation\ttail\nLima\tcapitalOf\tPeru\n".to_vec();
    file.extend(b"a\tb\tc\td\n\tr\tt\n\xff\xfe\tr\tt\n");
    file.extend(format!("{}\tr\tt\n", "x".repeat(1 << 20)).as_bytes());
    file.extend(b"Paris\tcapitalOf\tFrance\n");
    fs::write(home.path().join("bad.tsv"), file).unwrap();
    let ran = run(home.path(), &["--project", "p.db", "--json", "import", "bad.tsv"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((told["new"].as_u64(), told["refused"].as_u64()), (Some(2), Some(4)), "{told}");
    let at: Vec<u64> = told["refused_rows"].as_array().unwrap().iter().map(|r| r["line"].as_u64().unwrap()).collect();
    assert_eq!(at, [3, 4, 5, 6]);
    assert!(ran.out.len() < 10_000, "a refused megabyte must not be echoed");
    let again = run(home.path(), &["--project", "p.db", "--json", "import", "bad.tsv"]);
    let told: Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!((told["new"].as_u64(), told["known"].as_u64()), (Some(0), Some(2)));

    let columns = run(
        home.path(),
        &["--project", "p.db", "import", "bad.tsv", "--columns", "head=subject,relation=property,tail=object"],
    );
    assert_eq!(columns.code, 1);
    assert!(columns.err.contains("bad.tsv") && columns.err.contains("subject"), "{}", columns.err);
    assert_eq!(run(home.path(), &["--project", "p.db", "import", "nowhere.tsv"]).code, 1);
    assert_eq!(run(home.path(), &["--project", "p.db", "import", "bad.tsv", "--columns", "haed=1"]).code, 2);
}

#[cfg(feature = "llama")]
#[test]
fn half_a_model_is_a_sentence_and_no_crash() {
    let home = tempfile::tempdir().unwrap();
    assert_eq!(run(home.path(), &["--project", "d.db", "init", "--demo"]).code, 0);
    fs::write(home.path().join("half.gguf"), b"GGUF\x03\0\0\0 and then nothing").unwrap();
    for model in ["half.gguf", "absent.gguf", "no-such-model"] {
        let ran = run(home.path(), &["--project", "d.db", "--model", model, "run", "--limit", "1"]);
        assert_eq!(ran.code, 1, "{model}: {}", ran.err);
        assert!(ran.err.contains(model.trim_end_matches(".gguf")), "{model}: {}", ran.err);
        assert!(!ran.err.contains("panicked") && !ran.err.contains("GGML_ASSERT"), "{model}: {}", ran.err);
    }
}

#[test]
fn sei_answers_line_by_line() {
    let home = tempfile::tempdir().unwrap();
    let rows = concat!(
        r#"{"id":7,"head":"Peru","relation":"capital","tail":"Lima","text":"Lima is the capital of Peru."}"#,
        "\nnot json\n",
        r#"{"triples":[["Peru","capital","Lima"],["Peru","currency","Sol"]],"text":"Lima is the capital of Peru, where people pay in Sol."}"#,
        "\n",
        r#"{"head":"Peru","relation":"capital","tail":"Lima"}"#,
        "\n",
        r#"{"head":"Peru","relation":"capital","tail":"Lima","text":""}"#,
        "\n",
    );
    let ran = run_with_input(home.path(), &["sei", "-", "--no-model"], rows.as_bytes());
    assert_eq!(ran.code, 1, "{}", ran.err);
    let answers = lines(&ran.out);
    assert_eq!(answers.len(), 5);
    assert_eq!(answers[0]["id"], 7);
    for key in ["sei", "grammar", "fluency", "sentiment", "accuracy", "complexity", "veto", "evidence", "version"] {
        assert!(answers[0].get(key).is_some(), "{key}");
        assert!(answers[2].get(key).is_some(), "{key}");
    }
    assert!(answers[1]["error"].as_str().unwrap().contains("JSON"));
    assert!(answers[3]["error"].as_str().unwrap().contains("text"));
    assert!(answers[4]["veto"].as_array().unwrap().iter().any(|v| v == "empty"));
}

#[test]
fn wrong_usage_is_2_and_help_is_0() {
    let home = tempfile::tempdir().unwrap();
    assert_eq!(run(home.path(), &["frobnicate"]).code, 2);
    for command in [
        "init",
        "import",
        "generate",
        "run",
        "sei",
        "list",
        "show",
        "decide",
        "verify",
        "report",
        "fit-weights",
        "export",
        "models",
        "doctor",
        "backup",
        "verify-log",
        "tui",
        "score",
        "rank",
        "amalgamate",
        "completions",
        "man",
    ] {
        let help = run(home.path(), &[command, "--help"]);
        assert_eq!(help.code, 0, "{command}");
        assert!(help.out.contains("Example"), "{command} --help has no example");
    }
    fs::create_dir_all(home.path().join("config/methods")).unwrap();
    fs::write(home.path().join("config/settings.toml"), "annotater = \"x\"\n").unwrap();
    fs::write(home.path().join("config/methods/mine.toml"), "paradigm = \"nope\"\nabout = \"\"\nfill = true\n")
        .unwrap();
    let list = run(home.path(), &["list", "methods"]);
    assert_eq!(list.code, 0, "{}", list.err);
    assert!(list.err.contains("settings.toml:1") && list.err.contains("annotator"), "{}", list.err);
    assert!(list.err.contains("mine.toml:1"), "{}", list.err);
    fs::write(home.path().join("config/settings.toml"), "annotator = [\n").unwrap();
    assert_eq!(run(home.path(), &["list", "methods"]).code, 2);
}

#[test]
fn relations_and_methods_are_shown() {
    let home = tempfile::tempdir().unwrap();
    let all = lines(&run(home.path(), &["list", "relations", "--json"]).out);
    assert_eq!(all.len(), 255);
    let one = run(home.path(), &["show", "relation", "place of birth"]);
    assert!(one.out.starts_with("birthPlace"), "{}", one.out);
    assert_eq!(run(home.path(), &["show", "relation", "birthPlaze"]).code, 1);
    assert!(run(home.path(), &["show", "method", "llm-few"]).out.contains("decoder-only"));
}
