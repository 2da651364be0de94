//! How far an interval around a shrunken estimate must reach to cover on average over groups, whatever the
//! distribution of their true values: Armstrong, Kolesár and Plagborg-Møller (2022), "Robust empirical Bayes
//! confidence intervals", Econometrica 90(6), section 3. Only the second moment of that distribution is trusted.

use super::{deviate, real};
use statrs::distribution::{ContinuousCDF as _, Normal};

/// Points of the table over the weight, besides the last.
const STEPS: usize = 64;

/// Half widths in standard deviations of the posterior, by the weight of a group's own answers in its estimate.
#[derive(Debug, Clone)]
pub struct Deviates(Vec<f64>);

impl Deviates {
    /// The table for a level of coverage, such as .95.
    #[must_use]
    pub fn new(level: f64) -> Self {
        let alpha = 1.0 - level;
        let table = (0..=STEPS).map(|step| match real(step) / real(STEPS) {
            // Nothing of its own: all that is known is the variance, and Chebyshev's inequality is the bound.
            0.0 => (1.0 / alpha).sqrt(),
            1.0 => deviate(level),
            weight => critical(1.0 / weight - 1.0, alpha) * weight.sqrt(),
        });
        Self(table.collect())
    }

    /// The half width at a weight of 0..=1, between the table's points by a line.
    #[must_use]
    pub fn at(&self, weight: f64) -> f64 {
        let place = weight.clamp(0.0, 1.0) * real(STEPS);
        let below = super::index(place.floor()).min(STEPS - 1);
        let (low, high) = (self.0[below], self.0[below + 1]);
        low + (high - low) * (place - real(below))
    }
}

/// The value that |b + Z| exceeds with a chance of at most `alpha`, Z standard normal, for each distribution of the
/// bias b whose mean square is `moment`: `cva` of the paper's equation 7.
fn critical(moment: f64, alpha: f64) -> f64 {
    let (mut low, mut high) = (0.0, ((1.0 + moment) / alpha).sqrt());
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        if worst(moment, middle) > alpha { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

/// The largest chance of missing at `reach`: the bias is 0 or one other value, the worst of those allowed (the
/// paper's proposition 1). The chance rises and then falls with that value.
fn worst(moment: f64, reach: f64) -> f64 {
    let normal = Normal::standard();
    let missed = |bias: f64| normal.cdf(-bias - reach) + normal.cdf(bias - reach);
    let at = |bias: f64| {
        let share = (moment / (bias * bias)).min(1.0);
        (1.0 - share) * missed(0.0) + share * missed(bias)
    };
    let (mut low, mut high) = (moment.sqrt(), moment.sqrt().max(reach) + 10.0);
    for _ in 0..60 {
        let third = (high - low) / 3.0;
        if at(low + third) < at(high - third) { low += third } else { high -= third }
    }
    at(f64::midpoint(low, high))
}

#[cfg(test)]
mod tests {
    use super::super::random::SplitMix;
    use super::*;

    /// Values of a plain grid search in Python over both roots of the bias.
    #[test]
    fn critical_values_are_those_of_a_grid_search() {
        for (moment, value) in
            [(0.1, 2.0645), (0.25, 2.2267), (0.5, 2.5235), (1.0, 3.2592), (4.0, 7.2163), (25.0, 20.1583)]
        {
            assert!((critical(moment, 0.05) - value).abs() < 1e-3, "{moment}: {}", critical(moment, 0.05));
        }
    }

    #[test]
    fn the_table_runs_from_chebyshev_to_the_normal_deviate_and_never_rises() {
        let deviates = Deviates::new(0.95);
        assert!((deviates.at(0.0) - 20_f64.sqrt()).abs() < 1e-9 && (deviates.at(1.0) - 1.959_964).abs() < 1e-6);
        assert!((deviates.at(0.5) - 3.2592 / 2_f64.sqrt()).abs() < 1e-3);
        assert!(deviates.0.windows(2).all(|pair| pair[0] >= pair[1]), "{deviates:?}");
    }

    /// Effects that are mostly 0 and rarely far off: an interval that takes them for normal misses too often.
    #[test]
    fn rare_large_effects_are_covered_where_a_normal_prior_is_not() {
        let (weight, mut random) = (0.3_f64, SplitMix::new(21));
        let moment = weight / (1.0 - weight);
        let mut normal = || {
            let (u, v) = (1.0 - random.unit(), random.unit());
            ((-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos(), random.unit())
        };
        let rare: f64 = 0.06;
        let reaches = [Deviates::new(0.95).at(weight), deviate(0.95)];
        let mut missed = [0, 0];
        for _ in 0..20_000 {
            let (noise, draw) = normal();
            let effect = if draw < rare { (moment / rare).sqrt() } else { 0.0 };
            let off = (weight * (effect + noise) - effect).abs();
            for (missed, reach) in missed.iter_mut().zip(reaches) {
                *missed += usize::from(off > reach * weight.sqrt());
            }
        }
        assert!(missed[0] <= 1_000 && missed[1] > 1_100, "{missed:?}");
    }
}
