//! Adjudicate on the screen: the tuple, then each answer with what was changed in it.

use super::{Absent, OnBench};
use crate::app::Given;
use crate::tui::model::{Facts, Model};
use crate::tui::screens::review::edit_view;
use crate::tui::text;
use crate::tui::theme::{Theme, Token};
use crate::tui::widgets::{list, sentence, tuple_box};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use std::time::Duration;

/// Columns before an answer: cursor and number.
const LEFT: u16 = 6;

/// Draws the tuple on the bench, or what stands where it would be.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, now: Duration, facts: &mut Facts) {
    let Some(bench) = &model.adjudicate.bench else { return absent(frame, area, model, now) };
    let theme = &model.theme;
    let (tuple, relation) = (&bench.item.tuple.tuple, &bench.item.relation);
    let corner = format!("{} answers differ", bench.item.answers.len());
    let height = tuple_box::height(tuple, relation, &corner, area.width, theme).min(area.height);
    let head = Rect { height, ..area };
    tuple_box::draw(frame, head, theme, tuple, relation, &corner);
    let rest = Rect { y: head.bottom(), height: area.height - height, ..area };
    let wanted = bench.editor.as_ref().map_or(0, |editor| edit_view::height(editor, model, area.width).max(8));
    let panel = wanted.min(rest.height.saturating_sub(3));
    let answers = Rect { height: rest.height - panel, ..rest };
    facts.rows = answers.height;
    rows(frame, answers, bench, theme);
    if let Some(editor) = bench.editor.as_ref().filter(|_| panel >= 4) {
        let panel = Rect { y: answers.bottom(), height: panel, ..rest };
        edit_view::draw(frame, panel, model, editor, bench.selected + 1, facts);
    }
}

fn rows(frame: &mut Frame, area: Rect, bench: &OnBench, theme: &Theme) {
    let width = area.width.saturating_sub(LEFT + 1);
    let blocks: Vec<Vec<Line<'static>>> =
        bench.item.answers.iter().enumerate().map(|(i, given)| block(given, i, bench, width, theme)).collect();
    let starts: Vec<usize> = blocks
        .iter()
        .scan(0, |sum, block| {
            let start = *sum;
            *sum += block.len();
            Some(start)
        })
        .collect();
    let end =
        starts.get(bench.selected).zip(blocks.get(bench.selected)).map_or(0, |(start, block)| start + block.len());
    let top = end.saturating_sub(usize::from(area.height));
    for (row, line) in blocks.into_iter().flatten().skip(top).take(usize::from(area.height)).enumerate() {
        list::put(frame, area, row, line);
    }
}

/// The sentence as it was answered; below it what was changed; a line of air.
fn block(given: &Given, i: usize, bench: &OnBench, width: u16, theme: &Theme) -> Vec<Line<'static>> {
    let selected = i == bench.selected;
    let style = theme.of(if selected { Token::Selected } else { Token::Text });
    let cells = match (&given.text, given.reason) {
        (Some(text), _) => sentence::marked(text, given.pair, theme.of(Token::Text), theme),
        (None, reason) => {
            let why = reason.map_or("no reason", |reason| reason.label());
            text::cells(&format!("all sentences rejected: {why}"), |_| theme.of(Token::Warn))
        }
    };
    let indent = " ".repeat(usize::from(LEFT));
    let mut lines = vec![Line::default()];
    for (row, line) in text::wrap(&cells, width).into_iter().enumerate() {
        let mut spans = if row == 0 {
            vec![
                Span::styled(if selected { "▸" } else { " " }, theme.of(Token::Accent)),
                Span::styled(format!("{:>2}   ", i + 1), style),
            ]
        } else {
            vec![Span::raw(indent.clone())]
        };
        spans.extend(text::spans(&cells[line]));
        lines.push(Line::from(spans));
    }
    let mut notes = Vec::new();
    if let (Some(from), Some(text)) = (&given.from, &given.text) {
        let mut cells = text::cells("edited  ", |_| theme.of(Token::Muted));
        cells.extend(sentence::changes(from, text, theme));
        notes.push(cells);
    }
    if given.people > 1 {
        notes.push(text::cells(&format!("answered so by {}", given.people), |_| theme.of(Token::Muted)));
    }
    for cells in notes {
        for line in text::wrap(&cells, width) {
            let mut spans = vec![Span::raw(indent.clone())];
            spans.extend(text::spans(&cells[line]));
            lines.push(Line::from(spans));
        }
    }
    lines
}

fn absent(frame: &mut Frame, area: Rect, model: &Model, now: Duration) {
    let theme = &model.theme;
    let screen = &model.adjudicate;
    let lines = match &screen.absent {
        Absent::Loading if screen.pending.is_some_and(|pending| pending.is_slow(now)) => vec!["loading…".to_owned()],
        Absent::Loading => Vec::new(),
        Absent::Done => vec![
            "Nothing is for you to settle.".to_owned(),
            "Where two people's answers differ, a third person settles it here;".to_owned(),
            "where verdicts differ, :verify next --adjudicate says what to do.".to_owned(),
            String::new(),
            "To have a tenth of the tuples answered by two:".to_owned(),
            ":annotators ANN BEN --overlap 0.1".to_owned(),
        ],
        Absent::Failed(cause) => vec![format!("The tuple cannot be read: {cause}"), "A tries again.".to_owned()],
    };
    for (row, line) in (area.height / 3..).zip(lines) {
        let token = if matches!(screen.absent, Absent::Failed(_)) { Token::Bad } else { Token::Text };
        let line = Line::styled(text::fit(&line, area.width), theme.of(token)).centered();
        list::put(frame, area, usize::from(row), line);
    }
}
