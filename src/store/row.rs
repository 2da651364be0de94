//! Rows to domain values and back: the one place that knows the order of columns.

use super::read::{CandidateRow, Scored, TupleRow};
use crate::domain::candidate::Yield;
use crate::domain::quality::{Dimension, Score, ScoreCard, Veto};
use crate::domain::review::Status;
use crate::domain::{Candidate, CandidateId, DecisionId, Entity, Origin, RelationTuple, TupleId};
use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, Type, ValueRef};
use rusqlite::{Result, Row};
use std::str::FromStr;

macro_rules! id_column {
    ($($id:ty),+) => {$(
        impl ToSql for $id {
            fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
                self.0.to_sql()
            }
        }

        impl FromSql for $id {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                i64::column_result(value).map(Self)
            }
        }
    )+};
}

id_column!(TupleId, CandidateId, DecisionId);

/// The columns that [`tuple`] reads, of `tuple AS t`.
pub(super) const TUPLE: &str = "t.id, t.head, t.head_type, t.relation, t.tail, t.tail_type, \
    t.status, t.flagged, t.candidates, t.best_sei, t.margin, t.answers, t.disagrees";
/// How many they are: where the columns after them begin.
pub(super) const TUPLE_WIDTH: usize = 13;

pub(super) fn tuple(row: &Row<'_>) -> Result<TupleRow> {
    let entity = |name, kind| Ok::<_, rusqlite::Error>(Entity { name: row.get(name)?, kind: row.get(kind)? });
    Ok(TupleRow {
        id: row.get(0)?,
        tuple: RelationTuple { head: entity(1, 2)?, relation: row.get(3)?, tail: entity(4, 5)? },
        status: status(row.get(6)?),
        flagged: row.get(7)?,
        candidates: row.get(8)?,
        best_sei: row.get(9)?,
        margin: row.get(10)?,
        answers: row.get(11)?,
        disagrees: row.get(12)?,
    })
}

/// The status at a position of [`Status::ALL`].
pub(super) fn status(position: u8) -> Status {
    Status::ALL.get(usize::from(position)).copied().unwrap_or(Status::New)
}

/// The columns that [`candidate`] reads, of [`CANDIDATES`].
pub(super) const CANDIDATE: &str = "c.id, c.tuple_id, c.method, c.paradigm, c.ordinal, c.text, c.error, \
    c.model, c.model_digest, c.prompt_digest, c.params, c.seed, c.parents, \
    c.prompt_tokens, c.output_tokens, c.millis, c.made_at, \
    s.version, s.sei, s.grammar, s.fluency, s.sentiment, s.accuracy, s.complexity, \
    s.veto, m.raw, m.evidence, s.place, s.repeats";

/// The same columns without what scores are made from, of [`SCORED`].
pub(super) const WITHOUT_MEASUREMENTS: &str = "c.id, c.tuple_id, c.method, c.paradigm, c.ordinal, c.text, c.error, \
    c.model, c.model_digest, c.prompt_digest, c.params, c.seed, c.parents, \
    c.prompt_tokens, c.output_tokens, c.millis, c.made_at, \
    s.version, s.sei, s.grammar, s.fluency, s.sentiment, s.accuracy, s.complexity, \
    s.veto, '' AS raw, '' AS evidence, s.place, s.repeats";

pub(super) const SCORED: &str = "candidate c LEFT JOIN score s ON s.candidate_id = c.id";

/// Candidates with their scores and what these are made from.
pub(super) const CANDIDATES: &str = "candidate c LEFT JOIN score s ON s.candidate_id = c.id \
    LEFT JOIN measurement m ON m.candidate_id = c.id";

pub(super) fn candidate(row: &Row<'_>) -> Result<CandidateRow> {
    let made = match row.get(5)? {
        Some(text) => Yield::Sentence(text),
        None => Yield::Failed(row.get(6)?),
    };
    let origin = Origin {
        method: row.get(2)?,
        paradigm: word(row, 3)?,
        ordinal: row.get(4)?,
        model: row.get(7)?,
        model_digest: row.get(8)?,
        prompt_digest: row.get(9)?,
        params: row.get(10)?,
        seed: row.get(11)?,
        parents: json::<Vec<i64>>(row, 12)?.into_iter().map(CandidateId).collect(),
        prompt_tokens: row.get(13)?,
        output_tokens: row.get(14)?,
        millis: row.get(15)?,
    };
    Ok(CandidateRow {
        candidate: Candidate { id: row.get(0)?, tuple: row.get(1)?, made, origin },
        made_at: row.get(16)?,
        scored: scored(row)?,
        place: row.get(27)?,
        repeats: row.get(28)?,
    })
}

fn scored(row: &Row<'_>) -> Result<Option<Scored>> {
    let Some(version) = row.get(17)? else { return Ok(None) };
    let sei = row.get::<_, Option<f64>>(18)?.and_then(Score::new);
    let vetoes = veto_list(row, 24)?;
    // Without its measurements a score still holds; they are taken anew when another version asks for them.
    let text = |column| Ok::<_, rusqlite::Error>(row.get::<_, Option<String>>(column)?.unwrap_or_default());
    Ok(Some(Scored { version, card: card(row, 19)?, sei, vetoes, raw: text(25)?, evidence: text(26)? }))
}

/// The scores of all dimensions, which begin at this column.
pub(super) fn card(row: &Row<'_>, at: usize) -> Result<ScoreCard> {
    let mut card = ScoreCard::default();
    for (column, dimension) in (at..).zip(Dimension::ALL) {
        card.set(dimension, row.get::<_, Option<f64>>(column)?.and_then(Score::new));
    }
    Ok(card)
}

/// Vetoes by name, in a JSON array.
pub(super) fn veto_list(row: &Row<'_>, at: usize) -> Result<Vec<Veto>> {
    // Most sentences have none.
    if row.get_ref(at)?.as_str()? == "[]" {
        return Ok(Vec::new());
    }
    let names: Vec<String> = json(row, at)?;
    names.iter().map(|name| parsed::<Veto>(name, at)).collect()
}

/// A JSON array of ids.
pub(super) fn ids(ids: &[CandidateId]) -> String {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    format!("[{}]", ids.join(","))
}

/// A JSON array of veto names, which need no escapes.
pub(super) fn vetoes(vetoes: &[Veto]) -> String {
    let names: Vec<String> = vetoes.iter().map(|veto| format!("\"{veto}\"")).collect();
    format!("[{}]", names.join(","))
}

/// A column that holds one of a fixed set of words.
pub(super) fn word<T: FromStr<Err = String>>(row: &Row<'_>, column: usize) -> Result<T> {
    parsed(&row.get::<_, String>(column)?, column)
}

pub(super) fn parsed<T: FromStr<Err = String>>(text: &str, column: usize) -> Result<T> {
    text.parse().map_err(|error: String| wrong(column, error))
}

/// What is read when a column holds what this program never writes.
pub(super) fn wrong(column: usize, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error.into())
}

fn json<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    serde_json::from_str(text).map_err(|error| wrong(column, error))
}
