//! Export on the screen: the form, what runs, and what came of it.

use super::update::rows;
use super::{Export, Field};
use crate::app::{EXPORT, Exported, Format, Only, Tacred};
use crate::tui::model::Model;
use crate::tui::screens::models::view::errand;
use crate::tui::text;
use crate::tui::theme::{Theme, Token};
use crate::tui::widgets::{list, popup};
use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::{Line, Span};

/// Columns of the names.
const NAMES: u16 = 12;

/// Draws the form, and below it the result.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model) {
    let theme = &model.theme;
    let export = &model.export;
    let fields = Export::FIELDS;
    let height = u16::try_from(fields.len()).unwrap_or(12).saturating_add(2).min(area.height);
    let area = area.inner(Margin::new(1, 0));
    let upper = Rect { height, ..area };
    let block = popup::frame_of(popup::titled("what to write", theme), theme);
    let inner = block.inner(upper).inner(Margin::new(1, 0));
    frame.render_widget(block, upper);
    let top = list::top(export.selected, fields.len(), inner.height);
    for (row, (i, field)) in fields.iter().enumerate().skip(top).take(usize::from(inner.height)).enumerate() {
        let selected = i == export.selected;
        list::put(frame, inner, row, entry(export, *field, selected, inner.width, theme));
        if let Some(line) = export.typing.as_ref().filter(|_| selected) {
            let left = NAMES + 2;
            let y = inner.y + u16::try_from(row).unwrap_or(0);
            let at = Rect { x: inner.x + left.min(inner.width), y, width: inner.width.saturating_sub(left), height: 1 };
            frame.render_widget(ratatui::widgets::Clear, at);
            popup::typed(frame, at, theme, "", line);
        }
    }
    let lower = Rect { y: upper.bottom(), height: area.height - height, ..area };
    for (row, line) in result(model, lower.width).into_iter().enumerate() {
        list::put(frame, lower, row + 1, line);
    }
}

fn entry(export: &Export, field: Field, selected: bool, width: u16, theme: &Theme) -> Line<'static> {
    let (name, value) = match field {
        Field::Only => ("rows", only(export.only).to_owned()),
        Field::Formats if selected => {
            let others = Format::ALL.map(Format::name).into_iter().filter(|name| !export.formats.contains(name));
            ("formats", format!("{}   others: {}", export.formats, others.collect::<Vec<_>>().join(" ")))
        }
        Field::Formats => ("formats", export.formats.clone()),
        Field::Licence if export.licence.is_empty() => ("licence", "none named (enter: such as cc-by-4.0)".to_owned()),
        Field::Licence => ("licence", export.licence.clone()),
        Field::Names if export.anonymise => ("annotators", "annotator-1, annotator-2 instead of names".to_owned()),
        Field::Names => ("annotators", "by name".to_owned()),
        Field::Tacred => ("tacred", tacred(export).to_owned()),
        Field::Splits if export.splits.is_empty() => {
            ("splits", "all to train (enter: such as test=1000,dev=500,seed=1)".to_owned())
        }
        Field::Splits => ("splits", format!("{}, the rest to train", export.splits)),
        Field::Least if export.least.is_empty() => ("least SEI", "none".to_owned()),
        Field::Least => ("least SEI", export.least.clone()),
        Field::Folder => ("folder", export.folder.clone()),
    };
    let style = theme.of(if selected { Token::Selected } else { Token::Text });
    let mut spans = vec![
        Span::styled(if selected { "▸ " } else { "  " }, theme.of(Token::Accent)),
        Span::styled(text::pad(name, NAMES), theme.of(Token::Muted)),
        Span::styled(text::fit(&value, width.saturating_sub(NAMES + 2)), style),
    ];
    if let Some(fault) = export.fault(field) {
        let left = width.saturating_sub(NAMES + 6 + text::width(&value));
        spans.push(Span::styled(text::fit(&format!("  ✗ {fault}"), left), theme.of(Token::Bad)));
    }
    Line::from(spans)
}

fn only(only: Only) -> &'static str {
    match only {
        Only::Verified => "verified: right by every verdict",
        Only::Decided => "decided: chosen by a person, and not found wrong",
        Only::All => "all: chosen by a person, else the ranker's first",
    }
}

fn tacred(export: &Export) -> &'static str {
    match (export.tacred, export.escape_brackets) {
        (Tacred::Raw, false) => "raw: an end is the last token",
        (Tacred::Hf, false) => "hf: an end is the token behind the last",
        (Tacred::Raw, true) => "raw, brackets as -LRB- and -RRB-",
        (Tacred::Hf, true) => "hf, brackets as -LRB- and -RRB-",
    }
}

fn result(model: &Model, width: u16) -> Vec<Line<'static>> {
    let theme = &model.theme;
    if model.errand.going() {
        let keeps = model.errand.name == EXPORT;
        let kept = "s stops it; formats that are whole are kept for the next try";
        return errand(model, width, if keeps { kept } else { "s stops it; nothing half-done stays" });
    }
    match &model.export.result {
        None => vec![Line::styled(
            text::fit("d says what would be written, and whether a split gives away another.", width),
            theme.of(Token::Muted),
        )],
        Some(Err(cause)) => {
            let cells = text::cells(&format!("✗ {cause}"), |_| theme.of(Token::Bad));
            text::wrap(&cells, width).into_iter().map(|line| text::line(&cells[line])).collect()
        }
        Some(Ok(exported)) => summary(exported, width, theme),
    }
}

fn summary(exported: &Exported, width: u16, theme: &Theme) -> Vec<Line<'static>> {
    let manifest = &exported.manifest;
    let named = |name: &str, value: String, token: Token| {
        let value = text::fit(&value, width.saturating_sub(NAMES));
        Line::from(vec![
            Span::styled(text::pad(name, NAMES), theme.of(Token::Muted)),
            Span::styled(value, theme.of(token)),
        ])
    };
    let written = match &exported.folder {
        Some(folder) => format!("{} rows in {}", text::grouped(manifest.rows), folder.display()),
        None => format!("{} would be written", rows(manifest.rows).0),
    };
    let sign = if exported.folder.is_some() { "written" } else { "dry run" };
    let mut lines = vec![named(sign, written, Token::Title)];
    let sizes: Vec<String> =
        manifest.splits.rows.iter().map(|(name, rows)| format!("{name} {}", text::grouped(*rows))).collect();
    lines.push(named("splits", sizes.join(", "), Token::Text));
    let leak = "✓ no tuple and no entity pair stands in two splits".to_owned();
    lines.push(named("leaks", leak, Token::Good));
    let bytes: u64 = manifest.files.iter().map(|file| file.bytes).sum();
    lines.push(named("files", format!("{}, {} KB", manifest.files.len(), text::grouped(bytes / 1000)), Token::Text));
    if manifest.counts.edited > 0 {
        lines.push(named("edited", format!("{} sentences", text::grouped(manifest.counts.edited)), Token::Text));
    }
    if !exported.resumed.is_empty() {
        let kept: Vec<_> = exported.resumed.iter().map(|format| format.name()).collect();
        lines.push(named("kept", format!("{}, whole when this export was stopped", kept.join(", ")), Token::Text));
    }
    for warning in &manifest.warnings {
        lines.push(named("warning", format!("⚠ {warning}"), Token::Warn));
    }
    lines
}
