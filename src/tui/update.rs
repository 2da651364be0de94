//! The whole behaviour of the interface: (model, event, now) to effects. Reads no clock, does no I/O, never
//! fails. `now` is the time since start.

use super::action::{Action, Move, Place};
use super::effect::Effect;
use super::event::{Event, Reply};
use super::key::{self, Code, Key};
use super::keymap::{Found, Mode};
use super::model::{Layer, Model, Tone};
use super::screens::models::Doing;
use super::screens::{
    adjudicate, confirm, export, help, home, jobs, models, note, output, palette, pivot, reports, review, sweep,
    tuples, verify,
};
use crate::app::Progress;
use std::time::Duration;

/// The first requests, with `place` on the screen.
pub fn start(model: &mut Model, place: Place, now: Duration) -> Vec<Effect> {
    let mut effects = go(model, place, now);
    if model.home.pending.is_none() {
        effects.extend(home::update::load(model, now));
    }
    effects
}

/// What one event changes, and what it asks for.
pub fn update(model: &mut Model, event: Event, now: Duration) -> Vec<Effect> {
    model.dirty = true;
    match event {
        Event::Key(key) => press(model, key, now),
        Event::Paste(text) => typed(model, &text, now),
        Event::Wheel(step) => act(model, Action::Move(step), now),
        Event::Resize => Vec::new(),
        Event::Progress(progress) => progressed(model, progress, now),
        Event::Errand(errand) => {
            model.errand = errand;
            Vec::new()
        }
        Event::Command(said) => output::said(model, said, now),
        Event::Reply(run, reply) => replied(model, run, reply, now),
        Event::Edited(text) => review::edit::returned(model, text, now),
        Event::Wake => {
            model.notice = model.notice.take().filter(|notice| notice.until > now);
            Vec::new()
        }
        Event::Terminate => vec![Effect::Quit],
    }
}

/// A key: part of a chord, an action, or text.
fn press(model: &mut Model, key: Key, now: Duration) -> Vec<Effect> {
    let mode = model.mode();
    if model.chord.is_empty() && mode.types() {
        return match (model.keymap.find(mode, &[key]), key.typed()) {
            (Found::Action(action), _) => act(model, action, now),
            (Found::Waiting | Found::Nothing, Some(c)) => typed(model, c.encode_utf8(&mut [0; 4]), now),
            (Found::Waiting | Found::Nothing, None) => Vec::new(),
        };
    }
    if key.code == Code::Esc && !model.chord.is_empty() {
        model.chord.clear();
        return Vec::new();
    }
    model.chord.push(key);
    let mut found = model.keymap.find(mode, &model.chord);
    if found == Found::Nothing {
        // Nothing is bound to what was typed; perhaps to what the same key types on a Latin keyboard.
        model.chord.pop();
        model.chord.push(key.latin());
        found = model.keymap.find(mode, &model.chord);
    }
    match found {
        Found::Action(action) => {
            model.chord.clear();
            act(model, action, now)
        }
        Found::Waiting => Vec::new(),
        Found::Nothing => {
            let chord = std::mem::take(&mut model.chord);
            if chord.len() > 1 {
                model.tell(Tone::Plain, format!("{} means nothing here", key::spell(&chord)), now);
            }
            Vec::new()
        }
    }
}

/// Text for whatever has the keyboard; where nothing does, it goes nowhere: a paste is never a command.
fn typed(model: &mut Model, text: &str, now: Duration) -> Vec<Effect> {
    match model.layers.last_mut() {
        Some(Layer::Help(help)) => help.typed(text),
        Some(Layer::Palette(palette)) => palette.typed(text),
        Some(Layer::Note(note)) => note.line.insert(text),
        Some(Layer::Base(Place::Tuples)) if model.tuples.typing => return tuples::update::typed(model, text, now),
        Some(Layer::Base(Place::Review | Place::Adjudicate)) => review::edit::typed(model, text),
        Some(Layer::Base(Place::Export)) => export::update::typed(model, text),
        Some(Layer::Base(_) | Layer::Confirm(_) | Layer::Pivot(_) | Layer::Sweep(_) | Layer::Output(_)) | None => {}
    }
    Vec::new()
}

/// What an action does, wherever it came from.
pub fn act(model: &mut Model, action: Action, now: Duration) -> Vec<Effect> {
    match action {
        Action::Go(place) => go(model, place, now),
        Action::Leave if matches!(&model.layers[..], [Layer::Base(Place::Home)]) => {
            model.tell(Tone::Plain, "Q quits", now);
            Vec::new()
        }
        Action::Back | Action::Leave => back(model, now),
        Action::Submit => submit(model, now),
        Action::Quit => quit(model),
        Action::Suspend => vec![Effect::Suspend],
        Action::Redraw => vec![Effect::Redraw],
        Action::Help => open(model, Layer::Help(help::Help::default())),
        Action::Palette => open(model, Layer::Palette(palette::Palette::default())),
        Action::Undo => {
            let run = model.ask(now).run;
            model.undoing.push(run);
            vec![Effect::Undo { run }]
        }
        Action::Redo => {
            let run = model.ask(now).run;
            model.undoing.push(run);
            vec![Effect::Redo { run }]
        }
        Action::Skip if model.place() == Place::Verify => verify::update::skip(model, now),
        Action::Skip if model.place() == Place::Adjudicate => adjudicate::update::skip(model, now),
        Action::Skip => review::update::skip(model, now),
        Action::Generate => home::update::generate(model, now),
        Action::Retry => home::update::retry(model, now),
        Action::Stop if model.mode() == Mode::Output => vec![Effect::StopCommand],
        Action::Stop if model.errand.going() && matches!(model.place(), Place::Export | Place::Models) => {
            vec![Effect::StopErrand]
        }
        Action::Stop => home::update::stop(model, now),
        Action::Filter => tuples::update::filter(model, now),
        Action::ClearFilter => tuples::update::clear(model, now),
        Action::Complete if model.mode() == Mode::Search => palette::complete(model),
        Action::Complete => tuples::update::complete(model, now),
        Action::Sort => tuples::update::sort(model, now),
        Action::Facets => quietly(|| tuples::facets::focus(model)),
        Action::Pivot => pivot::turn(model, now),
        Action::Sweep(sweep) => sweep::ask(model, sweep, now),
        Action::Copy => copy(model, now),
        Action::Rehearse => export::update::run(model, true, now),
        Action::Write => export::update::run(model, false, now),
        Action::Pull => models::update::run(model, Doing::Pull, now),
        Action::Check => models::update::run(model, Doing::Check, now),
        Action::Output => output::show(model, now),
        Action::Theme => {
            model.theme = model.theme.next();
            let name = model.theme.name.clone();
            model.tell(Tone::Plain, format!("theme: {name}"), now);
            Vec::new()
        }
        Action::Mouse => {
            model.mouse = !model.mouse;
            let text = if model.mouse { "mouse on: the wheel scrolls" } else { "mouse off: select and copy as ever" };
            model.tell(Tone::Plain, text, now);
            vec![Effect::Mouse(model.mouse)]
        }
        Action::Move(step) => moved(model, step, now),
        Action::Typing(typing) => match model.layers.last_mut() {
            Some(Layer::Help(help)) => quietly(|| help.line.apply(typing)),
            Some(Layer::Palette(palette)) => quietly(|| palette.line.apply(typing)),
            Some(Layer::Note(note)) => quietly(|| note.line.apply(typing)),
            Some(Layer::Base(Place::Tuples)) => tuples::update::typing(model, typing, now),
            Some(Layer::Base(Place::Review | Place::Adjudicate)) => quietly(|| review::edit::typing(model, typing)),
            Some(Layer::Base(Place::Export)) => quietly(|| export::update::typing(model, typing)),
            Some(Layer::Base(_) | Layer::Confirm(_) | Layer::Pivot(_) | Layer::Sweep(_) | Layer::Output(_)) | None => {
                Vec::new()
            }
        },
        Action::Desk(desk) if model.place() == Place::Review => review::update::act(model, desk, now),
        Action::Desk(desk) if model.place() == Place::Adjudicate => adjudicate::update::act(model, desk, now),
        Action::Verdict(verdict) if model.place() == Place::Verify => verify::update::verdict(model, verdict, now),
        Action::Desk(_) | Action::Verdict(_) => {
            let where_to = if matches!(action, Action::Desk(_)) { Place::Review } else { Place::Verify };
            model.tell(Tone::Plain, format!("{} works in {}", action.name(), where_to.title()), now);
            Vec::new()
        }
    }
}

/// Puts what is selected on the clipboard.
fn copy(model: &mut Model, now: Duration) -> Vec<Effect> {
    let text = match model.place() {
        _ if model.mode() == Mode::Output => output::whole(&model.output),
        Place::Review => model.review.desk.as_ref().and_then(|desk| {
            let at = desk.compare.as_ref().map_or(desk.selected, review::compare::Compare::index);
            desk.item.candidates.get(at).map(|candidate| candidate.text.clone())
        }),
        Place::Adjudicate => {
            let bench = model.adjudicate.bench.as_ref();
            bench.and_then(|bench| bench.item.answers.get(bench.selected)).and_then(|given| given.text.clone())
        }
        Place::Verify => model.verify.trial.as_ref().map(|trial| trial.item.text.clone()),
        Place::Tuples => model.tuples.rows.get(model.tuples.selected).map(|row| super::undo::fact(&row.tuple)),
        Place::Home | Place::Jobs | Place::Reports | Place::Export | Place::Models => None,
    };
    let Some(text) = text else {
        model.tell(Tone::Plain, "there is nothing to copy here", now);
        return Vec::new();
    };
    model.tell(Tone::Good, "copied, if the terminal lets programs use its clipboard (OSC 52)", now);
    vec![Effect::Copy(text)]
}

fn quietly(change: impl FnOnce()) -> Vec<Effect> {
    change();
    Vec::new()
}

fn open(model: &mut Model, layer: Layer) -> Vec<Effect> {
    model.layers.push(layer);
    Vec::new()
}

/// Goes to a screen. A screen already on the stack is returned to, so that the stack stays short.
pub fn go(model: &mut Model, place: Place, now: Duration) -> Vec<Effect> {
    model.layers.retain(|layer| matches!(layer, Layer::Base(_)));
    if let Some(at) = model.layers.iter().position(|layer| *layer == Layer::Base(place)) {
        model.layers.truncate(at + 1);
    } else {
        model.layers.push(Layer::Base(place));
    }
    model.facts = super::model::Facts::default();
    match place {
        Place::Home => home::update::load(model, now),
        Place::Jobs => jobs::update::load(model, now),
        Place::Tuples => tuples::update::enter(model, now),
        Place::Review => review::update::enter(model, now),
        Place::Verify => verify::update::enter(model, now),
        Place::Adjudicate => adjudicate::update::enter(model, now),
        Place::Reports => reports::update::enter(model, now),
        Place::Export => Vec::new(),
        Place::Models => models::update::enter(model, now),
    }
}

fn back(model: &mut Model, now: Duration) -> Vec<Effect> {
    let on_review = model.layers.last() == Some(&Layer::Base(Place::Review));
    if on_review && review::update::leave_inner(model, now) {
        return Vec::new();
    }
    let inner = match model.layers.last() {
        Some(Layer::Base(Place::Adjudicate)) => adjudicate::update::leave_inner(model),
        Some(Layer::Base(Place::Export)) => export::update::leave_inner(model),
        _ => false,
    };
    if inner {
        return Vec::new();
    }
    match model.layers.last() {
        Some(Layer::Base(Place::Tuples)) if model.tuples.typing => tuples::update::leave_filter(model, now),
        Some(Layer::Base(_)) if model.layers.len() == 1 => quit(model),
        Some(Layer::Base(_)) => {
            model.layers.pop();
            let place = model.place();
            go(model, place, now)
        }
        Some(
            Layer::Help(_)
            | Layer::Palette(_)
            | Layer::Confirm(_)
            | Layer::Note(_)
            | Layer::Pivot(_)
            | Layer::Sweep(_)
            | Layer::Output(_),
        )
        | None => {
            model.layers.pop();
            Vec::new()
        }
    }
}

fn submit(model: &mut Model, now: Duration) -> Vec<Effect> {
    match model.layers.last() {
        Some(Layer::Help(_) | Layer::Output(_)) => back(model, now),
        Some(Layer::Palette(_)) => palette::submit(model, now),
        Some(Layer::Confirm(confirm)) => match confirm.then {
            confirm::Then::Quit => vec![Effect::Quit],
        },
        Some(Layer::Note(_)) => note::save(model, now),
        Some(Layer::Pivot(_)) => pivot::submit(model, now),
        Some(Layer::Sweep(_)) => sweep::submit(model, now),
        Some(Layer::Base(Place::Adjudicate)) => adjudicate::update::save(model, now),
        Some(Layer::Base(Place::Export)) => export::update::submit(model),
        Some(Layer::Base(Place::Tuples)) => tuples::update::submit(model, now),
        Some(Layer::Base(Place::Review)) => review::edit::save(model, now),
        Some(Layer::Base(_)) | None => Vec::new(),
    }
}

/// Quits at once if nothing runs; a second time, or once asked, always.
fn quit(model: &mut Model) -> Vec<Effect> {
    let asked = model.layers.iter().any(|layer| matches!(layer, Layer::Confirm(_)));
    let progress = &model.progress;
    let going = [(model.errand.going(), &model.errand.name), (model.output.going(), &model.output.line)];
    let going = going.into_iter().find(|(going, _)| *going);
    let question = match (progress.running(), going) {
        (true, _) => format!("{} of {} tuples are generated. Stop, and quit?", progress.done, progress.total),
        (false, Some((_, name))) => format!("{name} is going on. Stop it, and quit?"),
        (false, None) => String::new(),
    };
    if question.is_empty() || asked {
        return vec![Effect::Quit];
    }
    open(model, Layer::Confirm(confirm::Confirm { question, then: confirm::Then::Quit }))
}

fn moved(model: &mut Model, step: Move, now: Duration) -> Vec<Effect> {
    let rows = model.facts.rows;
    match model.layers.last_mut() {
        Some(Layer::Help(_)) => quietly(|| help::moved(model, step)),
        Some(Layer::Palette(_)) => quietly(|| palette::moved(model, step)),
        Some(Layer::Output(_)) => quietly(|| output::moved(model, step)),
        Some(Layer::Base(Place::Tuples)) => tuples::update::moved(model, step, now),
        Some(Layer::Base(Place::Review)) => quietly(|| review::update::moved(model, step)),
        Some(Layer::Pivot(pivot)) => quietly(|| pivot::moved(pivot, step, rows)),
        Some(Layer::Base(Place::Adjudicate)) => quietly(|| adjudicate::update::moved(model, step)),
        Some(Layer::Base(Place::Jobs)) => quietly(|| jobs::update::moved(model, step)),
        Some(Layer::Base(Place::Reports)) => quietly(|| reports::update::moved(model, step)),
        Some(Layer::Base(Place::Export)) => quietly(|| export::update::moved(model, step)),
        Some(Layer::Base(Place::Models)) => quietly(|| models::update::moved(model, step)),
        Some(Layer::Base(Place::Home | Place::Verify) | Layer::Confirm(_) | Layer::Note(_) | Layer::Sweep(_))
        | None => Vec::new(),
    }
}

fn progressed(model: &mut Model, progress: Progress, now: Duration) -> Vec<Effect> {
    let news = progress.epoch != model.progress.epoch || progress.phase != model.progress.phase;
    let failed = progress.phase == crate::app::Phase::Failed && model.progress.phase != progress.phase;
    if failed {
        model.tell(Tone::Bad, format!("the run failed: {}", progress.note), now);
    }
    model.progress = progress;
    if news { refresh(model, now) } else { Vec::new() }
}

/// Reads again what the screen shows; the item at hand stays.
pub fn refresh(model: &mut Model, now: Duration) -> Vec<Effect> {
    let mut effects = review::update::refresh(model, now);
    match model.place() {
        Place::Home => effects.extend(home::update::load(model, now)),
        Place::Jobs => effects.extend(jobs::update::load(model, now)),
        Place::Tuples => effects.extend(tuples::update::refresh(model, now)),
        Place::Models => effects.extend(models::update::enter(model, now)),
        Place::Review | Place::Verify | Place::Adjudicate | Place::Reports | Place::Export => {}
    }
    effects
}

/// An answer. Those to requests that were given up since are dropped by number.
fn replied(model: &mut Model, run: u64, reply: Reply, now: Duration) -> Vec<Effect> {
    match reply {
        Reply::Home(result) => home::update::loaded(model, run, result, now),
        Reply::Page(result) => tuples::update::page(model, run, result, now),
        Reply::Count(result) => tuples::update::counted(model, run, result),
        Reply::Tally(result) => match tuples::facets::tallied(model, run, &result, now) {
            Some(effects) => effects,
            None => quietly(|| pivot::tallied(model, run, result)),
        },
        Reply::Preview(result) => quietly(|| sweep::previewed(model, run, result)),
        Reply::Swept(result) => sweep::swept(model, run, result, now),
        Reply::Next(result) => review::update::next(model, run, result, now),
        Reply::Opened(result) => review::update::opened(model, run, result, now),
        Reply::Answered(result) => match adjudicate::update::answered(model, run, &result, now) {
            Some(effects) => effects,
            None => review::update::answered(model, run, result, now),
        },
        Reply::ToSettle(result) => adjudicate::update::arrived(model, run, result),
        Reply::ToVerify(result) => verify::update::arrived(model, run, result),
        Reply::Verified(result) => verify::update::verified(model, run, result, now),
        Reply::Undone(result) => super::undo::done(model, run, result, "undid", now),
        Reply::Redone(result) => super::undo::done(model, run, result, "redid", now),
        Reply::Reports(result) => quietly(|| reports::update::read(model, run, result)),
        Reply::Made(result) => quietly(|| jobs::update::counted(model, run, result)),
        Reply::Models(rows) => quietly(|| models::update::listed(model, run, rows)),
        Reply::Exported(result) => export::update::exported(model, run, result, now),
        Reply::Shelved(result) => models::update::shelved(model, run, result, now),
        Reply::Commanded(result) => quietly(|| output::begun(model, result)),
        Reply::Started(Ok(())) => Vec::new(),
        Reply::Started(Err(cause)) => {
            model.review.regenerating.clear();
            model.tell(Tone::Bad, cause, now);
            Vec::new()
        }
    }
}
