//! The floors: the most frequent relation, and sentence patterns that repeat.

use super::data::{Data, Example};
use crate::domain::mention::fold;
use crate::domain::relation::Catalogue;
use std::collections::HashMap;

/// The relation of most training rows; the first by name of several.
pub(super) fn majority(data: &Data) -> usize {
    let mut counts = vec![0_usize; data.relations.len()];
    for row in &data.train {
        counts[row.relation] += 1;
    }
    let best = counts.iter().copied().max().unwrap_or_default();
    counts.iter().position(|&count| count == best).unwrap_or_default()
}

/// The relation that training rows with the same masked sentence mostly have, else the one whose catalogue template
/// it is, else the most frequent one.
pub(super) fn template(data: &Data, catalogue: &Catalogue) -> Vec<usize> {
    let mut seen: HashMap<&[String], HashMap<usize, usize>> = HashMap::new();
    for Example { masked, relation, .. } in &data.train {
        *seen.entry(masked).or_default().entry(*relation).or_default() += 1;
    }
    let written = templates(data, catalogue);
    let otherwise = majority(data);
    let guess = |row: &Example| {
        let mostly = seen.get(row.masked.as_slice()).and_then(|counts| {
            counts.iter().max_by_key(|(relation, count)| (**count, std::cmp::Reverse(**relation))).map(|(r, _)| *r)
        });
        mostly.or_else(|| written.get(&pattern(&row.masked.join(" "))).copied()).unwrap_or(otherwise)
    };
    data.test.iter().map(guess).collect()
}

/// The catalogue's templates of the relations there are.
fn templates(data: &Data, catalogue: &Catalogue) -> HashMap<String, usize> {
    let mut written = HashMap::new();
    for (number, name) in data.relations.iter().enumerate() {
        for template in catalogue.find(name).map(|relation| relation.templates.as_slice()).unwrap_or_default() {
            let text = template.replace("{head}", " [h] ").replace("{tail}", " [t] ");
            written.entry(pattern(&text)).or_insert(number);
        }
    }
    written
}

/// Letters, digits and marks alone.
fn pattern(text: &str) -> String {
    fold(text).chars().filter(|c| c.is_alphanumeric() || matches!(c, '[' | ']')).collect()
}
