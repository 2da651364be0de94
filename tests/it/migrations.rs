//! Projects of other versions: older ones open and keep their rows, newer ones are refused untouched.

use amalrec::domain::TupleId;
use amalrec::store::{Db, SUPPORTED, StoreError};
use std::fs;

/// The migrations as released, in order: what an older program made its files with.
const RELEASED: &[&str] = &[
    include_str!("../../src/store/migrations/0001_init.sql"),
    include_str!("../../src/store/migrations/0002_entity_text.sql"),
    include_str!("../../src/store/migrations/0003_passes.sql"),
    include_str!("../../src/store/migrations/0004_search_answers_bulk.sql"),
    include_str!("../../src/store/migrations/0005_measurements_words.sql"),
];

#[test]
fn every_older_version_opens_and_keeps_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    for version in 1..=RELEASED.len() {
        let path = folder.path().join(format!("v{version}.db"));
        let old = rusqlite::Connection::open(&path).unwrap();
        RELEASED[..version].iter().for_each(|step| old.execute_batch(step).unwrap());
        old.pragma_update(None, "user_version", i64::try_from(version).unwrap()).unwrap();
        old.execute_batch(
            "INSERT INTO tuple (digest, head, relation, tail, source) VALUES (x'00', 'a', 'r', 'b', 'x');
             INSERT INTO decision (tuple_id, annotator, kind, at, hash) VALUES (1, 'ann', 'skip', 0, zeroblob(32))",
        )
        .unwrap();
        drop(old);
        let db = Db::open(&path).unwrap();
        assert_eq!(db.tuple(TupleId(1)).unwrap().unwrap().tuple.head.name, "a");
        assert_eq!(db.history(TupleId(1)).unwrap().len(), 1);
    }
}

#[test]
fn a_newer_version_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.db");
    drop(Db::create(&path).unwrap());
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = fs::read(&path).unwrap();
    let error = Db::open(&path).unwrap_err();
    assert_eq!(error, StoreError::Newer { path: path.clone(), found: 99, supported: SUPPORTED });
    assert!(error.to_string().ends_with(&format!("(format 99, this program knows up to {SUPPORTED}); update amalrec")));
    assert_eq!(fs::read(&path).unwrap(), before);
}
