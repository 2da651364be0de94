//! SEI: the weighted combination of the five scores, and the vetoes that cap it.

use super::score::{Dimension, Score, ScoreCard};
use std::fmt;
use std::str::FromStr;

/// A fault that no average may hide. Each caps SEI and is shown by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Veto {
    HeadMissing,
    TailMissing,
    NoVerb,
    CutOff,
    NotOneSentence,
    WrongLanguage,
    Empty,
}

impl Veto {
    pub const ALL: [Self; 7] = [
        Self::HeadMissing,
        Self::TailMissing,
        Self::NoVerb,
        Self::CutOff,
        Self::NotOneSentence,
        Self::WrongLanguage,
        Self::Empty,
    ];

    /// The identifier in files and in `--json`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::HeadMissing => "head-missing",
            Self::TailMissing => "tail-missing",
            Self::NoVerb => "no-verb",
            Self::CutOff => "cut-off",
            Self::NotOneSentence => "not-one-sentence",
            Self::WrongLanguage => "wrong-language",
            Self::Empty => "empty",
        }
    }
}

impl fmt::Display for Veto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Veto {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|v| v.name() == name).ok_or_else(|| format!("unknown veto '{name}'"))
    }
}

/// How scores become one number. Data of `assets/sei.toml`, with its version.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    pub version: String,
    /// Not negative, by [`Dimension`]; only their ratios matter.
    pub weights: [f64; 5],
    /// The most that SEI may be under each veto, by position in [`Veto::ALL`], in 0..=1.
    pub caps: [f64; 7],
}

/// The index of a sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    /// `None` when no dimension at all could be measured.
    pub value: Option<Score>,
    pub vetoes: Vec<Veto>,
}

impl Policy {
    /// The weighted mean of the log-odds of the dimensions that were measured, their weights renormalised, as a score
    /// again, and capped by the lowest veto. Scores are chances; the mean of their log-odds is the logarithmic opinion
    /// pool (Genest and Zidek 1986). Of good candidates it finds the best where the mean of the scores sees them
    /// all alike: .99 lies as far from .97 as .57 from .3.
    #[must_use]
    pub fn index(&self, card: &ScoreCard, vetoes: Vec<Veto>) -> Index {
        let mut sum = 0.0;
        let mut weight = 0.0;
        for dimension in Dimension::ALL {
            if let Some(score) = card.get(dimension) {
                let w = self.weights[dimension as usize];
                sum += w * score.log_odds();
                weight += w;
            }
        }
        let mean = if weight > 0.0 { Score::of_log_odds(sum / weight) } else { None };
        let cap = vetoes.iter().map(|&veto| self.caps[veto as usize]).fold(1.0, f64::min);
        Index { value: mean.and_then(|mean| Score::new(mean.get().min(cap))), vetoes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> Policy {
        Policy { version: "t".into(), weights: [1.0, 1.0, 0.0, 2.0, 0.0], caps: [0.3; 7] }
    }

    fn card(grammar: Option<f64>, accuracy: f64) -> ScoreCard {
        let mut card = ScoreCard::default();
        card.set(Dimension::Grammar, grammar.and_then(Score::new));
        card.set(Dimension::Accuracy, Score::new(accuracy));
        card
    }

    #[test]
    fn what_is_absent_does_not_count() {
        let index = |card| policy().index(&card, vec![]).value.unwrap().get();
        // Odds of 9 and twice of 1: a third of log 9 is log 2.08.
        assert!((index(card(Some(0.9), 0.5)) - 2.080_083_823 / 3.080_083_823).abs() < 1e-9);
        assert!((index(card(None, 0.5)) - 0.5).abs() < 1e-12);
        assert_eq!(policy().index(&ScoreCard::default(), vec![]).value, None);
    }

    #[test]
    fn what_is_all_but_certain_is_told_apart_as_far_as_a_hundredth() {
        let index = |score| policy().index(&card(Some(score), 0.1), vec![]).value.unwrap();
        assert!(index(0.9) < index(0.97) && index(0.97) < index(0.99));
        assert_eq!(index(1.0), index(0.99));
    }

    #[test]
    fn a_veto_caps() {
        let index = policy().index(&card(Some(1.0), 1.0), vec![Veto::NoVerb]);
        assert_eq!(index.value, Score::new(0.3));
    }
}
