//! Verification passes: a sample drawn from a frame that is written down, judged by people, settled by a third.

use super::review::{Desk, ReviewError, VerifyItem, now};
use crate::domain::filter::Filter;
use crate::domain::review::{Arm, Verdict};
use crate::domain::sampling::{self, By};
use crate::domain::split::{self, SplitError};
use crate::domain::stats::size;
use crate::domain::{DecisionId, Entity, RelationTuple, TupleId};
use crate::store::{Circumstance, Db, FrameRow, PassDraft, PassRow, Sentence, StoreError};
use std::collections::BTreeMap;
use thiserror::Error;

/// How large a sample is to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Size {
    Rows(usize),
    /// As large as an interval of about +/- `margin` around an expected share needs.
    Margin {
        margin: f64,
        expected: f64,
    },
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// Default: `pass-1`, `pass-2`...
    pub name: Option<String>,
    pub filter: Filter,
    /// The filter as typed.
    pub filter_text: String,
    pub by: By,
    /// The plan of splits, where by split: the same that export gets.
    pub split: split::Plan,
    pub split_text: String,
    pub evenly: bool,
    pub size: Size,
    pub doubled: f64,
    pub seed: u64,
}

#[derive(Debug, Error)]
pub enum PassError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Split(#[from] SplitError),
    #[error(
        "no sentence is decided that the sample could be drawn from; `amalrec report coverage` says where the tuples stand"
    )]
    NothingDecided,
    #[error("no sample size follows from a margin of {margin} around {expected}; both lie between 0 and 1")]
    NoSize { margin: f64, expected: f64 },
}

/// A stratum of a pass: how many sentences it has, and how many were drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StratumCount {
    pub name: String,
    pub population: usize,
    pub size: usize,
}

/// A pass that was just drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnPass {
    pub pass: PassRow,
    pub strata: Vec<StratumCount>,
    /// The sample, in the order in which it is judged.
    pub sample: Vec<FrameRow>,
}

/// Writes the frame down and draws the sample.
///
/// # Errors
/// Nothing decided, no sound size, splits that cannot be had, a name that is taken.
pub fn sample(db: &mut Db, annotator: &str, order: &Order) -> Result<DrawnPass, PassError> {
    let sentences = db.sentences(&order.filter)?;
    if sentences.is_empty() {
        return Err(PassError::NothingDecided);
    }
    let size = match order.size {
        Size::Rows(rows) => rows,
        Size::Margin { margin, expected } => {
            let found = size::for_margin(expected, margin, super::report::LEVEL, Some(sentences.len()));
            found.ok_or(PassError::NoSize { margin, expected })?
        }
    };
    let strata = strata(&sentences, order)?;
    let plan = sampling::Plan { size, evenly: order.evenly, doubled: order.doubled, seed: order.seed };
    let drawn = sampling::draw(&strata.iter().map(String::as_str).collect::<Vec<_>>(), plan);
    let frame: Vec<FrameRow> = sentences
        .into_iter()
        .zip(strata)
        .zip(drawn)
        .map(|((sentence, stratum), drawn)| FrameRow { sentence, stratum, drawn })
        .collect();
    let name = match &order.name {
        Some(name) => name.clone(),
        None => format!("pass-{}", db.passes()?.len() + 1),
    };
    let draft = PassDraft {
        name,
        made_by: annotator.to_owned(),
        made_at: now(),
        filter: order.filter_text.clone(),
        by: order.by,
        split: order.split_text.clone(),
        evenly: order.evenly,
        seed: order.seed,
        doubled: order.doubled,
    };
    let pass = db.add_pass(&draft, &frame)?;
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for row in &frame {
        let count = counts.entry(&row.stratum).or_default();
        *count = (count.0 + 1, count.1 + usize::from(row.drawn.is_some()));
    }
    let strata =
        counts.into_iter().map(|(name, (population, size))| StratumCount { name: name.to_owned(), population, size });
    let strata = strata.collect();
    let mut sample: Vec<FrameRow> = frame.into_iter().filter(|row| row.drawn.is_some()).collect();
    sample.sort_by_key(|row| row.drawn.map(|drawn| drawn.position));
    Ok(DrawnPass { pass, strata, sample })
}

/// The stratum of each sentence.
fn strata(sentences: &[Sentence], order: &Order) -> Result<Vec<String>, SplitError> {
    Ok(match order.by {
        By::None => vec![String::new(); sentences.len()],
        By::Relation => sentences.iter().map(|sentence| sentence.relation.clone()).collect(),
        By::Method => sentences.iter().map(|sentence| sentence.method.clone()).collect(),
        By::Split => {
            let facts: Vec<_> = sentences.iter().map(|s| split::Facts::of(&tuple(s), &s.text)).collect();
            let names = order.split.splits();
            let name = |place: split::Place| match place {
                split::Place::Split(at) => names.get(at).cloned().unwrap_or_default(),
                split::Place::Dropped(_) => "in no split".to_owned(),
            };
            split::assign(&facts, &order.split)?.into_iter().map(name).collect()
        }
    })
}

fn tuple(sentence: &Sentence) -> RelationTuple {
    let entity = |name: &str| Entity { name: name.to_owned(), kind: None };
    RelationTuple { head: entity(&sentence.head), relation: sentence.relation.clone(), tail: entity(&sentence.tail) }
}

/// A sentence whose verdicts differ, with the verdicts given, not who gave them.
#[derive(Debug, Clone, PartialEq)]
pub struct AdjudicationItem {
    pub item: VerifyItem,
    /// In an order that tells nothing of the people.
    pub verdicts: Vec<Verdict>,
}

impl Desk {
    /// The next sentence whose verdicts differ, for someone who neither chose nor judged it.
    ///
    /// # Errors
    /// Whatever the store says.
    pub fn next_to_adjudicate(&self, db: &mut Db, passed: &[TupleId]) -> Result<Option<AdjudicationItem>, ReviewError> {
        let Some(id) = db.next_to_adjudicate(&self.annotator, passed)? else { return Ok(None) };
        let Some(item) = self.open_to_verify(db, id)? else { return Ok(None) };
        let mut verdicts = db.verdicts_on(id)?;
        verdicts.sort_unstable();
        Ok(Some(AdjudicationItem { item, verdicts }))
    }

    /// Settles between the verdicts on the sentence that decision `of` chose.
    ///
    /// # Errors
    /// Verdicts that agree or are settled, someone who chose or judged the sentence; whatever the store says.
    pub fn adjudicate(
        &self,
        db: &mut Db,
        tuple: TupleId,
        of: DecisionId,
        verdict: Verdict,
        circumstance: Circumstance,
    ) -> Result<DecisionId, ReviewError> {
        self.verify(db, tuple, of, verdict, Circumstance { arm: Some(Arm::Answers), ..circumstance })
    }
}
