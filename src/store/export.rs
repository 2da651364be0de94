//! Sentences that stand, one a tuple, in the order of tuples: for screens, checks and export.

use super::entry::{DECISION, Entry};
use super::error::StoreError;
use super::read::{CandidateRow, Settled, TupleRow};
use super::{Db, row};
use crate::domain::mention::locate;
use crate::domain::review::Status;
use crate::domain::{DecisionId, Span, TupleId};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

/// Which rows are published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Only {
    /// Sentences that people verified as right.
    Verified,
    /// Sentences that people chose, except those found wrong or disputed.
    Decided,
    /// Those, and the best candidate without veto of each tuple that nobody decided on.
    All,
}

impl Only {
    pub const ALL: [Self; 3] = [Self::Verified, Self::Decided, Self::All];

    /// Where the tuples of these rows may stand.
    #[must_use]
    pub fn statuses(self) -> &'static [Status] {
        match self {
            Self::Verified => &[Status::Verified],
            Self::Decided => &[Status::Verified, Status::Decided],
            Self::All => {
                &[Status::Verified, Status::Decided, Status::New, Status::Generated, Status::Scored, Status::Ranked]
            }
        }
    }
}

/// A row to publish, with all that is known of where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Exportable {
    pub tuple: TupleRow,
    pub text: String,
    pub head: Option<Span>,
    pub tail: Option<Span>,
    /// The candidate taken or edited, with its method, model, seed and scores.
    pub candidate: Option<CandidateRow>,
    /// True if a person wrote or changed the sentence: the candidate's scores are not the sentence's.
    pub edited: bool,
    /// `None` where nobody decided.
    pub decision: Option<DecisionId>,
    pub annotator: Option<String>,
    /// The verdicts on the sentence.
    pub verdicts: Vec<DecisionId>,
}

/// A tuple with the decision that settles it.
const SETTLED: &str = "settled x JOIN tuple t ON t.id = x.tuple_id JOIN decision d ON d.id = x.decision_id";

impl Db {
    /// The sentence that stands for a tuple; `None` if nobody decided, or all was rejected.
    pub fn settled(&self, tuple: TupleId) -> Result<Option<Settled>, StoreError> {
        let sql = format!("SELECT {}, {DECISION} FROM {SETTLED} WHERE x.tuple_id = ?1", row::TUPLE);
        Ok(self.conn.prepare_cached(&sql)?.query_row([tuple], settled).optional()?)
    }

    /// Calls `f` with each sentence that stands, by tuple; stops at its first error.
    pub fn each_settled<E: From<StoreError>>(&self, mut f: impl FnMut(Settled) -> Result<(), E>) -> Result<(), E> {
        let sql = format!("SELECT {}, {DECISION} FROM {SETTLED} ORDER BY x.tuple_id", row::TUPLE);
        let mut query = self.conn.prepare(&sql).map_err(StoreError::from)?;
        let mut rows = query.query([]).map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            f(settled(row).map_err(StoreError::from)?)?;
        }
        Ok(())
    }

    /// Calls `f` with each row to publish, by tuple; stops at its first error.
    pub fn each_exportable<E: From<StoreError>>(
        &self,
        only: Only,
        mut f: impl FnMut(Exportable) -> Result<(), E>,
    ) -> Result<(), E> {
        let statuses: Vec<String> = only.statuses().iter().map(|&status| (status as u8).to_string()).collect();
        // The sign before the column keeps SQLite from sorting what an index by status would give.
        let sql = format!(
            "SELECT {}, t.first_method FROM tuple t WHERE +t.status IN ({}) ORDER BY t.id",
            row::TUPLE,
            statuses.join(", ")
        );
        let mut query = self.conn.prepare(&sql).map_err(StoreError::from)?;
        let mut rows = query.query([]).map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            let tuple = row::tuple(row).map_err(StoreError::from)?;
            let first: Option<String> = row.get(row::TUPLE_WIDTH).map_err(StoreError::from)?;
            let row = if tuple.status >= Status::Decided {
                self.decided(tuple)?
            } else {
                self.best(tuple, first.as_deref())?
            };
            if let Some(row) = row {
                f(row)?;
            }
        }
        Ok(())
    }

    /// The candidate under a condition, without what its scores are made from.
    fn scored(&self, condition: &str, values: impl rusqlite::Params) -> Result<Option<CandidateRow>, StoreError> {
        let sql = format!("SELECT {} FROM {} WHERE {condition}", row::WITHOUT_MEASUREMENTS, row::SCORED);
        Ok(self.conn.prepare_cached(&sql)?.query_row(values, row::candidate).optional()?)
    }

    fn decided(&self, tuple: TupleRow) -> Result<Option<Exportable>, StoreError> {
        let Some(settled) = self.settled(tuple.id)? else { return Ok(None) };
        let candidate = match settled.base {
            Some(base) => self.scored("c.id = ?1", params![base])?,
            None => None,
        };
        Ok(Some(Exportable {
            verdicts: verdicts(&self.conn, tuple.id)?,
            tuple,
            text: settled.text,
            head: settled.head,
            tail: settled.tail,
            candidate,
            edited: settled.edited,
            decision: Some(settled.decision),
            annotator: Some(settled.annotator),
        }))
    }

    /// The first without veto. Nearly always that is the first of all, whose method is known.
    fn best(&self, tuple: TupleRow, first: Option<&str>) -> Result<Option<Exportable>, StoreError> {
        let top = "c.tuple_id = ?1 AND c.method = ?2 AND s.place = 1 AND s.veto = '[]'";
        let any = "c.tuple_id = ?1 AND s.place IS NOT NULL AND s.veto = '[]' ORDER BY s.place LIMIT 1";
        let found = match self.scored(top, params![tuple.id, first])? {
            None => self.scored(any, params![tuple.id])?,
            found => found,
        };
        let Some(candidate) = found else { return Ok(None) };
        let Some(text) = candidate.candidate.text().map(String::from) else { return Ok(None) };
        let pair = locate(&text, &tuple.tuple.head, &tuple.tuple.tail);
        Ok(Some(Exportable {
            tuple,
            text,
            head: pair.head.map(|mention| mention.span),
            tail: pair.tail.map(|mention| mention.span),
            candidate: Some(candidate),
            edited: false,
            decision: None,
            annotator: None,
            verdicts: Vec::new(),
        }))
    }
}

fn settled(row: &Row<'_>) -> rusqlite::Result<Settled> {
    let tuple = row::tuple(row)?;
    let entry = Entry::read(row, row::TUPLE_WIDTH)?;
    Ok(Settled {
        tuple,
        decision: entry.id,
        annotator: entry.annotator,
        text: entry.text.unwrap_or_default(),
        head: entry.head,
        tail: entry.tail,
        base: entry.candidate,
        edited: entry.kind == "edit",
    })
}

fn verdicts(conn: &Connection, tuple: TupleId) -> Result<Vec<DecisionId>, StoreError> {
    let mut query = conn.prepare_cached("SELECT decision_id FROM verdict WHERE tuple_id = ?1 ORDER BY decision_id")?;
    let ids = query.query_map([tuple], |row| row.get(0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}
