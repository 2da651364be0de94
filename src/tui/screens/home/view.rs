//! Home on the screen: stages as columns with gauges, what runs, accuracy, pace, what to do next.

use crate::app::{Counts, Home, Phase};
use crate::domain::review::Status;
use crate::tui::model::Model;
use crate::tui::text;
use crate::tui::theme::Token;
use crate::tui::widgets::{gauge, list, popup};
use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::{Line, Span};
use std::time::Duration;

/// Columns of the names before each line.
const NAMES: u16 = 11;

/// Draws the screen, or what stands where its numbers would be.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, now: Duration) {
    let theme = &model.theme;
    let area = area.inner(Margin::new(1, 0));
    let Some(home) = &model.home.data else {
        let slow = model.home.pending.is_some_and(|pending| pending.is_slow(now));
        let line = match &model.home.error {
            Some(cause) => Line::styled(
                text::fit(&format!("The project cannot be read: {cause}"), area.width),
                theme.of(Token::Bad),
            ),
            None if slow => Line::raw("loading…"),
            None => Line::default(),
        };
        list::put(frame, area, usize::from(area.height / 3), line.centered());
        return;
    };
    if home.counts.tuples() == 0 {
        return empty(frame, area, model);
    }
    let pipeline = Rect { height: 6.min(area.height), ..area };
    stages(frame, pipeline, model, &home.counts);
    let rest = Rect { y: pipeline.bottom() + 1, height: area.height.saturating_sub(pipeline.height + 1), ..area };
    let mut lines = running(model, rest.width);
    lines.push(Line::default());
    lines.push(accuracy(model, home));
    lines.push(pace(model, home));
    lines.push(Line::default());
    lines.extend(next(model, &home.counts));
    for (row, line) in lines.into_iter().enumerate() {
        list::put(frame, rest, row, line);
    }
}

fn empty(frame: &mut Frame, area: Rect, model: &Model) {
    let theme = &model.theme;
    let lines = vec![
        Line::styled("This project is empty.", theme.of(Token::Title)),
        Line::default(),
        Line::raw("Bring tuples in: type one of these, here or in a shell."),
        Line::default(),
        Line::styled("  :import FILE          amalrec import FILE", theme.of(Token::Key)),
        Line::styled("  :init --demo          amalrec init --demo", theme.of(Token::Key)),
        Line::default(),
        Line::styled("JSONL, CSV and TSV; --columns names head, relation and tail.", theme.of(Token::Muted)),
    ];
    let room = popup::middle(area, 62, 10);
    for (row, line) in lines.into_iter().enumerate() {
        list::put(frame, room, row, line);
    }
}

fn stages(frame: &mut Frame, area: Rect, model: &Model, counts: &Counts) {
    let theme = &model.theme;
    let block = popup::frame_of(popup::titled("pipeline", theme), theme);
    let inner = block.inner(area).inner(Margin::new(1, 0));
    frame.render_widget(block, area);
    let judged = counts.at(Status::Verified) + counts.at(Status::Refuted) + counts.at(Status::Disputed);
    let stages = [
        ("tuples", counts.tuples()),
        ("generated", counts.reached(Status::Generated)),
        ("scored", counts.reached(Status::Scored)),
        ("ranked", counts.reached(Status::Ranked)),
        ("decided", counts.reached(Status::Decided)),
        ("verified", judged),
    ];
    let width = inner.width / 6;
    for (i, (name, count)) in (0_u16..).zip(stages) {
        let column = Rect { x: inner.x + width * i, width: width.saturating_sub(2), ..inner };
        let share = share(count, counts.tuples());
        let percent = percent(share, count, counts.tuples());
        let arrow = if i == 0 || column.width < 12 { "" } else { "▸ " };
        list::put(
            frame,
            column,
            0,
            Line::styled(text::fit(&format!("{arrow}{name}"), column.width), theme.of(Token::Muted)),
        );
        list::put(
            frame,
            column,
            1,
            Line::styled(text::fit(&text::grouped(count), column.width), theme.of(Token::Title)),
        );
        list::put(frame, column, 2, Line::from(gauge::bar(share, column.width, theme)));
        list::put(frame, column, 3, Line::styled(percent, theme.of(Token::Muted)));
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows stay far below 2^52")]
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// `<1%` and `>99%` instead of a false 0 or 100.
fn percent(share: f64, part: u64, whole: u64) -> String {
    match share * 100.0 {
        p if part > 0 && p < 0.5 => "<1%".to_owned(),
        p if part < whole && p >= 99.5 => ">99%".to_owned(),
        p => format!("{p:.0}%"),
    }
}

fn named(model: &Model, name: &str, mut rest: Vec<Span<'static>>) -> Line<'static> {
    let mut spans = vec![Span::styled(text::pad(name, NAMES), model.theme.of(Token::Muted))];
    spans.append(&mut rest);
    Line::from(spans)
}

/// What the run does, with rate and time left.
#[must_use]
pub fn running(model: &Model, width: u16) -> Vec<Line<'static>> {
    let theme = &model.theme;
    let progress = &model.progress;
    let count = format!("{} of {} tuples", text::grouped(progress.done), text::grouped(progress.total));
    let written = format!("{} sentences, {} failed", text::grouped(progress.written), text::grouped(progress.failed));
    match progress.phase {
        Phase::Idle => vec![named(model, "running", vec![Span::styled("nothing", theme.of(Token::Muted))])],
        Phase::Finished => {
            let whole = progress.done >= progress.total;
            let (mark, token, how) =
                if whole { ("✓", Token::Good, "finished") } else { ("■", Token::Muted, "stopped") };
            let text = format!(" {how}: {count}, {written}, in {}", text::lasting(progress.elapsed));
            vec![named(model, "running", vec![Span::styled(mark, theme.of(token)), Span::raw(text)])]
        }
        Phase::Failed => {
            let cause = text::fit(&progress.note, width.saturating_sub(NAMES + 10));
            vec![named(model, "running", vec![Span::styled(format!("✗ failed: {cause}"), theme.of(Token::Bad))])]
        }
        Phase::Loading | Phase::Generating | Phase::Scoring | Phase::Amalgamating | Phase::Stopping => {
            let mut bar = vec![Span::raw(text::pad(progress.phase.word(), 18))];
            bar.extend(gauge::bar(
                share(progress.done, progress.total),
                width.saturating_sub(NAMES + 50).clamp(8, 40),
                theme,
            ));
            bar.push(Span::raw(format!("  {count}")));
            let mut facts = vec![written];
            if progress.tokens_per_s > 0.0 {
                facts.push(format!("{:.0} tokens a second", progress.tokens_per_s));
            }
            facts.extend(progress.left().map(|left| format!("{} left", text::lasting(left))));
            if !progress.note.is_empty() {
                facts.push(progress.note.clone());
            }
            let facts = text::fit(&facts.join(" · "), width.saturating_sub(NAMES));
            vec![named(model, "running", bar), named(model, "", vec![Span::styled(facts, theme.of(Token::Muted))])]
        }
    }
}

fn accuracy(model: &Model, home: &Home) -> Line<'static> {
    let theme = &model.theme;
    let spans = match &home.accuracy {
        None => vec![Span::styled("no verdict yet", theme.of(Token::Muted))],
        Some(accuracy) => vec![
            Span::styled(format!("{:.1}%", accuracy.share() * 100.0), theme.of(Token::Title)),
            Span::raw(format!("  {:.1}–{:.1}%", accuracy.wilson.low * 100.0, accuracy.wilson.high * 100.0)),
            Span::styled(
                format!("  Wilson, 95%; {} of {} right", text::grouped(accuracy.right), text::grouped(accuracy.n)),
                theme.of(Token::Muted),
            ),
            Span::styled(
                match accuracy.disputed {
                    0 => String::new(),
                    n => format!("; {} more disputed", text::grouped(n)),
                },
                theme.of(Token::Warn),
            ),
        ],
    };
    named(model, "accuracy", spans)
}

fn pace(model: &Model, home: &Home) -> Line<'static> {
    let pace = &home.pace;
    if pace.all == 0 {
        return named(model, "my pace", vec![Span::styled("no decision yet", model.theme.of(Token::Muted))]);
    }
    let mut text = format!("{} in the last hour · {} today · {} in all", pace.last_hour, pace.today, pace.all);
    if let Some(seconds) = pace.median_seconds {
        text = format!("{text} · {seconds:.0} s a decision");
    }
    named(model, "my pace", vec![Span::raw(text)])
}

/// What to do next, most useful first.
fn next(model: &Model, counts: &Counts) -> Vec<Line<'static>> {
    let theme = &model.theme;
    let ready = counts.at(Status::Ranked);
    let unmade = counts.at(Status::New);
    let chosen = counts.at(Status::Decided);
    let mut steps: Vec<(&str, String)> = Vec::new();
    if ready > 0 {
        steps.push((
            "enter",
            format!("review {} that {} ready, the most uncertain first", text::grouped(ready), one(ready, "is", "are")),
        ));
    }
    if unmade > 0 && !model.progress.running() {
        steps.push(("g", format!("generate sentences for {}", text::grouped(unmade))));
    }
    if chosen > 0 {
        steps.push(("v", format!("verify {} chosen {}", text::grouped(chosen), one(chosen, "sentence", "sentences"))));
    }
    if model.home.data.as_ref().is_some_and(|home| home.to_settle > 0) {
        let settle = model.home.data.as_ref().map_or(0, |home| home.to_settle);
        steps.push(("a", format!("settle {} on which two people differ", text::grouped(settle))));
    }
    let disputed = counts.at(Status::Disputed);
    if disputed > 0 {
        let word = one(disputed, "sentence", "sentences");
        let text = format!("verify next --adjudicate: {} {word} whose verdicts differ", text::grouped(disputed));
        steps.push((":", text));
    }
    for (status, command, lack) in [(Status::Generated, "score", "score"), (Status::Scored, "rank", "place")] {
        let waiting = counts.at(status);
        if waiting > 0 && !model.progress.running() {
            let word = one(waiting, "tuple has", "tuples have");
            steps.push((":", format!("{command}: {} {word} sentences without a {lack}", text::grouped(waiting))));
        }
    }
    if model.progress.running() && ready == 0 {
        steps.push(("…", "the first items are ready in a moment".to_owned()));
    }
    if steps.is_empty() {
        steps.push(("x", "all is decided and verified: export it".to_owned()));
    }
    let line = |(i, (key, what)): (usize, (&str, String))| {
        let name = if i == 0 { "next" } else { "" };
        let key = Span::styled(text::pad(key, 7), theme.of(Token::Key));
        named(model, name, vec![key, Span::raw(what)])
    };
    steps.into_iter().enumerate().map(line).collect()
}

/// The word for one, or that for several.
fn one<'w>(count: u64, word: &'w str, words: &'w str) -> &'w str {
    if count == 1 { word } else { words }
}
