//! When to wake with nothing happening: at the next deadline, or not at all. An idle screen never wakes.

use super::action::Place;
use super::model::{Layer, Model, PATIENCE, Pending};
use std::time::Duration;

/// The time since start at which something on the screen changes by itself.
#[must_use]
pub fn next(model: &Model, now: Duration) -> Option<Duration> {
    let notice = model.notice.as_ref().map(|notice| notice.until);
    // A request becomes visible once it is slow; after that nothing moves until its reply.
    let slow = pending(model).map(|pending| pending.since + PATIENCE).filter(|at| *at > now);
    notice.into_iter().chain(slow).min()
}

/// The request that the screen waits for.
fn pending(model: &Model) -> Option<Pending> {
    match model.layers.last() {
        Some(Layer::Pivot(pivot)) => return pivot.pending,
        Some(Layer::Sweep(asked)) => return asked.pending,
        _ => {}
    }
    match model.place() {
        Place::Home | Place::Jobs => model.home.pending,
        Place::Adjudicate => model.adjudicate.pending,
        Place::Reports => model.reports.pending,
        Place::Export => model.export.pending,
        Place::Models => model.models.pending,
        Place::Tuples => model.tuples.pending,
        Place::Review => model.review.waiting(),
        Place::Verify => model.verify.pending,
    }
}
