//! A share estimated by strata: of a stratified sample, or of a simple one weighted afterwards by what is known of
//! the population (post-stratification). Cochran 1977, chapters 5 and 5A.9.

use super::{Undefined, real};
use crate::domain::interval::{Interval, wilson_of_share};

/// One stratum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stratum {
    pub population: usize,
    /// Of the sample, those with an answer.
    pub n: usize,
    pub right: usize,
}

/// The weighted share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weighted {
    pub share: f64,
    pub interval: Interval,
    pub n: usize,
    /// The part of the population that lies in strata with an answer: the estimate speaks of that part.
    pub covered: f64,
}

/// Each stratum's share, weighted by its population. The interval is Wilson's for the sample that would have the
/// same variance (Korn and Graubard 1998), each stratum's variance with its finite-population correction. Shares
/// within the variance are drawn to the whole by two made-up answers, since strata with few answers often have
/// variance 0 by accident.
///
/// # Errors
/// No answers.
pub fn weighted(strata: &[Stratum], level: f64) -> Result<Weighted, Undefined> {
    let population: usize = strata.iter().map(|stratum| stratum.population).sum();
    let answered: Vec<&Stratum> = strata.iter().filter(|s| s.n > 0 && s.population > 0).collect();
    if answered.iter().any(|s| s.n > s.population || s.right > s.n) {
        return Err(Undefined::Contradiction);
    }
    let covered: usize = answered.iter().map(|stratum| stratum.population).sum();
    let n: usize = answered.iter().map(|stratum| stratum.n).sum();
    if n == 0 {
        return Err(Undefined::Nothing);
    }
    let part = |stratum: &Stratum| real(stratum.population) / real(covered);
    let share: f64 = answered.iter().map(|s| part(s) * real(s.right) / real(s.n)).sum::<f64>().clamp(0.0, 1.0);
    let variance: f64 = answered
        .iter()
        .map(|s| {
            let drawn = (real(s.right) + 2.0 * share) / (real(s.n) + 2.0);
            let unseen = 1.0 - real(s.n) / real(s.population);
            part(s).powi(2) * unseen * drawn * (1.0 - drawn) / real(s.n)
        })
        .sum();
    let spread = share * (1.0 - share);
    let left = covered - n;
    let effective = match (left, variance > 0.0 && spread > 0.0) {
        (0, _) => f64::INFINITY,
        (_, true) => spread / variance,
        (_, false) => super::finite::effective(real(n), real(covered)),
    };
    let interval = if effective.is_finite() {
        wilson_of_share(share, effective, level).ok_or(Undefined::Contradiction)?
    } else {
        Interval { low: share, high: share }
    };
    Ok(Weighted { share, interval, n, covered: real(covered) / real(population) })
}

/// How many of `size` fall to each stratum: in proportion to its population, or as evenly as populations allow.
/// The sum is `size`, or the population where that is less; remainders go to the largest fractions, then to the
/// first strata.
#[must_use]
pub fn allocate(populations: &[usize], size: usize, evenly: bool) -> Vec<usize> {
    let all: usize = populations.iter().sum();
    let size = size.min(all);
    let mut given = vec![0; populations.len()];
    if evenly {
        let mut left = size;
        while left > 0 {
            let mut open: Vec<usize> = (0..given.len()).filter(|&i| given[i] < populations[i]).collect();
            // The fewest first, so that a remainder fills up what is behind.
            open.sort_by_key(|&i| given[i]);
            let each = (left / open.len()).max(1);
            for i in open {
                let more = each.min(populations[i] - given[i]).min(left);
                given[i] += more;
                left -= more;
            }
        }
        return given;
    }
    let exact = |i: usize| real(populations[i]) * real(size) / real(all.max(1));
    for (i, given) in given.iter_mut().enumerate() {
        *given = super::index(exact(i).floor()).min(populations[i]);
    }
    let mut order: Vec<usize> = (0..given.len()).collect();
    order.sort_by(|&a, &b| exact(b).fract().total_cmp(&exact(a).fract()).then(a.cmp(&b)));
    let mut left = size - given.iter().sum::<usize>();
    for i in order.into_iter().cycle() {
        if left == 0 {
            break;
        }
        if given[i] < populations[i] {
            given[i] += 1;
            left -= 1;
        }
    }
    given
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stratum(population: usize, n: usize, right: usize) -> Stratum {
        Stratum { population, n, right }
    }

    #[test]
    fn strata_weigh_by_their_population() {
        let found = weighted(&[stratum(900, 50, 45), stratum(100, 50, 25)], 0.95).unwrap();
        assert!((found.share - 0.86).abs() < 1e-12);
        assert!((found.covered - 1.0).abs() < 1e-12);
        assert!(found.interval.low < 0.86 && 0.86 < found.interval.high);
        // A stratum without answers is told, not guessed.
        let half = weighted(&[stratum(900, 50, 45), stratum(100, 0, 0)], 0.95).unwrap();
        assert!((half.share - 0.9).abs() < 1e-12 && (half.covered - 0.9).abs() < 1e-12);
        assert_eq!(weighted(&[stratum(10, 0, 0)], 0.95), Err(Undefined::Nothing));
        assert_eq!(weighted(&[stratum(10, 11, 0)], 0.95), Err(Undefined::Contradiction));
    }

    #[test]
    fn one_stratum_is_nearly_a_simple_sample_and_a_census_knows() {
        let found = weighted(&[stratum(1_000_000, 200, 190)], 0.95).unwrap();
        let wilson = crate::domain::interval::wilson(190, 200, 0.95).unwrap();
        assert!((found.interval.low - wilson.low).abs() < 0.002, "{found:?}");
        let census = weighted(&[stratum(20, 20, 19), stratum(5, 5, 5)], 0.95).unwrap();
        assert_eq!((census.interval.low, census.interval.high), (census.share, census.share));
        let perfect = weighted(&[stratum(500, 20, 20), stratum(500, 20, 20)], 0.95).unwrap();
        assert!(perfect.interval.low < 0.95 && perfect.interval.high == 1.0, "{perfect:?}");
    }

    #[test]
    fn allocation_sums_up() {
        assert_eq!(allocate(&[900, 90, 10], 100, false), [90, 9, 1]);
        assert_eq!(allocate(&[5, 5, 5], 7, false), [3, 2, 2]);
        assert_eq!(allocate(&[100, 3, 100], 50, true), [24, 3, 23]);
        assert_eq!(allocate(&[2, 1], 10, false), [2, 1]);
        assert_eq!(allocate(&[2, 1], 10, true), [2, 1]);
        assert_eq!(allocate(&[], 10, true), Vec::<usize>::new());
    }
}
