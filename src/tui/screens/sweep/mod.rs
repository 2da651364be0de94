//! A decision on all tuples of the filter: what it would do is shown first; it is made, and undone, as one.

use crate::app::{Filter, Sweep, SweepPreview};
use crate::tui::action::Place;
use crate::tui::effect::Effect;
use crate::tui::model::{Layer, Model, Pending, Tone, settles};
use crate::tui::screens::{home, tuples};
use crate::tui::text;
use crate::tui::theme::Token;
use crate::tui::undo::fact;
use crate::tui::widgets::popup;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use std::time::Duration;

/// Examples that are shown.
const SAMPLE: usize = 6;

/// A sweep that waits for yes.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    pub sweep: Sweep,
    pub filter: Filter,
    pub preview: Option<SweepPreview>,
    pub error: Option<String>,
    pub pending: Option<Pending>,
}

/// Asks what the sweep would do.
pub fn ask(model: &mut Model, sweep: Sweep, now: Duration) -> Vec<Effect> {
    if model.place() != Place::Tuples {
        model.tell(Tone::Plain, "it works in Tuples, on the tuples of the filter", now);
        return Vec::new();
    }
    if model.sweeping.is_some() {
        model.tell(Tone::Plain, "one such decision is being saved; wait a moment", now);
        return Vec::new();
    }
    let pending = model.ask(now);
    let filter = model.tuples.applied.clone();
    let asked = Asked { sweep, filter: filter.clone(), preview: None, error: None, pending: Some(pending) };
    model.layers.push(Layer::Sweep(asked));
    vec![Effect::Preview { run: pending.run, filter, sweep, rows: SAMPLE }]
}

/// What it would do.
pub fn previewed(model: &mut Model, run: u64, result: Result<SweepPreview, String>) {
    let open =
        model.layers.iter_mut().find_map(|layer| if let Layer::Sweep(asked) = layer { Some(asked) } else { None });
    let Some(asked) = open else { return };
    if !settles(&mut asked.pending, run) {
        return;
    }
    match result {
        Ok(preview) => asked.preview = Some(preview),
        Err(cause) => asked.error = Some(cause),
    }
}

/// Yes: all of it is decided.
pub fn submit(model: &mut Model, now: Duration) -> Vec<Effect> {
    let Some(Layer::Sweep(asked)) = model.layers.last() else { return Vec::new() };
    // Before it is seen what it does, yes means nothing.
    let Some(touched) = asked.preview.as_ref().map(|preview| preview.touched) else { return Vec::new() };
    let (filter, sweep) = (asked.filter.clone(), asked.sweep);
    model.layers.pop();
    if touched == 0 {
        return Vec::new();
    }
    let run = model.ask(now).run;
    model.sweeping = Some(run);
    vec![Effect::Sweep { run, filter, sweep }]
}

/// It is decided, or nothing is.
pub fn swept(model: &mut Model, run: u64, result: Result<u64, String>, now: Duration) -> Vec<Effect> {
    if model.sweeping != Some(run) {
        return Vec::new();
    }
    model.sweeping = None;
    match result {
        Ok(count) => model.tell(Tone::Good, format!("decided {}; u takes all of it back", text::grouped(count)), now),
        Err(cause) => model.tell(Tone::Bad, format!("nothing was decided: {cause}"), now),
    }
    let mut effects = home::update::load(model, now);
    if model.place() == Place::Tuples {
        effects.extend(tuples::update::enter(model, now));
    }
    effects
}

fn title(sweep: Sweep) -> &'static str {
    match sweep {
        Sweep::Accept => "accept the first sentence of each",
        Sweep::Reject(_) => "reject each",
        Sweep::Flag => "flag each",
    }
}

/// Draws what it would do over the screen.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, asked: &Asked, now: Duration) {
    let theme = &model.theme;
    let muted = |text: String| Line::styled(text, theme.of(Token::Muted));
    let width = area.width.saturating_sub(6).min(66);
    let mut lines = Vec::new();
    match (&asked.preview, &asked.error) {
        (Some(preview), _) => {
            lines.push(Line::styled(
                format!("{} of {} tuples of the filter", text::grouped(preview.touched), text::grouped(preview.total)),
                theme.of(Token::Title),
            ));
            if let Sweep::Reject(reason) = asked.sweep {
                lines.push(Line::raw(format!("reason: {}", reason.label())));
            }
            if !matches!(asked.sweep, Sweep::Flag) && preview.touched < preview.total {
                lines.push(muted("The others are answered already, or have no ranked sentence.".to_owned()));
            }
            lines.push(Line::default());
            for (row, sentence) in &preview.sample {
                let shown = sentence.clone().unwrap_or_else(|| fact(&row.tuple));
                lines.push(Line::raw(text::fit(&shown, width)));
            }
            if preview.touched > preview.sample.len() as u64 {
                lines.push(muted("…".to_owned()));
            }
        }
        (None, Some(cause)) => lines.push(Line::styled(text::fit(cause, width), theme.of(Token::Bad))),
        (None, None) if asked.pending.is_some_and(|pending| pending.is_slow(now)) => {
            lines.push(muted("counting…".to_owned()));
        }
        (None, None) => {}
    }
    lines.push(Line::default());
    let key = |text: &'static str| Span::styled(text, theme.of(Token::Key));
    lines.push(Line::from(vec![key("y"), Span::raw(" yes, as one entry of undo    "), key("n"), Span::raw(" no")]));
    popup::message(frame, area, theme, title(asked.sweep), lines);
}
