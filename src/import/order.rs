//! A check of the first rows for columns taken in the wrong order: relations repeat, entities do not.

use super::Row;
use super::columns::{Columns, Role};
use std::collections::HashSet;
use std::fmt;

/// Fewer rows than this tell nothing.
const LEAST: usize = 20;

/// The first rows look as if two columns had been exchanged. A warning: the file is read as it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspicion {
    pub file: String,
    /// The number of rows looked at.
    pub rows: usize,
    /// Different values in what is read as the relation.
    pub relations: usize,
    /// The column that looks like the relation, and its different values.
    pub other: Role,
    pub others: usize,
    /// What to pass to `--columns` if the suspicion is right.
    pub columns: Columns,
}

impl fmt::Display for Suspicion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, rows, relations, other, others, columns } = self;
        write!(
            f,
            "{file}: in its first {rows} rows the relation has {relations} different values and the {other} only \
             {others}: they look exchanged; if so, pass --columns {columns}"
        )
    }
}

/// What the first rows of a file give reason to suspect.
pub(super) fn suspect<'r>(
    file: &str,
    rows: impl Iterator<Item = &'r Row> + Clone,
    columns: &Columns,
) -> Option<Suspicion> {
    let count = rows.clone().count();
    if count < LEAST {
        return None;
    }
    let relation = Values::of(&rows.clone().map(|row| row.tuple.relation.as_str()));
    let tail = Values::of(&rows.clone().map(|row| row.tuple.tail.name.as_str()));
    let head = Values::of(&rows.map(|row| row.tuple.head.name.as_str()));
    let (other, values) = [(Role::Tail, tail), (Role::Head, head)]
        .into_iter()
        .find(|(_, values)| relation.repeats_less(values, count) || relation.reads_like_names(values, count))?;
    Some(Suspicion {
        file: file.to_owned(),
        rows: count,
        relations: relation.distinct,
        other,
        others: values.distinct,
        columns: columns.exchanged(Role::Relation, other),
    })
}

/// What a column's values look like.
struct Values {
    distinct: usize,
    /// With a capital first.
    capital: usize,
    /// Of several words.
    spaced: usize,
    /// One word with a small letter first, as relations are mostly written.
    small_word: usize,
}

impl Values {
    fn of<'v>(values: &(impl Iterator<Item = &'v str> + Clone)) -> Self {
        let count = |test: fn(&str) -> bool| values.clone().filter(|value| test(value)).count();
        Self {
            distinct: values.clone().collect::<HashSet<_>>().len(),
            capital: count(|value| value.starts_with(char::is_uppercase)),
            spaced: count(|value| value.contains(' ')),
            small_word: count(|value| value.starts_with(char::is_lowercase) && !value.contains(' ')),
        }
    }

    /// Many different values here and few there.
    fn repeats_less(&self, other: &Self, rows: usize) -> bool {
        self.distinct >= 2 * other.distinct && self.distinct * 3 >= rows
    }

    /// Names here (`New York`), and identifiers there (`birthPlace`).
    fn reads_like_names(&self, other: &Self, rows: usize) -> bool {
        self.capital * 10 >= rows * 6 && self.spaced * 10 >= rows * 2 && other.small_word * 10 >= rows * 9
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::RelationTuple;

    fn suspicion(cells: impl Fn(usize) -> (String, String, String), rows: usize) -> Option<Suspicion> {
        let rows: Vec<Row> = (0..rows)
            .map(|i| {
                let (h, r, t) = cells(i);
                Row { line: 0, tuple: RelationTuple::new(&h, None, &r, &t, None).unwrap(), sentences: vec![] }
            })
            .collect();
        suspect("f", rows.iter(), &Columns::default())
    }

    #[test]
    fn relations_in_the_tail_are_noticed() {
        let found = suspicion(|i| (format!("A{i}"), format!("T{}", i / 2), format!("r{}", i % 7)), 100).unwrap();
        assert_eq!(
            found.to_string(),
            "f: in its first 100 rows the relation has 50 different values and the tail only 7: they look exchanged; \
             if so, pass --columns head=1,relation=3,tail=2"
        );
        let few_names =
            |i: usize| (format!("A {i}"), ["New York", "Peru"][i % 2].to_owned(), format!("birthPlace{}", i % 9));
        assert_eq!(suspicion(few_names, 100).unwrap().other, Role::Tail);
        let first = |i| (format!("r{}", i % 7), format!("A{i}"), format!("T{i}"));
        assert_eq!(suspicion(first, 100).unwrap().columns.to_string(), "head=2,relation=1,tail=3");
    }

    #[test]
    fn good_files_are_not() {
        assert_eq!(suspicion(|i| (format!("A{i}"), format!("r{}", i % 40), format!("T{i}")), 100), None);
        assert_eq!(suspicion(|i| (format!("A{i}"), format!("r{}", i % 40), "yes".into()), 1000), None);
        assert_eq!(suspicion(|i| (format!("A{i}"), "P57".into(), format!("lower case {i}")), 100), None);
        assert_eq!(suspicion(|i| (format!("A{i}"), format!("T{i}"), "r".into()), 19), None);
    }
}
