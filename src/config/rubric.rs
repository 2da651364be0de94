//! The pages of the five dimensions from `rubric.toml`.

use super::ConfigError;
use super::assets::Asset;
use crate::domain::quality::Dimension;
use crate::domain::quality::rubric::{Example, Rubric};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    dimension: Vec<Page>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    name: String,
    question: String,
    measured: String,
    agreement: String,
    example: Vec<Shown>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shown {
    score: f64,
    fact: [String; 3],
    sentence: String,
}

/// The pages in the order of [`Dimension::ALL`].
///
/// # Errors
/// TOML that does not parse, a dimension without page.
pub fn rubric(asset: &Asset) -> Result<Vec<Rubric>, ConfigError> {
    let file: File = toml::from_str(&asset.text).map_err(|e| ConfigError::toml(&asset.file, &asset.text, &e))?;
    let lacks = |name: &str| ConfigError::At {
        file: asset.file.clone(),
        line: 1,
        reason: format!("there is no page for '{name}'"),
    };
    let page = |dimension: Dimension| {
        let page = file.dimension.iter().find(|page| page.name == dimension.name());
        let page = page.ok_or_else(|| lacks(dimension.name()))?;
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let example = |e: &Shown| Example { score: e.score, fact: e.fact.clone(), sentence: e.sentence.clone() };
        Ok(Rubric {
            dimension,
            question: plain(&page.question),
            measured: plain(&page.measured),
            agreement: plain(&page.agreement),
            examples: page.example.iter().map(example).collect(),
        })
    };
    Dimension::ALL.into_iter().map(page).collect()
}
