//! Tuples' behaviour: filter, order, pages. At most one page is on its way; when it comes and the filter has
//! changed meanwhile, the newest filter is asked for, and those between never are.

use super::{complete, facets};
use crate::app::{Filter, Page, Sort};
use crate::domain::filter::{Term, Test};
use crate::tui::action::{Move, Place, Typing};
use crate::tui::effect::Effect;
use crate::tui::model::{Model, Tone, settles};
use crate::tui::screens::review;
use crate::tui::update::go;
use crate::tui::widgets::line::TextLine;
use crate::tui::widgets::list;
use std::time::Duration;

/// Rows asked for at once.
const PAGE: usize = 200;

/// Rows before the end at which the next page is asked for.
const NEAR: usize = 100;

/// Comes to the screen: what others or the run did since is read.
pub fn enter(model: &mut Model, now: Duration) -> Vec<Effect> {
    let mut effects = reload(model, now);
    effects.extend(facets::load(model, now));
    effects
}

/// The run got on. The counts beside the list are not made anew for every tuple.
pub fn refresh(model: &mut Model, now: Duration) -> Vec<Effect> {
    reload(model, now)
}

/// Asks for the list from its top, as far as it was read; the selection stays where it is.
fn reload(model: &mut Model, now: Duration) -> Vec<Effect> {
    if model.tuples.pending.is_some() {
        model.tuples.again = true;
        return Vec::new();
    }
    let (pending, counting) = (model.ask(now), model.ask(now));
    let tuples = &mut model.tuples;
    tuples.pending = Some(pending);
    tuples.counting = Some(counting);
    tuples.growing = false;
    tuples.again = false;
    let limit = (tuples.selected + NEAR).div_ceil(PAGE) * PAGE;
    let (filter, sort) = (tuples.applied.clone(), tuples.sort);
    vec![
        Effect::LoadPage { run: pending.run, filter: filter.clone(), sort, after: None, limit },
        Effect::Count { run: counting.run, filter },
    ]
}

/// Asks for the next page if the selection is near the end.
fn grow(model: &mut Model, now: Duration) -> Vec<Effect> {
    let tuples = &model.tuples;
    let Some(after) = tuples.next.clone() else { return Vec::new() };
    if tuples.pending.is_some() || tuples.selected + NEAR < tuples.rows.len() {
        return Vec::new();
    }
    let pending = model.ask(now);
    let tuples = &mut model.tuples;
    tuples.pending = Some(pending);
    tuples.growing = true;
    let (filter, sort) = (tuples.applied.clone(), tuples.sort);
    vec![Effect::LoadPage { run: pending.run, filter, sort, after: Some(after), limit: PAGE }]
}

/// Rows arrived.
pub fn page(model: &mut Model, run: u64, result: Result<Page, String>, now: Duration) -> Vec<Effect> {
    let tuples = &mut model.tuples;
    if !settles(&mut tuples.pending, run) {
        return Vec::new();
    }
    if tuples.again {
        return reload(model, now);
    }
    match result {
        Ok(page) => {
            tuples.error = None;
            if tuples.growing {
                tuples.rows.extend(page.rows);
            } else {
                tuples.rows = page.rows;
            }
            tuples.next = page.next;
        }
        Err(cause) => tuples.error = Some(cause),
    }
    settle(model);
    grow(model, now)
}

/// The number of tuples in the filter arrived.
pub fn counted(model: &mut Model, run: u64, result: Result<u64, String>) -> Vec<Effect> {
    if settles(&mut model.tuples.counting, run) {
        model.tuples.total = result.ok();
    }
    Vec::new()
}

/// Keeps selection and top within the rows.
fn settle(model: &mut Model) {
    let rows = model.facts.rows;
    let tuples = &mut model.tuples;
    tuples.selected = tuples.selected.min(tuples.rows.len().saturating_sub(1));
    tuples.top = list::follow(tuples.top, tuples.selected, tuples.rows.len(), rows);
}

/// Moves the selection; the last one is the last that was read, and more is read on the way.
pub fn moved(model: &mut Model, step: Move, now: Duration) -> Vec<Effect> {
    if model.tuples.facets.focused && !model.tuples.typing {
        facets::moved(model, step);
        return Vec::new();
    }
    let rows = model.facts.rows;
    let tuples = &mut model.tuples;
    tuples.selected = list::step(tuples.selected, tuples.rows.len(), step, rows);
    settle(model);
    grow(model, now)
}

/// Begins to type a filter.
pub fn filter(model: &mut Model, now: Duration) -> Vec<Effect> {
    let effects = if model.place() == Place::Tuples { Vec::new() } else { go(model, Place::Tuples, now) };
    let tuples = &mut model.tuples;
    tuples.typing = true;
    tuples.facets.focused = false;
    tuples.completion = None;
    tuples.before = tuples.line.text().to_owned();
    effects
}

/// Text typed or pasted into the filter.
pub fn typed(model: &mut Model, text: &str, now: Duration) -> Vec<Effect> {
    model.tuples.line.insert(text);
    model.tuples.completion = None;
    apply(model, now)
}

/// What can be filled in where the cursor stands.
#[must_use]
pub fn completions(model: &Model) -> Option<complete::Completion> {
    let tuples = &model.tuples;
    let before = tuples.line.text().get(..tuples.line.cursor())?;
    tuples.completion.clone().or_else(|| complete::find(before, &tuples.facets.known))
}

/// Fills in the best word, or puts the next one in its place.
pub fn complete(model: &mut Model, now: Duration) -> Vec<Effect> {
    let Some(mut completion) = completions(model) else { return Vec::new() };
    let tuples = &mut model.tuples;
    if tuples.completion.is_some() {
        completion.at = (completion.at + 1) % completion.words.len();
    }
    let text = tuples.line.text();
    let (Some(before), Some(after)) = (text.get(..completion.start), text.get(tuples.line.cursor()..)) else {
        return Vec::new();
    };
    let filled = format!("{before}{}", completion.words[completion.at]);
    let whole = format!("{filled}{after}");
    tuples.line.set(&whole);
    tuples.line.jump(filled.len());
    tuples.completion = Some(completion).filter(|completion| completion.words.len() > 1);
    apply(model, now)
}

/// A move or deletion in the filter.
pub fn typing(model: &mut Model, typing: Typing, now: Duration) -> Vec<Effect> {
    model.tuples.line.apply(typing);
    model.tuples.completion = None;
    apply(model, now)
}

/// Applies the filter as it is typed; a fault is shown in place and the last sound filter stays.
fn apply(model: &mut Model, now: Duration) -> Vec<Effect> {
    let tuples = &mut model.tuples;
    match tuples.line.text().parse::<Filter>() {
        Ok(filter) if filter == tuples.applied => {
            tuples.fault = None;
            Vec::new()
        }
        Ok(filter) => {
            tuples.fault = None;
            tuples.applied = filter;
            (tuples.selected, tuples.top) = (0, 0);
            enter(model, now)
        }
        Err(fault) => {
            tuples.fault = Some(fault);
            Vec::new()
        }
    }
}

/// Lets only those through that pass one more test. If that test stands in the filter already, `toggle` takes it away.
pub fn narrow(model: &mut Model, test: Test, toggle: bool, now: Duration) -> Vec<Effect> {
    let mut filter = model.tuples.applied.clone();
    let term = Term { negated: false, test };
    match filter.terms.iter().position(|other| *other == term) {
        Some(at) if toggle => drop(filter.terms.remove(at)),
        Some(_) => {}
        None => filter.terms.push(term),
    }
    model.tuples.line = TextLine::new(&filter.to_string());
    apply(model, now)
}

/// Gives up typing: the filter is as it was.
pub fn leave_filter(model: &mut Model, now: Duration) -> Vec<Effect> {
    let tuples = &mut model.tuples;
    tuples.typing = false;
    tuples.line = TextLine::new(&tuples.before);
    apply(model, now)
}

/// Shows all tuples again.
pub fn clear(model: &mut Model, now: Duration) -> Vec<Effect> {
    model.tuples.line = TextLine::default();
    apply(model, now)
}

/// Changes to the next order.
pub fn sort(model: &mut Model, now: Duration) -> Vec<Effect> {
    if model.place() != Place::Tuples {
        model.tell(Tone::Plain, "sort works in Tuples", now);
        return Vec::new();
    }
    let tuples = &mut model.tuples;
    let at = Sort::ALL.iter().position(|sort| *sort == tuples.sort).unwrap_or(0);
    tuples.sort = Sort::ALL[(at + 1) % Sort::ALL.len()];
    (tuples.selected, tuples.top) = (0, 0);
    reload(model, now)
}

/// Keeps the filter, or opens the selected tuple for review.
pub fn submit(model: &mut Model, now: Duration) -> Vec<Effect> {
    let tuples = &mut model.tuples;
    if tuples.typing {
        // An unsound filter cannot be kept; its fault stays on the screen.
        tuples.typing = tuples.fault.is_some();
        return Vec::new();
    }
    if tuples.facets.focused {
        let chosen = tuples.facets.rows().nth(tuples.facets.selected);
        let test = chosen.and_then(|(column, (value, _))| column.narrowed(value));
        return test.map_or_else(Vec::new, |test| narrow(model, test, true, now));
    }
    let Some(tuple) = tuples.rows.get(tuples.selected).map(|row| row.id) else { return Vec::new() };
    let mut effects = review::update::open(model, tuple, now);
    effects.extend(go(model, Place::Review, now));
    effects
}
