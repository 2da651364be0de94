//! `amalrec replay`: writes a sample of candidates again, and says how many come out the same.

use super::failure::{Failure, Kind};
use super::session::{Session, cancel_on_interrupt};
use super::worker;
use crate::app::pipeline::Pipeline;
use crate::app::pipeline::replay::{Outcome, Replayed};
use crate::jobs::Engines;
use crate::sei::Scorer;

pub(super) fn run(session: &Session, sample: usize, seed: u64, filter: Option<&str>) -> Result<(), Failure> {
    let filter = Session::filter(filter, None)?;
    let mut db = session.open()?;
    let (methods, _) = session.able(session.methods(&[])?, false)?;
    // One sequence at a time would be another batch shape than the run's: the default is the same.
    let mut engines = Engines::new(worker::in_this_process(session, worker::How::of(session, None))?);
    let mut scorer = Scorer::new(session.policy()?);
    let catalogue = session.catalogue()?;
    let mut pipeline = Pipeline {
        db: &mut db,
        engines: Some(&mut engines),
        scorer: &mut scorer,
        methods: &methods,
        catalogue: &catalogue,
    };
    let canceller = cancel_on_interrupt();
    let (mut same, mut other, mut elsewhere, mut changed) = (0_u64, 0_u64, 0_u64, 0_u64);
    let mut printed = Ok(());
    pipeline.replay(&filter, sample, seed, &canceller.start(), &mut |one| {
        match one.outcome {
            Outcome::Same => same += 1,
            Outcome::Other { elsewhere: by_another, .. } => {
                other += 1;
                elsewhere += u64::from(by_another);
            }
            Outcome::Changed(_) => changed += 1,
        }
        if printed.is_ok() {
            printed = tell(session, one);
        }
    })?;
    printed?;
    session.output.say(&format!(
        "{} candidates: {same} the same letter for letter, {other} different, {changed} not written again",
        same + other + changed
    ));
    if elsewhere > 0 {
        session.output.say(&format!(
            "{elsewhere} of those that differ were written by another engine (llama.cpp's version, device, threads or sequences): \
             `amalrec list candidates --json` names it as `backend`"
        ));
    }
    if other > 0 { Err(Failure::said(Kind::Work)) } else { Ok(()) }
}

fn tell(session: &Session, one: &Replayed) -> Result<(), Failure> {
    let (word, detail) = match &one.outcome {
        Outcome::Same => ("same", None),
        Outcome::Other { text, .. } => ("different", Some(text.as_str())),
        Outcome::Changed(why) => ("changed", Some(why.as_str())),
    };
    if session.output.json {
        session.output.object(&serde_json::json!({
            "candidate_id": one.candidate.0, "tuple_id": one.tuple.0, "method": one.method, "outcome": word,
            "text": one.text, "detail": detail,
        }))?;
        return Ok(());
    }
    session.output.line(&format!("{word:<9} {:<22} {}", one.method, one.text))?;
    if let Some(detail) = detail {
        session.output.line(&format!("{:<9} {:<22} {detail}", "", ""))?;
    }
    Ok(())
}
