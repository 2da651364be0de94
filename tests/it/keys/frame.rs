//! What is the same on every screen: going, chords, palette, undo, quitting.

use super::{answered, reply, two};
use crate::stage::{Stage, home, item, running, settle, trial};
use amalrec::app::{Answer, Counts, Home, Phase, Progress, Touched};
use amalrec::domain::review::{Arm, RejectReason, Status};
use amalrec::domain::{DecisionId, TupleId};
use amalrec::tui::Place;
use amalrec::tui::effect::Effect;
use amalrec::tui::event::{Back, BackItem, Event, Reply};
use amalrec::tui::model::Layer;

#[test]
fn undo_jumps_back_to_the_item_from_anywhere() {
    let mut stage = two();
    stage.press("enter");
    reply(&mut stage, Ok(()));
    stage.press("H u");
    let run = stage.model.undoing[0];
    assert!(stage.taken().contains(&Effect::Undo { run }));
    let touched = Touched { tuple: TupleId(1), decision: DecisionId(9), kind: "accept", adjudicates: false, count: 1 };
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
fn an_undone_verdict_shows_its_sentence() {
    let mut stage = two();
    stage.press("u");
    let run = stage.model.undoing[0];
    let touched = Touched { tuple: TupleId(3), decision: DecisionId(9), kind: "verify", adjudicates: false, count: 1 };
    let item = BackItem::Verify(Box::new(trial(3)));
    stage.event(Event::Reply(run, Reply::Undone(Ok(Some(Back { touched, item })))));
    assert_eq!(stage.model.place(), Place::Verify);
    assert_eq!(stage.model.verify.trial.as_ref().map(|trial| trial.item.tuple.id), Some(TupleId(3)));
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
    for (key, place) in [
        ("T", Place::Tuples),
        ("R", Place::Review),
        ("V", Place::Verify),
        ("A", Place::Adjudicate),
        ("J", Place::Jobs),
        ("N", Place::Reports),
        ("X", Place::Export),
        ("L", Place::Models),
    ] {
        stage.press(key);
        assert_eq!(stage.model.place(), place);
    }
    stage.press("q q q q q q q q");
    assert_eq!(stage.model.place(), Place::Home);
    stage.taken();
    stage.press("esc");
    assert_eq!((stage.taken(), stage.notice()), (vec![], "Q quits"), "who presses esc once too often stays");
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
    stage.press(":").write("qqq").press("enter");
    assert_eq!(stage.notice(), "no action and no command is called 'qqq'");
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

#[test]
fn home_names_what_waits_for_a_command() {
    let counts = |status: Status| {
        let mut counts = Counts::default();
        counts.by_status[status as usize] = 2;
        counts
    };
    for (status, said) in [
        (Status::Generated, "score: 2 tuples have sentences without a score"),
        (Status::Scored, "rank: 2 tuples have sentences without a place"),
        (Status::Disputed, "verify next --adjudicate: 2 sentences whose verdicts differ"),
    ] {
        let mut stage = Stage::at(Place::Home);
        let run = stage.model.home.pending.unwrap().run;
        stage.event(Event::Reply(run, Reply::Home(Ok(Home { counts: counts(status), ..home() }))));
        let screen = stage.draw(120, 36).to_string();
        assert!(screen.contains(said), "{screen}");
    }
}

#[test]
fn a_run_that_was_stopped_is_not_called_finished() {
    for (done, word) in [(12, "■ stopped: 12 of 60 tuples"), (60, "✓ finished: 60 of 60 tuples")] {
        let mut stage = Stage::at(Place::Home);
        settle(&mut stage);
        stage.event(Event::Progress(Progress { phase: Phase::Finished, done, ..running() }));
        let screen = stage.draw(120, 36).to_string();
        assert!(screen.contains(word), "{screen}");
    }
}
