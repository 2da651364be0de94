//! Accuracy and F1 with intervals, and which families of relations are taken for which.

use super::Draws;
use crate::domain::interval::wilson;
use crate::domain::relation::Catalogue;
use std::collections::BTreeMap;

/// Resamples of the bootstrap.
const RESAMPLES: usize = 1_000;
const LEVEL: f64 = 0.95;

/// A figure in 0..=1 with its 95% interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

/// Rows of one family that were taken for another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confusion {
    pub family: String,
    pub taken_for: String,
    pub rows: u64,
}

/// How a baseline did.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    pub rows: usize,
    /// With Wilson's interval.
    pub accuracy: Estimate,
    /// Mean F1 of the relations of the rows; interval by bootstrap over rows (percentiles).
    pub macro_f1: Estimate,
    /// With one relation for each row this is the accuracy, given for comparison; interval by bootstrap.
    pub micro_f1: Estimate,
    /// The diagonal too, by family, the most rows first.
    pub families: Vec<Confusion>,
}

/// Compares guesses with the truth; neither is empty.
pub(super) fn figures(
    relations: &[String],
    catalogue: &Catalogue,
    gold: &[usize],
    guesses: &[usize],
    seed: u64,
) -> Figures {
    let pairs: Vec<(usize, usize)> = gold.iter().copied().zip(guesses.iter().copied()).collect();
    let right = pairs.iter().filter(|(gold, guess)| gold == guess).count();
    let interval = wilson(right as u64, pairs.len() as u64, LEVEL);
    let value = share(right, pairs.len());
    let accuracy = interval.map_or(Estimate { value, low: 0.0, high: 1.0 }, |interval| Estimate {
        value,
        low: interval.low,
        high: interval.high,
    });
    let mut draws = Draws(seed);
    let mut again: Vec<(f64, f64)> = Vec::with_capacity(RESAMPLES);
    for _ in 0..RESAMPLES {
        let sample: Vec<(usize, usize)> = (0..pairs.len()).map(|_| pairs[draws.below(pairs.len())]).collect();
        again.push(f1(&sample, relations.len()));
    }
    let (mean, overall) = f1(&pairs, relations.len());
    Figures {
        rows: pairs.len(),
        accuracy,
        macro_f1: estimate(mean, again.iter().map(|(macro_f1, _)| *macro_f1).collect()),
        micro_f1: estimate(overall, again.iter().map(|(_, micro)| *micro).collect()),
        families: families(relations, catalogue, &pairs),
    }
}

/// Macro and micro F1 over the relations of the rows.
fn f1(pairs: &[(usize, usize)], relations: usize) -> (f64, f64) {
    let (mut right, mut gold_of, mut guessed) = (vec![0; relations], vec![0; relations], vec![0; relations]);
    for &(gold, guess) in pairs {
        gold_of[gold] += 1;
        guessed[guess] += 1;
        right[gold] += usize::from(gold == guess);
    }
    let there: Vec<usize> = (0..relations).filter(|&relation| gold_of[relation] > 0).collect();
    let sum: f64 = there.iter().map(|&r| share(2 * right[r], gold_of[r] + guessed[r])).sum();
    let all: usize = right.iter().sum();
    (sum / share(there.len(), 1).max(1.0), share(all, pairs.len()))
}

fn estimate(value: f64, mut again: Vec<f64>) -> Estimate {
    again.sort_unstable_by(f64::total_cmp);
    // 2.5% of the resamples on each side.
    let out = again.len() / 40;
    let bound = |at: usize| again.get(at).copied().unwrap_or(value);
    Estimate { value, low: bound(out), high: bound(again.len().saturating_sub(out + 1)) }
}

/// The first part of a relation's place in the taxonomy; what has none is a family of its own.
fn families(relations: &[String], catalogue: &Catalogue, pairs: &[(usize, usize)]) -> Vec<Confusion> {
    let family = |name: &String| {
        let path = catalogue.find(name).and_then(|relation| relation.path.clone());
        path.and_then(|path| path.split('/').next().map(str::to_owned)).unwrap_or_else(|| "no family".to_owned())
    };
    let names: Vec<String> = relations.iter().map(family).collect();
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for &(gold, guess) in pairs {
        *counts.entry((&names[gold], &names[guess])).or_default() += 1;
    }
    let mut found: Vec<Confusion> = counts
        .into_iter()
        .map(|((family, taken_for), rows)| Confusion {
            family: family.to_owned(),
            taken_for: taken_for.to_owned(),
            rows,
        })
        .collect();
    found.sort_by_key(|confusion| std::cmp::Reverse(confusion.rows));
    found
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows stay far below 2^52")]
fn share(part: usize, of: usize) -> f64 {
    if of == 0 { 0.0 } else { part as f64 / of as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: the relations have F1 of 2/4, 2/3 and 4/5; the fourth has no row.
    #[test]
    fn f1_is_a_mean_over_relations_or_over_rows() {
        let pairs = [(0, 0), (0, 1), (1, 1), (2, 2), (2, 2), (2, 0)];
        let (macro_f1, micro) = f1(&pairs, 4);
        assert!((macro_f1 - (0.5 + 2.0 / 3.0 + 0.8) / 3.0).abs() < 1e-12, "{macro_f1}");
        assert!((micro - 4.0 / 6.0).abs() < 1e-12);
    }

    #[test]
    fn intervals_hold_the_value() {
        let names: Vec<String> = ["a", "b"].map(str::to_owned).to_vec();
        let gold: Vec<usize> = (0..100).map(|i| i % 2).collect();
        let guesses: Vec<usize> = (0..100).map(|i| usize::from(i % 10 < 5)).collect();
        let figures = figures(&names, &Catalogue::default(), &gold, &guesses, 1);
        for Estimate { value, low, high } in [figures.accuracy, figures.macro_f1, figures.micro_f1] {
            assert!(low < value && value < high, "{low} {value} {high}");
        }
        assert_eq!(figures.families[0].rows, 100);
    }
}
