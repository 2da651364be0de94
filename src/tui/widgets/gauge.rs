//! A bar that tells a share: eighths of a column, or nothing but blocks in a small room.

use crate::tui::theme::{Theme, Token};
use ratatui::text::Span;

const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
const HEIGHTS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// A horizontal bar of `width` columns for a share in 0..=1, with its track.
#[must_use]
pub fn bar(share: f64, width: u16, theme: &Theme) -> Vec<Span<'static>> {
    let eighths = scaled(share, usize::from(width) * 8);
    let mut filled = "█".repeat(eighths / 8);
    filled.push_str(EIGHTHS[eighths % 8]);
    let rest = usize::from(width).saturating_sub(filled.chars().count());
    vec![Span::styled(filled, theme.of(Token::Gauge)), Span::styled("░".repeat(rest), theme.of(Token::Track))]
}

/// As [`bar`] without a track, as text: for columns of scores.
#[must_use]
pub fn bare(share: f64, width: u16) -> String {
    let eighths = scaled(share, usize::from(width) * 8);
    let filled = "█".repeat(eighths / 8) + EIGHTHS[eighths % 8];
    let missing = usize::from(width).saturating_sub(filled.chars().count());
    filled + &" ".repeat(missing)
}

/// A vertical bar of one cell.
#[must_use]
pub fn tick(share: f64) -> &'static str {
    HEIGHTS[scaled(share, 8).max(1)]
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=steps before")]
#[expect(clippy::cast_precision_loss, reason = "steps are a few hundred")]
fn scaled(share: f64, steps: usize) -> usize {
    let share = if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) };
    (share * steps as f64).round() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_wide_as_asked() {
        assert_eq!(bare(0.5, 4), "██  ");
        assert_eq!(bare(1.0, 4), "████");
        assert_eq!(bare(0.78, 4), "███▏");
        assert_eq!(bare(f64::NAN, 2), "  ");
        assert_eq!((tick(0.0), tick(0.5), tick(7.0)), ("▁", "▄", "█"));
    }
}
