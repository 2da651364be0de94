//! A whole sitting in a real terminal, by three people, and what the project holds afterwards.

use crate::support::{ranked_project, run};
use crate::terminal::Terminal;
use amalrec::domain::review::{Arm, Kind, Status, Verdict};
use amalrec::domain::{DecisionId, TupleId};
use amalrec::store::{Db, DecisionRow, StoreError};
use std::path::Path;
use std::time::{Duration, Instant};

const TUPLES: usize = 24;

fn sit(home: &Path, who: &str, screen: &str) -> Terminal {
    Terminal::open(home, &["--project", "p.db", "--annotator", who, "tui", "--screen", screen])
}

fn leave(mut terminal: Terminal) {
    terminal.keys("Q");
    assert_eq!(terminal.ended(), 0);
}

fn decisions(project: &Path) -> Vec<DecisionRow> {
    let mut rows = Vec::new();
    let keep = |row| {
        rows.push(row);
        Ok::<_, StoreError>(())
    };
    Db::open(project).unwrap().each_decision(keep).unwrap();
    rows
}

/// The line of the screen that names the tuple.
fn fact(terminal: &Terminal) -> String {
    terminal.text().lines().nth(1).unwrap_or_default().to_owned()
}

/// Waits until something holds.
fn until(project: &Path, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(30), "after {} decisions", decisions(project).len());
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The same; says what the screen shows where it never does.
fn until_on(terminal: &Terminal, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(30), "the screen is {}", terminal.text());
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Reviews five tuples in each arm that the seed drew, so that all three are met.
fn review_each_arm(home: &Path, project: &Path) {
    // One tuple is rejected already.
    let mut done = 1;
    for arm in Arm::ALL {
        Db::open(project).unwrap().set_meta("arm", arm.name()).unwrap();
        let mut terminal = sit(home, "ann", "review");
        terminal.wait_for(&format!("arm: {arm}"));
        for n in 0..5 {
            until_on(&terminal, || terminal.text().contains("▸ 1"));
            assert_eq!(terminal.text().contains("template"), arm == Arm::RankedScores, "{}", terminal.text());
            // The first as it stands, another one, one by hand.
            match n {
                0 | 3 => terminal.keys("1"),
                1 => terminal.keys("2"),
                2 => {
                    terminal.keys("e");
                    terminal.wait_for("changes");
                    terminal.keys("\x1b[F\x7f indeed.\r");
                }
                _ => {
                    terminal.keys("c");
                    terminal.wait_for("against");
                    terminal.keys("\r");
                }
            }
            done += 1;
            let next = format!("Review {done}/{TUPLES}");
            // The sentence by hand may lack a name, as the worst of the three does: then it is meant.
            until(project, || {
                let text = terminal.text();
                text.contains(&next) || n == 2 && text.contains("save again")
            });
            if !terminal.text().contains(&next) {
                terminal.keys("\r");
                terminal.wait_for(&next);
            }
        }
        leave(terminal);
    }
    Db::open(project).unwrap().set_meta("arm", "ranked+scores").unwrap();
}

#[test]
#[expect(clippy::too_many_lines, reason = "one sitting from its beginning to its end")]
fn three_people_make_a_dataset() {
    let home = tempfile::tempdir().unwrap();
    let project = home.path().join("p.db");
    drop(ranked_project(&project, TUPLES));

    // Find something first: the filter, filled in, and one of what it finds.
    let mut terminal = sit(home.path(), "ann", "tuples");
    terminal.wait_for("ranks first");
    terminal.keys("/rel\t\t text:\"mountains\" \"Peru 7\"");
    // Count and rows come apart.
    until_on(&terminal, || terminal.text().contains(" 1 most uncertain") && !terminal.text().contains("Lima 6"));
    terminal.keys("\r\r");
    terminal.wait_for("Lima 7 is");
    terminal.keys("x");
    terminal.wait_for("the tuple itself is wrong");
    terminal.keys("t");
    terminal.wait_for(&format!("Review 1/{TUPLES}"));
    leave(terminal);

    review_each_arm(home.path(), &project);
    let rows = decisions(&project);
    assert_eq!(rows.len(), 16);
    for arm in Arm::ALL {
        let of_arm: Vec<_> = rows.iter().filter(|row| row.circumstance.arm == Some(arm)).collect();
        // The first decision was made with all scores in sight too.
        assert_eq!(of_arm.len(), if arm == Arm::RankedScores { 6 } else { 5 }, "{arm}");
        assert!(of_arm.iter().any(|row| matches!(row.decision.kind, Kind::Edit { .. })));
        assert!(of_arm.iter().all(|row| row.circumstance.seconds.is_some()));
    }

    // Undo and redo go on after a restart.
    let mut terminal = sit(home.path(), "ann", "home");
    terminal.wait_for("my pace");
    terminal.keys("u");
    terminal.wait_for("undid");
    terminal.keys("U");
    terminal.wait_for("redid");
    leave(terminal);

    // One stroke over the rest, looked at first, taken back, and brought again.
    let ranked = |db: &Db| db.counts().unwrap().at(Status::Ranked);
    let before = ranked(&Db::open(&project).unwrap());
    let mut terminal = sit(home.path(), "ann", "tuples");
    terminal.wait_for("24 most uncertain");
    terminal.keys("/status:ranked\rba");
    terminal.wait_for(&format!("{before} of {before} tuples"));
    terminal.keys("y");
    terminal.wait_for(&format!("decided {before};"));
    terminal.keys("u");
    terminal.wait_for("undid");
    assert_eq!(ranked(&Db::open(&project).unwrap()), before);
    terminal.keys("U");
    terminal.wait_for("redid");
    assert_eq!(ranked(&Db::open(&project).unwrap()), 0);
    leave(terminal);

    // Ben verifies, and answers some that Ann answered; he sees nothing of hers.
    let shared = run(home.path(), &["--project", "p.db", "annotators", "ann", "ben", "--overlap", "1"]);
    assert_eq!(shared.code, 0, "{}", shared.err);
    let mut terminal = sit(home.path(), "ben", "verify");
    terminal.wait_for("Does the sentence state");
    for (n, keys) in ["y", "y", "nr"].into_iter().enumerate() {
        let before = decisions(&project).len();
        let ready = format!("Verify {n}/");
        until(&project, || terminal.text().contains(&ready) && terminal.text().contains("Does the sentence state"));
        terminal.keys(keys);
        until(&project, || decisions(&project).len() > before);
    }
    terminal.keys("R");
    terminal.wait_for("has mountains");
    assert!(!terminal.text().contains("my choice") && !terminal.text().contains("decided"), "{}", terminal.text());
    until_on(&terminal, || terminal.text().contains("▸ 1"));
    for _ in 0..4 {
        let before = decisions(&project).len();
        let shown = fact(&terminal);
        terminal.keys("3");
        until_on(&terminal, || decisions(&project).len() > before);
        until(&project, || terminal.text().contains("▸ 1") && fact(&terminal) != shown);
    }
    leave(terminal);

    // Cay settles, by the second answer; Ann is refused.
    let db = Db::open(&project).unwrap();
    assert!(db.count_to_settle("cay").unwrap() >= 2, "{}", db.count_to_settle("cay").unwrap());
    assert_eq!(db.count_to_settle("ann").unwrap(), 0);
    let waiting = db.next_to_settle("cay", &[]).unwrap().unwrap();
    let refused =
        run(home.path(), &["--project", "p.db", "--annotator", "ann", "adjudicate", "reject", &waiting.to_string()]);
    assert_eq!((refused.code, refused.err.contains("cannot settle")), (1, true), "{}", refused.err);
    let mut terminal = sit(home.path(), "cay", "adjudicate");
    terminal.wait_for("answers differ");
    let text = terminal.text();
    assert!(!text.contains("ann: ann") && !text.contains("ben"), "{text}");
    terminal.keys("2");
    terminal.wait_for("Adjudicate");
    until(&project, || decisions(&project).iter().any(|row| row.decision.adjudicates()));
    // And exports: a dry run, then the files.
    terminal.keys("X");
    terminal.wait_for("what to write");
    terminal.keys("\r\x1b[B\x1b[B\r");
    terminal.keys("test=4,seed=1\rd");
    terminal.wait_for("w writes them");
    assert!(!home.path().join("export").exists());
    terminal.keys("w");
    terminal.wait_for("rows in");
    leave(terminal);

    let manifest = std::fs::read_to_string(home.path().join("export/manifest.json")).unwrap();
    assert!(manifest.contains("\"test\": 4"), "{manifest}");
    let rows = decisions(&project);
    let settled = rows.iter().find(|row| row.decision.adjudicates()).unwrap();
    assert_eq!((settled.decision.annotator.as_str(), settled.circumstance.shown_at), ("cay", Some(2)));
    let verdicts: Vec<Verdict> = rows
        .iter()
        .filter_map(|row| match row.decision.kind {
            Kind::Verify { verdict, .. } => Some(verdict),
            _ => None,
        })
        .collect();
    assert_eq!(verdicts, [Verdict::Right, Verdict::Right, Verdict::WrongRelation]);
    assert!((1..).zip(&rows).all(|(id, row)| row.decision.id == DecisionId(id)), "nothing is lost");
    assert!(matches!(db.verify_log().unwrap(), amalrec::store::Chain::Whole { .. }));
}

#[test]
fn two_programs_work_on_one_project_at_once() {
    let home = tempfile::tempdir().unwrap();
    let project = home.path().join("p.db");
    drop(ranked_project(&project, 40));
    let mut terminals = [sit(home.path(), "ann", "review"), sit(home.path(), "ben", "review")];
    for terminal in &terminals {
        terminal.wait_for("Review 0/40");
    }
    for n in 1..=10 {
        for terminal in &mut terminals {
            terminal.keys("\r");
        }
        until(&project, || decisions(&project).len() >= 2 * n);
    }
    for terminal in terminals {
        leave(terminal);
    }
    let rows = decisions(&project);
    let by = |who: &str| rows.iter().filter(|row| row.decision.annotator == who).count();
    assert_eq!((by("ann"), by("ben")), (10, 10), "none is lost and none is made twice");
    let db = Db::open(&project).unwrap();
    assert!(matches!(db.verify_log().unwrap(), amalrec::store::Chain::Whole { decisions: 20 }));
    let answered = (1..=40).filter(|id| db.tuple(TupleId(*id)).unwrap().unwrap().answers > 0).count();
    assert!(answered >= 10, "{answered}");
}
