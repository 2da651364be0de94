//! `amalrec fit-weights`: what people's blind choices say of the weights of SEI.

use super::failure::Failure;
use super::output::counted;
use super::report;
use super::session::Session;
use crate::app::report::{Material, Wanted};
use crate::app::weights;
use serde_json::json;

pub(super) fn run(session: &Session, apply: bool, as_markdown: bool) -> Result<(), Failure> {
    let mut db = session.open()?;
    let base = session.policy()?.index.version;
    let policy = session.policy_of(&db)?;
    let wanted = Wanted { choices: true, options: true, texts: false };
    let material = Material::read(&mut db, None, wanted, &*session.catalogue()?)?;
    let learned = weights::learn(&mut db, &material, &policy, &base)?;
    let applied = if apply { Some(weights::apply(&mut db, &learned, &policy, &session.annotator())?) } else { None };
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
