//! What can go wrong with a project file, in words that say what to do next.

use crate::domain::{CandidateId, DecisionId, TupleId};
use rusqlite::ErrorCode;
use std::path::PathBuf;
use thiserror::Error;

#[derive(Debug, PartialEq, Error)]
pub enum StoreError {
    #[error("{} is not an amalrec project; give another file, or make one with: amalrec --project NEW.db init", .0.display())]
    NotAProject(PathBuf),
    #[error(
        "{} was made by a newer amalrec (format {found}, this program knows up to {supported}); update amalrec",
        .path.display()
    )]
    Newer { path: PathBuf, found: i64, supported: i64 },
    #[error("there is no project at {path}; run: amalrec --project {path} init", path = .0.display())]
    Missing(PathBuf),
    #[error("{} exists already and is left as it is; give another name, or remove it first", .0.display())]
    Exists(PathBuf),
    #[error("cannot write {}: {cause}; give a file in a folder that you may write to", .path.display())]
    Unwritable { path: PathBuf, cause: String },
    #[error("another program holds the project; close it, or try again in a moment")]
    Locked,
    #[error("the disk is full; free some space and try again, nothing finished is lost")]
    Full,
    #[error("the project file is damaged ({0}); go back to a copy made with: amalrec backup")]
    Damaged(String),
    #[error("the request to the project file was given up because of a fault in amalrec; see the log")]
    GivenUp,
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("database: {0}")]
    Sql(rusqlite::Error),
}

/// Why a record is not taken: it contradicts what the project holds.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    #[error("there is no tuple {0}")]
    NoTuple(TupleId),
    #[error("tuple {tuple} has no candidate {candidate}")]
    NoCandidate { tuple: TupleId, candidate: CandidateId },
    #[error("candidate {0} is a failed attempt without a sentence; choose another")]
    NoSentence(CandidateId),
    #[error("tuple {tuple} has no decision {decision}")]
    NoDecision { tuple: TupleId, decision: DecisionId },
    #[error("decision {0} does not stand; it was undone")]
    Undone(DecisionId),
    #[error("decision {0} no longer settles its tuple; another came after it")]
    Superseded(DecisionId),
    #[error("decision {0} was not undone")]
    NotUndone(DecisionId),
    #[error("decision {0} chose no sentence that could be verified")]
    NothingToVerify(DecisionId),
    #[error("{annotator} gave a verdict on decision {decision} already; undo it first")]
    VerifiedAlready { decision: DecisionId, annotator: String },
    #[error("decision {0} was made by someone else; only its maker can undo or redo it")]
    NotYours(DecisionId),
    #[error("{annotator} answered tuple {tuple}, and cannot settle between that answer and another")]
    AnsweredBefore { tuple: TupleId, annotator: String },
    #[error("the answers to tuple {0} agree, or someone settled between them")]
    NothingToSettle(TupleId),
    #[error("{annotator} chose or judged the sentence of tuple {tuple}, and cannot settle between the verdicts on it")]
    JudgedBefore { tuple: TupleId, annotator: String },
    #[error("the verdicts on tuple {0} agree, or someone settled between them")]
    NothingToAdjudicate(TupleId),
    #[error("there is a pass '{0}' already; give another name")]
    PassExists(String),
    #[error("the sentence is empty")]
    EmptySentence,
    #[error("the place of the {0} lies outside the sentence")]
    BadSpan(&'static str),
    #[error("the annotator has no name; give one with --annotator")]
    NoAnnotator,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(error.to_string()),
            _ => Self::Sql(error),
        }
    }
}
