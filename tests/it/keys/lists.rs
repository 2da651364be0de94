//! Tuples by its keys: filter, completion, facets, pivot, decisions on many.

use crate::stage::{Stage, page, settle};
use amalrec::app::{Column, Page, Sort, Sweep, SweepPreview};
use amalrec::domain::TupleId;
use amalrec::tui::Place;
use amalrec::tui::effect::Effect;
use amalrec::tui::event::{Event, Reply};
use amalrec::tui::keymap::Mode;
use amalrec::tui::model::Layer;

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

fn listed() -> Stage {
    let mut stage = Stage::at(Place::Tuples);
    settle(&mut stage);
    stage.frame().taken();
    stage
}

#[test]
fn a_filter_is_filled_in() {
    let mut stage = listed();
    stage.press("/").write("rel").press("tab");
    assert_eq!(stage.model.tuples.line.text(), "relation:");
    stage.press("tab");
    assert_eq!(stage.model.tuples.line.text(), "relation:almaMater");
    stage.press("tab");
    assert_eq!(stage.model.tuples.line.text(), "relation:birthPlace", "again: the next");
    stage.write(" annotator:b").press("tab");
    assert_eq!(stage.model.tuples.line.text(), "relation:birthPlace annotator:\"Ben K.\"");
    assert!(stage.model.tuples.fault.is_none());
    stage.press("tab tab");
    assert!(stage.model.tuples.line.text().ends_with("\"Ben K.\""), "nothing more to fill in");
}

#[test]
fn facets_narrow_and_widen_again() {
    let mut stage = listed();
    stage.press("tab");
    assert_eq!(stage.model.mode(), Mode::Facets);
    stage.press("enter");
    assert_eq!(stage.model.tuples.line.text(), "status:ranked");
    settle(&mut stage);
    stage.press("pgdn j enter");
    assert_eq!(stage.model.tuples.line.text(), "status:ranked relation:birthPlace");
    settle(&mut stage);
    stage.press("enter");
    assert_eq!(stage.model.tuples.line.text(), "status:ranked");
    stage.press("esc");
    assert_eq!((stage.model.mode(), stage.model.place()), (Mode::Tuples, Place::Tuples));
}

#[test]
fn counts_come_column_by_column_and_for_the_newest_filter() {
    let mut stage = Stage::at(Place::Tuples);
    let asked = |stage: &mut Stage| -> Vec<(Column, String)> {
        let tallies = stage.taken().into_iter().filter_map(|effect| match effect {
            Effect::Tally { column, filter, .. } => Some((column, filter.to_string())),
            _ => None,
        });
        tallies.collect()
    };
    assert_eq!(asked(&mut stage), [(Column::Status, String::new())], "one at a time");
    let run = stage.model.tuples.facets.pending.unwrap().run;
    stage.press("/").write("x");
    stage.event(Event::Reply(run, Reply::Tally(Ok(vec![]))));
    assert_eq!(asked(&mut stage), [(Column::Status, "x".to_owned())], "anew from the first");
}

#[test]
fn the_pivot_goes_through_the_columns_and_narrows() {
    let mut stage = listed();
    stage.press("p");
    assert!(matches!(&stage.taken()[..], [Effect::Tally { column: Column::Relation, .. }]));
    settle(&mut stage);
    stage.press("tab");
    settle(&mut stage);
    stage.press("j j enter");
    assert_eq!(stage.model.tuples.line.text(), "status:decided");
    assert_eq!(stage.model.mode(), Mode::Tuples);
    // What the list is narrowed to already stays.
    stage.press("p tab");
    settle(&mut stage);
    stage.press("j j enter");
    assert_eq!(stage.model.tuples.line.text(), "status:decided");
}

#[test]
fn many_are_decided_only_after_a_look_and_as_one() {
    let mut stage = listed();
    stage.press("b a");
    let effects = stage.taken();
    let [Effect::Preview { run, sweep: Sweep::Accept, .. }] = &effects[..] else { panic!("{effects:?}") };
    stage.press("y");
    assert_eq!(stage.taken(), [], "not before it is seen what it does");
    let sample = page(3).rows.into_iter().map(|row| (row, Some("A sentence.".to_owned()))).collect();
    let preview = SweepPreview { sweep: Sweep::Accept, touched: 1_204, total: 9_000, sample };
    stage.event(Event::Reply(*run, Reply::Preview(Ok(preview))));
    assert!(stage.draw(80, 24).to_string().contains("1,204 of 9,000 tuples of the filter"));
    stage.press("y");
    let effects = stage.taken();
    let [Effect::Sweep { run, sweep: Sweep::Accept, .. }] = &effects[..] else { panic!("{effects:?}") };
    stage.press("b f");
    assert_eq!(stage.notice(), "one such decision is being saved; wait a moment");
    stage.event(Event::Reply(*run, Reply::Swept(Ok(1_204))));
    assert_eq!(stage.notice(), "decided 1,204; u takes all of it back");
    stage.press("b x t n");
    assert!(!stage.taken().iter().any(|effect| matches!(effect, Effect::Sweep { .. })));
    assert!(!stage.model.layers.iter().any(|layer| matches!(layer, Layer::Sweep(_))));
}
