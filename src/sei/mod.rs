//! The Sentence Evaluation Index measured: five dimensions, vetoes, evidence; the only folder that names
//! harper, vader and textstat.
//!
//! Measuring ([`Scorer::score`]) needs the sentence, the fact and what a model answered; scoring
//! ([`SeiPolicy::rescore`]) needs the stored measurements alone.

mod accuracy;
pub mod calibrate;
mod complexity;
pub mod evidence;
mod fluency;
mod grammar;
mod judges;
pub mod lm;
mod names;
pub mod policy;
pub mod raw;
mod reading;
mod sentiment;
mod veto;

#[cfg(test)]
mod tests;

pub use evidence::{Evidence, Finding};
pub use judges::Judges;
pub use lm::{Interview, LmEvidence, critical_interview, interview, tuned_interview};
pub use policy::{PolicyError, SeiPolicy};
pub use raw::{Feature, RawMeasurements};

use crate::domain::RelationTuple;
use crate::domain::quality::{Dimension, Index, ScoreCard};
use crate::domain::relation::Relation;
use names::Names;
use reading::Reader;
use vader_parity::SentimentIntensityAnalyzer;

/// What a sentence should state: usually one tuple, several for a text about several.
#[derive(Debug, Clone, Copy)]
pub struct Fact<'a> {
    pub tuples: &'a [RelationTuple],
    /// What is known of each tuple's relation, in the same order.
    pub relations: &'a [Relation],
}

/// All there is to know of one sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    pub card: ScoreCard,
    pub index: Index,
    pub raw: RawMeasurements,
    pub evidence: Evidence,
}

/// Measures sentences. One for each thread: it owns harper's rules, loaded with the first sentence.
pub struct Scorer {
    policy: SeiPolicy,
    reader: Option<Reader>,
    tone: SentimentIntensityAnalyzer,
}

impl std::fmt::Debug for Scorer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scorer").field("policy", &self.policy.index.version).finish_non_exhaustive()
    }
}

impl Scorer {
    #[must_use]
    pub fn new(policy: SeiPolicy) -> Self {
        Self { policy, reader: None, tone: SentimentIntensityAnalyzer::new() }
    }

    #[must_use]
    pub fn policy(&self) -> &SeiPolicy {
        &self.policy
    }

    /// Measures and scores a sentence. `reference_tone` is the compound that sentences of this relation
    /// have, 0 if nobody knows.
    pub fn score(
        &mut self,
        fact: &Fact<'_>,
        sentence: &str,
        evidence: Option<&LmEvidence>,
        reference_tone: f64,
    ) -> Measured {
        let (raw, evidence) = self.measure(fact, sentence, evidence, reference_tone);
        let (card, index) = self.policy.rescore(&raw);
        Measured { card, index, raw, evidence }
    }

    fn measure(
        &mut self,
        fact: &Fact<'_>,
        sentence: &str,
        answers: Option<&LmEvidence>,
        tone: f64,
    ) -> (RawMeasurements, Evidence) {
        let mut raw = RawMeasurements::default();
        let mut evidence = Evidence { judged_tokens: answers.map_or(0, LmEvidence::tokens), ..Evidence::default() };
        raw.judges = answers.map(|answers| answers.judges.clone()).unwrap_or_default();
        let names = Names::find(fact, sentence);
        let reading = self.reader.get_or_insert_with(Reader::load).read(sentence, |span| names.cover(span));
        raw.vetoes = veto::vetoes(sentence, fact.tuples.len(), &names, &reading);
        if raw.vetoes.contains(&crate::domain::quality::Veto::Empty) {
            // Nothing is said, so nothing can be well or badly said.
            return (raw, evidence);
        }
        for dimension in Dimension::ALL {
            let findings = evidence.of_mut(dimension);
            match dimension {
                Dimension::Grammar => grammar::measure(fact, sentence, &names, &reading, &mut raw, findings),
                Dimension::Fluency => fluency::measure(sentence, &names, &reading, answers, &mut raw, findings),
                Dimension::Sentiment => {
                    sentiment::measure(&self.tone, sentence, &names, tone, &mut raw, findings);
                }
                Dimension::Accuracy => {
                    accuracy::measure(fact, sentence, &names, &reading, answers, &mut raw, findings);
                }
                Dimension::Complexity => complexity::measure(sentence, &names, &reading, &mut raw, findings),
            }
        }
        if evidence.of_mut(Dimension::Grammar).is_empty()
            && let Some(critic) = answers.and_then(|answers| answers.critic)
        {
            let share = 100.0 * critic.english_chance();
            let said = format!("no rule is broken; the critic: {share:.0} in 100 that it is good English");
            evidence.of_mut(Dimension::Grammar).push(Finding::said(&said));
        }
        (raw, evidence)
    }
}
