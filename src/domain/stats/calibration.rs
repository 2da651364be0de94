//! Is a sentence of SEI .9 right nine times of ten: verdicts by bins of equal number.

use super::{Undefined, real};
use crate::domain::interval::{Interval, wilson};

/// Sentences of neighbouring scores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    pub low: f64,
    pub high: f64,
    /// The mean score.
    pub score: f64,
    pub right: usize,
    pub n: usize,
    /// Wilson's, of right / n.
    pub interval: Interval,
}

/// Bins and their summary.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    pub bins: Vec<Bin>,
    /// The expected calibration error: mean distance of score and share over bins, by their n (Naeini et al. 2015).
    pub error: f64,
    /// The mean squared distance of score and truth (Brier 1950).
    pub brier: f64,
}

/// Sorts scores into at most `most` bins of nearly equal number; equal scores stay together.
///
/// # Errors
/// No scores.
pub fn calibration(scored: &[(f64, bool)], most: usize, level: f64) -> Result<Calibration, Undefined> {
    if scored.is_empty() || most == 0 {
        return Err(Undefined::Nothing);
    }
    let mut sorted = scored.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let n = sorted.len();
    let mut bins: Vec<Bin> = Vec::new();
    let mut from = 0;
    for k in 1..=most {
        let mut to = (n * k / most).max(from);
        while to > from && to < n && sorted[to].0 == sorted[to - 1].0 {
            to += 1;
        }
        if to > from {
            bins.push(bin(&sorted[from..to], level)?);
            from = to;
        }
    }
    let gap = |bin: &Bin| real(bin.n) / real(n) * (bin.score - real(bin.right) / real(bin.n)).abs();
    let truth = |right: bool| f64::from(u8::from(right));
    Ok(Calibration {
        error: bins.iter().map(gap).sum(),
        brier: scored.iter().map(|(score, right)| (score - truth(*right)).powi(2)).sum::<f64>() / real(n),
        bins,
    })
}

fn bin(members: &[(f64, bool)], level: f64) -> Result<Bin, Undefined> {
    let n = members.len();
    let right = members.iter().filter(|member| member.1).count();
    Ok(Bin {
        low: members[0].0,
        high: members[n - 1].0,
        score: members.iter().map(|member| member.0).sum::<f64>() / real(n),
        right,
        n,
        interval: wilson(right as u64, n as u64, level).ok_or(Undefined::Contradiction)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_hold_what_is_near() {
        let scored: Vec<(f64, bool)> = (0..100).map(|i| (real(i / 10) / 10.0, i % 10 < i / 10)).collect();
        let found = calibration(&scored, 10, 0.95).unwrap();
        assert_eq!(found.bins.len(), 10);
        assert!(found.bins.iter().all(|bin| bin.n == 10 && (bin.score - real(bin.right) / 10.0).abs() < 1e-9));
        assert!(found.error < 1e-9 && found.brier > 0.1);
        let same = calibration(&[(0.9, true), (0.9, false), (0.9, true)], 10, 0.95).unwrap();
        assert_eq!(same.bins.len(), 1);
        assert!((same.error - (0.9 - 2.0 / 3.0)).abs() < 1e-12);
        assert_eq!(calibration(&[], 10, 0.95), Err(Undefined::Nothing));
    }
}
