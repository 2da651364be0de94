//! What the store gives back: rows with all that a screen or a listing shows of them.

use crate::domain::quality::{Score, ScoreCard, Veto};
use crate::domain::review::{Arm, Decision, Status};
use crate::domain::{Candidate, CandidateId, DecisionId, RelationTuple, Span, TupleId};

/// A tuple in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct TupleRow {
    pub id: TupleId,
    pub tuple: RelationTuple,
    pub status: Status,
    pub flagged: bool,
    /// Sentences, failures not counted.
    pub candidates: u32,
    pub best_sei: Option<f64>,
    /// SEI of the first less that of the second.
    pub margin: Option<f64>,
    /// People whose answer stands.
    pub answers: u32,
    /// Answers differ, and nobody has settled between them.
    pub disagrees: bool,
}

/// A candidate's scores under one version of the policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    pub version: String,
    pub card: ScoreCard,
    pub sei: Option<Score>,
    pub vetoes: Vec<Veto>,
    /// JSON: the measurements that the scores are made from.
    pub raw: String,
    /// JSON: what is shown to people.
    pub evidence: String,
}

/// A candidate with its scores and place.
#[derive(Debug, Clone, PartialEq)]
pub struct CandidateRow {
    pub candidate: Candidate,
    pub made_at: i64,
    pub scored: Option<Scored>,
    /// 1 is the best of its tuple.
    pub place: Option<u32>,
    pub repeats: Option<CandidateId>,
}

/// What surrounds a decision: how the item was shown, and for how long.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Circumstance {
    pub arm: Option<Arm>,
    /// Position on the screen, from 1.
    pub shown_at: Option<u32>,
    /// Rank by SEI at that moment, from 1.
    pub place: Option<u32>,
    pub sei_version: Option<String>,
    /// From the item's first frame to the decision.
    pub seconds: Option<f64>,
}

/// A decision with its circumstance, as listed.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionRow {
    pub decision: Decision,
    /// The sentence that it chose or wrote, if it did.
    pub text: Option<String>,
    pub circumstance: Circumstance,
    /// Milliseconds since 1970, UTC.
    pub at: i64,
}

/// The sentence that stands for a decided tuple.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    pub tuple: TupleRow,
    pub decision: DecisionId,
    pub annotator: String,
    pub text: String,
    pub head: Option<Span>,
    pub tail: Option<Span>,
    /// The candidate taken or edited.
    pub base: Option<CandidateId>,
    pub edited: bool,
}

/// How many tuples stand where, and how many candidates there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// By position in `Status::ALL`; the sum is the number of tuples.
    pub by_status: [u64; 9],
    pub flagged: u64,
    /// Sentences.
    pub candidates: u64,
    /// Failed candidates.
    pub failed: u64,
}

impl Counts {
    #[must_use]
    pub fn tuples(&self) -> u64 {
        self.by_status.iter().sum()
    }

    /// Tuples at this status or a later stage of the pipeline.
    #[must_use]
    pub fn reached(&self, status: Status) -> u64 {
        self.by_status[status as usize..].iter().sum()
    }

    #[must_use]
    pub fn at(&self, status: Status) -> u64 {
        self.by_status[status as usize]
    }
}

/// Counts of verdicts on sentences that stand.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct VerdictCounts {
    /// Sentences with at least one verdict, all right.
    pub right: u64,
    /// All wrong.
    pub wrong: u64,
    /// Verdicts differ: counted apart.
    pub disputed: u64,
    /// Sentences whose only verdicts are by the person who chose them.
    pub own: u64,
    /// Verdicts by kind of error, `(name, count)` in the order of `Verdict::ALL`, right ones left out.
    pub errors: Vec<(String, u64)>,
    /// Decided sentences that could be verified at all.
    pub population: u64,
    /// By relation: `(relation, right, wrong)`, most verified first.
    pub by_relation: Vec<(String, u64, u64)>,
    /// By method of the chosen sentence (edited ones under `edited`): `(method, right, wrong)`.
    pub by_method: Vec<(String, u64, u64)>,
}
