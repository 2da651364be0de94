//! What a command that was typed in the palette says, over the screen; it goes on when this is left.

use crate::app::{Output, Standing};
use crate::tui::action::Move;
use crate::tui::effect::Effect;
use crate::tui::model::{Facts, Layer, Model, Tone};
use crate::tui::text;
use crate::tui::theme::Token;
use crate::tui::update;
use crate::tui::widgets::{list, popup};
use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Clear;
use std::time::Duration;

/// How far the output is scrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pager {
    /// The first line shown; the last ones are shown, whatever comes, while this is `None`.
    pub top: Option<usize>,
}

/// Commands that the interface can run, with what each is for: the subcommands of the program.
pub type Commands = Vec<(String, String)>;

/// Runs a command line; only one at a time goes on.
pub fn run(model: &mut Model, line: &str, now: Duration) -> Vec<Effect> {
    if model.output.going() {
        model.tell(Tone::Bad, format!("{} is still going on; S stops it", model.output.line), now);
        return show(model, now);
    }
    model.output = Output { line: line.to_owned(), standing: Standing::Going, ..Output::default() };
    let run = model.ask(now).run;
    let mut effects = show(model, now);
    effects.push(Effect::Command { run, line: line.to_owned() });
    effects
}

/// Shows what the last command says.
pub fn show(model: &mut Model, now: Duration) -> Vec<Effect> {
    if model.output.standing == Standing::None {
        model.tell(Tone::Plain, "no command was run yet; type one after :", now);
    } else if !matches!(model.layers.last(), Some(Layer::Output(_))) {
        model.layers.push(Layer::Output(Pager { top: Some(0) }));
    }
    Vec::new()
}

/// It could not be started.
pub fn begun(model: &mut Model, result: Result<(), String>) {
    if let Err(cause) = result {
        model.output.standing = Standing::Failed(cause);
    }
}

/// More was said, or it ended: then whatever the screen shows may have changed.
pub fn said(model: &mut Model, output: Output, now: Duration) -> Vec<Effect> {
    let ended = model.output.going() && !output.going();
    model.output = output;
    if !ended {
        return Vec::new();
    }
    if !model.layers.iter().any(|layer| matches!(layer, Layer::Output(_))) {
        let (tone, how) = verdict(&model.output.standing);
        model.tell(tone, format!("{}: {how}; ! shows what it said", model.output.line), now);
    }
    let later = ["fit-weights --apply", "models pull"].iter().any(|line| model.output.line.starts_with(line));
    if later && model.output.standing == Standing::Ended(Some(0)) {
        model.tell(Tone::Good, "done; runs of this interface take it up at its next start", now);
    }
    update::refresh(model, now)
}

/// What it said, for the clipboard.
#[must_use]
pub fn whole(output: &Output) -> Option<String> {
    (!output.lines.is_empty()).then(|| output.lines.join("\n"))
}

/// Scrolls; by End it stays at the end.
pub fn moved(model: &mut Model, step: Move) {
    let rows = usize::from(model.facts.rows.max(2));
    let last = last(&model.output, model.facts.wrap, rows);
    let Some(Layer::Output(pager)) = model.layers.last_mut() else { return };
    let top = pager.top.unwrap_or(last);
    let top = match step {
        Move::Up => top.saturating_sub(1),
        Move::Down => top + 1,
        Move::PageUp => top.saturating_sub(rows - 1),
        Move::PageDown => top + rows - 1,
        Move::First => 0,
        Move::Last => last,
    };
    pager.top = if step == Move::Last { None } else { Some(top.min(last)) };
}

/// How it stands, in a few words.
fn verdict(standing: &Standing) -> (Tone, String) {
    match standing {
        Standing::None | Standing::Going => (Tone::Plain, "going on; S stops it".to_owned()),
        Standing::Ended(Some(0)) => (Tone::Good, "done".to_owned()),
        Standing::Ended(Some(status)) => (Tone::Bad, format!("ended with status {status}")),
        Standing::Ended(None) => (Tone::Bad, "ended by a signal".to_owned()),
        Standing::Failed(cause) => (Tone::Bad, cause.clone()),
    }
}

/// A line in rows as wide as the room, with marks for what must not reach the terminal. Only lines on the screen are
/// laid out: there may be thousands.
fn wrapped(line: &str, width: u16, style: Style) -> Vec<Line<'static>> {
    let cells = text::cells(&line.replace('\t', "    "), |_| style);
    text::wrap(&cells, width.max(8)).into_iter().map(|range| text::line(&cells[range])).collect()
}

/// The line at which the rows that the room has show the end.
fn last(output: &Output, width: u16, rows: usize) -> usize {
    let mut left = rows;
    for (at, line) in output.lines.iter().enumerate().rev() {
        let needed = wrapped(line, width, Style::default()).len();
        if needed > left {
            return (at + 1).min(output.lines.len() - 1);
        }
        left -= needed;
    }
    0
}

/// Draws it over the screen, as large as that.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, pager: Pager, facts: &mut Facts) {
    let (theme, output) = (&model.theme, &model.output);
    frame.render_widget(Clear, area);
    let (tone, how) = verdict(&output.standing);
    let token = match tone {
        Tone::Plain => Token::Accent,
        Tone::Good => Token::Good,
        Tone::Bad => Token::Bad,
    };
    let how = format!(" {} · {} s ", text::fit(&how, area.width / 2), output.seconds);
    let block = popup::frame_of(popup::titled(&format!("amalrec {}", output.line), theme), theme)
        .title_bottom(Line::styled(how, theme.of(token)).right_aligned());
    let inner = block.inner(area).inner(Margin::new(1, 0));
    frame.render_widget(block, area);
    (facts.rows, facts.wrap) = (inner.height, inner.width);
    let last = last(output, inner.width, usize::from(inner.height));
    let top = pager.top.unwrap_or(last).min(last);
    let passed = (output.passed > 0 && top == 0).then(|| {
        let passed = text::grouped(u64::try_from(output.passed).unwrap_or(u64::MAX));
        Line::styled(format!("({passed} earlier lines are not kept)"), theme.of(Token::Muted))
    });
    let said = output.lines.iter().skip(top).flat_map(|line| wrapped(line, inner.width, theme.of(Token::Text)));
    for (at, row) in passed.into_iter().chain(said).take(usize::from(inner.height)).enumerate() {
        list::put(frame, inner, at, row);
    }
}
