//! Projects with candidates that no model wrote, and the program run as a user runs it.

use amalrec::domain::candidate::{Origin, Yield};
use amalrec::domain::method::Paradigm;
use amalrec::domain::quality::rank::Entrant;
use amalrec::domain::quality::{Dimension, Index, Score, ScoreCard, rank};
use amalrec::domain::{RelationTuple, TupleId};
use amalrec::store::{Db, Scored};
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// What a command printed, and how it ended.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The program with a configuration, a data folder and a name of its own.
pub(crate) fn program(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_amalrec"));
    command
        .env("AMALREC_CONFIG_DIR", home.join("config"))
        .env("AMALREC_DATA_DIR", home.join("data"))
        .env("AMALREC_ANNOTATOR", "tester")
        .env_remove("AMALREC_PROJECT")
        .env_remove("AMALREC_MODEL")
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .current_dir(home);
    command
}

pub(crate) fn run<S: AsRef<OsStr>>(home: &Path, arguments: &[S]) -> Ran {
    ran(program(home).args(arguments).output().unwrap())
}

pub(crate) fn run_with_input<S: AsRef<OsStr>>(home: &Path, arguments: &[S], input: &[u8]) -> Ran {
    use std::io::Write as _;
    let mut child = program(home)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let feeder = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    ran(output)
}

fn ran(output: Output) -> Ran {
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A project of `n` tuples, each with three ranked sentences.
pub(crate) fn ranked_project(path: &Path, n: usize) -> Db {
    let mut db = Db::create(path).unwrap();
    db.set_meta("seed", "7").unwrap();
    db.set_meta("arm", "ranked+scores").unwrap();
    let tuple = |i: usize| {
        RelationTuple::new(&format!("Peru {i}"), Some("Country"), "capital", &format!("Lima {i}"), Some("City"))
            .unwrap()
    };
    db.insert_tuples("test", (1..=n).map(|i| (i as u64, tuple(i)))).unwrap();
    for i in 1..=n {
        let id = TupleId(i64::try_from(i).unwrap());
        let sentences = [
            ("template", format!("Lima {i} is the capital of Peru {i}."), 0.9),
            ("llm-few", format!("The government of Peru {i} sits in its capital, Lima {i}."), 0.7),
            ("llm-zero", format!("Peru {i} has mountains."), 0.2),
        ];
        let mut scores = Vec::new();
        for (method, text, sei) in &sentences {
            let made = Yield::Sentence(text.clone());
            scores.push((db.add_candidate(id, &made, &origin(method)).unwrap(), scored(*sei)));
        }
        db.put_scores(id, &scores).unwrap();
        let entrants: Vec<Entrant<'_>> = scores
            .iter()
            .zip(&sentences)
            .map(|((id, s), (_, text, _))| Entrant {
                id: *id,
                text,
                card: s.card,
                index: Index { value: s.sei, vetoes: vec![] },
            })
            .collect();
        db.put_places(id, &rank(&entrants)).unwrap();
    }
    db
}

pub(crate) fn origin(method: &str) -> Origin {
    Origin {
        method: method.into(),
        paradigm: Paradigm::Template,
        model: None,
        model_digest: None,
        prompt_digest: "0".into(),
        params: "{}".into(),
        seed: 0,
        ordinal: 0,
        parents: vec![],
        prompt_tokens: 0,
        output_tokens: 0,
        millis: 0,
    }
}

fn scored(sei: f64) -> Scored {
    let mut card = ScoreCard::default();
    for dimension in Dimension::ALL {
        card.set(dimension, Score::new(sei));
    }
    Scored {
        version: "test".into(),
        card,
        sei: Score::new(sei),
        vetoes: vec![],
        raw: "{}".into(),
        evidence: "{}".into(),
    }
}
