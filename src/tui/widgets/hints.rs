//! The line of key hints, and the popup of what may follow a pending chord; both read off the keymap.

use super::popup;
use crate::tui::action::Action;
use crate::tui::key;
use crate::tui::model::Model;
use crate::tui::text;
use crate::tui::theme::Token;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;

/// As many hints as fit, in the order of the keymap; help is always among them.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model) {
    let theme = &model.theme;
    let mut hints = model.keymap.hints(model.mode(), &model.chord);
    // Help is measured first so that it is never left out; what everybody knows comes last. Where a screen has
    // nothing but moves, they are its verbs.
    let own = model.keymap.rows(model.mode());
    let only_moves = own.iter().all(|row| weight(row.action) > 1);
    hints.sort_by_key(|hint| match weight(hint.action) {
        2 if only_moves => 1,
        weight => weight,
    });
    let with_help = hints.first().is_some_and(|hint| hint.action == Some(Action::Help));
    let mut said = Vec::new();
    let mut used: u16 = 1;
    let mut shown = Vec::new();
    for hint in hints {
        let label = model.label(hint.action, &hint.help).into_owned();
        let width = text::width(&hint.keys) + 1 + text::width(&label) + 3;
        let twice = hint.action.is_some() && said.contains(&hint.action);
        if label.is_empty() || twice || matches!(hint.action, Some(Action::Typing(_))) {
            continue;
        }
        said.push(hint.action);
        if used.saturating_add(width) > area.width.saturating_add(3) {
            break;
        }
        used = used.saturating_add(width);
        shown.push((hint.keys, label));
    }
    // It is drawn last, where eyes expect it.
    if with_help && !shown.is_empty() {
        shown.rotate_left(1);
    }
    let mut spans = vec![Span::raw(" ")];
    for (i, (keys, label)) in shown.into_iter().enumerate() {
        if i > 0 {
            spans.push(Span::raw("   "));
        }
        spans.push(Span::styled(keys, theme.of(Token::Key)));
        spans.push(Span::styled(format!(" {label}"), theme.of(Token::Muted)));
    }
    frame.render_widget(Line::from(spans), area);
}

/// Which hints come first: help, then verbs in the order of the keymap, then moves.
fn weight(action: Option<Action>) -> u8 {
    match action {
        Some(Action::Help) => 0,
        Some(Action::Move(_)) => 2,
        Some(Action::Suspend | Action::Redraw | Action::Quit | Action::Typing(_)) => 3,
        Some(
            Action::Go(_)
            | Action::Back
            | Action::Leave
            | Action::Submit
            | Action::Palette
            | Action::Undo
            | Action::Redo
            | Action::Skip
            | Action::Generate
            | Action::Stop
            | Action::Retry
            | Action::Filter
            | Action::ClearFilter
            | Action::Complete
            | Action::Sort
            | Action::Facets
            | Action::Pivot
            | Action::Sweep(_)
            | Action::Copy
            | Action::Rehearse
            | Action::Write
            | Action::Pull
            | Action::Check
            | Action::Output
            | Action::Theme
            | Action::Mouse
            | Action::Desk(_)
            | Action::Verdict(_),
        )
        | None => 1,
    }
}

/// What may follow the keys pressed so far.
pub fn chord(frame: &mut Frame, area: Rect, model: &Model) {
    let theme = &model.theme;
    let hints = model.keymap.hints(model.mode(), &model.chord);
    let widest = hints.iter().map(|hint| text::width(&hint.keys) + text::width(&hint.help) + 3).max().unwrap_or(0);
    let height = u16::try_from(hints.len()).unwrap_or(u16::MAX).saturating_add(2).min(area.height);
    let width = (widest + 4).max(20).min(area.width);
    let room = Rect { x: area.right() - width, y: area.bottom() - height, width, height };
    frame.render_widget(Clear, room);
    let label = model.keymap.rows(model.mode()).iter().find(|row| row.chord == model.chord);
    let label = label.map_or(String::new(), |row| format!(": {}", row.help));
    let block = popup::frame_of(popup::titled(&format!("{}{label}", key::spell(&model.chord)), theme), theme);
    let inner = block.inner(room);
    frame.render_widget(block, room);
    for (row, hint) in hints.iter().enumerate() {
        let line = Line::from(vec![
            Span::styled(format!(" {} ", hint.keys), theme.of(Token::Key)),
            Span::raw(text::fit(&hint.help, inner.width.saturating_sub(4))),
        ]);
        super::list::put(frame, inner, row, line);
    }
}
