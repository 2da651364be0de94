//! Writing candidates: requests of many tuples and methods go to the engine together.

use super::judge::places;
use super::writer::{self, Order, Slots};
use super::{Pipeline, PipelineError, Run};
use crate::domain::candidate::{Origin, Yield};
use crate::domain::method::{Best, Method, Paradigm, Recipe};
use crate::domain::{CandidateId, TupleId};
use crate::jobs::engine::EngineInfo;
use crate::jobs::{EngineError, Generated, Generation};
use crate::store::{CandidateRow, Db, StoreError, TupleRow};
use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

/// How many other facts about an entity go into a prompt.
const NEIGHBOURS: usize = 4;

/// How many sentences that people chose are looked at for the nearest.
const CHOSEN: usize = 200;

/// A sentence to be asked of the model, and for which tuple.
struct Open {
    tuple: TupleId,
    /// Whose engine; `None` for the default model's.
    model: Option<String>,
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
                let slots = self.slots(&row, methods)?;
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

    /// Makes one more candidate of each tuple's best.
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
            let best = best_of(&existing, blend);
            match blend.best {
                Some(best_of) if best.len() == best_of.count() => {}
                // Too few that are any good: other methods may bring more, and nothing has failed.
                Some(Best::Top) | None => continue,
                Some(Best::Paradigms) => {
                    let cause = "fewer than two paradigms have a sentence without a veto".to_owned();
                    self.keep(run, id, &Yield::Failed(cause), &failed_origin(blend, ordinal))?;
                    continue;
                }
            }
            let slots = self.slots(&row, &[blend])?;
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
        let info = self.info(run, method)?;
        let seed = writer::seed(run.plan.seed, &row.tuple, &method.name, ordinal);
        match writer::order(method, ask, slots, inputs, seed, &info) {
            Ok(mut order) => {
                order.origin.ordinal = ordinal;
                open.push(Open { tuple: row.id, model: method.model().map(str::to_owned), order });
                Ok(())
            }
            Err(cause) => self.keep(run, row.id, &Yield::Failed(cause), &failed_origin(method, ordinal)),
        }
    }

    fn info(&mut self, run: &Run<'_>, method: &Method) -> Result<EngineInfo, PipelineError> {
        let engines = self.engines.as_deref_mut().ok_or_else(|| PipelineError::NoEngine(method.name.clone()))?;
        Ok(engines.writer(method.model(), run.cancel)?.info())
    }

    /// Asks the engines for all that is open, one after another, and stores each answer as it comes.
    fn ask(&mut self, run: &mut Run<'_>, open: &[Open]) -> Result<(), PipelineError> {
        let mut by_model: BTreeMap<Option<&str>, Vec<&Open>> = BTreeMap::new();
        for one in open {
            by_model.entry(one.model.as_deref()).or_default().push(one);
        }
        // A method's requests together: its instructions are evaluated for the first and copied to the others.
        for open in by_model.values_mut() {
            open.sort_by(|a, b| a.order.origin.method.cmp(&b.order.origin.method));
        }
        for (model, open) in by_model {
            self.ask_one(run, model, &open)?;
        }
        Ok(())
    }

    /// Asks one engine. If it dies, what it left unanswered is asked again one by one of a new one: the
    /// request that kills it then stands alone, and is a failed candidate; the others are written.
    fn ask_one(&mut self, run: &mut Run<'_>, model: Option<&str>, open: &[&Open]) -> Result<(), PipelineError> {
        let Err((cause, unanswered)) = self.ask_once(run, model, open)? else { return Ok(()) };
        if let Some(engines) = self.engines.as_deref_mut() {
            engines.drop_writer(model);
        }
        if let [only] = open {
            let (made, origin) = only.order.failed(&format!("the engine died while this was being written: {cause}"));
            self.keep(run, only.tuple, &made, &origin)?;
            return Ok(run.died(&cause)?);
        }
        run.died(&cause)?;
        for one in unanswered {
            self.ask_one(run, model, &[one])?;
        }
        Ok(())
    }

    /// The inner error is the cause of an engine's death with what it did not answer.
    fn ask_once<'o>(
        &mut self,
        run: &mut Run<'_>,
        model: Option<&str>,
        open: &[&'o Open],
    ) -> Result<Result<(), (String, Vec<&'o Open>)>, PipelineError> {
        let cancel = run.cancel;
        let Some(engines) = self.engines.as_deref_mut() else {
            return Err(PipelineError::NoEngine(open[0].order.origin.method.clone()));
        };
        let engine = engines.writer(model, cancel)?;
        let requests: Vec<Generation> = open.iter().map(|o| o.order.generation.clone()).collect();
        let mut stored: Result<(), StoreError> = Ok(());
        let mut unanswered = vec![true; open.len()];
        let mut since = Instant::now();
        let db = &mut *self.db;
        let mut sink = |index: usize, answer: Result<Generated, EngineError>| {
            let Some(Open { tuple, order, .. }) = open.get(index) else { return };
            unanswered[index] = false;
            run.deaths = 0;
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
        match outcome {
            Ok(()) => Ok(Ok(())),
            Err(EngineError::Died(cause)) => {
                let left = open.iter().zip(unanswered).filter(|(_, unanswered)| *unanswered).map(|(one, _)| *one);
                Ok(Err((cause, left.collect())))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn keep(&mut self, run: &mut Run<'_>, tuple: TupleId, made: &Yield, origin: &Origin) -> Result<(), PipelineError> {
        Ok(keep(self.db, run, tuple, made, origin)?)
    }

    pub(super) fn slots(&mut self, row: &TupleRow, methods: &[&Method]) -> Result<Slots, PipelineError> {
        let relation = self.catalogue.describe(&row.tuple.relation);
        let mut known: Vec<String> = Vec::new();
        for end in [&row.tuple.head, &row.tuple.tail] {
            known.extend(self.db.entity_text(&end.name)?.map(|text| beginning(&text)));
        }
        known.extend(self.db.neighbours(row.id, NEIGHBOURS)?.iter().map(|n| {
            let label = self.catalogue.describe(&n.relation).label;
            format!("The {label} of {} is {}.", n.head.surface(), n.tail.surface())
        }));
        let wants_examples = |m: &&Method| matches!(&m.recipe, Recipe::Ask(ask) if ask.speaks_of("examples"));
        let examples = if methods.iter().any(wants_examples) {
            self.db.chosen_of_relation(&row.tuple.relation, row.id, CHOSEN)?
        } else {
            Vec::new()
        };
        Ok(Slots::of(&row.tuple, &relation, &known, examples))
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

/// The first sentence of a text, or as much of it as a prompt has room for, cut between words.
fn beginning(text: &str) -> String {
    const ROOM: usize = 160;
    let first = text.split_inclusive(". ").next().unwrap_or(text).trim_end();
    if first.chars().count() <= ROOM {
        return first.to_owned();
    }
    let cut: String = first.chars().take(ROOM).collect();
    format!("{}.", cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole).trim_end_matches([',', ';']))
}

/// The sentences that a method is made of, the best first, by what it asks for.
fn best_of(existing: &[CandidateRow], method: &Method) -> Vec<(CandidateId, String)> {
    let mut paradigms: Vec<Paradigm> = vec![Paradigm::Amalgam];
    let mut best = Vec::new();
    for place in places(existing) {
        let Some(row) = existing.iter().find(|c| c.candidate.id == place.id) else { continue };
        let (origin, sound) = (&row.candidate.origin, row.scored.as_ref().is_some_and(|s| s.vetoes.is_empty()));
        let Some(text) = row.candidate.text().filter(|_| sound && origin.method != method.name) else { continue };
        if method.best == Some(Best::Paradigms) {
            if paradigms.contains(&origin.paradigm) {
                continue;
            }
            paradigms.push(origin.paradigm);
        }
        best.push((row.candidate.id, text.to_owned()));
    }
    best.truncate(method.best.map_or(0, Best::count));
    best
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
