//! Baselines on exported splits: one that can be learned, one that is too easy, one that is broken, and a model's answers.

use amalrec::app::evaluate::{Baseline, Order, Verdict, evaluate};
use amalrec::domain::quality::{Index, ScoreCard};
use amalrec::domain::relation::Catalogue;
use amalrec::domain::review::Status;
use amalrec::domain::{RelationTuple, Span};
use amalrec::export::{self, ExportError, Format, Named, Row, Settings, Source};
use amalrec::jobs::engine::{EngineInfo, JudgedToken};
use amalrec::jobs::{Cancel, Engine, EngineError, Generated, Generation, Judged, Judgement};
use std::path::Path;

/// A row of the nth pair of entities.
fn row(n: usize, relation: &str, between: &str, split: &str) -> Row {
    let tuple = RelationTuple::new(&format!("Head {n}"), None, relation, &format!("Tail {n}"), None).unwrap();
    let (head, tail) = (tuple.head.name.clone(), tuple.tail.name.clone());
    let start = head.len() + between.len() + 2;
    Row {
        sentence: format!("{head} {between} {tail}."),
        head: Named::At(Span { start: 0, end: head.len() }),
        tail: Named::At(Span { start, end: start + tail.len() }),
        status: Status::Decided,
        disagrees: false,
        source: Source::Human { edited: false },
        origin: None,
        scores: ScoreCard::default(),
        index: Index { value: None, vetoes: vec![] },
        decisions: vec![],
        annotators: vec![],
        split: split.into(),
        tuple,
    }
}

/// 300 rows, every fifth in test; `say` tells how the nth row states a relation.
fn export(target: &Path, say: impl Fn(usize) -> (&'static str, String)) {
    let settings =
        Settings { formats: vec![Format::Jsonl], splits: vec!["train".into(), "test".into()], ..Settings::default() };
    let said = |n| {
        let (relation, between) = say(n);
        row(n, relation, &between, if n % 5 == 0 { "test" } else { "train" })
    };
    let rows: Vec<_> = (0..300).map(said).collect();
    export::write::<ExportError>(target, &settings, &rows, |_, _| Ok(())).unwrap();
}

fn order(baselines: &[Baseline]) -> Order {
    Order { baselines: baselines.to_vec(), train: "train".into(), test: "test".into(), seed: 1, asked: 20 }
}

const FLOORS: [Baseline; 3] = [Baseline::Majority, Baseline::Template, Baseline::LogReg];
const RELATIONS: [(&str, &str); 3] = [("birthPlace", "was born"), ("employer", "works"), ("author", "was written")];

/// A number that has nothing to do with the one before.
fn mixed(n: usize) -> usize {
    (n.wrapping_mul(2_654_435_761) >> 7) % 1_000
}

fn verdict(say: impl Fn(usize) -> (&'static str, String)) -> (Verdict, Vec<f64>) {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    export(&out, say);
    let found = evaluate(&out, &order(&FLOORS), &Catalogue::default(), None, &Cancel::never()).unwrap();
    assert_eq!((found.train_rows, found.test_rows, found.relations, found.unseen), (240, 60, 3, 0));
    (found.verdict, found.results.iter().map(|(_, figures)| figures.accuracy.value).collect())
}

#[test]
fn splits_are_told_apart_by_what_baselines_make_of_them() {
    let (learnable, figures) = verdict(|n| {
        let (relation, verb) = RELATIONS[mixed(n) % 3];
        (relation, format!("{verb} in {} of {n} with", ["spite", "view", "place"][mixed(n + 7) % 3]))
    });
    assert_eq!(learnable, Verdict::Learnable, "{figures:?}");
    assert!(figures[2] > 0.95 && figures[1] < 0.6 && figures[0] < 0.6, "{figures:?}");
    let (easy, figures) = verdict(|n| {
        let (relation, verb) = RELATIONS[mixed(n) % 3];
        (relation, format!("{verb} by"))
    });
    assert_eq!((easy, figures[1]), (Verdict::TooEasy, 1.0));
    let (broken, figures) = verdict(|n| (RELATIONS[mixed(n) % 3].0, format!("{} {}", mixed(n + 1), mixed(n + 2))));
    assert_eq!(broken, Verdict::Broken, "{figures:?}");
}

/// Likes the label that is the verb's of the sentence it was shown last.
struct Reader;

impl Engine for Reader {
    fn info(&self) -> EngineInfo {
        EngineInfo { model: "reader".into(), digest: String::new(), adapter: None, backend: String::new() }
    }

    fn generate(
        &mut self,
        _: &[Generation],
        _: &Cancel,
        _: &mut dyn FnMut(usize, Result<Generated, EngineError>),
    ) -> Result<(), EngineError> {
        Err(EngineError::Load("it only judges".into()))
    }

    fn judge(
        &mut self,
        requests: &[Judgement],
        _: &Cancel,
        sink: &mut dyn FnMut(usize, Result<Judged, EngineError>),
    ) -> Result<(), EngineError> {
        for (index, request) in requests.iter().enumerate() {
            let asked = request.prefix.rsplit("Sentence: ").next().unwrap();
            let fits = [("birth", "born"), ("employer", "works"), ("author", "written")]
                .iter()
                .any(|(label, verb)| request.text.contains(label) && asked.contains(verb));
            // Authors are likely whatever is asked: what a sentence adds is what counts.
            let liked = if request.text.contains("author") { 5.0 } else { 0.0 };
            let logprob = liked - if fits { 1.0 } else { 3.0 };
            let token = JudgedToken { start: 0, end: request.text.len(), logprob };
            sink(index, Ok(Judged { tokens: vec![token] }));
        }
        Ok(())
    }
}

#[test]
fn a_model_is_asked_about_a_sample_and_its_habits_are_taken_off() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    export(&out, |n| {
        let (relation, verb) = RELATIONS[mixed(n) % 3];
        (relation, format!("{verb} {n} by"))
    });
    let order = order(&[Baseline::Llm, Baseline::LlmFew]);
    let found = evaluate(&out, &order, &Catalogue::default(), Some(&mut Reader), &Cancel::never()).unwrap();
    for (baseline, figures) in &found.results {
        assert_eq!((figures.rows, figures.accuracy.value), (20, 1.0), "{baseline}");
    }
    let error = evaluate(&out, &order, &Catalogue::default(), None, &Cancel::never()).unwrap_err().to_string();
    assert_eq!(error, "the baseline llm needs a language model");
    let nowhere = evaluate(place.path(), &order, &Catalogue::default(), None, &Cancel::never()).unwrap_err();
    assert!(nowhere.to_string().contains("is no folder that `amalrec export` wrote"), "{nowhere}");
}
