//! What an annotator is shown of the ranker's work: drawn by seed, so that anchoring can be measured.

use crate::domain::digest::Digest;
use crate::domain::id::TupleId;
use std::fmt;
use std::str::FromStr;

/// How a tuple's candidates are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Arm {
    /// Shuffled; neither method nor score is told.
    Blind,
    /// In the ranker's order, without scores.
    Ranked,
    /// In the ranker's order, with the five scores.
    RankedScores,
    /// Other people's answers, to be settled between: never drawn.
    Answers,
}

impl Arm {
    /// Those that are drawn.
    pub const ALL: [Self; 3] = [Self::Blind, Self::Ranked, Self::RankedScores];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Blind => "blind",
            Self::Ranked => "ranked",
            Self::RankedScores => "ranked+scores",
            Self::Answers => "answers",
        }
    }

    /// The arm of an annotator for a tuple: always the same, a third each in the long run.
    #[must_use]
    pub fn draw(seed: u64, annotator: &str, tuple: TupleId) -> Self {
        let digest = Digest::of(&["arm", &seed.to_string(), annotator, &tuple.to_string()]);
        let third = usize::try_from(digest.as_u64() % 3).unwrap_or(0);
        Self::ALL[third]
    }
}

impl fmt::Display for Arm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Arm {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .chain([Self::Answers])
            .find(|arm| arm.name() == name)
            .ok_or_else(|| format!("unknown arm '{name}'; one of blind, ranked, ranked+scores"))
    }
}

/// A shuffle that stays the same on return: sorts by a hash of (seed, annotator, tuple, item).
pub fn shuffle<T>(items: &mut [T], seed: u64, annotator: &str, tuple: TupleId, id: impl Fn(&T) -> i64) {
    items.sort_by_cached_key(|item| {
        Digest::of(&["order", &seed.to_string(), annotator, &tuple.to_string(), &id(item).to_string()])
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arms_are_stable_and_even() {
        let mut counts = [0; 3];
        for tuple in 0..3000 {
            let arm = Arm::draw(7, "mansi", TupleId(tuple));
            assert_eq!(arm, Arm::draw(7, "mansi", TupleId(tuple)));
            counts[arm as usize] += 1;
        }
        assert!(counts.iter().all(|&n| (900..1100).contains(&n)), "{counts:?}");
    }
}
