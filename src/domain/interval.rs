//! Confidence intervals of a proportion.

use statrs::distribution::{Beta, ContinuousCDF as _, Normal};

/// Bounds in 0..=1, `low <= high`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

/// Wilson's score interval (Wilson 1927) for `right` of `n` at `level` (0.95 is usual); `None` when `n` is 0
/// or the arguments make no sense.
#[must_use]
pub fn wilson(right: u64, n: u64, level: f64) -> Option<Interval> {
    if n == 0 || right > n || !(0.0..1.0).contains(&level) {
        return None;
    }
    wilson_of_share(count(right) / count(n), count(n), level)
}

/// The same for a share in 0..=1 of a number that need not be whole: the size that a simple random sample would
/// have to tell as much (Korn and Graubard 1998).
#[must_use]
pub fn wilson_of_share(share: f64, n: f64, level: f64) -> Option<Interval> {
    if n.is_nan() || n <= 0.0 || !(0.0..=1.0).contains(&share) || !(0.0..1.0).contains(&level) {
        return None;
    }
    let z = Normal::new(0.0, 1.0).ok()?.inverse_cdf(f64::midpoint(1.0, level));
    let z2 = z * z;
    let centre = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = z / (1.0 + z2 / n) * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    // Rounding must not leave the bound of a perfect sample a hair short of where the formula puts it.
    let low = if share <= 0.0 { 0.0 } else { (centre - half).max(0.0) };
    let high = if share >= 1.0 { 1.0 } else { (centre + half).min(1.0) };
    Some(Interval { low, high })
}

/// Clopper and Pearson's exact interval (1934), by quantiles of the beta distribution.
#[must_use]
pub fn clopper_pearson(right: u64, n: u64, level: f64) -> Option<Interval> {
    if n == 0 || right > n || !(0.0..1.0).contains(&level) {
        return None;
    }
    let tail = (1.0 - level) / 2.0;
    let (k, wrong) = (count(right), count(n - right));
    let low = if right == 0 { 0.0 } else { Beta::new(k, wrong + 1.0).ok()?.inverse_cdf(tail) };
    let high = if right == n { 1.0 } else { Beta::new(k + 1.0, wrong).ok()?.inverse_cdf(1.0 - tail) };
    Some(Interval { low, high })
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows stay far below 2^52")]
fn count(n: u64) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of `../shared/reference/statistics.md`, from scipy and statsmodels.
    #[test]
    fn intervals_equal_the_published_ones() {
        type Bounds = (f64, f64);
        let golden: [(u64, u64, Bounds, Bounds); 4] = [
            (190, 200, (0.910_422, 0.972_617), (0.909_972, 0.975_766)),
            (380, 400, (0.924_036, 0.967_403), (0.923_833, 0.969_195)),
            (950, 1000, (0.934_686, 0.961_870), (0.934_610, 0.962_665)),
            (50, 50, (0.928_652, 1.0), (0.928_878, 1.0)),
        ];
        for (right, n, w, cp) in golden {
            for (found, expected) in [(wilson(right, n, 0.95), w), (clopper_pearson(right, n, 0.95), cp)] {
                let found = found.unwrap();
                assert!((found.low - expected.0).abs() < 1e-6, "{right}/{n}: {found:?}");
                assert!((found.high - expected.1).abs() < 1e-6, "{right}/{n}: {found:?}");
            }
        }
        assert_eq!(wilson(0, 0, 0.95), None);
        assert_eq!(clopper_pearson(3, 2, 0.95), None);
        assert_eq!(wilson(0, 10, 0.95).unwrap().low, 0.0);
    }
}
