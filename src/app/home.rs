//! The numbers of the first screen: where the tuples stand, how accurate the verified ones are, how fast one works.

use super::report::STOP_MARGIN;
use crate::domain::interval::{Interval, clopper_pearson, wilson};
use crate::domain::stats::sequence;
use crate::store::{Counts, VerdictCounts};

/// What the first screen shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Home {
    pub counts: Counts,
    pub accuracy: Option<Accuracy>,
    /// Tuples on which others differ, and which this annotator may settle.
    pub to_settle: u64,
    /// This annotator's decisions of the last hour, of today and in all, and median seconds a decision.
    pub pace: Pace,
}

/// How much one annotator got done.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Pace {
    pub last_hour: u64,
    /// Since midnight, UTC.
    pub today: u64,
    pub all: u64,
    /// Median seconds a decision, of those timed.
    pub median_seconds: Option<f64>,
}

/// The share of verified sentences that are right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Accuracy {
    pub right: u64,
    pub n: u64,
    /// Sentences whose verdicts differ; not in `n`.
    pub disputed: u64,
    pub wilson: Interval,
    pub clopper_pearson: Interval,
    /// Holds however often one looks.
    pub at_any_look: Interval,
}

impl Accuracy {
    /// At 95%; `None` before the first verdict. Disputed sentences are not in `n`.
    #[must_use]
    pub fn of(verdicts: &VerdictCounts) -> Option<Self> {
        let n = verdicts.right + verdicts.wrong;
        Some(Self {
            right: verdicts.right,
            n,
            disputed: verdicts.disputed,
            wilson: wilson(verdicts.right, n, 0.95)?,
            clopper_pearson: clopper_pearson(verdicts.right, n, 0.95)?,
            at_any_look: sequence::interval(verdicts.right, n, None, 0.95)?,
        })
    }

    /// Whether enough is known, to [`STOP_MARGIN`] either side.
    #[must_use]
    pub fn may_stop(&self) -> bool {
        sequence::Rule::Margin(STOP_MARGIN).is_met(self.at_any_look)
    }

    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of rows stay far below 2^52")]
    pub fn share(&self) -> f64 {
        self.right as f64 / self.n as f64
    }
}
