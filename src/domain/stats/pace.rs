//! How long a decision takes, with the time that nobody was at the desk split off, and what is left to do.

use super::{Undefined, quantile, real};

/// Time spent on decisions, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    pub n: usize,
    /// Time at the desk.
    pub active: f64,
    /// Time beyond `pause` on single items.
    pub idle: f64,
    /// How many items were left lying.
    pub pauses: usize,
    /// Where idleness begins: ten times the median, a minute at least.
    pub pause: f64,
    /// Of active seconds a decision.
    pub median: f64,
    pub upper_decile: f64,
}

/// Splits the seconds of decisions, each from an item's first frame to its answer.
///
/// # Errors
/// No times.
pub fn pace(seconds: &[f64]) -> Result<Pace, Undefined> {
    let mut sorted: Vec<f64> = seconds.iter().copied().filter(|s| s.is_finite() && *s >= 0.0).collect();
    sorted.sort_by(f64::total_cmp);
    let median = quantile(&sorted, 0.5).ok_or(Undefined::Nothing)?;
    let pause = (10.0 * median).max(60.0);
    let active: Vec<f64> = sorted.iter().map(|s| s.min(pause)).collect();
    Ok(Pace {
        n: sorted.len(),
        active: active.iter().sum(),
        idle: sorted.iter().map(|s| (s - pause).max(0.0)).sum(),
        pauses: sorted.iter().filter(|s| **s > pause).count(),
        pause,
        median,
        upper_decile: quantile(&active, 0.9).ok_or(Undefined::Nothing)?,
    })
}

impl Pace {
    /// Active seconds that `items` more will take, by the mean so far.
    #[must_use]
    pub fn left(&self, items: usize) -> f64 {
        self.active / real(self.n) * real(items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lunch_is_no_work() {
        let mut seconds = vec![5.0; 99];
        seconds.push(3_600.0);
        let found = pace(&seconds).unwrap();
        assert_eq!((found.median, found.pause, found.pauses), (5.0, 60.0, 1));
        assert_eq!((found.active, found.idle), (99.0 * 5.0 + 60.0, 3_540.0));
        assert!((found.left(200) - 1_110.0).abs() < 1e-9);
        assert_eq!(pace(&[f64::NAN]), Err(Undefined::Nothing));
    }
}
