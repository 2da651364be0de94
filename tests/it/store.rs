//! Project files as people have them: missing, foreign, unwritable, killed in the middle.

use amalrec::domain::review::Kind;
use amalrec::domain::{RelationTuple, TupleId};
use amalrec::store::{Chain, Circumstance, Db, Draft, StoreError};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn skip() -> Draft {
    let (annotator, circumstance) = ("ann".into(), Circumstance::default());
    Draft { tuple: TupleId(1), annotator, kind: Kind::Skip, circumstance, at: 0 }
}

fn with_a_tuple(path: &Path) -> Db {
    let mut db = Db::create(path).unwrap();
    db.insert_tuples("x", [(1, RelationTuple::new("a", None, "r", "b", None).unwrap())]).unwrap();
    db
}

/// What is said, with the folder's name taken out.
fn said(error: &StoreError, folder: &Path) -> String {
    error.to_string().replace(&folder.display().to_string(), "DIR")
}

#[test]
fn a_project_is_made_once_and_opened_again() {
    let folder = folder();
    let path = folder.path().join("new/folder/p.db");
    drop(with_a_tuple(&path));
    assert!(Db::open(&path).unwrap().tuple(TupleId(1)).unwrap().is_some());
    assert_eq!(Db::create(&path).unwrap_err(), StoreError::Exists(path.clone()));
    assert!(Db::open_or_create(&path).unwrap().tuple(TupleId(1)).unwrap().is_some());
    // An empty file is what a killed `init` leaves, and holds nothing to overwrite.
    let empty = folder.path().join("empty.db");
    fs::write(&empty, "").unwrap();
    assert_eq!(Db::open(&empty).unwrap_err(), StoreError::NotAProject(empty.clone()));
    drop(Db::open_or_create(&empty).unwrap());
    Db::open(&empty).unwrap();
}

#[test]
fn each_mistake_has_its_sentence() {
    let folder = folder();
    let dir = folder.path();
    let in_dir = |name: &str| dir.join(name);
    let open = |path: PathBuf| said(&Db::open(&path).unwrap_err(), dir);
    let create = |path: PathBuf| said(&Db::create(&path).unwrap_err(), dir);
    assert_eq!(open(in_dir("none.db")), "there is no project at DIR/none.db; run: amalrec --project DIR/none.db init");
    let foreign = " is not an amalrec project; give another file, or make one with: amalrec --project NEW.db init";
    fs::write(in_dir("text.db"), "these are words, not a database, and they go on for a while\n".repeat(100)).unwrap();
    assert_eq!(open(in_dir("text.db")), format!("DIR/text.db{foreign}"));
    fs::write(in_dir("short.db"), "x").unwrap();
    assert_eq!(open(in_dir("short.db")), format!("DIR/short.db{foreign}"));
    let other = rusqlite::Connection::open(in_dir("other.db")).unwrap();
    other.execute_batch("CREATE TABLE t (x); INSERT INTO t VALUES (1)").unwrap();
    drop(other);
    assert_eq!(open(in_dir("other.db")), format!("DIR/other.db{foreign}"));
    assert_eq!(open(dir.to_owned()), format!("DIR{foreign}"));
    let exists = "exists already and is left as it is; give another name, or remove it first";
    assert_eq!(create(in_dir("text.db")), format!("DIR/text.db {exists}"));
    for path in [in_dir("text.db/p.db"), PathBuf::from("/proc/p.db"), PathBuf::from("/proc/none/p.db")] {
        let said = create(path);
        assert!(said.starts_with("cannot write "), "{said}");
        assert!(said.contains("p.db: ") && said.ends_with("give a file in a folder that you may write to"), "{said}");
    }
    assert!(open(in_dir("text.db/p.db")).starts_with("cannot write DIR/text.db/p.db: "));
}

#[test]
fn a_project_cut_in_half_is_told_or_still_read() {
    let folder = folder();
    let path = folder.path().join("p.db");
    drop(with_a_tuple(&path));
    let bytes = fs::read(&path).unwrap();
    for share in 1..8 {
        fs::write(&path, &bytes[..bytes.len() * share / 8]).unwrap();
        let all = |db: Db| db.each_tuple(&amalrec::domain::filter::Filter::default(), |_| Ok::<_, StoreError>(()));
        match Db::open(&path).and_then(all) {
            Ok(()) | Err(StoreError::NotAProject(_) | StoreError::Damaged(_)) => {}
            Err(other) => panic!("{share}/8: {other}"),
        }
    }
}

/// Run by `finished_decisions_survive_a_kill` in a process of its own; alone it does nothing.
#[test]
fn child_that_decides_until_killed() {
    let Ok(path) = std::env::var("AMALREC_TEST_PROJECT") else { return };
    let mut db = Db::open(Path::new(&path)).unwrap();
    loop {
        println!("\ndecided {}", db.record(&skip()).unwrap());
    }
}

#[test]
fn finished_decisions_survive_a_kill() {
    let folder = folder();
    let path = folder.path().join("p.db");
    drop(with_a_tuple(&path));
    let mut told = 0;
    for round in 1..=3 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "store::child_that_decides_until_killed", "--nocapture"])
            .env("AMALREC_TEST_PROJECT", &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut decided = lines.filter_map(|line| line.strip_prefix("decided ")?.parse::<u64>().ok());
        told = decided.nth(round * 20).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        told = decided.last().unwrap_or(told);
    }
    let db = Db::open(&path).unwrap();
    let Chain::Whole { decisions: kept } = db.verify_log().unwrap() else { panic!("the chain is broken") };
    assert!(kept >= told && told > 60, "{kept} of {told}");
}
