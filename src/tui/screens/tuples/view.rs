//! Tuples on the screen: a filter line, a heading, and the rows that are seen.

use crate::app::{Sort, TupleRow};
use crate::tui::model::{Facts, Model};
use crate::tui::text;
use crate::tui::theme::{Theme, Token};
use crate::tui::widgets::{list, popup};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use std::time::Duration;

/// Columns of status, candidates, SEI and margin with the spaces between.
const NUMBERS: u16 = 33;

/// Draws the list.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, now: Duration, facts: &mut Facts) {
    let theme = &model.theme;
    let tuples = &model.tuples;
    let row = |y: u16| Rect { y: area.y + y.min(area.height), height: 1.min(area.height.saturating_sub(y)), ..area };
    filter(frame, row(0), model);
    let names = area.width.saturating_sub(NUMBERS + 2);
    let columns = [names * 2 / 5, names - names * 2 / 5 - names / 4, names / 4];
    match &tuples.fault {
        Some(fault) => {
            let fault = text::fit(&format!("  ✗ {fault}"), area.width);
            frame.render_widget(Line::styled(fault, theme.of(Token::Bad)), row(1));
        }
        None => heading(frame, row(1), model, columns),
    }
    let room = Rect { y: area.y + 2.min(area.height), height: area.height.saturating_sub(2), ..area };
    facts.rows = room.height;
    if tuples.rows.is_empty() {
        let line = match (&tuples.error, tuples.pending) {
            (Some(cause), _) => Line::styled(text::fit(cause, room.width), theme.of(Token::Bad)),
            (None, Some(pending)) if pending.is_slow(now) => Line::raw("loading…"),
            (None, Some(_)) => Line::default(),
            (None, None) if tuples.line.text().is_empty() => {
                Line::raw("No tuple yet: amalrec import FILE brings some in.")
            }
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
        popup::typed(frame, left, theme, " filter: ", &tuples.line);
    } else if tuples.line.text().is_empty() {
        let hint = " / filters: relation:almaMater sei<.6 status:ranked";
        frame.render_widget(Line::styled(text::fit(hint, left.width), theme.of(Token::Muted)), left);
    } else {
        let spans = vec![
            Span::styled(" filter: ", theme.of(Token::Key)),
            Span::raw(text::fit(tuples.line.text(), left.width.saturating_sub(10))),
        ];
        frame.render_widget(Line::from(spans), left);
    }
    let right = Rect { x: area.right() - width, width, ..area };
    frame.render_widget(Line::styled(count, theme.of(Token::Title)), right);
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
    let flag = if row.flagged { "⚑" } else { " " };
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
