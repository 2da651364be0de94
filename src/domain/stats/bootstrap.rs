//! Percentile intervals by resampling (Efron 1979): items, not judgements, are drawn with replacement.

use super::random::SplitMix;
use super::{Undefined, quantile, real};
use crate::domain::interval::Interval;

/// Resamples of a report's intervals: the bounds then wander by about a tenth of their distance.
pub const RESAMPLES: usize = 1_000;

/// A value with its interval, or why that has none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    pub value: f64,
    pub interval: Result<Interval, Undefined>,
}

impl Estimate {
    #[must_use]
    pub fn new(value: f64, interval: Result<Interval, Undefined>) -> Self {
        Self { value, interval }
    }
}

/// The interval that holds `level` of the values drawn. More than a tenth of the `resamples` without value leave
/// it undefined.
///
/// # Errors
/// `Unstable`, or `Nothing` where nothing was drawn.
pub fn percentile(mut draws: Vec<f64>, resamples: usize, level: f64) -> Result<Interval, Undefined> {
    if resamples == 0 {
        return Err(Undefined::Nothing);
    }
    if real(draws.len()) < 0.9 * real(resamples) {
        return Err(Undefined::Unstable);
    }
    draws.sort_by(f64::total_cmp);
    let tail = (1.0 - level) / 2.0;
    let bounds = quantile(&draws, tail).zip(quantile(&draws, 1.0 - tail));
    bounds.map(|(low, high)| Interval { low, high }).ok_or(Undefined::Nothing)
}

/// The mean of values that belong to items, with the interval of resampled items.
///
/// # Errors
/// No values.
pub fn mean(values: &[f64], level: f64, resamples: usize, seed: u64) -> Result<Estimate, Undefined> {
    if values.is_empty() {
        return Err(Undefined::Nothing);
    }
    let mut random = SplitMix::new(seed);
    let n = values.len();
    let resample = |random: &mut SplitMix| (0..n).map(|_| values[random.below(n)]).sum::<f64>() / real(n);
    let draws = (0..resamples).map(|_| resample(&mut random)).collect();
    Ok(Estimate::new(values.iter().sum::<f64>() / real(n), percentile(draws, resamples, level)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_lies_in_its_interval_and_the_seed_fixes_it() {
        let values: Vec<f64> = (0..100).map(|i| f64::from(u8::from(i % 10 != 0))).collect();
        let estimate = mean(&values, 0.95, 500, 7).unwrap();
        assert!((estimate.value - 0.9).abs() < 1e-12);
        let bounds = estimate.interval.unwrap();
        assert!((0.81..0.87).contains(&bounds.low) && (0.93..0.98).contains(&bounds.high), "{bounds:?}");
        assert_eq!(mean(&values, 0.95, 500, 7).unwrap(), estimate);
        assert_eq!(mean(&[], 0.95, 500, 7), Err(Undefined::Nothing));
        assert_eq!(percentile(vec![1.0; 80], 100, 0.95), Err(Undefined::Unstable));
    }
}
