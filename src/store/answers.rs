//! Several people's answers to one tuple: one's own, all of them, and what is to settle between them.

use super::decisions::Draft;
use super::entry::{self, DECISION, Entry};
use super::error::{Refusal, StoreError};
use super::pages::Sort;
use super::queue::Direction;
use super::refresh::differ;
use super::{Db, filter};
use crate::domain::filter::Test;
use crate::domain::review::{Decision, History};
use crate::domain::{CandidateId, TupleId};
use rusqlite::{Connection, OptionalExtension as _, params};

/// What somebody answered, with the sentence it began from.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub decision: Decision,
    /// The sentence that was chosen or written; `None` if all were rejected.
    pub text: Option<String>,
    /// The candidate taken or edited, and its sentence.
    pub base: Option<(CandidateId, String)>,
}

impl Db {
    /// This annotator's own answer to a tuple. Nobody else's is read.
    pub fn own_answer(&self, tuple: TupleId, annotator: &str) -> Result<Option<Answer>, StoreError> {
        let sql = format!(
            "SELECT {DECISION}, c.text FROM answer a JOIN decision d ON d.id = a.decision_id
             LEFT JOIN candidate c ON c.id = d.candidate_id WHERE a.tuple_id = ?1 AND a.annotator = ?2"
        );
        let found = self.conn.prepare_cached(&sql)?.query_row(params![tuple, annotator], answer).optional()?;
        Ok(found)
    }

    /// Everybody's answers to a tuple, by name.
    pub fn answers(&self, tuple: TupleId) -> Result<Vec<Answer>, StoreError> {
        let sql = format!(
            "SELECT {DECISION}, c.text FROM answer a JOIN decision d ON d.id = a.decision_id
             LEFT JOIN candidate c ON c.id = d.candidate_id WHERE a.tuple_id = ?1 ORDER BY a.annotator"
        );
        let mut query = self.conn.prepare_cached(&sql)?;
        let found = query.query_map([tuple], answer)?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The next tuple whose answers differ, for one who gave none of them; never one of `skip`.
    pub fn next_to_settle(&self, annotator: &str, skip: &[TupleId]) -> Result<Option<TupleId>, StoreError> {
        let rows = self.scan(&to_settle(annotator), Sort::Uncertainty, None, Direction::Next, skip.len() + 1)?;
        Ok(rows.iter().map(|row| row.id).find(|id| !skip.contains(id)))
    }

    /// How many tuples this annotator could settle.
    pub fn count_to_settle(&self, annotator: &str) -> Result<u64, StoreError> {
        self.count_where(to_settle(annotator))
    }
}

fn to_settle(annotator: &str) -> filter::Clause {
    let mut clause = filter::of_tuples(&Test::Disagreement(true).into());
    let unanswered = "NOT EXISTS (SELECT 1 FROM answer a WHERE a.tuple_id = t.id AND a.annotator = ?)";
    clause.and(unanswered, [annotator.to_owned()]);
    clause
}

fn answer(row: &rusqlite::Row<'_>) -> rusqlite::Result<Answer> {
    let entry = Entry::read(row, 0)?;
    let began: Option<String> = row.get(19)?;
    Ok(Answer { decision: entry.decision()?, base: entry.candidate.zip(began), text: entry.text })
}

/// A third person settles, and only where there is something to settle; who settled before may do so anew.
pub(super) fn check_settling(conn: &Connection, draft: &Draft) -> Result<(), StoreError> {
    let entries = entry::of_tuple(conn, draft.tuple)?;
    let decisions = entries.iter().map(Entry::decision).collect::<rusqlite::Result<Vec<_>>>()?;
    let history = History::fold(&decisions);
    let answers = history.answers();
    if answers.iter().any(|answer| answer.annotator == draft.annotator) {
        let annotator = draft.annotator.clone();
        return Err(Refusal::AnsweredBefore { tuple: draft.tuple, annotator }.into());
    }
    let mine = history.adjudication().is_none_or(|settled| settled.annotator == draft.annotator);
    if mine && differ(&answers, &entries) { Ok(()) } else { Err(Refusal::NothingToSettle(draft.tuple).into()) }
}
