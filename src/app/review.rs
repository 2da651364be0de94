//! The annotator's desk: the next item to review or verify, and what is recorded of the answer.

use crate::domain::mention::{self, Pair};
use crate::domain::quality::{Dimension, Score, ScoreCard, Veto};
use crate::domain::relation::{Catalogue, Relation};
use crate::domain::review::{Arm, Kind, RejectReason, Sharing, Status, Verdict, arm};
use crate::domain::{CandidateId, DecisionId, TupleId, clean, dedup};
use crate::sei::{Evidence, Finding};
use crate::store::{Answer as Given, CandidateRow, Circumstance, Db, Draft, StoreError, TupleRow, Turned};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Who reviews, and how items are shown to them.
#[derive(Debug, Clone)]
pub struct Desk {
    pub annotator: String,
    /// Seeds the arms and the order of what is shuffled; the project's own.
    pub seed: u64,
    /// The arm of every item, if the project fixes one.
    pub fixed_arm: Option<Arm>,
    /// The arm of every item whatever the project says, for pictures.
    pub own_arm: Option<Arm>,
    pub catalogue: Arc<Catalogue>,
    pub sharing: Sharing,
}

/// A recorded answer, and how many tuples are decided after it, of those that are or could be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    pub decision: DecisionId,
    pub done: u64,
    pub total: u64,
}

/// A candidate as it is shown. In the blind arm what must not be told is not even here.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    pub id: CandidateId,
    pub text: String,
    /// Where head and tail stand in `text`.
    pub pair: Pair,
    pub method: Option<String>,
    /// 1 is the ranker's choice.
    pub place: Option<u32>,
    pub sei: Option<Score>,
    pub card: ScoreCard,
    pub vetoes: Vec<Veto>,
    /// One or more lines a dimension, in the order of the dimensions.
    pub evidence: Vec<(Dimension, Vec<String>)>,
    /// True if it nearly repeats a better one.
    pub repeats: bool,
}

/// A tuple on the review screen.
#[derive(Debug, Clone, PartialEq)]
pub struct ReviewItem {
    pub tuple: TupleRow,
    pub relation: Relation,
    pub arm: Arm,
    /// In the order in which they are shown.
    pub candidates: Vec<Shown>,
    /// Methods that failed, with their causes.
    pub failures: Vec<(String, String)>,
    /// My own answer, if I gave one. Nobody else's is here.
    pub mine: Option<Mine>,
    /// Tuples decided so far, and those decided or ready.
    pub done: u64,
    pub total: u64,
}

/// An annotator's own answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mine {
    /// `None` if all were rejected.
    pub text: Option<String>,
    pub edited: bool,
}

/// A chosen sentence on the verification screen: no score, no method, nobody's answer.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifyItem {
    pub tuple: TupleRow,
    pub relation: Relation,
    /// The decision that the verdict will speak of.
    pub of: DecisionId,
    pub text: String,
    pub pair: Pair,
    pub done: u64,
    pub total: u64,
}

/// An annotator's answer to a review item.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// This candidate; whether that is an accept or an override follows from its rank.
    Take(CandidateId),
    /// A sentence by hand. `confirmed` says that a missing entity is meant.
    Edit {
        base: Option<CandidateId>,
        text: String,
        confirmed: bool,
    },
    Reject(RejectReason),
    Skip,
    Flag(String),
}

/// An undone or redone decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    pub tuple: TupleId,
    pub decision: DecisionId,
    /// The kind's name: `accept`, `verify`...; `choice` where the arm is blind.
    pub kind: &'static str,
    /// It settled between other people's answers.
    pub adjudicates: bool,
    /// Decisions in all: more than one if they were made at one stroke.
    pub count: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("tuple {0} is not in this project")]
    NoTuple(TupleId),
    #[error("tuple {tuple} has no candidate {candidate}")]
    NoCandidate { tuple: TupleId, candidate: CandidateId },
    #[error("the project fixes an arm that is none: {0}")]
    Arm(String),
    #[error("the sentence is empty")]
    EmptySentence,
    #[error("the sentence no longer names the {0}; confirm to keep it so")]
    EntityLost(&'static str),
    #[error("these are more than {0} tuples, the most that one stroke may touch; narrow the filter")]
    TooMany(usize),
}

impl Desk {
    /// The arm in which this annotator sees a tuple: always the same one.
    #[must_use]
    pub fn arm(&self, tuple: TupleId) -> Arm {
        self.fixed_arm.unwrap_or_else(|| Arm::draw(self.seed, &self.annotator, tuple))
    }

    /// The next tuple to review, the most uncertain first; `passed` are those to leave for later.
    ///
    /// # Errors
    /// Whatever the store says.
    pub fn next(&self, db: &mut Db, passed: &[TupleId]) -> Result<Option<ReviewItem>, ReviewError> {
        match db.next_for_review(&self.annotator, &self.sharing, passed)? {
            Some(id) => self.open(db, id).map(Some),
            None => Ok(None),
        }
    }

    /// A given tuple with its candidates as this annotator sees them.
    ///
    /// # Errors
    /// The tuple is not there, or whatever the store says.
    pub fn open(&self, db: &mut Db, id: TupleId) -> Result<ReviewItem, ReviewError> {
        let mut tuple = db.tuple(id)?.ok_or(ReviewError::NoTuple(id))?;
        let arm = self.arm(id);
        let mine = db.own_answer(id, &self.annotator)?;
        if mine.is_none() && tuple.answers > 0 {
            // A second opinion is an opinion: that there is a first one, and which, is not told.
            (tuple.status, tuple.answers, tuple.disagrees) = (Status::Ranked, 0, false);
        }
        let rows = db.candidates(id)?;
        let failures = rows.iter().filter_map(failure).collect();
        let mut candidates: Vec<Shown> = rows.iter().filter_map(|row| shown(row, &tuple, arm)).collect();
        if arm == Arm::Blind {
            arm::shuffle(&mut candidates, self.seed, &self.annotator, id, |c| c.id.0);
            // Who reads a sentence for the second time should know it without searching.
            dedup::together(&mut candidates, |c| &c.text);
        }
        let (done, total) = db.review_progress()?;
        Ok(ReviewItem {
            relation: self.catalogue.describe(&tuple.tuple.relation),
            arm,
            candidates,
            failures: if arm == Arm::Blind { Vec::new() } else { failures },
            mine: mine
                .map(|Given { decision, text, .. }| Mine { text, edited: matches!(decision.kind, Kind::Edit { .. }) }),
            tuple,
            done,
            total,
        })
    }

    /// Records an answer: one decision, one transaction.
    ///
    /// # Errors
    /// A candidate of another tuple, an empty sentence, a lost entity that was not confirmed.
    pub fn answer(
        &self,
        db: &mut Db,
        tuple: TupleId,
        answer: Answer,
        circumstance: Circumstance,
    ) -> Result<DecisionId, ReviewError> {
        let row = db.tuple(tuple)?.ok_or(ReviewError::NoTuple(tuple))?;
        let mut circumstance = circumstance;
        let kind = match answer {
            Answer::Take(candidate) => {
                let rows = db.candidates(tuple)?;
                let chosen = rows
                    .iter()
                    .find(|r| r.candidate.id == candidate && r.candidate.text().is_some())
                    .ok_or(ReviewError::NoCandidate { tuple, candidate })?;
                circumstance.place = chosen.place;
                circumstance.sei_version = chosen.scored.as_ref().map(|s| s.version.clone());
                if chosen.place == Some(1) { Kind::Accept(candidate) } else { Kind::Override(candidate) }
            }
            Answer::Edit { base, text, confirmed } => {
                let text = clean::sentence(&text);
                if text.is_empty() {
                    return Err(ReviewError::EmptySentence);
                }
                let pair = mention::locate(&text, &row.tuple.head, &row.tuple.tail);
                for (found, end) in [(pair.head, "head"), (pair.tail, "tail")] {
                    if found.is_none() && !confirmed {
                        return Err(ReviewError::EntityLost(end));
                    }
                }
                Kind::Edit { base, text, head: pair.head.map(|m| m.span), tail: pair.tail.map(|m| m.span) }
            }
            Answer::Reject(reason) => Kind::Reject(reason),
            Answer::Skip => Kind::Skip,
            Answer::Flag(note) => Kind::Flag(clean::sentence(&note)),
        };
        Ok(self.record(db, tuple, kind, circumstance)?)
    }

    /// The next chosen sentence that needs this annotator's verdict: of the pass that people work on, if there is one;
    /// else any, other people's first.
    ///
    /// # Errors
    /// Whatever the store says.
    pub fn next_to_verify(&self, db: &mut Db, passed: &[TupleId]) -> Result<Option<VerifyItem>, ReviewError> {
        let next = match db.open_pass()? {
            Some(pass) => db.next_in_pass(pass.id, &self.annotator, passed)?,
            None => db.next_to_verify(&self.annotator, self.seed, passed)?,
        };
        match next {
            Some(id) => self.open_to_verify(db, id),
            None => Ok(None),
        }
    }

    /// A given tuple's chosen sentence; `None` if nothing is chosen.
    ///
    /// # Errors
    /// Whatever the store says.
    pub fn open_to_verify(&self, db: &mut Db, id: TupleId) -> Result<Option<VerifyItem>, ReviewError> {
        let Some(settled) = db.settled(id)? else { return Ok(None) };
        let (done, total) = match db.open_pass()? {
            Some(pass) => db.pass_progress(pass.id).map(|progress| (progress.done, progress.needed))?,
            None => db.verify_progress(&self.annotator)?,
        };
        let tuple = settled.tuple;
        Ok(Some(VerifyItem {
            relation: self.catalogue.describe(&tuple.tuple.relation),
            of: settled.decision,
            pair: mention::locate(&settled.text, &tuple.tuple.head, &tuple.tuple.tail),
            text: settled.text,
            tuple,
            done,
            total,
        }))
    }

    /// Records a verdict on the sentence that decision `of` chose.
    ///
    /// # Errors
    /// Whatever the store says; a sentence that no longer stands is refused there.
    pub fn verify(
        &self,
        db: &mut Db,
        tuple: TupleId,
        of: DecisionId,
        verdict: Verdict,
        circumstance: Circumstance,
    ) -> Result<DecisionId, ReviewError> {
        Ok(self.record(db, tuple, Kind::Verify { of, verdict }, circumstance)?)
    }

    /// Takes back this annotator's newest standing decision; `None` if there is none.
    ///
    /// # Errors
    /// Whatever the store says.
    pub fn undo(&self, db: &mut Db) -> Result<Option<Touched>, ReviewError> {
        let done = db.undo(&self.annotator, now())?;
        self.touched(db, done)
    }

    /// Brings back what this annotator undid last; `None` if there is nothing.
    ///
    /// # Errors
    /// Whatever the store says.
    pub fn redo(&self, db: &mut Db) -> Result<Option<Touched>, ReviewError> {
        let done = db.redo(&self.annotator, now())?;
        self.touched(db, done)
    }

    fn touched(&self, db: &Db, done: Option<Turned>) -> Result<Option<Touched>, ReviewError> {
        let Some(Turned { decision, tuple, count }) = done else { return Ok(None) };
        let row = db.decision(decision)?.map(|row| row.decision);
        let adjudicates = row.as_ref().is_some_and(crate::domain::review::Decision::adjudicates);
        let kind = match row.map(|row| row.kind) {
            // In the blind arm the very word would tell what the ranker thinks.
            Some(Kind::Accept(_) | Kind::Override(_)) if self.arm(tuple) == Arm::Blind => "choice",
            kind => kind.map_or("", |kind| kind.name()),
        };
        Ok(Some(Touched { tuple, decision, kind, adjudicates, count }))
    }

    fn record(
        &self,
        db: &mut Db,
        tuple: TupleId,
        kind: Kind,
        circumstance: Circumstance,
    ) -> Result<DecisionId, StoreError> {
        db.record(&Draft { tuple, annotator: self.annotator.clone(), kind, circumstance, at: now() })
    }
}

/// Milliseconds since 1970, UTC.
#[must_use]
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn failure(row: &CandidateRow) -> Option<(String, String)> {
    match &row.candidate.made {
        crate::domain::candidate::Yield::Failed(cause) => Some((row.candidate.origin.method.clone(), cause.clone())),
        crate::domain::candidate::Yield::Sentence(_) => None,
    }
}

fn shown(row: &CandidateRow, tuple: &TupleRow, arm: Arm) -> Option<Shown> {
    let text = row.candidate.text()?.to_owned();
    let pair = mention::locate(&text, &tuple.tuple.head, &tuple.tuple.tail);
    let blank = Shown {
        id: row.candidate.id,
        text,
        pair,
        method: None,
        place: None,
        sei: None,
        card: ScoreCard::default(),
        vetoes: Vec::new(),
        evidence: Vec::new(),
        repeats: false,
    };
    if arm == Arm::Blind {
        return Some(blank);
    }
    let ranked = Shown { place: row.place, repeats: row.repeats.is_some(), ..blank };
    Some(match &row.scored {
        Some(scored) if arm == Arm::RankedScores => Shown {
            method: Some(row.candidate.origin.method.clone()),
            sei: scored.sei,
            card: scored.card,
            vetoes: scored.vetoes.clone(),
            evidence: evidence_lines(&scored.evidence, row.candidate.text().unwrap_or_default()),
            ..ranked
        },
        _ => ranked,
    })
}

/// The stored evidence as lines, by dimension; a finding about a place in the sentence quotes it.
pub(crate) fn evidence_lines(json: &str, sentence: &str) -> Vec<(Dimension, Vec<String>)> {
    // Evidence of another version of this program may not be readable: then there is none to show.
    let Ok(evidence) = serde_json::from_str::<Evidence>(json) else { return Vec::new() };
    Dimension::ALL.into_iter().map(|d| (d, lines(evidence.of(d), sentence))).collect()
}

/// One line a finding; findings that say the same of several places share a line.
fn lines(findings: &[Finding], sentence: &str) -> Vec<String> {
    let mut lines: Vec<(String, Vec<&str>)> = Vec::new();
    for finding in findings {
        let place = finding.at.and_then(|(start, end)| sentence.get(start..end)).map(str::trim);
        let place = place.filter(|place| !finding.what.contains(place));
        match lines.iter_mut().find(|(what, _)| *what == finding.what) {
            Some((_, places)) => places.extend(place),
            None => lines.push((finding.what.clone(), place.into_iter().collect())),
        }
    }
    let joined = |(what, places): (String, Vec<&str>)| match places.as_slice() {
        [] => what,
        places => format!("{what}: {}", places.join(", ")),
    };
    lines.into_iter().map(joined).collect()
}
