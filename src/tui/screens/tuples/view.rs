//! Tuples on the screen: a filter line, a heading, and the rows that are seen.

use super::complete::Completion;
use super::facets;
use crate::app::{Sort, TupleRow};
use crate::tui::action::Action;
use crate::tui::keymap::Mode;
use crate::tui::model::{Facts, Model};
use crate::tui::text;
use crate::tui::theme::{Theme, Token};
use crate::tui::widgets::{list, popup};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use std::time::Duration;

/// Columns of status, candidates, SEI and margin with the spaces between.
const NUMBERS: u16 = 33;

/// Before the filter.
const LABEL: &str = " filter: ";

/// Draws the list, and the counts beside it where there is room; in its place where there is none.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, now: Duration, facts: &mut Facts) {
    let theme = &model.theme;
    let tuples = &model.tuples;
    let row = |y: u16| Rect { y: area.y + y.min(area.height), height: 1.min(area.height.saturating_sub(y)), ..area };
    filter(frame, row(0), model);
    let beside = area.width >= facets::WIDE;
    let rest = Rect { y: area.y + 1.min(area.height), height: area.height.saturating_sub(1), ..area };
    let whole = area;
    let area = if beside { Rect { width: area.width - facets::WIDTH, ..area } } else { area };
    if beside || tuples.facets.focused {
        let at = if beside { area.right() } else { rest.x };
        facets::draw(frame, Rect { x: at, width: whole.right() - at, ..rest }, model, facts);
        if !beside {
            return;
        }
    }
    let names = area.width.saturating_sub(NUMBERS + 2);
    let (head, relation) = (names * 7 / 20, names * 3 / 10);
    let columns = [head, names - head - relation, relation];
    let row = |y: u16| Rect { width: area.width, ..row(y) };
    let completions = if tuples.typing { super::update::completions(model) } else { None };
    let mut above = 2;
    match (&tuples.fault, completions) {
        (_, Some(completion)) => frame.render_widget(offered(&completion, model, area.width), row(1)),
        (Some(fault), None) => {
            // What helps stands at its end.
            let cells = text::cells(&format!("✗ {fault}"), |_| theme.of(Token::Bad));
            let lines = text::wrap(&cells, area.width.saturating_sub(4));
            for (y, range) in (1..).zip(lines.into_iter().take(4)) {
                let mut spans = vec![Span::raw("  ")];
                spans.extend(text::spans(&cells[range]));
                frame.render_widget(Line::from(spans), row(y));
                above = y + 1;
            }
        }
        (None, None) => heading(frame, row(1), model, columns),
    }
    let room = Rect { y: area.y + above.min(area.height), height: area.height.saturating_sub(above), ..area };
    if !tuples.facets.focused {
        facts.rows = room.height;
    }
    if tuples.rows.is_empty() {
        let line = match (&tuples.error, tuples.pending) {
            (Some(cause), _) => Line::styled(text::fit(cause, room.width), theme.of(Token::Bad)),
            (None, Some(pending)) if pending.is_slow(now) => Line::raw("loading…"),
            (None, Some(_)) => Line::default(),
            (None, None) if tuples.line.text().is_empty() => Line::raw("No tuple yet: :import FILE brings some in."),
            (None, None) => Line::raw("No tuple fits this filter; backspace shows all."),
        };
        list::put(frame, room, usize::from(room.height / 3), line.centered());
        return;
    }
    let top = list::follow(tuples.top, tuples.selected, tuples.rows.len(), room.height);
    let seen = tuples.rows.iter().enumerate().skip(top).take(usize::from(room.height));
    for (at, (i, tuple)) in seen.enumerate() {
        list::put(frame, room, at, entry(tuple, i == tuples.selected, columns, theme));
    }
}

fn filter(frame: &mut Frame, area: Rect, model: &Model) {
    let theme = &model.theme;
    let tuples = &model.tuples;
    let count = match tuples.total {
        Some(total) => format!("{} {} ", text::grouped(total), order(tuples.sort)),
        None => format!("{} ", order(tuples.sort)),
    };
    let width = text::width(&count).min(area.width);
    let left = Rect { width: area.width - width, ..area };
    if tuples.typing {
        popup::typed(frame, left, theme, LABEL, &tuples.line);
        mark_fault(frame, left, model);
    } else if tuples.line.text().is_empty() {
        let hint = " / filters: relation:almaMater sei<.6 text:\"born in\"";
        frame.render_widget(Line::styled(text::fit(hint, left.width.saturating_sub(1)), theme.of(Token::Muted)), left);
    } else {
        let spans = vec![
            Span::styled(LABEL, theme.of(Token::Key)),
            Span::raw(text::fit(tuples.line.text(), left.width.saturating_sub(10))),
        ];
        frame.render_widget(Line::from(spans), left);
    }
    let right = Rect { x: area.right() - width, width, ..area };
    frame.render_widget(Line::styled(count, theme.of(Token::Title)), right);
}

/// Underlines the term that is wrong, where it stands.
fn mark_fault(frame: &mut Frame, area: Rect, model: &Model) {
    let tuples = &model.tuples;
    let Some(fault) = &tuples.fault else { return };
    let text = tuples.line.text();
    let start = text.char_indices().nth(fault.at.saturating_sub(1)).map_or(text.len(), |(at, _)| at);
    let term = text[start..].split_whitespace().next().unwrap_or_default();
    let before = text::width(LABEL) + text::width(&text[..start]);
    // A line too long for its room is scrolled: then the words below it must do.
    if text::width(LABEL).saturating_add(text::width(text)) < area.width {
        let at = Rect { x: area.x + before, width: text::width(term), height: 1.min(area.height), ..area };
        frame.buffer_mut().set_style(at, model.theme.of(Token::Bad).add_modifier(Modifier::UNDERLINED));
    }
}

/// `tab  almaMater · award · birthPlace`
fn offered(completion: &Completion, model: &Model, width: u16) -> Line<'static> {
    let theme = &model.theme;
    let key = model.keymap.keys_of(Mode::Filter, Action::Complete).unwrap_or_default();
    let mut spans = vec![Span::styled(format!("  {key}  "), theme.of(Token::Key))];
    let mut used = text::width(&key) + 4;
    let from = if model.tuples.completion.is_some() { completion.at } else { 0 };
    for (i, word) in completion.words.iter().enumerate().skip(from) {
        let word = text::fit(word, 40);
        used = used.saturating_add(text::width(&word) + 3);
        if used > width {
            break;
        }
        let filled = model.tuples.completion.is_some() && i == completion.at;
        spans.push(Span::styled(word, theme.of(if filled { Token::Selected } else { Token::Text })));
        spans.push(Span::styled(" · ", theme.of(Token::Muted)));
    }
    spans.pop();
    Line::from(spans)
}

/// The order as people say it.
fn order(sort: Sort) -> &'static str {
    match sort {
        Sort::Id => "as imported",
        Sort::Uncertainty => "most uncertain first",
        Sort::BestFirst => "best first",
        Sort::WorstFirst => "worst first",
        Sort::Relation => "by relation",
    }
}

fn heading(frame: &mut Frame, area: Rect, model: &Model, [head, tail, relation]: [u16; 3]) {
    let muted = model.theme.of(Token::Muted);
    let mut text =
        format!("  {}{}{}", text::pad("head", head), text::pad("relation", relation), text::pad("tail", tail));
    text.push_str("status      n  SEI  margin");
    frame.render_widget(Line::styled(text::fit(&text, area.width), muted), area);
}

fn entry(row: &TupleRow, selected: bool, [head, tail, relation]: [u16; 3], theme: &Theme) -> Line<'static> {
    let base = theme.of(if selected { Token::Selected } else { Token::Text });
    let muted = theme.of(Token::Muted);
    let number = |value: Option<f64>| value.map_or(" · ".to_owned(), short);
    let flag = match (row.disagrees, row.flagged) {
        (true, _) => "≠",
        (false, true) => "⚑",
        (false, false) => " ",
    };
    let column =
        |text: &str, width: u16, style: Style| Span::styled(text::pad(text, width.saturating_sub(1)) + " ", style);
    Line::from(vec![
        Span::styled(if selected { "▸ " } else { "  " }, theme.of(Token::Accent)),
        column(&row.tuple.head.name, head, base),
        column(&row.tuple.relation, relation, theme.of(Token::Relation)),
        column(&row.tuple.tail.name, tail, base),
        Span::styled(text::pad(row.status.name(), 9), muted),
        Span::styled(flag, theme.of(Token::Warn)),
        Span::styled(format!(" {:>2}  ", row.candidates), muted),
        Span::styled(number(row.best_sei), base),
        Span::styled(format!("  {}", number(row.margin)), muted),
    ])
}

/// `.88`
fn short(value: f64) -> String {
    let text = format!("{value:.2}");
    if value >= 0.995 { "1.0".to_owned() } else { text.trim_start_matches('0').to_owned() }
}
