//! Does one number go with another: correlations of values and of ranks, and how well a number tells two kinds
//! apart.

use super::bootstrap::Estimate;
use super::{Undefined, deviate, moments, real};
use crate::domain::interval::Interval;

/// Fewer points leave an interval that says nothing.
const LEAST: usize = 4;

/// Pearson's r, with Fisher's interval.
///
/// # Errors
/// Too few pairs, or one side never varies.
pub fn pearson(pairs: &[(f64, f64)], level: f64) -> Result<Estimate, Undefined> {
    let r = coefficient(pairs)?;
    Ok(fisher(r, 1.0 / real(pairs.len() - 3), level))
}

/// Spearman's rho, ties at their mean rank, with the interval of Bonett and Wright (2000).
///
/// # Errors
/// As above.
pub fn spearman(pairs: &[(f64, f64)], level: f64) -> Result<Estimate, Undefined> {
    let first = ranks(&pairs.iter().map(|pair| pair.0).collect::<Vec<_>>());
    let second = ranks(&pairs.iter().map(|pair| pair.1).collect::<Vec<_>>());
    let ranked: Vec<(f64, f64)> = first.into_iter().zip(second).collect();
    let rho = coefficient(&ranked)?;
    Ok(fisher(rho, (1.0 + rho * rho / 2.0) / real(pairs.len() - 3), level))
}

fn coefficient(pairs: &[(f64, f64)]) -> Result<f64, Undefined> {
    let n = pairs.len();
    if n < LEAST {
        return Err(Undefined::TooFew { n, least: LEAST });
    }
    let first: Vec<f64> = pairs.iter().map(|pair| pair.0).collect();
    let second: Vec<f64> = pairs.iter().map(|pair| pair.1).collect();
    let ((x, vx), (y, vy)) = moments(&first).zip(moments(&second)).ok_or(Undefined::Nothing)?;
    if vx <= 0.0 || vy <= 0.0 {
        return Err(Undefined::Constant);
    }
    let products: f64 = pairs.iter().map(|pair| (pair.0 - x) * (pair.1 - y)).sum();
    Ok((products / real(n - 1) / (vx * vy).sqrt()).clamp(-1.0, 1.0))
}

/// The interval of a correlation whose arctanh has this variance.
fn fisher(r: f64, variance: f64, level: f64) -> Estimate {
    let half = deviate(level) * variance.sqrt();
    // A perfect correlation has no spread to show.
    let (low, high) = if r.abs() < 1.0 { ((r.atanh() - half).tanh(), (r.atanh() + half).tanh()) } else { (r, r) };
    Estimate::new(r, Ok(Interval { low, high }))
}

/// Ranks from 1, those of equal values their mean.
#[must_use]
pub fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut at = 0;
    for tied in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let rank = real(at) + f64::midpoint(1.0, real(tied.len()));
        for &i in tied {
            ranks[i] = rank;
        }
        at += tied.len();
    }
    ranks
}

/// The chance that a right one has the higher number than a wrong one, ties half (the area under the ROC curve),
/// with the interval of DeLong, DeLong and Clarke-Pearson (1988).
///
/// # Errors
/// Fewer than two of either kind.
pub fn auc(scored: &[(f64, bool)], level: f64) -> Result<Estimate, Undefined> {
    let right: Vec<f64> = scored.iter().filter(|s| s.1).map(|s| s.0).collect();
    let wrong: Vec<f64> = scored.iter().filter(|s| !s.1).map(|s| s.0).collect();
    let (m, n) = (right.len(), wrong.len());
    if m.min(n) < 2 {
        return Err(Undefined::TooFew { n: m.min(n), least: 2 });
    }
    let all: Vec<f64> = right.iter().chain(&wrong).copied().collect();
    let (all, own, other) = (ranks(&all), ranks(&right), ranks(&wrong));
    // For each one, the part of the other kind that it stands on the right side of.
    let above: Vec<f64> = (0..m).map(|i| (all[i] - own[i]) / real(n)).collect();
    let below: Vec<f64> = (0..n).map(|i| 1.0 - (all[m + i] - other[i]) / real(m)).collect();
    let ((area, va), (_, vb)) = moments(&above).zip(moments(&below)).ok_or(Undefined::Nothing)?;
    let half = deviate(level) * (va / real(m) + vb / real(n)).sqrt();
    Ok(Estimate::new(area, Ok(Interval { low: (area - half).max(0.0), high: (area + half).min(1.0) })))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of scipy 1.17.
    #[test]
    fn correlations_equal_scipys() {
        let pairs = [(0.1, 1.0), (0.4, 2.0), (0.35, 2.0), (0.8, 5.0), (0.9, 4.0), (0.3, 3.0), (0.3, 1.0)];
        assert!((pearson(&pairs, 0.95).unwrap().value - 0.873_968_038).abs() < 1e-9);
        let rho = spearman(&pairs, 0.95).unwrap();
        assert!((rho.value - 0.779_849_334).abs() < 1e-9);
        let bounds = rho.interval.unwrap();
        assert!(bounds.low < 0.5 && bounds.high > 0.9 && bounds.high < 1.0, "{bounds:?}");
        assert_eq!(pearson(&pairs[..3], 0.95), Err(Undefined::TooFew { n: 3, least: 4 }));
        assert_eq!(pearson(&[(1.0, 2.0); 5], 0.95), Err(Undefined::Constant));
        assert_eq!(ranks(&[3.0, 1.0, 3.0]), [2.5, 1.0, 2.5]);
    }

    #[test]
    fn the_area_counts_pairs() {
        let scored = [(0.9, true), (0.8, true), (0.8, false), (0.3, true), (0.1, false)];
        // Pairs: .9 beats both; .8 ties one, beats one; .3 loses one, beats one.
        assert!((auc(&scored, 0.95).unwrap().value - 4.5 / 6.0).abs() < 1e-12);
        assert_eq!(auc(&scored[..3], 0.95), Err(Undefined::TooFew { n: 1, least: 2 }));
    }
}
