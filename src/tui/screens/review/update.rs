//! Review's behaviour: decisions are shown as done at once and settled or put back by the store's reply; the
//! next items are read in advance.

use super::compare::Compare;
use super::{Absent, OnDesk, Saving, edit};
use crate::app::{Answer, Recorded, ReviewItem, Scope};
use crate::domain::TupleId;
use crate::domain::review::Arm;
use crate::tui::action::{Desk, Move};
use crate::tui::effect::Effect;
use crate::tui::model::{Layer, Model, Tone, settles};
use crate::tui::screens::note::Note;
use crate::tui::widgets::line::TextLine;
use crate::tui::widgets::list;
use std::time::Duration;

/// Items read in advance.
const AHEAD: usize = 2;

/// For so long after the list changed by itself, a key that picks from it is not believed.
const SETTLE: Duration = Duration::from_millis(400);

/// Comes to the screen.
pub fn enter(model: &mut Model, now: Duration) -> Vec<Effect> {
    let review = &mut model.review;
    if review.desk.is_none() && review.opening.is_none() {
        review.absent = Absent::Loading;
        review.exhausted = false;
        review.passed.clear();
    }
    fetch(model, now)
}

/// Opens a given tuple.
pub fn open(model: &mut Model, tuple: TupleId, now: Duration) -> Vec<Effect> {
    let pending = model.ask(now);
    model.review.opening = Some(pending);
    vec![Effect::OpenItem { run: pending.run, tuple }]
}

/// Asks for one more item ahead, if there is room and anything left.
fn fetch(model: &mut Model, now: Duration) -> Vec<Effect> {
    let review = &model.review;
    let enough = review.ahead.len() >= AHEAD && review.desk.is_some();
    if enough || review.exhausted || review.fetching.is_some() {
        return Vec::new();
    }
    let pending = model.ask(now);
    model.review.fetching = Some(pending);
    vec![Effect::NextItem { run: pending.run, passed: model.review.held() }]
}

/// What is done to the item on the screen.
pub fn act(model: &mut Model, desk: Desk, now: Duration) -> Vec<Effect> {
    match desk {
        Desk::Why | Desk::Bars if model.review.desk.as_ref().is_some_and(|on| on.item.arm != Arm::RankedScores) => {
            model.tell(Tone::Plain, "scores are not shown in this arm, nor why they are what they are", now);
        }
        Desk::Why => model.review.hide_why = !model.review.hide_why,
        Desk::Bars => model.review.bars = !model.review.bars,
        Desk::Previous => return previous(model, now),
        Desk::Next => return pass(model, now),
        Desk::Accept
        | Desk::Take
        | Desk::Pick(_)
        | Desk::Edit
        | Desk::External
        | Desk::Reject(_)
        | Desk::Flag
        | Desk::Note
        | Desk::Mark
        | Desk::Compare
        | Desk::Regenerate => return act_on(model, desk, now),
    }
    Vec::new()
}

fn act_on(model: &mut Model, action: Desk, now: Duration) -> Vec<Effect> {
    let Some(desk) = &mut model.review.desk else { return Vec::new() };
    let tuple = desk.tuple();
    match action {
        // The ranker's choice is selected at first: who went to another one means that.
        Desk::Accept | Desk::Take => {
            let index = desk.compare.as_ref().map_or(desk.selected, Compare::index);
            take(model, index, now)
        }
        Desk::Pick(number) => take(model, usize::from(number.saturating_sub(1)), now),
        Desk::Edit => edit::begin(model),
        Desk::External => edit::external(model),
        Desk::Reject(reason) => decide(model, Answer::Reject(reason), None, now),
        Desk::Flag => flag(model, tuple, "", now),
        Desk::Note => {
            model.layers.push(Layer::Note(Note { tuple, line: TextLine::default() }));
            Vec::new()
        }
        Desk::Mark => {
            if let Some(candidate) = desk.item.candidates.get(desk.selected) {
                match desk.marked.iter().position(|id| *id == candidate.id) {
                    Some(at) => drop(desk.marked.remove(at)),
                    None => desk.marked.push(candidate.id),
                }
                desk.selected = list::step(desk.selected, desk.item.candidates.len(), Move::Down, 1);
            }
            Vec::new()
        }
        Desk::Compare => {
            match Compare::of(desk) {
                Ok(compare) => desk.compare = Some(compare),
                Err(why) => model.tell(Tone::Plain, why, now),
            }
            Vec::new()
        }
        Desk::Regenerate => regenerate(model, tuple, now),
        Desk::Previous | Desk::Next | Desk::Why | Desk::Bars => Vec::new(),
    }
}

/// Chooses the candidate shown at `index`.
fn take(model: &mut Model, index: usize, now: Duration) -> Vec<Effect> {
    let Some(desk) = &model.review.desk else { return Vec::new() };
    let Some(candidate) = desk.item.candidates.get(index) else {
        let text = match desk.item.candidates.len() {
            0 => "there is no sentence yet: r generates, e writes one, s skips".to_owned(),
            _ => format!("there is no sentence {}", index + 1),
        };
        model.tell(Tone::Plain, text, now);
        return Vec::new();
    };
    if desk.changed.is_some_and(|changed| now.saturating_sub(changed) < SETTLE) {
        model.tell(Tone::Plain, "the list just changed: look, and press again", now);
        return Vec::new();
    }
    let answer = Answer::Take(candidate.id);
    decide(model, answer, Some(index), now)
}

/// Sends a decision on its way and goes on to the next item.
pub fn decide(model: &mut Model, answer: Answer, index: Option<usize>, now: Duration) -> Vec<Effect> {
    let run = model.ask(now).run;
    let Some(desk) = model.review.desk.take() else { return Vec::new() };
    let how = desk.circumstance(index, now);
    let tuple = desk.tuple();
    let skips = answer == Answer::Skip;
    let review = &mut model.review;
    if skips {
        review.passed.insert(tuple);
    } else if desk.item.mine.is_none() {
        review.done = (review.done + 1).min(review.total.max(review.done));
    }
    review.saving.push(Saving { run, desk, moved_on: true });
    review.behind.retain(|id| *id != tuple);
    review.behind.push(tuple);
    review.absent = Absent::Loading;
    review.desk = review.ahead.pop_front().map(on_desk);
    // What was said spoke of the item that is gone.
    model.notice = None;
    let mut effects = vec![Effect::Answer { run, tuple, answer, how }];
    effects.extend(fetch(model, now));
    settle_absence(model);
    effects
}

/// Skips the item: it comes back after the others.
pub fn skip(model: &mut Model, now: Duration) -> Vec<Effect> {
    decide(model, Answer::Skip, None, now)
}

/// Flags a tuple and stays on it.
pub fn flag(model: &mut Model, tuple: TupleId, note: &str, now: Duration) -> Vec<Effect> {
    let run = model.ask(now).run;
    let Some(desk) = model.review.desk.clone().filter(|desk| desk.tuple() == tuple) else { return Vec::new() };
    if desk.item.tuple.flagged && note.is_empty() {
        model.tell(Tone::Plain, "it is flagged already: u takes that back", now);
        return Vec::new();
    }
    let how = desk.circumstance(None, now);
    model.review.saving.push(Saving { run, desk, moved_on: false });
    if let Some(desk) = &mut model.review.desk {
        desk.item.tuple.flagged = true;
    }
    model.tell(Tone::Good, "flagged ⚑ for a second look", now);
    vec![Effect::Answer { run, tuple, answer: Answer::Flag(note.to_owned()), how }]
}

fn regenerate(model: &mut Model, tuple: TupleId, now: Duration) -> Vec<Effect> {
    let run = model.ask(now).run;
    model.review.regenerating.insert(tuple);
    model.tell(Tone::Plain, "generating again for this tuple; go on meanwhile", now);
    vec![Effect::Start { run, scope: Scope { first: Some(tuple), only_first: true, ..Scope::default() } }]
}

/// Back to the item before; the present one waits ahead.
fn previous(model: &mut Model, now: Duration) -> Vec<Effect> {
    if let Some(tuple) = model.review.behind.last().copied() {
        return open(model, tuple, now);
    }
    model.tell(Tone::Plain, "this is the first item of this sitting", now);
    Vec::new()
}

/// On to the next item without deciding.
fn pass(model: &mut Model, now: Duration) -> Vec<Effect> {
    let review = &mut model.review;
    let Some(next) = review.ahead.pop_front() else {
        let text = if review.exhausted { "there is no further item" } else { "the next item is on its way" };
        model.tell(Tone::Plain, text, now);
        return Vec::new();
    };
    if let Some(desk) = review.desk.replace(on_desk(next)) {
        review.behind.retain(|id| *id != desk.tuple());
        review.behind.push(desk.tuple());
        review.passed.insert(desk.tuple());
    }
    fetch(model, now)
}

/// Moves the selection, or the column of a comparison.
pub fn moved(model: &mut Model, step: Move) {
    let rows = model.facts.rows;
    let Some(desk) = &mut model.review.desk else { return };
    if let Some(compare) = &mut desk.compare {
        compare.column = list::step(compare.column, compare.shown.len(), step, 2);
    } else {
        desk.selected = list::step(desk.selected, desk.item.candidates.len(), step, rows);
        desk.moved = true;
    }
}

/// Leaves the editor (its draft is kept) or the comparison; false if neither is open.
pub fn leave_inner(model: &mut Model, now: Duration) -> bool {
    let Some(desk) = &mut model.review.desk else { return false };
    if let Some(editor) = desk.editor.take() {
        let tuple = desk.tuple();
        if model.review.keep_draft(tuple, &editor) {
            model.tell(Tone::Plain, "the draft is kept: e goes on with it", now);
        }
        return true;
    }
    desk.compare.take().is_some()
}

/// The next item arrived, or there is none.
pub fn next(
    model: &mut Model,
    run: u64,
    result: Result<Option<Box<ReviewItem>>, String>,
    now: Duration,
) -> Vec<Effect> {
    let review = &mut model.review;
    if !settles(&mut review.fetching, run) {
        return Vec::new();
    }
    match result {
        // Asked before the item was opened, decided or passed over by another way.
        Ok(Some(item)) if review.held().contains(&item.tuple.id) => review.exhausted = review.desk.is_some(),
        Ok(Some(item)) => {
            // It may have been read before the decision that is on its way, which brings the count.
            if review.saving.is_empty() {
                (review.done, review.total) = (item.done, item.total);
            }
            if review.desk.is_none() && review.opening.is_none() {
                review.desk = Some(on_desk(*item));
            } else {
                review.ahead.push_back(*item);
            }
            return fetch(model, now);
        }
        Ok(None) => review.exhausted = true,
        Err(cause) if review.desk.is_none() => review.absent = Absent::Failed(cause),
        Err(cause) => {
            review.exhausted = true;
            model.tell(Tone::Bad, format!("the next item cannot be read: {cause}"), now);
        }
    }
    settle_absence(model);
    Vec::new()
}

/// With nothing on the screen and nothing to come, says so; once all else is done, what was passed over
/// may come back on entering again.
fn settle_absence(model: &mut Model) {
    let review = &mut model.review;
    if review.desk.is_none() && review.exhausted && review.fetching.is_none() && review.absent == Absent::Loading {
        review.absent = Absent::Done;
    }
}

/// The tuple that was asked for arrived.
pub fn opened(model: &mut Model, run: u64, result: Result<Box<ReviewItem>, String>, now: Duration) -> Vec<Effect> {
    let review = &mut model.review;
    if !settles(&mut review.opening, run) {
        return Vec::new();
    }
    match result {
        Ok(item) if review.desk.as_ref().is_some_and(|desk| desk.tuple() == item.tuple.id) => renew(model, *item, now),
        Ok(item) => put_back(model, *item),
        Err(cause) => {
            if review.desk.is_none() {
                review.absent = Absent::Failed(cause.clone());
            }
            model.tell(Tone::Bad, cause, now);
        }
    }
    fetch(model, now)
}

/// The item on the screen was read again: the selection stays on its sentence, an editor stays open.
fn renew(model: &mut Model, item: ReviewItem, now: Duration) {
    let Some(desk) = &mut model.review.desk else { return };
    let before = desk.item.candidates.len();
    let same = desk.item.candidates.iter().map(|c| c.id).eq(item.candidates.iter().map(|c| c.id));
    let selected = desk.item.candidates.get(desk.selected).map(|c| c.id);
    desk.item = item;
    if same {
        return;
    }
    let place = |id| desk.item.candidates.iter().position(|c| Some(c.id) == id);
    desk.selected = if before == 0 { desk.star() } else { place(selected) }.unwrap_or(0);
    desk.compare = None;
    desk.changed = Some(now);
    let after = desk.item.candidates.len();
    let tuple = desk.tuple();
    model.review.regenerating.remove(&tuple);
    model.tell(Tone::Good, format!("new sentences: {after}, before {before}"), now);
}

/// Puts an item on the screen; the one that was there waits ahead, a text being edited as a draft.
pub fn put_back(model: &mut Model, item: ReviewItem) {
    let review = &mut model.review;
    let tuple = item.tuple.id;
    (review.done, review.total) = (item.done, item.total);
    review.ahead.retain(|ahead| ahead.tuple.id != tuple);
    review.behind.retain(|id| *id != tuple);
    review.passed.remove(&tuple);
    review.opening = None;
    review.absent = Absent::Loading;
    if let Some(old) = review.desk.replace(on_desk(item))
        && old.tuple() != tuple
    {
        if let Some(editor) = &old.editor {
            review.keep_draft(old.tuple(), editor);
        }
        review.passed.remove(&old.tuple());
        review.ahead.push_front(old.item);
    }
    review.exhausted = false;
}

/// A decision was recorded, or could not be.
pub fn answered(model: &mut Model, run: u64, result: Result<Recorded, String>, now: Duration) -> Vec<Effect> {
    let Some(at) = model.review.saving.iter().position(|saving| saving.run == run) else { return Vec::new() };
    let saving = model.review.saving.remove(at);
    let tuple = saving.desk.tuple();
    if let (Ok(Recorded { done, total, .. }), true) = (&result, model.review.saving.is_empty()) {
        (model.review.done, model.review.total) = (*done, *total);
    }
    match result {
        Ok(_) if saving.moved_on => model.review.drafts.retain(|(of, _), _| *of != tuple),
        Ok(_) => {}
        Err(cause) => {
            model.tell(Tone::Bad, format!("not saved: {cause}"), now);
            let flagged = saving.desk.item.tuple.flagged;
            match &mut model.review.desk {
                Some(desk) if !saving.moved_on && desk.tuple() == tuple => desk.item.tuple.flagged = flagged,
                Some(_) | None if saving.moved_on => {
                    put_back(model, saving.desk.item.clone());
                    model.review.desk = Some(OnDesk { compare: None, ..saving.desk });
                }
                Some(_) | None => {}
            }
        }
    }
    Vec::new()
}

/// The run got on: an item without sentences, one being regenerated, or an empty screen is read again.
pub fn refresh(model: &mut Model, now: Duration) -> Vec<Effect> {
    let review = &mut model.review;
    review.exhausted = false;
    let again = review.desk.as_ref().map(OnDesk::tuple).filter(|tuple| {
        let empty = review.desk.as_ref().is_some_and(|desk| desk.item.candidates.is_empty());
        empty || review.regenerating.contains(tuple)
    });
    review.ahead.retain(|item| !item.candidates.is_empty() && !review.regenerating.contains(&item.tuple.id));
    match again {
        Some(tuple) if review.opening.is_none() => open(model, tuple, now),
        None if model.place() == crate::tui::action::Place::Review => {
            if model.review.desk.is_none() {
                model.review.absent = Absent::Loading;
            }
            fetch(model, now)
        }
        Some(_) | None => Vec::new(),
    }
}

fn on_desk(item: ReviewItem) -> OnDesk {
    OnDesk::new(item)
}
