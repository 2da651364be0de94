//! Adjudicate's behaviour: an answer is taken, edited, or all are rejected; then the next tuple.

use super::{Absent, OnBench};
use crate::app::{Answer, Recorded, SettleItem};
use crate::tui::action::{Desk, Move};
use crate::tui::effect::Effect;
use crate::tui::model::{Model, Tone, settles};
use crate::tui::screens::home;
use crate::tui::screens::review::edit::{self, Saved};
use crate::tui::widgets::list;
use std::time::Duration;

/// Comes to the screen.
pub fn enter(model: &mut Model, now: Duration) -> Vec<Effect> {
    if model.adjudicate.bench.is_some() || model.adjudicate.pending.is_some() {
        return Vec::new();
    }
    fetch(model, now)
}

fn fetch(model: &mut Model, now: Duration) -> Vec<Effect> {
    let pending = model.ask(now);
    let screen = &mut model.adjudicate;
    screen.pending = Some(pending);
    screen.absent = Absent::Loading;
    vec![Effect::NextToSettle { run: pending.run, passed: screen.passed.iter().copied().collect() }]
}

/// What is done to the tuple on the screen.
pub fn act(model: &mut Model, desk: Desk, now: Duration) -> Vec<Effect> {
    let Some(bench) = &mut model.adjudicate.bench else { return Vec::new() };
    match desk {
        Desk::Take | Desk::Accept => {
            let index = bench.selected;
            take(model, index, now)
        }
        Desk::Pick(number) => take(model, usize::from(number.saturating_sub(1)), now),
        Desk::Edit => begin(model),
        Desk::External => {
            if bench.editor.is_none() {
                begin(model);
            }
            edit::external(model)
        }
        Desk::Reject(reason) => decide(model, Answer::Reject(reason), None, now),
        Desk::Flag
        | Desk::Note
        | Desk::Mark
        | Desk::Compare
        | Desk::Regenerate
        | Desk::Previous
        | Desk::Next
        | Desk::Why
        | Desk::Bars => {
            model.tell(Tone::Plain, "that works in Review", now);
            Vec::new()
        }
    }
}

fn take(model: &mut Model, index: usize, now: Duration) -> Vec<Effect> {
    let Some(bench) = &model.adjudicate.bench else { return Vec::new() };
    let Some(given) = bench.item.answers.get(index) else {
        model.tell(Tone::Plain, format!("there is no answer {}", index + 1), now);
        return Vec::new();
    };
    decide(model, given.answer.clone(), Some(index), now)
}

/// Opens the editor on the selected answer, or on nothing where all were rejected.
fn begin(model: &mut Model) -> Vec<Effect> {
    let Some(bench) = &mut model.adjudicate.bench else { return Vec::new() };
    let Some(given) = bench.item.answers.get(bench.selected) else { return Vec::new() };
    let base = match &given.answer {
        Answer::Take(candidate) => Some(*candidate),
        Answer::Edit { base, .. } => *base,
        Answer::Reject(_) | Answer::Skip | Answer::Flag(_) => None,
    };
    let original = given.text.clone().unwrap_or_default();
    let draft = bench.draft.as_ref().filter(|(of, _)| *of == bench.selected).map(|(_, text)| text.as_str());
    let tuple = &bench.item.tuple.tuple;
    let editor = edit::Editor::new(base, &original, draft.unwrap_or(&original), &tuple.head, &tuple.tail);
    bench.editor = Some(editor);
    Vec::new()
}

/// Saves the edited sentence; one that was not changed is the answer as it was given.
pub fn save(model: &mut Model, now: Duration) -> Vec<Effect> {
    let Some(bench) = &mut model.adjudicate.bench else { return Vec::new() };
    let index = bench.selected;
    let Some(editor) = &mut bench.editor else { return Vec::new() };
    match editor.save() {
        Saved::Unchanged => take(model, index, now),
        Saved::Changed(answer) => decide(model, answer, Some(index), now),
        Saved::Not(why) => {
            model.tell(Tone::Bad, why, now);
            Vec::new()
        }
    }
}

fn decide(model: &mut Model, answer: Answer, index: Option<usize>, now: Duration) -> Vec<Effect> {
    let run = model.ask(now).run;
    let Some(mut bench) = model.adjudicate.bench.take() else { return Vec::new() };
    bench.editor = None;
    let how = bench.circumstance(index, now);
    let tuple = bench.item.tuple.id;
    model.adjudicate.saving.push((run, bench));
    model.notice = None;
    let mut effects = vec![Effect::Answer { run, tuple, answer, how }];
    effects.extend(fetch(model, now));
    effects
}

/// Leaves the tuple for later. Nothing is recorded: it is another's to answer.
pub fn skip(model: &mut Model, now: Duration) -> Vec<Effect> {
    let Some(bench) = model.adjudicate.bench.take() else { return Vec::new() };
    model.adjudicate.passed.insert(bench.item.tuple.id);
    fetch(model, now)
}

/// Moves the selection.
pub fn moved(model: &mut Model, step: Move) {
    let rows = model.facts.rows;
    if let Some(bench) = &mut model.adjudicate.bench {
        bench.selected = list::step(bench.selected, bench.item.answers.len(), step, rows);
    }
}

/// Leaves the editor, whose text is kept; false if it is not open.
pub fn leave_inner(model: &mut Model) -> bool {
    let Some(bench) = &mut model.adjudicate.bench else { return false };
    let Some(editor) = bench.editor.take() else { return false };
    bench.draft = editor.draft().map(|text| (bench.selected, text.to_owned()));
    true
}

/// The next tuple arrived, or there is none. With only skipped ones left, they come again.
pub fn arrived(model: &mut Model, run: u64, result: Result<Option<Box<SettleItem>>, String>) -> Vec<Effect> {
    let screen = &mut model.adjudicate;
    if !settles(&mut screen.pending, run) {
        return Vec::new();
    }
    match result {
        Ok(Some(item)) => screen.bench = Some(OnBench::new(*item)),
        Ok(None) => {
            screen.absent = Absent::Done;
            screen.passed.clear();
        }
        Err(cause) => screen.absent = Absent::Failed(cause),
    }
    Vec::new()
}

/// A decision was recorded, or could not be: then its tuple is put back. `None` if it was not made here.
pub fn answered(model: &mut Model, run: u64, result: &Result<Recorded, String>, now: Duration) -> Option<Vec<Effect>> {
    let at = model.adjudicate.saving.iter().position(|(saving, _)| *saving == run)?;
    let (_, bench) = model.adjudicate.saving.remove(at);
    Some(match result {
        Ok(_) => home::update::load(model, now),
        Err(cause) => {
            model.adjudicate.pending = None;
            model.adjudicate.bench = Some(bench);
            model.tell(Tone::Bad, format!("not saved: {cause}"), now);
            Vec::new()
        }
    })
}

/// Puts a tuple on the screen whose settling was undone.
pub fn put_back(model: &mut Model, item: SettleItem) {
    let screen = &mut model.adjudicate;
    screen.pending = None;
    screen.passed.remove(&item.tuple.id);
    screen.bench = Some(OnBench::new(item));
}
