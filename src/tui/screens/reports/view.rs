//! Reports on the screen: their titles, and the selected one.

use super::charts;
use crate::tui::model::{Facts, Model};
use crate::tui::text;
use crate::tui::theme::Token;
use crate::tui::widgets::{list, popup};
use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::{Line, Span};
use std::time::Duration;

/// Columns of the titles, where there is room for them at the side.
const TITLES: u16 = 36;

/// Draws the reports, or what stands where they would be.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, now: Duration, facts: &mut Facts) {
    let theme = &model.theme;
    let reports = &model.reports;
    let area = area.inner(Margin::new(1, 0));
    let Some(section) = reports.sections.get(reports.selected) else {
        let line = match (&reports.error, reports.pending) {
            (Some(cause), _) => Line::styled(
                text::fit(&format!("The reports cannot be made: {cause}"), area.width),
                theme.of(Token::Bad),
            ),
            (None, Some(pending)) if pending.is_slow(now) => Line::raw("reckoning…"),
            (None, _) => Line::default(),
        };
        return list::put(frame, area, usize::from(area.height / 3), line.centered());
    };
    let beside = area.width >= 110;
    let titles = if beside { TITLES } else { 0 };
    if beside {
        let rows = area.height.saturating_sub(1);
        let top = list::top(reports.selected, reports.sections.len(), rows);
        for (row, (i, section)) in reports.sections.iter().enumerate().skip(top).enumerate() {
            let selected = i == reports.selected;
            let style = theme.of(if selected { Token::Selected } else { Token::Text });
            let line = Line::from(vec![
                Span::styled(if selected { "▸ " } else { "  " }, theme.of(Token::Accent)),
                Span::styled(text::fit(&section.title, TITLES - 3), style),
            ]);
            list::put(frame, area, row + 1, line);
        }
    }
    let room = Rect { x: area.x + titles, width: area.width - titles, ..area };
    let title = format!("{}  {}/{}", section.title, reports.selected + 1, reports.sections.len());
    let block = popup::frame_of(popup::titled(&title, theme), theme);
    let inner = block.inner(room).inner(Margin::new(1, 0));
    frame.render_widget(block, room);
    let mut used = 0;
    for line in &section.lines {
        let cells = text::cells(line, |_| theme.of(Token::Muted));
        for range in text::wrap(&cells, inner.width) {
            list::put(frame, inner, used, text::line(&cells[range]));
            used += 1;
        }
    }
    let used = u16::try_from(used + 1).unwrap_or(u16::MAX).min(inner.height);
    let chart = Rect { y: inner.y + used, height: inner.height - used, ..inner };
    facts.rows = chart.height;
    charts::draw(frame, chart, section, reports.top, theme);
}
