//! `amalrec verify` and `verify-log`: verdicts on chosen sentences, and the history's hash chain.

use super::args::Verify;
use super::failure::Failure;
use super::output::counted;
use super::session::Session;
use crate::app::{Circumstance, VerifyItem};
use crate::domain::TupleId;
use crate::domain::review::Verdict;
use crate::store::Chain;

pub(super) fn run(session: &Session, how: Verify) -> Result<(), Failure> {
    let mut db = session.open()?;
    let desk = session.desk(&db)?;
    match how {
        Verify::Record { tuple, verdict } => {
            let verdict: Verdict = verdict.parse().map_err(Failure::usage)?;
            let tuple = TupleId(tuple);
            if db.tuple(tuple)?.is_none() {
                return Err(Failure::work(format!("tuple {tuple} is not in this project")));
            }
            let item = desk.open_to_verify(&mut db, tuple)?.ok_or_else(|| {
                Failure::work(format!(
                    "tuple {tuple} has no chosen sentence; decide it first: amalrec decide {tuple} accept"
                ))
            })?;
            let id = desk.verify(&mut db, tuple, item.of, verdict, Circumstance::default())?;
            if session.output.json {
                let object = serde_json::json!({ "decision_id": id.0, "tuple_id": tuple.0, "verdict": verdict.name() });
                session.output.object(&object)?;
            } else {
                session.output.say(&format!(
                    "tuple {tuple}: {} (decision {id} by {})",
                    verdict.label(),
                    desk.annotator
                ));
            }
        }
        Verify::Next => match desk.next_to_verify(&mut db, &[])? {
            Some(item) => print(session, &item)?,
            None => session.output.say("nothing is left to verify for you"),
        },
    }
    Ok(())
}

fn print(session: &Session, item: &VerifyItem) -> Result<(), Failure> {
    let t = &item.tuple.tuple;
    if session.output.json {
        session.output.object(&serde_json::json!({
            "tuple_id": item.tuple.id.0, "head": t.head.name, "relation": t.relation, "tail": t.tail.name,
            "text": item.text, "decision_id": item.of.0, "done": item.done, "total": item.total,
        }))?;
    } else {
        session
            .output
            .line(&format!("{}  {} | {} | {}", item.tuple.id, t.head.name, item.relation.label, t.tail.name))?;
        session.output.line(&format!("   {}", item.text))?;
    }
    Ok(())
}

/// Walks the chain from the first decision to the last.
pub(super) fn log(session: &Session) -> Result<(), Failure> {
    match session.open()?.verify_log()? {
        Chain::Whole { decisions: n } => {
            if session.output.json {
                session.output.object(&serde_json::json!({ "decisions": n, "whole": true }))?;
            }
            session.output.say(&format!("{}: the chain is whole", counted(n, "decision")));
            Ok(())
        }
        Chain::BrokenAt(id) => {
            if session.output.json {
                session.output.object(&serde_json::json!({ "whole": false, "first_broken": id.0 }))?;
            }
            Err(Failure::work(format!(
                "decision {id} does not fit the one before it: the history was changed from outside"
            )))
        }
    }
}
