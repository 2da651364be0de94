//! Models' behaviour.

use super::Doing;
use crate::app::ModelRow;
use crate::tui::action::{Move, Place};
use crate::tui::effect::Effect;
use crate::tui::model::{Model, Tone, settles};
use crate::tui::update::go;
use crate::tui::widgets::list;
use std::time::Duration;

/// Comes to the screen: looks at the disk.
pub fn enter(model: &mut Model, now: Duration) -> Vec<Effect> {
    let pending = model.ask(now);
    model.models.pending = Some(pending);
    vec![Effect::LoadModels { run: pending.run }]
}

/// What is there.
pub fn listed(model: &mut Model, run: u64, rows: Vec<ModelRow>) {
    let models = &mut model.models;
    if settles(&mut models.pending, run) {
        models.selected = models.selected.min(rows.len().saturating_sub(1));
        models.rows = rows;
    }
}

/// Moves the selection.
pub fn moved(model: &mut Model, step: Move) {
    let rows = model.facts.rows;
    model.models.selected = list::step(model.models.selected, model.models.rows.len(), step, rows);
}

/// Brings or checks the selected model.
pub fn run(model: &mut Model, doing: Doing, now: Duration) -> Vec<Effect> {
    if model.place() != Place::Models {
        return go(model, Place::Models, now);
    }
    if model.errand.going() {
        let text = format!("{} is still going on; s stops it", model.errand.name);
        model.tell(Tone::Plain, text, now);
        return Vec::new();
    }
    let Some(name) = model.models.rows.get(model.models.selected).map(|row| row.name.clone()) else {
        return Vec::new();
    };
    let run = model.ask(now).run;
    model.models.found.remove(&name);
    model.models.busy = Some((run, name.clone(), doing));
    vec![match doing {
        Doing::Pull => Effect::Pull { run, name },
        Doing::Check => Effect::Check { run, name },
    }]
}

/// It is done, or could not be.
pub fn shelved(model: &mut Model, run: u64, result: Result<(), String>, now: Duration) -> Vec<Effect> {
    let Some((_, name, doing)) = model.models.busy.take_if(|(busy, ..)| *busy == run) else { return Vec::new() };
    match &result {
        Ok(()) if doing == Doing::Pull => {
            model.tell(Tone::Good, format!("{name} is here; the next start of amalrec writes with it"), now);
        }
        Ok(()) => model.tell(Tone::Good, format!("{name}: the digest is right"), now),
        Err(cause) => model.tell(Tone::Bad, cause, now),
    }
    model.models.found.insert(name, result.map(|()| doing));
    enter(model, now)
}
