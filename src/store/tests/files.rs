//! Locks and threads: who waits, who is told, and what a panic leaves behind.

use super::*;
use std::time::{Duration, Instant};

fn on_disk() -> (tempfile::TempDir, Db) {
    let folder = tempfile::tempdir().unwrap();
    let mut db = Db::create(&folder.path().join("p.db")).unwrap();
    db.insert_tuples("x", [(1, fact("a", "r", "b"))]).unwrap();
    (folder, db)
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().unwrap()
}

#[test]
fn a_writer_that_will_not_end_is_told_of() {
    let (folder, mut first) = on_disk();
    let mut second = Db::open(&folder.path().join("p.db")).unwrap();
    second.conn.busy_timeout(Duration::from_millis(20)).unwrap();
    first
        .together(|_| {
            assert_eq!(second.record(&draft(1, ANN, Kind::Skip)), Err(StoreError::Locked));
            assert!(second.tuple(TupleId(1)).unwrap().is_some(), "reading goes on");
            Ok::<_, StoreError>(())
        })
        .unwrap();
    second.record(&draft(1, ANN, Kind::Skip)).unwrap();
}

#[test]
fn two_connections_write_at_once() {
    let (folder, mut desk) = on_disk();
    let path = folder.path().join("p.db");
    let pipeline = std::thread::spawn(move || {
        let mut db = Db::open(&path).unwrap();
        for i in 0..200 {
            write(&mut db, 1, &format!("m{i}"), "Sentence.");
        }
    });
    for _ in 0..200 {
        desk.record(&draft(1, ANN, Kind::Skip)).unwrap();
    }
    pipeline.join().unwrap();
    assert_eq!(desk.counts().unwrap().candidates, 200);
    assert_eq!(desk.verify_log().unwrap(), Chain::Whole { decisions: 200 });
}

#[test]
fn the_thread_survives_a_panic_and_rolls_back() {
    let (_folder, db) = on_disk();
    let store = Store::start(db).unwrap();
    runtime().block_on(async {
        let panicked = store
            .call(|db| {
                db.together(|db| -> Result<(), StoreError> {
                    db.record(&draft(1, ANN, Kind::Skip)).unwrap();
                    panic!("on purpose")
                })
            })
            .await;
        assert_eq!(panicked, Err(StoreError::GivenUp));
        let log = store.call(|db| db.verify_log()).await;
        assert_eq!(log, Ok(Chain::Whole { decisions: 0 }));
        store.call(|db| db.record(&draft(1, ANN, Kind::Skip))).await.unwrap();
    });
}

#[test]
fn what_was_asked_is_done_before_the_store_closes() {
    let (folder, db) = on_disk();
    let store = Store::start(db).unwrap();
    runtime().block_on(async {
        // Asked, and not waited for.
        let asked = store.call(|db| {
            std::thread::sleep(Duration::from_millis(50));
            db.record(&draft(1, ANN, Kind::Skip))
        });
        tokio::select! {
            biased;
            _ = asked => panic!("it sleeps"),
            () = std::future::ready(()) => {}
        }
    });
    let begun = Instant::now();
    drop(store);
    assert!(begun.elapsed() < Duration::from_secs(2));
    let db = Db::open(&folder.path().join("p.db")).unwrap();
    assert_eq!(db.verify_log().unwrap(), Chain::Whole { decisions: 1 });
}

#[test]
fn a_copy_is_whole_and_replaces_nothing() {
    let (folder, mut db) = on_disk();
    db.record(&draft(1, ANN, Kind::Skip)).unwrap();
    let copy = folder.path().join("copy.db");
    db.backup(&copy).unwrap();
    assert_eq!(db.backup(&copy), Err(StoreError::Exists(copy.clone())));
    db.record(&draft(1, ANN, Kind::Skip)).unwrap();
    assert_eq!(Db::open(&copy).unwrap().verify_log().unwrap(), Chain::Whole { decisions: 1 });
    let nowhere = folder.path().join("no/such/folder.db");
    assert!(matches!(db.backup(&nowhere), Err(StoreError::Unwritable { .. })));
    let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| !name.to_string_lossy().ends_with(".part")), "{names:?}");
}
