//! What a run of the pipeline still has to do, read from the project itself: that makes runs resumable.

use super::error::StoreError;
use super::filter::{self, Clause};
use super::{Db, row};
use crate::domain::filter::Filter;
use crate::domain::review::Status;
use crate::domain::{RelationTuple, TupleId};
use rusqlite::types::Value;

/// What a tuple must have for a run to pass it by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each names a stage or an option of its own")]
pub struct Wanted {
    /// The output of each of these methods.
    pub methods: Vec<String>,
    /// The output of these methods, where there is something to blend or will be.
    pub blends: Vec<String>,
    /// Scores for all sentences.
    pub score: bool,
    /// New scores even where there are some.
    pub rescore: bool,
    /// New scores where they were made under another policy, or without a model that is there now.
    pub stale: Option<Stale>,
    /// A place for every scored sentence.
    pub rank: bool,
    /// A failure does not count as output.
    pub retry_failed: bool,
}

/// What makes a score stale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    /// The version of the policy in force.
    pub version: String,
    /// True if a model can measure what was left unmeasured.
    pub model: bool,
}

impl Wanted {
    fn clause(&self, filter: &Filter) -> Clause {
        let mut any: Vec<String> = Vec::new();
        let mut values: Vec<Value> = Vec::new();
        let mut methods: Vec<&str> = self.methods.iter().map(String::as_str).collect();
        let blends = self.blends.iter().map(String::as_str);
        if methods.is_empty() && !self.blends.is_empty() {
            let blends: Vec<&str> = blends.collect();
            any.push(format!("t.candidates >= 3 AND {}", self.lacks(&blends, &mut values)));
        } else {
            methods.extend(blends);
        }
        methods.sort_unstable();
        methods.dedup();
        if !methods.is_empty() {
            any.push(self.lacks(&methods, &mut values));
        }
        if self.score {
            any.push(format!("t.stage = {}", Status::Generated as u8));
        }
        if self.rescore {
            any.push("t.candidates > 0".into());
        }
        if let Some(Stale { version, model }) = &self.stale {
            any.push(
                "EXISTS (SELECT 1 FROM candidate c JOIN score s ON s.candidate_id = c.id
                 WHERE c.tuple_id = t.id AND (s.version <> ? OR ? AND s.fluency IS NULL))"
                    .into(),
            );
            values.extend([Value::from(version.clone()), Value::from(*model)]);
        }
        if self.rank {
            any.push(format!("t.stage = {}", Status::Scored as u8));
        }
        let mut clause = filter::of_tuples(filter);
        let any = if any.is_empty() { "FALSE".to_owned() } else { any.join(" OR ") };
        clause.and(&format!("({any})"), values);
        clause
    }

    /// Fewer of these methods gave something than were asked. What counts is the first output of each.
    fn lacks(&self, methods: &[&str], values: &mut Vec<Value>) -> String {
        let marks = vec!["?"; methods.len()].join(", ");
        // The sign keeps SQLite from a search for each name, where one walk over the tuple's rows does.
        let first = format!("c.tuple_id = t.id AND +c.method IN ({marks}) AND c.ordinal = 0");
        let names = methods.iter().map(|&method| Value::from(method.to_owned()));
        values.extend(names.clone());
        let mut sql = format!("(SELECT count(*) FROM candidate c WHERE {first})");
        if self.retry_failed {
            // Failures are few and have an index of their own: the rows need not be looked at.
            values.extend(names);
            let failed = format!("c.tuple_id = t.id AND +c.method IN ({marks}) AND c.error IS NOT NULL");
            sql = format!("{sql} - (SELECT count(*) FROM candidate c WHERE {failed})");
        }
        values.push(i64::try_from(methods.len()).unwrap_or(i64::MAX).into());
        format!("{sql} < ?")
    }
}

impl Db {
    /// The next tuples that lack something, by id.
    pub fn to_do(
        &self,
        wanted: &Wanted,
        filter: &Filter,
        after: Option<TupleId>,
        limit: usize,
    ) -> Result<Vec<TupleId>, StoreError> {
        let mut clause = wanted.clause(filter);
        clause.and("t.id > ?", [after.map_or(i64::MIN, |id| id.0)]);
        self.ids(clause, limit)
    }

    /// How many tuples lack something. Looks at every tuple that the filter lets through.
    pub fn count_to_do(&self, wanted: &Wanted, filter: &Filter) -> Result<u64, StoreError> {
        self.count_where(wanted.clause(filter))
    }

    /// Other tuples that share an entity with this one, by id.
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

    /// Sentences of a relation that people chose and nobody judged wrong, each with its tuple: those judged right
    /// first, then by the order of verification. The tuple `without` is left out.
    pub fn chosen_of_relation(
        &self,
        relation: &str,
        without: TupleId,
        limit: usize,
    ) -> Result<Vec<(RelationTuple, String)>, StoreError> {
        let sql = format!(
            "SELECT {}, d.text FROM settled x JOIN tuple t ON t.id = x.tuple_id JOIN decision d ON d.id = x.decision_id
             WHERE t.relation = ?1 AND t.id <> ?2 AND d.text IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM verdict v WHERE v.tuple_id = t.id AND v.verdict <> 'right')
             ORDER BY (SELECT count(*) FROM verdict v WHERE v.tuple_id = t.id) = 0, x.draw, t.id LIMIT ?3",
            row::TUPLE
        );
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut query = self.conn.prepare_cached(&sql)?;
        let columns = query.column_count();
        let rows = query
            .query_map((relation, without, limit), |found| Ok((row::tuple(found)?.tuple, found.get(columns - 1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Tuples that people settled, and those settled or ready to be.
    pub fn review_progress(&self) -> Result<(u64, u64), StoreError> {
        let counts = self.counts()?;
        Ok((counts.reached(Status::Decided), counts.reached(Status::Ranked)))
    }

    /// Chosen sentences with a verdict of this annotator, and all chosen sentences.
    pub fn verify_progress(&self, annotator: &str) -> Result<(u64, u64), StoreError> {
        let mut mine = self.conn.prepare_cached("SELECT count(*) FROM verdict WHERE annotator = ?1")?;
        let done: i64 = mine.query_row([annotator], |row| row.get(0))?;
        let mut all = self.conn.prepare_cached("SELECT count(*) FROM settled")?;
        let total: i64 = all.query_row([], |row| row.get(0))?;
        Ok((done.unsigned_abs(), total.unsigned_abs()))
    }

    /// The project's relations with their number of tuples, by name.
    pub fn relation_counts(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let mut query =
            self.conn.prepare_cached("SELECT relation, count(*) FROM tuple GROUP BY relation ORDER BY relation")?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Seconds a decision of this annotator takes: the median of the newest 500 that were timed.
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
