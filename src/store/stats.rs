//! Counts: how far the pipeline is, what verdicts say, how fast people work, what methods cost.

use super::error::StoreError;
use super::read::{Counts, VerdictCounts};
use super::{Db, row};
use crate::domain::review::{Status, Verdict};
use rusqlite::Row;
use std::collections::BTreeMap;

/// What a method made and what it cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MethodCount {
    pub method: String,
    pub sentences: u64,
    pub failed: u64,
    pub prompt_tokens: u64,
    pub output_tokens: u64,
    pub millis: u64,
}

/// How often a method failed for one cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureCount {
    pub method: String,
    pub cause: String,
    pub count: u64,
}

/// What an annotator did in a stretch of time, undone or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pace {
    /// Accepted, overridden, edited, rejected.
    pub decided: u64,
    pub verdicts: u64,
}

impl Db {
    /// How many tuples stand where. Safe to ask often: sums are kept, and failures are few.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        let mut counts = Counts::default();
        let mut query = self.conn.prepare_cached("SELECT status, tuples, flagged, candidates FROM tally")?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let status: Status = row::status(row.get(0)?);
            counts.by_status[status as usize] = number(row, 1)?;
            counts.flagged += number(row, 2)?;
            counts.candidates += number(row, 3)?;
        }
        let mut failed = self.conn.prepare_cached("SELECT count(*) FROM candidate WHERE error IS NOT NULL")?;
        counts.failed = failed.query_row([], |row| number(row, 0))?;
        Ok(counts)
    }

    /// What each method made, by name. Reads an index over all candidates: a matter of tenths of a second where
    /// there are millions.
    pub fn method_counts(&self) -> Result<Vec<MethodCount>, StoreError> {
        let mut query = self.conn.prepare_cached(
            "SELECT method, count(*), sum(prompt_tokens), sum(output_tokens), sum(millis)
             FROM candidate GROUP BY method ORDER BY method",
        )?;
        let counts = query.query_map([], |row| {
            Ok(MethodCount {
                method: row.get(0)?,
                sentences: number(row, 1)?,
                failed: 0,
                prompt_tokens: number(row, 2)?,
                output_tokens: number(row, 3)?,
                millis: number(row, 4)?,
            })
        })?;
        let mut counts: Vec<MethodCount> = counts.collect::<Result<_, _>>()?;
        for failure in self.failures()? {
            if let Some(count) = counts.iter_mut().find(|count| count.method == failure.method) {
                count.failed += failure.count;
                count.sentences -= failure.count;
            }
        }
        Ok(counts)
    }

    /// Failures by method and cause, the most frequent first.
    pub fn failures(&self) -> Result<Vec<FailureCount>, StoreError> {
        let mut query = self.conn.prepare_cached(
            "SELECT method, error, count(*) FROM candidate INDEXED BY candidate_failed WHERE error IS NOT NULL
             GROUP BY method, error ORDER BY 3 DESC, 1, 2",
        )?;
        let counts = query.query_map([], |row| {
            Ok(FailureCount { method: row.get(0)?, cause: row.get(1)?, count: number(row, 2)? })
        })?;
        Ok(counts.collect::<Result<_, _>>()?)
    }

    /// What an annotator did since a moment (milliseconds since 1970).
    pub fn pace(&self, annotator: &str, since: i64) -> Result<Pace, StoreError> {
        let mut query =
            self.conn.prepare_cached("SELECT kind, at FROM decision WHERE annotator = ?1 ORDER BY id DESC")?;
        let mut rows = query.query([annotator])?;
        let mut pace = Pace::default();
        // From the newest back: the time asked for is short, the history long.
        while let Some(row) = rows.next()? {
            if row.get::<_, i64>(1)? < since {
                break;
            }
            match row.get_ref(0)?.as_str().unwrap_or_default() {
                "accept" | "override" | "edit" | "reject" => pace.decided += 1,
                "verify" => pace.verdicts += 1,
                _ => {}
            }
        }
        Ok(pace)
    }

    /// Everyone in the history, with the number of their entries, by name.
    pub fn annotators(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let mut query = self
            .conn
            .prepare_cached("SELECT annotator, count(*) FROM decision GROUP BY annotator ORDER BY annotator")?;
        let counts = query.query_map([], |row| Ok((row.get(0)?, number(row, 1)?)))?;
        Ok(counts.collect::<Result<_, _>>()?)
    }

    /// What verdicts say of the sentences that stand.
    pub fn verdict_counts(&self) -> Result<VerdictCounts, StoreError> {
        let mut counts = VerdictCounts::default();
        let mut population = self.conn.prepare_cached("SELECT count(*) FROM settled")?;
        counts.population = population.query_row([], |row| number(row, 0))?;
        let mut query = self.conn.prepare_cached(
            "SELECT t.relation, iif(d.kind = 'edit', 'edited', c.method),
                    sum(v.verdict = 'right'), sum(v.verdict <> 'right'), sum(v.annotator <> x.annotator),
                    max(iif(v.settles, v.verdict, NULL))
             FROM verdict v JOIN settled x ON x.tuple_id = v.tuple_id JOIN tuple t ON t.id = x.tuple_id
             JOIN decision d ON d.id = x.decision_id LEFT JOIN candidate c ON c.id = d.candidate_id
             GROUP BY v.tuple_id",
        )?;
        let mut by_relation: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        let mut by_method: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            counts.own += u64::from(number(row, 4)? == 0);
            let last: Option<String> = row.get(5)?;
            let (right, wrong) = match (last.as_deref(), number(row, 2)?, number(row, 3)?) {
                (Some("right"), ..) | (None, _, 0) => (1, 0),
                (Some(_), ..) | (None, 0, _) => (0, 1),
                (None, ..) => {
                    counts.disputed += 1;
                    continue;
                }
            };
            counts.right += right;
            counts.wrong += wrong;
            for tally in [by_relation.entry(row.get(0)?).or_default(), by_method.entry(row.get(1)?).or_default()] {
                *tally = (tally.0 + right, tally.1 + wrong);
            }
        }
        counts.by_relation = most_first(by_relation);
        counts.by_method = most_first(by_method);
        counts.errors = self.errors()?;
        Ok(counts)
    }

    /// Verdicts by kind of error, on sentences that stand.
    fn errors(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT count(*) FROM verdict WHERE verdict = ?1")?;
        let wrong = Verdict::ALL.iter().filter(|&&verdict| verdict != Verdict::Right);
        wrong
            .map(|verdict| {
                let count = query.query_row([verdict.name()], |row| number(row, 0))?;
                Ok((verdict.name().to_owned(), count))
            })
            .collect()
    }
}

fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    Ok(row.get::<_, i64>(column)?.unsigned_abs())
}

fn most_first(tallies: BTreeMap<String, (u64, u64)>) -> Vec<(String, u64, u64)> {
    let mut list: Vec<_> = tallies.into_iter().map(|(name, (right, wrong))| (name, right, wrong)).collect();
    // Stable: equal ones stay in the order of their names.
    list.sort_by_key(|(_, right, wrong)| std::cmp::Reverse(right + wrong));
    list
}
