//! Jobs' behaviour: the counts are read on coming here and as the run gets on, one reading at a time.

use crate::app::Made;
use crate::tui::action::Move;
use crate::tui::effect::Effect;
use crate::tui::model::{Model, settles};
use crate::tui::screens::home;
use std::time::Duration;

/// Comes to the screen, or the run got on.
pub fn load(model: &mut Model, now: Duration) -> Vec<Effect> {
    let mut effects = home::update::load(model, now);
    if model.jobs.pending.is_none() {
        let pending = model.ask(now);
        model.jobs.pending = Some(pending);
        effects.push(Effect::LoadMade { run: pending.run });
    }
    effects
}

/// The counts.
pub fn counted(model: &mut Model, run: u64, result: Result<Made, String>) {
    let jobs = &mut model.jobs;
    if !settles(&mut jobs.pending, run) {
        return;
    }
    match result {
        Ok(made) => (jobs.made, jobs.error) = (made, None),
        Err(cause) => jobs.error = Some(cause),
    }
}

/// Scrolls.
pub fn moved(model: &mut Model, step: Move) {
    let rows = usize::from(model.facts.rows);
    let jobs = &mut model.jobs;
    let last = jobs.rows().saturating_sub(rows);
    let page = rows.max(2) - 1;
    jobs.top = match step {
        Move::Up => jobs.top.saturating_sub(1),
        Move::Down => jobs.top + 1,
        Move::PageUp => jobs.top.saturating_sub(page),
        Move::PageDown => jobs.top + page,
        Move::First => 0,
        Move::Last => last,
    }
    .min(last);
}
