//! `amalrec fit-weights`: what people's blind choices say of the weights of SEI.

use super::failure::{Failure, Kind};
use super::import::{COUNTING, bar};
use super::output::{counted, grouped};
use super::report;
use super::session::{Session, cancel_on_interrupt};
use crate::app::report::{Material, Wanted};
use crate::app::rescore::Rescoring;
use crate::app::weights;
use serde_json::json;

pub(super) fn run(session: &Session, apply: bool, as_markdown: bool) -> Result<(), Failure> {
    let mut db = session.open()?;
    let base = session.policy()?.index.version;
    let policy = session.policy_of(&db)?;
    let wanted = Wanted { choices: true, options: true, texts: false };
    let material = Material::read(&mut db, None, wanted, &*session.catalogue()?)?;
    let learned = weights::learn(&mut db, &material, &policy, &base)?;
    let canceller = cancel_on_interrupt();
    let cancel = canceller.start();
    let applied = if apply {
        let bar = bar(session, COUNTING);
        let mut follow = |sofar: Rescoring| {
            bar.set_message(format!("{} of {} ranked again", grouped(sofar.tuples), counted(sofar.total, "tuple")));
            bar.tick();
        };
        let applied = weights::apply(&mut db, &learned, &policy, &session.annotator(), &cancel, &mut follow)?;
        bar.finish_and_clear();
        Some(applied)
    } else {
        None
    };
    if cancel.is_cancelled() {
        session.output.say("interrupted; the new version is in force, `amalrec score` ranks the rest by it");
        return Err(Failure::said(Kind::Interrupted));
    }
    if session.output.json {
        let mut object = report::json_object(&learned.report);
        object["applied"] = applied.as_ref().map_or(
            serde_json::Value::Null,
            |applied| json!({ "version": applied.version, "tuples": applied.tuples, "sentences": applied.sentences }),
        );
        return Ok(session.output.object(&object)?);
    }
    report::print(session, &learned.report, as_markdown)?;
    match applied {
        Some(applied) => session.output.say(&format!(
            "SEI version {} is in force in this project: {} of {} ranked again",
            applied.version,
            counted(applied.sentences, "sentence"),
            counted(applied.tuples, "tuple")
        )),
        None => session.output.say("nothing was changed; --apply makes a new version of SEI and ranks again"),
    }
    Ok(())
}
