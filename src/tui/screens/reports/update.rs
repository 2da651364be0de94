//! Reports' behaviour: they are read on coming here, and turned over one by one.

use crate::app::Section;
use crate::tui::action::Move;
use crate::tui::effect::Effect;
use crate::tui::model::{Model, settles};
use crate::tui::widgets::list;
use std::time::Duration;

/// Comes to the screen: reads everything anew.
pub fn enter(model: &mut Model, now: Duration) -> Vec<Effect> {
    if model.reports.pending.is_some() {
        return Vec::new();
    }
    let pending = model.ask(now);
    model.reports.pending = Some(pending);
    vec![Effect::LoadReports { run: pending.run }]
}

/// The reports.
pub fn read(model: &mut Model, run: u64, result: Result<Vec<Section>, String>) {
    let reports = &mut model.reports;
    if !settles(&mut reports.pending, run) {
        return;
    }
    match result {
        Ok(sections) => {
            reports.selected = reports.selected.min(sections.len().saturating_sub(1));
            (reports.sections, reports.error) = (sections, None);
        }
        Err(cause) => reports.error = Some(cause),
    }
}

/// Another report; by pages within one.
pub fn moved(model: &mut Model, step: Move) {
    let rows = model.facts.rows;
    let reports = &mut model.reports;
    let page = usize::from(rows.max(2)) - 1;
    match step {
        Move::PageDown => {
            let len = reports.sections.get(reports.selected).map_or(0, super::charts::rows);
            reports.top = (reports.top + page).min(len.saturating_sub(usize::from(rows)));
        }
        Move::PageUp => reports.top = reports.top.saturating_sub(page),
        Move::Up | Move::Down | Move::First | Move::Last => {
            reports.selected = list::step(reports.selected, reports.sections.len(), step, 2);
            reports.top = 0;
        }
    }
}
