//! Writing candidates: requests of many tuples and methods go to the engine together.

use super::judge::places;
use super::writer::{self, Order, Slots};
use super::{Pipeline, PipelineError, Run};
use crate::domain::candidate::{Origin, Yield};
use crate::domain::method::{Method, Recipe};
use crate::domain::{CandidateId, TupleId};
use crate::jobs::engine::EngineInfo;
use crate::jobs::{EngineError, Generated, Generation};
use crate::store::{CandidateRow, Db, StoreError, TupleRow};
use std::collections::HashMap;
use std::time::Instant;

/// How many other facts about an entity go into a prompt.
const NEIGHBOURS: usize = 4;

/// A sentence to be asked of the model, and for which tuple.
struct Open {
    tuple: TupleId,
    order: Order,
}

impl Pipeline<'_> {
    /// Writes what the methods lack for these tuples, inputs before those that use them.
    pub(super) fn generate(
        &mut self,
        run: &mut Run<'_>,
        tuples: &[TupleId],
        methods: &[&Method],
        again: bool,
    ) -> Result<(), PipelineError> {
        let mut rows = Vec::with_capacity(tuples.len());
        for &id in tuples {
            if let Some(row) = self.db.tuple(id)? {
                let slots = self.slots(&row)?;
                rows.push((row, slots));
            }
        }
        for wave in waves(methods) {
            let mut open = Vec::new();
            for (row, slots) in &rows {
                let existing = self.db.candidates(row.id)?;
                for method in &wave {
                    let Some(ordinal) = next_ordinal(&existing, method, again, run.plan.retry_failed) else { continue };
                    let inputs = match inputs_of(method, &existing) {
                        Ok(inputs) => inputs,
                        Err(cause) => {
                            let origin = failed_origin(method, ordinal);
                            self.keep(run, row.id, &Yield::Failed(cause), &origin)?;
                            continue;
                        }
                    };
                    self.open(run, row, slots, method, &inputs, ordinal, &mut open)?;
                }
            }
            self.ask(run, &open)?;
        }
        Ok(())
    }

    /// Blends the three best of each tuple into one more candidate.
    pub(super) fn amalgamate(
        &mut self,
        run: &mut Run<'_>,
        tuples: &[TupleId],
        blend: &Method,
        again: bool,
    ) -> Result<(), PipelineError> {
        let mut open = Vec::new();
        for &id in tuples {
            let Some(row) = self.db.tuple(id)? else { continue };
            let existing = self.db.candidates(id)?;
            let Some(ordinal) = next_ordinal(&existing, blend, again, run.plan.retry_failed) else { continue };
            let row_of = |id: CandidateId| existing.iter().find(|c| c.candidate.id == id);
            let best: Vec<(CandidateId, String)> = places(&existing)
                .iter()
                .filter_map(|place| row_of(place.id))
                .filter(|c| c.candidate.origin.method != blend.name)
                .filter(|c| c.scored.as_ref().is_some_and(|s| s.vetoes.is_empty()))
                .filter_map(|c| Some((c.candidate.id, c.candidate.text()?.to_owned())))
                .take(3)
                .collect();
            // Too few that are any good: other methods may bring more, and nothing has failed.
            if best.len() < 3 {
                continue;
            }
            let slots = self.slots(&row)?;
            self.open(run, &row, &slots, blend, &best, ordinal, &mut open)?;
        }
        self.ask(run, &open)
    }

    /// Fills a template at once, or puts a request on the list.
    #[expect(clippy::too_many_arguments, reason = "one call site each for methods and the blend")]
    fn open(
        &mut self,
        run: &mut Run<'_>,
        row: &TupleRow,
        slots: &Slots,
        method: &Method,
        inputs: &[(CandidateId, String)],
        ordinal: u32,
        open: &mut Vec<Open>,
    ) -> Result<(), PipelineError> {
        let ask = match &method.recipe {
            Recipe::FillTemplate => {
                let (made, mut origin) = writer::fill(method, slots);
                origin.ordinal = ordinal;
                return self.keep(run, row.id, &made, &origin);
            }
            Recipe::Ask(ask) => ask,
        };
        let info = self.info(&method.name)?;
        let seed = writer::seed(run.plan.seed, &row.tuple, &method.name, ordinal);
        match writer::order(method, ask, slots, inputs, seed, &info) {
            Ok(mut order) => {
                order.origin.ordinal = ordinal;
                open.push(Open { tuple: row.id, order });
                Ok(())
            }
            Err(cause) => self.keep(run, row.id, &Yield::Failed(cause), &failed_origin(method, ordinal)),
        }
    }

    fn info(&self, method: &str) -> Result<EngineInfo, PipelineError> {
        self.engine.as_ref().map(|e| e.info()).ok_or_else(|| PipelineError::NoEngine(method.to_owned()))
    }

    /// Asks the engine for all that is open and stores each answer as it comes.
    fn ask(&mut self, run: &mut Run<'_>, open: &[Open]) -> Result<(), PipelineError> {
        if open.is_empty() {
            return Ok(());
        }
        let Some(engine) = self.engine.as_deref_mut() else {
            return Err(PipelineError::NoEngine(open[0].order.origin.method.clone()));
        };
        let requests: Vec<Generation> = open.iter().map(|o| o.order.generation.clone()).collect();
        let mut stored: Result<(), StoreError> = Ok(());
        let mut unanswered = vec![true; open.len()];
        let mut since = Instant::now();
        let cancel = run.cancel;
        let db = &mut *self.db;
        let mut sink = |index: usize, answer: Result<Generated, EngineError>| {
            let Some(Open { tuple, order }) = open.get(index) else { return };
            unanswered[index] = false;
            // Time since the answer before this one: the sum over a batch is the batch's time.
            let millis = u32::try_from(since.elapsed().as_millis()).unwrap_or(u32::MAX);
            since = Instant::now();
            let (made, origin) = match answer {
                Ok(generated) => {
                    run.totals.output_tokens += u64::from(generated.output_tokens);
                    run.totals.prompt_tokens += u64::from(generated.prompt_tokens);
                    run.totals.evaluated_tokens += u64::from(generated.evaluated_tokens);
                    order.read(&generated, millis)
                }
                Err(error) => order.failed(&error.to_string()),
            };
            if stored.is_ok() {
                stored = keep(db, run, *tuple, &made, &origin);
            }
            let phase = run.phase;
            run.tell(phase, "");
        };
        let outcome = engine.generate(&requests, cancel, &mut sink);
        stored?;
        if let Err(EngineError::Died(cause)) = &outcome {
            // One of these may be what kills it: left open, every run to come would meet it first.
            let cause = format!("the engine died while this was being written: {cause}");
            for (Open { tuple, order }, _) in open.iter().zip(&unanswered).filter(|(_, unanswered)| **unanswered) {
                let (made, origin) = order.failed(&cause);
                self.keep(run, *tuple, &made, &origin)?;
            }
        }
        Ok(outcome?)
    }

    fn keep(&mut self, run: &mut Run<'_>, tuple: TupleId, made: &Yield, origin: &Origin) -> Result<(), PipelineError> {
        Ok(keep(self.db, run, tuple, made, origin)?)
    }

    fn slots(&mut self, row: &TupleRow) -> Result<Slots, PipelineError> {
        let relation = self.catalogue.describe(&row.tuple.relation);
        let neighbours: Vec<String> = self
            .db
            .neighbours(row.id, NEIGHBOURS)?
            .iter()
            .map(|n| {
                let label = self.catalogue.describe(&n.relation).label;
                format!("The {label} of {} is {}.", n.head.surface(), n.tail.surface())
            })
            .collect();
        Ok(Slots::of(&row.tuple, &relation, &neighbours))
    }
}

fn keep(db: &mut Db, run: &mut Run<'_>, tuple: TupleId, made: &Yield, origin: &Origin) -> Result<(), StoreError> {
    match made {
        Yield::Sentence(_) => run.totals.written += 1,
        Yield::Failed(_) => run.totals.failed += 1,
    }
    if run.plan.retry_failed {
        db.retry_candidate(tuple, made, origin)?;
    } else {
        db.add_candidate(tuple, made, origin)?;
    }
    Ok(())
}

/// Which try of this method is missing: `None` if nothing is.
fn next_ordinal(existing: &[CandidateRow], method: &Method, again: bool, retry: bool) -> Option<u32> {
    let mine = || existing.iter().filter(|c| c.candidate.origin.method == method.name);
    if again {
        // A template gives the same sentence each time.
        let repeats = !method.asks_model() && mine().next().is_some();
        return (!repeats).then(|| mine().map(|c| c.candidate.origin.ordinal + 1).max().unwrap_or(0));
    }
    if mine().all(|c| c.candidate.origin.ordinal != 0) {
        return Some(0);
    }
    let failed = mine().filter(|c| c.candidate.text().is_none()).map(|c| c.candidate.origin.ordinal).min();
    failed.filter(|_| retry)
}

/// The newest sentence of each input.
fn inputs_of(method: &Method, existing: &[CandidateRow]) -> Result<Vec<(CandidateId, String)>, String> {
    method
        .inputs
        .iter()
        .map(|input| {
            let newest = existing
                .iter()
                .filter(|c| c.candidate.origin.method == *input)
                .filter_map(|c| Some((c.candidate.origin.ordinal, c.candidate.id, c.candidate.text()?)))
                .max_by_key(|(ordinal, ..)| *ordinal);
            newest
                .map(|(_, id, text)| (id, text.to_owned()))
                .ok_or_else(|| format!("its input '{input}' gave no sentence"))
        })
        .collect()
}

/// The origin of a candidate that never came as far as a prompt.
fn failed_origin(method: &Method, ordinal: u32) -> Origin {
    Origin {
        method: method.name.clone(),
        paradigm: method.paradigm,
        model: None,
        model_digest: None,
        prompt_digest: String::new(),
        params: "{}".to_owned(),
        seed: 0,
        ordinal,
        parents: Vec::new(),
        prompt_tokens: 0,
        output_tokens: 0,
        millis: 0,
    }
}

/// Methods whose inputs are all in earlier waves, wave by wave. They come in a valid order.
fn waves<'m>(methods: &[&'m Method]) -> Vec<Vec<&'m Method>> {
    let mut depth: HashMap<&str, usize> = HashMap::new();
    let mut waves: Vec<Vec<&Method>> = Vec::new();
    for method in methods {
        let wave = method.inputs.iter().filter_map(|i| depth.get(i.as_str())).map(|d| d + 1).max().unwrap_or(0);
        depth.insert(&method.name, wave);
        if waves.len() <= wave {
            waves.resize_with(wave + 1, Vec::new);
        }
        waves[wave].push(method);
    }
    waves
}
