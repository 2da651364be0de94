//! One decision on all tuples of a filter, looked at before it is made, undone as one.

use super::review::{Desk, ReviewError, now};
use crate::domain::TupleId;
use crate::domain::filter::{Filter, Test};
use crate::domain::review::{Kind, RejectReason};
use crate::store::{Circumstance, Db, Draft, TupleRow};

/// So many tuples at most: one transaction holds them all.
const MOST: usize = 50_000;

/// What is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sweep {
    /// The sentence that ranks first, for each ranked tuple that nobody answered.
    Accept,
    /// All sentences of each such tuple.
    Reject(RejectReason),
    /// Each tuple that has no flag.
    Flag,
}

/// What a sweep would do.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepPreview {
    pub sweep: Sweep,
    /// Tuples that it would touch, and tuples of the filter.
    pub touched: u64,
    pub total: u64,
    /// The first of those it would touch, each with the sentence that ranks first, where one does.
    pub sample: Vec<(TupleRow, Option<String>)>,
}

impl Desk {
    /// Looks at what a sweep would do, and does nothing.
    ///
    /// # Errors
    /// Whatever the store says.
    pub fn preview(&self, db: &Db, filter: &Filter, sweep: Sweep, rows: usize) -> Result<SweepPreview, ReviewError> {
        let total = db.count(filter)?;
        let (touched, sample) = match sweep {
            Sweep::Flag => {
                let bare = unflagged(filter);
                let page = db.page(&bare, crate::store::Sort::Id, None, rows)?;
                (db.count(&bare)?, page.rows.into_iter().map(|row| (row, None)).collect())
            }
            Sweep::Accept | Sweep::Reject(_) => {
                let sample = db.ready_in(filter, rows)?.into_iter().map(|(row, first)| {
                    let text = db.candidate(first)?.and_then(|c| c.candidate.text().map(str::to_owned));
                    Ok::<_, ReviewError>((row, text))
                });
                (db.count_ready(filter)?, sample.collect::<Result<_, _>>()?)
            }
        };
        Ok(SweepPreview { sweep, touched, total, sample })
    }

    /// Makes one decision of many: how many tuples it touched. Nothing was shown one by one, so no arm is recorded.
    ///
    /// # Errors
    /// More tuples than one stroke may touch; whatever the store says, and then nothing is kept.
    pub fn sweep(&self, db: &mut Db, filter: &Filter, sweep: Sweep) -> Result<u64, ReviewError> {
        let at = now();
        let draft = |tuple: TupleId, kind| Draft {
            tuple,
            annotator: self.annotator.clone(),
            kind,
            circumstance: Circumstance::default(),
            at,
        };
        let drafts: Vec<Draft> = match sweep {
            Sweep::Flag => {
                let ids = db.tuple_ids(&unflagged(filter), None, MOST + 1)?;
                ids.into_iter().map(|id| draft(id, Kind::Flag(String::new()))).collect()
            }
            Sweep::Accept | Sweep::Reject(_) => {
                let ready = db.ready_in(filter, MOST + 1)?;
                let kind = |first| match sweep {
                    Sweep::Reject(reason) => Kind::Reject(reason),
                    Sweep::Accept | Sweep::Flag => Kind::Accept(first),
                };
                ready.into_iter().map(|(row, first)| draft(row.id, kind(first))).collect()
            }
        };
        if drafts.len() > MOST {
            return Err(ReviewError::TooMany(MOST));
        }
        db.record_all(&drafts)?;
        Ok(drafts.len() as u64)
    }
}

fn unflagged(filter: &Filter) -> Filter {
    filter.clone().and(Test::Flagged(false))
}
