//! Methods, their models, an engine elsewhere and entity texts, as scripts meet them.

use crate::support::run;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn demo(home: &Path) {
    assert_eq!(run(home, &["--project", "d.db", "init", "--demo"]).code, 0);
}

/// A server that writes the same slot sentence whatever it is asked; it ends with the test.
fn server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut first, mut length, mut line) = (String::new(), 0, String::new());
            while reader.read_line(&mut line).unwrap_or(0) > 2 {
                if first.is_empty() {
                    first.clone_from(&line);
                }
                if let Some(value) = line.to_lowercase().strip_prefix("content-length: ") {
                    length = value.trim().parse().unwrap();
                }
                line.clear();
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let answer = if first.contains("/v1/models") {
                r#"{"data": [{"id": "tiny", "owned_by": "someone"}]}"#
            } else {
                r#"{"choices": [{"text": " [H] is known with [T].", "finish_reason": "stop"}]}"#
            };
            let length = answer.len();
            let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
            let _gone = stream.write_all((head + answer).as_bytes());
        }
    });
    url
}

#[test]
fn fifteen_methods_of_five_paradigms_say_what_they_lack() {
    let home = tempfile::tempdir().unwrap();
    let listed = lines(&run(home.path(), &["list", "methods", "--json"]).out);
    let methods: Vec<&Value> = listed.iter().filter(|m| m["paradigm"] != "amalgam").collect();
    assert_eq!(methods.len(), 15);
    let mut paradigms: BTreeMap<&str, usize> = BTreeMap::new();
    for method in &methods {
        *paradigms.entry(method["paradigm"].as_str().unwrap()).or_default() += 1;
    }
    let wanted = [("decoder-only", 4), ("encoder-decoder", 3), ("extended-context", 2), ("fusion", 3), ("template", 3)];
    assert_eq!(paradigms.into_iter().collect::<Vec<_>>(), wanted);
    // No model is here: the template needs none, and those that the program carries are there all the same.
    #[cfg(feature = "llama")]
    for method in methods {
        let here = ["template", "t5", "t5-typed", "t5-diverse"].contains(&method["name"].as_str().unwrap());
        assert_eq!(method["available"].as_bool().unwrap(), here, "{method}");
        let lack = method["lack"].as_str().unwrap_or_default();
        assert_eq!(lack.contains("amalrec models pull smollm2-135m-instruct"), !here, "{method}");
    }
}

#[test]
fn a_server_writes_where_no_model_is() {
    let home = tempfile::tempdir().unwrap();
    demo(home.path());
    let url = server();
    let generate = |more: &[&str]| {
        let begin =
            ["--project", "d.db", "generate", "--where", "id<4", "--methods", "llm-few,llm-cot", "--engine", &url];
        run(home.path(), &[&begin, more].concat())
    };
    let made = generate(&[]);
    // The thought that llm-cot asks for never comes: a failure with its cause, beside what went well.
    assert_eq!(made.code, 1, "{}", made.err);
    let rows = lines(&run(home.path(), &["--project", "d.db", "list", "candidates", "--json"]).out);
    assert_eq!(rows.len(), 6);
    for row in &rows {
        if row["method"] == "llm-few" {
            let text = row["text"].as_str().unwrap();
            assert!(text.ends_with('.') && text.contains(" is known with ") && !text.contains('['), "{text}");
        } else {
            assert!(row["error"].as_str().unwrap().contains("Sentence:"), "{row}");
        }
        let provenance = &row["provenance"];
        assert_eq!((&provenance["model"], &provenance["model_digest"]), (&"tiny".into(), &Value::Null), "{row}");
        assert!(provenance.to_string().contains(&url), "{row}");
    }
    assert_eq!(generate(&[]).code, 0, "everything is there, and the next run has nothing to do");
}

#[test]
fn an_engine_that_does_not_answer_is_said_before_anything_is_written() {
    let home = tempfile::tempdir().unwrap();
    demo(home.path());
    let at = |engine: &str| run(home.path(), &["--project", "d.db", "generate", "--engine", engine]);
    let gone = at("http://127.0.0.1:9");
    assert_eq!((gone.code, gone.err.contains("does not answer")), (1, true), "{}", gone.err);
    let wrong = at("ftp://somewhere");
    assert_eq!((wrong.code, wrong.err.contains("http://node7:8000")), (2, true), "{}", wrong.err);
    assert_eq!(run(home.path(), &["--project", "d.db", "list", "candidates", "--json"]).out, "");
}

#[test]
fn entity_texts_come_in_and_bad_lines_are_named() {
    let home = tempfile::tempdir().unwrap();
    demo(home.path());
    fs::write(
        home.path().join("texts.jsonl"),
        "{\"entity\": \"Alan_Turing\", \"text\": \"A mathematician.\"}\n{\"entity\": \"Lima\"}\n",
    )
    .unwrap();
    let import = || run(home.path(), &["--project", "d.db", "--json", "import", "--entity-text", "texts.jsonl"]);
    let first = import();
    assert_eq!(first.code, 1);
    let said = &lines(&first.out)[0];
    assert_eq!((&said["new"], &said["known"], &said["refused"]), (&1.into(), &0.into(), &1.into()));
    assert_eq!(said["refused_rows"][0]["line"], 2);
    assert_eq!(lines(&import().out)[0]["known"], 1);
    let both = run(home.path(), &["import", "--entity-text", "--columns", "head=1", "x"]);
    assert_eq!(both.code, 2);
}

#[test]
fn replay_without_candidates_of_a_model_replays_nothing() {
    let home = tempfile::tempdir().unwrap();
    demo(home.path());
    run(home.path(), &["--project", "d.db", "generate", "--methods", "template", "--limit", "2"]);
    let replayed = run(home.path(), &["--project", "d.db", "replay", "--json"]);
    assert_eq!((replayed.code, replayed.out.as_str()), (0, ""), "{}", replayed.err);
}
