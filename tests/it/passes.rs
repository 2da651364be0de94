//! Verification passes and reports as scripts use them: sample, verdicts, settling, figures, pages, learned weights.

use crate::support::{Ran, origin, ranked_project, run};
use amalrec::domain::candidate::Yield;
use amalrec::domain::quality::rank::Entrant;
use amalrec::domain::quality::{Dimension, Index, Score, ScoreCard, rank};
use amalrec::domain::review::{Arm, Kind, Verdict};
use amalrec::domain::stats::random::SplitMix;
use amalrec::domain::{CandidateId, DecisionId, RelationTuple, TupleId};
use amalrec::store::{Circumstance, Db, Draft, Scored, StoreError};
use serde_json::Value;
use std::path::Path;
use std::time::Instant;

fn json(ran: &Ran) -> Value {
    assert_eq!(ran.code, 0, "{}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

fn near(value: &Value, expected: f64) -> bool {
    (value.as_f64().unwrap() - expected).abs() < 1e-9
}

#[test]
fn a_pass_from_sample_to_report() {
    let home = tempfile::tempdir().unwrap();
    drop(ranked_project(&home.path().join("p.db"), 40));
    let by = |who: &str, arguments: &[&str]| {
        run(home.path(), &[&["--project", "p.db", "--annotator", who], arguments].concat())
    };
    let none = by("ann", &["verify", "sample", "--size", "5"]);
    assert_eq!((none.code, none.err.contains("decided")), (1, true), "{}", none.err);
    for tuple in 1..=40 {
        assert_eq!(by("ann", &["decide", &tuple.to_string(), "accept"]).code, 0);
    }
    let drawn = json(&by("ann", &["verify", "sample", "--size", "20", "--double", "0.2", "--seed", "5", "--json"]));
    assert_eq!((drawn["population"].as_u64(), drawn["size"].as_u64()), (Some(40), Some(20)));
    let sample = drawn["sample"].as_array().unwrap();
    assert_eq!(sample.iter().filter(|row| row["double"] == true).count(), 4);
    let again = json(&by("ann", &["verify", "sample", "--size", "20", "--double", "0.2", "--seed", "5", "--json"]));
    assert_eq!((&again["sample"], &again["frame_digest"]), (&drawn["sample"], &drawn["frame_digest"]));
    assert_eq!(again["pass"], "pass-2");
    assert_eq!(by("ann", &["verify", "sample", "--name", "pass-1"]).code, 1);

    // Nobody judges what they chose; others are led through the sample in its order.
    let own = by("ann", &["verify", "next", "--json"]);
    assert_eq!((own.code, own.out.as_str()), (0, ""));
    let mut judged = Vec::new();
    for who in ["ben", "cem"] {
        loop {
            let next = by(who, &["verify", "next", "--json"]);
            if next.out.is_empty() {
                break;
            }
            let tuple = json(&next)["tuple_id"].as_i64().unwrap();
            // Ben finds the first two wrong; Cem, as the second to judge them, finds them right.
            let wrong = who == "ben" && judged.len() < 2;
            let verdict = if wrong { "extra-fact" } else { "right" };
            assert_eq!(by(who, &["verify", "record", &tuple.to_string(), verdict]).code, 0);
            judged.push(tuple);
        }
    }
    let order: Vec<i64> = sample.iter().map(|row| row["tuple_id"].as_i64().unwrap()).collect();
    let doubled: Vec<i64> =
        sample.iter().filter(|row| row["double"] == true).map(|row| row["tuple_id"].as_i64().unwrap()).collect();
    assert_eq!(judged, [order.clone(), doubled.clone()].concat());

    let disputed = order[..2].iter().filter(|tuple| doubled.contains(tuple)).count() as u64;
    let report = json(&by("ann", &["report", "accuracy", "--json"]));
    assert_eq!(report["disputed"].as_u64(), Some(disputed));
    assert_eq!(report["n"].as_u64(), Some(20 - disputed));
    // Whoever judged may not settle; a fourth person may, once.
    let first = order[0].to_string();
    assert_eq!(by("cem", &["verify", "record", &first, "right"]).code, i32::from(doubled.contains(&order[0])));
    let settle = |who: &str| by(who, &["verify", "adjudicate", &first, "extra-fact"]);
    for who in ["ann", "ben", "cem"] {
        let refused = settle(who);
        assert_eq!((refused.code, refused.err.contains("cannot settle")), (1, true), "{who}: {}", refused.err);
    }
    let shown = json(&by("dee", &["verify", "next", "--adjudicate", "--json"]));
    assert_eq!(shown["verdicts"], serde_json::json!(["right", "extra-fact"]));
    let told = by("dee", &["verify", "next", "--adjudicate"]).err;
    assert!(told.contains(&format!("amalrec verify adjudicate {first} right")), "{told}");
    assert_eq!(settle("dee").code, 0);
    assert_eq!(settle("eve").code, 1, "it is settled");
    assert_eq!(by("ann", &["verify-log"]).code, 0);
    let tuple = run(home.path(), &["--project", "p.db", "list", "tuples", "--where", &format!("id:{first}"), "--json"]);
    assert_eq!(json(&tuple)["status"], "refuted");

    let report = json(&by("ann", &["report", "accuracy", "--json"]));
    let (right, n) = (report["right"].as_u64().unwrap(), report["n"].as_u64().unwrap());
    assert_eq!(report["wrong"].as_u64().unwrap() + right, n);
    let finite = amalrec::domain::stats::finite::wilson(right, n, 40, 0.95).unwrap();
    assert!(near(&report["wilson95"]["low"], finite.low) && near(&report["wilson95"]["high"], finite.high));
    let figure = &report["figures"]["accuracy_sequence"];
    assert!(figure["interval95"]["low"].as_f64() < report["wilson95"]["low"].as_f64(), "{figure}");
    for (key, figure) in report["figures"].as_object().unwrap() {
        for part in ["n", "frame", "arm", "sei_version"] {
            assert!(figure.get(part).is_some(), "{key} says no {part}");
        }
        assert!(figure["value"].is_number() || figure["undefined"].is_string(), "{key}: {figure}");
    }
    assert!(report["frame"].as_str().unwrap().contains("seed 5"), "{}", report["frame"]);
    let kinds = report["errors"].as_array().unwrap();
    assert!(kinds.iter().any(|row| row["kind"] == "extra-fact" && row["sentences"].as_u64() >= Some(1)));

    // Who decides anew takes the sentence out of the pass.
    assert_eq!(by("ann", &["decide", &order[5].to_string(), "override", "2"]).code, 0);
    let report = json(&by("ann", &["report", "accuracy", "--json"]));
    assert_eq!(report["figures"]["changed"]["value"], 1, "{}", report["figures"]["changed"]);
    assert_eq!(by("ann", &["verify", "close"]).code, 0);
    assert_eq!(by("ann", &["report", "accuracy", "--pass", "pass-9"]).code, 1);
}

/// Strata that nobody looked into are no part of an estimate by strata: with too many of them there is none.
#[test]
fn verdicts_in_few_relations_give_no_estimate_by_relation() {
    let home = tempfile::tempdir().unwrap();
    drop(project(&home.path().join("p.db"), 20, 1));
    let by = |arguments: &[&str]| run(home.path(), &[&["--project", "p.db", "--annotator", "zoe"], arguments].concat());
    let estimate = || json(&by(&["report", "accuracy", "--json"]))["figures"]["accuracy_post_stratified"].clone();
    // The relations of tuples 1 to 5 are all there are, four tuples each.
    for tuple in 1..=5 {
        assert_eq!(by(&["verify", "record", &tuple.to_string(), "right"]).code, 0);
        let found = estimate();
        let defined = found["value"].is_number() && found["interval95"].is_object();
        assert_eq!((defined, found["undefined"].is_string()), (tuple >= 4, tuple < 4), "{tuple}: {found}");
    }
    let coverage = json(&by(&["report", "coverage", "--json"]));
    assert_eq!(coverage["figures"]["verify_left"]["value"], 15, "chosen, and without a verdict");
    let shown = by(&["show", "tuple", "1"]).out;
    assert!(shown.contains("verify by zoe: right"), "{shown}");
}

#[test]
fn every_report_in_every_form() {
    let home = tempfile::tempdir().unwrap();
    let mut db = project(&home.path().join("p.db"), 60, 3);
    judge(&mut db, 60, 2);
    drop(db);
    let p = |arguments: &[&str]| run(home.path(), &[&["--project", "p.db"], arguments].concat());
    for name in ["accuracy", "agreement", "methods", "sei", "anchoring", "coverage"] {
        let report = json(&p(&["report", name, "--json"]));
        assert_eq!(report["report"], name);
        assert!(!report["figures"].as_object().unwrap().is_empty(), "{name}");
        for form in [&["report", name][..], &["report", name, "--markdown"]] {
            let ran = p(form);
            assert_eq!(ran.code, 0, "{}", ran.err);
            assert!(ran.out.lines().count() > 5 && !ran.out.contains("NaN"), "{}", ran.out);
        }
    }
    let agreement = json(&p(&["report", "agreement", "--json"]));
    assert!(agreement["figures"]["right_gwet_ac1"]["interval95"]["low"].is_number(), "{agreement}");
    let anchoring = json(&p(&["report", "anchoring", "--json"]));
    assert!(anchoring["figures"]["first_ranked"]["interval95"]["low"].is_number(), "{}", anchoring["figures"]);
    let methods = json(&p(&["report", "methods", "--json"]));
    assert!(methods["tables"]["methods"].as_array().unwrap().len() >= 4, "{}", methods["tables"]);
    assert_eq!(p(&["report", "--html", "r.html"]).code, 0);
    let page = std::fs::read_to_string(home.path().join("r.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("<svg ") && page.trim_end().ends_with("</html>"));
    for outside in ["<script", "<link", "src=", "href=", "url(", "NaN"] {
        assert!(!page.contains(outside), "{outside}");
    }
    // A relation's name must not break out of its field.
    assert!(page.contains("rel&lt;b&gt;0") && !page.contains("rel<b>0"));
}

#[test]
fn a_plan_needs_no_project() {
    let home = tempfile::tempdir().unwrap();
    let plan = |arguments: &[&str]| {
        run(home.path(), &[&["--json", "verify", "plan", "--population", "15000"], arguments].concat())
    };
    let found = json(&plan(&["--margin", "0.02", "--expect", "0.95", "--double", "0.1"]));
    assert_eq!((found["size"].as_u64(), found["size_without_correction"].as_u64()), (Some(443), Some(457)));
    assert!(near(&found["verdicts"], 487.0), "{found}");
    assert_eq!(plan(&["--margin", "1.5"]).code, 2);
    assert_eq!(run(home.path(), &["--project", "no.db", "verify", "plan"]).code, 1);
}

#[test]
fn weights_are_learned_and_applied_without_a_model() {
    let home = tempfile::tempdir().unwrap();
    let few = home.path().join("few.db");
    drop(project(&few, 20, 1));
    let refused = run(home.path(), &["--project", "few.db", "fit-weights"]);
    assert_eq!((refused.code, refused.err.contains("100")), (1, true), "{}", refused.err);
    drop(project(&home.path().join("p.db"), 160, 1));
    let p = |arguments: &[&str]| run(home.path(), &[&["--project", "p.db"], arguments].concat());
    let learned = json(&p(&["fit-weights", "--json"]));
    assert!(learned["applied"].is_null());
    let weights = learned["tables"]["weights"].as_array().unwrap();
    let weight = |name: &str| weights.iter().find(|row| row["dimension"] == name).unwrap()["weight"].as_f64().unwrap();
    // People of this project look at complexity alone.
    assert!(weight("complexity") > 4.0, "{weights:?}");
    let gain = &learned["figures"]["top1_over_in_force"];
    assert!(gain["interval95"]["low"].as_f64().unwrap() > 0.0, "{gain}");
    let firsts = || {
        let ran = p(&["list", "candidates", "--json"]);
        let rows: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        rows.into_iter()
            .filter(|row| row["rank"] == 1)
            .map(|row| row["candidate_id"].as_i64().unwrap())
            .collect::<Vec<_>>()
    };
    let before = firsts();
    let applied = json(&p(&["fit-weights", "--apply", "--json"]));
    assert_eq!(applied["applied"]["version"], format!("{}+choices1", in_force()));
    assert_eq!(applied["applied"]["sentences"].as_u64(), Some(160 * 4));
    assert_ne!(firsts(), before);
    // The version holds from now on: nothing is stale, and the next fit stands on it.
    let again = p(&["fit-weights", "--json"]);
    assert_eq!(json(&again)["sei_version"], format!("{}+choices1", in_force()));
    assert_eq!(p(&["rank"]).code, 0);
}

/// References that are what people took: overlap with them is perfect, and SEI, which does not see them, is not.
#[test]
fn sei_stands_beside_overlap_with_references() {
    let home = tempfile::tempdir().unwrap();
    let db = project(&home.path().join("p.db"), 60, 1);
    let mut lines = vec![String::from("{broken")];
    db.each_settled::<StoreError>(|settled| {
        let RelationTuple { head, relation, tail, .. } = settled.tuple.tuple;
        let row =
            serde_json::json!({ "head": head.name, "relation": relation, "tail": tail.name, "text": settled.text });
        lines.push(row.to_string());
        Ok(())
    })
    .unwrap();
    drop(db);
    std::fs::write(home.path().join("refs.jsonl"), lines.join("\n")).unwrap();
    let p = |arguments: &[&str]| run(home.path(), &[&["--project", "p.db", "report", "sei"], arguments].concat());
    let ran = p(&["--references", "refs.jsonl", "--json"]);
    assert!(ran.err.contains("refs.jsonl: line 1: is broken JSON"), "{}", ran.err);
    let found = json(&ran);
    let rows = found["tables"]["overlap_choices"].as_array().unwrap();
    let top1 = |measure: &str| {
        let row = rows.iter().find(|row| row["measure"] == measure && row["arm"] == "blind").unwrap();
        assert_eq!(row["n"], 60);
        row["top1"].as_f64().unwrap()
    };
    assert_eq!((top1("BLEU"), top1("chrF"), top1("ROUGE-L")), (1.0, 1.0, 1.0));
    assert!(top1("SEI") < 0.9);
    assert_eq!(found["tables"]["overlap_verdicts"].as_array().unwrap().len(), 4);
    assert!(json(&p(&["--json"]))["tables"]["overlap_choices"].is_null());
    std::fs::write(home.path().join("none.jsonl"), "{\"head\":\"a\",\"relation\":\"r\",\"tail\":\"b\"}\n").unwrap();
    assert_eq!(p(&["--references", "none.jsonl"]).code, 1);
}

/// The version of SEI that ships.
fn in_force() -> String {
    amalrec::sei::SeiPolicy::built_in().unwrap().index.version
}

/// A project of `n` tuples with four scored sentences each, all decided by ann in one of the first `arms` arms, by
/// complexity in the blind one.
fn project(path: &Path, n: usize, arms: usize) -> Db {
    let mut db = Db::create(path).unwrap();
    db.set_meta("seed", "7").unwrap();
    let tuple = |i: usize| {
        RelationTuple::new(&format!("Head {i}"), None, &format!("rel<b>{}", i % 5), &format!("Tail {i}"), None).unwrap()
    };
    db.insert_tuples("test", (1..=n).map(|i| (i as u64, tuple(i)))).unwrap();
    let mut random = SplitMix::new(3);
    db.together(|db| {
        for i in 1..=n {
            decide_one(db, TupleId(i64::try_from(i).unwrap()), Arm::ALL[i % arms], &mut random)?;
        }
        Ok::<(), StoreError>(())
    })
    .unwrap();
    db
}

fn decide_one(db: &mut Db, id: TupleId, arm: Arm, random: &mut SplitMix) -> Result<(), StoreError> {
    let mut scores: Vec<(CandidateId, Scored)> = Vec::new();
    let mut texts = Vec::new();
    for (k, words) in
        ["knows", "was seen beside", "lives with the rest of", "once wrote a long letter to"].iter().enumerate()
    {
        let text = format!("Head {id} {words} Tail {id}.");
        let candidate = db.add_candidate(id, &Yield::Sentence(text.clone()), &origin(&format!("m{k}")))?;
        let mut card = ScoreCard::default();
        for dimension in Dimension::ALL {
            card.set(dimension, Score::new(0.3 + 0.7 * random.unit()));
        }
        let sei = Dimension::ALL.iter().filter_map(|&d| card.get(d)).map(Score::get).sum::<f64>() / 5.0;
        let (raw, evidence) = ("{}".to_owned(), "{}".to_owned());
        scores.push((
            candidate,
            Scored { version: in_force(), card, sei: Score::new(sei), vetoes: vec![], raw, evidence },
        ));
        texts.push(text);
    }
    db.put_scores(id, &scores)?;
    let entrants: Vec<Entrant<'_>> = scores
        .iter()
        .zip(&texts)
        .map(|((id, s), text)| Entrant { id: *id, text, card: s.card, index: Index { value: s.sei, vetoes: vec![] } })
        .collect();
    let places = rank(&entrants);
    db.put_places(id, &places)?;
    let complexity = |id: CandidateId| {
        scores
            .iter()
            .find(|(other, _)| *other == id)
            .and_then(|(_, s)| s.card.get(Dimension::Complexity))
            .map(Score::get)
    };
    let taken = match arm {
        Arm::Blind => places.iter().max_by(|a, b| complexity(a.id).partial_cmp(&complexity(b.id)).unwrap()).unwrap(),
        _ => places.iter().find(|place| place.place == 1).unwrap(),
    };
    let kind = if taken.place == 1 { Kind::Accept(taken.id) } else { Kind::Override(taken.id) };
    let circumstance = Circumstance {
        arm: Some(arm),
        shown_at: Some(1),
        place: Some(taken.place),
        sei_version: Some(in_force()),
        seconds: Some(4.0 + 3.0 * random.unit()),
    };
    db.record(&Draft { tuple: id, annotator: "ann".into(), kind, circumstance, at: 1_000 + id.0 })?;
    Ok(())
}

/// `people` judge the first `n` tuples, nine of ten right.
fn judge(db: &mut Db, n: usize, people: usize) {
    let mut random = SplitMix::new(4);
    db.together(|db| {
        for i in 1..=n {
            let tuple = TupleId(i64::try_from(i).unwrap());
            let of = db.settled(tuple)?.map_or(DecisionId(0), |settled| settled.decision);
            for person in 0..people {
                let verdict = if random.unit() < 0.9 { Verdict::Right } else { Verdict::WrongRelation };
                let circumstance = Circumstance { seconds: Some(3.0), ..Circumstance::default() };
                let kind = Kind::Verify { of, verdict };
                db.record(&Draft { tuple, annotator: format!("judge {person}"), kind, circumstance, at: 9_000 })?;
            }
        }
        Ok::<(), StoreError>(())
    })
    .unwrap();
}

/// `make bench-stats`: every report of a pass over 15,000 sentences, four candidates each.
#[test]
#[ignore = "takes a minute; make bench-stats runs it"]
fn reports_of_15000_sentences() {
    let home = tempfile::tempdir().unwrap();
    let mut db = project(&home.path().join("p.db"), 15_000, 3);
    judge(&mut db, 1_500, 2);
    drop(db);
    let p = |arguments: &[&str]| {
        let begun = Instant::now();
        let ran = run(home.path(), &[&["--project", "p.db"], arguments].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        let seconds = begun.elapsed().as_secs_f64();
        eprintln!("{seconds:6.2} s  amalrec {}", arguments.join(" "));
        seconds
    };
    p(&["--quiet", "verify", "sample", "--margin", "0.02", "--double", "0.1", "--seed", "1", "--json"]);
    p(&["--quiet", "--annotator", "ben", "verify", "record", "9000", "right"]);
    for name in ["accuracy", "agreement", "methods", "sei", "anchoring", "coverage"] {
        let seconds = p(&["report", name, "--json"]);
        assert!(seconds < 2.0, "report {name} took {seconds:.2} s");
    }
    p(&["--quiet", "report", "--html", "r.html"]);
    p(&["--quiet", "fit-weights", "--json"]);
}
