//! Review on the screen: the tuple, its candidates, and below them why, the editor or a comparison.

use super::{Absent, OnDesk, compare, edit_view, rows, why};
use crate::tui::model::{Facts, Model};
use crate::tui::text;
use crate::tui::theme::Token;
use crate::tui::widgets::{list, sentence, tuple_box};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use std::time::Duration;

/// Rows of candidates, heading included, that no panel below may take.
const LEAST: u16 = 6;

/// Draws the item, or what stands where it would be.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, now: Duration, facts: &mut Facts) {
    let Some(desk) = &model.review.desk else { return absent(frame, area, model, now) };
    let (tuple, relation, corner) = (&desk.item.tuple.tuple, &desk.item.relation, corner(model, desk));
    let wanted = tuple_box::height(tuple, relation, &corner, area.width, &model.theme);
    let tuple_area = Rect { height: if area.height < 16 { 3 } else { wanted }.min(area.height), ..area };
    tuple_box::draw(frame, tuple_area, &model.theme, tuple, relation, &corner);
    let area = below(area, tuple_area.height);
    let area = below(area, stands(frame, area, model, desk));
    if let Some(shown) = &desk.compare {
        return compare::draw(frame, area, model, desk, shown);
    }
    let wanted = match &desk.editor {
        Some(editor) => edit_view::height(editor, model, area.width).max(8),
        None => why::height(model, desk, area.width),
    };
    let least = if desk.editor.is_some() { 3 } else { LEAST };
    let panel = wanted.min(area.height.saturating_sub(least));
    // Half a panel tells nothing.
    let panel = if panel < 4 { 0 } else { panel };
    let list = Rect { height: area.height - panel, ..area };
    let panel = Rect { y: list.bottom(), height: panel, ..area };
    if desk.item.candidates.is_empty() {
        empty(frame, list, model, desk);
    } else {
        rows::draw(frame, list, model, desk, facts);
    }
    if panel.height > 0 {
        match &desk.editor {
            Some(editor) => edit_view::draw(frame, panel, model, editor, desk.selected + 1, facts),
            None => why::draw(frame, panel, model, desk),
        }
    }
}

fn below(area: Rect, taken: u16) -> Rect {
    let taken = taken.min(area.height);
    Rect { y: area.y + taken, height: area.height - taken, ..area }
}

fn corner(model: &Model, desk: &OnDesk) -> String {
    let mut corner = String::new();
    if model.review.regenerating.contains(&desk.tuple()) {
        corner.push_str("regenerating · ");
    }
    if model.review.has_draft(desk.tuple()) {
        corner.push_str("draft · ");
    }
    if desk.item.tuple.flagged {
        corner.push_str("⚑ flagged · ");
    }
    corner.push_str(desk.item.tuple.status.name());
    corner
}

/// My own answer, if the item has one already.
fn stands(frame: &mut Frame, area: Rect, model: &Model, desk: &OnDesk) -> u16 {
    let theme = &model.theme;
    let Some(mine) = &desk.item.mine else { return 0 };
    let mut spans = vec![Span::styled("✓", theme.of(Token::Good))];
    match &mine.text {
        Some(sentence) => {
            let what = if mine.edited { " my edit stands: " } else { " my choice stands: " };
            spans.push(Span::styled(what, theme.of(Token::Muted)));
            let tuple = &desk.item.tuple.tuple;
            let pair = crate::domain::mention::locate(sentence, &tuple.head, &tuple.tail);
            let cells = sentence::marked(sentence, pair, theme.of(Token::Text), theme);
            spans.extend(text::spans(&text::cut(cells, area.width.saturating_sub(20))));
        }
        None => spans.push(Span::styled(" I rejected all", theme.of(Token::Muted))),
    }
    list::put(frame, area, 0, Line::from(spans));
    1
}

fn empty(frame: &mut Frame, area: Rect, model: &Model, desk: &OnDesk) {
    let theme = &model.theme;
    let going = model.review.regenerating.contains(&desk.tuple());
    let mut lines = if going {
        vec![Line::default(), Line::raw("  Sentences are being generated; they appear here.")]
    } else {
        let keys = "  r generates some, e writes one by hand, x rejects the tuple, s skips it.";
        vec![Line::default(), Line::raw("  No sentence yet."), Line::raw(keys)]
    };
    for (method, cause) in &desk.item.failures {
        lines.push(Line::styled(text::fit(&format!("  {method}: {cause}"), area.width), theme.of(Token::Warn)));
    }
    for (row, line) in lines.into_iter().enumerate() {
        list::put(frame, area, row, line);
    }
}

fn absent(frame: &mut Frame, area: Rect, model: &Model, now: Duration) {
    let theme = &model.theme;
    let review = &model.review;
    let skipped = review.passed.len();
    let lines: Vec<String> = match &review.absent {
        Absent::Loading if review.waiting().is_some_and(|pending| pending.is_slow(now)) => vec!["loading…".into()],
        Absent::Loading => Vec::new(),
        Absent::Done if skipped > 0 => {
            vec![
                format!("All that is ready is decided, but for {skipped} that you passed over."),
                "R goes through them again.".into(),
            ]
        }
        Absent::Done if model.progress.running() => {
            vec!["All that is ready is decided.".into(), "More is being generated; it appears here.".into()]
        }
        Absent::Done if model.home.data.as_ref().is_some_and(|home| home.counts.candidates == 0) => {
            vec!["No sentence is made yet.".into(), "H goes home, where g generates.".into()]
        }
        Absent::Done => vec![
            "All that is ready is decided.".into(),
            "H goes home, where g generates more; V verifies what was chosen.".into(),
        ],
        Absent::Failed(cause) => vec![format!("The item cannot be read: {cause}"), "R tries again.".into()],
    };
    let top = area.height / 3;
    for (row, line) in (top..).zip(lines) {
        let token = if matches!(review.absent, Absent::Failed(_)) { Token::Bad } else { Token::Text };
        let line = Line::styled(text::fit(&line, area.width), theme.of(token)).centered();
        list::put(frame, area, usize::from(row), line);
    }
}
