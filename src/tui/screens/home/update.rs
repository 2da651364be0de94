//! Home: reads its numbers again when they may have changed; starts and stops the run.

use crate::app::{Home, Scope};
use crate::tui::action::Place;
use crate::tui::effect::Effect;
use crate::tui::model::{Model, Tone, settles};
use std::time::Duration;

/// Asks for the numbers; at most one such request is on its way.
pub fn load(model: &mut Model, now: Duration) -> Vec<Effect> {
    if model.home.pending.is_some() {
        model.home.again = true;
        return Vec::new();
    }
    let pending = model.ask(now);
    model.home.pending = Some(pending);
    vec![Effect::LoadHome { run: pending.run }]
}

/// The numbers.
pub fn loaded(model: &mut Model, run: u64, result: Result<Home, String>, now: Duration) -> Vec<Effect> {
    if !settles(&mut model.home.pending, run) {
        return Vec::new();
    }
    match result {
        Ok(home) => (model.home.data, model.home.error) = (Some(home), None),
        Err(cause) => model.home.error = Some(cause),
    }
    if std::mem::take(&mut model.home.again) { load(model, now) } else { Vec::new() }
}

/// Starts a run: for the tuples of the filter if they are on the screen, for all otherwise.
pub fn generate(model: &mut Model, now: Duration) -> Vec<Effect> {
    if model.progress.running() {
        let progress = &model.progress;
        let text = format!("already running: {} of {}; S stops it", progress.done, progress.total);
        model.tell(Tone::Plain, text, now);
        return Vec::new();
    }
    let scope = match model.place() {
        Place::Tuples => Scope { filter: model.tuples.applied.clone(), ..Scope::default() },
        Place::Home
        | Place::Review
        | Place::Verify
        | Place::Adjudicate
        | Place::Jobs
        | Place::Reports
        | Place::Export
        | Place::Models => Scope::default(),
    };
    begin(model, scope, now)
}

/// Tries again what failed.
pub fn retry(model: &mut Model, now: Duration) -> Vec<Effect> {
    if model.progress.running() {
        model.tell(Tone::Plain, "a run is going already; S stops it", now);
        return Vec::new();
    }
    begin(model, Scope { retry: true, ..Scope::default() }, now)
}

fn begin(model: &mut Model, scope: Scope, now: Duration) -> Vec<Effect> {
    let run = model.ask(now).run;
    model.tell(Tone::Plain, "starting: what is generated can be reviewed at once", now);
    vec![Effect::Start { run, scope }]
}

/// Stops the run; what is done is kept.
pub fn stop(model: &mut Model, now: Duration) -> Vec<Effect> {
    if !model.progress.running() {
        model.tell(Tone::Plain, "nothing runs", now);
        return Vec::new();
    }
    model.tell(Tone::Plain, "stopping: what is done is kept", now);
    vec![Effect::Stop]
}
