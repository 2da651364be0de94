//! Which method writes what people choose: the Plackett-Luce model of first choices (Luce 1959), fitted by Hunter's
//! MM algorithm (2004).

use super::{Undefined, deviate, matrix, real};
use crate::domain::interval::Interval;
use std::collections::BTreeMap;

/// One choice among methods: those that stood for it, and the one taken, by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contest {
    pub entrants: Vec<usize>,
    pub winner: usize,
}

/// A method's strength.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Strength {
    /// The logarithm of its worth; the mean over methods is 0.
    pub log: f64,
    pub log_interval: Interval,
    /// The chance that it is taken before a method of mean strength.
    pub share: f64,
    pub interval: Interval,
    pub wins: usize,
    pub contests: usize,
}

/// Each method meets an imaginary one of worth 1 this often, and wins half: what keeps a method that never lost, or
/// never won, finite (a gamma prior, Caron and Doucet 2012).
const IMAGINARY: f64 = 1.0;
const ROUNDS: usize = 500;

/// The strengths of `methods` methods.
///
/// # Errors
/// No contest of two or more.
pub fn strengths(methods: usize, contests: &[Contest], level: f64) -> Result<Vec<Strength>, Undefined> {
    // Contests of the same field are summed: most tuples have the same methods.
    let mut fields: BTreeMap<Vec<usize>, f64> = BTreeMap::new();
    let (mut wins, mut stood) = (vec![0_usize; methods], vec![0_usize; methods]);
    for contest in contests {
        let mut entrants = contest.entrants.clone();
        entrants.sort_unstable();
        entrants.dedup();
        if entrants.len() < 2 || !entrants.contains(&contest.winner) {
            continue;
        }
        for &method in &entrants {
            stood[method] += 1;
        }
        wins[contest.winner] += 1;
        *fields.entry(entrants).or_default() += 1.0;
    }
    if fields.is_empty() {
        return Err(Undefined::Nothing);
    }
    let mut worth = vec![1.0_f64; methods];
    for _ in 0..ROUNDS {
        let mut expected: Vec<f64> = worth.iter().map(|worth| IMAGINARY / (worth + 1.0)).collect();
        for (field, n) in &fields {
            let sum: f64 = field.iter().map(|&method| worth[method]).sum();
            for &method in field {
                expected[method] += n / sum;
            }
        }
        let mut moved: f64 = 0.0;
        for ((worth, expected), &won) in worth.iter_mut().zip(&expected).zip(&wins) {
            let next = (real(won) + IMAGINARY / 2.0) / expected;
            moved = moved.max((next / *worth).ln().abs());
            *worth = next;
        }
        if moved < 1e-9 {
            break;
        }
    }
    let spread = matrix::inverse(&information(&worth, &fields)).ok_or(Undefined::Constant)?;
    let all: f64 = spread.iter().flatten().sum();
    // The variance of a strength less the mean of all.
    let variance = |method: usize| {
        let with_all: f64 = spread[method].iter().sum();
        (spread[method][method] - 2.0 * with_all / real(methods) + all / real(methods).powi(2)).max(0.0)
    };
    let mean = worth.iter().map(|worth| worth.ln()).sum::<f64>() / real(methods);
    let logistic = |x: f64| 1.0 / (1.0 + (-x).exp());
    let of = |method: usize| {
        let log = worth[method].ln() - mean;
        let half = deviate(level) * variance(method).sqrt();
        let log_interval = Interval { low: log - half, high: log + half };
        Strength {
            log,
            log_interval,
            share: logistic(log),
            interval: Interval { low: logistic(log_interval.low), high: logistic(log_interval.high) },
            wins: wins[method],
            contests: stood[method],
        }
    };
    Ok((0..methods).map(of).collect())
}

/// Minus the second derivatives of the penalised likelihood by the logarithms of the worths.
fn information(worth: &[f64], fields: &BTreeMap<Vec<usize>, f64>) -> Vec<Vec<f64>> {
    let mut matrix = vec![vec![0.0; worth.len()]; worth.len()];
    for (method, worth) in worth.iter().enumerate() {
        matrix[method][method] = IMAGINARY * worth / (worth + 1.0).powi(2);
    }
    for (field, n) in fields {
        let sum: f64 = field.iter().map(|&method| worth[method]).sum();
        for &a in field {
            for &b in field {
                let same = f64::from(u8::from(a == b));
                matrix[a][b] += n * worth[a] / sum * (same - worth[b] / sum);
            }
        }
    }
    matrix
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worths_follow_wins() {
        // Of two methods alone, the worths stand as the wins do.
        let contests: Vec<Contest> =
            (0..1_000).map(|i| Contest { entrants: vec![0, 1], winner: usize::from(i % 4 == 0) }).collect();
        let found = strengths(2, &contests, 0.95).unwrap();
        assert!((found[0].log - found[1].log - 3.0_f64.ln()).abs() < 0.02, "{found:?}");
        assert_eq!((found[0].wins, found[0].contests), (750, 1_000));
        assert!(found[0].interval.low > 0.5 && found[1].interval.high < 0.5);
    }

    #[test]
    fn one_that_never_wins_stays_finite() {
        let contests: Vec<Contest> = (0..30).map(|i| Contest { entrants: vec![0, 1, 2], winner: i % 2 }).collect();
        let found = strengths(3, &contests, 0.95).unwrap();
        assert!(found[2].log < found[0].log - 2.0 && found[2].log.is_finite(), "{found:?}");
        assert!((found[0].log - found[1].log).abs() < 1e-6);
        let alone = [Contest { entrants: vec![1], winner: 1 }];
        assert_eq!(strengths(2, &alone, 0.95), Err(Undefined::Nothing));
    }
}
