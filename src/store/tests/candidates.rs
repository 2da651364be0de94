//! Candidates, scores and places: kept once, retried on request, counted, and the status that follows.

use super::*;
use crate::domain::filter::Filter;

fn score_wanted() -> Wanted {
    Wanted { score: true, ..Wanted::default() }
}

fn rank_wanted() -> Wanted {
    Wanted { rank: true, ..Wanted::default() }
}

fn to_do(db: &Db, wanted: &Wanted) -> Vec<TupleId> {
    let ids = db.to_do(wanted, &Filter::default(), None, 9).unwrap();
    assert_eq!(db.count_to_do(wanted, &Filter::default()).unwrap(), u64::try_from(ids.len()).unwrap());
    ids
}

fn fail(cause: &str) -> Yield {
    Yield::Failed(cause.into())
}

#[test]
fn what_a_method_gave_stays_until_a_failure_is_retried() {
    let mut db = project(1);
    let id = db.add_candidate(TupleId(1), &fail("stopped"), &origin("a")).unwrap();
    assert_eq!(status(&db, 1), Status::New, "a failure is no candidate to score");
    let sentence = Yield::Sentence("Head1 knows Tail1.".into());
    assert_eq!(db.add_candidate(TupleId(1), &sentence, &origin("a")).unwrap(), id);
    assert_eq!(db.candidate(id).unwrap().unwrap().candidate.made, fail("stopped"));
    assert_eq!(db.retry_candidate(TupleId(1), &sentence, &origin("a")).unwrap(), id);
    assert_eq!(db.retry_candidate(TupleId(1), &fail("again"), &origin("a")).unwrap(), id);
    let row = db.candidate(id).unwrap().unwrap();
    assert_eq!((row.candidate.made, row.candidate.origin), (sentence, origin("a")));
    assert!(row.made_at > 1_600_000_000_000);
    assert_eq!(status(&db, 1), Status::Generated);
    let refused = db.add_candidate(TupleId(2), &fail(""), &origin("a"));
    assert_eq!(refused, Err(Refusal::NoTuple(TupleId(2)).into()));
}

#[test]
fn the_status_follows_the_stages() {
    let mut db = project(1);
    let a = write(&mut db, 1, "a", "One.");
    let b = write(&mut db, 1, "b", "Two.");
    assert_eq!(to_do(&db, &score_wanted()), [TupleId(1)]);
    db.put_scores(TupleId(1), &[(a, scored(0.5, &[Veto::NoVerb, Veto::CutOff]))]).unwrap();
    assert_eq!(status(&db, 1), Status::Generated);
    db.put_scores(TupleId(1), &[(b, scored(0.75, &[]))]).unwrap();
    assert_eq!(status(&db, 1), Status::Scored);
    assert_eq!(to_do(&db, &rank_wanted()), [TupleId(1)]);
    place(&mut db, 1, &[b, a]);
    let row = db.tuple(TupleId(1)).unwrap().unwrap();
    assert_eq!((row.status, row.candidates, row.best_sei, row.margin), (Status::Ranked, 2, Some(0.75), Some(0.25)));
    let rows = db.candidates(TupleId(1)).unwrap();
    assert_eq!(rows.iter().map(|row| row.candidate.id).collect::<Vec<_>>(), [b, a]);
    assert_eq!(rows[1].scored, Some(scored(0.5, &[Veto::NoVerb, Veto::CutOff])));
    assert_eq!(rows[1].place, Some(2));
    // A new score takes the place away; a new candidate needs a score.
    db.put_scores(TupleId(1), &[(a, scored(0.9, &[]))]).unwrap();
    assert_eq!(status(&db, 1), Status::Scored);
    write(&mut db, 1, "c", "Three.");
    assert_eq!(status(&db, 1), Status::Generated);
    assert!(to_do(&db, &rank_wanted()).is_empty());
}

#[test]
fn a_decided_tuple_still_gets_its_scores() {
    let mut db = project(2);
    let ids = rank(&mut db, 1, &[0.9]);
    decide(&mut db, 1, ANN, Kind::Accept(ids[0]));
    let late = write(&mut db, 1, "late", "Late.");
    assert_eq!(to_do(&db, &score_wanted()), [TupleId(1)]);
    db.put_scores(TupleId(1), &[(late, scored(0.1, &[]))]).unwrap();
    assert_eq!(to_do(&db, &rank_wanted()), [TupleId(1)]);
    assert_eq!(status(&db, 1), Status::Decided);
}

#[test]
fn scores_are_for_sentences_of_the_tuple() {
    let mut db = project(2);
    let other = write(&mut db, 2, "a", "Other.");
    let failed = db.add_candidate(TupleId(1), &fail("x"), &origin("a")).unwrap();
    for id in [other, failed, CandidateId(99)] {
        let refusal = StoreError::from(Refusal::NoCandidate { tuple: TupleId(1), candidate: id });
        assert_eq!(db.put_scores(TupleId(1), &[(id, scored(0.5, &[]))]), Err(refusal));
        let ranked = [Ranked { id, place: 1, repeats: None }];
        assert!(db.put_places(TupleId(1), &ranked).is_err());
    }
}

#[test]
fn what_is_missing_is_found() {
    let mut db = project(4);
    write(&mut db, 1, "a", "One.");
    write(&mut db, 1, "b", "Two.");
    write(&mut db, 2, "a", "One.");
    db.add_candidate(TupleId(3), &fail("x"), &origin("a")).unwrap();
    db.add_candidate(TupleId(3), &fail("y"), &origin("b")).unwrap();
    let missing = |methods: &[&str], blend: Option<&str>, retry_failed| {
        let methods = methods.iter().map(ToString::to_string).collect();
        let wanted = Wanted {
            methods,
            blends: blend.into_iter().map(String::from).collect(),
            retry_failed,
            ..Wanted::default()
        };
        to_do(&db, &wanted).iter().map(|id| id.0).collect::<Vec<_>>()
    };
    assert_eq!(missing(&["a", "b", "a"], None, false), [2, 4]);
    assert_eq!(missing(&["a", "b"], None, true), [2, 3, 4]);
    assert_eq!(missing(&["c"], None, false), [1, 2, 3, 4]);
    assert_eq!(missing(&[], None, false), [0; 0]);
    assert_eq!(missing(&[], Some("blend"), false), [0; 0], "three are blended, and nobody has three");
    assert_eq!(missing(&["a"], Some("blend"), false), [1, 2, 3, 4]);
    let rescore = Wanted { rescore: true, ..Wanted::default() };
    assert_eq!(to_do(&db, &rescore), [TupleId(1), TupleId(2)]);
    assert_eq!(db.to_do(&rescore, &Filter::default(), Some(TupleId(1)), 1).unwrap(), [TupleId(2)]);
    assert_eq!(to_do(&db, &Wanted { score: true, rank: true, ..rescore }), [TupleId(1), TupleId(2)]);
}

#[test]
fn counts_add_up() {
    let mut db = project(3);
    rank(&mut db, 1, &[0.9, 0.8]);
    db.add_candidate(TupleId(2), &fail("too long"), &origin("m0")).unwrap();
    let counts = db.counts().unwrap();
    assert_eq!((counts.tuples(), counts.at(Status::New), counts.at(Status::Ranked)), (3, 2, 1));
    assert_eq!((counts.candidates, counts.failed), (2, 1));
    let methods = db.method_counts().unwrap();
    assert_eq!((methods[0].sentences, methods[0].failed, methods[0].prompt_tokens), (1, 1, 20));
    let failures = db.failures().unwrap();
    assert_eq!((failures[0].cause.as_str(), failures[0].count), ("too long", 1));
}

#[test]
fn every_candidate_is_listed_with_its_tuple() {
    let mut db = project(3);
    rank(&mut db, 1, &[0.9, 0.2]);
    rank(&mut db, 3, &[0.7]);
    let list = |filter: &str| {
        let mut seen = Vec::new();
        let filter: Filter = filter.parse().unwrap();
        db.each_candidate(&filter, |tuple, row| {
            assert_eq!(tuple.id, row.candidate.tuple);
            seen.push((tuple.id.0, row.candidate.origin.method));
            Ok::<_, StoreError>(())
        })
        .unwrap();
        seen.into_iter().map(|(id, method)| format!("{id}{method}")).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(list(""), "1m0 1m1 3m0");
    assert_eq!(list("sei<.8"), "1m1 3m0");
    assert_eq!(list("-method:m0"), "1m1");
    assert_eq!(list("head3 text:KNOWS"), "3m0");
}
