//! What is known of the dataset's quality, as plain data: the numbers that screens and commands both show.

use super::desk::Accuracy;
use crate::domain::interval::{Interval, wilson};
use crate::store::{Counts, Db, StoreError, VerdictCounts};

/// The share of right sentences in one group.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    pub name: String,
    pub right: u64,
    pub n: u64,
    /// Wilson, 95%.
    pub interval: Option<Interval>,
}

/// The accuracy report.
#[derive(Debug, Clone, PartialEq)]
pub struct AccuracyReport {
    pub accuracy: Option<Accuracy>,
    pub verdicts: VerdictCounts,
    pub by_relation: Vec<Group>,
    pub by_method: Vec<Group>,
    pub counts: Counts,
}

/// Reads the verdicts and computes the report.
///
/// # Errors
/// The store's.
pub fn accuracy(db: &mut Db) -> Result<AccuracyReport, StoreError> {
    let verdicts = db.verdict_counts()?;
    let group = |(name, right, wrong): &(String, u64, u64)| Group {
        name: name.clone(),
        right: *right,
        n: right + wrong,
        interval: wilson(*right, right + wrong, 0.95),
    };
    Ok(AccuracyReport {
        accuracy: Accuracy::of(&verdicts),
        by_relation: verdicts.by_relation.iter().map(group).collect(),
        by_method: verdicts.by_method.iter().map(group).collect(),
        counts: db.counts()?,
        verdicts,
    })
}
