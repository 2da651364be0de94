//! Jobs on the screen.

use crate::domain::review::Status;
use crate::tui::model::Model;
use crate::tui::screens::home;
use crate::tui::text;
use crate::tui::theme::Token;
use crate::tui::widgets::{list, popup};
use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::{Line, Span};

/// Draws what runs, and what there is to do.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model) {
    let theme = &model.theme;
    let area = area.inner(Margin::new(1, 0));
    let height = 5.min(area.height);
    let run = Rect { height, ..area };
    let block = popup::frame_of(popup::titled("run", theme), theme);
    let inner = block.inner(run).inner(Margin::new(1, 0));
    frame.render_widget(block, run);
    for (row, line) in home::view::running(model, inner.width).into_iter().enumerate() {
        list::put(frame, inner, row, line);
    }
    let rest = Rect { y: run.bottom() + 1, height: area.height.saturating_sub(height + 1), ..area };
    let mut lines = Vec::new();
    let row = |name: &str, value: String| {
        Line::from(vec![Span::styled(text::pad(name, 11), theme.of(Token::Muted)), Span::raw(value)])
    };
    if let Some(home) = &model.home.data {
        let counts = &home.counts;
        lines.push(row("to do", format!("{} tuples have no sentence", text::grouped(counts.at(Status::New)))));
        lines.push(row("made", format!("{} sentences", text::grouped(counts.candidates))));
        lines.push(row(
            "failed",
            format!("{} attempts; the review screen names each cause", text::grouped(counts.failed)),
        ));
    }
    lines.push(Line::default());
    let what = if model.progress.running() { "s stops; what is done is kept" } else { "g starts" };
    lines.push(row("", what.to_owned()));
    for (at, line) in lines.into_iter().enumerate() {
        list::put(frame, rest, at, line);
    }
}
