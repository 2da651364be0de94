//! Verify's behaviour: a verdict, then the next sentence.

use super::{Absent, OnTrial};
use crate::app::{Circumstance, VerifyItem};
use crate::domain::DecisionId;
use crate::domain::review::Verdict;
use crate::tui::effect::Effect;
use crate::tui::model::{Model, Tone, settles};
use crate::tui::screens::home;
use std::time::Duration;

/// Comes to the screen.
pub fn enter(model: &mut Model, now: Duration) -> Vec<Effect> {
    let mut effects = home::update::load(model, now);
    if model.verify.trial.is_none() && model.verify.pending.is_none() {
        effects.extend(fetch(model, now));
    }
    effects
}

fn fetch(model: &mut Model, now: Duration) -> Vec<Effect> {
    let pending = model.ask(now);
    let verify = &mut model.verify;
    verify.pending = Some(pending);
    verify.absent = Absent::Loading;
    vec![Effect::NextToVerify { run: pending.run, passed: verify.passed.iter().copied().collect() }]
}

/// A verdict on the sentence on the screen.
pub fn verdict(model: &mut Model, verdict: Verdict, now: Duration) -> Vec<Effect> {
    let run = model.ask(now).run;
    let verify = &mut model.verify;
    let Some(trial) = verify.trial.take() else { return Vec::new() };
    let seconds = trial.since.map(|since| now.saturating_sub(since).as_secs_f64());
    let how = Circumstance { seconds, ..Circumstance::default() };
    let (tuple, of) = (trial.item.tuple.id, trial.item.of);
    verify.saving.push((run, trial));
    verify.done = (verify.done + 1).min(verify.total.max(verify.done));
    // What was said spoke of the sentence that is gone.
    model.notice = None;
    if verdict != Verdict::Right {
        model.tell(Tone::Plain, format!("judged wrong: {}; u undoes", verdict.label()), now);
    }
    let mut effects = vec![Effect::Verify { run, tuple, of, verdict, how }];
    effects.extend(fetch(model, now));
    effects
}

/// Leaves the sentence for later.
pub fn skip(model: &mut Model, now: Duration) -> Vec<Effect> {
    let Some(trial) = model.verify.trial.take() else { return Vec::new() };
    model.verify.passed.insert(trial.item.tuple.id);
    fetch(model, now)
}

/// The next sentence arrived, or there is none. With only skipped ones left, they come again.
pub fn arrived(model: &mut Model, run: u64, result: Result<Option<Box<VerifyItem>>, String>) -> Vec<Effect> {
    let verify = &mut model.verify;
    if !settles(&mut verify.pending, run) {
        return Vec::new();
    }
    match result {
        Ok(Some(item)) => {
            (verify.done, verify.total) = (item.done, item.total);
            verify.trial = Some(OnTrial { item: *item, since: None });
        }
        Ok(None) => {
            verify.absent = Absent::Done;
            verify.passed.clear();
        }
        Err(cause) => verify.absent = Absent::Failed(cause),
    }
    Vec::new()
}

/// A verdict was recorded, or could not be: then its sentence is put back.
pub fn verified(model: &mut Model, run: u64, result: Result<DecisionId, String>, now: Duration) -> Vec<Effect> {
    let verify = &mut model.verify;
    let Some(at) = verify.saving.iter().position(|(saving, _)| *saving == run) else { return Vec::new() };
    let (_, trial) = verify.saving.remove(at);
    match result {
        Ok(_) => home::update::load(model, now),
        Err(cause) => {
            verify.pending = None;
            verify.done = trial.item.done;
            verify.trial = Some(trial);
            model.tell(Tone::Bad, format!("not saved: {cause}"), now);
            Vec::new()
        }
    }
}

/// Puts a sentence on the screen whose verdict was undone.
pub fn put_back(model: &mut Model, item: VerifyItem) {
    let verify = &mut model.verify;
    verify.pending = None;
    verify.passed.remove(&item.tuple.id);
    (verify.done, verify.total) = (item.done, item.total);
    verify.trial = Some(OnTrial { item, since: None });
}
