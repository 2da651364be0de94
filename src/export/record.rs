//! The published row: what stands on each line of a split. Fields are only ever added; [`VERSION`] says which there are.

use super::row::{Named, Row, Source};
use crate::domain::method::Paradigm;
use crate::domain::quality::{Dimension, Score};
use crate::domain::{Entity, Origin, Span};
use serde::{Deserialize, Serialize};

/// Version of this schema, in the manifest.
pub const VERSION: u32 = 1;

/// One sentence with its tuple. Every key is always there; what is not known is `null`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Record {
    /// SHA-256 of head, relation and tail: the same in every export of the same fact.
    pub id: String,
    pub sentence: String,
    pub head: End,
    pub relation: String,
    pub tail: End,
    pub status: String,
    /// `human` or `ranker`: who chose the sentence.
    pub source: String,
    /// A person changed or wrote the words.
    pub edited: bool,
    pub method: Option<String>,
    pub paradigm: Option<String>,
    pub sei: Option<f64>,
    pub grammar: Option<f64>,
    pub fluency: Option<f64>,
    pub sentiment: Option<f64>,
    pub accuracy: Option<f64>,
    pub complexity: Option<f64>,
    pub veto: Vec<String>,
    pub provenance: Option<Provenance>,
    pub decision_ids: Vec<i64>,
    pub annotators: Vec<String>,
    pub split: String,
}

/// The head or the tail: the entity, and where the sentence names it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct End {
    /// The entity's name in the tuple.
    pub name: String,
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The words that name it: `sentence[start:end]` in Python. `null`, with both offsets, if it is not named.
    pub text: Option<String>,
    /// Offsets in characters (Unicode code points), the end exclusive.
    pub start: Option<usize>,
    pub end: Option<usize>,
}

/// What the sentence was made with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    pub model: Option<String>,
    pub model_digest: Option<String>,
    pub prompt_digest: String,
    pub seed: u32,
    /// Sampling settings and backend, as JSON text.
    pub params: String,
    /// Numbers, in the project, of the candidates that this one was made from.
    pub parents: Vec<i64>,
}

impl Record {
    /// The row as it is published, its annotators under the names given.
    #[must_use]
    pub fn of(row: &Row, annotators: Vec<String>) -> Self {
        let score = |dimension| row.scores.get(dimension).map(rounded);
        Self {
            id: row.tuple.digest().to_string(),
            sentence: row.sentence.clone(),
            head: End::of(&row.tuple.head, row.head, &row.sentence),
            relation: row.tuple.relation.clone(),
            tail: End::of(&row.tuple.tail, row.tail, &row.sentence),
            status: row.status.name().to_owned(),
            source: row.source.name().to_owned(),
            edited: row.source == Source::Human { edited: true },
            method: row.origin.as_ref().map(|origin| origin.method.clone()),
            paradigm: row.origin.as_ref().map(|origin| origin.paradigm.name().to_owned()),
            sei: row.index.value.map(rounded),
            grammar: score(Dimension::Grammar),
            fluency: score(Dimension::Fluency),
            sentiment: score(Dimension::Sentiment),
            accuracy: score(Dimension::Accuracy),
            complexity: score(Dimension::Complexity),
            veto: row.index.vetoes.iter().map(|veto| veto.name().to_owned()).collect(),
            provenance: row.origin.as_ref().filter(|o| o.paradigm != Paradigm::Imported).map(Provenance::of),
            decision_ids: row.decisions.iter().map(|id| id.0).collect(),
            annotators,
            split: row.split.clone(),
        }
    }
}

impl End {
    fn of(entity: &Entity, named: Named, sentence: &str) -> Self {
        let (name, kind) = (entity.name.clone(), entity.kind.clone());
        match named {
            Named::At(span) => {
                let (start, end) = characters(sentence, span);
                Self { name, kind, text: Some(span.of(sentence).to_owned()), start: Some(start), end: Some(end) }
            }
            Named::Confirmed | Named::Missing => Self { name, kind, text: None, start: None, end: None },
        }
    }
}

impl Provenance {
    fn of(origin: &Origin) -> Self {
        Self {
            model: origin.model.clone(),
            model_digest: origin.model_digest.clone(),
            prompt_digest: origin.prompt_digest.clone(),
            seed: origin.seed,
            params: origin.params.clone(),
            parents: origin.parents.iter().map(|id| id.0).collect(),
        }
    }
}

/// Bytes to characters. The span must fit the sentence, as [`Row::gap`] makes sure.
#[must_use]
pub fn characters(sentence: &str, span: Span) -> (usize, usize) {
    let count = |end: usize| sentence.get(..end).unwrap_or(sentence).chars().count();
    let start = count(span.start);
    (start, start + span.of(sentence).chars().count())
}

/// Six decimals: what is below is noise, and takes room.
fn rounded(score: Score) -> f64 {
    (score.get() * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn offsets_cut_out_the_mention(before in "\\PC{0,20}", mention in "\\PC{1,10}", after in "\\PC{0,20}") {
            let sentence = format!("{before}{mention}{after}");
            let span = Span { start: before.len(), end: before.len() + mention.len() };
            let (start, end) = characters(&sentence, span);
            let chars: Vec<char> = sentence.chars().collect();
            prop_assert_eq!(chars[start..end].iter().collect::<String>(), mention);
        }
    }
}
