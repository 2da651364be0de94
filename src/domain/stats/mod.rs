//! Statistics of annotation: how far people agree, how right the sentences are, what the ranker is worth.
//!
//! Each file has one subject. All is a function of its arguments: what is drawn is drawn by a seed. What a figure
//! cannot be computed from is an [`Undefined`] that says why, never NaN.

pub mod agreement;
pub mod bootstrap;
pub mod calibration;
pub mod choice;
pub mod correlation;
pub mod difference;
pub mod diversity;
pub mod finite;
pub mod independence;
mod matrix;
pub mod overlap;
pub mod pace;
pub mod pooling;
pub mod prediction;
pub mod random;
pub mod ratings;
pub mod robust;
pub mod sequence;
pub mod size;
pub mod strata;
pub mod strength;

#[cfg(test)]
mod simulations;

use statrs::distribution::{ContinuousCDF as _, Normal};
use thiserror::Error;

/// Why a figure has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Undefined {
    #[error("there is nothing to compute it from")]
    Nothing,
    #[error("no item was judged by two people")]
    NoPairs,
    #[error("all judgements are the same, so that agreement by chance is certain")]
    OneCategory,
    #[error("items have different numbers of judgements; Krippendorff's alpha allows for that")]
    Uneven,
    #[error("it compares two people; there are {0}")]
    NotTwo(usize),
    #[error("one of the two quantities never varies")]
    Constant,
    #[error("{n} are too few; {least} are needed")]
    TooFew { n: usize, least: usize },
    #[error("the sample is not a simple random one")]
    NotSimple,
    #[error("it has no value in too many of the resamples")]
    Unstable,
    #[error("strata with a verdict hold too little of the frame")]
    Uncovered,
    #[error("the arguments contradict each other")]
    Contradiction,
}

/// A count as a real number; exact below 2^52.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of rows stay far below 2^52")]
pub fn real(n: usize) -> f64 {
    n as f64
}

/// The standard normal deviate that leaves `(1 - level) / 2` on each side: 1.96 for 0.95.
#[must_use]
pub fn deviate(level: f64) -> f64 {
    Normal::standard().inverse_cdf(f64::midpoint(1.0, level))
}

/// The mean, and the variance with denominator n - 1; `None` for fewer than two.
#[must_use]
pub fn moments(values: &[f64]) -> Option<(f64, f64)> {
    if values.len() < 2 {
        return None;
    }
    let mean = values.iter().sum::<f64>() / real(values.len());
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    Some((mean, squares / real(values.len() - 1)))
}

/// The `q` quantile of values in rising order, `q` in 0..=1, interpolated (Hyndman and Fan's type 7).
#[must_use]
pub fn quantile(sorted: &[f64], q: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let at = q.clamp(0.0, 1.0) * real(last);
    let below = index(at.floor()).min(last);
    let above = (below + 1).min(last);
    Some(sorted[below] + (at - at.floor()) * (sorted[above] - sorted[below]))
}

/// A number that is whole and not negative as an index.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "callers round and clamp first")]
pub(crate) fn index(whole: f64) -> usize {
    whole as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_and_moments_equal_numpys() {
        let values = [1.0, 2.0, 4.0, 8.0];
        assert_eq!(quantile(&values, 0.5), Some(3.0));
        assert_eq!(quantile(&values, 0.25), Some(1.75));
        assert_eq!(quantile(&values, 1.0), Some(8.0));
        assert_eq!(quantile(&[], 0.5), None);
        let (mean, variance) = moments(&values).unwrap();
        assert_eq!(mean, 3.75);
        assert!((variance - 9.583_333_333).abs() < 1e-9);
        assert!((deviate(0.95) - 1.959_963_985).abs() < 1e-9);
    }
}
