//! The counts beside the list: how many tuples of the filter have which relation, status, first method, annotator.
//! They come one column after the other, each as soon as it is counted.

use crate::app::{Column, Filter};
use crate::tui::action::{Move, Place};
use crate::tui::effect::Effect;
use crate::tui::model::{Facts, Model, Pending, settles};
use crate::tui::text;
use crate::tui::theme::Token;
use crate::tui::widgets::{gauge, list};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use std::collections::BTreeMap;
use std::time::Duration;

/// The columns, in the order in which they are counted and shown.
pub const COLUMNS: [Column; 4] = [Column::Status, Column::Relation, Column::First, Column::Annotator];

/// Values of a column that are asked for.
const MOST: usize = 400;

/// Columns that the counts take beside a list.
pub const WIDTH: u16 = 34;

/// Narrower than this there is no room for them beside the list.
pub const WIDE: u16 = 116;

/// Values of columns in the whole project.
pub type Known = BTreeMap<Column, Vec<String>>;

/// The counts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Facets {
    pub counts: BTreeMap<Column, Vec<(String, u64)>>,
    pub known: Known,
    /// True while the keys are for them.
    pub focused: bool,
    pub selected: usize,
    /// The column being counted, for which filter.
    pub pending: Option<Pending>,
    pub column: usize,
    pub of: Filter,
    /// The filter changed meanwhile.
    pub again: bool,
}

impl Facets {
    /// All values with their columns, as they stand one below the other.
    pub fn rows(&self) -> impl Iterator<Item = (Column, &(String, u64))> {
        COLUMNS
            .into_iter()
            .flat_map(|column| self.counts.get(&column).into_iter().flatten().map(move |count| (column, count)))
    }
}

/// Counts anew for the filter of the list.
pub fn load(model: &mut Model, now: Duration) -> Vec<Effect> {
    if model.tuples.facets.pending.is_some() {
        model.tuples.facets.again = true;
        return Vec::new();
    }
    let facets = &mut model.tuples.facets;
    facets.column = 0;
    facets.again = false;
    facets.of = model.tuples.applied.clone();
    ask(model, now)
}

fn ask(model: &mut Model, now: Duration) -> Vec<Effect> {
    let Some(&column) = COLUMNS.get(model.tuples.facets.column) else { return Vec::new() };
    let pending = model.ask(now);
    let facets = &mut model.tuples.facets;
    facets.pending = Some(pending);
    vec![Effect::Tally { run: pending.run, filter: facets.of.clone(), column, limit: MOST }]
}

/// A column is counted; the next one is asked for. False if it was not asked for here.
pub fn tallied(
    model: &mut Model,
    run: u64,
    result: &Result<Vec<(String, u64)>, String>,
    now: Duration,
) -> Option<Vec<Effect>> {
    let facets = &mut model.tuples.facets;
    if !settles(&mut facets.pending, run) {
        return None;
    }
    if facets.again {
        return Some(load(model, now));
    }
    // A list without its counts is a list still: why they are missing is told by the list, whose query is the same.
    let column = COLUMNS[facets.column.min(COLUMNS.len() - 1)];
    let counts = result.clone().unwrap_or_default();
    if facets.of.is_empty() {
        facets.known.insert(column, counts.iter().map(|(value, _)| value.clone()).collect());
    }
    facets.counts.insert(column, counts);
    facets.selected = facets.selected.min(facets.rows().count().saturating_sub(1));
    facets.column += 1;
    Some(ask(model, now))
}

/// Gives the keys to the counts, or back to the list.
pub fn focus(model: &mut Model) {
    if model.place() == Place::Tuples {
        model.tuples.facets.focused = !model.tuples.facets.focused;
    }
}

/// Moves the selection; by a page to the first value of another column.
pub fn moved(model: &mut Model, step: Move) {
    let facets = &mut model.tuples.facets;
    let columns: Vec<Column> = facets.rows().map(|(column, _)| column).collect();
    let Some(&column) = columns.get(facets.selected) else { return };
    let first = |at: usize| columns.iter().position(|other| *other == columns[at]).unwrap_or(0);
    facets.selected = match step {
        Move::PageDown => columns.iter().rposition(|other| *other == column).map_or(0, |last| last + 1),
        Move::PageUp => first(first(facets.selected).saturating_sub(1)),
        Move::Up | Move::Down | Move::First | Move::Last => list::step(facets.selected, columns.len(), step, 2),
    }
    .min(columns.len() - 1);
}

/// Draws them: a title for each column, its values with count and bar.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, facts: &mut Facts) {
    let theme = &model.theme;
    let shown = &model.tuples.facets;
    let mut lines: Vec<(Option<usize>, Line<'static>)> = Vec::new();
    let mut at = 0;
    for column in COLUMNS {
        let Some(counts) = shown.counts.get(&column).filter(|counts| !counts.is_empty()) else { continue };
        let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(1);
        let title = if column == Column::First { "ranks first" } else { column.name() };
        lines.push((None, Line::styled(title, theme.of(Token::Title))));
        for (value, count) in counts {
            let selected = shown.focused && shown.selected == at;
            let chosen = column
                .narrowed(value)
                .is_some_and(|test| model.tuples.applied.terms.iter().any(|term| !term.negated && term.test == test));
            lines.push((Some(at), entry(value, *count, most, area.width, selected, chosen, model)));
            at += 1;
        }
        lines.push((None, Line::default()));
    }
    let row = lines.iter().position(|(row, _)| *row == Some(shown.selected)).unwrap_or(0);
    let top = if shown.focused { list::top(row, lines.len(), area.height) } else { 0 };
    if shown.focused {
        facts.rows = area.height;
    }
    for (at, (_, line)) in lines.into_iter().skip(top).take(usize::from(area.height)).enumerate() {
        list::put(frame, area, at, line);
    }
}

fn entry(value: &str, count: u64, most: u64, width: u16, selected: bool, chosen: bool, model: &Model) -> Line<'static> {
    let theme = &model.theme;
    let style = theme.of(if selected { Token::Selected } else { Token::Text });
    let sign = match (selected, chosen) {
        (true, _) => "▸",
        (false, true) => "✓",
        (false, false) => " ",
    };
    #[expect(clippy::cast_precision_loss, reason = "for a bar")]
    let share = count as f64 / most.max(1) as f64;
    let name = width.saturating_sub(18).max(8);
    Line::from(vec![
        Span::styled(sign, theme.of(Token::Accent)),
        Span::styled(text::pad(value, name), style),
        Span::styled(text::pad_left(&text::grouped(count), 9), theme.of(Token::Muted)),
        Span::raw(" "),
        Span::styled(gauge::bare(share, 6), theme.of(Token::Gauge)),
    ])
}
