//! Scores and places of a tuple's candidates.

use super::error::{Refusal, StoreError};
use super::read::Scored;
use super::refresh::refresh;
use super::{Db, row};
use crate::domain::quality::{Dimension, Index, Ranked, Score, ScoreCard, Veto};
use crate::domain::{CandidateId, TupleId};
use rusqlite::{Connection, Row, params};

/// What a score can be made from again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasuredRow {
    pub candidate: CandidateId,
    pub text: String,
    pub card: ScoreCard,
    pub vetoes: Vec<Veto>,
    /// JSON, as in [`Scored`]; empty where nothing is kept of it, so that no score is passed over in silence.
    pub raw: String,
}

/// A score of measurements that were there, and the place it gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Rescored {
    pub version: String,
    pub card: ScoreCard,
    pub index: Index,
    pub ranked: Ranked,
}

impl Db {
    /// Scores candidates of a tuple, replacing what scores they had; they lose their places.
    ///
    /// # Errors
    /// `Refused` if one is not a sentence of this tuple; SQLite's.
    pub fn put_scores(&mut self, tuple: TupleId, scores: &[(CandidateId, Scored)]) -> Result<(), StoreError> {
        self.write(|conn| {
            scores.iter().try_for_each(|(id, scored)| put(conn, tuple, *id, scored))?;
            refresh(conn, tuple)
        })
    }

    /// A tuple's scored sentences with what their scores were made from.
    pub fn measurements(&self, tuple: TupleId) -> Result<Vec<MeasuredRow>, StoreError> {
        let mut query = self.conn.prepare_cached(
            "SELECT c.id, c.text, coalesce(m.raw, ''), s.veto, s.grammar, s.fluency, s.sentiment, s.accuracy, s.complexity
             FROM candidate c CROSS JOIN score s ON s.candidate_id = c.id
             LEFT JOIN measurement m ON m.candidate_id = c.id WHERE c.tuple_id = ?1 AND c.text IS NOT NULL",
        )?;
        let read = |found: &Row<'_>| {
            Ok(MeasuredRow {
                candidate: found.get(0)?,
                text: found.get(1)?,
                card: row::card(found, 4)?,
                vetoes: row::veto_list(found, 3)?,
                raw: found.get(2)?,
            })
        };
        Ok(query.query_map([tuple], read)?.collect::<Result<_, _>>()?)
    }

    /// Puts other scores and places in the stead of those that a tuple's sentences have; measurements stay.
    ///
    /// # Errors
    /// `Refused` if one has no score; SQLite's.
    pub fn put_rescored(&mut self, tuple: TupleId, rescored: &[Rescored]) -> Result<(), StoreError> {
        self.write(|conn| {
            let mut put = conn.prepare_cached(
                "UPDATE score SET version = ?2, sei = ?3, grammar = ?4, fluency = ?5, sentiment = ?6, accuracy = ?7,
                     complexity = ?8, veto = ?9, place = ?10, repeats = ?11 WHERE candidate_id = ?1",
            )?;
            for Rescored { version, card, index, ranked } in rescored {
                let score = |dimension| card.get(dimension).map(Score::get);
                let values = params![
                    ranked.id,
                    version,
                    index.value.map(Score::get),
                    score(Dimension::Grammar),
                    score(Dimension::Fluency),
                    score(Dimension::Sentiment),
                    score(Dimension::Accuracy),
                    score(Dimension::Complexity),
                    row::vetoes(&index.vetoes),
                    ranked.place,
                    ranked.repeats,
                ];
                if put.execute(values)? == 0 {
                    return Err(Refusal::NoCandidate { tuple, candidate: ranked.id }.into());
                }
            }
            refresh(conn, tuple)
        })
    }

    /// Puts a tuple's candidates into these places; the others lose theirs.
    ///
    /// # Errors
    /// `Refused` if one is not a scored sentence of this tuple; SQLite's.
    pub fn put_places(&mut self, tuple: TupleId, ranked: &[Ranked]) -> Result<(), StoreError> {
        self.write(|conn| {
            let mut clear = conn.prepare_cached(
                "UPDATE score SET place = NULL, repeats = NULL
                 WHERE candidate_id IN (SELECT id FROM candidate WHERE tuple_id = ?1)",
            )?;
            clear.execute([tuple])?;
            let mut place = conn.prepare_cached(
                "UPDATE score SET place = ?3, repeats = ?4 WHERE candidate_id = ?2
                 AND EXISTS (SELECT 1 FROM candidate WHERE id = ?2 AND tuple_id = ?1)",
            )?;
            for ranked in ranked {
                if place.execute(params![tuple, ranked.id, ranked.place, ranked.repeats])? == 0 {
                    return Err(Refusal::NoCandidate { tuple, candidate: ranked.id }.into());
                }
            }
            refresh(conn, tuple)
        })
    }
}

fn put(conn: &Connection, tuple: TupleId, id: CandidateId, scored: &Scored) -> Result<(), StoreError> {
    let mut put = conn.prepare_cached(
        "INSERT INTO score (candidate_id, version, sei, grammar, fluency, sentiment, accuracy, complexity, veto)
         SELECT c.id, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 FROM candidate c
         WHERE c.id = ?2 AND c.tuple_id = ?1 AND c.error IS NULL
         ON CONFLICT (candidate_id) DO UPDATE SET version = excluded.version, sei = excluded.sei,
             grammar = excluded.grammar, fluency = excluded.fluency, sentiment = excluded.sentiment,
             accuracy = excluded.accuracy, complexity = excluded.complexity, veto = excluded.veto,
             place = NULL, repeats = NULL",
    )?;
    let score = |dimension| scored.card.get(dimension).map(Score::get);
    let values = params![
        tuple,
        id,
        scored.version,
        scored.sei.map(Score::get),
        score(Dimension::Grammar),
        score(Dimension::Fluency),
        score(Dimension::Sentiment),
        score(Dimension::Accuracy),
        score(Dimension::Complexity),
        row::vetoes(&scored.vetoes),
    ];
    if put.execute(values)? == 0 {
        return Err(Refusal::NoCandidate { tuple, candidate: id }.into());
    }
    let mut keep =
        conn.prepare_cached("INSERT OR REPLACE INTO measurement (candidate_id, raw, evidence) VALUES (?1, ?2, ?3)")?;
    keep.execute(params![id, scored.raw, scored.evidence])?;
    Ok(())
}
