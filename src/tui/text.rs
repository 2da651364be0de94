//! Text on the screen: width, truncation and wrapping by graphemes. All foreign text comes through here, and
//! with it through `domain::clean::shown`, so that nothing hostile reaches the terminal.

use crate::domain::clean;
pub use crate::domain::number::grouped;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// Graphemes of one text that are laid out at most; what follows is cut with an ellipsis.
const MOST: usize = 4_000;

/// A grapheme as it is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The byte of the original text at which it begins.
    pub start: usize,
    pub text: String,
    pub width: u16,
    pub style: Style,
}

impl Cell {
    fn is_space(&self) -> bool {
        self.text == " "
    }
}

/// Columns that a text takes.
#[must_use]
pub fn width(text: &str) -> u16 {
    u16::try_from(text.width()).unwrap_or(u16::MAX)
}

/// A text as cells, each in the style of the byte where it begins.
#[must_use]
pub fn cells(text: &str, style: impl Fn(usize) -> Style) -> Vec<Cell> {
    let mut cells = Vec::with_capacity(text.len().min(MOST));
    for (start, grapheme) in text.grapheme_indices(true) {
        if cells.len() == MOST {
            cells.push(Cell { start, text: "…".into(), width: 1, style: style(start) });
            break;
        }
        let shown = clean::shown(grapheme);
        // A mark is several graphemes; each stays a cell of its own, so that any of them may be cut.
        for piece in shown.graphemes(true) {
            let width = width(piece);
            if width > 0 {
                cells.push(Cell { start, text: piece.to_owned(), width, style: style(start) });
            }
        }
    }
    cells
}

/// Columns that cells take.
#[must_use]
pub fn columns(cells: &[Cell]) -> u16 {
    cells.iter().fold(0, |sum: u16, cell| sum.saturating_add(cell.width))
}

/// Cells as a line, neighbours of one style together.
#[must_use]
pub fn line(cells: &[Cell]) -> Line<'static> {
    Line::from(spans(cells))
}

/// Cells as spans, neighbours of one style together.
#[must_use]
pub fn spans(cells: &[Cell]) -> Vec<Span<'static>> {
    let mut spans: Vec<Span<'static>> = Vec::new();
    for cell in cells {
        match spans.last_mut() {
            Some(last) if last.style == cell.style => last.content.to_mut().push_str(&cell.text),
            _ => spans.push(Span::styled(cell.text.clone(), cell.style)),
        }
    }
    spans
}

/// Cells cut to a width, with an ellipsis where something is left out.
#[must_use]
pub fn cut(mut cells: Vec<Cell>, limit: u16) -> Vec<Cell> {
    if columns(&cells) <= limit {
        return cells;
    }
    let mut used = 0;
    let room = limit.saturating_sub(1);
    let keep = cells.iter().take_while(|cell| {
        used += cell.width;
        used <= room
    });
    let keep = keep.count();
    let left_out = cells.get(keep).map(|cell| (cell.start, cell.style));
    cells.truncate(keep);
    if let Some((start, style)) = left_out.filter(|_| limit > 0) {
        cells.push(Cell { start, text: "…".into(), width: 1, style });
    }
    cells
}

/// Where lines break so that each fits: at spaces, or inside a word that is longer than a line.
/// There is always at least one line; a space at a break belongs to the line before and may stick out.
#[must_use]
pub fn wrap(cells: &[Cell], limit: u16) -> Vec<Range<usize>> {
    let limit = limit.max(1);
    let mut lines = Vec::new();
    let (mut start, mut used) = (0, 0_u16);
    let mut space: Option<usize> = None;
    for (i, cell) in cells.iter().enumerate() {
        // Twice where what stands behind the space is itself too long.
        while used.saturating_add(cell.width) > limit && !cell.is_space() && i > start {
            let end = space.map_or(i, |space| space + 1);
            lines.push(start..end);
            start = end;
            used = columns(&cells[start..i]);
            space = None;
        }
        if cell.is_space() {
            space = Some(i);
        }
        used = used.saturating_add(cell.width);
    }
    lines.push(start..cells.len());
    lines
}

/// The line and column of a byte of the text among wrapped lines: where its cursor is drawn.
#[must_use]
pub fn place(cells: &[Cell], lines: &[Range<usize>], byte: usize) -> (usize, u16) {
    let at = cells.iter().position(|cell| cell.start >= byte).unwrap_or(cells.len());
    let last = lines.len().saturating_sub(1);
    let row = lines.iter().position(|line| at < line.end).unwrap_or(last);
    let start = lines.get(row).map_or(0, |line| line.start);
    (row, columns(&cells[start.min(at)..at]))
}

/// A foreign text made safe and cut to a width.
#[must_use]
pub fn fit(text: &str, limit: u16) -> String {
    cut(cells(text, |_| Style::default()), limit).into_iter().map(|cell| cell.text).collect()
}

/// As [`fit`], filled with spaces up to the width.
#[must_use]
pub fn pad(text: &str, to: u16) -> String {
    let mut text = fit(text, to);
    let missing = to.saturating_sub(width(&text));
    text.extend(std::iter::repeat_n(' ', usize::from(missing)));
    text
}

/// As [`pad`], with the spaces before.
#[must_use]
pub fn pad_left(text: &str, to: u16) -> String {
    let text = fit(text, to);
    let missing = to.saturating_sub(width(&text));
    format!("{}{text}", " ".repeat(usize::from(missing)))
}

/// A time span for people: `8 s`, `3 min`, `2 h 05 min`.
#[must_use]
pub fn lasting(time: std::time::Duration) -> String {
    let s = time.as_secs();
    match s {
        0..60 => format!("{s} s"),
        60..3600 => format!("{} min", (s + 30) / 60),
        _ => format!("{} h {:02} min", s / 3600, s % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(text: &str) -> Vec<Cell> {
        cells(text, |_| Style::default())
    }

    fn wrapped(text: &str, limit: u16) -> Vec<String> {
        let cells = plain(text);
        wrap(&cells, limit).into_iter().map(|line| cells[line].iter().map(|c| c.text.as_str()).collect()).collect()
    }

    #[test]
    fn lines_break_at_words_and_long_words_anywhere() {
        assert_eq!(wrapped("Alan Turing was born", 11), ["Alan Turing ", "was born"]);
        assert_eq!(wrapped("abcdefgh ij", 3), ["abc", "def", "gh ", "ij"]);
        assert_eq!(wrapped("", 3), [""]);
        assert_eq!(wrapped("日本語", 4), ["日本", "語"]);
    }

    #[test]
    fn graphemes_are_never_cut() {
        assert_eq!(fit("👩‍👩‍👧 family", 4), "👩‍👩‍👧 …");
        assert_eq!(fit("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…");
        assert_eq!(fit("日本語", 4), "日…");
        assert_eq!(fit("a\u{1b}[2J", 10), "a␛[2J");
        assert_eq!(fit("abc", 0), "");
    }

    proptest! {
        #[test]
        fn what_fits_fits(text in "\\PC{0,30}[\\x00-\\x1f\u{80}-\u{9f}\u{202a}-\u{202e}]{0,3}\\PC{0,30}", limit in 0u16..40) {
            let fitted = fit(&text, limit);
            prop_assert!(width(&fitted) <= limit);
            prop_assert!(!fitted.chars().any(char::is_control));
            let cells = plain(&text);
            let lines = wrap(&cells, limit.max(2));
            prop_assert_eq!(lines.iter().map(ExactSizeIterator::len).sum::<usize>(), cells.len());
            for line in lines {
                let mut line = &cells[line];
                while line.last().is_some_and(Cell::is_space) { line = &line[..line.len() - 1]; }
                // One grapheme may be wider than any limit, and is never cut.
                prop_assert!(columns(line) <= limit.max(2) || line.len() == 1);
            }
        }
    }
}
