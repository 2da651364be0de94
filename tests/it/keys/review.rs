//! Review by its keys: choices, edits, rejections, walking, comparing.

use super::{answered, reply, two};
use crate::stage::{Stage, item, running, settled};
use amalrec::app::{Answer, Recorded, Scope};
use amalrec::domain::review::{Arm, RejectReason};
use amalrec::domain::{CandidateId, DecisionId, TupleId};
use amalrec::tui::effect::Effect;
use amalrec::tui::event::{Event, Reply};
use amalrec::tui::keymap::Mode;

#[test]
fn one_key_a_decision_and_the_next_item_is_already_there() {
    for (keys, expected) in [
        ("enter", Answer::Take(CandidateId(101))),
        ("3", Answer::Take(CandidateId(103))),
        ("j j space", Answer::Take(CandidateId(103))),
        ("j j enter", Answer::Take(CandidateId(103))),
        ("x i", Answer::Reject(RejectReason::Inaccurate)),
        ("x t", Answer::Reject(RejectReason::BadTuple)),
        ("s", Answer::Skip),
        ("у у esc ы", Answer::Skip),
    ] {
        let mut stage = two();
        stage.press(keys);
        let (tuple, answer, _) = answered(&mut stage);
        assert_eq!((tuple, answer), (TupleId(1), expected), "{keys}");
        assert_eq!(stage.on_screen(), Some(TupleId(2)), "{keys}");
        assert_eq!(stage.model.review.saving.len(), 1);
    }
}

#[test]
fn enter_takes_the_selected_one_where_the_arm_is_blind() {
    let mut stage = Stage::reviewing([item(1, Arm::Blind)]);
    stage.press("j enter");
    let (_, answer, how) = answered(&mut stage);
    assert_eq!(answer, Answer::Take(CandidateId(102)));
    assert_eq!((how.arm, how.shown_at, how.place), (Some(Arm::Blind), Some(2), None));
    let mut stage = Stage::reviewing([item(1, Arm::Blind)]);
    stage.press("w");
    assert!(stage.notice().contains("not shown in this arm") && !stage.model.review.hide_why);
}

/// The count is the project's: what somebody else had decided before does not count twice.
#[test]
fn the_count_is_what_the_store_says_once_it_has_answered() {
    let mut stage = two();
    let count = |stage: &Stage| (stage.model.review.done, stage.model.review.total);
    let before = count(&stage);
    stage.press("enter");
    assert_eq!(count(&stage), (before.0 + 1, before.1), "shown as done at once");
    let run = stage.model.review.saving[0].run;
    let recorded = Recorded { decision: DecisionId(1), done: before.0, total: before.1 + 2 };
    stage.event(Event::Reply(run, Reply::Answered(Ok(recorded))));
    assert_eq!(count(&stage), (before.0, before.1 + 2));
}

#[test]
fn the_time_on_an_item_begins_with_its_first_frame() {
    let mut stage = two();
    stage.wait(2_500).press("2");
    let (_, _, how) = answered(&mut stage);
    assert_eq!((how.seconds, how.shown_at, how.place), (Some(2.5), Some(2), Some(2)));
    stage.wait(700).frame().wait(1_000).press("1");
    assert_eq!(answered(&mut stage).2.seconds, Some(1.0));
}

#[test]
fn a_decision_that_cannot_be_saved_brings_its_item_back() {
    let mut stage = two();
    stage.press("enter");
    reply(&mut stage, Err("the disk is full"));
    assert_eq!(stage.on_screen(), Some(TupleId(1)));
    assert_eq!(stage.model.review.ahead[0].tuple.id, TupleId(2));
    assert_eq!(stage.notice(), "not saved: the disk is full");
    stage.press("enter");
    reply(&mut stage, Ok(()));
    assert_eq!(stage.on_screen(), Some(TupleId(2)));
    assert!(stage.model.review.saving.is_empty());
}

#[test]
fn a_number_that_is_not_shown_takes_nothing() {
    let mut bare = item(1, Arm::RankedScores);
    bare.candidates.truncate(2);
    let mut stage = Stage::reviewing([bare]);
    stage.press("7");
    assert_eq!((stage.taken(), stage.notice()), (vec![], "there is no sentence 7"));
}

#[test]
fn an_edit_is_saved_with_its_base() {
    let mut stage = two();
    stage.press("j e");
    assert_eq!(stage.model.mode(), Mode::Edit);
    stage.press("backspace").write(" for years.").press("enter");
    let (_, answer, how) = answered(&mut stage);
    let text = "Alan Turing attended King's College, Cambridge for years.".to_owned();
    assert_eq!(answer, Answer::Edit { base: Some(CandidateId(102)), text, confirmed: false });
    assert_eq!(how.shown_at, Some(2));
    assert_eq!(stage.on_screen(), Some(TupleId(2)));
}

#[test]
fn an_unchanged_edit_takes_the_candidate() {
    let mut stage = two();
    stage.press("j e enter");
    assert_eq!(answered(&mut stage).1, Answer::Take(CandidateId(102)));
}

#[test]
fn a_lost_entity_is_saved_only_when_it_is_meant() {
    let mut stage = two();
    stage.press("e ctrl-u").write("He went to King's College, Cambridge.").press("ctrl-s");
    assert_eq!(stage.taken(), []);
    assert!(stage.notice().contains("no longer names the head"), "{}", stage.notice());
    stage.press("backspace").write("!").press("enter");
    assert_eq!(stage.taken(), [], "a change asks again");
    stage.press("enter");
    let text = "He went to King's College, Cambridge!".to_owned();
    assert_eq!(answered(&mut stage).1, Answer::Edit { base: Some(CandidateId(101)), text, confirmed: true });
}

#[test]
fn esc_keeps_the_draft() {
    let mut stage = two();
    stage.press("j e").write("X").press("esc");
    assert_eq!(stage.taken(), []);
    stage.press("] [");
    let run = stage.model.review.opening.unwrap().run;
    stage.event(Event::Reply(run, Reply::Opened(Ok(Box::new(item(1, Arm::RankedScores))))));
    stage.press("e");
    let editor = stage.model.review.desk.as_ref().unwrap().editor.as_ref().unwrap();
    assert!(editor.line.text().ends_with(".X") && editor.original.contains("attended"));
    // Another sentence is edited for itself, and an emptied draft is none.
    stage.press("esc k e");
    let editor = stage.model.review.desk.as_ref().unwrap().editor.as_ref().unwrap();
    assert_eq!(editor.line.text(), editor.original);
    stage.press("esc j e ctrl-u esc");
    assert!(stage.model.review.drafts.is_empty());
}

#[test]
fn the_editor_of_the_shell_gives_its_text_back() {
    let mut stage = two();
    stage.press("ctrl-e");
    let text = "Alan Turing studied at King's College, Cambridge.".to_owned();
    assert_eq!(stage.taken(), [Effect::ExternalEditor { text }]);
    stage.event(Event::Edited(Ok("Alan Turing\nleft King's College, Cambridge.\n".into())));
    stage.press("enter");
    let Answer::Edit { text, .. } = answered(&mut stage).1 else { panic!("no edit") };
    assert_eq!(text, "Alan Turing left King's College, Cambridge.");
}

#[test]
fn a_paste_is_never_a_command() {
    let mut stage = two();
    stage.event(Event::Paste("xi\rQ".into()));
    assert_eq!((stage.taken(), stage.on_screen()), (vec![], Some(TupleId(1))));
    stage.press("e");
    stage.event(Event::Paste("\u{1b}[2J\u{202e}a\nb".into()));
    let text = stage.model.review.desk.as_ref().unwrap().editor.as_ref().unwrap().line.text().to_owned();
    assert!(text.ends_with(".[2Ja b"), "{text}");
}

#[test]
fn a_flag_stays_on_the_item() {
    let mut stage = two();
    stage.press("f");
    assert_eq!(answered(&mut stage).1, Answer::Flag(String::new()));
    stage.press("f");
    assert_eq!((stage.taken(), stage.notice()), (vec![], "it is flagged already: u takes that back"));
    stage.press("F").write("King's?").press("enter");
    assert_eq!(answered(&mut stage).1, Answer::Flag("King's?".into()));
    assert_eq!(stage.on_screen(), Some(TupleId(1)));
    assert!(stage.model.review.desk.as_ref().unwrap().item.tuple.flagged);
}

#[test]
fn brackets_walk_without_deciding() {
    let mut stage = two();
    stage.press("]");
    assert_eq!((stage.on_screen(), stage.model.review.saving.len()), (Some(TupleId(2)), 0));
    stage.press("[");
    let run = stage.model.review.opening.unwrap().run;
    stage.event(Event::Reply(run, Reply::Opened(Ok(Box::new(item(1, Arm::RankedScores))))));
    assert_eq!(stage.on_screen(), Some(TupleId(1)));
    stage.press("]");
    assert_eq!(stage.on_screen(), Some(TupleId(2)));
}

#[test]
fn stale_replies_are_dropped() {
    let mut stage = two();
    stage.event(Event::Reply(999, Reply::Next(Ok(Some(Box::new(item(3, Arm::Blind)))))));
    stage.event(Event::Reply(999, Reply::Opened(Ok(Box::new(item(3, Arm::Blind))))));
    stage.event(Event::Reply(999, Reply::Answered(Err("old".into()))));
    assert_eq!((stage.on_screen(), stage.model.review.ahead.len(), stage.notice()), (Some(TupleId(1)), 1, ""));
}

#[test]
fn the_store_is_told_which_items_are_held() {
    let mut stage = two();
    stage.model.review.exhausted = false;
    stage.press("s");
    let held = stage.taken().into_iter().find_map(|effect| match effect {
        Effect::NextItem { passed, .. } => Some(passed),
        _ => None,
    });
    assert_eq!(held, Some(vec![TupleId(1), TupleId(2)]));
}

#[test]
fn regenerating_goes_on_and_a_list_that_just_changed_is_not_picked_from() {
    let mut stage = two();
    stage.press("r");
    let scope = Scope { first: Some(TupleId(1)), only_first: true, ..Scope::default() };
    assert!(stage.taken().iter().any(|effect| matches!(effect, Effect::Start { scope: s, .. } if *s == scope)));
    stage.event(Event::Progress(running()));
    let run = stage.model.review.opening.unwrap().run;
    let mut more = item(1, Arm::RankedScores);
    more.candidates.rotate_right(1);
    stage.event(Event::Reply(run, Reply::Opened(Ok(Box::new(more)))));
    stage.taken();
    stage.press("1");
    assert_eq!((stage.taken(), stage.notice()), (vec![], "the list just changed: look, and press again"));
    stage.wait(500).press("1");
    assert_eq!(answered(&mut stage).1, Answer::Take(CandidateId(114)));
}

#[test]
fn comparing_takes_by_column_or_by_number() {
    let mut stage = two();
    stage.press("j j c");
    assert_eq!(stage.model.mode(), Mode::Compare);
    stage.press("h enter");
    assert_eq!(answered(&mut stage).1, Answer::Take(CandidateId(101)));
    stage.press("c esc");
    assert_eq!(stage.model.mode(), Mode::Review);
}

#[test]
fn what_i_settled_before_can_be_decided_anew() {
    let mut stage = Stage::reviewing([settled(1)]);
    stage.press("2");
    assert_eq!(answered(&mut stage).1, Answer::Take(CandidateId(102)));
}
