//! What every test of the store needs: a small project in memory, filled by hand.

mod candidates;
mod decisions;
mod files;
mod folds;
mod lists;
mod queues;
mod tuples;

use super::*;
use crate::domain::candidate::Yield;
use crate::domain::method::Paradigm;
use crate::domain::quality::{Ranked, Score, ScoreCard, Veto};
use crate::domain::review::{Kind, Status};
use crate::domain::{CandidateId, DecisionId, Origin, RelationTuple, TupleId};

const ANN: &str = "ann";
const BEN: &str = "ben";

fn fact(head: &str, relation: &str, tail: &str) -> RelationTuple {
    RelationTuple::new(head, None, relation, tail, None).unwrap()
}

/// A project with `n` tuples, ids 1..=n.
fn project(n: i64) -> Db {
    let mut db = Db::memory().unwrap();
    let rows = (1..=n).map(|i| (i.unsigned_abs(), fact(&format!("Head{i}"), "knows", &format!("Tail{i}"))));
    db.insert_tuples("test.tsv", rows).unwrap();
    db
}

fn origin(method: &str) -> Origin {
    Origin {
        method: method.into(),
        paradigm: Paradigm::DecoderOnly,
        model: Some("tiny".into()),
        model_digest: Some("m".into()),
        prompt_digest: "p".into(),
        params: "{}".into(),
        seed: 7,
        ordinal: 0,
        parents: vec![CandidateId(3), CandidateId(1)],
        prompt_tokens: 10,
        output_tokens: 5,
        millis: 3,
    }
}

fn write(db: &mut Db, tuple: i64, method: &str, text: &str) -> CandidateId {
    db.add_candidate(TupleId(tuple), &Yield::Sentence(text.into()), &origin(method)).unwrap()
}

fn scored(sei: f64, vetoes: &[Veto]) -> Scored {
    Scored {
        version: "1".into(),
        card: ScoreCard::new([None, Score::new(sei), None, Score::new(0.5), None]),
        sei: Score::new(sei),
        vetoes: vetoes.to_vec(),
        raw: r#"{"x":1}"#.into(),
        evidence: "{}".into(),
    }
}

/// Gives a tuple candidates with these SEI, the best first, scored and in their places.
fn rank(db: &mut Db, tuple: i64, seis: &[f64]) -> Vec<CandidateId> {
    let text = |i| format!("Head{tuple} knows Tail{tuple} ({i}).");
    let ids: Vec<_> = (0..seis.len()).map(|i| write(db, tuple, &format!("m{i}"), &text(i))).collect();
    let scores: Vec<_> = ids.iter().zip(seis).map(|(&id, &sei)| (id, scored(sei, &[]))).collect();
    db.put_scores(TupleId(tuple), &scores).unwrap();
    place(db, tuple, &ids);
    ids
}

fn place(db: &mut Db, tuple: i64, ids: &[CandidateId]) {
    let ranked: Vec<_> = (1..).zip(ids).map(|(place, &id)| Ranked { id, place, repeats: None }).collect();
    db.put_places(TupleId(tuple), &ranked).unwrap();
}

fn draft(tuple: i64, annotator: &str, kind: Kind) -> Draft {
    Draft { tuple: TupleId(tuple), annotator: annotator.into(), kind, circumstance: Circumstance::default(), at: 1_000 }
}

fn decide(db: &mut Db, tuple: i64, annotator: &str, kind: Kind) -> DecisionId {
    db.record(&draft(tuple, annotator, kind)).unwrap()
}

fn status(db: &Db, tuple: i64) -> Status {
    db.tuple(TupleId(tuple)).unwrap().unwrap().status
}
