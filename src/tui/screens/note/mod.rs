//! The note of a flag: one line, said to whoever looks at the tuple next.

use crate::domain::TupleId;
use crate::tui::effect::Effect;
use crate::tui::model::{Layer, Model};
use crate::tui::screens::review;
use crate::tui::widgets::line::TextLine;
use crate::tui::widgets::popup;
use ratatui::Frame;
use ratatui::layout::Rect;
use std::time::Duration;

/// A note being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub tuple: TupleId,
    pub line: TextLine,
}

/// Flags with the note.
pub fn save(model: &mut Model, now: Duration) -> Vec<Effect> {
    let Some(Layer::Note(note)) = model.layers.pop() else { return Vec::new() };
    review::update::flag(model, note.tuple, note.line.text(), now)
}

/// Draws the line over the screen, with the terminal's own cursor in it.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, note: &Note) {
    popup::prompt(frame, area, &model.theme, "flag: what should someone look at?", &note.line);
}
