//! Commands of the program typed in the palette, and what they say.

use crate::stage::{Stage, settle};
use amalrec::app::{Output, Standing};
use amalrec::tui::Place;
use amalrec::tui::effect::Effect;
use amalrec::tui::event::{Event, Reply};
use amalrec::tui::keymap::Mode;
use amalrec::tui::model::Layer;

fn at_home() -> Stage {
    let mut stage = Stage::at(Place::Home);
    let commands = [("report", "What people found"), ("doctor", "What is there"), ("backup", "Copy the project")];
    stage.model.commands = commands.map(|(name, about)| (name.to_owned(), about.to_owned())).to_vec();
    settle(&mut stage);
    stage.taken();
    stage
}

/// The line that was started, with the number of its request.
fn started(stage: &mut Stage) -> (u64, String) {
    let effects = stage.taken();
    let found = effects.iter().find_map(|effect| match effect {
        Effect::Command { run, line } => Some((*run, line.clone())),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no command among {effects:?}"))
}

fn said(line: &str, lines: &[&str], standing: Standing) -> Event {
    let lines = lines.iter().map(|&line| line.to_owned()).collect();
    Event::Command(Output { line: line.to_owned(), lines, standing, ..Output::default() })
}

#[test]
fn a_command_is_completed_run_read_and_left() {
    let mut stage = at_home();
    stage.press(":").write("doct").press("tab");
    stage.write("--json").press("enter");
    assert_eq!(started(&mut stage).1, "doctor --json");
    assert_eq!(stage.model.mode(), Mode::Output);
    stage.event(said("doctor --json", &["{", "}"], Standing::Going));
    stage.press("y");
    assert_eq!(stage.taken(), [Effect::Copy("{\n}".into())]);
    stage.event(said("doctor --json", &["{", "}"], Standing::Ended(Some(0))));
    assert!(stage.taken().iter().any(|effect| matches!(effect, Effect::LoadHome { .. })), "what it changed is read");
    stage.press("q");
    assert_eq!(*stage.top(), Layer::Base(Place::Home));
    stage.press("!");
    assert_eq!(stage.model.mode(), Mode::Output);
}

#[test]
fn a_name_alone_is_taken_over_first_and_then_run() {
    let mut stage = at_home();
    stage.press(":").write("back").press("enter");
    assert!(matches!(stage.top(), Layer::Palette(palette) if palette.line.text() == "backup "));
    assert_eq!(stage.taken(), []);
    stage.press("enter");
    assert_eq!(started(&mut stage).1, "backup");
}

#[test]
fn only_one_goes_on_and_it_goes_on_when_left() {
    let mut stage = at_home();
    stage.press(":").write("report sei").press("enter");
    started(&mut stage);
    stage.press("esc :").write("doctor").press("enter");
    assert!(stage.notice().contains("report sei is still going on"), "{}", stage.notice());
    assert_eq!(stage.taken(), []);
    stage.press("s");
    assert_eq!(stage.taken(), [Effect::StopCommand]);
    stage.press("esc Q");
    assert!(matches!(stage.top(), Layer::Confirm(asked) if asked.question.contains("report sei is going on")));
    stage.press("esc");
    stage.event(said("report sei", &["no such file"], Standing::Ended(Some(3))));
    assert!(stage.notice().contains("report sei: ended with status 3; ! shows what it said"), "{}", stage.notice());
    stage.taken();
    stage.press("Q");
    assert_eq!(stage.taken(), [Effect::Quit]);
}

#[test]
fn one_that_cannot_start_says_why() {
    let mut stage = at_home();
    stage.press("!");
    assert!(stage.notice().contains("no command was run yet"));
    stage.press(":").write("doctor 'x").press("enter");
    let run = started(&mut stage).0;
    stage.event(Event::Reply(run, Reply::Commanded(Err("a quote is not closed".into()))));
    assert_eq!(stage.model.output.standing, Standing::Failed("a quote is not closed".into()));
    assert!(!stage.model.output.going());
}

#[test]
fn long_output_scrolls_and_stays_at_the_end_when_asked() {
    let mut stage = at_home();
    stage.press(":").write("report all").press("enter");
    let lines: Vec<String> = (0..500).map(|i| format!("line {i}")).collect();
    let output = |n: usize| {
        let lines = lines[..n].to_vec();
        Event::Command(Output { line: "report all".into(), lines, standing: Standing::Going, ..Output::default() })
    };
    let shown = |stage: &mut Stage, wanted: &str| stage.draw(80, 24).to_string().contains(wanted);
    stage.event(output(400));
    assert!(shown(&mut stage, "line 0") && !shown(&mut stage, "line 399"));
    stage.press("space");
    assert!(!shown(&mut stage, "line 0 ") && shown(&mut stage, "line 30"));
    stage.press("G");
    assert!(shown(&mut stage, "line 399"));
    stage.event(output(500));
    assert!(shown(&mut stage, "line 499"));
    stage.press("k");
    stage.event(output(450));
    assert!(shown(&mut stage, "line 449"));
    stage.press("g");
    assert!(shown(&mut stage, "line 0"));
}

#[test]
fn an_empty_line_takes_one_row() {
    let mut stage = at_home();
    stage.press(":").write("doctor").press("enter");
    stage.event(said("doctor", &["above", "", "below"], Standing::Ended(Some(0))));
    let screen = stage.draw(80, 24).to_string();
    let row = |wanted: &str| screen.lines().position(|line| line.contains(wanted)).unwrap();
    assert_eq!(row("below"), row("above") + 2);
}
