//! A score in 0..=1, the five dimensions, and the card that holds one score for each.

use std::fmt;

/// A quality in 0..=1, never NaN.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Score(f64);

impl Score {
    pub const ZERO: Self = Self(0.0);
    pub const ONE: Self = Self(1.0);

    /// Brings a number into 0..=1; `None` for NaN, which is no measurement.
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        if value.is_nan() { None } else { Some(Self(value.clamp(0.0, 1.0))) }
    }

    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }

    /// Its log-odds in nats, within ±4.6: nearer to 0 or 1 than a hundredth, scores are not told apart.
    #[must_use]
    pub fn log_odds(self) -> f64 {
        let share = self.0.clamp(SURE, 1.0 - SURE);
        (share / (1.0 - share)).ln()
    }

    /// The score of such odds.
    #[must_use]
    pub fn of_log_odds(odds: f64) -> Option<Self> {
        Self::new(1.0 / (1.0 + (-odds).exp()))
    }
}

/// How near to 0 and to 1 a score means anything.
const SURE: f64 = 0.01;

impl Eq for Score {}

impl PartialOrd<f64> for Score {
    fn partial_cmp(&self, other: &f64) -> Option<std::cmp::Ordering> {
        self.0.partial_cmp(other)
    }
}

impl PartialEq<f64> for Score {
    fn eq(&self, other: &f64) -> bool {
        self.0 == *other
    }
}

/// What a sentence is judged on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// Is it well-formed English?
    Grammar,
    /// Would a native speaker write it?
    Fluency,
    /// Is its tone the one people use to state such a fact?
    Sentiment,
    /// Does it state this tuple, all of it, nothing else, in the right direction?
    Accuracy,
    /// Is it rich enough to be worth learning from?
    Complexity,
}

impl Dimension {
    pub const ALL: [Self; 5] = [Self::Grammar, Self::Fluency, Self::Sentiment, Self::Accuracy, Self::Complexity];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Grammar => "grammar",
            Self::Fluency => "fluency",
            Self::Sentiment => "sentiment",
            Self::Accuracy => "accuracy",
            Self::Complexity => "complexity",
        }
    }

    /// The letter above its column.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::Grammar => 'G',
            Self::Fluency => 'F',
            Self::Sentiment => 'S',
            Self::Accuracy => 'A',
            Self::Complexity => 'C',
        }
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One score a dimension; `None` where it could not be measured, which is never a made-up number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScoreCard([Option<Score>; 5]);

impl ScoreCard {
    #[must_use]
    pub fn new(scores: [Option<Score>; 5]) -> Self {
        Self(scores)
    }

    #[must_use]
    pub fn get(&self, dimension: Dimension) -> Option<Score> {
        self.0[dimension as usize]
    }

    pub fn set(&mut self, dimension: Dimension, score: Option<Score>) {
        self.0[dimension as usize] = score;
    }

    pub fn iter(&self) -> impl Iterator<Item = (Dimension, Option<Score>)> {
        Dimension::ALL.into_iter().map(|d| (d, self.get(d)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_a_number_between_0_and_1() {
        assert_eq!(Score::new(f64::NAN), None);
        assert_eq!(Score::new(7.0), Some(Score::ONE));
        assert_eq!(Score::new(f64::NEG_INFINITY), Some(Score::ZERO));
    }
}
