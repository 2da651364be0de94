//! `amalrec annotators` and `amalrec adjudicate`: who shares the tuples, and settling where they differ.

use super::failure::Failure;
use super::session::Session;
use crate::app::{Answer, Circumstance, Desk, SettleItem};
use crate::domain::review::{Arm, RejectReason};
use crate::domain::{TupleId, clean};
use crate::store::Db;
use clap::Subcommand;
use serde_json::{Value, json};

#[derive(Debug, Clone, Subcommand)]
pub(super) enum Adjudicate {
    /// Print the next tuple whose answers differ, with the answers by number and without names
    Next,
    /// Take an answer by its number
    Take { tuple: i64, answer: usize },
    /// Write the sentence by hand
    Edit {
        tuple: i64,
        text: String,
        /// Keep it even if an entity is not named
        #[arg(long)]
        confirm: bool,
    },
    /// No sentence will do: inaccurate, ungrammatical, bad-tuple, unclear, other
    Reject {
        tuple: i64,
        #[arg(default_value = "other")]
        reason: String,
    },
}

/// Says who shares and how much is answered twice; with names or an overlap, sets it first.
pub(super) fn annotators(session: &Session, names: &[String], overlap: Option<f64>) -> Result<(), Failure> {
    let mut db = session.open()?;
    if overlap.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
        return Err(Failure::usage("--overlap is between 0 and 1"));
    }
    if !names.is_empty() {
        let mut people: Vec<String> = Vec::new();
        for name in names.iter().map(|name| clean::sentence(name)) {
            if name.is_empty() {
                return Err(Failure::usage("an annotator's name is empty"));
            }
            if people.contains(&name) {
                return Err(Failure::usage(format!("'{name}' is named twice")));
            }
            people.push(name);
        }
        db.set_meta("annotators", &people.join("\n"))?;
    }
    if let Some(share) = overlap {
        db.set_meta("overlap", &share.to_string())?;
    }
    let sharing = session.desk(&db)?.sharing;
    let mut people: Vec<(String, u64)> = sharing.people.iter().map(|name| (name.clone(), 0)).collect();
    for (name, entries) in db.annotators()? {
        match people.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count = entries,
            None => people.push((name, entries)),
        }
    }
    if session.output.json {
        let people = people.iter().map(
            |(name, entries)| json!({ "name": name, "shares": sharing.people.contains(name), "decisions": entries }),
        );
        let people: Vec<Value> = people.collect();
        return Ok(session.output.object(&json!({ "overlap": sharing.overlap, "annotators": people }))?);
    }
    for (name, entries) in &people {
        let shares = if sharing.people.contains(name) { "shares" } else { "helps" };
        session.output.line(&format!("{name:<24} {shares:<7} {entries:>8} entries of the history"))?;
    }
    if sharing.people.is_empty() {
        session.output.say("nobody is named: every tuple is everybody's; amalrec annotators ANN BEN --overlap 0.1");
        return Ok(());
    }
    session.output.line(&format!("{:.1}% of the tuples are answered by two", sharing.overlap * 100.0))?;
    Ok(())
}

pub(super) fn adjudicate(session: &Session, how: Adjudicate) -> Result<(), Failure> {
    let mut db = session.open()?;
    let desk = session.desk(&db)?;
    let (tuple, answer) = match how {
        Adjudicate::Next => return next(session, &mut db, &desk),
        Adjudicate::Take { tuple, answer } => {
            let item = open(&mut db, &desk, tuple)?;
            let given = answer.checked_sub(1).and_then(|i| item.answers.into_iter().nth(i));
            (tuple, given.ok_or_else(|| Failure::work(format!("tuple {tuple} has no answer {answer}")))?.answer)
        }
        Adjudicate::Edit { tuple, text, confirm } => (tuple, Answer::Edit { base: None, text, confirmed: confirm }),
        Adjudicate::Reject { tuple, reason } => (tuple, Answer::Reject(reason.parse().map_err(Failure::usage)?)),
    };
    let how = Circumstance { arm: Some(Arm::Answers), ..Circumstance::default() };
    let id = desk.answer(&mut db, TupleId(tuple), answer, how)?;
    let status = db.tuple(TupleId(tuple))?.map(|row| row.status.name()).unwrap_or_default();
    if session.output.json {
        session.output.object(&json!({ "decision_id": id.0, "tuple_id": tuple, "status": status }))?;
    } else {
        session.output.say(&format!("tuple {tuple} is {status} (decision {id} by {})", desk.annotator));
    }
    Ok(())
}

fn open(db: &mut Db, desk: &Desk, tuple: i64) -> Result<SettleItem, Failure> {
    let item = desk.open_to_settle(db, TupleId(tuple))?;
    let refused = || Failure::work(format!("{} answered tuple {tuple}, and may not settle it", desk.annotator));
    item.ok_or_else(refused)
}

/// Prints the next tuple with its answers, in the order in which `take` numbers them.
fn next(session: &Session, db: &mut Db, desk: &Desk) -> Result<(), Failure> {
    let Some(item) = desk.next_to_settle(db, &[])? else {
        session.output.say("nothing is for you to settle");
        return Ok(());
    };
    let fact = &item.tuple.tuple;
    let reason = |given: &crate::app::Given| given.reason.map(RejectReason::name);
    if session.output.json {
        let answers: Vec<Value> = item
            .answers
            .iter()
            .map(|given| {
                json!({ "text": given.text, "reason": reason(given), "edited_from": given.from, "people": given.people })
            })
            .collect();
        return Ok(session.output.object(&json!({
            "tuple_id": item.tuple.id.0, "head": fact.head.name, "relation": fact.relation, "tail": fact.tail.name,
            "answers": answers, "left": item.left,
        }))?);
    }
    let relation = item.relation.told();
    session.output.line(&format!("{}  {} | {relation} | {}", item.tuple.id, fact.head.name, fact.tail.name))?;
    for (given, number) in item.answers.iter().zip(1..) {
        let rejected = || format!("(all rejected: {})", reason(given).unwrap_or("no reason"));
        session.output.line(&format!("{number:>4}  {}", given.text.clone().unwrap_or_else(rejected)))?;
    }
    Ok(())
}
