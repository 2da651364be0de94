//! Replay: a sample of candidates is written again from what their rows say, to show whether they can be.

use super::{Pipeline, PipelineError, writer};
use crate::domain::candidate::Yield;
use crate::domain::digest::Digest;
use crate::domain::filter::Filter;
use crate::domain::method::Recipe;
use crate::domain::{CandidateId, TupleId};
use crate::jobs::{Cancel, EngineError};
use crate::store::{CandidateRow, StoreError, TupleRow};

/// How a candidate fared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The same sentence, letter for letter.
    Same,
    /// Another one, from the same prompt and the same model. `elsewhere`: the engine that wrote it is not this one (its
    /// version, device, threads or sequences), which is likely why.
    Other { text: String, elsewhere: bool },
    /// It was not written again, and why: the method, its prompt or its model is no longer what it was.
    Changed(String),
}

/// One candidate written again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    pub candidate: CandidateId,
    pub tuple: TupleId,
    pub method: String,
    pub text: String,
    pub outcome: Outcome,
}

/// Which candidates are drawn: those whose digest with `seed` is smallest, so that a sample is the same
/// everywhere and a larger one contains it.
struct Draw {
    key: u64,
    row: TupleRow,
    candidate: CandidateRow,
}

impl Pipeline<'_> {
    /// Writes `sample` sentences of models again, one call of `told` each.
    ///
    /// # Errors
    /// The store's, the engine's, or cancelled.
    pub fn replay(
        &mut self,
        filter: &Filter,
        sample: usize,
        seed: u64,
        cancel: &Cancel,
        told: &mut dyn FnMut(&Replayed),
    ) -> Result<(), PipelineError> {
        for Draw { row, candidate, .. } in self.draw(filter, sample, seed)? {
            if cancel.is_cancelled() {
                return Err(EngineError::Cancelled.into());
            }
            let outcome = self.again(&row, &candidate, cancel)?;
            told(&Replayed {
                candidate: candidate.candidate.id,
                tuple: row.id,
                method: candidate.candidate.origin.method.clone(),
                text: candidate.candidate.text().unwrap_or_default().to_owned(),
                outcome,
            });
        }
        Ok(())
    }

    fn draw(&self, filter: &Filter, sample: usize, seed: u64) -> Result<Vec<Draw>, StoreError> {
        let seed = seed.to_string();
        let mut drawn: Vec<Draw> = Vec::with_capacity(sample + 1);
        self.db.each_candidate::<StoreError>(filter, |row, candidate| {
            if candidate.candidate.origin.model.is_none() || candidate.candidate.text().is_none() {
                return Ok(());
            }
            let key = Digest::of(&["replay", &seed, &candidate.candidate.id.to_string()]).as_u64();
            if drawn.len() < sample || drawn.last().is_some_and(|last| key < last.key) {
                let at = drawn.partition_point(|known| known.key < key);
                drawn.insert(at, Draw { key, row: row.clone(), candidate });
                drawn.truncate(sample);
            }
            Ok(())
        })?;
        Ok(drawn)
    }

    fn again(&mut self, row: &TupleRow, of: &CandidateRow, cancel: &Cancel) -> Result<Outcome, PipelineError> {
        let origin = &of.candidate.origin;
        let changed = |why: &str| Ok(Outcome::Changed(why.to_owned()));
        let Some(method) = self.methods.iter().find(|method| method.name == origin.method) else {
            return changed("there is no such method any more, or its model is not here");
        };
        let Recipe::Ask(ask) = &method.recipe else { return changed("the method asks no model any more") };
        let existing = self.db.candidates(row.id)?;
        let text_of = |id: &CandidateId| {
            let found = existing.iter().find(|c| c.candidate.id == *id)?;
            Some((*id, found.candidate.text()?.to_owned()))
        };
        let Some(inputs) = origin.parents.iter().map(text_of).collect::<Option<Vec<_>>>() else {
            return changed("a sentence it was made of is gone");
        };
        let slots = self.slots(row, &[method])?;
        let Some(engines) = self.engines.as_deref_mut() else {
            return Err(PipelineError::NoEngine(method.name.clone()));
        };
        let engine = engines.writer(method.model(), cancel)?;
        let info = engine.info();
        let order = match writer::order(method, ask, &slots, &inputs, origin.seed, &info) {
            Ok(order) => order,
            Err(cause) => return changed(&cause),
        };
        if order.origin.prompt_digest != origin.prompt_digest {
            return changed("the prompt is another: the method, the catalogue or what the project knows has changed");
        }
        if order.origin.model_digest != origin.model_digest {
            return changed("the model's file is another");
        }
        if settings(&order.origin.params) != settings(&origin.params) {
            return changed("the sampling settings or the adapter are others");
        }
        let mut answer = None;
        engine.generate(std::slice::from_ref(&order.generation), cancel, &mut |_, given| answer = Some(given))?;
        let made = match answer {
            Some(Ok(generated)) => order.read(&generated, 0).0,
            Some(Err(error)) => Yield::Failed(error.to_string()),
            None => Yield::Failed("the engine gave no answer".to_owned()),
        };
        Ok(match made {
            Yield::Sentence(text) if Some(text.as_str()) == of.candidate.text() => Outcome::Same,
            Yield::Sentence(text) | Yield::Failed(text) => {
                let elsewhere = backend(&order.origin.params) != backend(&origin.params);
                Outcome::Other { text, elsewhere }
            }
        })
    }
}

/// What of a candidate's parameters decides its text. Backend and program are left out: whether they make a
/// difference is what a replay is to show.
fn settings(params: &str) -> Option<serde_json::Map<String, serde_json::Value>> {
    let mut all: serde_json::Map<String, serde_json::Value> = serde_json::from_str(params).ok()?;
    all.retain(|key, _| !matches!(key.as_str(), "backend" | "program" | "examples"));
    Some(all)
}

/// The engine that wrote it, in its own words.
fn backend(params: &str) -> Option<String> {
    let all: serde_json::Value = serde_json::from_str(params).ok()?;
    all.get("backend")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::{backend, settings};

    #[test]
    fn another_adapter_or_temperature_is_another_candidate_and_another_machine_is_not() {
        let one = r#"{"temperature": 0.5, "adapter_digest": "aa", "backend": "CPU", "program": "1"}"#;
        assert_eq!(settings(one), settings(&one.replace("CPU", "GPU").replace("\"1\"", "\"2\"")));
        assert_ne!(settings(one), settings(&one.replace("aa", "bb")));
        assert_ne!(settings(one), settings(&one.replace("0.5", "0.6")));
        assert!(settings(one).is_some());
        assert_eq!(backend(one).as_deref(), Some("CPU"));
    }
}
