//! Properties: whatever is done, caches equal what the history folds to, and undo and redo touch what the
//! domain says they touch.

use super::*;
use crate::domain::review::{Decision, History, RejectReason, Verdict, redo_target, undo_target};
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Step {
    Accept,
    Edit,
    Reject,
    Skip,
    Flag,
    Verify(bool),
    Undo,
    UndoHere,
    Redo,
    Candidate,
    Rank,
}

fn step() -> impl Strategy<Value = (Step, i64, &'static str)> {
    let step = prop_oneof![
        2 => Just(Step::Accept),
        1 => Just(Step::Edit),
        1 => Just(Step::Reject),
        1 => Just(Step::Skip),
        1 => Just(Step::Flag),
        2 => any::<bool>().prop_map(Step::Verify),
        3 => Just(Step::Undo),
        1 => Just(Step::UndoHere),
        3 => Just(Step::Redo),
        1 => Just(Step::Candidate),
        1 => Just(Step::Rank),
    ];
    (step, 1..=3i64, prop_oneof![Just(ANN), Just(BEN)])
}

fn apply(db: &mut Db, step: &Step, tuple: i64, who: &str) {
    let kind = match step {
        Step::Accept => match db.candidates(TupleId(tuple)).unwrap().first() {
            Some(row) => Kind::Accept(row.candidate.id),
            None => return,
        },
        Step::Edit => Kind::Edit { base: None, text: "By hand.".into(), head: None, tail: None },
        Step::Reject => Kind::Reject(RejectReason::Other),
        Step::Skip => Kind::Skip,
        Step::Flag => Kind::Flag("why".into()),
        Step::Verify(right) => match db.settled(TupleId(tuple)).unwrap() {
            Some(settled) => {
                let verdict = if *right { Verdict::Right } else { Verdict::NotFluent };
                Kind::Verify { of: settled.decision, verdict }
            }
            None => return,
        },
        Step::Undo => return assert!(db.undo(who, 1).is_ok()),
        Step::UndoHere => return assert!(db.undo_on(TupleId(tuple), who, 1).is_ok()),
        Step::Redo => return assert!(db.redo(who, 1).is_ok()),
        Step::Candidate => {
            let many = db.candidates(TupleId(tuple)).unwrap().len();
            write(db, tuple, &format!("m{many}"), "Sentence.");
            return;
        }
        Step::Rank => {
            let many = db.candidates(TupleId(tuple)).unwrap().len();
            let seis: Vec<f64> = (0..many).map(|i| 0.9 - f64::from(u8::try_from(i).unwrap()) / 10.0).collect();
            rank(db, tuple, &seis);
            return;
        }
    };
    match db.record(&draft(tuple, who, kind)) {
        Ok(_) | Err(StoreError::Refused(Refusal::VerifiedAlready { .. })) => {}
        Err(other) => panic!("{other}"),
    }
}

fn decisions(db: &Db, keep: impl Fn(&Decision) -> bool) -> Vec<Decision> {
    let mut kept = Vec::new();
    db.each_decision(|row| {
        kept.extend(Some(row.decision).filter(&keep));
        Ok::<_, StoreError>(())
    })
    .unwrap();
    kept
}

fn caches(db: &Db) -> String {
    let mut rows = String::new();
    for sql in
        ["SELECT * FROM tuple ORDER BY 1", "SELECT * FROM settled ORDER BY 1", "SELECT * FROM verdict ORDER BY 1, 2, 3"]
    {
        let mut query = db.conn.prepare(sql).unwrap();
        let width = query.column_count();
        let mut found = query.query([]).unwrap();
        while let Some(row) = found.next().unwrap() {
            let cells: Vec<_> = (0..width).map(|i| format!("{:?}", row.get_ref(i).unwrap())).collect();
            rows.push_str(&cells.join(" "));
            rows.push('\n');
        }
    }
    rows
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn caches_equal_the_fold(steps in prop::collection::vec(step(), 1..40)) {
        let mut db = project(3);
        for (step, tuple, who) in &steps {
            apply(&mut db, step, *tuple, who);
            for who in [ANN, BEN] {
                let mine = decisions(&db, |decision| decision.annotator == who);
                prop_assert_eq!(db.undoable(who).unwrap(), undo_target(&mine));
                prop_assert_eq!(db.redoable(who).unwrap(), redo_target(&mine));
            }
        }
        for tuple in (1..=3).map(TupleId) {
            let row = db.tuple(tuple).unwrap().unwrap();
            let mine = decisions(&db, |decision| decision.tuple == tuple);
            let history = History::fold(&mine);
            let sentence = history.settled().filter(|decision| !matches!(decision.kind, Kind::Reject(_)));
            prop_assert_eq!(db.settled(tuple).unwrap().map(|settled| settled.decision), sentence.map(|d| d.id));
            if history.settled().is_some() {
                let standing = history.status(Status::New);
                prop_assert_eq!((row.status, row.flagged), (standing.status, standing.flagged));
            } else {
                prop_assert!(row.status <= Status::Ranked);
            }
        }
        let before = caches(&db);
        db.refresh_all().unwrap();
        prop_assert_eq!(caches(&db), before);
        let all = u64::try_from(decisions(&db, |_| true).len()).unwrap();
        prop_assert_eq!(db.verify_log().unwrap(), Chain::Whole { decisions: all });
        let counts = db.counts().unwrap();
        prop_assert_eq!(counts.tuples(), 3);
        let recount = "SELECT count(*) FROM tally y LEFT JOIN (
                SELECT status, count(*) AS n, sum(flagged) AS f, sum(candidates) AS c FROM tuple GROUP BY status) x
            USING (status) WHERE (y.tuples, y.flagged, y.candidates)
                IS NOT (coalesce(x.n, 0), coalesce(x.f, 0), coalesce(x.c, 0))";
        let wrong: i64 = db.conn.query_row(recount, [], |row| row.get(0)).unwrap();
        prop_assert_eq!(wrong, 0, "sums kept by triggers");
    }
}
