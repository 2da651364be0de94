//! The behaviour of the interface as key strings: (screen, keys) to effects and what is on the screen.

use crate::stage::{Stage, item, page, running, settle, settled, trial};
use amalrec::app::{Answer, Circumstance, Page, Scope, Sort};
use amalrec::domain::review::{Arm, RejectReason, Verdict};
use amalrec::domain::{CandidateId, DecisionId, TupleId};
use amalrec::tui::Place;
use amalrec::tui::effect::Effect;
use amalrec::tui::event::{Back, BackItem, Event, Reply};
use amalrec::tui::keymap::Mode;
use amalrec::tui::model::Layer;

fn two() -> Stage {
    Stage::reviewing([item(1, Arm::RankedScores), item(2, Arm::RankedScores)])
}

/// The one answer among what was asked for.
fn answered(stage: &mut Stage) -> (TupleId, Answer, Circumstance) {
    let mut answers = stage.taken().into_iter().filter_map(|effect| match effect {
        Effect::Answer { tuple, answer, how, .. } => Some((tuple, answer, how)),
        _ => None,
    });
    let answer = answers.next().expect("nothing was answered");
    assert_eq!(answers.next(), None);
    answer
}

fn reply(stage: &mut Stage, result: Result<(), &str>) {
    let run = stage.model.review.saving[0].run;
    stage.event(Event::Reply(run, Reply::Answered(result.map(|()| DecisionId(1)).map_err(str::to_owned))));
}

#[test]
fn one_key_a_decision_and_the_next_item_is_already_there() {
    for (keys, expected) in [
        ("enter", Answer::Take(CandidateId(101))),
        ("3", Answer::Take(CandidateId(103))),
        ("j j space", Answer::Take(CandidateId(103))),
        ("j j enter", Answer::Take(CandidateId(101))),
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
    stage.press("F").write("King's?").press("enter");
    assert_eq!(answered(&mut stage).1, Answer::Flag("King's?".into()));
    assert_eq!(stage.on_screen(), Some(TupleId(1)));
    assert!(stage.model.review.desk.as_ref().unwrap().item.tuple.flagged);
}

#[test]
fn undo_jumps_back_to_the_item_from_anywhere() {
    let mut stage = two();
    stage.press("enter");
    reply(&mut stage, Ok(()));
    stage.press("H u");
    let run = stage.model.undoing[0];
    assert!(stage.taken().contains(&Effect::Undo { run }));
    let touched = amalrec::app::Touched { tuple: TupleId(1), decision: DecisionId(9), kind: "accept" };
    let item = BackItem::Review(Box::new(item(1, Arm::RankedScores)));
    stage.event(Event::Reply(run, Reply::Undone(Ok(Some(Back { touched, item })))));
    assert_eq!((stage.model.place(), stage.on_screen()), (Place::Review, Some(TupleId(1))));
    assert_eq!(stage.notice(), "undid accept: Alan Turing · almaMater · King's College, Cambridge");
    stage.press("2");
    assert_eq!(stage.on_screen(), Some(TupleId(2)), "what was on the screen comes next again");
}

#[test]
fn nothing_to_undo_is_said() {
    let mut stage = two();
    stage.press("u");
    let run = stage.model.undoing[0];
    stage.event(Event::Reply(run, Reply::Undone(Ok(None))));
    assert_eq!(stage.notice(), "nothing to undo");
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

#[test]
fn an_undone_verdict_shows_its_sentence() {
    let mut stage = two();
    stage.press("u");
    let run = stage.model.undoing[0];
    let touched = amalrec::app::Touched { tuple: TupleId(3), decision: DecisionId(9), kind: "verify" };
    let item = BackItem::Verify(Box::new(trial(3)));
    stage.event(Event::Reply(run, Reply::Undone(Ok(Some(Back { touched, item })))));
    assert_eq!(stage.model.place(), Place::Verify);
    assert_eq!(stage.model.verify.trial.as_ref().map(|trial| trial.item.tuple.id), Some(TupleId(3)));
}

#[test]
fn the_filter_is_applied_as_it_is_typed_and_the_newest_wins() {
    let mut stage = Stage::at(Place::Tuples);
    settle(&mut stage);
    stage.taken();
    stage.press("/").write("status:ranked");
    let asked = |effects: &[Effect]| effects.iter().filter(|e| matches!(e, Effect::LoadPage { .. })).count();
    let first = stage.taken();
    assert_eq!(asked(&first), 1, "one page at a time: {first:?}");
    let run = stage.model.tuples.pending.unwrap().run;
    stage.event(Event::Reply(run, Reply::Page(Ok(Page::default()))));
    let second = stage.taken();
    let newest = "status:ranked".parse().unwrap();
    assert!(second.iter().any(|e| matches!(e, Effect::LoadPage { filter, .. } if *filter == newest)), "{second:?}");
    stage.press("enter");
    assert_eq!(stage.model.mode(), Mode::Tuples);
    stage.press("g");
    assert!(stage.taken().iter().any(|e| matches!(e, Effect::Start { scope, .. } if scope.filter == newest)));
}

#[test]
fn a_fault_in_the_filter_is_shown_in_place() {
    let mut stage = Stage::at(Place::Tuples);
    settle(&mut stage);
    stage.press("/").write("status:rankd").press("enter");
    assert_eq!(stage.model.mode(), Mode::Filter, "an unsound filter is not kept");
    assert!(stage.model.tuples.fault.is_some());
    stage.press("esc");
    assert_eq!((stage.model.mode(), stage.model.tuples.line.text()), (Mode::Tuples, ""));
}

#[test]
fn sorting_and_opening() {
    let mut stage = Stage::at(Place::Tuples);
    settle(&mut stage);
    stage.frame().taken();
    stage.press("o");
    assert_eq!(stage.model.tuples.sort, Sort::ALL[1]);
    settle(&mut stage);
    stage.taken();
    stage.press("j j enter");
    assert_eq!(stage.model.place(), Place::Review);
    assert!(stage.taken().iter().any(|e| matches!(e, Effect::OpenItem { tuple: TupleId(3), .. })));
}

#[test]
fn pages_are_read_as_the_selection_comes_near_their_end() {
    let mut stage = Stage::at(Place::Tuples);
    let run = stage.model.tuples.pending.unwrap().run;
    let mut first = page(200);
    first.next = Some(amalrec::app::PageKey::of(&first.rows[199], Sort::Id));
    stage.event(Event::Reply(run, Reply::Page(Ok(first))));
    stage.frame().taken();
    stage.press("pgdn");
    assert_eq!(stage.taken(), []);
    stage.press("end");
    assert!(matches!(&stage.taken()[..], [Effect::LoadPage { after: Some(_), .. }]));
    let run = stage.model.tuples.pending.unwrap().run;
    stage.event(Event::Reply(run, Reply::Page(Ok(page(50)))));
    assert_eq!((stage.model.tuples.rows.len(), stage.model.tuples.selected), (250, 199));
}

#[test]
fn quitting_asks_only_while_something_runs() {
    let mut stage = two();
    stage.press("Q");
    assert_eq!(stage.taken(), [Effect::Quit]);
    stage.event(Event::Progress(running()));
    stage.taken();
    stage.press("Q");
    assert!(matches!(stage.top(), Layer::Confirm(_)) && stage.taken().is_empty());
    stage.press("n Q y");
    assert_eq!(stage.taken(), [Effect::Quit]);
    stage.press("ctrl-c");
    assert_eq!(stage.taken(), [Effect::Quit]);
    stage.event(Event::Terminate);
    assert_eq!(stage.taken(), [Effect::Quit]);
}

#[test]
fn one_key_goes_to_each_screen_and_q_comes_back() {
    let mut stage = Stage::at(Place::Home);
    for (key, place) in [("T", Place::Tuples), ("R", Place::Review), ("V", Place::Verify), ("J", Place::Jobs)] {
        stage.press(key);
        assert_eq!(stage.model.place(), place);
    }
    stage.press("q q q q");
    assert_eq!(stage.model.place(), Place::Home);
    stage.taken();
    stage.press("q");
    assert_eq!(stage.taken(), [Effect::Quit]);
}

#[test]
fn the_palette_runs_what_it_finds() {
    let mut stage = two();
    stage.press(":").write("rejbad").press("enter");
    assert_eq!(answered(&mut stage).1, Answer::Reject(RejectReason::BadTuple));
    stage.press("ctrl-p").write("verify").press("enter");
    assert_eq!(stage.model.place(), Place::Verify);
    stage.press(":").write("regenerate").press("enter");
    assert_eq!(stage.notice(), "regenerate works in Review");
}

#[test]
fn a_chord_waits_and_esc_gives_it_up() {
    let mut stage = two();
    stage.press("x");
    assert_eq!(stage.model.chord.len(), 1);
    stage.wait(60_000).press("esc");
    assert!(stage.model.chord.is_empty());
    stage.press("x z");
    assert_eq!((stage.taken(), stage.notice()), (vec![], "x z means nothing here"));
}

#[test]
fn what_i_settled_before_can_be_decided_anew() {
    let mut stage = Stage::reviewing([settled(1)]);
    stage.press("2");
    assert_eq!(answered(&mut stage).1, Answer::Take(CandidateId(102)));
}

#[test]
fn generating_twice_says_that_it_runs() {
    let mut stage = Stage::at(Place::Home);
    settle(&mut stage);
    stage.taken();
    stage.press("g");
    assert!(matches!(&stage.taken()[..], [Effect::Start { .. }]));
    stage.event(Event::Progress(running()));
    stage.taken();
    stage.press("g");
    assert_eq!((stage.taken(), stage.notice()), (vec![], "already running: 12 of 60; S stops it"));
    stage.press("S");
    assert_eq!(stage.taken(), [Effect::Stop]);
}
