//! A confidence sequence for the share of right sentences: valid at every look, so that people may watch it and
//! stop when they like.
//!
//! The prior-posterior-ratio martingale of Waudby-Smith and Ramdas, "Confidence sequences for sampling without
//! replacement" (NeurIPS 2020), theorem 2.1: at every moment at once, with probability of at least `level`, the
//! truth is among the values whose prior probability is less than 1 / (1 - level) times their posterior one. The
//! prior is beta-binomial with both parameters 1/2; any prior keeps the level. The items must come in random order.

use super::real;
use crate::domain::interval::Interval;
use statrs::function::beta::ln_beta;
use statrs::function::factorial::ln_binomial;

const PRIOR: f64 = 0.5;

/// The interval after `right` of `n` drawn without replacement from `population`, or from an endless one. `None`
/// where the numbers contradict each other.
#[must_use]
pub fn interval(right: u64, n: u64, population: Option<u64>, level: f64) -> Option<Interval> {
    if right > n || population.is_some_and(|all| n > all || all == 0) || !(0.0..1.0).contains(&level) {
        return None;
    }
    Some(match population {
        Some(population) => finite(right, n, population, level),
        None => endless(float(right), float(n), level),
    })
}

/// When to stop looking.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rule {
    /// The interval is no wider than twice this.
    Margin(f64),
    /// The interval lies on one side of this share.
    Threshold(f64),
}

impl Rule {
    #[must_use]
    pub fn is_met(self, found: Interval) -> bool {
        match self {
            Self::Margin(margin) => found.high - found.low <= 2.0 * margin,
            Self::Threshold(share) => found.low > share || found.high < share,
        }
    }
}

/// What the data must say of a value at least for it to stay in: the marginal likelihood times 1 - level.
fn bar(right: f64, n: f64, level: f64) -> f64 {
    ln_beta(PRIOR + right, PRIOR + n - right) - ln_beta(PRIOR, PRIOR) + (1.0 - level).ln()
}

fn endless(right: f64, n: f64, level: f64) -> Interval {
    let bar = bar(right, n, level);
    let wrong = n - right;
    let power = |share: f64, times: f64| if times == 0.0 { 0.0 } else { times * share.ln() };
    let inside = |share: f64| power(share, right) + power(1.0 - share, wrong) > bar;
    // The likelihood rises to its peak and falls from there.
    let peak = if n > 0.0 { right / n } else { 0.5 };
    Interval { low: edge(peak, 0.0, inside), high: edge(peak, 1.0, inside) }
}

/// Where a condition that holds at `peak` ends on the way to `end`.
fn edge(peak: f64, end: f64, inside: impl Fn(f64) -> bool) -> f64 {
    if inside(end) {
        return end;
    }
    let (mut within, mut without) = (peak, end);
    for _ in 0..60 {
        let middle = f64::midpoint(within, without);
        if inside(middle) { within = middle } else { without = middle }
    }
    without
}

fn finite(right: u64, n: u64, population: u64, level: f64) -> Interval {
    let bar = bar(float(right), float(n), level);
    // The chance of this very sequence of answers, given how many of the population are right.
    let inside = |all: u64| ln_binomial(population - n, all - right) - ln_binomial(population, all) > bar;
    let (least, most) = (right, population - n + right);
    let peak = if n > 0 { index_near(float(right) / float(n) * float(population)) } else { population / 2 };
    let peak = peak.clamp(least, most);
    let reached = |end: u64| {
        // Of the values from the peak to `end`, the last one inside.
        let (mut within, mut reach) = (0, peak.abs_diff(end));
        let at = |step: u64| if end < peak { peak - step } else { peak + step };
        while within < reach {
            let middle = reach - (reach - within) / 2;
            if inside(at(middle)) { within = middle } else { reach = middle - 1 }
        }
        at(within)
    };
    Interval { low: float(reached(least)) / float(population), high: float(reached(most)) / float(population) }
}

fn float(n: u64) -> f64 {
    usize::try_from(n).map_or(f64::INFINITY, real)
}

fn index_near(value: f64) -> u64 {
    super::index(value.round()) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_narrows_towards_the_share_and_a_census_knows() {
        let mut width = 1.0;
        for n in [0, 20, 200, 2_000] {
            let right = n * 95 / 100;
            let found = interval(right, n, Some(15_000), 0.95).unwrap();
            assert!(found.high - found.low <= width, "{n}: {found:?}");
            assert!(n == 0 || found.low <= 0.95 && 0.95 <= found.high, "{n}: {found:?}");
            width = found.high - found.low;
            let open = interval(right, n, None, 0.95).unwrap();
            assert!(open.low <= found.low + 1e-9 && found.high <= open.high + 1e-9, "{n}: {open:?} {found:?}");
        }
        assert!(width < 0.04, "{width}");
        assert_eq!(interval(0, 0, None, 0.95), Some(Interval { low: 0.0, high: 1.0 }));
        let census = interval(7, 10, Some(10), 0.95).unwrap();
        assert_eq!((census.low, census.high), (0.7, 0.7));
        assert_eq!(interval(3, 2, None, 0.95), None);
    }

    #[test]
    fn it_is_wider_than_wilson_since_it_may_be_looked_at_always() {
        let found = interval(190, 200, None, 0.95).unwrap();
        let wilson = crate::domain::interval::wilson(190, 200, 0.95).unwrap();
        assert!(found.low < wilson.low && found.high > wilson.high, "{found:?}");
        assert!(Rule::Margin(0.06).is_met(found) && !Rule::Margin(0.02).is_met(found));
        assert!(Rule::Threshold(0.8).is_met(found) && !Rule::Threshold(0.95).is_met(found));
    }
}
