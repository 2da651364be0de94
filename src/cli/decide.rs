//! `amalrec decide`: the headless twin of the review screen.

use super::args::Decide;
use super::failure::Failure;
use super::session::Session;
use crate::app::review::now;
use crate::app::{Answer, Circumstance, Desk};
use crate::domain::{CandidateId, DecisionId, TupleId};
use crate::store::Db;

pub(super) fn run(session: &Session, tuple: i64, how: Decide) -> Result<(), Failure> {
    let mut db = session.open()?;
    let desk = session.desk(&db)?;
    let tuple = TupleId(tuple);
    let answer = match how {
        Decide::Accept => Answer::Take(at_rank(&mut db, tuple, 1)?),
        Decide::Override { rank } => Answer::Take(at_rank(&mut db, tuple, rank)?),
        Decide::Edit { text, confirm } => Answer::Edit { base: None, text, confirmed: confirm },
        Decide::Reject { reason } => Answer::Reject(reason.parse().map_err(Failure::usage)?),
        Decide::Skip => Answer::Skip,
        Decide::Flag { note } => Answer::Flag(note),
        Decide::Undo => return undo(session, &mut db, &desk, tuple),
        Decide::Redo => return redo(session, &mut db, &desk, tuple),
    };
    // Nothing was shown on a screen: no arm, no position, no time.
    let id = desk.answer(&mut db, tuple, answer, Circumstance::default())?;
    let status = db.tuple(tuple)?.map(|row| row.status.name()).unwrap_or_default();
    if session.output.json {
        session.output.object(&serde_json::json!({ "decision_id": id.0, "tuple_id": tuple.0, "status": status }))?;
    } else {
        session.output.say(&format!("tuple {tuple} is {status} (decision {id} by {})", desk.annotator));
    }
    Ok(())
}

fn at_rank(db: &mut Db, tuple: TupleId, rank: u32) -> Result<CandidateId, Failure> {
    if db.tuple(tuple)?.is_none() {
        return Err(Failure::work(format!("tuple {tuple} is not in this project")));
    }
    let rows = db.candidates(tuple)?;
    let ranked = rows.iter().filter(|row| row.place.is_some()).count();
    match rows.iter().find(|row| row.place == Some(rank)) {
        Some(row) => Ok(row.candidate.id),
        None if ranked == 0 => {
            let next = format!("amalrec run --where id:{tuple}");
            Err(Failure::work(format!("tuple {tuple} has no ranked candidates yet; run: {next}")))
        }
        None => Err(Failure::work(format!("tuple {tuple} has candidates of rank 1 to {ranked}, none of rank {rank}"))),
    }
}

/// The newest decision must be on the tuple that was named: a script must not take back something else.
fn undo(session: &Session, db: &mut Db, desk: &Desk, tuple: TupleId) -> Result<(), Failure> {
    on_tuple(db, db.undoable(&desk.annotator)?, tuple, &format!("{} has decided nothing to undo", desk.annotator))?;
    // Of a stroke only this tuple: no other was named.
    db.undo_on(tuple, &desk.annotator, now())?;
    said(session, db, tuple, "undone")
}

fn redo(session: &Session, db: &mut Db, desk: &Desk, tuple: TupleId) -> Result<(), Failure> {
    on_tuple(db, db.redoable(&desk.annotator)?, tuple, "there is nothing to redo")?;
    db.redo(&desk.annotator, now())?;
    said(session, db, tuple, "redone")
}

fn said(session: &Session, db: &Db, tuple: TupleId, what: &str) -> Result<(), Failure> {
    let status = db.tuple(tuple)?.map(|row| row.status.name()).unwrap_or_default();
    if session.output.json {
        let done = serde_json::json!({ "done": what, "tuple_id": tuple.0, "status": status });
        session.output.object(&done)?;
    } else {
        session.output.say(&format!("{what}: tuple {tuple} is {status}"));
    }
    Ok(())
}

fn on_tuple(db: &Db, newest: Option<DecisionId>, tuple: TupleId, nothing: &str) -> Result<(), Failure> {
    let newest = newest.ok_or_else(|| Failure::work(nothing))?;
    match db.decision(newest)? {
        Some(row) if row.decision.tuple == tuple => Ok(()),
        Some(row) => {
            Err(Failure::work(format!("the newest is on tuple {}, not on {tuple}: it comes first", row.decision.tuple)))
        }
        None => Err(Failure::work(nothing)),
    }
}
