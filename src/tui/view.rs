//! The frame: a bar on top, the screen, a status line and hints below, popups over all. Takes the model by
//! shared reference and gives back layout facts.

use super::action::Place;
use super::model::{Facts, Layer, Model, Tone};
use super::screens::{
    adjudicate, confirm, export, help, home, jobs, models, note, output, palette, pivot, reports, review, sweep,
    tuples, verify,
};
use super::text;
use super::theme::Token;
use super::widgets::hints;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use std::time::Duration;

/// Smaller than this, nothing useful can be shown.
pub const SMALLEST: (u16, u16) = (40, 12);

/// Draws everything.
pub fn draw(frame: &mut Frame, model: &Model, now: Duration) -> Facts {
    let area = frame.area();
    let mut facts = model.facts;
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        too_small(frame, area, model);
        return facts;
    }
    let row = |y: u16| Rect { y, height: 1, ..area };
    let body = Rect { y: area.y + 1, height: area.height - 3, ..area };
    top_bar(frame, row(area.y), model);
    match model.place() {
        Place::Home => home::view::draw(frame, body, model, now),
        Place::Tuples => tuples::view::draw(frame, body, model, now, &mut facts),
        Place::Review => review::view::draw(frame, body, model, now, &mut facts),
        Place::Verify => verify::view::draw(frame, body, model, now),
        Place::Adjudicate => adjudicate::view::draw(frame, body, model, now, &mut facts),
        Place::Jobs => jobs::view::draw(frame, body, model, &mut facts),
        Place::Reports => reports::view::draw(frame, body, model, now, &mut facts),
        Place::Export => export::view::draw(frame, body, model),
        Place::Models => models::view::draw(frame, body, model, &mut facts),
    }
    if !model.chord.is_empty() {
        hints::chord(frame, body, model);
    }
    for layer in &model.layers {
        match layer {
            Layer::Base(_) => {}
            Layer::Help(help) => help::draw(frame, body, model, help, &mut facts),
            Layer::Palette(palette) => palette::draw(frame, body, model, palette, &mut facts),
            Layer::Confirm(confirm) => confirm::draw(frame, body, model, confirm),
            Layer::Note(note) => note::draw(frame, body, model, note),
            Layer::Pivot(pivot) => pivot::draw(frame, body, model, pivot, now, &mut facts),
            Layer::Sweep(asked) => sweep::draw(frame, body, model, asked, now),
            Layer::Output(pager) => output::draw(frame, body, model, *pager, &mut facts),
        }
    }
    status(frame, row(area.bottom() - 2), model, now);
    hints::draw(frame, row(area.bottom() - 1), model);
    facts
}

fn too_small(frame: &mut Frame, area: Rect, model: &Model) {
    let lines = ["too small", "make it 40x12", "or larger"];
    for (row, line) in lines.into_iter().enumerate() {
        let line = Line::styled(text::fit(line, area.width), model.theme.of(Token::Warn));
        super::widgets::list::put(frame, area, row, line);
    }
}

/// ` amalrec  project   Review 12/240      ann: mansi   arm: ranked      ⚙ generating 12/60 · 41 tok/s`
fn top_bar(frame: &mut Frame, area: Rect, model: &Model) {
    let theme = &model.theme;
    let muted = theme.of(Token::Muted);
    let (where_at, arm) = match model.place() {
        Place::Review => (model.review.standing(), model.review.arm()),
        Place::Verify => (model.verify.standing(), None),
        Place::Adjudicate => (model.adjudicate.standing(), None),
        Place::Home | Place::Tuples | Place::Jobs | Place::Reports | Place::Export | Place::Models => {
            (String::new(), None)
        }
    };
    let title = model.place().title();
    let least = text::width(title) + text::width(&where_at) + 24;
    let mut right = String::new();
    // The most telling part first claims its room; all stand in the order of reading.
    let parts = [
        model.progress.running().then(|| running(model, area.width)),
        model.errand.going().then(|| beside(model)),
        model.output.going().then(|| format!("⚙ {} · {} s", text::fit(&model.output.line, 24), model.output.seconds)),
        arm.map(|arm| format!("arm: {arm}")),
        Some(format!("ann: {}", text::fit(&model.annotator, 16))),
    ];
    for part in parts.into_iter().flatten() {
        let longer = if right.is_empty() { part } else { format!("{part}   {right}") };
        if text::width(&longer).saturating_add(least) <= area.width {
            right = longer;
        }
    }
    let room = area.width.saturating_sub(text::width(&right) + 2);
    let project_room = room.saturating_sub(text::width(title) + text::width(&where_at) + 14).min(30);
    let left = Line::from(vec![
        Span::styled(" amalrec  ", theme.of(Token::Brand)),
        Span::styled(text::fit(&model.project, project_room), muted),
        Span::raw("  "),
        Span::styled(title, theme.of(Token::Title)),
        Span::raw(format!(" {where_at}")),
    ]);
    frame.render_widget(left, Rect { width: room, ..area });
    let at = area.right().saturating_sub(text::width(&right) + 1);
    frame.render_widget(Line::styled(right.clone(), muted), Rect { x: at, width: text::width(&right), ..area });
}

fn running(model: &Model, width: u16) -> String {
    let progress = &model.progress;
    let mut text = format!("⚙ {}/{}", progress.done, progress.total);
    if width >= 110 {
        text = format!("⚙ {} {}/{}", progress.phase.word(), progress.done, progress.total);
    }
    if progress.tokens_per_s > 0.0 {
        text = format!("{text} · {:.0} tok/s", progress.tokens_per_s);
    }
    text
}

/// `⚙ the export 41%`
fn beside(model: &Model) -> String {
    let share = model.errand.share().map_or_else(String::new, |share| format!(" {:.0}%", share * 100.0));
    format!("⚙ {}{share}", text::fit(&model.errand.name, 24))
}

/// Notices on the left, work under way on the right.
fn status(frame: &mut Frame, area: Rect, model: &Model, now: Duration) {
    let theme = &model.theme;
    let one = model.review.saving.len() + model.verify.saving.len() + model.adjudicate.saving.len();
    let saving = match one + usize::from(model.sweeping.is_some()) {
        0 => "",
        _ => "saving… ",
    };
    let notice = model.notice.as_ref().filter(|notice| notice.until > now);
    if let Some(notice) = notice {
        let (sign, token) = match notice.tone {
            Tone::Plain => ("·", Token::Text),
            Tone::Good => ("✓", Token::Good),
            Tone::Bad => ("✗", Token::Bad),
        };
        let room = area.width.saturating_sub(text::width(saving) + 4);
        let line = Line::from(vec![
            Span::styled(format!(" {sign} "), theme.of(token)),
            Span::styled(text::fit(&notice.text, room), theme.of(token)),
        ]);
        frame.render_widget(line, area);
    }
    let width = text::width(saving).min(area.width);
    frame.render_widget(Line::styled(saving, theme.of(Token::Muted)), Rect { x: area.right() - width, width, ..area });
}
