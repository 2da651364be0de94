//! Scores and places of a tuple's candidates.

use super::error::{Refusal, StoreError};
use super::read::Scored;
use super::refresh::refresh;
use super::{Db, row};
use crate::domain::quality::{Dimension, Ranked, Score};
use crate::domain::{CandidateId, TupleId};
use rusqlite::{Connection, params};

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
        "INSERT INTO score (candidate_id, version, sei, grammar, fluency, sentiment, accuracy, complexity,
             veto, raw, evidence)
         SELECT c.id, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12 FROM candidate c
         WHERE c.id = ?2 AND c.tuple_id = ?1 AND c.error IS NULL
         ON CONFLICT (candidate_id) DO UPDATE SET version = excluded.version, sei = excluded.sei,
             grammar = excluded.grammar, fluency = excluded.fluency, sentiment = excluded.sentiment,
             accuracy = excluded.accuracy, complexity = excluded.complexity, veto = excluded.veto,
             raw = excluded.raw, evidence = excluded.evidence, place = NULL, repeats = NULL",
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
        scored.raw,
        scored.evidence,
    ];
    match put.execute(values)? {
        0 => Err(Refusal::NoCandidate { tuple, candidate: id }.into()),
        _ => Ok(()),
    }
}
