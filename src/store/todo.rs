//! What a run of the pipeline still has to do, read from the project itself: that makes runs resumable.

use super::error::StoreError;
use super::filter::{self, Clause};
use super::{Db, row};
use crate::domain::filter::Filter;
use crate::domain::review::Status;
use crate::domain::{RelationTuple, TupleId};
use rusqlite::params_from_iter;

/// What a tuple must have for a run to pass it by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// The output of each of these methods.
    pub methods: Vec<String>,
    /// The output of this method, once there is something to blend.
    pub blend: Option<String>,
    /// Scores for all sentences.
    pub score: bool,
    /// New scores even where there are some.
    pub rescore: bool,
    /// A place for every scored sentence.
    pub rank: bool,
    /// A failure does not count as output.
    pub retry_failed: bool,
}

impl Wanted {
    /// The condition that a tuple `t` lacks something.
    fn lacks(&self) -> (String, Vec<String>) {
        const SENTENCE: &str = "SELECT 1 FROM candidate c LEFT JOIN score s ON s.candidate_id = c.id
             WHERE c.tuple_id = t.id AND c.error IS NULL";
        let failed = if self.retry_failed { "AND c.error IS NULL" } else { "" };
        let mut conditions = Vec::new();
        let mut values = Vec::new();
        for method in &self.methods {
            conditions.push(format!(
                "NOT EXISTS (SELECT 1 FROM candidate c WHERE c.tuple_id = t.id AND c.method = ? {failed})"
            ));
            values.push(method.clone());
        }
        if let Some(blend) = &self.blend {
            conditions.push(format!(
                "NOT EXISTS (SELECT 1 FROM candidate c WHERE c.tuple_id = t.id AND c.method = ? {failed})
                 AND EXISTS ({SENTENCE})"
            ));
            values.push(blend.clone());
        }
        if self.rescore {
            conditions.push(format!("EXISTS ({SENTENCE})"));
        } else if self.score {
            conditions.push(format!("EXISTS ({SENTENCE} AND s.candidate_id IS NULL)"));
        }
        if self.rank {
            conditions.push(format!("EXISTS ({SENTENCE} AND s.candidate_id IS NOT NULL AND s.place IS NULL)"));
        }
        let any = if conditions.is_empty() { "FALSE".to_owned() } else { conditions.join(") OR (") };
        (format!("(({any}))"), values)
    }

    fn clause(&self, filter: &Filter, after: Option<TupleId>) -> Clause {
        let mut clause = filter::of_tuples(filter);
        clause.and("t.id > ?", [after.map_or(i64::MIN, |id| id.0)]);
        let (lacks, values) = self.lacks();
        clause.and(&lacks, values);
        clause
    }
}

impl Db {
    /// The next tuples that lack something, by id.
    ///
    /// # Errors
    /// SQLite's; so for all below.
    pub fn to_do(
        &self,
        wanted: &Wanted,
        filter: &Filter,
        after: Option<TupleId>,
        limit: usize,
    ) -> Result<Vec<TupleId>, StoreError> {
        self.ids(wanted.clause(filter, after), limit)
    }

    /// How many tuples lack something.
    ///
    /// # Errors
    /// As above.
    pub fn count_to_do(&self, wanted: &Wanted, filter: &Filter) -> Result<u64, StoreError> {
        let clause = wanted.clause(filter, None);
        let sql = format!("SELECT count(*) FROM tuple t WHERE {}", clause.sql);
        let mut query = self.conn.prepare_cached(&sql)?;
        let count: i64 = query.query_row(params_from_iter(clause.params), |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// Other tuples that share an entity with this one, by id.
    ///
    /// # Errors
    /// As above.
    pub fn neighbours(&self, of: TupleId, limit: usize) -> Result<Vec<RelationTuple>, StoreError> {
        let sql = format!(
            "WITH self AS (SELECT id, head, tail FROM tuple WHERE id = ?1)
             SELECT {} FROM tuple t WHERE t.id IN (
                SELECT o.id FROM tuple o JOIN self ON o.head = self.head
                UNION SELECT o.id FROM tuple o JOIN self ON o.tail = self.head
                UNION SELECT o.id FROM tuple o JOIN self ON o.head = self.tail)
             AND t.id <> ?1 ORDER BY t.id LIMIT ?2",
            row::TUPLE
        );
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut query = self.conn.prepare_cached(&sql)?;
        let rows = query.query_map((of, limit), |found| Ok(row::tuple(found)?.tuple))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Tuples that people settled, and those settled or ready to be.
    ///
    /// # Errors
    /// As above.
    pub fn review_progress(&self) -> Result<(u64, u64), StoreError> {
        let counts = self.counts()?;
        Ok((counts.reached(Status::Decided), counts.reached(Status::Ranked)))
    }

    /// Chosen sentences with a verdict of this annotator, and all chosen sentences.
    ///
    /// # Errors
    /// As above.
    pub fn verify_progress(&self, annotator: &str) -> Result<(u64, u64), StoreError> {
        let mut mine = self.conn.prepare_cached("SELECT count(*) FROM verdict WHERE annotator = ?1")?;
        let done: i64 = mine.query_row([annotator], |row| row.get(0))?;
        let mut all = self.conn.prepare_cached("SELECT count(*) FROM settled")?;
        let total: i64 = all.query_row([], |row| row.get(0))?;
        Ok((done.unsigned_abs(), total.unsigned_abs()))
    }

    /// The project's relations with their number of tuples, by name.
    ///
    /// # Errors
    /// As above.
    pub fn relation_counts(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let mut query =
            self.conn.prepare_cached("SELECT relation, count(*) FROM tuple GROUP BY relation ORDER BY relation")?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Seconds a decision of this annotator takes: the median of the newest 500 that were timed.
    ///
    /// # Errors
    /// As above.
    pub fn median_seconds(&self, annotator: &str) -> Result<Option<f64>, StoreError> {
        let mut query = self.conn.prepare_cached(
            "SELECT seconds FROM decision WHERE annotator = ?1 AND seconds IS NOT NULL ORDER BY id DESC LIMIT 500",
        )?;
        let rows = query.query_map([annotator], |row| row.get::<_, f64>(0))?;
        let mut seconds = rows.collect::<Result<Vec<f64>, _>>()?;
        seconds.sort_by(f64::total_cmp);
        Ok(seconds.get(seconds.len() / 2).copied())
    }
}
