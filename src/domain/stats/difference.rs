//! What an arm changes: the difference of two shares, the ratio of two times.

use super::bootstrap::Estimate;
use super::{Undefined, moments, real};
use crate::domain::interval::{Interval, wilson};
use statrs::distribution::{ContinuousCDF as _, StudentsT};

/// `a` less `b`, each (right, n), with Newcombe's hybrid score interval (1998, method 10).
///
/// # Errors
/// One of them empty.
pub fn of_shares(a: (usize, usize), b: (usize, usize), level: f64) -> Result<Estimate, Undefined> {
    let share = |(x, n): (usize, usize)| {
        let interval = wilson(x as u64, n as u64, level).ok_or(Undefined::Nothing)?;
        Ok::<_, Undefined>((real(x) / real(n), interval))
    };
    let ((p, of_p), (q, of_q)) = (share(a)?, share(b)?);
    let low = ((p - of_p.low).powi(2) + (of_q.high - q).powi(2)).sqrt();
    let high = ((of_p.high - p).powi(2) + (q - of_q.low).powi(2)).sqrt();
    Ok(Estimate::new(p - q, Ok(Interval { low: p - q - low, high: p - q + high })))
}

/// The ratio of geometric means of `a` over `b`, all positive, with Welch's interval of their logarithms: times of
/// decisions are skewed, their logarithms hardly.
///
/// # Errors
/// Fewer than two positive values on a side; no variation.
pub fn of_times(a: &[f64], b: &[f64], level: f64) -> Result<Estimate, Undefined> {
    let logs = |values: &[f64]| {
        let logs: Vec<f64> = values.iter().filter(|value| **value > 0.0).map(|value| value.ln()).collect();
        let n = logs.len();
        moments(&logs).map(|(mean, variance)| (mean, variance / real(n), n)).ok_or(Undefined::TooFew { n, least: 2 })
    };
    let ((x, vx, n), (y, vy, m)) = (logs(a)?, logs(b)?);
    if vx + vy <= 0.0 {
        return Err(Undefined::Constant);
    }
    let freedom = (vx + vy).powi(2) / (vx * vx / real(n - 1) + vy * vy / real(m - 1));
    let student = StudentsT::new(0.0, 1.0, freedom).map_err(|_| Undefined::Contradiction)?;
    let half = student.inverse_cdf(f64::midpoint(1.0, level)) * (vx + vy).sqrt();
    let ratio = |log: f64| log.exp();
    Ok(Estimate::new(ratio(x - y), Ok(Interval { low: ratio(x - y - half), high: ratio(x - y + half) })))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Newcombe 1998, table II, example (a), method 10; also statsmodels' `newcomb`.
    #[test]
    fn the_published_interval() {
        let found = of_shares((56, 70), (48, 80), 0.95).unwrap();
        let bounds = found.interval.unwrap();
        assert!((found.value - 0.2).abs() < 1e-12);
        assert!((bounds.low - 0.052_4).abs() < 5e-5 && (bounds.high - 0.333_9).abs() < 5e-5, "{bounds:?}");
        assert_eq!(of_shares((0, 0), (1, 2), 0.95), Err(Undefined::Nothing));
    }

    #[test]
    fn times_compare_by_ratio() {
        let fast: Vec<f64> = (0..200).map(|i| 4.0 + real(i % 5)).collect();
        let slow: Vec<f64> = fast.iter().map(|time| time * 1.5).collect();
        let found = of_times(&slow, &fast, 0.95).unwrap();
        let bounds = found.interval.unwrap();
        assert!((found.value - 1.5).abs() < 1e-9 && bounds.low > 1.4 && bounds.high < 1.6, "{found:?}");
        assert_eq!(of_times(&[1.0], &fast, 0.95), Err(Undefined::TooFew { n: 1, least: 2 }));
        assert_eq!(of_times(&[2.0; 3], &[2.0; 3], 0.95), Err(Undefined::Constant));
    }
}
