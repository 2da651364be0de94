//! Every screen as it looks, at three sizes; the snapshots are read by people.

use crate::stage::{Stage, home, item, page, running, settle, settled};
use crate::stage_data::exported;
use amalrec::app::{Counts, Errand, Sweep, SweepPreview, Unit};
use amalrec::domain::review::Arm;
use amalrec::tui::Place;
use amalrec::tui::event::{Event, Reply};
use amalrec::tui::model::Layer;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (160, 48)];

/// Compares a screen at all sizes with its snapshots.
fn look(name: &str, stage: &mut Stage) {
    for (width, height) in SIZES {
        let backend = stage.draw(width, height);
        insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("{name}_{width}x{height}"), backend);
        });
    }
}

fn at(place: Place) -> Stage {
    let mut stage = Stage::at(place);
    settle(&mut stage);
    stage
}

#[test]
fn home_with_a_run() {
    let mut stage = at(Place::Home);
    stage.event(Event::Progress(running()));
    settle(&mut stage);
    look("home", &mut stage);
}

#[test]
fn home_of_an_empty_project() {
    let mut stage = Stage::at(Place::Home);
    let empty = amalrec::app::Home { counts: Counts::default(), accuracy: None, ..home() };
    let run = stage.model.home.pending.unwrap().run;
    stage.event(Event::Reply(run, Reply::Home(Ok(empty))));
    look("home_empty", &mut stage);
}

#[test]
fn tuples() {
    let mut stage = at(Place::Tuples);
    stage.frame().press("j j");
    look("tuples", &mut stage);
    stage.press("/").write("relation:almaMater sei<");
    look("tuples_filter_fault", &mut stage);
}

#[test]
fn review_in_each_arm() {
    for (name, arm) in [("scores", Arm::RankedScores), ("ranked", Arm::Ranked), ("blind", Arm::Blind)] {
        let mut stage = Stage::reviewing([item(1, arm)]);
        stage.event(Event::Progress(running()));
        look(&format!("review_{name}"), &mut stage);
    }
}

#[test]
fn review_of_what_is_settled() {
    let mut stage = Stage::reviewing([settled(1)]);
    stage.press("j j j j m f");
    look("review_settled", &mut stage);
}

#[test]
fn review_pending_reject() {
    let mut stage = Stage::reviewing([item(1, Arm::RankedScores)]);
    stage.press("x");
    look("review_reject", &mut stage);
}

#[test]
fn review_without_sentences_and_without_items() {
    let mut bare = item(1, Arm::RankedScores);
    bare.candidates.clear();
    let mut stage = Stage::reviewing([bare]);
    look("review_no_sentence", &mut stage);
    let mut stage = Stage::reviewing([]);
    look("review_done", &mut stage);
}

#[test]
fn editor() {
    let mut stage = Stage::reviewing([item(1, Arm::RankedScores)]);
    stage.press("j e ctrl-w ctrl-w ctrl-w ctrl-w").write("studied at Princeton.");
    look("editor", &mut stage);
}

#[test]
fn compare() {
    let mut stage = Stage::reviewing([item(1, Arm::RankedScores)]);
    stage.press("m m home j j j j m c l");
    look("compare", &mut stage);
}

#[test]
fn verify() {
    let mut stage = at(Place::Verify);
    look("verify", &mut stage);
}

#[test]
fn tuples_filled_in_counted_and_decided() {
    let mut stage = at(Place::Tuples);
    stage.press("/").write("relation:almaMater status:r");
    look("tuples_completion", &mut stage);
    stage.press("tab enter tab j");
    settle(&mut stage);
    look("tuples_facets", &mut stage);
    stage.press("tab p");
    settle(&mut stage);
    look("pivot", &mut stage);
    stage.press("esc b a");
    let Some(Layer::Sweep(asked)) = stage.model.layers.last() else { panic!("no question") };
    let run = asked.pending.unwrap().run;
    let sample = page(6).rows.into_iter().map(|row| (row, Some("Alan Turing went to King's.".to_owned()))).collect();
    let preview = SweepPreview { sweep: Sweep::Accept, touched: 1_204, total: 9_000, sample };
    stage.event(Event::Reply(run, Reply::Preview(Ok(preview))));
    look("sweep", &mut stage);
}

#[test]
fn adjudicate() {
    let mut stage = at(Place::Adjudicate);
    stage.press("j");
    look("adjudicate", &mut stage);
    stage.press("e ctrl-w ctrl-w").write("Cambridge.");
    look("adjudicate_edit", &mut stage);
    let mut stage = Stage::at(Place::Adjudicate);
    let run = stage.model.adjudicate.pending.unwrap().run;
    stage.event(Event::Reply(run, Reply::ToSettle(Ok(None))));
    look("adjudicate_done", &mut stage);
}

#[test]
fn reports() {
    let mut stage = at(Place::Reports);
    for name in ["shares", "counts", "heat", "curve", "table"] {
        look(&format!("reports_{name}"), &mut stage);
        stage.press("j");
    }
}

#[test]
fn export() {
    let mut stage = at(Place::Export);
    look("export", &mut stage);
    stage.press("j");
    look("export_formats", &mut stage);
    stage.press("j enter").write("test=4,dev=").press("enter");
    look("export_fault", &mut stage);
    stage.press("enter").write("2").press("enter d");
    stage.event(Event::Errand(Errand { name: "the dry run".into(), unit: Unit::Rows, done: 1_200, total: 4_800 }));
    look("export_running", &mut stage);
    stage.event(Event::Errand(Errand::default()));
    let run = stage.model.export.pending.unwrap().run;
    stage.event(Event::Reply(run, Reply::Exported(Ok(Box::new(exported())))));
    look("export_rehearsed", &mut stage);
}

#[test]
fn models() {
    let mut stage = at(Place::Models);
    stage.press("j j");
    look("models", &mut stage);
    stage.press("p");
    let errand = Errand { name: "bringing larger".into(), unit: Unit::Bytes, done: 700_000_000, total: 1_900_000_000 };
    stage.event(Event::Errand(errand));
    look("models_pulling", &mut stage);
}

#[test]
fn jobs() {
    let mut stage = at(Place::Jobs);
    stage.event(Event::Progress(running()));
    settle(&mut stage);
    look("jobs", &mut stage);
}

#[test]
fn popups() {
    let mut stage = Stage::reviewing([item(1, Arm::RankedScores)]);
    stage.press("?");
    look("help", &mut stage);
    stage.press("esc :").write("re");
    look("palette", &mut stage);
    stage.press("esc F").write("is this King's or Kings?");
    look("note", &mut stage);
    stage.press("esc");
    stage.event(Event::Progress(running()));
    stage.press("Q");
    look("confirm", &mut stage);
}
