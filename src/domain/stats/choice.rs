//! What people's choices say of the worth of each feature: conditional logit (McFadden 1974), regularised, and
//! judged on choices it has not seen.

use super::bootstrap::{Estimate, percentile};
use super::random::SplitMix;
use super::{Undefined, matrix, real};
use std::collections::BTreeMap;

/// One option taken from several.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Choices of one group (a tuple) stay together in cross-validation and resampling.
    pub group: i64,
    /// The features of each option; all of one length.
    pub options: Vec<Vec<f64>>,
    pub chosen: usize,
}

/// A weight with its standard error, which is 0 for one held at 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weight {
    pub value: f64,
    pub error: f64,
}

/// The penalty on the squares of the weights, each times the spread of its feature within choices: as strong as
/// one observation of its variance, so that it matters only where data are few.
pub const RIDGE: f64 = 1.0;

/// Newton's method ends here at the latest; it needs some six steps.
const STEPS: usize = 50;

/// The weights of highest penalised likelihood. With `rising`, a weight that would be negative is held at 0, the
/// most negative first, and the others are fitted again.
///
/// # Errors
/// No choice between several options; features that never vary within a choice.
pub fn fit(choices: &[Choice], ridge: f64, rising: bool) -> Result<Vec<Weight>, Undefined> {
    let width = choices.iter().flat_map(|choice| &choice.options).map(Vec::len).next().ok_or(Undefined::Nothing)?;
    let spreads = spreads(choices, width);
    let mut active: Vec<usize> = (0..width).filter(|&k| spreads[k] > 1e-9).collect();
    if active.is_empty() {
        return Err(Undefined::Constant);
    }
    loop {
        let (values, information) = newton(choices, &active, &spreads, ridge)?;
        let lowest = (0..active.len()).min_by(|&a, &b| values[a].total_cmp(&values[b]));
        if let Some(lowest) = lowest.filter(|&k| rising && values[k] < 0.0) {
            active.remove(lowest);
            if active.is_empty() {
                return Err(Undefined::Constant);
            }
            continue;
        }
        let variances = matrix::inverse(&information).ok_or(Undefined::Constant)?;
        let mut weights = vec![Weight { value: 0.0, error: 0.0 }; width];
        for (at, &k) in active.iter().enumerate() {
            weights[k] = Weight { value: values[at] / spreads[k], error: variances[at][at].sqrt() / spreads[k] };
        }
        return Ok(weights);
    }
}

/// The standard deviation of each feature within choices.
fn spreads(choices: &[Choice], width: usize) -> Vec<f64> {
    let (mut squares, mut n) = (vec![0.0; width], 0.0);
    for choice in choices {
        let options = real(choice.options.len());
        for k in 0..width {
            let mean = choice.options.iter().map(|x| x[k]).sum::<f64>() / options;
            squares[k] += choice.options.iter().map(|x| (x[k] - mean).powi(2)).sum::<f64>();
        }
        n += options - 1.0;
    }
    squares.iter().map(|square| (square / f64::max(n, 1.0)).sqrt()).collect()
}

type Fitted = (Vec<f64>, Vec<Vec<f64>>);

/// Weights of the active features in units of their spreads, and the information matrix there.
fn newton(choices: &[Choice], active: &[usize], spreads: &[f64], ridge: f64) -> Result<Fitted, Undefined> {
    let mut beta = vec![0.0; active.len()];
    let (mut best, mut slope, mut information) = derivatives(choices, active, spreads, ridge, &beta);
    for _ in 0..STEPS {
        let step = matrix::solve(&information, &slope).ok_or(Undefined::Constant)?;
        let mut length = 1.0;
        let moved = loop {
            let next: Vec<f64> = beta.iter().zip(&step).map(|(b, s)| b + length * s).collect();
            let found = derivatives(choices, active, spreads, ridge, &next);
            if found.0 >= best - 1e-9 {
                beta = next;
                (best, slope, information) = found;
                break length * step.iter().fold(0.0, |most: f64, s| most.max(s.abs()));
            }
            length /= 2.0;
            if length < 1e-9 {
                break 0.0;
            }
        };
        if moved < 1e-7 {
            break;
        }
    }
    Ok((beta, information))
}

/// The penalised log-likelihood, its gradient, and the negative of its second derivatives.
fn derivatives(
    choices: &[Choice],
    active: &[usize],
    spreads: &[f64],
    ridge: f64,
    beta: &[f64],
) -> (f64, Vec<f64>, Vec<Vec<f64>>) {
    let m = active.len();
    let mut value = -ridge / 2.0 * beta.iter().map(|b| b * b).sum::<f64>();
    let mut slope: Vec<f64> = beta.iter().map(|b| -ridge * b).collect();
    let mut information = vec![vec![0.0; m]; m];
    for (k, row) in information.iter_mut().enumerate() {
        row[k] = ridge;
    }
    for choice in choices {
        let x: Vec<Vec<f64>> =
            choice.options.iter().map(|option| active.iter().map(|&k| option[k] / spreads[k]).collect()).collect();
        let utilities: Vec<f64> = x.iter().map(|x| dot(x, beta)).collect();
        let top = utilities.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let worth: Vec<f64> = utilities.iter().map(|u| (u - top).exp()).collect();
        let sum: f64 = worth.iter().sum();
        value += utilities[choice.chosen] - top - sum.ln();
        let mut mean = vec![0.0; m];
        for (x, w) in x.iter().zip(&worth) {
            let share = w / sum;
            for a in 0..m {
                mean[a] += share * x[a];
                for b in 0..=a {
                    information[a][b] += share * x[a] * x[b];
                }
            }
        }
        for a in 0..m {
            slope[a] += x[choice.chosen][a] - mean[a];
            for b in 0..=a {
                information[a][b] -= mean[a] * mean[b];
            }
        }
    }
    // Only the lower triangle was summed.
    for a in 1..m {
        let (above, below) = information.split_at_mut(a);
        for (b, row) in above.iter_mut().enumerate() {
            row[a] = below[0][b];
        }
    }
    (value, slope, information)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The chance that the chosen option is among the first `k` under these weights; ties share places.
#[must_use]
pub fn hit(choice: &Choice, weights: &[f64], k: usize) -> f64 {
    let utilities: Vec<f64> = choice.options.iter().map(|x| dot(x, weights)).collect();
    let own = utilities[choice.chosen];
    let better = utilities.iter().filter(|&&u| u > own + 1e-12).count();
    let level = utilities.iter().filter(|&&u| (u - own).abs() <= 1e-12).count();
    (real(k.saturating_sub(better)) / real(level)).min(1.0)
}

/// How often the chosen option came first, or among the first three, under weights that had not seen the choice,
/// and under weights given beforehand.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldOut {
    groups: Vec<i64>,
    /// By choice: first, then among three; the learned weights, then each of the given ones.
    hits: Vec<Vec<[f64; 2]>>,
}

/// Cross-validation by group: each choice is judged by weights fitted on the other folds.
///
/// # Errors
/// Those of `fit` on a fold.
pub fn held_out(
    choices: &[Choice],
    folds: u64,
    seed: u64,
    rising: bool,
    given: &[&[f64]],
) -> Result<HeldOut, Undefined> {
    let fold = |choice: &Choice| SplitMix::new(seed ^ choice.group.unsigned_abs()).bits() % folds;
    let mut learned = Vec::new();
    for held in 0..folds {
        let others: Vec<Choice> = choices.iter().filter(|choice| fold(choice) != held).cloned().collect();
        let weights = fit(&others, RIDGE, rising)?;
        learned.push(weights.iter().map(|weight| weight.value).collect::<Vec<f64>>());
    }
    let hits = choices.iter().map(|choice| {
        let own = usize::try_from(fold(choice)).unwrap_or(0);
        let all = std::iter::once(learned[own].as_slice()).chain(given.iter().copied());
        all.map(|weights| [hit(choice, weights, 1), hit(choice, weights, 3)]).collect()
    });
    Ok(HeldOut { hits: hits.collect(), groups: choices.iter().map(|choice| choice.group).collect() })
}

impl HeldOut {
    /// Mean hits by group, as (sum, number).
    fn by_group(&self, value: impl Fn(&[[f64; 2]]) -> f64) -> Vec<(f64, f64)> {
        let mut groups: BTreeMap<i64, (f64, f64)> = BTreeMap::new();
        for (group, hits) in self.groups.iter().zip(&self.hits) {
            let sum = groups.entry(*group).or_default();
            *sum = (sum.0 + value(hits), sum.1 + 1.0);
        }
        groups.into_values().collect()
    }

    fn estimate(&self, level: f64, seed: u64, value: impl Fn(&[[f64; 2]]) -> f64) -> Estimate {
        let groups = self.by_group(value);
        let mean = |(sum, n): (f64, f64)| sum / n.max(1.0);
        let total = |groups: &mut dyn Iterator<Item = (f64, f64)>| {
            mean(groups.fold((0.0, 0.0), |all, group| (all.0 + group.0, all.1 + group.1)))
        };
        let mut random = SplitMix::new(seed);
        let resamples = super::bootstrap::RESAMPLES;
        let draws =
            (0..resamples).map(|_| total(&mut (0..groups.len()).map(|_| groups[random.below(groups.len())]))).collect();
        Estimate::new(total(&mut groups.iter().copied()), percentile(draws, resamples, level))
    }

    /// The share of hits among the first one (`three` false) or three, by the learned weights (0) or the given
    /// ones (from 1), with an interval of resampled groups.
    #[must_use]
    pub fn top(&self, which: usize, three: bool, level: f64, seed: u64) -> Estimate {
        self.estimate(level, seed, |hits| hits[which][usize::from(three)])
    }

    /// What the learned weights hit more often than the given ones.
    #[must_use]
    pub fn gain(&self, over: usize, three: bool, level: f64, seed: u64) -> Estimate {
        let k = usize::from(three);
        self.estimate(level, seed, |hits| hits[0][k] - hits[over][k])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(group: i64, options: &[[f64; 2]], chosen: usize) -> Choice {
        Choice { group, options: options.iter().map(|x| x.to_vec()).collect(), chosen }
    }

    #[test]
    fn a_choice_of_two_is_a_logistic_regression() {
        // The first feature is 1 for one option: chosen 3 times of 4, so its weight is near ln 3.
        let choices: Vec<Choice> =
            (0..400).map(|i| choice(i, &[[1.0, 0.0], [0.0, 0.0]], usize::from(i % 4 == 0))).collect();
        let weights = fit(&choices, 1e-6, false).unwrap();
        assert!((weights[0].value - 3.0_f64.ln()).abs() < 1e-3, "{weights:?}");
        assert!((weights[0].error - (400.0_f64 * 0.75 * 0.25).sqrt().recip()).abs() < 1e-3, "{weights:?}");
        assert_eq!(weights[1], Weight { value: 0.0, error: 0.0 }, "it never varies");
    }

    #[test]
    fn a_weight_that_would_fall_is_held_at_zero() {
        let choices: Vec<Choice> =
            (0..100).map(|i| choice(i, &[[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]], usize::from(i % 3 == 0) * 2)).collect();
        assert!(fit(&choices, RIDGE, false).unwrap()[1].value < 0.0);
        let rising = fit(&choices, RIDGE, true).unwrap();
        assert!(rising[0].value > 0.0 && rising[1].value == 0.0, "{rising:?}");
        assert_eq!(fit(&[], RIDGE, true), Err(Undefined::Nothing));
        assert_eq!(fit(&[choice(1, &[[1.0, 1.0], [1.0, 1.0]], 0)], RIDGE, true), Err(Undefined::Constant));
    }

    #[test]
    fn ties_share_their_places() {
        let tied = choice(1, &[[1.0, 0.0], [1.0, 0.0], [0.0, 0.0]], 0);
        assert_eq!(hit(&tied, &[1.0, 0.0], 1), 0.5);
        assert_eq!(hit(&tied, &[1.0, 0.0], 3), 1.0);
        assert_eq!(hit(&tied, &[-1.0, 0.0], 1), 0.0);
    }
}
