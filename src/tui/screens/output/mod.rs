//! What a command that was typed in the palette says, over the screen; it goes on when this is left.

use crate::app::{Output, Standing};
use crate::tui::action::Move;
use crate::tui::effect::Effect;
use crate::tui::model::{Facts, Layer, Model, Tone};
use crate::tui::text;
use crate::tui::theme::{Theme, Token};
use crate::tui::update;
use crate::tui::widgets::{list, popup};
use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::Line;
use ratatui::widgets::Clear;
use std::time::Duration;

/// How far the output is scrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pager {
    /// Rows scrolled past; the last ones are shown, whatever comes, while this is `None`.
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
    update::refresh(model, now)
}

/// What it said, for the clipboard.
#[must_use]
pub fn whole(output: &Output) -> Option<String> {
    (!output.lines.is_empty()).then(|| output.lines.join("\n"))
}

/// Scrolls; by End it stays at the end.
pub fn moved(model: &mut Model, step: Move) {
    let (rows, wrap) = (usize::from(model.facts.rows.max(2)), model.facts.wrap);
    let last = wrapped(&model.output, wrap, &model.theme).len().saturating_sub(rows);
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

/// The lines as wide as the room, each with marks for what must not reach the terminal.
fn wrapped(output: &Output, width: u16, theme: &Theme) -> Vec<Line<'static>> {
    let mut rows = Vec::new();
    if output.passed > 0 {
        let passed = text::grouped(u64::try_from(output.passed).unwrap_or(u64::MAX));
        rows.push(Line::styled(format!("({passed} earlier lines are not kept)"), theme.of(Token::Muted)));
    }
    for said in &output.lines {
        let cells = text::cells(&said.replace('\t', "    "), |_| theme.of(Token::Text));
        rows.extend(text::wrap(&cells, width.max(8)).into_iter().map(|range| text::line(&cells[range])));
    }
    rows
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
    let rows = wrapped(output, inner.width, theme);
    let last = rows.len().saturating_sub(usize::from(inner.height));
    let top = pager.top.unwrap_or(last).min(last);
    for (at, row) in rows.into_iter().skip(top).take(usize::from(inner.height)).enumerate() {
        list::put(frame, inner, at, row);
    }
}
