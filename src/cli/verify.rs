//! `amalrec verify` and `verify-log`: samples, verdicts, settling between them, and the history's hash chain.

use super::args::{StratumName, Verify};
use super::failure::Failure;
use super::output::{counted, grouped};
use super::session::Session;
use crate::app::pass::{self, Order, Size};
use crate::app::{Circumstance, Desk, VerifyItem};
use crate::domain::TupleId;
use crate::domain::review::Verdict;
use crate::domain::sampling::By;
use crate::store::{Chain, Db};
use serde_json::json;

pub(super) fn run(session: &Session, how: Verify) -> Result<(), Failure> {
    match how {
        Verify::Plan { margin, expect, population, double, seconds } => {
            super::plan::run(session, margin, expect, population, double, seconds)
        }
        Verify::Sample { size, margin, expect, by, evenly, split, double, seed, filter, name } => {
            let order = Order {
                name: name.map(|name| crate::domain::clean::sentence(&name)),
                filter: Session::filter(filter.as_deref(), None)?,
                filter_text: filter.unwrap_or_default(),
                by: stratum(by),
                split: split.parse().map_err(Failure::usage)?,
                split_text: split,
                evenly,
                size: size.map_or(Size::Margin { margin, expected: expect }, Size::Rows),
                doubled: double,
                seed,
            };
            if order.by == By::Split && order.split.sizes.is_empty() {
                return Err(Failure::usage("--by split needs --split, as in --split test=15000,seed=1"));
            }
            sample(session, &order)
        }
        Verify::Passes => passes(session),
        Verify::Close { name } => close(session, name.as_deref()),
        Verify::Record { tuple, verdict } => record(session, TupleId(tuple), &verdict, false),
        Verify::Adjudicate { tuple, verdict } => record(session, TupleId(tuple), &verdict, true),
        Verify::Next { adjudicate: false } => next(session),
        Verify::Next { adjudicate: true } => next_to_adjudicate(session),
    }
}

fn stratum(by: StratumName) -> By {
    match by {
        StratumName::None => By::None,
        StratumName::Relation => By::Relation,
        StratumName::Method => By::Method,
        StratumName::Split => By::Split,
    }
}

fn sample(session: &Session, order: &Order) -> Result<(), Failure> {
    let mut db = session.open()?;
    let drawn = pass::sample(&mut db, &session.annotator(), order)?;
    let pass = &drawn.pass;
    if session.output.json {
        let row = |row: &crate::store::FrameRow| {
            json!({
                "position": row.drawn.map(|drawn| drawn.position), "tuple_id": row.sentence.tuple.0,
                "decision_id": row.sentence.decision.0, "stratum": row.stratum,
                "double": row.drawn.is_some_and(|drawn| drawn.doubled),
            })
        };
        session.output.object(&json!({
            "pass": pass.draft.name, "population": pass.population, "size": pass.size, "seed": pass.draft.seed,
            "by": pass.draft.by.name(), "double": pass.draft.doubled, "where": pass.draft.filter,
            "as_of_decision": pass.newest, "frame_digest": pass.digest.to_string(), "sei_version": pass.sei_version,
            "strata": drawn.strata.iter()
                .map(|s| json!({ "name": s.name, "population": s.population, "size": s.size })).collect::<Vec<_>>(),
            "sample": drawn.sample.iter().map(row).collect::<Vec<_>>(),
        }))?;
        return Ok(());
    }
    let doubled = drawn.sample.iter().filter(|row| row.drawn.is_some_and(|drawn| drawn.doubled)).count() as u64;
    session.output.line(&format!(
        "pass {}: {} of {} sentences drawn with seed {}, {} of them for two people",
        pass.draft.name,
        grouped(pass.size),
        grouped(pass.population),
        pass.draft.seed,
        grouped(doubled)
    ))?;
    if drawn.strata.len() > 1 {
        for stratum in &drawn.strata {
            session.output.line(&format!("  {:<31} {:>6} of {}", stratum.name, stratum.size, stratum.population))?;
        }
    }
    session.output.say("judge them on the Verify screen, or by amalrec verify next and amalrec verify record");
    Ok(())
}

fn passes(session: &Session) -> Result<(), Failure> {
    let db = session.open()?;
    for pass in db.passes()? {
        let progress = db.pass_progress(pass.id)?;
        if session.output.json {
            session.output.object(&json!({
                "pass": pass.draft.name, "population": pass.population, "size": pass.size, "seed": pass.draft.seed,
                "by": pass.draft.by.name(), "double": pass.draft.doubled, "where": pass.draft.filter,
                "as_of_decision": pass.newest, "frame_digest": pass.digest.to_string(),
                "sei_version": pass.sei_version, "made_by": pass.draft.made_by, "made_at": pass.draft.made_at,
                "closed_at": pass.closed_at, "verdicts": progress.done, "verdicts_needed": progress.needed,
                "changed": progress.changed, "disputed": progress.disputed,
            }))?;
        } else {
            let state = if pass.closed_at.is_some() { "closed" } else { "open" };
            session.output.line(&format!(
                "{}  {state}  {} of {} verdicts on {} of {} sentences, {} disputed, {} changed",
                pass.draft.name,
                grouped(progress.done),
                grouped(progress.needed),
                grouped(pass.size),
                grouped(pass.population),
                progress.disputed,
                progress.changed
            ))?;
        }
    }
    Ok(())
}

fn close(session: &Session, name: Option<&str>) -> Result<(), Failure> {
    let mut db = session.open()?;
    let pass = match name {
        Some(name) => db.pass(name)?.ok_or_else(|| Failure::work(format!("there is no pass '{name}'")))?,
        None => db.open_pass()?.ok_or_else(|| Failure::work("no pass is open"))?,
    };
    db.close_pass(pass.id, crate::app::review::now())?;
    if session.output.json {
        session.output.object(&json!({ "pass": pass.draft.name, "closed": true }))?;
    } else {
        session.output.say(&format!("pass {} is closed", pass.draft.name));
    }
    Ok(())
}

/// What stands of a tuple, to be judged.
fn on_trial(desk: &Desk, db: &mut Db, tuple: TupleId) -> Result<VerifyItem, Failure> {
    if db.tuple(tuple)?.is_none() {
        return Err(Failure::work(format!("tuple {tuple} is not in this project")));
    }
    desk.open_to_verify(db, tuple)?.ok_or_else(|| {
        Failure::work(format!("tuple {tuple} has no chosen sentence; decide it first: amalrec decide {tuple} accept"))
    })
}

fn record(session: &Session, tuple: TupleId, verdict: &str, settles: bool) -> Result<(), Failure> {
    let verdict: Verdict = verdict.parse().map_err(Failure::usage)?;
    let mut db = session.open()?;
    let desk = session.desk(&db)?;
    let item = on_trial(&desk, &mut db, tuple)?;
    let id = if settles {
        desk.adjudicate(&mut db, tuple, item.of, verdict, Circumstance::default())?
    } else {
        desk.verify(&mut db, tuple, item.of, verdict, Circumstance::default())?
    };
    if session.output.json {
        let object = json!({
            "decision_id": id.0, "tuple_id": tuple.0, "verdict": verdict.name(), "adjudication": settles,
        });
        session.output.object(&object)?;
    } else {
        let how = if settles { ", settled" } else { "" };
        session.output.say(&format!("tuple {tuple}: {}{how} (decision {id} by {})", verdict.label(), desk.annotator));
    }
    Ok(())
}

fn next(session: &Session) -> Result<(), Failure> {
    let mut db = session.open()?;
    let desk = session.desk(&db)?;
    if let Some(item) = desk.next_to_verify(&mut db, &[])? {
        return print(session, &item, &[]);
    }
    match db.open_pass()? {
        Some(pass) => {
            let left = db.pass_progress(pass.id)?;
            session.output.say(&format!(
                "nothing of pass {} is left to verify for you; {} of {} verdicts are given, {} disputed",
                pass.draft.name,
                grouped(left.done),
                grouped(left.needed),
                left.disputed
            ));
        }
        None => session.output.say("nothing is left to verify for you (in a pass, one judges what others chose)"),
    }
    Ok(())
}

fn next_to_adjudicate(session: &Session) -> Result<(), Failure> {
    let mut db = session.open()?;
    let desk = session.desk(&db)?;
    let Some(found) = desk.next_to_adjudicate(&mut db, &[])? else {
        session.output.say("there is nothing to settle for you");
        return Ok(());
    };
    print(session, &found.item, &found.verdicts)?;
    let id = found.item.tuple.id;
    session
        .output
        .say(&format!("next: amalrec verify adjudicate {id} right, or what is wrong with it in place of right"));
    Ok(())
}

fn print(session: &Session, item: &VerifyItem, verdicts: &[Verdict]) -> Result<(), Failure> {
    let t = &item.tuple.tuple;
    let given: Vec<&str> = verdicts.iter().map(|verdict| verdict.name()).collect();
    if session.output.json {
        let mut object = json!({
            "tuple_id": item.tuple.id.0, "head": t.head.name, "relation": t.relation, "tail": t.tail.name,
            "text": item.text, "decision_id": item.of.0, "done": item.done, "total": item.total,
        });
        if !given.is_empty() {
            object["verdicts"] = json!(given);
        }
        session.output.object(&object)?;
    } else {
        let line = format!("{}  {} | {} | {}", item.tuple.id, t.head.name, item.relation.told(), t.tail.name);
        session.output.line(&line)?;
        session.output.line(&format!("   {}", item.text))?;
        if !given.is_empty() {
            session.output.line(&format!("   verdicts: {}", given.join(", ")))?;
        }
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
