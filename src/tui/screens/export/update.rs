//! Export's behaviour: the form is changed line by line; a dry run or an export is asked for; one at a time.

use super::{Export, Field};
use crate::app::{Errand, Exported, Only, Tacred};
use crate::tui::action::{Move, Place, Typing};
use crate::tui::effect::Effect;
use crate::tui::model::{Model, Tone, settles};
use crate::tui::text;
use crate::tui::update::go;
use crate::tui::widgets::line::TextLine;
use crate::tui::widgets::list;
use std::time::Duration;

/// Moves the selection.
pub fn moved(model: &mut Model, step: Move) {
    let export = &mut model.export;
    export.selected = list::step(export.selected, Export::FIELDS.len(), step, 4);
}

/// Changes the selected line, or takes what was typed.
pub fn submit(model: &mut Model) -> Vec<Effect> {
    let export = &mut model.export;
    let field = export.field();
    if let Some(line) = export.typing.take() {
        if let Some(text) = export.text_mut(field) {
            line.text().trim().clone_into(text);
        }
        export.result = None;
        return Vec::new();
    }
    match field {
        Field::Only => {
            let at = Only::ALL.iter().position(|only| *only == export.only).unwrap_or(0);
            export.only = Only::ALL[(at + 1) % Only::ALL.len()];
            export.result = None;
        }
        Field::Names => {
            export.anonymise = !export.anonymise;
            export.result = None;
        }
        // All four in turn.
        Field::Tacred => {
            (export.tacred, export.escape_brackets) = match (export.tacred, export.escape_brackets) {
                (Tacred::Raw, false) => (Tacred::Hf, false),
                (Tacred::Hf, false) => (Tacred::Raw, true),
                (Tacred::Raw, true) => (Tacred::Hf, true),
                (Tacred::Hf, true) => (Tacred::Raw, false),
            };
            export.result = None;
        }
        Field::Formats | Field::Splits | Field::Least | Field::Licence | Field::Folder => {
            export.typing = Some(TextLine::new(export.text(field)));
        }
    }
    Vec::new()
}

/// Text typed or pasted into a value.
pub fn typed(model: &mut Model, text: &str) {
    if let Some(line) = &mut model.export.typing {
        line.insert(text);
    }
}

/// A move or deletion in a value.
pub fn typing(model: &mut Model, typing: Typing) {
    if let Some(line) = &mut model.export.typing {
        line.apply(typing);
    }
}

/// Gives up typing; false if nothing is typed.
pub fn leave_inner(model: &mut Model) -> bool {
    model.export.typing.take().is_some()
}

/// Asks for a dry run, or for the files.
pub fn run(model: &mut Model, rehearse: bool, now: Duration) -> Vec<Effect> {
    let mut effects = if model.place() == Place::Export { Vec::new() } else { go(model, Place::Export, now) };
    if model.errand.going() {
        let text = format!("{} is still going on; s stops it", model.errand.name);
        model.tell(Tone::Plain, text, now);
        return effects;
    }
    match model.export.wish() {
        Ok(wish) => {
            let pending = model.ask(now);
            model.export.pending = Some(pending);
            model.export.result = None;
            effects.push(Effect::Export { run: pending.run, wish, rehearse });
        }
        Err(fault) => model.tell(Tone::Bad, fault, now),
    }
    effects
}

/// It is done, or could not be.
pub fn exported(model: &mut Model, run: u64, result: Result<Box<Exported>, String>, now: Duration) -> Vec<Effect> {
    if !settles(&mut model.export.pending, run) {
        return Vec::new();
    }
    // Its last word on how far it is may come after its result.
    model.errand = Errand::default();
    match &result {
        Ok(exported) => {
            let (rows, them) = rows(exported.manifest.rows);
            let said = match &exported.folder {
                Some(folder) => format!("{rows} in {}", folder.display()),
                None => format!("{rows} would be written; w writes {them}"),
            };
            model.tell(Tone::Good, said, now);
        }
        Err(_) => model.tell(Tone::Bad, "nothing was written", now),
    }
    model.export.result = Some(result.map(|exported| *exported));
    Vec::new()
}

/// So many rows, and the word that stands for them.
pub(super) fn rows(count: u64) -> (String, &'static str) {
    if count == 1 { ("1 row".to_owned(), "it") } else { (format!("{} rows", text::grouped(count)), "them") }
}
