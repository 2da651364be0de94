//! Undo and redo as people expect them, and as the fold must keep them.

use super::*;
use crate::domain::id::{CandidateId, TupleId};
use crate::domain::review::Arm;
use crate::domain::review::decision::{RejectReason, Verdict};
use proptest::prelude::*;

fn decisions(kinds: Vec<Kind>) -> Vec<Decision> {
    (1..)
        .zip(kinds)
        .map(|(id, kind)| Decision { id: DecisionId(id), tuple: TupleId(1), annotator: "a".into(), kind, arm: None })
        .collect()
}

fn accept(candidate: i64) -> Kind {
    Kind::Accept(CandidateId(candidate))
}

fn status(kinds: Vec<Kind>) -> Status {
    History::fold(&decisions(kinds)).status(Status::Ranked).status
}

#[test]
fn the_newest_standing_decision_settles() {
    assert_eq!(status(vec![]), Status::Ranked);
    assert_eq!(status(vec![accept(1)]), Status::Decided);
    assert_eq!(status(vec![accept(1), Kind::Reject(RejectReason::Other)]), Status::Rejected);
    let undone = vec![accept(1), Kind::Reject(RejectReason::Other), Kind::Undo(DecisionId(2))];
    assert_eq!(status(undone.clone()), Status::Decided);
    let redone = [undone, vec![Kind::Redo(DecisionId(2))]].concat();
    assert_eq!(status(redone), Status::Rejected);
    assert_eq!(status(vec![Kind::Skip]), Status::Ranked);
}

#[test]
fn verdicts_speak_of_the_sentence_they_saw() {
    let verify = |of, verdict| Kind::Verify { of: DecisionId(of), verdict };
    assert_eq!(status(vec![accept(1), verify(1, Verdict::Right)]), Status::Verified);
    assert_eq!(status(vec![accept(1), verify(1, Verdict::ExtraFact)]), Status::Refuted);
    assert_eq!(status(vec![accept(1), verify(1, Verdict::Right), verify(1, Verdict::ExtraFact)]), Status::Disputed);
    // A new choice after the verdict is unverified again.
    assert_eq!(status(vec![accept(1), verify(1, Verdict::Right), Kind::Override(CandidateId(2))]), Status::Decided);
}

#[test]
fn redo_ends_where_a_new_decision_begins() {
    let undone = decisions(vec![accept(1), accept(2), Kind::Undo(DecisionId(2)), Kind::Undo(DecisionId(1))]);
    assert_eq!(undo_target(&undone), None);
    assert_eq!(redo_target(&undone), Some(DecisionId(1)));
    let anew = decisions(vec![accept(1), Kind::Undo(DecisionId(1)), accept(3)]);
    assert_eq!(redo_target(&anew), None);
}

#[test]
fn who_settles_between_others_is_not_unsettled_by_them() {
    let mut all = decisions(vec![accept(1), accept(2), accept(3), accept(1), Kind::Undo(DecisionId(3))]);
    for (decision, name) in all.iter_mut().zip(["a", "b", "c", "a", "c"]) {
        decision.annotator = name.into();
    }
    all[2].arm = Some(Arm::Answers);
    let history = History::fold(&all[..4]);
    let ids = |decisions: Vec<&Decision>| decisions.iter().map(|d| d.id.0).collect::<Vec<_>>();
    assert_eq!(history.settled().map(|d| d.id.0), Some(3));
    assert_eq!(ids(history.answers()), [2, 4], "each person's newest, and no adjudication");
    assert_eq!(History::fold(&all).settled().map(|d| d.id.0), Some(4), "until it is undone");
}

#[test]
fn who_settles_between_verdicts_has_the_last_word() {
    let verify = |verdict| Kind::Verify { of: DecisionId(1), verdict };
    let kinds = vec![accept(1), verify(Verdict::Right), verify(Verdict::ExtraFact), verify(Verdict::ExtraFact)];
    let mut all = decisions(kinds);
    let status = |all: &[Decision]| History::fold(all).status(Status::Ranked).status;
    assert_eq!(status(&all), Status::Disputed);
    all[3].arm = Some(Arm::Answers);
    assert_eq!(status(&all), Status::Refuted);
    all[3].kind = verify(Verdict::Right);
    assert_eq!(status(&all), Status::Verified);
}

proptest! {
    /// Whatever was done, undoing everything and redoing everything comes back to the same standing list.
    #[test]
    fn undo_all_then_redo_all_changes_nothing(steps in prop::collection::vec(0u8..4, 0..20)) {
        let mut history: Vec<Decision> = Vec::new();
        let push = |history: &mut Vec<Decision>, kind| {
            let id = DecisionId(i64::try_from(history.len()).unwrap() + 1);
            history.push(Decision { id, tuple: TupleId(1), annotator: "a".into(), kind, arm: None });
        };
        for step in steps {
            match step {
                0 => if let Some(id) = undo_target(&history) { push(&mut history, Kind::Undo(id)); },
                1 => if let Some(id) = redo_target(&history) { push(&mut history, Kind::Redo(id)); },
                2 => push(&mut history, Kind::Skip),
                _ => push(&mut history, accept(1)),
            }
        }
        let ids = |history: &[Decision]| -> Vec<DecisionId> {
            History::fold(history).standing().iter().map(|d| d.id).collect()
        };
        let before = ids(&history);
        let mut undone = 0;
        while let Some(id) = undo_target(&history) {
            push(&mut history, Kind::Undo(id));
            undone += 1;
        }
        prop_assert_eq!(undone, before.len());
        prop_assert!(ids(&history).is_empty());
        for _ in 0..undone {
            let id = redo_target(&history).unwrap();
            push(&mut history, Kind::Redo(id));
        }
        prop_assert_eq!(ids(&history), before);
    }
}
