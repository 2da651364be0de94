//! Verify and Adjudicate by their keys: one person judges, a third one settles.

use super::answered;
use crate::stage::{Stage, item, settle};
use crate::stage_data::to_settle;
use amalrec::app::{Answer, Touched};
use amalrec::domain::review::{Arm, RejectReason, Verdict};
use amalrec::domain::{CandidateId, DecisionId, TupleId};
use amalrec::tui::Place;
use amalrec::tui::effect::Effect;
use amalrec::tui::event::{Back, BackItem, Event, Reply};
use amalrec::tui::keymap::Mode;

#[test]
fn a_verdict_is_one_key_or_two() {
    for (keys, verdict) in [
        ("y", Verdict::Right),
        ("m", Verdict::EntityMissing),
        ("n d", Verdict::WrongDirection),
        ("x", Verdict::ExtraFact),
        ("g", Verdict::Ungrammatical),
        ("f", Verdict::NotFluent),
    ] {
        let mut stage = Stage::at(Place::Verify);
        settle(&mut stage);
        stage.frame().taken();
        stage.wait(1_500).press(keys);
        let effects = stage.taken();
        let Some(Effect::Verify { tuple, of, verdict: given, how, .. }) = effects.first() else {
            panic!("{effects:?}")
        };
        assert_eq!((*tuple, *of, *given, how.seconds), (TupleId(3), DecisionId(30), verdict, Some(1.5)), "{keys}");
    }
}

#[test]
fn a_skipped_sentence_is_not_offered_again_at_once() {
    let mut stage = Stage::at(Place::Verify);
    settle(&mut stage);
    stage.taken();
    stage.press("s");
    let effects = stage.taken();
    assert!(matches!(&effects[..], [Effect::NextToVerify { passed, .. }] if passed[..] == [TupleId(3)]), "{effects:?}");
}

fn settling() -> Stage {
    let mut stage = Stage::at(Place::Adjudicate);
    settle(&mut stage);
    stage.frame().taken();
    stage
}

#[test]
fn a_third_person_takes_edits_or_rejects() {
    let edited = "Alan Turing studied mathematics at King's College, Cambridge.".to_owned();
    let edit = |text: &str| Answer::Edit { base: Some(CandidateId(501)), text: text.into(), confirmed: true };
    for (keys, expected, at) in [
        ("enter", edit(&edited), Some(1)),
        ("2", Answer::Take(CandidateId(502)), Some(2)),
        ("j enter", Answer::Take(CandidateId(502)), Some(2)),
        ("3", Answer::Reject(RejectReason::BadTuple), Some(3)),
        ("x i", Answer::Reject(RejectReason::Inaccurate), None),
        ("j e enter", Answer::Take(CandidateId(502)), Some(2)),
    ] {
        let mut stage = settling();
        stage.wait(2_000).press(keys);
        let (tuple, answer, how) = answered(&mut stage);
        assert_eq!((tuple, answer), (TupleId(5), expected), "{keys}");
        assert_eq!((how.arm, how.shown_at, how.seconds), (Some(Arm::Answers), at, Some(2.0)), "{keys}");
        assert_eq!(stage.model.adjudicate.saving.len(), 1);
    }
    let mut stage = settling();
    stage.press("j e");
    assert_eq!(stage.model.mode(), Mode::Edit);
    stage.press("backspace").write(" once.").press("enter");
    let text = "Alan Turing attended King's College, Cambridge once.".to_owned();
    assert_eq!(answered(&mut stage).1, Answer::Edit { base: Some(CandidateId(502)), text, confirmed: false });
}

#[test]
fn what_cannot_be_settled_comes_back_and_what_is_undone_too() {
    let mut stage = settling();
    stage.press("2");
    let run = stage.model.adjudicate.saving[0].0;
    stage.event(Event::Reply(run, Reply::Answered(Err("the answers agree".into()))));
    assert_eq!(stage.notice(), "not saved: the answers agree");
    assert_eq!(stage.model.adjudicate.bench.as_ref().map(|bench| bench.item.tuple.id), Some(TupleId(5)));
    let mut stage = Stage::reviewing([item(1, Arm::Ranked)]);
    stage.press("u");
    let run = stage.model.undoing[0];
    let touched = Touched { tuple: TupleId(5), decision: DecisionId(9), kind: "override", adjudicates: true, count: 1 };
    let item = BackItem::Settle(Box::new(to_settle(5)));
    stage.event(Event::Reply(run, Reply::Undone(Ok(Some(Back { touched, item })))));
    assert_eq!(stage.model.place(), Place::Adjudicate);
    assert!(stage.notice().starts_with("undid the settling of Alan Turing"), "{}", stage.notice());
}

#[test]
fn a_skipped_tuple_is_not_offered_again_at_once() {
    let mut stage = settling();
    stage.press("s");
    let effects = stage.taken();
    assert!(matches!(&effects[..], [Effect::NextToSettle { passed, .. }] if passed[..] == [TupleId(5)]), "{effects:?}");
}
