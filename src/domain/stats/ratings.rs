//! Who judged which item how: the table that all measures of agreement read, gaps allowed.

use super::random::SplitMix;

/// Judgements of items by raters, each a category of 0..categories or missing. Items that were judged alike are
/// kept once with their number, so that resampling costs little.
#[derive(Debug, Clone, PartialEq)]
pub struct Ratings {
    pub(super) categories: usize,
    raters: usize,
    pub(super) patterns: Vec<Pattern>,
    /// The pattern of each item.
    items: Vec<usize>,
}

/// One way in which items were judged.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pattern {
    /// By rater.
    pub(super) ratings: Vec<Option<usize>>,
    /// How often each category was given.
    pub(super) counts: Vec<f64>,
    /// The sum of `counts`.
    pub(super) given: f64,
    /// How many items look so.
    pub(super) weight: f64,
}

impl Ratings {
    /// `rows` holds an item each, with a rating or `None` by rater; shorter rows are filled with `None`, and a
    /// category out of range counts as `None`. Items without any judgement are left out.
    #[must_use]
    pub fn new(categories: usize, rows: &[Vec<Option<usize>>]) -> Self {
        let raters = rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut sorted: Vec<Vec<Option<usize>>> = rows
            .iter()
            .map(|row| {
                let known = row.iter().map(|rating| rating.filter(|&category| category < categories));
                known.chain(std::iter::repeat(None)).take(raters).collect()
            })
            .filter(|row: &Vec<Option<usize>>| row.iter().any(Option::is_some))
            .collect();
        sorted.sort_unstable();
        let mut ratings = Self { categories, raters, patterns: Vec::new(), items: Vec::with_capacity(sorted.len()) };
        for row in sorted {
            match ratings.patterns.last_mut() {
                Some(last) if last.ratings == row => last.weight += 1.0,
                _ => ratings.patterns.push(Pattern::new(categories, row)),
            }
            ratings.items.push(ratings.patterns.len() - 1);
        }
        ratings
    }

    /// Items with at least one judgement.
    #[must_use]
    pub fn items(&self) -> usize {
        self.items.len()
    }

    /// Items judged by two or more.
    #[must_use]
    pub fn paired(&self) -> usize {
        self.items.iter().filter(|&&pattern| self.patterns[pattern].given > 1.0).count()
    }

    #[must_use]
    pub fn raters(&self) -> usize {
        self.raters
    }

    /// As many items drawn from these, with replacement.
    pub(super) fn resample(&self, random: &mut SplitMix) -> Self {
        let mut drawn = self.clone();
        for pattern in &mut drawn.patterns {
            pattern.weight = 0.0;
        }
        for item in &mut drawn.items {
            *item = self.items[random.below(self.items.len())];
            drawn.patterns[*item].weight += 1.0;
        }
        drawn
    }

    /// The judgements of two raters on the items that both judged, others left out.
    #[must_use]
    pub fn pair(&self, first: usize, second: usize) -> Self {
        let rows: Vec<Vec<Option<usize>>> = self
            .items
            .iter()
            .map(|&item| &self.patterns[item].ratings)
            .map(|ratings| vec![ratings.get(first).copied().flatten(), ratings.get(second).copied().flatten()])
            .filter(|pair| pair.iter().all(Option::is_some))
            .collect();
        Self::new(self.categories, &rows)
    }
}

impl Pattern {
    fn new(categories: usize, ratings: Vec<Option<usize>>) -> Self {
        let mut counts = vec![0.0; categories];
        ratings.iter().flatten().for_each(|&category| counts[category] += 1.0);
        let given = counts.iter().sum();
        Self { ratings, counts, given, weight: 1.0 }
    }
}
