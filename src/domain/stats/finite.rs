//! Intervals of a share in a finite population, of which a sample without replacement was seen: the more of it
//! was seen, the less is left to guess.

use super::real;
use crate::domain::interval::{Interval, wilson_of_share};
use statrs::function::factorial::ln_binomial;

/// Wilson's interval with the finite-population correction: as if the sample had been larger by
/// (N - 1) / (N - n). What is known already bounds it. `None` where the numbers contradict each other.
#[must_use]
pub fn wilson(right: u64, n: u64, population: u64, level: f64) -> Option<Interval> {
    if n == 0 || right > n || n > population {
        return None;
    }
    let (x, sample, all) = (float(right), float(n), float(population));
    let seen = Interval { low: x / all, high: (x + all - sample) / all };
    if n == population {
        return Some(seen);
    }
    let found = wilson_of_share(x / sample, effective(sample, all), level)?;
    Some(Interval { low: found.low.max(seen.low), high: found.high.min(seen.high) })
}

/// The size that a sample from an endless population would need to tell as much.
#[must_use]
pub fn effective(n: f64, population: f64) -> f64 {
    if population > n { n * (population - 1.0) / (population - n) } else { f64::INFINITY }
}

/// The exact interval: all shares under which what was seen is not in either tail of the hypergeometric
/// distribution (Buonaccorsi 1987), the finite counterpart of Clopper and Pearson's. `None` as above.
#[must_use]
pub fn exact(right: u64, n: u64, population: u64, level: f64) -> Option<Interval> {
    if n == 0 || right > n || n > population || !(0.0..1.0).contains(&level) {
        return None;
    }
    let tail = (1.0 - level) / 2.0;
    let (least, most) = (right, population - n + right);
    // Both tails are monotone in the number of right ones in the population.
    let low = first(least, most, |all| upper_tail(right, n, all, population) >= tail);
    let high = least + most - first(least, most, |k| lower_tail(right, n, least + most - k, population) >= tail);
    Some(Interval { low: float(low) / float(population), high: float(high) / float(population) })
}

/// The first number of low..=high that fulfils a condition which holds from there on; `high` at the latest.
fn first(low: u64, high: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (low, high);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    low
}

/// The chance of exactly `x` right ones among `n` drawn of `population`, `all` of which are right.
fn chance(x: u64, n: u64, all: u64, population: u64) -> f64 {
    if x > all || n - x > population - all {
        return 0.0;
    }
    (ln_binomial(all, x) + ln_binomial(population - all, n - x) - ln_binomial(population, n)).exp()
}

fn upper_tail(x: u64, n: u64, all: u64, population: u64) -> f64 {
    (x..=n.min(all)).map(|x| chance(x, n, all, population)).sum()
}

fn lower_tail(x: u64, n: u64, all: u64, population: u64) -> f64 {
    (0..=x).map(|x| chance(x, n, all, population)).sum()
}

fn float(n: u64) -> f64 {
    usize::try_from(n).map_or(f64::INFINITY, real)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By enumeration with scipy 1.17's `hypergeom`.
    #[test]
    fn exact_intervals_equal_scipys() {
        let cases = [(190, 200, 1000, 0.915, 0.973), (50, 50, 60, 29.0 / 30.0, 1.0), (0, 10, 20, 0.0, 0.2)];
        for (right, n, population, low, high) in cases {
            let found = exact(right, n, population, 0.95).unwrap();
            assert!((found.low - low).abs() < 1e-9 && (found.high - high).abs() < 1e-9, "{right}/{n}: {found:?}");
        }
        let most = exact(30, 40, 41, 0.95).unwrap();
        assert!((most.low - 30.0 / 41.0).abs() < 1e-9 && (most.high - 31.0 / 41.0).abs() < 1e-9, "{most:?}");
    }

    #[test]
    fn the_correction_narrows_and_a_census_knows() {
        let open = crate::domain::interval::wilson(190, 200, 0.95).unwrap();
        let closed = wilson(190, 200, 400, 0.95).unwrap();
        assert!(closed.low > open.low && closed.high < open.high);
        let wide = wilson(190, 200, 10_000_000, 0.95).unwrap();
        assert!((wide.low - open.low).abs() < 1e-5 && (wide.high - open.high).abs() < 1e-5);
        assert_eq!(wilson(19, 20, 20, 0.95), Some(Interval { low: 0.95, high: 0.95 }));
        assert_eq!(exact(19, 20, 20, 0.95), Some(Interval { low: 0.95, high: 0.95 }));
        assert_eq!(wilson(1, 3, 2, 0.95), None);
    }
}
