//! What comes next: in review by uncertainty and round again, in verification by draw; and what is exported.

use super::*;
use crate::domain::review::{RejectReason, Sharing, Verdict};

fn next(db: &Db, who: &str, sharing: &Sharing, skip: &[i64]) -> Option<i64> {
    let skip: Vec<_> = skip.iter().copied().map(TupleId).collect();
    db.next_for_review(who, sharing, &skip).unwrap().map(|id| id.0)
}

#[test]
fn review_begins_with_the_most_uncertain_and_ends_with_what_was_skipped() {
    let mut db = project(6);
    for (tuple, seis) in [(1, &[0.9, 0.5][..]), (2, &[0.9, 0.8]), (3, &[0.9]), (4, &[0.9, 0.7])] {
        rank(&mut db, tuple, seis);
    }
    write(&mut db, 5, "a", "Not ranked.");
    let alone = Sharing::default();
    let mut walk = Vec::new();
    while let Some(id) = next(&db, ANN, &alone, &walk) {
        walk.push(id);
    }
    assert_eq!(walk, [2, 4, 1, 3], "what has one candidate comes last");
    decide(&mut db, 2, ANN, Kind::Skip);
    assert_eq!(next(&db, ANN, &alone, &[]), Some(4));
    assert_eq!(next(&db, ANN, &alone, &[4, 1, 3]), Some(2), "what was skipped, last");
    assert_eq!(next(&db, BEN, &alone, &[]), Some(2), "another's skip is not mine");
    db.undo(ANN, 1).unwrap();
    assert_eq!(next(&db, ANN, &alone, &[]), Some(2));
    for tuple in [2, 4, 1] {
        decide(&mut db, tuple, BEN, Kind::Reject(RejectReason::Other));
    }
    assert_eq!(next(&db, ANN, &alone, &[]), Some(3));
    assert_eq!(next(&db, ANN, &alone, &[3]), None, "nothing else waits");
}

#[test]
fn people_share_and_nothing_is_locked_by_the_absent() {
    let mut db = project(40);
    for id in 1..=40 {
        rank(&mut db, id, &[0.9, 0.8]);
    }
    let sharing = Sharing { seed: 3, people: vec![ANN.into(), BEN.into()], overlap: 0.25 };
    let (ann, ben) = (sharing.portion(ANN), sharing.portion(BEN));
    let mut walk = Vec::new();
    while let Some(id) = next(&db, ANN, &sharing, &[]) {
        let first = db.candidates(TupleId(id)).unwrap()[0].candidate.id;
        decide(&mut db, id, ANN, Kind::Accept(first));
        walk.push(id);
    }
    let (mine, others): (Vec<i64>, Vec<i64>) = (1..=40).partition(|id| ann.is_mine(TupleId(*id)));
    assert_eq!(walk, [mine, others].concat(), "my portion, then what the absent left");
    let twice: Vec<i64> = (1..=40).filter(|id| ann.is_twice(TupleId(*id))).collect();
    assert!(!twice.is_empty() && twice.iter().all(|id| ben.is_mine(TupleId(*id))));
    let mut seconds = Vec::new();
    while let Some(id) = next(&db, BEN, &sharing, &seconds) {
        seconds.push(id);
    }
    assert_eq!(seconds, twice, "a second opinion on each of those, and on no other");
    assert_eq!(next(&db, "cay", &sharing, &[]), Some(twice[0]), "who is not named helps too");
}

#[test]
fn verification_draws_each_sentence_once_those_of_others_first() {
    let mut db = project(40);
    for i in 1..=40 {
        let ids = rank(&mut db, i, &[0.9]);
        let who = if i % 4 == 0 { ANN } else { BEN };
        let kind = if i == 7 { Kind::Reject(RejectReason::Other) } else { Kind::Accept(ids[0]) };
        decide(&mut db, i, who, kind);
    }
    let other = db.verification_sample(2, 39).unwrap();
    let sample = db.verification_sample(1, 39).unwrap();
    assert_ne!(sample, other, "another seed, another order");
    let mut seen = Vec::new();
    while let Some(id) = db.next_to_verify(ANN, 1, &[]).unwrap() {
        assert_eq!(db.next_to_verify(ANN, 1, &[]).unwrap(), Some(id), "stays until it is judged");
        let of = db.settled(id).unwrap().unwrap().decision;
        decide(&mut db, id.0, ANN, Kind::Verify { of, verdict: Verdict::Right });
        seen.push(id);
    }
    let (own, others): (Vec<_>, Vec<_>) = sample.iter().partition(|id| id.0 % 4 == 0);
    assert_eq!(seen, [others, own].concat());
    // Who judges later walks the same order; a new choice is to be judged again.
    assert!(db.next_to_verify(BEN, 1, &[]).unwrap().is_some());
    decide(&mut db, 5, BEN, Kind::Edit { base: None, text: "New.".into(), head: None, tail: None });
    assert_eq!(db.next_to_verify(ANN, 1, &[]).unwrap(), Some(TupleId(5)));
    assert_eq!(db.next_to_verify(ANN, 1, &[TupleId(5)]).unwrap(), None);
}

#[test]
fn what_is_exported_says_where_it_came_from() {
    let mut db = project(7);
    let ids: Vec<_> = (1..=6).map(|i| rank(&mut db, i, &[0.9, 0.8])).collect();
    let accept = decide(&mut db, 1, ANN, Kind::Accept(ids[0][0]));
    let verdict = decide(&mut db, 1, BEN, Kind::Verify { of: accept, verdict: Verdict::Right });
    let edit = Kind::Edit { base: Some(ids[1][1]), text: "Head2 met Tail2.".into(), head: None, tail: None };
    decide(&mut db, 2, ANN, edit);
    decide(&mut db, 3, ANN, Kind::Reject(RejectReason::Other));
    let wrong = decide(&mut db, 4, ANN, Kind::Accept(ids[3][0]));
    decide(&mut db, 4, BEN, Kind::Verify { of: wrong, verdict: Verdict::ExtraFact });
    db.put_scores(TupleId(5), &[(ids[4][0], scored(0.2, &[Veto::NoVerb])), (ids[4][1], scored(0.8, &[]))]).unwrap();
    place(&mut db, 5, &ids[4]);
    let rows = |only| {
        let mut rows = Vec::new();
        db.each_exportable(only, |row| {
            rows.push(row);
            Ok::<_, StoreError>(())
        })
        .unwrap();
        rows
    };
    let tuples = |only| rows(only).iter().map(|row| row.tuple.id.0).collect::<Vec<_>>();
    assert_eq!(tuples(Only::Verified), [1]);
    assert_eq!(tuples(Only::Decided), [1, 2]);
    assert_eq!(tuples(Only::All), [1, 2, 5, 6]);
    let all = rows(Only::All);
    assert_eq!((all[0].decision, &all[0].verdicts[..]), (Some(accept), &[verdict][..]));
    assert_eq!((all[1].edited, all[1].text.as_str()), (true, "Head2 met Tail2."));
    assert_eq!(all[1].candidate.as_ref().unwrap().candidate.id, ids[1][1]);
    let best = all[2].candidate.as_ref().unwrap();
    assert_eq!((best.candidate.id, best.place, all[2].decision), (ids[4][1], Some(2), None));
    assert_eq!(all[2].head.unwrap().of(&all[2].text), "Head5");
    let mut settled = Vec::new();
    db.each_settled(|row| {
        settled.push(row.tuple.id.0);
        Ok::<_, StoreError>(())
    })
    .unwrap();
    assert_eq!(settled, [1, 2, 4]);
}

#[test]
fn examples_are_what_people_chose_and_nobody_found_wrong() {
    let mut db = project(7);
    let ids: Vec<_> = (1..=5).map(|i| rank(&mut db, i, &[0.9, 0.8])).collect();
    let relation = db.tuple(TupleId(1)).unwrap().unwrap().tuple.relation;
    let chosen: Vec<_> = (1..=4).zip(&ids).map(|(i, ids)| decide(&mut db, i, ANN, Kind::Accept(ids[0]))).collect();
    decide(&mut db, 5, ANN, Kind::Reject(RejectReason::Other));
    decide(&mut db, 3, BEN, Kind::Verify { of: chosen[2], verdict: Verdict::Right });
    decide(&mut db, 4, BEN, Kind::Verify { of: chosen[3], verdict: Verdict::WrongRelation });
    let heads = |without, limit| -> Vec<String> {
        let rows = db.chosen_of_relation(&relation, TupleId(without), limit).unwrap();
        rows.into_iter().map(|(tuple, text)| format!("{}: {text}", tuple.head.name)).collect()
    };
    let found = heads(1, 9);
    assert_eq!(found, ["Head3: Head3 knows Tail3 (0).", "Head2: Head2 knows Tail2 (0)."]);
    assert_eq!(heads(9, 1), ["Head3: Head3 knows Tail3 (0)."]);
    assert_eq!(db.chosen_of_relation("nobody", TupleId(1), 9).unwrap(), []);
}
