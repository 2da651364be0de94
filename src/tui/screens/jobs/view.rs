//! Jobs on the screen.

use crate::app::Made;
use crate::domain::review::Status;
use crate::tui::model::{Facts, Model};
use crate::tui::screens::home;
use crate::tui::text;
use crate::tui::theme::Token;
use crate::tui::widgets::{list, popup};
use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::{Line, Span};

/// Draws what runs, what there is to do, and what was made.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, facts: &mut Facts) {
    let theme = &model.theme;
    let area = area.inner(Margin::new(1, 0));
    let height = 5.min(area.height);
    let run = Rect { height, ..area };
    let block = popup::frame_of(popup::titled("run", theme), theme);
    let inner = block.inner(run).inner(Margin::new(1, 0));
    frame.render_widget(block, run);
    let mut lines = home::view::running(model, inner.width);
    if let Some(home) = model.home.data.as_ref().filter(|_| lines.len() < 3) {
        let waiting = format!("{} tuples have no sentence", text::grouped(home.counts.at(Status::New)));
        lines.push(Line::from(vec![Span::styled(text::pad("to do", 11), theme.of(Token::Muted)), Span::raw(waiting)]));
    }
    for (row, line) in lines.into_iter().enumerate() {
        list::put(frame, inner, row, line);
    }
    let rest = Rect { y: run.bottom(), height: area.height - height, ..area };
    facts.rows = rest.height;
    for (row, line) in table(model, rest.width).into_iter().skip(model.jobs.top).enumerate() {
        list::put(frame, rest, row, line);
    }
}

/// A row a method, then a row a cause of failure, then the log.
fn table(model: &Model, width: u16) -> Vec<Line<'static>> {
    let theme = &model.theme;
    let jobs = &model.jobs;
    let muted = theme.of(Token::Muted);
    if let Some(cause) = &jobs.error {
        let fault = format!("The counts cannot be read: {cause}");
        return vec![Line::styled(text::fit(&fault, width), theme.of(Token::Bad))];
    }
    let Made { methods, failures, log } = &jobs.made;
    let heading = format!("{}{:>11}{:>9}{:>12}", text::pad("method", 26), "sentences", "failed", "tokens/s");
    let mut lines = vec![Line::styled(text::fit(&heading, width), muted)];
    if methods.is_empty() {
        lines.push(Line::styled("No sentence is made yet.", muted));
    }
    for method in methods {
        #[expect(clippy::cast_precision_loss, reason = "shown as a whole number")]
        let rate = method.output_tokens as f64 / (method.millis.max(1) as f64 / 1000.0);
        let rate = if method.output_tokens > 0 { format!("{rate:.0}") } else { "·".to_owned() };
        let failed = theme.of(if method.failed > 0 { Token::Warn } else { Token::Muted });
        lines.push(Line::from(vec![
            Span::raw(text::pad(&method.method, 26)),
            Span::raw(text::pad_left(&text::grouped(method.sentences), 11)),
            Span::styled(text::pad_left(&text::grouped(method.failed), 9), failed),
            Span::styled(text::pad_left(&rate, 12), muted),
        ]));
    }
    if !failures.is_empty() {
        lines.push(Line::default());
        lines.push(Line::styled("failures by cause; t tries them again", theme.of(Token::Title)));
    }
    for failure in failures {
        lines.push(Line::from(vec![
            Span::styled(text::pad_left(&text::grouped(failure.count), 7) + "  ", theme.of(Token::Warn)),
            Span::raw(text::pad(&failure.method, 24)),
            Span::styled(text::fit(&failure.cause, width.saturating_sub(33)), muted),
        ]));
    }
    if !log.is_empty() {
        lines.push(Line::default());
        lines.push(Line::styled("log, the newest first", theme.of(Token::Title)));
    }
    lines.extend(log.iter().rev().map(|said| Line::styled(text::fit(said, width), muted)));
    lines
}
