//! Undo and redo, wherever the decision was made: jumps to its item and says what was undone.

use super::action::Place;
use super::effect::Effect;
use super::event::{Back, BackItem};
use super::model::{Model, Tone};
use super::screens::{adjudicate, home, review, verify};
use super::text;
use super::update::go;
use crate::domain::RelationTuple;
use std::time::Duration;

/// The reply to an undo or redo.
pub fn done(
    model: &mut Model,
    run: u64,
    result: Result<Option<Back>, String>,
    did: &str,
    now: Duration,
) -> Vec<Effect> {
    let Some(at) = model.undoing.iter().position(|asked| *asked == run) else { return Vec::new() };
    model.undoing.remove(at);
    let back = match result {
        Ok(Some(back)) => back,
        Ok(None) => {
            let what = if did == "undid" { "undo" } else { "redo" };
            model.tell(Tone::Plain, format!("nothing to {what}"), now);
            return Vec::new();
        }
        Err(cause) => {
            model.tell(Tone::Bad, cause, now);
            return Vec::new();
        }
    };
    let kind = back.touched.kind;
    let mut effects = Vec::new();
    match back.item {
        BackItem::Review(item) => {
            model.tell(Tone::Good, format!("{did} {kind}: {}", fact(&item.tuple.tuple)), now);
            review::update::put_back(model, *item);
            effects.extend(jump(model, Place::Review, now));
        }
        BackItem::Verify(item) => {
            model.tell(Tone::Good, format!("{did} {kind}: {}", fact(&item.tuple.tuple)), now);
            verify::update::put_back(model, *item);
            effects.extend(jump(model, Place::Verify, now));
        }
        BackItem::Settle(item) => {
            model.tell(Tone::Good, format!("{did} the settling of {}", fact(&item.tuple.tuple)), now);
            adjudicate::update::put_back(model, *item);
            effects.extend(jump(model, Place::Adjudicate, now));
        }
        BackItem::Many(count) => {
            model.tell(
                Tone::Good,
                format!("{did} {} decisions that were made at one stroke", text::grouped(count)),
                now,
            );
            if model.place() == Place::Tuples {
                effects.extend(super::screens::tuples::update::enter(model, now));
            }
        }
        BackItem::Gone => model.tell(Tone::Good, format!("{did} {kind}; its sentence no longer stands"), now),
    }
    effects.extend(home::update::load(model, now));
    effects
}

fn jump(model: &mut Model, place: Place, now: Duration) -> Vec<Effect> {
    if model.place() == place && model.layers.last() == Some(&super::model::Layer::Base(place)) {
        return Vec::new();
    }
    go(model, place, now)
}

/// A tuple in a line.
#[must_use]
pub fn fact(tuple: &RelationTuple) -> String {
    format!("{} · {} · {}", tuple.head.name, tuple.relation, tuple.tail.name)
}
