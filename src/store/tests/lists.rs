//! Lists: every row once and in order under each sort, both ways; filters against a plain reading of them.

use super::*;
use crate::domain::filter::{Comparison, Filter, Number, Test};
use proptest::prelude::*;
use std::cmp::Ordering;

/// Rows with few distinct values, so that ties and gaps are common.
fn listed() -> impl Strategy<Value = Vec<(Option<u8>, Option<u8>, u8)>> {
    let part = || prop::option::of(0u8..4);
    prop::collection::vec((part(), part(), 0u8..3), 0..30)
}

fn made(rows: &[(Option<u8>, Option<u8>, u8)]) -> Db {
    let mut db = Db::memory().unwrap();
    let relation = |r: u8| ["a", "b", "C"][usize::from(r)];
    let facts = (1..).zip(rows).map(|(i, (_, _, r))| (i, fact(&format!("H{i}"), relation(*r), "T")));
    db.insert_tuples("x", facts).unwrap();
    for (i, (margin, best, _)) in (1i64..).zip(rows) {
        let values = rusqlite::params![i, margin.map(|m| f64::from(m) / 8.0), best.map(|b| f64::from(b) / 4.0)];
        db.conn.execute("UPDATE tuple SET margin = ?2, best_sei = ?3 WHERE id = ?1", values).unwrap();
    }
    db
}

fn nulls_last(a: Option<f64>, b: Option<f64>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

fn sorted(db: &Db, sort: Sort) -> Vec<TupleId> {
    let mut rows = Vec::new();
    db.each_tuple(&Filter::default(), |row| {
        rows.push(row);
        Ok::<_, StoreError>(())
    })
    .unwrap();
    rows.sort_by(|a, b| match sort {
        Sort::Id => a.id.cmp(&b.id),
        Sort::Uncertainty => nulls_last(a.margin, b.margin).then(a.id.cmp(&b.id)),
        Sort::WorstFirst => nulls_last(a.best_sei, b.best_sei).then(a.id.cmp(&b.id)),
        Sort::BestFirst => match (a.best_sei, b.best_sei) {
            (Some(x), Some(y)) => y.total_cmp(&x).then(b.id.cmp(&a.id)),
            (x, y) => y.is_some().cmp(&x.is_some()).then(b.id.cmp(&a.id)),
        },
        Sort::Relation => a.tuple.relation.cmp(&b.tuple.relation).then(a.id.cmp(&b.id)),
    });
    rows.into_iter().map(|row| row.id).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn pages_visit_every_row_once_in_order(rows in listed(), limit in 1usize..8) {
        let db = made(&rows);
        let all = Filter::default();
        for sort in Sort::ALL {
            let expected = sorted(&db, sort);
            let mut seen = Vec::new();
            let mut key = None;
            loop {
                let page = db.page(&all, sort, key.as_ref(), limit).unwrap();
                prop_assert!(page.rows.len() <= limit);
                seen.extend(page.rows.iter().map(|row| row.id));
                key = page.next;
                if key.is_none() { break; }
            }
            prop_assert_eq!(&seen, &expected, "{:?}", sort);

            let mut upwards = Vec::new();
            loop {
                let page = db.page_before(&all, sort, key.as_ref(), limit).unwrap();
                upwards.splice(0..0, page.rows.iter().map(|row| row.id));
                key = page.next;
                if key.is_none() { break; }
            }
            prop_assert_eq!(&upwards, &expected, "{:?} upwards", sort);

            for pair in expected.windows(2) {
                let next = db.neighbour(&all, sort, pair[0], Direction::Next).unwrap();
                prop_assert_eq!(next, Some(pair[1]));
                let previous = db.neighbour(&all, sort, pair[1], Direction::Previous).unwrap();
                prop_assert_eq!(previous, Some(pair[0]));
            }
        }
    }
}

fn library() -> Db {
    let mut db = Db::memory().unwrap();
    let facts = [
        fact("Alan Turing", "almaMater", "King's College, Cambridge"),
        fact("Müller", "birthPlace", "Zürich"),
        fact("Cambridge", "country", "England"),
    ];
    db.insert_tuples("x", (1..).zip(facts)).unwrap();
    let ids = rank(&mut db, 1, &[0.9, 0.8]);
    rank(&mut db, 2, &[0.5]);
    let vetoed = write(&mut db, 2, "cut", "Müller was born in");
    db.put_scores(TupleId(2), &[(vetoed, scored(0.1, &[Veto::CutOff]))]).unwrap();
    decide(&mut db, 1, ANN, Kind::Accept(ids[0]));
    decide(&mut db, 3, ANN, Kind::Flag(String::new()));
    db.add_candidate(TupleId(3), &Yield::Failed("no end".into()), &origin("m9")).unwrap();
    db
}

/// Tuples without a ranked sentence.
fn no_first() -> Test {
    Test::Number(Number::Id, Comparison::Equal, 3.0)
}

#[test]
fn filters_mean_what_they_say() {
    let db = library();
    for (filter, expected) in [
        ("", "1 2 3"),
        ("cambridge", "1 3"),
        ("cambridge -head:cambridge", "1"),
        ("head:muller", "2"),
        ("tail:ZURICH", "2"),
        ("relation:ALMAMATER", "1"),
        ("relation:alma", ""),
        ("-relation:almaMater", "2 3"),
        ("sei>=.5", "1 2"),
        ("-sei>=.5", "3"),
        ("sei<.6", "2"),
        ("margin<.2", "1"),
        ("-margin<.2", "2 3"),
        ("status:decided", "1"),
        ("-status:decided", "2 3"),
        ("flag:yes", "3"),
        ("error:yes", "3"),
        ("-error:yes", "1 2"),
        ("error:no", "1 2"),
        ("method:m1", "1"),
        ("-method:m0", "3"),
        ("text:\"born in\"", "2"),
        ("text:\"BORN i\"", "2"),
        ("text:\"orn in\"", ""),
        ("text:\"born Head2\"", ""),
        ("text:muller", "2"),
        ("-text:born", "1 3"),
        ("text:\"born in.\"", "2"),
        ("text:\"(1)\"", "1"),
        ("text:\"...\"", ""),
        ("text:\"born OR Head1\"", ""),
        ("text:\"born*\" text:NEAR", ""),
        ("text:\"text : born\"", ""),
        ("disagreement:yes", ""),
        ("-disagreement:no", ""),
        ("annotator:ann", "1"),
        ("annotator:ben", ""),
        ("first:m0", "1 2"),
        ("answers>0", "1"),
        ("veto:cut-off", "2"),
        ("-veto:cut-off", "1 3"),
        ("id:2", "2"),
        ("id>1 id<3", "2"),
        ("candidates=2", "1 2"),
        ("candidates>0 -status:decided", "2"),
        ("\"'); DROP TABLE tuple; --\"", ""),
    ] {
        let parsed: Filter = filter.parse().unwrap();
        let ids: Vec<_> = db.tuple_ids(&parsed, None, 9).unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(ids.join(" "), expected, "{filter}");
        assert_eq!(db.count(&parsed).unwrap(), u64::try_from(ids.len()).unwrap(), "{filter}");
        let page = db.page(&parsed, Sort::Id, None, 9).unwrap();
        let paged: Vec<_> = page.rows.iter().map(|row| row.id.to_string()).collect();
        assert_eq!(paged.join(" "), expected, "{filter}, as a page");
        for column in Column::ALL.into_iter().filter(|column| *column != Column::Annotator) {
            let tallied: u64 = db.tally(&parsed, column, 99).unwrap().iter().map(|(_, count)| count).sum();
            let missing = if column == Column::First { db.count(&parsed.clone().and(no_first())).unwrap() } else { 0 };
            assert_eq!(tallied + missing, u64::try_from(ids.len()).unwrap(), "{filter} {column:?}");
        }
    }
}

#[test]
fn a_list_of_words_sees_what_was_written_since_its_last_page() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.db");
    let mut db = Db::create(&path).unwrap();
    db.insert_tuples("x", (1..=9).map(|i| (i, fact(&format!("H{i}"), "r", "T")))).unwrap();
    for i in 1..=4 {
        write(&mut db, i, "m0", "H was born in T.");
    }
    let other = Db::open(&path).unwrap();
    let born: Filter = "text:born".parse().unwrap();
    let page = |db: &Db, filter: &Filter| {
        let first = db.page(filter, Sort::Id, None, 2).unwrap();
        let rest = first.next.as_ref().map(|next| db.page(filter, Sort::Id, Some(next), 9).unwrap());
        let rest = rest.into_iter().flat_map(|page| page.rows);
        first.rows.into_iter().chain(rest).map(|row| row.id.0).collect::<Vec<_>>()
    };
    for db in [&db, &other] {
        assert_eq!(page(db, &born), [1, 2, 3, 4]);
    }
    write(&mut db, 7, "m0", "T is where H was born.");
    for db in [&db, &other] {
        assert_eq!(page(db, &born), [1, 2, 3, 4, 7]);
    }
    // More searches than are kept, in turn and together.
    for word in ["was", "in", "T", "where", "is", "H"] {
        let both: Filter = format!("text:born text:{word}").parse().unwrap();
        let expected: Vec<_> = db.tuple_ids(&both, None, 9).unwrap().iter().map(|id| id.0).collect();
        assert_eq!(page(&db, &both), expected, "{word}");
    }
    let many: Filter = "text:born text:was text:in text:T text:H text:b text:w".parse().unwrap();
    assert_eq!(page(&db, &many), [1, 2, 3, 4]);
}
