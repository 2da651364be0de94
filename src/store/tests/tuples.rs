//! Import: what is new, what is known, what is filled in.

use super::*;
use crate::domain::filter::Filter;

#[test]
fn a_second_import_adds_nothing_but_types() {
    let mut db = Db::memory().unwrap();
    let rows = || vec![(1, fact("a", "r", "b")), (2, fact("c", "r", "d")), (3, fact("a", "r", "b"))];
    assert_eq!(db.insert_tuples("x.tsv", rows()).unwrap(), Inserted { new: 2, known: 1, ..Inserted::default() });
    assert_eq!(db.insert_tuples("y.tsv", rows()).unwrap(), Inserted { new: 0, known: 3, ..Inserted::default() });
    let typed = |kind| RelationTuple::new("a", Some(kind), "r", "b", None).unwrap();
    db.insert_tuples("z.tsv", [(9, typed("Person")), (10, typed("Place"))]).unwrap();
    let row = db.tuple(TupleId(1)).unwrap().unwrap();
    assert_eq!(row.tuple, typed("Person"), "what was said first stays");
    assert_eq!(row.status, Status::New);
    let source = Source { file: "x.tsv".into(), line: Some(1) };
    assert_eq!(db.source(TupleId(1)).unwrap(), Some(source));
    assert_eq!(db.find_tuple(&fact("c", "r", "d")).unwrap(), Some(TupleId(2)));
    assert_eq!(db.tuple(TupleId(3)).unwrap(), None);
}

#[test]
fn many_rows_go_in_several_transactions() {
    let mut db = project(25_001);
    assert_eq!(db.count(&Filter::default()).unwrap(), 25_001);
    let again = (1..=25_002).map(|i| (i, fact(&format!("Head{i}"), "knows", &format!("Tail{i}"))));
    assert_eq!(db.insert_tuples("again", again).unwrap(), Inserted { new: 1, known: 25_001, ..Inserted::default() });
    let mut seen = 0;
    db.each_tuple(&Filter::default(), |row| {
        seen += 1;
        assert_eq!(row.id, TupleId(seen));
        if seen == 10 { Err(StoreError::Locked) } else { Ok(()) }
    })
    .unwrap_err();
    assert_eq!(seen, 10, "the error of the closure stops the walk");
    assert_eq!(db.tuple_ids(&Filter::default(), Some(TupleId(7)), 2).unwrap(), [TupleId(8), TupleId(9)]);
}

#[test]
fn writes_together_last_together() {
    let mut db = project(1);
    let failed = db.together(|db| {
        write(db, 1, "a", "Sentence.");
        db.refresh(TupleId(2))
    });
    assert_eq!(failed, Err(Refusal::NoTuple(TupleId(2)).into()));
    assert_eq!(db.counts().unwrap().candidates, 0);
    // A part that is refused leaves the rest as it is.
    let kept = db.together(|db| {
        write(db, 1, "a", "Sentence.");
        assert!(db.refresh(TupleId(2)).is_err());
        Ok::<_, StoreError>(())
    });
    assert_eq!(kept, Ok(()));
    assert_eq!(db.counts().unwrap().candidates, 1);
}

#[test]
fn meta_is_kept() {
    let mut db = project(0);
    assert_eq!(db.meta("seed").unwrap(), None);
    db.set_meta("seed", "7").unwrap();
    db.set_meta("seed", "8").unwrap();
    assert_eq!(db.meta("seed").unwrap().as_deref(), Some("8"));
}

fn incoming(line: u64, tuple: RelationTuple, texts: &[&str]) -> Incoming {
    let sentences = texts.iter().map(|text| Foreign { text: (*text).into(), method: None }).collect();
    Incoming::new(line, tuple, sentences)
}

#[test]
fn sentences_come_in_once() {
    let mut db = Db::memory().unwrap();
    let rows =
        || [incoming(1, fact("a", "r", "b"), &["One.", "Two.", "One."]), incoming(2, fact("a", "r", "b"), &["Three."])];
    let first = db.take_in("x", rows()).unwrap();
    assert_eq!(first, Inserted { new: 1, known: 1, new_sentences: 3, known_sentences: 1 });
    let again = db.take_in("x", rows()).unwrap();
    assert_eq!(again, Inserted { new: 0, known: 2, new_sentences: 0, known_sentences: 4 });
    let candidates = db.candidates(TupleId(1)).unwrap();
    let told: Vec<_> = candidates.iter().map(|c| (c.candidate.origin.ordinal, c.candidate.text().unwrap())).collect();
    assert_eq!(told, [(0, "One."), (1, "Two."), (2, "Three.")]);
    let row = db.tuple(TupleId(1)).unwrap().unwrap();
    assert_eq!((row.status, row.candidates), (Status::Generated, 3));
    assert_eq!(candidates[0].candidate.origin.params, "{\"file\":\"x\"}");
}

#[test]
fn a_line_that_says_the_fact_of_the_line_before_adds_what_is_new() {
    let mut db = Db::memory().unwrap();
    let (plain, other) = (fact("a", "r", "b"), fact("c", "r", "b"));
    let typed = RelationTuple::new("a", Some("T"), "r", "b", None).unwrap();
    let rows = [
        incoming(1, plain.clone(), &["One."]),
        incoming(2, plain.clone(), &["Two."]),
        incoming(3, typed, &["Three."]),
        incoming(4, plain, &["One."]),
        incoming(5, other.clone(), &[]),
        incoming(6, other.clone(), &["One."]),
        incoming(7, other, &["One."]),
    ];
    let done = db.take_in("x", rows).unwrap();
    assert_eq!(done, Inserted { new: 2, known: 5, new_sentences: 4, known_sentences: 2 });
    let row = |id| db.tuple(TupleId(id)).unwrap().unwrap();
    assert_eq!((row(1).tuple.head.kind.as_deref(), row(1).candidates), (Some("T"), 3));
    assert_eq!((row(2).tuple.head.name.as_str(), row(2).candidates), ("c", 1));
}

#[test]
fn indexes_that_a_killed_import_left_out_are_made_at_the_next_opening() {
    let indexes = |db: &Db| -> Vec<String> {
        let sql = "SELECT name FROM sqlite_schema WHERE type = 'index' ORDER BY name";
        let mut query = db.conn.prepare(sql).unwrap();
        query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.db");
    let mut db = Db::create(&path).unwrap();
    let all = indexes(&db);
    db.defer_indexes().unwrap();
    assert!(!indexes(&db).contains(&"tuple_by_head".to_owned()));
    db.insert_tuples("x", [(1, fact("a", "r", "b"))]).unwrap();
    drop(db);
    let mut db = Db::open(&path).unwrap();
    assert_eq!(indexes(&db), all);
    db.defer_indexes().unwrap();
    assert_eq!(indexes(&db), all, "a project with tuples keeps its indexes");
}
