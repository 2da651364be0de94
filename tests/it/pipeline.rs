//! The pipeline on real projects: with a scripted engine for what may go wrong, with the real model for the rest.

use amalrec::app::Workshop;
use amalrec::app::pipeline::{Plan, Stages, Totals, Watcher};
use amalrec::app::{Phase, Progress};
use amalrec::config::{Assets, method, relations};
use amalrec::domain::filter::Filter;
use amalrec::domain::review::Status;
use amalrec::domain::{RelationTuple, TupleId};
use amalrec::jobs::MakeEngine;
use amalrec::jobs::cancel::{Cancel, Canceller};
use amalrec::jobs::scripted::{Script, Scripted, Trouble};
use amalrec::models::{DEFAULT_MODEL, Manifest};
use amalrec::sei::lm::{CRITIC, TUNED};
use amalrec::sei::{Judges, SeiPolicy};
use amalrec::store::{Db, StoreError};
use std::path::Path;
use std::sync::Arc;

const FACTS: [[&str; 5]; 3] = [
    ["Lima", "City", "country", "Peru", "Country"],
    ["Solaris (novel)", "Book", "author", "Stanisław Lem", "Writer"],
    ["Golden Gate Bridge", "Bridge", "crosses", "Golden Gate", "BodyOfWater"],
];

fn project(path: &Path, n: usize) {
    let mut db = Db::create(path).unwrap();
    let tuple = |[h, ht, r, t, tt]: [&str; 5]| RelationTuple::new(h, Some(ht), r, t, Some(tt)).unwrap();
    db.insert_tuples("test", (1..).zip(FACTS.into_iter().take(n).map(tuple))).unwrap();
}

fn workshop(path: &Path, engine: Option<MakeEngine>) -> Workshop {
    let assets = Assets::default();
    Workshop {
        project: path.to_owned(),
        methods: method::all(&assets).unwrap().0,
        catalogue: Arc::new(relations::catalogue(&assets).unwrap()),
        policy: Arc::new(SeiPolicy::built_in().unwrap()),
        engine,
        writer: None,
        lack: String::new(),
    }
}

fn scripted(script: Script) -> MakeEngine {
    Arc::new(move |_, _| Ok(Box::new(Scripted::new(script.clone()))))
}

/// Watches nothing, or cancels once so many candidates are written.
struct Watch<'c> {
    cancel_at: Option<(u64, &'c Canceller)>,
    last: Progress,
}

impl Watcher for Watch<'_> {
    fn progress(&mut self, progress: &Progress) {
        if let Some((at, canceller)) = self.cancel_at
            && progress.written >= at
        {
            canceller.cancel();
        }
        self.last = progress.clone();
    }
}

fn run(workshop: &Workshop, plan: &Plan) -> Totals {
    let mut watch = Watch { cancel_at: None, last: Progress::default() };
    let totals = workshop.run(plan, &Cancel::never(), &mut watch).unwrap();
    assert_eq!(watch.last.phase, Phase::Finished);
    assert_eq!(watch.last.done, totals.tuples);
    totals
}

struct Row {
    method: String,
    text: Option<String>,
    sei: Option<f64>,
    place: Option<u32>,
    digest: Option<String>,
}

fn rows(path: &Path) -> Vec<Row> {
    let mut rows = Vec::new();
    Db::open(path)
        .unwrap()
        .each_candidate::<StoreError>(&Filter::default(), |_, c| {
            rows.push(Row {
                method: c.candidate.origin.method.clone(),
                text: c.candidate.text().map(str::to_owned),
                sei: c.scored.as_ref().and_then(|s| s.sei).map(|s| s.get()),
                place: c.place,
                digest: c.candidate.origin.model_digest.clone(),
            });
            Ok(())
        })
        .unwrap();
    rows
}

#[test]
fn a_run_makes_everything_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.db");
    project(&path, 3);
    let workshop = workshop(&path, Some(scripted(Script::default())));
    let first = run(&workshop, &Plan::default());
    assert_eq!((first.tuples, first.failed), (3, 0));
    let made = rows(&path);
    assert_eq!(made.len(), 3 * workshop.methods.len());
    assert!(made.iter().all(|row| row.text.is_some() && row.sei.is_some() && row.place.is_some()));
    assert!(made.iter().all(|row| row.digest.is_some() == (row.method != "template")));
    assert_eq!(made.iter().filter(|row| row.place == Some(1)).count(), 3);
    assert_eq!(Db::open(&path).unwrap().counts().unwrap().at(Status::Ranked), 3);
    let second = run(&workshop, &Plan::default());
    assert_eq!((second.tuples, second.written, second.scored), (0, 0, 0));
}

#[test]
fn the_limit_counts_tuples_and_the_next_run_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.db");
    project(&path, 3);
    let workshop = workshop(&path, Some(scripted(Script::default())));
    let plan = Plan { limit: Some(2), ..Plan::default() };
    assert_eq!(run(&workshop, &plan).tuples, 2);
    assert_eq!(run(&workshop, &plan).tuples, 1);
    assert_eq!(run(&workshop, &plan).tuples, 0);
}

#[test]
fn cancelled_work_is_kept_and_resumed_exactly() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.db");
    project(&path, 3);
    let workshop = workshop(&path, Some(scripted(Script::default())));
    let all = 3 * workshop.methods.len() as u64;
    for at in [1, 5, 9] {
        let canceller = Canceller::default();
        let cancel = canceller.start();
        let mut watch = Watch { cancel_at: Some((at, &canceller)), last: Progress::default() };
        let totals = workshop.run(&Plan { batch: 1, ..Plan::default() }, &cancel, &mut watch).unwrap();
        assert!(totals.cancelled);
        assert_eq!(watch.last.phase, Phase::Finished);
        assert!((rows(&path).len() as u64) < all);
    }
    run(&workshop, &Plan::default());
    let made = rows(&path);
    assert_eq!(made.len() as u64, all);
    assert!(made.iter().all(|row| row.place.is_some()));
}

#[test]
fn a_failure_is_a_row_with_its_cause_and_is_retried_only_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.db");
    project(&path, 1);
    let trouble = Script { trouble: Some((0, Trouble::Fail)), ..Script::default() };
    let failed = run(&workshop(&path, Some(scripted(trouble))), &Plan::default());
    assert!(failed.failed >= 1);
    let mended = workshop(&path, Some(scripted(Script::default())));
    assert_eq!(run(&mended, &Plan::default()).written, 0);
    let retried = run(&mended, &Plan { retry_failed: true, ..Plan::default() });
    assert_eq!(retried.failed, 0);
    let made = rows(&path);
    assert_eq!(made.len(), mended.methods.len());
    assert!(made.iter().all(|row| row.text.is_some()));
}

#[test]
fn without_a_model_templates_are_written_scored_and_ranked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.db");
    project(&path, 2);
    let mut workshop = workshop(&path, None);
    let error =
        workshop.run(&Plan::default(), &Cancel::never(), &mut Watch { cancel_at: None, last: Progress::default() });
    assert!(error.unwrap_err().to_string().contains("language model"));
    workshop.methods.retain(|m| m.name == "template");
    let totals = run(&workshop, &Plan::default());
    assert_eq!((totals.written, totals.scored), (2, 2));
    let tuple = Db::open(&path).unwrap().tuple(TupleId(1)).unwrap().unwrap();
    assert_eq!(tuple.status, Status::Ranked);
}

#[cfg(feature = "llama")]
#[test]
fn the_real_model_writes_scores_and_blends() {
    use amalrec::llama::{Adapter, LlamaEngine, LlamaSettings};
    use amalrec::models::{Folders, Manifest};
    let _alone = crate::engine::ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let Some(model) = crate::engine::model_file() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.db");
    project(&path, 2);
    let carried = folder.path().join("models");
    let engine: MakeEngine = Arc::new(move |name, cancel| {
        let digest = |path: &Path| amalrec::models::digest(path, cancel).unwrap();
        let mut settings = LlamaSettings::new(&model, "default", digest(&model));
        if let Some(name) = name {
            let mut entry = Manifest::load(None).unwrap().find(name).unwrap().clone();
            let adapter = entry.base.take().is_some();
            let folders = Folders(vec![carried.clone()]);
            let path = amalrec::models::pull(&entry, &folders, cancel, &mut |_| {}).unwrap();
            if adapter {
                settings.adapter = Some(Adapter { digest: digest(&path), path });
            } else {
                settings = LlamaSettings::new(&path, name, digest(&path));
            }
        }
        Ok(Box::new(LlamaEngine::open(settings, cancel)?))
    });
    let workshop = workshop(&path, Some(engine));
    let totals = run(&workshop, &Plan::default());
    let made = rows(&path);
    assert_eq!(made.len(), 2 * workshop.methods.len());
    assert_eq!(totals.failed, 0, "{totals:?}");
    for row in &made {
        let text = row.text.as_deref().unwrap();
        assert!(row.sei.is_some() && row.place.is_some(), "{}: {text}", row.method);
        assert!(text.ends_with('.') && !text.contains('{') && !text.contains('\n'), "{}: {text}", row.method);
        assert_eq!(row.digest.is_some(), row.method != "template");
        // The grammars of all methods hold both names, letter for letter.
        let named = FACTS.iter().any(|f| text.contains(f[0].trim_end_matches(" (novel)")) && text.contains(f[3]));
        assert!(named, "{}: {text}", row.method);
    }
    assert_eq!(made.iter().filter(|row| row.method == "amalgam").count(), 2);
    assert_eq!(run(&workshop, &Plan::default()).written, 0);
}

#[test]
fn an_engine_that_dies_is_made_anew_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.db");
    project(&path, 2);
    let made = Arc::new(std::sync::atomic::AtomicU32::new(0));
    let count = Arc::clone(&made);
    // The first engine dies while it writes, the second over a single request, the third while it judges.
    let engine: MakeEngine = Arc::new(move |_, _| {
        let nth = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let at = [Some(3), Some(1), Some(40)].get(nth as usize).copied().flatten();
        let script = Script { trouble: at.map(|at| (at, Trouble::Die)), ..Script::default() };
        Ok(Box::new(Scripted::new(script)))
    });
    let mut workshop = workshop(&path, Some(engine));
    // One model only, so that it is known which engine is made when.
    workshop.methods.retain(|m| m.model().is_none() && m.name != "fuse-encdec-decoder");
    let totals = run(&workshop, &Plan::default());
    let made_rows = rows(&path);
    let failed: Vec<&Row> = made_rows.iter().filter(|row| row.text.is_none()).collect();
    assert_eq!(totals.failed, 1, "the one that an engine died of alone: {totals:?}");
    assert_eq!(failed.len(), 1);
    assert!(made.load(std::sync::atomic::Ordering::Relaxed) >= 3);
    assert!(made_rows.iter().filter(|row| row.text.is_some()).all(|row| row.sei.is_some()));
    let totals = run(&workshop, &Plan { retry_failed: true, ..Plan::default() });
    assert_eq!((totals.written, totals.failed), (1, 0));
}

#[test]
fn engines_that_always_die_end_the_run_with_the_cause() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.db");
    project(&path, 3);
    let script = Script { trouble: Some((0, Trouble::Die)), ..Script::default() };
    let workshop = workshop(&path, Some(scripted(script)));
    let mut watch = Watch { cancel_at: None, last: Progress::default() };
    let error = workshop.run(&Plan::default(), &Cancel::never(), &mut watch).unwrap_err().to_string();
    assert!(error.contains("died"), "{error}");
}

/// What a scripted engine is known by.
fn scripted_judges() -> Judges {
    let mark = Some("0".repeat(12));
    Judges { model: mark.clone(), tuned: mark.clone(), critic: mark }
}

/// Formulas that were fitted to one model's answers are not silently read with another's.
#[test]
fn sei_is_fitted_to_the_models_that_ship() {
    let manifest = Manifest::load(None).unwrap();
    let mark = |name: &str| Some(manifest.find(name).unwrap().sha256[..12].to_owned());
    let shipped = Judges { model: mark(DEFAULT_MODEL), tuned: mark(TUNED), critic: mark(CRITIC) };
    assert_eq!(SeiPolicy::built_in().unwrap().judges, shipped);
}

/// Scores of another version are made from what was measured: as if scored anew, but no model is asked.
#[test]
fn another_version_of_sei_scores_without_a_model() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.db");
    project(&path, 3);
    let made = workshop(&path, Some(scripted(Script::default())));
    run(&made, &Plan::default());
    let scores = || rows(&path).into_iter().map(|row| (row.method, row.text, row.sei, row.place)).collect::<Vec<_>>();
    let before = scores();
    let other = Arc::new(made.policy.with_weights("other", [0.0, 0.0, 0.0, 0.0, 1.0]));
    assert_ne!(other.judges, scripted_judges());
    let only_scores = Stages { generate: false, score: true, rank: false, amalgamate: false };
    let plan = Plan { stages: only_scores, ..Plan::default() };
    let no_model = Workshop { policy: Arc::clone(&other), engine: None, ..made.clone() };
    let one = Plan { limit: Some(1), ..plan.clone() };
    let totals = run(&no_model, &one);
    assert_eq!((totals.tuples, totals.scored), (1, 0));
    assert_eq!(totals.rescored, made.methods.len() as u64);
    assert_eq!(totals.strange, totals.rescored, "the policy was not fitted to a script's answers");
    let mut fitted = (*other).clone();
    fitted.judges = scripted_judges();
    let mut own = fitted.clone();
    own.judges = Judges::default();
    for policy in [fitted, own] {
        let totals = run(&Workshop { policy: Arc::new(policy), ..no_model.clone() }, &one);
        assert_eq!((totals.tuples, totals.strange), (1, 0));
    }
    assert_eq!(run(&no_model, &plan).tuples, 0, "nothing is left");
    let after = scores();
    assert_ne!(after, before);
    // The same as measured anew with the model, and put in order.
    let anew = Workshop { policy: other, ..made.clone() };
    let stages = Stages { rank: true, ..only_scores };
    run(&anew, &Plan { stages, rescore: true, ..plan.clone() });
    assert_eq!(after, scores());
    // What cannot be read, or is not there, is measured again.
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute_batch("UPDATE measurement SET raw = '{\"layout\":9,\"m\":{}}' WHERE candidate_id = 1")
        .unwrap();
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute_batch(
            "DELETE FROM measurement WHERE candidate_id = (SELECT id FROM candidate WHERE tuple_id = 2 LIMIT 1)",
        )
        .unwrap();
    let totals = run(&made, &Plan { stages, ..plan });
    let methods = made.methods.len() as u64;
    assert_eq!((totals.tuples, totals.rescored, totals.scored), (3, methods, 2 * methods));
    assert_eq!(scores(), before);
}
