//! Agreement of annotators beyond chance: percent, Cohen, Fleiss, Krippendorff, Gwet, plain or weighted.
//!
//! High kappa and high AC1 differ where one answer is common (Feinstein and Cicchetti 1990, the prevalence
//! paradox), so reports show both beside the plain share.

use super::bootstrap::{self, Estimate};
use super::random::SplitMix;
use super::ratings::{Pattern, Ratings};
use super::{Undefined, real};

/// How near two categories are, as positions 0, 1, 2...
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Same or not.
    Nominal,
    /// By rank; in alpha, by how many judgements lie between (Krippendorff 2011), elsewhere linear weights.
    Ordinal,
    /// By the square of the distance.
    Interval,
}

/// A measure of agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// The chance that two judgements of an item are the same, over items with two or more.
    Percent,
    /// Cohen 1960, weighted 1968; of two people.
    Cohen(Scale),
    /// Fleiss 1971; every item judged as often.
    Fleiss,
    /// Krippendorff 2011; gaps allowed.
    Alpha(Scale),
    /// Gwet 2008 (AC1, nominal) and 2014 (AC2, weighted); gaps allowed.
    Gwet(Scale),
}

impl Measure {
    /// The identifier in `--json`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Percent => "percent",
            Self::Cohen(Scale::Nominal) => "cohen_kappa",
            Self::Cohen(Scale::Ordinal) => "cohen_kappa_linear",
            Self::Cohen(Scale::Interval) => "cohen_kappa_quadratic",
            Self::Fleiss => "fleiss_kappa",
            Self::Alpha(Scale::Nominal) => "krippendorff_alpha",
            Self::Alpha(Scale::Ordinal) => "krippendorff_alpha_ordinal",
            Self::Alpha(Scale::Interval) => "krippendorff_alpha_interval",
            Self::Gwet(Scale::Nominal) => "gwet_ac1",
            Self::Gwet(Scale::Ordinal) => "gwet_ac2_linear",
            Self::Gwet(Scale::Interval) => "gwet_ac2_quadratic",
        }
    }

    /// For people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Percent => "agreement of two",
            Self::Cohen(Scale::Nominal) => "Cohen's kappa",
            Self::Cohen(Scale::Ordinal) => "Cohen's kappa, linear weights",
            Self::Cohen(Scale::Interval) => "Cohen's kappa, quadratic weights",
            Self::Fleiss => "Fleiss' kappa",
            Self::Alpha(Scale::Nominal) => "Krippendorff's alpha",
            Self::Alpha(Scale::Ordinal) => "Krippendorff's alpha, ordinal",
            Self::Alpha(Scale::Interval) => "Krippendorff's alpha, interval",
            Self::Gwet(Scale::Nominal) => "Gwet's AC1",
            Self::Gwet(Scale::Ordinal) => "Gwet's AC2, linear weights",
            Self::Gwet(Scale::Interval) => "Gwet's AC2, quadratic weights",
        }
    }

    /// The value on these ratings: 1 is full agreement, 0 what chance would give (but for `Percent`).
    ///
    /// # Errors
    /// Why it has none.
    pub fn of(self, ratings: &Ratings) -> Result<f64, Undefined> {
        match self {
            Self::Percent => observed(ratings, Scale::Nominal),
            Self::Cohen(scale) => cohen(ratings, scale),
            Self::Fleiss => fleiss(ratings),
            Self::Alpha(scale) => alpha(ratings, scale),
            Self::Gwet(scale) => gwet(ratings, scale),
        }
    }
}

/// Measures with percentile intervals of a bootstrap by item: all measures on the same resamples.
#[must_use]
pub fn estimate(
    measures: &[Measure],
    ratings: &Ratings,
    level: f64,
    resamples: usize,
    seed: u64,
) -> Vec<Result<Estimate, Undefined>> {
    let values: Vec<Result<f64, Undefined>> = measures.iter().map(|measure| measure.of(ratings)).collect();
    let mut draws: Vec<Vec<f64>> = vec![Vec::with_capacity(resamples); measures.len()];
    let mut random = SplitMix::new(seed);
    if values.iter().any(Result::is_ok) {
        for _ in 0..resamples {
            let resample = ratings.resample(&mut random);
            for (measure, draws) in measures.iter().zip(&mut draws) {
                draws.extend(measure.of(&resample).ok());
            }
        }
    }
    let estimates = values.into_iter().zip(draws);
    estimates
        .map(|(value, draws)| value.map(|value| Estimate::new(value, bootstrap::percentile(draws, resamples, level))))
        .collect()
}

/// Agreement weight of two categories: 1 for the same, less the further apart (Gwet 2014, table 3).
fn weight(scale: Scale, categories: usize, a: usize, b: usize) -> f64 {
    let reach = real(categories.saturating_sub(1)).max(1.0);
    let apart = real(a.abs_diff(b)) / reach;
    match scale {
        Scale::Nominal => f64::from(u8::from(a == b)),
        Scale::Ordinal => 1.0 - apart,
        Scale::Interval => 1.0 - apart * apart,
    }
}

fn paired(ratings: &Ratings) -> impl Iterator<Item = &Pattern> {
    ratings.patterns.iter().filter(|pattern| pattern.weight > 0.0 && pattern.given > 1.0)
}

/// Observed agreement over items with at least two judgements (Gwet 2014, formula 4.7).
fn observed(ratings: &Ratings, scale: Scale) -> Result<f64, Undefined> {
    let (mut agreed, mut items) = (0.0, 0.0);
    for pattern in paired(ratings) {
        let mut pairs = 0.0;
        for (k, &count) in pattern.counts.iter().enumerate().filter(|(_, count)| **count > 0.0) {
            let near: f64 =
                (0..ratings.categories).map(|l| weight(scale, ratings.categories, k, l) * pattern.counts[l]).sum();
            pairs += count * (near - 1.0);
        }
        agreed += pattern.weight * pairs / (pattern.given * (pattern.given - 1.0));
        items += pattern.weight;
    }
    if items > 0.0 { Ok(agreed / items) } else { Err(Undefined::NoPairs) }
}

/// (observed - chance) / (1 - chance).
fn beyond(observed: f64, chance: f64) -> Result<f64, Undefined> {
    if 1.0 - chance < 1e-12 { Err(Undefined::OneCategory) } else { Ok((observed - chance) / (1.0 - chance)) }
}

fn cohen(ratings: &Ratings, scale: Scale) -> Result<f64, Undefined> {
    if ratings.raters() != 2 {
        return Err(Undefined::NotTwo(ratings.raters()));
    }
    let q = ratings.categories;
    let (mut rows, mut columns) = (vec![0.0; q], vec![0.0; q]);
    let (mut agreed, mut n) = (0.0, 0.0);
    for pattern in &ratings.patterns {
        if let [Some(a), Some(b)] = pattern.ratings[..] {
            rows[a] += pattern.weight;
            columns[b] += pattern.weight;
            agreed += pattern.weight * weight(scale, q, a, b);
            n += pattern.weight;
        }
    }
    if n == 0.0 {
        return Err(Undefined::NoPairs);
    }
    let pairs = (0..q).flat_map(|a| (0..q).map(move |b| (a, b)));
    let chance: f64 = pairs.map(|(a, b)| weight(scale, q, a, b) * rows[a] * columns[b]).sum();
    beyond(agreed / n, chance / (n * n))
}

fn fleiss(ratings: &Ratings) -> Result<f64, Undefined> {
    let mut drawn = ratings.patterns.iter().filter(|pattern| pattern.weight > 0.0);
    let given = drawn.next().ok_or(Undefined::Nothing)?.given;
    if drawn.any(|pattern| pattern.given != given) {
        return Err(Undefined::Uneven);
    }
    let observed = observed(ratings, Scale::Nominal)?;
    let shares = shares(ratings);
    beyond(observed, shares.iter().map(|share| share * share).sum())
}

/// The mean over items of each category's share of the item's judgements.
fn shares(ratings: &Ratings) -> Vec<f64> {
    let items: f64 = ratings.patterns.iter().map(|pattern| pattern.weight).sum();
    let share = |category: usize| {
        let sum: f64 = ratings.patterns.iter().map(|p| p.weight * p.counts[category] / p.given).sum();
        sum / items
    };
    (0..ratings.categories).map(share).collect()
}

/// Gwet 2014, formula 4.9 for chance: the weights' sum over q(q - 1), times the sum of p(1 - p). Categories are
/// those of the scale whether used or not, except that fewer than two leave nothing to disagree on.
fn gwet(ratings: &Ratings, scale: Scale) -> Result<f64, Undefined> {
    let observed = observed(ratings, scale)?;
    let q = ratings.categories;
    if q < 2 {
        return Err(Undefined::OneCategory);
    }
    let pairs = (0..q).flat_map(|a| (0..q).map(move |b| (a, b)));
    let weights: f64 = pairs.map(|(a, b)| weight(scale, q, a, b)).sum();
    let spread: f64 = shares(ratings).iter().map(|share| share * (1.0 - share)).sum();
    beyond(observed, weights / (real(q) * real(q - 1)) * spread)
}

/// Krippendorff 2011: 1 - (n - 1) sum(o d) / sum(n n d) over coincidences within items.
fn alpha(ratings: &Ratings, scale: Scale) -> Result<f64, Undefined> {
    let q = ratings.categories;
    let mut coincidences = vec![vec![0.0; q]; q];
    for pattern in paired(ratings) {
        for (a, row) in coincidences.iter_mut().enumerate() {
            for (b, cell) in row.iter_mut().enumerate() {
                let pairs = pattern.counts[a] * (pattern.counts[b] - f64::from(u8::from(a == b)));
                *cell += pattern.weight * pairs / (pattern.given - 1.0);
            }
        }
    }
    let totals: Vec<f64> = coincidences.iter().map(|row| row.iter().sum()).collect();
    let n: f64 = totals.iter().sum();
    if n == 0.0 {
        return Err(Undefined::NoPairs);
    }
    let (mut seen, mut expected) = (0.0, 0.0);
    for (a, row) in coincidences.iter().enumerate() {
        for (b, cell) in row.iter().enumerate() {
            let distance = distance(scale, &totals, a, b);
            seen += cell * distance;
            expected += totals[a] * totals[b] * distance;
        }
    }
    if expected == 0.0 { Err(Undefined::OneCategory) } else { Ok(1.0 - (n - 1.0) * seen / expected) }
}

/// The squared difference of two categories; ordinal ones by the judgements between them.
fn distance(scale: Scale, totals: &[f64], a: usize, b: usize) -> f64 {
    match scale {
        Scale::Nominal => f64::from(u8::from(a != b)),
        Scale::Ordinal => {
            let (low, high) = (a.min(b), a.max(b));
            let between: f64 = totals[low..=high].iter().sum();
            (between - f64::midpoint(totals[low], totals[high])).powi(2)
        }
        Scale::Interval => real(a.abs_diff(b)).powi(2),
    }
}

#[cfg(test)]
#[path = "agreement_tests.rs"]
mod tests;
