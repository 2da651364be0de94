//! Export, Models, Reports and Jobs by their keys.

use crate::stage::{Stage, running, settle};
use crate::stage_data::exported;
use amalrec::app::{Errand, Only, Scope, Tacred, Unit};
use amalrec::tui::Place;
use amalrec::tui::effect::Effect;
use amalrec::tui::event::{Event, Reply};
use amalrec::tui::keymap::Mode;
use amalrec::tui::model::Layer;

fn at(place: Place) -> Stage {
    let mut stage = Stage::at(place);
    settle(&mut stage);
    stage.frame().taken();
    stage
}

#[test]
fn the_export_form_is_an_order() {
    let mut stage = at(Place::Export);
    stage.press("enter");
    assert_eq!(stage.model.export.only, Only::Decided);
    stage.press("j enter").write(",parkett").press("enter d");
    assert!(stage.notice().starts_with("unknown export format 'parkett'; one of jsonl"), "{}", stage.notice());
    stage.press("enter ctrl-w").write("csv jsonl").press("enter j enter");
    assert_eq!(stage.model.mode(), Mode::Line, "the splits are typed");
    stage.write("test=2,seed=").press("enter d");
    assert_eq!((stage.taken(), stage.notice()), (vec![], "'seed=' is not NAME=NUMBER, as in test=15000,seed=1"));
    stage.press("enter").write("7").press("enter j enter").write(".6").press("enter j enter").write("cc-by-4.0");
    stage.press("enter j enter j enter enter enter j enter ctrl-u").write("out").press("enter d");
    let effects = stage.taken();
    let [Effect::Export { run, wish, rehearse: true }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((wish.min_sei, wish.folder.to_str(), wish.plan.seed), (Some(0.6), Some("out"), 7));
    assert_eq!(wish.formats.iter().map(|format| format.name()).collect::<Vec<_>>(), ["jsonl", "csv"]);
    assert_eq!((wish.licence.as_deref(), wish.anonymise), (Some("cc-by-4.0"), true));
    assert_eq!((wish.tacred, wish.escape_brackets), (Tacred::Hf, true));
    stage.event(Event::Reply(*run, Reply::Exported(Ok(Box::new(exported())))));
    assert_eq!(stage.notice(), "20 rows would be written; w writes them");
    stage.press("w");
    assert!(matches!(&stage.taken()[..], [Effect::Export { rehearse: false, .. }]));
    // A change makes what was found out stale.
    stage.press("k k k k k k k enter");
    assert!(stage.model.export.result.is_none());
}

#[test]
fn one_errand_at_a_time_and_it_can_be_stopped() {
    let mut stage = at(Place::Models);
    stage.press("j j p");
    let effects = stage.taken();
    let [Effect::Pull { run, name }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(name, "larger");
    let errand = Errand { name: "bringing larger".into(), unit: Unit::Bytes, done: 3, total: 9 };
    stage.event(Event::Errand(errand));
    stage.press("c");
    assert_eq!((stage.taken(), stage.notice()), (vec![], "bringing larger is still going on; s stops it"));
    stage.press("s");
    assert_eq!(stage.taken(), [Effect::StopErrand]);
    stage.press("Q");
    assert!(matches!(stage.top(), Layer::Confirm(_)));
    stage.press("n");
    stage.event(Event::Errand(Errand::default()));
    stage.event(Event::Reply(*run, Reply::Shelved(Err("larger: cancelled".into()))));
    assert_eq!(stage.notice(), "larger: cancelled");
    settle(&mut stage);
    stage.taken();
    stage.press("k c");
    assert!(matches!(&stage.taken()[..], [Effect::Check { name, .. }] if name == "rel2text-smollm2-135m"));
}

#[test]
fn reports_are_turned_over() {
    let mut stage = at(Place::Reports);
    stage.press("j j j j j j j");
    assert_eq!(stage.model.reports.selected, stage.model.reports.sections.len() - 1);
    stage.press("k k");
    assert_eq!(stage.model.reports.sections[stage.model.reports.selected].title, "calibration");
    stage.press("N");
    assert!(matches!(&stage.taken()[..], [Effect::LoadReports { .. }]), "coming here reads anew");
}

#[test]
fn failures_are_tried_again_when_nothing_runs() {
    let mut stage = at(Place::Jobs);
    stage.press("t");
    let scope = Scope { retry: true, ..Scope::default() };
    assert!(matches!(&stage.taken()[..], [Effect::Start { scope: asked, .. }] if *asked == scope));
    stage.event(Event::Progress(running()));
    stage.taken();
    stage.press("t");
    assert_eq!(stage.notice(), "a run is going already; S stops it");
}

#[test]
fn copying_takes_what_is_selected() {
    let mut stage = at(Place::Tuples);
    stage.press("y");
    assert_eq!(stage.taken(), [Effect::Copy("Alan Turing · almaMater · King's College, Cambridge".into())]);
    let mut stage = super::two();
    stage.press("j y");
    assert_eq!(stage.taken(), [Effect::Copy("Alan Turing attended King's College, Cambridge.".into())]);
    let mut stage = at(Place::Home);
    stage.press(":").write("copy").press("enter");
    assert_eq!((stage.taken(), stage.notice()), (vec![], "there is nothing to copy here"));
}
