//! The list of candidates: one row each, the selected one in full; all of them in full where there is room.

use super::OnDesk;
use crate::app::Shown;
use crate::domain::review::Arm;
use crate::tui::model::{Facts, Model};
use crate::tui::text::{self, Cell};
use crate::tui::theme::{Theme, Token};
use crate::tui::widgets::score_bar::{Columns, number};
use crate::tui::widgets::{list, sentence};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// Columns before the scores: cursor, number, mark of comparison, sign.
const LEFT: u16 = 7;

/// What stands before the sentences, by the arm and the room.
struct Layout {
    scores: Option<Columns>,
    method: u16,
    left: u16,
}

impl Layout {
    fn of(arm: Arm, width: u16, bars: bool) -> Self {
        let (scores, method) = match arm {
            Arm::Blind | Arm::Ranked | Arm::Answers => (None, 0),
            Arm::RankedScores if width >= 100 => (Some(Columns::of(width, bars)), if width >= 120 { 23 } else { 15 }),
            Arm::RankedScores => (Some(Columns::of(width, bars)), 0),
        };
        let left = LEFT + scores.map_or(0, |columns| columns.total() + 5) + method;
        Self { scores, method, left }
    }
}

/// Draws the heading and as many candidates as there is room for.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, desk: &OnDesk, facts: &mut Facts) {
    let theme = &model.theme;
    let layout = Layout::of(desk.item.arm, area.width, model.review.bars);
    let room = Rect { y: area.y + 1.min(area.height), height: area.height.saturating_sub(1), ..area };
    facts.rows = room.height;
    let width = area.width.saturating_sub(layout.left + 1);
    let sentences: Vec<Vec<Cell>> = desk.item.candidates.iter().map(|c| cells_of(c, theme)).collect();
    let lines: Vec<_> = sentences.iter().map(|cells| text::wrap(cells, width)).collect();
    let heights = heights(&lines.iter().map(Vec::len).collect::<Vec<_>>(), desk.selected, usize::from(room.height));
    let tall = |i: usize| heights[i];
    let top = first_row(desk.selected, usize::from(room.height), tall);
    let mut row = 0;
    let mut last = top;
    for (i, candidate) in desk.item.candidates.iter().enumerate().skip(top) {
        if row >= usize::from(room.height) {
            break;
        }
        last = i + 1;
        let mut left = prefix(candidate, i, desk, &layout, theme);
        if tall(i) == 1 {
            left.extend(text::spans(&text::cut(sentences[i].clone(), width)));
            list::put(frame, room, row, Line::from(left));
            row += 1;
            continue;
        }
        for line in lines[i].iter().take(tall(i)) {
            let mut spans = std::mem::take(&mut left);
            if spans.is_empty() {
                spans.push(Span::raw(" ".repeat(usize::from(layout.left))));
            }
            spans.extend(text::spans(&sentences[i][line.clone()]));
            list::put(frame, room, row, Line::from(spans));
            row += 1;
        }
    }
    heading(frame, Rect { height: area.height.min(1), ..area }, desk, &layout, theme, top..last);
}

/// The first candidate drawn so that the whole selected one is seen.
fn first_row(selected: usize, room: usize, tall: impl Fn(usize) -> usize) -> usize {
    let mut top = selected;
    let mut used = tall(selected);
    while top > 0 && used + tall(top - 1) <= room {
        top -= 1;
        used += tall(top);
    }
    top
}

/// Lines of each candidate: the selected one in full, then the others from the top while there is room.
fn heights(full: &[usize], selected: usize, room: usize) -> Vec<usize> {
    let mut heights = vec![1; full.len()];
    let mut left = room.saturating_sub(full.len());
    let order = std::iter::once(selected).chain((0..full.len()).filter(|i| *i != selected));
    for i in order.filter(|i| *i < full.len()) {
        let more = full[i] - 1;
        if i == selected {
            heights[i] = full[i].min(room.max(1));
            left = left.saturating_sub(more);
        } else if more <= left {
            heights[i] = full[i];
            left -= more;
        }
    }
    heights
}

fn cells_of(candidate: &Shown, theme: &Theme) -> Vec<Cell> {
    let mut cells = sentence::marked(&candidate.text, candidate.pair, theme.of(Token::Text), theme);
    for veto in &candidate.vetoes {
        cells.extend(text::cells(&format!("  ⚠ {}", veto.name().replace('-', " ")), |_| theme.of(Token::Bad)));
    }
    if candidate.repeats {
        cells.extend(text::cells("  ≈ repeats a better one", |_| theme.of(Token::Muted)));
    }
    cells
}

/// `▸ 1 ★ .88  .97 .84 .99 .93 .61  amalgam`
fn prefix(candidate: &Shown, i: usize, desk: &OnDesk, layout: &Layout, theme: &Theme) -> Vec<Span<'static>> {
    let selected = i == desk.selected;
    let style = theme.of(if selected { Token::Selected } else { Token::Text });
    let marked = desk.marked.contains(&candidate.id);
    let (sign, token) = if candidate.place == Some(1) {
        ("★", Token::Star)
    } else if !candidate.vetoes.is_empty() {
        ("⚠", Token::Bad)
    } else {
        (" ", Token::Text)
    };
    let mut spans = vec![
        Span::styled(if selected { "▸" } else { " " }, theme.of(Token::Accent)),
        Span::styled(format!("{:>2}", i + 1), style),
        Span::styled(if marked { "◆" } else { " " }, theme.of(Token::Accent)),
        Span::styled(format!("{sign}  "), theme.of(token)),
    ];
    if let Some(columns) = layout.scores {
        spans.push(Span::styled(number(candidate.sei) + "  ", style));
        spans.extend(columns.spans(&candidate.card, theme));
    }
    if layout.method > 0 {
        let method = candidate.method.as_deref().unwrap_or_default();
        spans.push(Span::styled(text::pad(method, layout.method - 1) + " ", theme.of(Token::Muted)));
    }
    spans
}

fn heading(frame: &mut Frame, area: Rect, desk: &OnDesk, layout: &Layout, theme: &Theme, seen: std::ops::Range<usize>) {
    let muted = theme.of(Token::Muted);
    let mut heading = " ".repeat(usize::from(LEFT));
    if let Some(columns) = layout.scores {
        heading.push_str("SEI  ");
        heading.push_str(&columns.heading());
    }
    if layout.method > 0 {
        heading.push_str(&text::pad("method", layout.method));
    }
    heading.push_str("sentence");
    frame.render_widget(Line::styled(text::fit(&heading, area.width), muted), area);
    let len = desk.item.candidates.len();
    if seen.len() < len {
        let count = format!("{}–{} of {len} ", seen.start + 1, seen.end);
        let width = text::width(&count).min(area.width);
        frame.render_widget(Line::styled(count, muted), Rect { x: area.right() - width, width, ..area });
    }
}
