//! From raw measurements to a score in 0..=1: formulas that are data, fitted on the dev data.
//!
//! A dimension has formulas in order; the first whose measurements are all present gives the score (the
//! model's before the surface's). None present: the dimension is absent.

use super::raw::{Feature, RawMeasurements};
use crate::domain::quality::Score;

/// How terms become a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// 1 / (1 + exp(-(bias + sum of weight x value))): what a logistic regression fits.
    Logistic,
    /// Weighted mean of the mapped values, plus the bias.
    Mean,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Formula {
    /// Shown with the score: `model` or `surface`.
    pub name: String,
    pub shape: Shape,
    pub bias: f64,
    pub terms: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    pub feature: Feature,
    pub weight: f64,
    /// Raw value to mapped value, by straight lines between points, flat outside; identity if empty.
    pub map: Vec<(f64, f64)>,
}

impl Formula {
    /// `None` if a measurement is absent.
    #[must_use]
    pub fn score(&self, raw: &RawMeasurements) -> Option<Score> {
        let mut sum = 0.0;
        let mut weights = 0.0;
        for term in &self.terms {
            sum += term.weight * term.value(raw)?;
            weights += term.weight;
        }
        let value = match self.shape {
            Shape::Logistic => 1.0 / (1.0 + (-(self.bias + sum)).exp()),
            Shape::Mean => self.bias + sum / weights,
        };
        Score::new(value)
    }
}

impl Term {
    fn value(&self, raw: &RawMeasurements) -> Option<f64> {
        raw.get(self.feature).map(|x| if self.map.is_empty() { x } else { piecewise(&self.map, x) })
    }
}

/// The first formula that can be computed, and its score.
#[must_use]
pub fn first<'f>(formulas: &'f [Formula], raw: &RawMeasurements) -> Option<(&'f Formula, Score)> {
    formulas.iter().find_map(|formula| formula.score(raw).map(|score| (formula, score)))
}

fn piecewise(points: &[(f64, f64)], x: f64) -> f64 {
    let after = points.partition_point(|&(at, _)| at < x);
    match (after.checked_sub(1).and_then(|i| points.get(i)), points.get(after)) {
        (Some(&(x0, y0)), Some(&(x1, y1))) => y0 + (y1 - y0) * (x - x0) / (x1 - x0),
        (None, Some(&(_, y))) | (Some(&(_, y)), None) => y,
        (None, None) => x,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formula(shape: Shape, terms: Vec<Term>) -> Formula {
        Formula { name: "t".into(), shape, bias: 0.0, terms }
    }

    fn term(feature: Feature, weight: f64, map: &[(f64, f64)]) -> Term {
        Term { feature, weight, map: map.to_vec() }
    }

    #[test]
    fn lines_between_points_and_flat_outside() {
        let band = [(2.0, 0.0), (6.0, 1.0), (10.0, 1.0), (20.0, 0.0)];
        for (x, y) in [(0.0, 0.0), (2.0, 0.0), (4.0, 0.5), (6.0, 1.0), (8.0, 1.0), (15.0, 0.5), (99.0, 0.0)] {
            assert!((piecewise(&band, x) - y).abs() < 1e-12, "{x}");
        }
    }

    #[test]
    fn a_formula_needs_all_its_measurements() {
        let mut raw = RawMeasurements::default();
        raw.set(Feature::Lints, 0.0);
        let model = formula(Shape::Logistic, vec![term(Feature::LmPlain, 1.0, &[]), term(Feature::Lints, -1.0, &[])]);
        let surface = formula(Shape::Mean, vec![term(Feature::Lints, 2.0, &[(0.0, 0.8), (1.0, 0.2)])]);
        let both = [model, surface];
        assert_eq!(first(&both, &raw).unwrap().1, 0.8);
        raw.set(Feature::LmPlain, 0.0);
        assert_eq!(first(&both, &raw).unwrap().1, 0.5);
        assert!(first(&both, &RawMeasurements::default()).is_none());
    }
}
