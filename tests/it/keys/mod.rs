//! The behaviour of the interface as key strings: (screen, keys) to effects and what is on the screen.

mod budget;
mod commands;
mod desks;
mod frame;
mod lists;
mod review;
mod verify;

use crate::stage::{Stage, item};
use amalrec::app::{Answer, Circumstance, Recorded};
use amalrec::domain::review::Arm;
use amalrec::domain::{DecisionId, TupleId};
use amalrec::tui::effect::Effect;
use amalrec::tui::event::{Event, Reply};

fn two() -> Stage {
    Stage::reviewing([item(1, Arm::RankedScores), item(2, Arm::RankedScores)])
}

/// The one answer among what was asked for.
fn answered(stage: &mut Stage) -> (TupleId, Answer, Circumstance) {
    let mut answers = stage.taken().into_iter().filter_map(|effect| match effect {
        Effect::Answer { tuple, answer, how, .. } => Some((tuple, answer, how)),
        _ => None,
    });
    let answer = answers.next().expect("nothing was answered");
    assert_eq!(answers.next(), None);
    answer
}

fn reply(stage: &mut Stage, result: Result<(), &str>) {
    let run = stage.model.review.saving[0].run;
    let recorded = Recorded { decision: DecisionId(1), done: 13, total: 240 };
    stage.event(Event::Reply(run, Reply::Answered(result.map(|()| recorded).map_err(str::to_owned))));
}
