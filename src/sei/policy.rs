//! `assets/sei.toml` read and checked: version, weights, caps, formulas. A broken file is an error that
//! names the place, never a silent default.

use super::Judges;
use super::calibrate::{Formula, Shape, Term, first};
use super::raw::{Feature, RawMeasurements};
use crate::domain::quality::{Dimension, Index, Policy, Score, ScoreCard, Veto};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The policy that ships with the program.
pub const BUILT_IN: &str = include_str!("../../assets/sei.toml");

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    #[error("the SEI policy does not parse: {0}")]
    Syntax(String),
    #[error("the SEI policy is wrong at {place}: {problem}")]
    Value { place: String, problem: String },
}

/// All that turns measurements into an index.
#[derive(Debug, Clone, PartialEq)]
pub struct SeiPolicy {
    pub index: Policy,
    /// The models whose answers the formulas were fitted to.
    pub judges: Judges,
    /// By [`Dimension`].
    formulas: [Vec<Formula>; 5],
}

impl SeiPolicy {
    /// # Errors
    /// TOML that does not parse; unknown names; numbers out of range; a dimension without formula.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let file: File = toml::from_str(text).map_err(|error| PolicyError::Syntax(error.to_string()))?;
        let mut weights = [0.0; 5];
        let mut formulas: [Vec<Formula>; 5] = Default::default();
        for dimension in Dimension::ALL {
            let place = format!("weights.{dimension}");
            let weight = *file.weights.get(dimension.name()).ok_or_else(|| wrong(&place, "missing"))?;
            weights[dimension as usize] = ranged(&place, weight, f64::MAX)?;
            let rows = file.formulas.get(dimension.name()).map(Vec::as_slice).unwrap_or_default();
            if rows.is_empty() {
                return Err(wrong(dimension.name(), "no formula"));
            }
            formulas[dimension as usize] = rows.iter().map(|row| row.checked(dimension)).collect::<Result<_, _>>()?;
        }
        if weights.iter().sum::<f64>() <= 0.0 {
            return Err(wrong("weights", "all are zero"));
        }
        let mut caps = [1.0; 7];
        for (name, &cap) in &file.caps {
            let veto: Veto = name.parse().map_err(|problem: String| wrong("caps", &problem))?;
            caps[veto as usize] = ranged(&format!("caps.{name}"), cap, 1.0)?;
        }
        Ok(Self { index: Policy { version: file.version, weights, caps }, judges: file.judges, formulas })
    }

    /// The policy that ships with the program.
    ///
    /// # Errors
    /// None: a test parses it. The result is kept since nothing here may panic.
    pub fn built_in() -> Result<Self, PolicyError> {
        Self::parse(BUILT_IN)
    }

    /// Scores from measurements alone: no model, no harper, not even the sentence.
    #[must_use]
    pub fn rescore(&self, raw: &RawMeasurements) -> (ScoreCard, Index) {
        let score = |dimension| self.score(dimension, raw).map(|(_, score)| score);
        let card = ScoreCard::new(Dimension::ALL.map(score));
        (card, self.weigh(&card, raw.vetoes.clone()))
    }

    /// The index of scores that are known already.
    #[must_use]
    pub fn weigh(&self, card: &ScoreCard, vetoes: Vec<Veto>) -> Index {
        let mut index = self.index.index(card, vetoes);
        if index.vetoes.contains(&Veto::Empty) {
            // Nothing could be measured, yet nothing could be worse: no text has no worth.
            index.value = Some(Score::ZERO);
        }
        index
    }

    /// The same maps and caps with other weights, under another version.
    #[must_use]
    pub fn with_weights(&self, version: &str, weights: [f64; 5]) -> Self {
        let index = Policy { version: version.to_owned(), weights, ..self.index.clone() };
        Self { index, judges: self.judges.clone(), formulas: self.formulas.clone() }
    }

    /// One dimension's score, and the formula that gave it.
    #[must_use]
    pub fn score(&self, dimension: Dimension, raw: &RawMeasurements) -> Option<(&Formula, Score)> {
        first(&self.formulas[dimension as usize], raw)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    weights: BTreeMap<String, f64>,
    caps: BTreeMap<String, f64>,
    #[serde(default)]
    judges: Judges,
    formulas: BTreeMap<String, Vec<FormulaRow>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FormulaRow {
    name: String,
    shape: String,
    #[serde(default)]
    bias: f64,
    terms: Vec<TermRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TermRow {
    of: String,
    weight: f64,
    #[serde(default)]
    map: Vec<(f64, f64)>,
}

impl FormulaRow {
    fn checked(&self, dimension: Dimension) -> Result<Formula, PolicyError> {
        let place = format!("formulas.{dimension} ({})", self.name);
        let shape = match self.shape.as_str() {
            "logistic" => Shape::Logistic,
            "mean" => Shape::Mean,
            other => return Err(wrong(&place, &format!("shape '{other}' is neither logistic nor mean"))),
        };
        let terms = self.terms.iter().map(|row| row.checked(&place)).collect::<Result<Vec<_>, _>>()?;
        if terms.is_empty() || shape == Shape::Mean && terms.iter().map(|t| t.weight).sum::<f64>() <= 0.0 {
            return Err(wrong(&place, "its terms weigh nothing"));
        }
        if !self.bias.is_finite() {
            return Err(wrong(&place, "the bias is not a number"));
        }
        Ok(Formula { name: self.name.clone(), shape, bias: self.bias, terms })
    }
}

impl TermRow {
    fn checked(&self, place: &str) -> Result<Term, PolicyError> {
        let known = Feature::of_name(&self.of);
        let feature = known.ok_or_else(|| wrong(place, &format!("nothing measures '{}'", self.of)))?;
        let finite = self.map.iter().all(|(x, y)| x.is_finite() && y.is_finite());
        if !self.weight.is_finite() || !finite || !self.map.is_sorted_by(|a, b| a.0 < b.0) {
            return Err(wrong(place, &format!("the map or weight of '{}' is no rising row of numbers", self.of)));
        }
        Ok(Term { feature, weight: self.weight, map: self.map.clone() })
    }
}

fn wrong(place: &str, problem: &str) -> PolicyError {
    PolicyError::Value { place: place.to_owned(), problem: problem.to_owned() }
}

fn ranged(place: &str, value: f64, most: f64) -> Result<f64, PolicyError> {
    if value.is_nan() || !(0.0..=most).contains(&value) {
        return Err(wrong(place, &format!("{value} is not in 0..={most}")));
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_policy_is_sound() {
        let policy = SeiPolicy::built_in().unwrap();
        assert!(!policy.index.version.is_empty());
        assert!(policy.index.caps.iter().all(|&cap| cap < 1.0), "every veto caps");
    }

    #[test]
    fn mistakes_are_named() {
        let problem = |from: &str, to: &str| SeiPolicy::parse(&BUILT_IN.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(problem("version = ", "verison = ").contains("verison"));
        assert!(problem("of = \"lints\"", "of = \"lnits\"").contains("lnits"));
        assert!(problem("head-missing", "head-lost").contains("head-lost"));
        assert!(problem("tuned = \"", "tunde = \"").contains("tunde"));
        assert!(problem("\"logistic\"", "\"logarithmic\"").contains("logarithmic"));
    }

    #[test]
    fn nothing_measured_is_nothing_scored() {
        let (card, index) = SeiPolicy::built_in().unwrap().rescore(&RawMeasurements::default());
        assert_eq!(card, ScoreCard::default());
        assert_eq!(index.value, None);
    }
}
