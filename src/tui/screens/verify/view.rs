//! Verify on the screen: the tuple, the sentence, the question, the keys. Much room, nothing else.

use super::{Absent, OnTrial};
use crate::app::report::STOP_MARGIN;
use crate::domain::review::Verdict;
use crate::tui::action::Action;
use crate::tui::keymap::Mode;
use crate::tui::model::Model;
use crate::tui::text;
use crate::tui::theme::Token;
use crate::tui::widgets::{gauge, list, sentence, tuple_box};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use std::time::Duration;

/// Columns that a sentence takes at most: longer lines are hard to read.
const WIDEST: u16 = 100;

/// Draws the sentence on trial, or what stands where it would be.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, now: Duration) {
    let width = area.width.min(WIDEST);
    let area = Rect { x: area.x + (area.width - width) / 2, width, ..area };
    match &model.verify.trial {
        Some(trial) => item(frame, area, model, trial),
        None => absent(frame, area, model, now),
    }
}

fn item(frame: &mut Frame, area: Rect, model: &Model, trial: &OnTrial) {
    let theme = &model.theme;
    let tuple = &trial.item.tuple.tuple;
    let above = if area.height >= 24 { 2 } else { 0 };
    let tuple_area = Rect {
        y: area.y + above,
        height: tuple_box::height(tuple, &trial.item.relation, "", area.width, theme).min(area.height),
        ..area
    };
    tuple_box::draw(frame, tuple_area, theme, tuple, &trial.item.relation, "");
    let used = above + tuple_area.height;
    let rest = Rect { y: area.y + used, height: area.height.saturating_sub(used), ..area };
    let cells = sentence::marked(&trial.item.text, trial.item.pair, theme.of(Token::Text), theme);
    let lines = text::wrap(&cells, rest.width.saturating_sub(4));
    // The keys stand at a fixed height, so that eyes need not look for them.
    let keys = rest.height.saturating_sub(8).min(9);
    for (row, line) in lines.iter().take(usize::from(keys.saturating_sub(1))).enumerate() {
        let mut spans = vec![Span::raw("  ")];
        spans.extend(text::spans(&cells[line.clone()]));
        list::put(frame, rest, row + 1, Line::from(spans));
    }
    let question = Rect { y: rest.y + keys, height: rest.height - keys, ..rest };
    for (row, line) in questions(model).into_iter().enumerate() {
        list::put(frame, question, row, line);
    }
    let bottom = Rect { y: rest.bottom().saturating_sub(1), height: 1.min(rest.height), ..rest };
    if bottom.y >= question.y + 6 {
        frame.render_widget(progress(model, bottom.width), bottom);
    }
}

/// The verdicts with their keys, in two columns.
fn questions(model: &Model) -> Vec<Line<'static>> {
    let theme = &model.theme;
    let key = |verdict: Verdict| model.keymap.keys_of(Mode::Verify, Action::Verdict(verdict)).unwrap_or_default();
    let cell = |verdict: Verdict| {
        let key = key(verdict);
        let last = key.rsplit(' ').next().unwrap_or_default().to_owned();
        [Span::styled(format!("  {last}  "), theme.of(Token::Key)), Span::raw(text::pad(verdict.label(), 31))]
    };
    let mut lines = vec![Line::styled(
        "  Does the sentence state this tuple, all of it, and nothing else?",
        theme.of(Token::Muted),
    )];
    lines.push(Line::from(cell(Verdict::Right).to_vec()));
    let wrong: Vec<Verdict> = Verdict::ALL.iter().copied().filter(|verdict| *verdict != Verdict::Right).collect();
    for pair in wrong.chunks(2) {
        lines.push(Line::from(pair.iter().flat_map(|verdict| cell(*verdict)).collect::<Vec<_>>()));
    }
    lines
}

/// Progress through what is to verify, the interval so far, which holds at every look, and whether it is enough.
fn progress(model: &Model, width: u16) -> Line<'static> {
    let theme = &model.theme;
    let verify = &model.verify;
    #[expect(clippy::cast_precision_loss, reason = "counts of rows stay far below 2^52")]
    let share = if verify.total == 0 { 0.0 } else { verify.done as f64 / verify.total as f64 };
    let mut spans = vec![Span::raw("  ")];
    spans.extend(gauge::bar(share, (width / 4).clamp(8, 30), theme));
    spans.push(Span::raw(format!("  {} of {}", text::grouped(verify.done), text::grouped(verify.total))));
    let accuracy = model.home.data.as_ref().and_then(|home| home.accuracy);
    if let Some(accuracy) = accuracy {
        let (low, high) = (accuracy.at_any_look.low * 100.0, accuracy.at_any_look.high * 100.0);
        let share = accuracy.share() * 100.0;
        spans.push(Span::styled(
            format!("   {share:.1}% right, {low:.1}–{high:.1}% at any look"),
            theme.of(Token::Muted),
        ));
        let margin = STOP_MARGIN * 100.0;
        spans.push(if accuracy.may_stop() {
            Span::styled(format!("  you may stop: within ±{margin:.0}%"), theme.of(Token::Good))
        } else {
            Span::styled(format!("  go on until ±{margin:.0}%"), theme.of(Token::Muted))
        });
    }
    Line::from(spans)
}

fn absent(frame: &mut Frame, area: Rect, model: &Model, now: Duration) {
    let theme = &model.theme;
    let verify = &model.verify;
    let lines = match &verify.absent {
        Absent::Loading if verify.pending.is_some_and(|pending| pending.is_slow(now)) => vec!["loading…".to_owned()],
        Absent::Loading => Vec::new(),
        Absent::Done if verify.total == 0 => {
            vec![
                "No sentence is there for you to verify.".to_owned(),
                "R reviews; what is chosen there is verified here.".to_owned(),
                "In a pass that was drawn, one judges what others chose.".to_owned(),
            ]
        }
        Absent::Done => {
            vec![
                "All chosen sentences have your verdict.".to_owned(),
                "H goes home; V asks again for what is new.".to_owned(),
            ]
        }
        Absent::Failed(cause) => vec![format!("The sentence cannot be read: {cause}"), "V tries again.".to_owned()],
    };
    for (row, line) in (area.height / 3..).zip(lines) {
        let token = if matches!(verify.absent, Absent::Failed(_)) { Token::Bad } else { Token::Text };
        list::put(
            frame,
            area,
            usize::from(row),
            Line::styled(text::fit(&line, area.width), theme.of(token)).centered(),
        );
    }
}
