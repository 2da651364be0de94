//! The real program in a real terminal: keys in, decisions in the project, the terminal as it was.

use crate::support::ranked_project;
use crate::terminal::Terminal;
use amalrec::domain::TupleId;
use amalrec::domain::review::Kind;
use amalrec::store::{Db, DecisionRow};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A project of so many ranked tuples, and its Review screen.
fn reviewing(tuples: usize) -> (tempfile::TempDir, PathBuf, Terminal) {
    let home = tempfile::tempdir().unwrap();
    let project = home.path().join("p.db");
    drop(ranked_project(&project, tuples));
    let terminal = review(home.path());
    terminal.wait_for(&format!("Review 0/{tuples}"));
    (home, project, terminal)
}

fn review(home: &Path) -> Terminal {
    Terminal::open(home, &["--project", "p.db", "tui", "--screen", "review"])
}

fn decisions(project: &Path) -> Vec<DecisionRow> {
    let mut rows = Vec::new();
    let db = Db::open(project).unwrap();
    db.each_decision::<amalrec::store::StoreError>(|row| {
        rows.push(row);
        Ok(())
    })
    .unwrap();
    rows
}

#[test]
fn accept_override_edit_reject_undo_quit() {
    let (_home, project, mut terminal) = reviewing(6);
    terminal.wait_for("Peru 1");
    terminal.keys("\r");
    terminal.wait_for("Review 1/6");
    terminal.wait_for("Lima 2 is");
    terminal.keys("2");
    terminal.wait_for("Review 2/6");
    terminal.wait_for("Lima 3 is");
    terminal.keys("e");
    terminal.wait_for("tail ✓");
    // At the end of the line, before the full stop.
    terminal.keys("\x1b[F\x7f today.");
    terminal.wait_for("today");
    terminal.keys("\r");
    terminal.wait_for("Review 3/6");
    terminal.wait_for("Lima 4 is");
    terminal.keys("xi");
    terminal.wait_for("Review 4/6");
    terminal.keys("u");
    terminal.wait_for("Review 3/6");
    terminal.keys("Q");
    assert_eq!(terminal.ended(), 0);

    let rows = decisions(&project);
    let kinds: Vec<&str> = rows.iter().map(|row| row.decision.kind.name()).collect();
    assert_eq!(kinds, ["accept", "override", "edit", "reject", "undo"]);
    assert_eq!(rows[0].text.as_deref(), Some("Lima 1 is the capital of Peru 1."));
    assert_eq!(rows[1].text.as_deref(), Some("The government of Peru 2 sits in its capital, Lima 2."));
    assert_eq!(rows[2].text.as_deref(), Some("Lima 3 is the capital of Peru 3 today."));
    assert!(matches!(rows[2].decision.kind, Kind::Edit { head: Some(_), tail: Some(_), base: Some(_), .. }));
    assert_eq!(rows[4].decision.tuple, TupleId(4));
    assert!(rows[..4].iter().all(|row| row.decision.annotator == "tester" && row.circumstance.seconds.is_some()));
    assert_eq!(rows[1].circumstance.shown_at, Some(2));
}

#[test]
fn undo_and_redo_survive_a_restart() {
    let (home, project, mut terminal) = reviewing(3);
    terminal.keys("\r");
    terminal.wait_for("Review 1/3");
    terminal.keys("Q");
    terminal.ended();
    let mut terminal = review(home.path());
    terminal.wait_for("Review 1/3");
    terminal.keys("u");
    terminal.wait_for("Review 0/3");
    terminal.keys("U");
    terminal.wait_for("Review 1/3");
    terminal.keys("Q");
    terminal.ended();
    let kinds: Vec<&str> = decisions(&project).iter().map(|row| row.decision.kind.name()).collect();
    assert_eq!(kinds, ["accept", "undo", "redo"]);
}

#[test]
fn a_killed_interface_loses_nothing_that_was_decided() {
    let (_home, project, mut terminal) = reviewing(3);
    terminal.keys("\r");
    terminal.wait_for("Review 1/3");
    // portable-pty's kill begins with a polite signal; this must be the other one.
    terminal.signal("-9");
    terminal.wait();
    assert_eq!(decisions(&project).len(), 1);
}

#[test]
fn a_command_does_not_outlive_a_killed_interface() {
    let (home, _project, mut terminal) = reviewing(1);
    let pipe = home.path().join("rows.tsv");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    // An import without end: it reads as long as somebody writes, and this writes as long as it reads.
    let written = std::thread::spawn(move || {
        let mut pipe = std::fs::OpenOptions::new().write(true).open(pipe).unwrap();
        pipe.write_all(b"head\trelation\ttail\n").unwrap();
        let mut rows = 0_u64;
        while pipe.write_all(format!("h{rows}\tr\tt\n").repeat(100).as_bytes()).is_ok() {
            rows += 1;
        }
        rows
    });
    terminal.keys(":import rows.tsv\r");
    terminal.wait_for("amalrec import rows.tsv");
    std::thread::sleep(Duration::from_millis(500));
    assert!(!written.is_finished(), "the import ended by itself: {}", terminal.text());
    terminal.signal("-9");
    terminal.wait();
    let begun = Instant::now();
    while !written.is_finished() {
        assert!(begun.elapsed() < Duration::from_secs(30), "the import goes on without its interface");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(written.join().unwrap() > 0);
}

#[test]
fn sigterm_restores_the_terminal() {
    let home = tempfile::tempdir().unwrap();
    let project = home.path().join("p.db");
    drop(ranked_project(&project, 1));
    let mut terminal = Terminal::open(home.path(), &["--project", "p.db", "tui"]);
    terminal.wait_for("Home");
    terminal.signal("-TERM");
    terminal.ended();
}

#[test]
fn an_empty_project_says_what_to_do() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::open(home.path(), &["--project", "new.db"]);
    terminal.wait_for("amalrec import");
    // What it says works here too.
    terminal.keys(":init --demo\r");
    terminal.wait_for("─ done · ");
    terminal.keys("q");
    terminal.wait_for("generate sentences for 93");
    terminal.keys("Q");
    assert_eq!(terminal.ended(), 0);
}

#[test]
fn a_command_is_run_inside_on_the_same_project() {
    let (home, project, mut terminal) = reviewing(2);
    terminal.keys("\r");
    terminal.wait_for("Review 1/2");
    terminal.keys(":");
    terminal.wait_for("commands as in a shell");
    terminal.keys("list decisions --json\r");
    terminal.wait_for("amalrec list decisions --json");
    terminal.wait_for("\"tester\"");
    terminal.wait_for("─ done · ");
    terminal.keys("q:");
    terminal.keys("backup 'a copy.db'\r");
    terminal.wait_for("amalrec backup 'a copy.db'");
    terminal.wait_for("─ done · ");
    terminal.keys("q:import missing.tsv\r");
    terminal.wait_for("ended with status");
    terminal.wait_for("missing.tsv");
    terminal.keys("qQ");
    assert_eq!(terminal.ended(), 0);
    assert_eq!(decisions(&home.path().join("a copy.db")).len(), decisions(&project).len());
}
