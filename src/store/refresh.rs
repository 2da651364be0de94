//! Caches: what a tuple's row, its settled sentence and the verdicts on it say, made anew from the tables
//! that know. Called in every transaction that changes those.

use super::entry::{self, Entry};
use super::error::StoreError;
use super::{Db, tuples};
use crate::domain::TupleId;
use crate::domain::digest::Digest;
use crate::domain::review::state::Standing;
use crate::domain::review::{Decision, History, Kind, Status};
use rusqlite::{Connection, params};

impl Db {
    /// Makes one tuple's caches anew.
    ///
    /// # Errors
    /// `Refused` if there is no such tuple; SQLite's.
    pub fn refresh(&mut self, tuple: TupleId) -> Result<(), StoreError> {
        self.write(|conn| {
            tuples::existing(conn, tuple)?;
            refresh(conn, tuple)
        })
    }

    /// Makes all caches anew, in one transaction.
    pub fn refresh_all(&mut self) -> Result<(), StoreError> {
        self.write(|conn| {
            let mut query = conn.prepare("SELECT id FROM tuple ORDER BY id")?;
            let ids = query.query_map([], |row| row.get(0))?.collect::<Result<Vec<TupleId>, _>>()?;
            ids.into_iter().try_for_each(|id| refresh(conn, id))?;
            conn.execute_batch(RECOUNT)?;
            Ok(())
        })
    }
}

impl Db {
    /// After a change of the format: makes the caches of what was decided anew, once.
    pub(super) fn freshen(&mut self) -> Result<(), StoreError> {
        if self.meta("stale")?.is_none() {
            return Ok(());
        }
        self.write(|conn| {
            let mut query = conn.prepare("SELECT DISTINCT tuple_id FROM decision")?;
            let ids = query.query_map([], |row| row.get(0))?.collect::<Result<Vec<TupleId>, _>>()?;
            ids.into_iter().try_for_each(|id| refresh(conn, id))?;
            conn.execute("DELETE FROM meta WHERE key = 'stale'", [])?;
            Ok(())
        })
    }
}

/// Makes the sums over all tuples anew.
const RECOUNT: &str = "UPDATE tally SET (tuples, flagged, candidates) = (
    SELECT count(*), coalesce(sum(t.flagged), 0), coalesce(sum(t.candidates), 0)
    FROM tuple t WHERE t.status = tally.status)";

/// What the candidates and scores of a tuple come to.
struct Figures {
    sentences: u32,
    scored: u32,
    placed: u32,
    best: Option<f64>,
    margin: Option<f64>,
    /// The method whose sentence ranks first.
    first: Option<String>,
}

impl Figures {
    /// Where the tuple stands as long as nobody decided.
    fn status(&self) -> Status {
        match self {
            Self { sentences: 0, .. } => Status::New,
            Self { sentences, scored, .. } if scored < sentences => Status::Generated,
            Self { sentences, placed, .. } if placed < sentences => Status::Scored,
            _ => Status::Ranked,
        }
    }
}

pub(super) fn refresh(conn: &Connection, tuple: TupleId) -> Result<(), StoreError> {
    let figures = figures(conn, tuple)?;
    let entries = entry::of_tuple(conn, tuple)?;
    let decisions = entries.iter().map(Entry::decision).collect::<rusqlite::Result<Vec<_>>>()?;
    let history = History::fold(&decisions);
    let Standing { status, flagged } = history.status(figures.status());
    let answers = history.answers();
    let disagrees = history.adjudication().is_none() && differ(&answers, &entries);
    // What is the same already is not written: each of these columns stands in an index.
    let mut update = conn.prepare_cached(
        "UPDATE tuple SET (status, flagged, candidates, best_sei, margin, stage, first_method, answers, disagrees)
             = (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         WHERE id = ?1 AND (status, flagged, candidates, best_sei, margin, stage, first_method, answers, disagrees)
             IS NOT (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    let stage = figures.status() as u8;
    let Figures { sentences, best, margin, first, .. } = figures;
    let people = i64::try_from(answers.len()).unwrap_or(i64::MAX);
    let values =
        params![tuple, status as u8, flagged, sentences, best, margin, stage, first, people, i64::from(disagrees)];
    update.execute(values)?;
    // Decisions are never deleted: without any there is nothing cached of them.
    if decisions.is_empty() {
        return Ok(());
    }
    cache_answers(conn, tuple, &answers)?;
    let settled = history.settled().filter(|decision| !matches!(decision.kind, Kind::Reject(_)));
    cache_settled(conn, tuple, settled)?;
    cache_verdicts(conn, tuple, settled, history.standing())
}

/// Whether answers choose different sentences; to reject all is to choose none.
pub(super) fn differ(answers: &[&Decision], entries: &[Entry]) -> bool {
    let text = |answer: &Decision| entries.iter().find(|entry| entry.id == answer.id).and_then(|e| e.text.as_deref());
    answers.split_first().is_some_and(|(first, others)| others.iter().any(|other| text(other) != text(first)))
}

fn cache_answers(conn: &Connection, tuple: TupleId, answers: &[&Decision]) -> Result<(), StoreError> {
    conn.prepare_cached("DELETE FROM answer WHERE tuple_id = ?1")?.execute([tuple])?;
    let mut put = conn.prepare_cached("INSERT INTO answer (tuple_id, annotator, decision_id) VALUES (?1, ?2, ?3)")?;
    for answer in answers {
        put.execute(params![tuple, answer.annotator, answer.id])?;
    }
    Ok(())
}

fn figures(conn: &Connection, tuple: TupleId) -> Result<Figures, StoreError> {
    let mut query = conn.prepare_cached(
        "SELECT count(*), count(s.candidate_id), count(s.place), max(s.sei),
                max(s.sei) FILTER (WHERE s.place = 1) - max(s.sei) FILTER (WHERE s.place = 2),
                max(c.method) FILTER (WHERE s.place = 1)
         FROM candidate c LEFT JOIN score s ON s.candidate_id = c.id
         WHERE c.tuple_id = ?1 AND c.error IS NULL",
    )?;
    let figures = query.query_row([tuple], |row| {
        Ok(Figures {
            sentences: row.get(0)?,
            scored: row.get(1)?,
            placed: row.get(2)?,
            best: row.get(3)?,
            margin: row.get(4)?,
            first: row.get(5)?,
        })
    })?;
    Ok(figures)
}

fn cache_settled(conn: &Connection, tuple: TupleId, settled: Option<&Decision>) -> Result<(), StoreError> {
    let Some(decision) = settled else {
        conn.prepare_cached("DELETE FROM settled WHERE tuple_id = ?1")?.execute([tuple])?;
        return Ok(());
    };
    let mut put = conn.prepare_cached(
        "INSERT INTO settled (tuple_id, decision_id, annotator, draw) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (tuple_id) DO UPDATE SET decision_id = excluded.decision_id, annotator = excluded.annotator
         WHERE decision_id <> excluded.decision_id",
    )?;
    put.execute(params![tuple, decision.id, decision.annotator, draw(conn, tuple)?])?;
    Ok(())
}

fn cache_verdicts(
    conn: &Connection,
    tuple: TupleId,
    settled: Option<&Decision>,
    standing: &[&Decision],
) -> Result<(), StoreError> {
    conn.prepare_cached("DELETE FROM verdict WHERE tuple_id = ?1")?.execute([tuple])?;
    let mut put = conn.prepare_cached(
        "INSERT INTO verdict (tuple_id, annotator, decision_id, verdict, settles) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    let Some(settled) = settled else { return Ok(()) };
    for (decision, verdict) in standing.iter().filter_map(|decision| decision.verdict_on(settled.id)) {
        let settles = decision.adjudicates_verdicts();
        put.execute(params![tuple, decision.annotator, decision.id, verdict.name(), settles])?;
    }
    Ok(())
}

/// Where a tuple stands in the order of verification: by a hash of the fact, not negative, so that the order is
/// the same on any machine and has nothing to do with who decided what, when.
fn draw(conn: &Connection, tuple: TupleId) -> Result<i64, StoreError> {
    let mut query = conn.prepare_cached("SELECT hex(digest) FROM tuple WHERE id = ?1")?;
    let key: String = query.query_row([tuple], |row| row.get(0))?;
    Ok(i64::try_from(Digest::of(&["verify", &key]).as_u64() >> 1).unwrap_or(0))
}
