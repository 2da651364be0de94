//! Verification passes: frames written down once, and what is left to judge of a sample.

use super::error::{Refusal, StoreError};
use super::filter;
use super::{Db, row};
use crate::domain::digest::Digest;
use crate::domain::filter::Filter;
use crate::domain::review::{Status, Verdict};
use crate::domain::sampling::{By, Drawn};
use crate::domain::{DecisionId, TupleId};
use rusqlite::{OptionalExtension as _, Row, params, params_from_iter};

/// A sentence that stands, as a frame lists it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sentence {
    pub tuple: TupleId,
    pub decision: DecisionId,
    pub status: Status,
    pub relation: String,
    pub head: String,
    pub tail: String,
    pub text: String,
    /// `edited` where a person wrote or changed it.
    pub method: String,
    /// `None` where it was edited or never scored.
    pub sei: Option<f64>,
    pub sei_version: Option<String>,
}

/// A row of a frame on its way in.
#[derive(Debug, Clone, PartialEq)]
pub struct FrameRow {
    pub sentence: Sentence,
    pub stratum: String,
    pub drawn: Option<Drawn>,
}

/// A pass on its way in.
#[derive(Debug, Clone, PartialEq)]
pub struct PassDraft {
    pub name: String,
    pub made_by: String,
    /// Milliseconds since 1970, UTC.
    pub made_at: i64,
    pub filter: String,
    pub by: By,
    pub split: String,
    pub evenly: bool,
    pub seed: u64,
    pub doubled: f64,
}

/// A pass.
#[derive(Debug, Clone, PartialEq)]
pub struct PassRow {
    pub id: i64,
    pub draft: PassDraft,
    pub closed_at: Option<i64>,
    /// The last row of the history when the frame was written down.
    pub newest: i64,
    pub population: u64,
    pub size: u64,
    pub sei_version: String,
    pub digest: Digest,
}

/// How far the judging of a sample is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PassProgress {
    /// Verdicts given that count, and those needed.
    pub done: u64,
    pub needed: u64,
    /// Sentences of the sample that were decided anew since: nobody judges them any more.
    pub changed: u64,
    /// Sentences of the sample whose verdicts differ, with nobody having settled between them.
    pub disputed: u64,
}

const COLUMNS: &str = "id, name, made_by, made_at, closed_at, newest, filter, by, split, evenly, seed, doubled, \
    population, size, sei_version, digest";

/// A sentence of the sample that still stands as it did.
const SAMPLED: &str = "frame f JOIN settled x ON x.tuple_id = f.tuple_id AND x.decision_id = f.decision_id
     WHERE f.pass_id = ?1 AND f.position IS NOT NULL";

/// Verdicts that count: by others than who chose the sentence, and not those that settle.
const COUNTED: &str = "(SELECT count(*) FROM verdict v
     WHERE v.tuple_id = f.tuple_id AND v.annotator <> x.annotator AND v.settles = 0)";

impl Db {
    /// The sentences that stand and pass a filter, by tuple: what a frame is made of.
    pub fn sentences(&self, filter: &Filter) -> Result<Vec<Sentence>, StoreError> {
        let clause = filter::of_tuples(filter);
        let sql = format!(
            "SELECT t.id, x.decision_id, t.status, t.relation, t.head, t.tail, coalesce(d.text, ''),
                    iif(d.kind = 'edit', 'edited', coalesce(c.method, '')),
                    iif(d.kind = 'edit', NULL, s.sei), iif(d.kind = 'edit', NULL, s.version)
             FROM settled x JOIN tuple t ON t.id = x.tuple_id JOIN decision d ON d.id = x.decision_id
             LEFT JOIN candidate c ON c.id = d.candidate_id LEFT JOIN score s ON s.candidate_id = d.candidate_id
             WHERE {} ORDER BY x.tuple_id",
            clause.sql
        );
        let mut query = self.conn.prepare(&sql)?;
        let rows = query.query_map(params_from_iter(clause.params), |row| {
            Ok(Sentence {
                tuple: row.get(0)?,
                decision: row.get(1)?,
                status: row::status(row.get(2)?),
                relation: row.get(3)?,
                head: row.get(4)?,
                tail: row.get(5)?,
                text: row.get(6)?,
                method: row.get(7)?,
                sei: row.get(8)?,
                sei_version: row.get(9)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many sentences stand.
    pub fn settled_count(&self) -> Result<u64, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT count(*) FROM settled")?;
        Ok(query.query_row([], |row| row.get::<_, i64>(0))?.unsigned_abs())
    }

    /// Seconds of every verdict that was timed.
    pub fn verdict_seconds(&self) -> Result<Vec<f64>, StoreError> {
        let mut query =
            self.conn.prepare_cached("SELECT seconds FROM decision WHERE kind = 'verify' AND seconds IS NOT NULL")?;
        let rows = query.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Writes a pass and its frame down, in one transaction.
    ///
    /// # Errors
    /// `Refused` if there is a pass of that name.
    pub fn add_pass(&mut self, draft: &PassDraft, frame: &[FrameRow]) -> Result<PassRow, StoreError> {
        let digest = digest(frame);
        let mut versions: Vec<&str> = frame.iter().filter_map(|row| row.sentence.sei_version.as_deref()).collect();
        versions.sort_unstable();
        versions.dedup();
        let versions = versions.join(", ");
        let sampled = frame.iter().filter(|row| row.drawn.is_some()).count();
        let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        self.write(|conn| {
            let known: i64 =
                conn.query_row("SELECT count(*) FROM pass WHERE name = ?1", [&draft.name], |row| row.get(0))?;
            if known > 0 {
                return Err(Refusal::PassExists(draft.name.clone()).into());
            }
            conn.prepare_cached(
                "INSERT INTO pass (name, made_by, made_at, newest, filter, by, split, evenly, seed, doubled, population,
                     size, sei_version, digest)
                 VALUES (?1, ?2, ?3, (SELECT coalesce(max(id), 0) FROM decision), ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,
                     ?13)",
            )?
            .execute(params![
                draft.name,
                draft.made_by,
                draft.made_at,
                draft.filter,
                draft.by.name(),
                draft.split,
                draft.evenly,
                draft.seed.cast_signed(),
                draft.doubled,
                number(frame.len()),
                number(sampled),
                versions,
                digest.0,
            ])?;
            let pass = conn.last_insert_rowid();
            let mut put = conn.prepare_cached(
                "INSERT INTO frame (pass_id, tuple_id, decision_id, status, sei, stratum, position, doubled)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?;
            for FrameRow { sentence, stratum, drawn } in frame {
                put.execute(params![
                    pass,
                    sentence.tuple,
                    sentence.decision,
                    sentence.status as u8,
                    sentence.sei,
                    stratum,
                    drawn.map(|drawn| drawn.position),
                    drawn.is_some_and(|drawn| drawn.doubled),
                ])?;
            }
            Ok(())
        })?;
        self.pass(&draft.name)?.ok_or_else(|| StoreError::Damaged(format!("pass {} was not kept", draft.name)))
    }

    pub fn pass(&self, name: &str) -> Result<Option<PassRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM pass WHERE name = ?1");
        Ok(self.conn.prepare_cached(&sql)?.query_row([name], pass).optional()?)
    }

    /// All passes, the oldest first.
    pub fn passes(&self) -> Result<Vec<PassRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM pass ORDER BY id");
        let mut query = self.conn.prepare_cached(&sql)?;
        let rows = query.query_map([], pass)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The newest pass that people work on.
    pub fn open_pass(&self) -> Result<Option<PassRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM pass WHERE closed_at IS NULL ORDER BY id DESC LIMIT 1");
        Ok(self.conn.prepare_cached(&sql)?.query_row([], pass).optional()?)
    }

    /// Ends a pass: nobody is led through it any more. What was found stays.
    pub fn close_pass(&mut self, pass: i64, at: i64) -> Result<(), StoreError> {
        let mut close =
            self.conn.prepare_cached("UPDATE pass SET closed_at = ?2 WHERE id = ?1 AND closed_at IS NULL")?;
        close.execute([pass, at])?;
        Ok(())
    }

    /// The next sentences of a sample that this annotator may judge and that need a verdict, never one of `skip`.
    pub fn next_in_pass(&self, pass: i64, annotator: &str, skip: &[TupleId]) -> Result<Option<TupleId>, StoreError> {
        let sql = format!(
            "SELECT f.tuple_id FROM {SAMPLED} AND x.annotator <> ?2 AND {COUNTED} < 1 + f.doubled
             AND NOT EXISTS (SELECT 1 FROM verdict v WHERE v.tuple_id = f.tuple_id AND v.annotator = ?2)
             ORDER BY f.position"
        );
        let mut query = self.conn.prepare_cached(&sql)?;
        let mut rows = query.query(params![pass, annotator])?;
        while let Some(row) = rows.next()? {
            let id = row.get(0)?;
            if !skip.contains(&id) {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// The next sentence whose verdicts differ and that this annotator neither chose nor judged, never one of `skip`.
    pub fn next_to_adjudicate(&self, annotator: &str, skip: &[TupleId]) -> Result<Option<TupleId>, StoreError> {
        let mut query = self.conn.prepare_cached(
            "SELECT t.id FROM tuple t JOIN settled x ON x.tuple_id = t.id
             WHERE t.status = ?1 AND x.annotator <> ?2
             AND NOT EXISTS (SELECT 1 FROM verdict v WHERE v.tuple_id = t.id AND v.annotator = ?2)
             ORDER BY x.draw, t.id",
        )?;
        let mut rows = query.query(params![Status::Disputed as u8, annotator])?;
        while let Some(row) = rows.next()? {
            let id = row.get(0)?;
            if !skip.contains(&id) {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// The verdicts on a tuple's sentence, oldest first.
    pub fn verdicts_on(&self, tuple: TupleId) -> Result<Vec<Verdict>, StoreError> {
        let mut query =
            self.conn.prepare_cached("SELECT verdict FROM verdict WHERE tuple_id = ?1 ORDER BY decision_id")?;
        let rows = query.query_map([tuple], |found| row::word(found, 0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub fn pass_progress(&self, pass: i64) -> Result<PassProgress, StoreError> {
        let sql = format!(
            "SELECT coalesce(sum(min({COUNTED}, 1 + f.doubled)), 0), coalesce(sum(1 + f.doubled), 0), count(*),
                    coalesce(sum((SELECT t.status FROM tuple t WHERE t.id = f.tuple_id) = ?2), 0)
             FROM {SAMPLED}"
        );
        let count = |row: &Row<'_>, at| Ok::<_, rusqlite::Error>(row.get::<_, i64>(at)?.unsigned_abs());
        let mut query = self.conn.prepare_cached(&sql)?;
        let (progress, standing) = query.query_row(params![pass, Status::Disputed as u8], |row| {
            let found =
                PassProgress { done: count(row, 0)?, needed: count(row, 1)?, changed: 0, disputed: count(row, 3)? };
            Ok((found, count(row, 2)?))
        })?;
        let mut size = self.conn.prepare_cached("SELECT size FROM pass WHERE id = ?1")?;
        let size: i64 = size.query_row([pass], |row| row.get(0))?;
        Ok(PassProgress { changed: size.unsigned_abs().saturating_sub(standing), ..progress })
    }
}

/// Of the frame's rows: tuple, decision, stratum, and the place in the sample.
fn digest(frame: &[FrameRow]) -> Digest {
    let mut parts: Vec<String> = Vec::with_capacity(frame.len() * 4);
    for FrameRow { sentence, stratum, drawn } in frame {
        let place = drawn
            .map_or_else(String::new, |drawn| format!("{}{}", drawn.position, if drawn.doubled { "x2" } else { "" }));
        parts.extend([sentence.tuple.to_string(), sentence.decision.to_string(), stratum.clone(), place]);
    }
    Digest::of(&parts.iter().map(String::as_str).collect::<Vec<_>>())
}

fn pass(row: &Row<'_>) -> rusqlite::Result<PassRow> {
    let count = |at| Ok::<_, rusqlite::Error>(row.get::<_, i64>(at)?.unsigned_abs());
    Ok(PassRow {
        id: row.get(0)?,
        draft: PassDraft {
            name: row.get(1)?,
            made_by: row.get(2)?,
            made_at: row.get(3)?,
            filter: row.get(6)?,
            by: row::word(row, 7)?,
            split: row.get(8)?,
            evenly: row.get(9)?,
            seed: row.get::<_, i64>(10)?.cast_unsigned(),
            doubled: row.get(11)?,
        },
        closed_at: row.get(4)?,
        newest: row.get(5)?,
        population: count(12)?,
        size: count(13)?,
        sei_version: row.get(14)?,
        digest: Digest(row.get(15)?),
    })
}
