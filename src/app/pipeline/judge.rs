//! Scoring and ranking: the model is asked about all of a tuple's new sentences together, harper reads each.

use super::{Phase, Pipeline, PipelineError, Run};
use crate::domain::quality::rank::Entrant;
use crate::domain::quality::{Dimension, Index, Ranked, ScoreCard, rank};
use crate::domain::relation::{Catalogue, Relation};
use crate::domain::{CandidateId, RelationTuple, TupleId};
use crate::jobs::{Cancel, Engine, EngineError, Engines, Judged};
use crate::sei::lm::{CRITIC, TUNED};
use crate::sei::{Fact, Interview, LmEvidence, Measured, Scorer, critical_interview, interview, tuned_interview};
use crate::store::{CandidateRow, Scored};

impl Pipeline<'_> {
    /// Scores what has no score yet, or everything when asked to.
    pub(super) fn score(&mut self, run: &mut Run<'_>, tuples: &[TupleId]) -> Result<(), PipelineError> {
        for &id in tuples {
            if run.cancel.is_cancelled() {
                return Err(EngineError::Cancelled.into());
            }
            let Some(row) = self.db.tuple(id)? else { continue };
            let rescore = run.plan.rescore;
            let model = self.engines.is_some();
            let version = self.scorer.policy().index.version.clone();
            let open: Vec<(CandidateId, String)> = self
                .db
                .candidates(id)?
                .iter()
                .filter(|c| match &c.scored {
                    Some(s) => rescore || s.version != version || model && s.card.get(Dimension::Fluency).is_none(),
                    None => true,
                })
                .filter_map(|c| Some((c.candidate.id, c.candidate.text()?.to_owned())))
                .collect();
            if open.is_empty() {
                continue;
            }
            run.tell(Phase::Scoring, "");
            let rows: Vec<RowToScore> = open
                .iter()
                .map(|(_, text)| RowToScore { tuples: vec![row.tuple.clone()], sentence: text.clone() })
                .collect();
            let rows: Vec<&RowToScore> = rows.iter().collect();
            let measured = self.measure(run, &rows)?;
            let scores: Vec<(CandidateId, Scored)> =
                open.iter().zip(&measured).map(|((candidate, _), m)| (*candidate, stored(m, &version))).collect();
            self.db.put_scores(id, &scores)?;
            run.totals.scored += scores.len() as u64;
        }
        Ok(())
    }

    /// Measures with the model; an engine that dies twice over the same sentences leaves them to the rest.
    fn measure(&mut self, run: &mut Run<'_>, rows: &[&RowToScore]) -> Result<Vec<Measured>, PipelineError> {
        for _ in 0..2 {
            let Some(engines) = self.engines.as_deref_mut() else { break };
            match score_rows(Some(engines), self.scorer, self.catalogue, rows, run.cancel) {
                Ok(measured) => {
                    run.deaths = 0;
                    return Ok(measured);
                }
                Err(EngineError::Died(cause)) => {
                    engines.drop_judges(&[TUNED, CRITIC]);
                    run.died(&cause)?;
                }
                Err(error) => return Err(error.into()),
            }
        }
        if self.engines.is_some() {
            run.totals.unjudged += rows.len() as u64;
        }
        Ok(score_rows(None, self.scorer, self.catalogue, rows, run.cancel)?)
    }

    /// Gives every scored candidate its place.
    pub(super) fn rank(&mut self, tuples: &[TupleId]) -> Result<(), PipelineError> {
        for &id in tuples {
            let places = places(&self.db.candidates(id)?);
            if !places.is_empty() {
                self.db.put_places(id, &places)?;
            }
        }
        Ok(())
    }
}

/// The order of a tuple's scored sentences.
pub(super) fn places(rows: &[CandidateRow]) -> Vec<Ranked> {
    let entrant = |row: &'_ CandidateRow| {
        let scored = row.scored.as_ref()?;
        let index = Index { value: scored.sei, vetoes: scored.vetoes.clone() };
        Some((row.candidate.id, row.candidate.text()?.to_owned(), scored.card, index))
    };
    let entrants: Vec<_> = rows.iter().filter_map(entrant).collect();
    let entrants: Vec<Entrant<'_>> = entrants
        .iter()
        .map(|(id, text, card, index)| Entrant { id: *id, text, card: *card, index: index.clone() })
        .collect();
    rank(&entrants)
}

/// What the models say of each sentence.
fn ask(
    engines: &mut Engines,
    fact: &Fact<'_>,
    sentences: &[&str],
    cancel: &Cancel,
) -> Result<Vec<Option<LmEvidence>>, EngineError> {
    let mut evidence = vec![None; sentences.len()];
    put(engines.judge(cancel)?, interview(fact, sentences), cancel, &mut evidence)?;
    for (adapter, interview) in
        [(TUNED, tuned_interview(fact, sentences)), (CRITIC, critical_interview(fact, sentences))]
    {
        if interview.judgements.is_empty() {
            continue;
        }
        match engines.second_judge(adapter, cancel) {
            Ok(engine) => put(engine, interview, cancel, &mut evidence)?,
            // A default model of the user's own need not have the adapter's base beside it: what the adapter would
            // say is absent then, and the sentence's evidence says so.
            Err(EngineError::Load(why)) => tracing::warn!(why, adapter, "the adapter cannot judge"),
            Err(error) => return Err(error),
        }
    }
    Ok(evidence)
}

/// Puts an interview's questions to a model.
fn put(
    engine: &mut dyn Engine,
    interview: Interview,
    cancel: &Cancel,
    evidence: &mut [Option<LmEvidence>],
) -> Result<(), EngineError> {
    let mut answers: Vec<Option<Judged>> = vec![None; interview.judgements.len()];
    engine.judge(&interview.judgements, cancel, &mut |index, answer| match answer {
        Ok(judged) => answers[index] = Some(judged),
        // One question that cannot be answered leaves its measurement absent, and that is shown.
        Err(error) => tracing::warn!(%error, index, "a question about a sentence was not answered"),
    })?;
    interview.add(answers, engine.info().mark(), evidence);
    Ok(())
}

/// A measurement as the store keeps it.
fn stored(measured: &Measured, version: &str) -> Scored {
    let json = |value: Result<String, serde_json::Error>| value.unwrap_or_else(|_| "{}".to_owned());
    let card: ScoreCard = measured.card;
    Scored {
        version: version.to_owned(),
        card,
        sei: measured.index.value,
        vetoes: measured.index.vetoes.clone(),
        raw: json(serde_json::to_string(&measured.raw)),
        evidence: json(serde_json::to_string(&measured.evidence)),
    }
}

/// A sentence and what it should state, outside of any project.
#[derive(Debug, Clone, PartialEq)]
pub struct RowToScore {
    pub tuples: Vec<RelationTuple>,
    pub sentence: String,
}

/// Scores rows in their order. Rows that stand together and share their tuples share the model's work.
///
/// # Errors
/// Cancelled, or an engine that died.
pub fn score_rows(
    mut engines: Option<&mut Engines>,
    scorer: &mut Scorer,
    catalogue: &Catalogue,
    rows: &[&RowToScore],
    cancel: &Cancel,
) -> Result<Vec<Measured>, EngineError> {
    let mut measured = Vec::with_capacity(rows.len());
    for group in rows.chunk_by(|a, b| a.tuples == b.tuples) {
        if cancel.is_cancelled() {
            return Err(EngineError::Cancelled);
        }
        let tuples = &group[0].tuples;
        let relations: Vec<Relation> = tuples.iter().map(|t| catalogue.describe(&t.relation)).collect();
        let fact = Fact { tuples, relations: &relations };
        let sentences: Vec<&str> = group.iter().map(|row| row.sentence.as_str()).collect();
        let answers = match engines.as_deref_mut() {
            Some(engines) => ask(engines, &fact, &sentences, cancel)?,
            None => vec![None; sentences.len()],
        };
        // Several facts have no one tone of their own.
        let tone = if let [relation] = relations.as_slice() { relation.tone.unwrap_or(0.0) } else { 0.0 };
        for (sentence, answer) in sentences.iter().zip(&answers) {
            measured.push(scorer.score(&fact, sentence, answer.as_ref(), tone));
        }
    }
    Ok(measured)
}
