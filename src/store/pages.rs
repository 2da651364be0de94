//! Lists of tuples page by page: each page begins behind a key, so that the last is as fast as the first.

use super::error::StoreError;
use super::filter::{self, Clause};
use super::queue::Direction;
use super::read::TupleRow;
use super::{Db, row};
use crate::domain::TupleId;
use crate::domain::filter::Filter;
use rusqlite::params_from_iter;
use rusqlite::types::Value;

/// The order of a list. Tuples without the number sorted by come last; equal ones go by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// The smallest margin between first and second sentence first.
    #[default]
    Uncertainty,
    /// By the SEI of the best sentence, the highest first.
    BestFirst,
    /// The same, the lowest first.
    WorstFirst,
    Relation,
    Id,
}

impl Sort {
    pub const ALL: [Self; 5] = [Self::Uncertainty, Self::BestFirst, Self::WorstFirst, Self::Relation, Self::Id];

    /// The column before the id, and whether both fall.
    fn column(self) -> (Option<&'static str>, bool) {
        match self {
            Self::Id => (None, false),
            Self::Uncertainty => (Some("t.margin"), false),
            Self::BestFirst => (Some("t.best_sei"), true),
            Self::WorstFirst => (Some("t.best_sei"), false),
            Self::Relation => (Some("t.relation"), false),
        }
    }
}

/// A place in a list: that of a row, which need not be there any more.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// `Null` where there is no column, or nothing in it.
    value: Value,
    id: TupleId,
}

impl Key {
    #[must_use]
    pub fn of(row: &TupleRow, sort: Sort) -> Self {
        let number = |number: Option<f64>| number.map_or(Value::Null, Value::Real);
        let value = match sort {
            Sort::Id => Value::Null,
            Sort::Uncertainty => number(row.margin),
            Sort::BestFirst | Sort::WorstFirst => number(row.best_sei),
            Sort::Relation => Value::Text(row.tuple.relation.clone()),
        };
        Self { value, id: row.id }
    }
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    pub rows: Vec<TupleRow>,
    /// Where to go on; `None` if there is nothing more.
    pub next: Option<Key>,
}

impl Db {
    /// The page behind `after`, a key of the same sort; the first one without it.
    pub fn page(&self, filter: &Filter, sort: Sort, after: Option<&Key>, limit: usize) -> Result<Page, StoreError> {
        let rows = self.scan(&self.listed(filter)?, sort, after, Direction::Next, limit)?;
        let next = rows.last().filter(|_| rows.len() == limit).map(|row| Key::of(row, sort));
        Ok(Page { rows, next })
    }

    /// The page before `before`, in the order of the list; the last one without it. Here `next` leads upwards.
    pub fn page_before(
        &self,
        filter: &Filter,
        sort: Sort,
        before: Option<&Key>,
        limit: usize,
    ) -> Result<Page, StoreError> {
        let mut rows = self.scan(&self.listed(filter)?, sort, before, Direction::Previous, limit)?;
        rows.reverse();
        let next = rows.first().filter(|_| rows.len() == limit).map(|row| Key::of(row, sort));
        Ok(Page { rows, next })
    }

    pub fn count(&self, filter: &Filter) -> Result<u64, StoreError> {
        self.count_where(filter::of_tuples(filter))
    }

    pub(super) fn count_where(&self, clause: Clause) -> Result<u64, StoreError> {
        let sql = format!("SELECT count(*) FROM tuple t WHERE {}", clause.sql);
        let count: i64 =
            self.conn.prepare_cached(&sql)?.query_row(params_from_iter(clause.params), |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// Rows from a key on, in the order walked. What has no value in the sorted column is walked on its own:
    /// an index can serve either part, not both.
    pub(super) fn scan(
        &self,
        clause: &Clause,
        sort: Sort,
        from: Option<&Key>,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<TupleRow>, StoreError> {
        let (column, falls) = sort.column();
        let back = direction == Direction::Previous;
        let (sign, order) = if falls == back { (">", "ASC") } else { ("<", "DESC") };
        // With or without a value, in the order walked.
        let parts: &[bool] = match (column, back) {
            (None, _) => &[false],
            (Some(_), false) => &[true, false],
            (Some(_), true) => &[false, true],
        };
        let reached = from.map(|key| key.value != Value::Null);
        let mut rows = Vec::new();
        for &valued in parts.iter().skip_while(|&&part| reached.is_some_and(|reached| part != reached)) {
            let mut clause = clause.clone();
            let key = from.filter(|_| reached == Some(valued));
            let mut sorted = format!("t.id {order}");
            if let (Some(column), true) = (column, valued) {
                clause.and(&format!("{column} IS NOT NULL"), [] as [i64; 0]);
                sorted = format!("{column} {order}, {sorted}");
                if let Some(key) = key {
                    clause.and(&format!("({column}, t.id) {sign} (?, ?)"), [key.value.clone(), key.id.0.into()]);
                }
            } else {
                if let Some(column) = column {
                    clause.and(&format!("{column} IS NULL"), [] as [i64; 0]);
                }
                if let Some(key) = key {
                    clause.and(&format!("t.id {sign} ?"), [key.id.0]);
                }
            }
            clause.bind(i64::try_from(limit - rows.len()).unwrap_or(i64::MAX));
            let sql = format!("SELECT {} FROM tuple t WHERE {} ORDER BY {sorted} LIMIT ?", row::TUPLE, clause.sql);
            let mut query = self.conn.prepare_cached(&sql)?;
            for row in query.query_map(params_from_iter(clause.params), row::tuple)? {
                rows.push(row?);
            }
            if rows.len() == limit {
                break;
            }
        }
        Ok(rows)
    }
}
