//! Shares of many small groups, drawn to the whole as far as the groups resemble each other: a beta-binomial
//! hierarchy whose mean is that of all and whose strength is averaged over (Gelman et al. 2013, chapter 5). Its
//! intervals are widened so that they cover whatever the shape of the shares' distribution (`robust`). Raw counts
//! are shown beside.

use super::{real, robust};
use crate::domain::interval::Interval;
use statrs::distribution::{Beta, ContinuousCDF as _, Normal};
use statrs::function::beta::ln_beta;

/// A group's pooled share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pooled {
    pub share: f64,
    pub interval: Interval,
}

/// Priors by strength, as many answers as each counts for, with the probability of each given the answers: large
/// strengths where groups are alike.
struct Priors {
    mean: f64,
    strengths: Vec<(f64, f64)>,
}

/// Pools groups given as (right, n). A group without answers has the prior's interval. `None` where there are no
/// answers at all.
#[must_use]
pub fn pool(groups: &[(usize, usize)], level: f64) -> Option<Vec<Pooled>> {
    let priors = priors(groups)?;
    let deviates = robust::Deviates::new(level);
    groups.iter().map(|&(right, n)| pooled(&priors, real(right), real(n - right.min(n)), &deviates)).collect()
}

/// A mixture of beta distributions, one for each strength.
fn pooled(priors: &Priors, right: f64, wrong: f64, deviates: &robust::Deviates) -> Option<Pooled> {
    let n = right + wrong;
    // The share of its own answers in a group's estimate is n of n + strength.
    let deviate: f64 = priors.strengths.iter().map(|(strength, p)| p * deviates.at(n / (n + strength))).sum();
    let tail = Normal::standard().cdf(-deviate);
    let mut parts = Vec::with_capacity(priors.strengths.len());
    for &(strength, probability) in &priors.strengths {
        let beta = Beta::new(priors.mean * strength + right, (1.0 - priors.mean) * strength + wrong).ok()?;
        parts.push((beta, probability));
    }
    let share = parts.iter().map(|(beta, p)| p * beta.shape_a() / (beta.shape_a() + beta.shape_b())).sum();
    let quantile = |q: f64| {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..24 {
            let middle = f64::midpoint(low, high);
            let below: f64 = parts.iter().map(|(beta, p)| p * beta.cdf(middle)).sum();
            if below < q { low = middle } else { high = middle }
        }
        f64::midpoint(low, high)
    };
    Some(Pooled { share, interval: Interval { low: quantile(tail), high: quantile(1.0 - tail) } })
}

/// The mean is that of all answers with one right and one wrong added; the strengths lie on a grid of their
/// logarithm, 1 to 10,000, all as likely beforehand, and those of a hundredth of the best and less are left out.
fn priors(groups: &[(usize, usize)]) -> Option<Priors> {
    let right: usize = groups.iter().map(|group| group.0).sum();
    let n: usize = groups.iter().map(|group| group.1).sum();
    if n == 0 {
        return None;
    }
    let mean = (real(right) + 1.0) / (real(n) + 2.0);
    let fit = |strength: f64| -> f64 {
        let (a, b) = (mean * strength, (1.0 - mean) * strength);
        groups.iter().map(|&(x, n)| ln_beta(a + real(x), b + real(n - x.min(n))) - ln_beta(a, b)).sum()
    };
    let fits: Vec<(f64, f64)> =
        (0..=16).map(|step| 10_f64.powf(f64::from(step) / 4.0)).map(|strength| (strength, fit(strength))).collect();
    let best = fits.iter().map(|fit| fit.1).fold(f64::NEG_INFINITY, f64::max);
    let mut strengths: Vec<(f64, f64)> = fits.iter().map(|&(strength, fit)| (strength, (fit - best).exp())).collect();
    strengths.retain(|strength| strength.1 > 1e-2);
    let sum: f64 = strengths.iter().map(|strength| strength.1).sum();
    for strength in &mut strengths {
        strength.1 /= sum;
    }
    Some(Priors { mean, strengths })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_groups_are_drawn_to_the_whole_and_large_ones_stay() {
        let groups = [(950, 1000), (1, 2), (0, 0), (90, 100), (96, 100)];
        let pooled = pool(&groups, 0.95).unwrap();
        assert!((pooled[0].share - 0.95).abs() < 0.005, "{pooled:?}");
        assert!(pooled[1].share > 0.8, "{pooled:?}");
        assert!((pooled[2].share - 0.945).abs() < 0.003);
        let width = |i: usize| pooled[i].interval.high - pooled[i].interval.low;
        assert!(width(2) >= width(3) && width(3) > width(0));
    }

    #[test]
    fn groups_that_differ_keep_apart() {
        let alike = pool(&[(90, 100), (91, 100), (89, 100), (1, 4)], 0.95).unwrap();
        let apart = pool(&[(99, 100), (20, 100), (70, 100), (1, 4)], 0.95).unwrap();
        assert!(alike[3].share > 0.7 && apart[3].share < 0.5, "{alike:?} {apart:?}");
        assert_eq!(pool(&[(0, 0)], 0.95), None);
    }
}
