//! Decisions: what is refused, what is filled in, what stands, and what shows that a row was changed.

use super::*;
use crate::domain::Span;
use crate::domain::review::{Arm, RejectReason, Verdict};

fn edit(text: &str) -> Kind {
    Kind::Edit { base: None, text: text.into(), head: None, tail: None }
}

fn refusal(db: &mut Db, tuple: i64, annotator: &str, kind: Kind) -> Refusal {
    match db.record(&draft(tuple, annotator, kind)) {
        Err(StoreError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_choice_keeps_its_sentence_and_circumstance() {
    let mut db = project(1);
    let ids = rank(&mut db, 1, &[0.9, 0.8]);
    let circumstance = Circumstance {
        arm: Some(Arm::RankedScores),
        shown_at: Some(2),
        place: Some(2),
        sei_version: Some("1".into()),
        seconds: Some(1.25),
    };
    let draft = Draft { circumstance: circumstance.clone(), at: 5, ..draft(1, ANN, Kind::Override(ids[1])) };
    let id = db.record(&draft).unwrap();
    let row = db.decision(id).unwrap().unwrap();
    assert_eq!(row.text.as_deref(), Some("Head1 knows Tail1 (1)."));
    assert_eq!((row.circumstance, row.at), (circumstance, 5));
    let settled = db.settled(TupleId(1)).unwrap().unwrap();
    assert_eq!(settled.head, Some(Span { start: 0, end: 5 }));
    assert_eq!(settled.tail.unwrap().of(&settled.text), "Tail1");
    assert_eq!((settled.base, settled.edited, settled.decision), (Some(ids[1]), false, id));
    assert_eq!(settled.tuple.status, Status::Decided);
}

#[test]
fn every_kind_is_read_back() {
    let mut db = project(1);
    let ids = rank(&mut db, 1, &[0.9]);
    let span = Some(Span { start: 0, end: 4 });
    let kinds = [
        Kind::Accept(ids[0]),
        Kind::Edit { base: Some(ids[0]), text: "Text.".into(), head: span, tail: None },
        Kind::Verify { of: DecisionId(2), verdict: Verdict::ExtraFact },
        Kind::Reject(RejectReason::BadTuple),
        Kind::Skip,
        Kind::Flag("look".into()),
        Kind::Undo(DecisionId(4)),
        Kind::Redo(DecisionId(4)),
        Kind::Override(ids[0]),
    ];
    for kind in &kinds {
        decide(&mut db, 1, ANN, kind.clone());
    }
    let history = db.history(TupleId(1)).unwrap();
    assert_eq!(history.iter().map(|row| row.decision.kind.clone()).collect::<Vec<_>>(), kinds);
    let mut all = Vec::new();
    db.each_decision(|row| {
        all.push(row);
        Ok::<_, StoreError>(())
    })
    .unwrap();
    assert_eq!(all, history);
    assert_eq!(db.last_decision(ANN).unwrap(), history.last().cloned());
    assert_eq!(db.last_decision(BEN).unwrap(), None);
    assert_eq!(db.verify_log().unwrap(), Chain::Whole { decisions: 9 });
    assert_eq!(db.pace(ANN, 0).unwrap(), Pace { decided: 4, verdicts: 1 });
    assert_eq!(db.pace(ANN, 1_001).unwrap(), Pace::default());
}

#[test]
fn contradictions_are_refused_and_leave_nothing() {
    let mut db = project(2);
    let ids = rank(&mut db, 1, &[0.9]);
    let other = write(&mut db, 2, "a", "Other.");
    let failed = db.add_candidate(TupleId(1), &Yield::Failed("x".into()), &origin("f")).unwrap();
    let of = |of| Kind::Verify { of: DecisionId(of), verdict: Verdict::Right };
    assert_eq!(
        refusal(&mut db, 1, ANN, Kind::Accept(other)),
        Refusal::NoCandidate { tuple: TupleId(1), candidate: other }
    );
    assert_eq!(refusal(&mut db, 1, ANN, Kind::Accept(failed)), Refusal::NoSentence(failed));
    assert_eq!(refusal(&mut db, 7, ANN, Kind::Skip), Refusal::NoTuple(TupleId(7)));
    assert_eq!(refusal(&mut db, 1, " ", Kind::Skip), Refusal::NoAnnotator);
    assert_eq!(refusal(&mut db, 1, ANN, edit(" ")), Refusal::EmptySentence);
    let wide = Kind::Edit { base: None, text: "é".into(), head: None, tail: Some(Span { start: 1, end: 2 }) };
    assert_eq!(refusal(&mut db, 1, ANN, wide), Refusal::BadSpan("tail"));
    assert!(matches!(refusal(&mut db, 1, ANN, of(1)), Refusal::NoDecision { .. }));
    assert_eq!(db.verify_log().unwrap(), Chain::Whole { decisions: 0 });

    let reject = decide(&mut db, 1, ANN, Kind::Reject(RejectReason::Other));
    assert_eq!(refusal(&mut db, 1, BEN, of(reject.0)), Refusal::NothingToVerify(reject));
    assert_eq!(refusal(&mut db, 1, BEN, Kind::Undo(reject)), Refusal::NotYours(reject));
    assert_eq!(refusal(&mut db, 1, ANN, Kind::Redo(reject)), Refusal::NotUndone(reject));
    let accept = decide(&mut db, 1, ANN, Kind::Accept(ids[0]));
    assert!(matches!(refusal(&mut db, 2, BEN, of(accept.0)), Refusal::NoDecision { .. }), "of another tuple");
    decide(&mut db, 1, BEN, of(accept.0));
    assert!(matches!(refusal(&mut db, 1, BEN, of(accept.0)), Refusal::VerifiedAlready { .. }));
    decide(&mut db, 1, ANN, Kind::Undo(accept));
    assert_eq!(refusal(&mut db, 1, ANN, Kind::Undo(accept)), Refusal::Undone(accept));
    assert_eq!(refusal(&mut db, 1, "cem", of(accept.0)), Refusal::Undone(accept));
}

fn one(decision: DecisionId, tuple: i64) -> Turned {
    Turned { decision, tuple: TupleId(tuple), count: 1 }
}

#[test]
fn undo_and_redo_go_through_all_that_one_person_did() {
    let mut db = project(3);
    let ids = rank(&mut db, 1, &[0.9]);
    let accept = decide(&mut db, 1, ANN, Kind::Accept(ids[0]));
    let flag = decide(&mut db, 2, ANN, Kind::Flag(String::new()));
    let skip = decide(&mut db, 3, BEN, Kind::Skip);
    assert!(db.tuple(TupleId(2)).unwrap().unwrap().flagged);
    assert_eq!(db.undo(ANN, 2).unwrap(), Some(one(flag, 2)));
    assert!(!db.tuple(TupleId(2)).unwrap().unwrap().flagged);
    assert_eq!(db.undo(ANN, 2).unwrap(), Some(one(accept, 1)));
    assert_eq!((status(&db, 1), db.settled(TupleId(1)).unwrap()), (Status::Ranked, None));
    assert_eq!(db.undo(ANN, 2).unwrap(), None);
    assert_eq!(db.undoable(BEN).unwrap(), Some(skip));
    assert_eq!(db.redo(ANN, 2).unwrap(), Some(one(accept, 1)));
    assert_eq!(status(&db, 1), Status::Decided);
    assert_eq!(db.redo(ANN, 2).unwrap(), Some(one(flag, 2)));
    assert_eq!(db.redo(ANN, 2).unwrap(), None);
    assert_eq!(db.undo_on(TupleId(1), ANN, 2).unwrap(), Some(accept), "not the newest of all, but of this tuple");
    assert_eq!(db.undo_on(TupleId(3), ANN, 2).unwrap(), None);
}

#[test]
fn verdicts_move_the_status_and_are_counted() {
    let mut db = project(4);
    let right = |of| Kind::Verify { of, verdict: Verdict::Right };
    for i in 1..=4 {
        let ids = rank(&mut db, i, &[0.9]);
        decide(&mut db, i, ANN, Kind::Accept(ids[0]));
    }
    decide(&mut db, 4, ANN, edit("Head4 met Tail4."));
    decide(&mut db, 1, BEN, right(DecisionId(1)));
    decide(&mut db, 2, BEN, Kind::Verify { of: DecisionId(2), verdict: Verdict::WrongRelation });
    decide(&mut db, 3, BEN, right(DecisionId(3)));
    decide(&mut db, 3, ANN, Kind::Verify { of: DecisionId(3), verdict: Verdict::NotFluent });
    decide(&mut db, 4, ANN, right(DecisionId(5)));
    let statuses: Vec<_> = (1..=4).map(|i| status(&db, i)).collect();
    assert_eq!(statuses, [Status::Verified, Status::Refuted, Status::Disputed, Status::Verified]);
    let counts = db.verdict_counts().unwrap();
    assert_eq!((counts.right, counts.wrong, counts.disputed, counts.own, counts.population), (2, 1, 1, 1, 4));
    assert_eq!(counts.by_relation, [("knows".into(), 2, 1)]);
    assert_eq!(counts.by_method, [("m0".into(), 1, 1), ("edited".into(), 1, 0)]);
    assert!(counts.errors.contains(&("wrong-relation".into(), 1)));
    assert!(counts.errors.iter().all(|(name, _)| name != "right"));
}

#[test]
fn pace_and_progress_are_told() {
    let mut db = project(4);
    let ids: Vec<_> = (1..=4).map(|i| rank(&mut db, i, &[0.9])[0]).collect();
    let mut at = |tuple, kind, at, seconds| {
        let circumstance = Circumstance { seconds, ..Circumstance::default() };
        db.record(&Draft { circumstance, at, ..draft(tuple, ANN, kind) }).unwrap();
    };
    at(1, Kind::Accept(ids[0]), 10, Some(2.0));
    at(2, Kind::Reject(RejectReason::Other), 20, Some(4.0));
    at(3, Kind::Skip, 30, Some(100.0));
    at(3, Kind::Accept(ids[2]), 30, Some(f64::NAN));
    at(3, Kind::Verify { of: DecisionId(4), verdict: Verdict::Right }, 30, None);
    assert_eq!(db.pace(ANN, 0).unwrap(), Pace { decided: 3, verdicts: 1 });
    assert_eq!(db.pace(ANN, 20).unwrap(), Pace { decided: 2, verdicts: 1 });
    assert_eq!(db.pace(BEN, 0).unwrap(), Pace::default());
    assert_eq!(db.median_seconds(ANN).unwrap(), Some(4.0));
    assert_eq!(db.review_progress().unwrap(), (3, 4));
    assert_eq!(db.verify_progress(ANN).unwrap(), (1, 2), "what was rejected is not to be verified");
    assert_eq!(db.annotators().unwrap(), [(ANN.into(), 5)]);
}

#[test]
fn the_history_cannot_be_changed_and_shows_if_it_was() {
    let mut db = project(1);
    for _ in 0..4 {
        decide(&mut db, 1, ANN, Kind::Skip);
    }
    for sql in [
        "UPDATE decision SET at = 0",
        "DELETE FROM decision",
        "INSERT OR REPLACE INTO decision (id, tuple_id, annotator, kind, at, hash) VALUES (2, 1, 'eve', 'skip', 0, x'00')",
    ] {
        let error = db.conn.execute(sql, []).unwrap_err().to_string();
        assert!(error.contains("append-only"), "{error}");
    }
    assert_eq!(db.verify_log().unwrap(), Chain::Whole { decisions: 4 });
    let tampers = [
        ("UPDATE decision SET annotator = 'eve' WHERE id = 2", 2),
        ("UPDATE decision SET seconds = 1.5 WHERE id = 3", 3),
        ("UPDATE decision SET hash = x'00' WHERE id = 3", 3),
        ("DELETE FROM decision WHERE id = 2", 3),
    ];
    let open = "DROP TRIGGER decision_is_never_changed; DROP TRIGGER decision_is_never_deleted;";
    db.conn.execute_batch(open).unwrap();
    for (sql, broken) in tampers {
        db.conn.execute_batch("BEGIN").unwrap();
        db.conn.execute(sql, []).unwrap();
        assert_eq!(db.verify_log().unwrap(), Chain::BrokenAt(DecisionId(broken)), "{sql}");
        db.conn.execute_batch("ROLLBACK").unwrap();
    }
}

fn settle(db: &mut Db, tuple: i64, who: &str, kind: Kind) -> Result<DecisionId, StoreError> {
    let circumstance = Circumstance { arm: Some(Arm::Answers), ..Circumstance::default() };
    db.record(&Draft { circumstance, ..draft(tuple, who, kind) })
}

#[test]
fn a_third_person_settles_between_two() {
    let mut db = project(3);
    let ids = rank(&mut db, 1, &[0.9, 0.8]);
    let disagreement = |db: &Db| db.tuple(TupleId(1)).unwrap().unwrap().disagrees;
    decide(&mut db, 1, ANN, Kind::Accept(ids[0]));
    assert!(matches!(
        settle(&mut db, 1, "cay", Kind::Accept(ids[0])),
        Err(StoreError::Refused(Refusal::NothingToSettle(TupleId(1))))
    ));
    decide(&mut db, 1, BEN, Kind::Override(ids[1]));
    assert!(disagreement(&db));
    assert_eq!((db.next_to_settle("cay", &[]).unwrap(), db.count_to_settle("cay").unwrap()), (Some(TupleId(1)), 1));
    assert_eq!((db.next_to_settle(ANN, &[]).unwrap(), db.next_to_settle("cay", &[TupleId(1)]).unwrap()), (None, None));
    let refused = settle(&mut db, 1, BEN, Kind::Accept(ids[0])).unwrap_err();
    assert!(refused.to_string().contains("cannot settle"), "{refused}");
    let settled = settle(&mut db, 1, "cay", Kind::Accept(ids[0])).unwrap();
    assert!(!disagreement(&db));
    assert_eq!(db.settled(TupleId(1)).unwrap().unwrap().decision, settled);
    // Who was settled between may think again, and unsettles nothing.
    decide(&mut db, 1, BEN, Kind::Reject(RejectReason::Other));
    assert_eq!((status(&db, 1), disagreement(&db)), (Status::Decided, false));
    assert_eq!(db.settled(TupleId(1)).unwrap().unwrap().decision, settled);
    let texts: Vec<_> = db.answers(TupleId(1)).unwrap().into_iter().map(|a| (a.decision.annotator, a.text)).collect();
    assert_eq!(texts, [(ANN.into(), Some("Head1 knows Tail1 (0).".into())), (BEN.into(), None)]);
    assert_eq!(db.own_answer(TupleId(1), "cay").unwrap(), None, "to settle is not to answer");
    db.undo("cay", 1).unwrap();
    assert!(disagreement(&db));
    assert_eq!(status(&db, 1), Status::Rejected, "the newest answer");
    // The same sentence by two ways is no disagreement.
    let ids = rank(&mut db, 2, &[0.9]);
    decide(&mut db, 2, ANN, Kind::Accept(ids[0]));
    decide(&mut db, 2, BEN, Kind::Edit { base: None, text: "Head2 knows Tail2 (0).".into(), head: None, tail: None });
    assert!(!db.tuple(TupleId(2)).unwrap().unwrap().disagrees);
}

#[test]
fn a_stroke_is_one_entry_of_the_history() {
    let mut db = project(5);
    let firsts: Vec<_> = (1..=4).map(|id| rank(&mut db, id, &[0.9])[0]).collect();
    decide(&mut db, 4, BEN, Kind::Accept(firsts[3]));
    let before = decide(&mut db, 5, ANN, Kind::Flag(String::new()));
    let ready = db.ready_in(&"id<9".parse().unwrap(), 9).unwrap();
    assert_eq!(
        ready.iter().map(|(row, first)| (row.id.0, *first)).collect::<Vec<_>>(),
        [(1, firsts[0]), (2, firsts[1]), (3, firsts[2])]
    );
    let drafts: Vec<_> = ready.iter().map(|(row, first)| draft(row.id.0, ANN, Kind::Accept(*first))).collect();
    let mut wrong = drafts.clone();
    wrong.push(draft(99, ANN, Kind::Skip));
    assert!(db.record_all(&wrong).is_err());
    assert_eq!((status(&db, 1), db.record_all(&[]).unwrap()), (Status::Ranked, None), "all or none");
    let stroke = db.record_all(&drafts).unwrap().unwrap();
    assert_eq!((stroke.last.0 - stroke.first.0, status(&db, 1)), (2, Status::Decided));
    // One of them was taken back alone: undoing the rest leaves it so, and redoing brings all of it.
    db.undo_on(TupleId(2), ANN, 2).unwrap();
    let undone = db.undo(ANN, 2).unwrap().unwrap();
    assert_eq!((undone.count, undone.tuple), (2, TupleId(3)));
    assert!((1..=3).all(|id| status(&db, id) == Status::Ranked) && status(&db, 4) == Status::Decided);
    assert_eq!(db.redo(ANN, 2).unwrap().unwrap().count, 3);
    assert!((1..=3).all(|id| status(&db, id) == Status::Decided));
    assert_eq!(db.undo(ANN, 2).unwrap().unwrap().count, 3);
    assert_eq!(db.undo(ANN, 2).unwrap(), Some(one(before, 5)));
}
