//! The five scores of a sentence: as numbers, as bars, or both, by the room there is.

use super::gauge;
use crate::domain::quality::{Dimension, Score, ScoreCard};
use crate::tui::theme::{Theme, Token};
use ratatui::text::Span;

/// How the five columns are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Columns {
    /// One cell a dimension.
    Ticks,
    /// Four cells of bar a dimension.
    Bars,
    Numbers,
    /// Number and bar.
    Both,
}

impl Columns {
    /// What fits a screen of this width, and is preferred.
    #[must_use]
    pub fn of(width: u16, bars: bool) -> Self {
        match (width, bars) {
            (0..100, _) => Self::Ticks,
            (100..150, true) => Self::Bars,
            (100..150, false) => Self::Numbers,
            (150.., _) => Self::Both,
        }
    }

    /// Columns of one dimension, with the space after it.
    fn width(self) -> usize {
        match self {
            Self::Ticks => 2,
            Self::Bars | Self::Numbers => 5,
            Self::Both => 9,
        }
    }

    /// Columns of all five.
    #[must_use]
    pub fn total(self) -> u16 {
        u16::try_from(self.width() * 5).unwrap_or(u16::MAX)
    }

    /// The letters above the columns.
    #[must_use]
    pub fn heading(self) -> String {
        let width = self.width();
        let letter = |d: Dimension| match self {
            Self::Ticks => format!("{:<width$}", d.letter()),
            Self::Bars | Self::Numbers | Self::Both => format!(" {:<w$}", d.letter(), w = width - 1),
        };
        Dimension::ALL.into_iter().map(letter).collect()
    }

    /// A card in these columns; what was not measured is a dot, never a made-up number.
    #[must_use]
    pub fn spans(self, card: &ScoreCard, theme: &Theme) -> Vec<Span<'static>> {
        let mut spans = Vec::with_capacity(10);
        for (_, score) in card.iter() {
            let style = tone(score, theme);
            match self {
                Self::Ticks => spans.push(Span::styled(ticked(score), style)),
                Self::Bars => spans.push(Span::styled(barred(score), style)),
                Self::Numbers => spans.push(Span::styled(number(score) + "  ", style)),
                Self::Both => spans.push(Span::styled(number(score) + " " + &barred(score), style)),
            }
        }
        spans
    }
}

fn ticked(score: Option<Score>) -> String {
    score.map_or("· ".to_owned(), |score| gauge::tick(score.get()).to_owned() + " ")
}

fn barred(score: Option<Score>) -> String {
    score.map_or("·    ".to_owned(), |score| gauge::bare(score.get(), 4) + " ")
}

/// `.88`, `1.0`, or a dot: three columns.
#[must_use]
pub fn number(score: Option<Score>) -> String {
    match score {
        None => " · ".to_owned(),
        Some(score) if score.get() >= 0.995 => "1.0".to_owned(),
        Some(score) => format!("{:.2}", score.get()).trim_start_matches('0').to_owned(),
    }
}

fn tone(score: Option<Score>, theme: &Theme) -> ratatui::style::Style {
    match score {
        Some(score) if score.get() < 0.4 => theme.of(Token::Bad),
        Some(score) if score.get() < 0.6 => theme.of(Token::Warn),
        Some(_) => theme.of(Token::Text),
        None => theme.of(Token::Muted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_take_three_columns() {
        for (value, text) in [(0.884, ".88"), (0.999, "1.0"), (0.0, ".00"), (0.06, ".06")] {
            assert_eq!(number(Score::new(value)), text);
        }
    }

    #[test]
    fn headings_stand_above_their_columns() {
        let theme = Theme::named("mono");
        for columns in [Columns::Ticks, Columns::Bars, Columns::Numbers, Columns::Both] {
            let card = ScoreCard::new([Score::new(0.5); 5]);
            let width: usize = columns.spans(&card, &theme).iter().map(Span::width).sum();
            assert_eq!(width, usize::from(columns.total()), "{columns:?}");
            assert_eq!(columns.heading().chars().count(), width, "{columns:?}");
        }
    }
}
