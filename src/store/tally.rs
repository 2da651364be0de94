//! How many tuples there are of each value of a column: facets beside a list, and its frequency pivot.

use super::error::StoreError;
use super::{Db, filter, row};
use crate::domain::filter::{Filter, Test};
use crate::domain::review::Status;
use rusqlite::params_from_iter;

/// What tuples can be counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    Relation,
    Status,
    /// The method whose sentence ranks first.
    First,
    /// Who answered; a tuple counts for each of them.
    Annotator,
    Head,
    Tail,
    /// The file it came from.
    Source,
}

impl Column {
    pub const ALL: [Self; 7] =
        [Self::Relation, Self::Status, Self::First, Self::Annotator, Self::Head, Self::Tail, Self::Source];

    /// For people; with a colon the field of the filter that narrows to a value, where there is one.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Relation => "relation",
            Self::Status => "status",
            Self::First => "first",
            Self::Annotator => "annotator",
            Self::Head => "head",
            Self::Tail => "tail",
            Self::Source => "source",
        }
    }

    /// The test that lets through the tuples counted under a value; `None` if the language has none.
    #[must_use]
    pub fn narrowed(self, value: &str) -> Option<Test> {
        Some(match self {
            Self::Relation => Test::Relation(value.to_owned()),
            Self::Status => Test::Status(value.parse().ok()?),
            Self::First => Test::First(value.to_owned()),
            Self::Annotator => Test::Annotator(value.to_owned()),
            Self::Head => Test::Head(value.to_owned()),
            Self::Tail => Test::Tail(value.to_owned()),
            Self::Source => return None,
        })
    }

    fn sql(self) -> &'static str {
        match self {
            Self::Relation => "t.relation",
            Self::Status => "t.status",
            Self::First => "t.first_method",
            Self::Annotator => "a.annotator",
            Self::Head => "t.head",
            Self::Tail => "t.tail",
            Self::Source => "t.source",
        }
    }
}

impl Db {
    /// The values of a column among the tuples of a filter, the most frequent first, at most `limit`. What has no
    /// value is not counted.
    pub fn tally(&self, filter: &Filter, column: Column, limit: usize) -> Result<Vec<(String, u64)>, StoreError> {
        if column == Column::Status && filter.is_empty() {
            let counts = self.counts()?;
            return Ok(by_count(Status::ALL.map(|status| (status.name().to_owned(), counts.at(status))), limit));
        }
        let mut clause = filter::of_tuples(filter);
        // The sign keeps SQLite from walking a whole index by the column where the filter leaves little.
        let sign = if filter.is_empty() { "" } else { "+" };
        let name = format!("{sign}{}", column.sql());
        let from = match (column == Column::Annotator, filter.is_empty()) {
            (true, true) => "answer a",
            (true, false) => "answer a CROSS JOIN tuple t ON t.id = a.tuple_id",
            (false, _) => "tuple t",
        };
        clause.and(&format!("{name} IS NOT NULL"), [] as [i64; 0]);
        let sql = format!(
            "SELECT {name}, count(*) FROM {from} WHERE {} GROUP BY {name} ORDER BY 2 DESC, 1 LIMIT ?",
            clause.sql
        );
        clause.bind(i64::try_from(limit).unwrap_or(i64::MAX));
        let mut query = self.conn.prepare_cached(&sql)?;
        let counts = query.query_map(params_from_iter(clause.params), |found| {
            let coded = column == Column::Status;
            let value = if coded { row::status(found.get(0)?).name().to_owned() } else { found.get(0)? };
            Ok((value, found.get::<_, i64>(1)?.unsigned_abs()))
        })?;
        Ok(counts.collect::<Result<_, _>>()?)
    }
}

fn by_count(counts: impl IntoIterator<Item = (String, u64)>, limit: usize) -> Vec<(String, u64)> {
    let mut counts: Vec<_> = counts.into_iter().filter(|(_, count)| *count > 0).collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts.truncate(limit);
    counts
}
