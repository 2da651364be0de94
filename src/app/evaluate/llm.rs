//! A language model as a classifier: each type-compatible relation by how much the sentence raises its likelihood.
//!
//! log p(relation | examples, sentence) - log p(relation | examples, no sentence): without the second term, frequent
//! words would win (domain-conditional pointwise mutual information, Holtzman and others 2021).

use super::Draws;
use super::data::{Data, Example};
use crate::domain::relation::Catalogue;
use crate::jobs::{Cancel, Engine, EngineError, Judgement};
use std::collections::{BTreeSet, HashMap};

/// Examples before the question, of different relations.
pub(super) const SHOTS: usize = 4;

pub(super) struct Asked<'d> {
    pub(super) data: &'d Data,
    pub(super) catalogue: &'d Catalogue,
    pub(super) shots: usize,
    pub(super) seed: u64,
}

impl Asked<'_> {
    /// The relation of each row.
    ///
    /// # Errors
    /// Cancelled, or an engine that fails.
    pub(super) fn classify(
        &self,
        rows: &[&Example],
        engine: &mut dyn Engine,
        cancel: &Cancel,
    ) -> Result<Vec<usize>, EngineError> {
        let labels: Vec<String> =
            self.data.relations.iter().map(|name| format!(" {}", self.catalogue.describe(name).told())).collect();
        let examples = self.examples(&labels);
        let compatible = self.compatible();
        let all: Vec<usize> = (0..labels.len()).collect();
        let prior = likelihoods(&question(&examples, None), &all, &labels, engine, cancel)?;
        let mut guesses = Vec::with_capacity(rows.len());
        for row in rows {
            let fitting = compatible.get(&row.kinds).filter(|fitting| !fitting.is_empty());
            let choices: Vec<usize> = fitting.map_or_else(|| all.clone(), |fitting| fitting.iter().copied().collect());
            let found = likelihoods(&question(&examples, Some(row)), &choices, &labels, engine, cancel)?;
            let best = choices.iter().zip(&found).map(|(&relation, value)| (relation, value - prior[relation]));
            let best = best.fold(None, |best: Option<(usize, f64)>, (relation, gain)| match best {
                Some((_, most)) if most >= gain => best,
                _ => Some((relation, gain)),
            });
            guesses.push(best.map_or(0, |(relation, _)| relation));
        }
        Ok(guesses)
    }

    /// Relations that training rows show between entities of two types; and those that the catalogue gives such types,
    /// where no training row has them.
    fn compatible(&self) -> HashMap<(String, String), BTreeSet<usize>> {
        let mut known: HashMap<(String, String), BTreeSet<usize>> = HashMap::new();
        let seen = self.data.seen();
        for row in self.data.train.iter().filter(|row| !row.kinds.0.is_empty() && !row.kinds.1.is_empty()) {
            known.entry(row.kinds.clone()).or_default().insert(row.relation);
        }
        let unseen = (0..seen.len()).filter(|&relation| !seen[relation]);
        for relation in unseen {
            let described = self.catalogue.describe(&self.data.relations[relation]);
            for ((head, tail), relations) in &mut known {
                let fits = |kind: &Option<String>, found: &str| kind.as_deref().is_none_or(|kind| kind == found);
                if fits(&described.head_type, head) && fits(&described.tail_type, tail) {
                    relations.insert(relation);
                }
            }
        }
        known
    }

    /// Training rows of different relations, by lot.
    fn examples(&self, labels: &[String]) -> String {
        let mut order: Vec<&Example> = self.data.train.iter().collect();
        Draws(self.seed).shuffle(&mut order);
        let mut used = BTreeSet::new();
        let chosen = order.into_iter().filter(|row| used.insert(row.relation)).take(self.shots);
        chosen.fold(String::new(), |examples, row| question(&examples, Some(row)) + &labels[row.relation] + "\n\n")
    }
}

/// What stands before the relation.
fn question(examples: &str, row: Option<&Example>) -> String {
    match row {
        Some(row) => {
            format!("{examples}Sentence: {}\nThe relation of {} to {} is:", row.sentence, row.head, row.tail)
        }
        None => format!("{examples}Sentence: N/A\nThe relation of A to B is:"),
    }
}

/// Log-probabilities of the labels of some relations after a prompt; one that cannot be judged is out of the question.
fn likelihoods(
    prefix: &str,
    relations: &[usize],
    labels: &[String],
    engine: &mut dyn Engine,
    cancel: &Cancel,
) -> Result<Vec<f64>, EngineError> {
    let requests: Vec<Judgement> = relations
        .iter()
        .map(|&relation| Judgement { prefix: prefix.to_owned(), text: labels[relation].clone() })
        .collect();
    let mut found = vec![f64::NEG_INFINITY; requests.len()];
    let mut refused = None;
    engine.judge(&requests, cancel, &mut |index, answer| match answer {
        Ok(judged) => found[index] = judged.sum(),
        Err(error) => refused = Some(error),
    })?;
    // A prompt that is too long is so for all its relations.
    match refused {
        Some(error) if found.iter().all(|value| value.is_infinite()) => Err(error),
        _ => Ok(found),
    }
}
