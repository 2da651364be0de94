//! Filters to SQL: conditions on `tuple AS t` and `candidate AS c`, every value bound.

use crate::domain::filter::{Filter, Number, Term, Test};
use crate::domain::mention::fold;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::Value;
use rusqlite::{Connection, Result};

/// A condition and the values of its question marks, in order.
#[derive(Debug, Clone)]
pub(super) struct Clause {
    pub(super) sql: String,
    pub(super) params: Vec<Value>,
}

/// The condition that always holds.
impl Default for Clause {
    fn default() -> Self {
        Self { sql: String::from("TRUE"), params: Vec::new() }
    }
}

impl Clause {
    /// Both this and `sql` must hold.
    pub(super) fn and<V: Into<Value>>(&mut self, sql: &str, values: impl IntoIterator<Item = V>) {
        self.sql.push_str(" AND ");
        self.sql.push_str(sql);
        self.params.extend(values.into_iter().map(Into::into));
    }

    /// Gives the value of a question mark that the caller writes behind the condition.
    pub(super) fn bind(&mut self, value: impl Into<Value>) {
        self.params.push(value.into());
    }

    fn and_term(&mut self, term: &Term, (sql, values): (String, Vec<Value>)) {
        // A comparison with NULL is neither true nor false: its opposite holds all the same.
        let sql = if term.negated { format!("({sql}) IS NOT TRUE") } else { format!("({sql})") };
        self.and(&sql, values);
    }
}

/// How the tuples are told whose sentences meet a query of the index of words.
pub(super) type Words<'a> = &'a mut dyn FnMut(String) -> (String, Vec<Value>);

/// For lists of tuples. What is asked of candidates holds if any of the tuple's meets it.
pub(super) fn of_tuples(filter: &Filter) -> Clause {
    of_tuples_by(filter, &mut by_search)
}

/// The same, with a way of one's own to tell who meets a search.
pub(super) fn of_tuples_by(filter: &Filter, words: Words<'_>) -> Clause {
    let mut clause = Clause::default();
    let by_relation = |term: &Term| !term.negated && matches!(term.test, Test::Relation(_));
    let by_relation = filter.terms.iter().any(by_relation);
    for term in &filter.terms {
        let condition = match of_candidate(&term.test) {
            // Words have an index by tuple.
            Some(_) if let Some(query) = words_of(&term.test) => words(query),
            // Vetoes have an index of their own, which is walked once.
            Some((sql, values)) if matches!(term.test, Test::Veto(_)) => {
                let vetoed = "SELECT c.tuple_id FROM score s CROSS JOIN candidate c ON c.id = s.candidate_id";
                (format!("t.id IN ({vetoed} WHERE {sql})"), values)
            }
            Some((sql, values)) if !matches!(term.test, Test::Number(..)) => {
                (format!("EXISTS (SELECT 1 FROM candidate c WHERE c.tuple_id = t.id AND {sql})"), values)
            }
            // The sign keeps SQLite from the index by status, where that by relation finds fewer.
            _ if by_relation && matches!(term.test, Test::Status(_)) => {
                let (sql, values) = on_tuple(&term.test);
                (format!("+{sql}"), values)
            }
            _ => on_tuple(&term.test),
        };
        clause.and_term(term, condition);
    }
    clause
}

/// For lists of candidates: what is asked of tuples, and what of their candidates.
pub(super) fn of_candidates(filter: &Filter) -> (Clause, Clause) {
    let mut clauses = (Clause::default(), Clause::default());
    for term in &filter.terms {
        match of_candidate(&term.test) {
            Some(condition) => {
                if let Some(query) = words_of(&term.test).filter(|_| !term.negated) {
                    clauses.0.and_term(term, by_search(query));
                }
                clauses.1.and_term(term, condition);
            }
            None => clauses.0.and_term(term, on_tuple(&term.test)),
        }
    }
    clauses
}

/// For words of a sentence: the query to their index; `None` for what it cannot find. It knows words by their
/// beginning, and there is no telling words apart in scripts that write none.
fn words_of(test: &Test) -> Option<String> {
    let Test::Text(part) = test else { return None };
    let unspaced = |c| {
        matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
    };
    if !part.chars().any(char::is_alphanumeric) || part.chars().any(unspaced) {
        return None;
    }
    // A phrase, in which nothing is a command. What ends in a sign ends a word.
    let open = part.ends_with(char::is_alphanumeric);
    let phrase: String = part.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    Some(format!("\"{}\"{}", phrase.replace('"', "\"\""), if open { " *" } else { "" }))
}

/// The condition that a tuple meets a search, which is made as part of the statement.
pub(super) fn by_search(query: String) -> (String, Vec<Value>) {
    let sql = "t.id IN (SELECT rowid FROM sentence_word WHERE sentence_word MATCH ?)";
    (sql.to_owned(), vec![query.into()])
}

/// The condition on a candidate; `None` for what is asked of tuples alone.
fn of_candidate(test: &Test) -> Option<(String, Vec<Value>)> {
    let condition = match test {
        Test::Text(part) => (String::from("has(c.text, ?)"), vec![fold(part).into()]),
        Test::Method(name) => (String::from("c.method = ?"), vec![name.clone().into()]),
        Test::Failed(true) => (String::from("c.error IS NOT NULL"), Vec::new()),
        Test::Failed(false) => (String::from("c.error IS NULL"), Vec::new()),
        Test::Veto(veto) => (String::from("s.veto <> '[]' AND instr(s.veto, ?)"), vec![format!("\"{veto}\"").into()]),
        Test::Number(Number::Sei, comparison, value) => {
            (format!("s.sei {} ?", comparison.sign()), vec![(*value).into()])
        }
        Test::Word(_)
        | Test::Relation(_)
        | Test::Head(_)
        | Test::Tail(_)
        | Test::Status(_)
        | Test::Flagged(_)
        | Test::First(_)
        | Test::Annotator(_)
        | Test::Disagreement(_)
        | Test::Id(_)
        | Test::Number(Number::Margin | Number::Candidates | Number::Answers | Number::Id, ..) => return None,
    };
    Some(condition)
}

fn on_tuple(test: &Test) -> (String, Vec<Value>) {
    match test {
        Test::Word(part) => {
            let part: Value = fold(part).into();
            let sql = "has(t.head, ?) OR has(t.relation, ?) OR has(t.tail, ?)";
            (sql.into(), vec![part.clone(), part.clone(), part])
        }
        Test::Head(part) => ("has(t.head, ?)".into(), vec![fold(part).into()]),
        Test::Tail(part) => ("has(t.tail, ?)".into(), vec![fold(part).into()]),
        Test::Relation(name) => (format!("t.relation IN ({SAME_RELATION})"), vec![name.clone().into()]),
        Test::Status(status) => ("t.status = ?".into(), vec![i64::from(*status as u8).into()]),
        Test::Flagged(flagged) => ("t.flagged = ?".into(), vec![i64::from(*flagged).into()]),
        Test::First(method) => ("t.first_method = ?".into(), vec![method.clone().into()]),
        Test::Annotator(name) => {
            ("t.id IN (SELECT a.tuple_id FROM answer a WHERE a.annotator = ?)".into(), vec![name.clone().into()])
        }
        Test::Disagreement(true) => ("t.disagrees = 1".into(), Vec::new()),
        Test::Disagreement(false) => ("t.disagrees = 0".into(), Vec::new()),
        Test::Id(id) => ("t.id = ?".into(), vec![id.0.into()]),
        Test::Number(number, comparison, value) => {
            let column = match number {
                Number::Sei => "best_sei",
                Number::Margin => "margin",
                Number::Candidates => "candidates",
                Number::Answers => "answers",
                Number::Id => "id",
            };
            (format!("t.{column} {} ?", comparison.sign()), vec![(*value).into()])
        }
        // Asked of candidates: `of_candidate` has them.
        Test::Text(_) | Test::Method(_) | Test::Veto(_) | Test::Failed(_) => ("TRUE".into(), Vec::new()),
    }
}

/// The relations spelled like this but for case. Walks the index from one relation to the next: there are
/// hundreds among hundreds of thousands of tuples.
const SAME_RELATION: &str = "WITH RECURSIVE r (name) AS (
         SELECT min(relation) FROM tuple
         UNION ALL SELECT (SELECT min(relation) FROM tuple WHERE relation > r.name) FROM r WHERE r.name IS NOT NULL)
     SELECT name FROM r WHERE name = ? COLLATE NOCASE";

/// Adds `has(text, part)`: whether the part, which is folded already, stands in the text but for case, accents
/// and typographic variants. SQLite's own LIKE knows the case of ASCII alone.
pub(super) fn add_functions(conn: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    conn.create_scalar_function("has", 2, flags, |call| {
        let part = call.get_raw(1).as_str()?;
        Ok(call.get_raw(0).as_str_or_null()?.is_some_and(|text| has(text, part)))
    })
}

fn has(text: &str, part: &str) -> bool {
    if !text.is_ascii() {
        return fold(text).contains(part);
    }
    // Nearly all text is ASCII, where folding is lowering the case, and needs no copy.
    let (text, part) = (text.as_bytes(), part.as_bytes());
    match part.first() {
        None => true,
        Some(first) => text
            .windows(part.len())
            .any(|window| window[0].to_ascii_lowercase() == *first && window.eq_ignore_ascii_case(part)),
    }
}

#[cfg(test)]
mod tests {
    use super::has;

    #[test]
    fn case_and_accents_are_of_no_account() {
        for (text, part) in [("King's College", "king's c"), ("MÜLLER", "muller"), ("x", ""), ("O\u{2019}Neil", "o'n")]
        {
            assert!(has(text, part), "{text} {part}");
        }
        assert!(!has("Kings", "king's"));
        assert!(!has("a", "ab"));
    }
}
