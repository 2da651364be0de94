//! Settling between people whose answers differ: a third person sees the answers, not whose they are.

use super::review::{Answer, Desk, ReviewError};
use crate::domain::TupleId;
use crate::domain::mention::{self, Pair};
use crate::domain::relation::Relation;
use crate::domain::review::{Kind, RejectReason, arm};
use crate::store::{Db, TupleRow};

/// A tuple whose answers differ.
#[derive(Debug, Clone, PartialEq)]
pub struct SettleItem {
    pub tuple: TupleRow,
    pub relation: Relation,
    /// In an order that tells nothing and stays the same on return.
    pub answers: Vec<Given>,
    /// Tuples that this annotator could settle, this one among them.
    pub left: u64,
}

/// An answer that one or more people gave. Their names are not here.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    /// What is recorded if it is taken.
    pub answer: Answer,
    /// `None` if all were rejected.
    pub text: Option<String>,
    /// Why all were rejected.
    pub reason: Option<RejectReason>,
    /// Where head and tail stand in `text`.
    pub pair: Pair,
    /// The sentence that was edited, where one was.
    pub from: Option<String>,
    pub people: usize,
}

impl Desk {
    /// The next tuple for this annotator to settle; `passed` are those to leave for later.
    ///
    /// # Errors
    /// Whatever the store says.
    pub fn next_to_settle(&self, db: &mut Db, passed: &[TupleId]) -> Result<Option<SettleItem>, ReviewError> {
        match db.next_to_settle(&self.annotator, passed)? {
            Some(id) => self.open_to_settle(db, id),
            None => Ok(None),
        }
    }

    /// A given tuple with its answers; `None` if this annotator gave one of them: who answered may not settle, nor
    /// look.
    ///
    /// # Errors
    /// The tuple is not there, or whatever the store says.
    pub fn open_to_settle(&self, db: &mut Db, id: TupleId) -> Result<Option<SettleItem>, ReviewError> {
        let tuple = db.tuple(id)?.ok_or(ReviewError::NoTuple(id))?;
        if db.own_answer(id, &self.annotator)?.is_some() {
            return Ok(None);
        }
        let mut answers: Vec<(i64, Given)> = Vec::new();
        for given in db.answers(id)? {
            if let Some((_, same)) = answers.iter_mut().find(|(_, other)| other.text == given.text) {
                same.people += 1;
                continue;
            }
            let kind = given.decision.kind;
            let from = given.base.map(|(_, text)| text).filter(|_| matches!(kind, Kind::Edit { .. }));
            let (answer, reason) = match kind {
                Kind::Accept(candidate) | Kind::Override(candidate) => (Answer::Take(candidate), None),
                // A name that is missing was confirmed by who wrote it.
                Kind::Edit { base, text, .. } => (Answer::Edit { base, text, confirmed: true }, None),
                Kind::Reject(reason) => (Answer::Reject(reason), Some(reason)),
                Kind::Skip | Kind::Flag(_) | Kind::Verify { .. } | Kind::Undo(_) | Kind::Redo(_) => continue,
            };
            let locate = |text: &String| mention::locate(text, &tuple.tuple.head, &tuple.tuple.tail);
            let pair = given.text.as_ref().map(locate).unwrap_or_default();
            answers.push((given.decision.id.0, Given { answer, text: given.text, reason, pair, from, people: 1 }));
        }
        arm::shuffle(&mut answers, self.seed, &self.annotator, id, |(decision, _)| *decision);
        Ok(Some(SettleItem {
            relation: self.catalogue.describe(&tuple.tuple.relation),
            answers: answers.into_iter().map(|(_, given)| given).collect(),
            left: db.count_to_settle(&self.annotator)?,
            tuple,
        }))
    }
}
