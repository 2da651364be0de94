//! Editing a sentence: in place, with the entities found again at every key, or in `$EDITOR`.

use super::update::decide;
use crate::app::Answer;
use crate::domain::mention::{self, Pair};
use crate::domain::{CandidateId, Entity, clean};
use crate::tui::action::{Place, Typing};
use crate::tui::effect::Effect;
use crate::tui::model::{Model, Tone};
use crate::tui::text;
use crate::tui::widgets::line::TextLine;
use std::time::Duration;

/// A sentence being edited.
#[derive(Debug, Clone, PartialEq)]
pub struct Editor {
    /// The candidate it began from; none if it is written from nothing.
    pub base: Option<CandidateId>,
    pub original: String,
    pub line: TextLine,
    /// Where the entities stand in the text as it is now.
    pub pair: Pair,
    /// True once a lost entity was pointed out; saving again then means it.
    pub warned: bool,
    head: Entity,
    tail: Entity,
}

/// What saving an edited sentence comes to.
#[derive(Debug, Clone, PartialEq)]
pub enum Saved {
    /// It is the sentence that was edited, and nothing else.
    Unchanged,
    Changed(Answer),
    /// Not yet, and why.
    Not(String),
}

impl Editor {
    #[must_use]
    pub fn new(base: Option<CandidateId>, original: &str, text: &str, head: &Entity, tail: &Entity) -> Self {
        let mut editor = Self {
            base,
            original: original.to_owned(),
            line: TextLine::new(text),
            pair: Pair::default(),
            warned: false,
            head: head.clone(),
            tail: tail.clone(),
        };
        editor.look();
        editor
    }

    /// Finds the entities again after a change.
    fn look(&mut self) {
        self.pair = mention::locate(self.line.text(), &self.head, &self.tail);
        self.warned = false;
    }

    /// The text as it is now, if it is worth keeping.
    #[must_use]
    pub fn draft(&self) -> Option<&str> {
        let text = self.line.text();
        (!text.trim().is_empty() && text != self.original).then_some(text)
    }

    /// A lost entity is pointed out first; saving again means it.
    pub fn save(&mut self) -> Saved {
        let sentence = clean::sentence(self.line.text());
        if sentence.is_empty() {
            return Saved::Not("the sentence is empty".to_owned());
        }
        if sentence == clean::sentence(&self.original) {
            return Saved::Unchanged;
        }
        let lost = self.lost();
        if !lost.is_empty() && !self.warned {
            self.warned = true;
            let lost = lost.join(" and the ");
            return Saved::Not(format!("the sentence no longer names the {lost}; save again to keep it so"));
        }
        Saved::Changed(Answer::Edit { base: self.base, text: sentence, confirmed: self.warned })
    }

    /// The entities that the text does not name.
    #[must_use]
    pub fn lost(&self) -> Vec<&'static str> {
        let ends = [(self.pair.head, "head"), (self.pair.tail, "tail")];
        ends.into_iter().filter(|(found, _)| found.is_none()).map(|(_, end)| end).collect()
    }
}

/// Opens the editor on the selected sentence, or on the draft that was made of it.
pub fn begin(model: &mut Model) -> Vec<Effect> {
    let review = &mut model.review;
    let Some(desk) = &mut review.desk else { return Vec::new() };
    if let Some(compare) = desk.compare.take() {
        desk.selected = compare.index();
    }
    // Who has just come back to the item goes on where they left it; who went to another sentence means that.
    let place = |id: &CandidateId| desk.item.candidates.iter().position(|c| c.id == *id);
    let drafted: Vec<usize> = review
        .drafts
        .keys()
        .filter(|(of, _)| *of == desk.tuple())
        .filter_map(|(_, base)| place(base.as_ref()?))
        .collect();
    if !desk.moved && !drafted.contains(&desk.selected) {
        desk.selected = drafted.first().copied().unwrap_or(desk.selected);
    }
    let base = desk.item.candidates.get(desk.selected);
    let original = base.map_or("", |c| c.text.as_str());
    let text = review.drafts.get(&(desk.item.tuple.id, base.map(|c| c.id))).map_or(original, String::as_str);
    let tuple = &desk.item.tuple.tuple;
    model.notice = None;
    desk.editor = Some(Editor::new(base.map(|c| c.id), original, text, &tuple.head, &tuple.tail));
    Vec::new()
}

/// Text typed or pasted into the editor.
pub fn typed(model: &mut Model, text: &str) {
    if let Some(editor) = editor(model) {
        editor.line.insert(text);
        editor.look();
    }
}

/// A move or deletion in the editor.
pub fn typing(model: &mut Model, typing: Typing) {
    let wrap = model.facts.wrap;
    let Some(editor) = editor(model) else { return };
    match typing {
        Typing::LineUp | Typing::LineDown => by_line(&mut editor.line, typing == Typing::LineUp, wrap),
        Typing::Restore => {
            let original = editor.original.clone();
            editor.line.set(&original);
        }
        Typing::Left
        | Typing::Right
        | Typing::WordLeft
        | Typing::WordRight
        | Typing::Start
        | Typing::End
        | Typing::Backspace
        | Typing::Delete
        | Typing::DeleteWord
        | Typing::DeleteToStart
        | Typing::DeleteToEnd
        | Typing::Undo
        | Typing::Redo => editor.line.apply(typing),
    }
    let warned = editor.warned && editor.pair == mention::locate(editor.line.text(), &editor.head, &editor.tail);
    editor.look();
    editor.warned = warned;
}

/// Moves the cursor to the line above or below, as the text is wrapped on the screen.
fn by_line(line: &mut TextLine, up: bool, wrap: u16) {
    let cells = text::cells(line.text(), |_| ratatui::style::Style::default());
    let lines = text::wrap(&cells, wrap);
    let (row, column) = text::place(&cells, &lines, line.cursor());
    let target = if up { row.checked_sub(1) } else { Some(row + 1).filter(|row| *row < lines.len()) };
    let end = line.text().len();
    let to = match target.and_then(|row| lines.get(row).map(|range| (row, range.clone()))) {
        None if up => 0,
        None => end,
        Some((_, range)) => {
            let mut used = 0;
            let cell = cells[range.clone()].iter().find(|cell| {
                used += cell.width;
                used > column
            });
            let after = cells.get(range.end).map_or(end, |cell| cell.start);
            let last = if range.end == cells.len() { end } else { cells[range.end - 1].start.min(after) };
            cell.map_or(last, |cell| cell.start)
        }
    };
    line.jump(to);
}

/// The editor of the screen.
fn editor(model: &mut Model) -> Option<&mut Editor> {
    if model.place() == Place::Adjudicate {
        return model.adjudicate.bench.as_mut()?.editor.as_mut();
    }
    model.review.desk.as_mut()?.editor.as_mut()
}

/// Saves the sentence.
pub fn save(model: &mut Model, now: Duration) -> Vec<Effect> {
    let Some(desk) = &mut model.review.desk else { return Vec::new() };
    let index = desk.selected;
    let Some(editor) = &mut desk.editor else { return Vec::new() };
    let base = editor.base;
    let answer = match (editor.save(), base) {
        // Nothing was changed: the candidate itself is taken.
        (Saved::Unchanged, Some(base)) => Answer::Take(base),
        (Saved::Unchanged, None) => return Vec::new(),
        (Saved::Changed(answer), _) => answer,
        (Saved::Not(why), _) => {
            model.tell(Tone::Bad, why, now);
            return Vec::new();
        }
    };
    // Until it is recorded the text is kept as a draft, so that a failure loses nothing.
    if let Some(editor) = desk.editor.take() {
        let tuple = desk.tuple();
        model.review.keep_draft(tuple, &editor);
    }
    decide(model, answer, base.map(|_| index), now)
}

/// Hands the text to `$EDITOR`.
pub fn external(model: &mut Model) -> Vec<Effect> {
    if editor(model).is_none() && model.place() == Place::Review {
        begin(model);
    }
    let text = editor(model).map(|editor| editor.line.text().to_owned());
    text.map_or_else(Vec::new, |text| vec![Effect::ExternalEditor { text }])
}

/// What `$EDITOR` gave back goes into the editor on the screen, to be looked at and saved there.
pub fn returned(model: &mut Model, text: Result<String, String>, now: Duration) -> Vec<Effect> {
    match (text, editor(model)) {
        (Ok(text), Some(editor)) => {
            editor.line.set(&clean::sentence(&text));
            editor.look();
        }
        (Ok(_), None) => {}
        (Err(cause), _) => model.tell(Tone::Bad, cause, now),
    }
    Vec::new()
}
