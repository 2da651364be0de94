//! An estimate that also uses what a predictor says of the sentences that nobody verified.
//!
//! PPI++ (Angelopoulos, Duchi and Zrnic 2023): the mean of all predictions times a factor, plus the mean of what the
//! prediction missed where the truth is known. The factor that gives the least variance is estimated, so that a
//! useless predictor costs nothing; for a finite frame it is the survey statisticians' regression estimator
//! (Cochran 1977, chapter 7).

use super::{Undefined, deviate, moments, real};
use crate::domain::interval::Interval;

/// The estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Powered {
    pub share: f64,
    pub interval: Interval,
    pub n: usize,
    /// How much the predictions are trusted.
    pub factor: f64,
    /// The variance as a part of that without predictions: 0.8 saves a fifth of the sample.
    pub variance_ratio: f64,
}

/// Fewer answers leave the factor to chance.
pub const LEAST: usize = 50;

/// The mean of `truth` over a frame from which (truth, prediction) pairs are a simple random sample;
/// `frame_mean` is the mean prediction of all `population` sentences of the frame. The interval is normal, cut to
/// 0..=1.
///
/// # Errors
/// Too few pairs, or answers that never vary (the normal interval would be a point).
pub fn powered(pairs: &[(f64, f64)], frame_mean: f64, population: usize, level: f64) -> Result<Powered, Undefined> {
    let n = pairs.len();
    if n < LEAST {
        return Err(Undefined::TooFew { n, least: LEAST });
    }
    let truths: Vec<f64> = pairs.iter().map(|pair| pair.0).collect();
    let predictions: Vec<f64> = pairs.iter().map(|pair| pair.1).collect();
    let (truth, variance) = moments(&truths).ok_or(Undefined::Nothing)?;
    let (prediction, spread) = moments(&predictions).ok_or(Undefined::Nothing)?;
    if variance == 0.0 {
        return Err(Undefined::Constant);
    }
    let products: f64 = pairs.iter().map(|(t, p)| (t - truth) * (p - prediction)).sum();
    let factor = if spread > 0.0 { products / real(n - 1) / spread } else { 0.0 };
    let missed: Vec<f64> = pairs.iter().map(|(t, p)| t - factor * p).collect();
    // One degree of freedom more is spent on the factor.
    let residual = moments(&missed).ok_or(Undefined::Nothing)?.1 * real(n - 1) / real(n - 2);
    let share = truth + factor * (frame_mean - prediction);
    let unseen = 1.0 - real(n.min(population)) / real(population.max(1));
    let half = deviate(level) * (unseen * residual / real(n)).sqrt();
    let bound = |value: f64| value.clamp(0.0, 1.0);
    Ok(Powered {
        share: bound(share),
        interval: Interval { low: bound(share - half), high: bound(share + half) },
        n,
        factor,
        variance_ratio: residual / variance,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_good_predictor_narrows_and_a_useless_one_costs_nothing() {
        let truth = |i: usize| f64::from(u8::from(!i.is_multiple_of(10)));
        let good: Vec<(f64, f64)> = (0..200).map(|i| (truth(i), 0.2 + 0.6 * truth(i) + 0.01 * real(i % 7))).collect();
        let found = powered(&good, 0.76, 15_000, 0.95).unwrap();
        assert!(found.variance_ratio < 0.2, "{found:?}");
        assert!(found.interval.low < 0.9 && found.interval.high > 0.88, "{found:?}");
        let useless: Vec<(f64, f64)> = (0..200).map(|i| (truth(i), 0.5)).collect();
        let plain = powered(&useless, 0.5, 15_000, 0.95).unwrap();
        assert!((plain.share - 0.9).abs() < 1e-12 && (plain.variance_ratio - 1.0).abs() < 0.01, "{plain:?}");
        assert_eq!(powered(&good[..49], 0.7, 100, 0.95), Err(Undefined::TooFew { n: 49, least: LEAST }));
        let same: Vec<(f64, f64)> = (0..60).map(|i| (1.0, real(i))).collect();
        assert_eq!(powered(&same, 0.5, 100, 0.95), Err(Undefined::Constant));
    }
}
