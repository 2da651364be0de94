//! A tuple's way through the machine: generate, score, rank, amalgamate; each result stored when ready.
//!
//! Resumable by construction: what to do is read from the project, so a second run does exactly what the
//! first left. A failed candidate is a row with its cause and is left alone until someone asks for a retry.

mod examples;
mod generate;
pub mod judge;
pub mod replay;
pub mod writer;

use super::progress::{Phase, Progress};
use super::rescore::{from_measurements, rescore};
use crate::domain::TupleId;
use crate::domain::filter::Filter;
use crate::domain::method::{Method, in_order};
use crate::domain::relation::Catalogue;
use crate::jobs::{Cancel, EngineError, Engines};
use crate::sei::Scorer;
use crate::store::{Db, MeasuredRow, Stale, StoreError, Wanted};
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};
use thiserror::Error;

/// Which stages a run goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stages {
    pub generate: bool,
    pub score: bool,
    pub rank: bool,
    pub amalgamate: bool,
}

impl Stages {
    pub const ALL: Self = Self { generate: true, score: true, rank: true, amalgamate: true };
}

/// What a run is to do.
#[derive(Debug, Clone)]
pub struct Plan {
    pub stages: Stages,
    pub filter: Filter,
    /// Tuples, not candidates.
    pub limit: Option<u64>,
    /// Measure again what has scores already.
    pub rescore: bool,
    pub retry_failed: bool,
    /// Seeds the candidates; part of their provenance.
    pub seed: u64,
    /// Tuples whose candidates are written together; more of them fill the engine's batch better.
    pub batch: usize,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            stages: Stages::ALL,
            filter: Filter::default(),
            limit: None,
            rescore: false,
            retry_failed: false,
            seed: 0,
            batch: 16,
        }
    }
}

/// What a run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    pub tuples: u64,
    pub written: u64,
    pub failed: u64,
    pub scored: u64,
    /// Sentences scored anew from what was measured before.
    pub rescored: u64,
    /// Of those, sentences that other models judged than this version of SEI was fitted to.
    pub strange: u64,
    /// Of those scored, sentences that the engine died of: the model's part of their scores is absent.
    pub unjudged: u64,
    pub output_tokens: u64,
    pub prompt_tokens: u64,
    /// Prompt tokens that were really evaluated, the rest having been in the cache.
    pub evaluated_tokens: u64,
    pub cancelled: bool,
}

#[derive(Debug, Error)]
pub enum PipelineError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error("{0}")]
    Methods(String),
    #[error("method '{0}' asks a language model, and none is loaded")]
    NoEngine(String),
}

/// The tools of a run. One thread owns it.
pub struct Pipeline<'a> {
    pub db: &'a mut Db,
    /// `None` runs what needs no model: template methods, surface scores, ranking.
    pub engines: Option<&'a mut Engines>,
    pub scorer: &'a mut Scorer,
    /// All methods that are to run, the blend among them.
    pub methods: &'a [Method],
    pub catalogue: &'a Catalogue,
}

/// What a run asks and tells while it works.
pub trait Watcher {
    /// Called whenever something moved; the newest value replaces the one before.
    fn progress(&mut self, progress: &Progress);

    /// A tuple to be made again before all else, if somebody asked for one.
    fn urgent(&mut self) -> Option<TupleId> {
        None
    }
}

/// The state of a run: totals, clock and who watches.
struct Run<'w> {
    plan: &'w Plan,
    cancel: &'w Cancel,
    watcher: &'w mut dyn Watcher,
    begun: Instant,
    total: u64,
    totals: Totals,
    phase: Phase,
    epoch: u64,
    /// Engines that died one after another, with nothing answered in between.
    deaths: u32,
}

/// So many deaths in a row are no accident of one sentence.
const DEATHS: u32 = 3;

impl Run<'_> {
    /// Counts a death.
    ///
    /// # Errors
    /// The cause, when it is time to give up.
    fn died(&mut self, cause: &str) -> Result<(), EngineError> {
        self.deaths += 1;
        tracing::warn!(cause, deaths = self.deaths, "the engine died and is made anew");
        if self.deaths >= DEATHS { Err(EngineError::Died(cause.to_owned())) } else { Ok(()) }
    }

    fn tell(&mut self, phase: Phase, note: &str) {
        self.phase = phase;
        let elapsed = self.begun.elapsed();
        let progress = Progress {
            phase: if self.cancel.is_cancelled() && phase != Phase::Finished { Phase::Stopping } else { phase },
            done: self.totals.tuples,
            total: self.total.max(self.totals.tuples),
            written: self.totals.written,
            failed: self.totals.failed,
            tokens_per_s: rate(self.totals.output_tokens, elapsed),
            elapsed,
            note: note.to_owned(),
            epoch: self.epoch,
        };
        self.watcher.progress(&progress);
    }
}

#[expect(clippy::cast_precision_loss, reason = "token counts stay far below 2^52")]
fn rate(count: u64, elapsed: Duration) -> f64 {
    let seconds = elapsed.as_secs_f64();
    if seconds > 0.0 { count as f64 / seconds } else { 0.0 }
}

impl Pipeline<'_> {
    /// Runs the plan to its end, or until cancelled: then what is done stays, and the totals say so.
    ///
    /// # Errors
    /// The store's, an engine that died, methods that cannot run.
    pub fn run(&mut self, plan: &Plan, cancel: &Cancel, watcher: &mut dyn Watcher) -> Result<Totals, PipelineError> {
        let (mut blends, writers): (Vec<&Method>, Vec<&Method>) = self.methods.iter().partition(|m| m.best.is_some());
        let writers: Vec<Method> = writers.into_iter().cloned().collect();
        let writers = in_order(&writers).map_err(PipelineError::Methods)?;
        // What is made of the best of all comes last: it may be made of what is made of the best of each kind.
        blends.sort_by_key(|method| method.best);
        blends.retain(|_| plan.stages.amalgamate);
        if self.engines.is_none() {
            let asking = writers
                .iter()
                .copied()
                .filter(|_| plan.stages.generate)
                .chain(blends.iter().copied())
                .find(|m| m.asks_model());
            if let Some(method) = asking {
                return Err(PipelineError::NoEngine(method.name.clone()));
            }
        }
        let wanted = wanted(plan, &writers, &blends, &self.scorer.policy().index.version, self.engines.is_some());
        let limit = plan.limit.unwrap_or(u64::MAX);
        let mut run = Run {
            total: self.db.count_to_do(&wanted, &plan.filter)?.min(limit),
            plan,
            cancel,
            watcher,
            begun: Instant::now(),
            totals: Totals::default(),
            phase: Phase::Generating,
            epoch: 0,
            deaths: 0,
        };
        // Looking at every score takes a while: only where scoring is what was asked for.
        if plan.stages.score && !plan.stages.generate && blends.is_empty() && !plan.rescore {
            self.rescore_stored(&mut run, limit)?;
            run.total = (self.db.count_to_do(&wanted, &plan.filter)? + run.totals.tuples).min(limit);
        }
        run.tell(if plan.stages.generate { Phase::Generating } else { Phase::Scoring }, "");
        let mut after = None;
        while run.totals.tuples < limit {
            while !cancel.is_cancelled()
                && let Some(tuple) = run.watcher.urgent()
            {
                self.chunk(&mut run, &[tuple], &writers, &blends, true)?;
            }
            let room = usize::try_from(limit - run.totals.tuples).unwrap_or(usize::MAX);
            let chunk = self.db.to_do(&wanted, &plan.filter, after, plan.batch.min(room))?;
            let Some(&last) = chunk.last() else { break };
            after = Some(last);
            self.chunk(&mut run, &chunk, &writers, &blends, false)?;
            if cancel.is_cancelled() {
                break;
            }
        }
        while !cancel.is_cancelled()
            && let Some(tuple) = run.watcher.urgent()
        {
            self.chunk(&mut run, &[tuple], &writers, &blends, true)?;
        }
        run.totals.cancelled = cancel.is_cancelled();
        let totals = run.totals;
        run.tell(Phase::Finished, "");
        Ok(totals)
    }

    /// Scores made under another policy, from what was measured then.
    fn rescore_stored(&mut self, run: &mut Run<'_>, limit: u64) -> Result<(), PipelineError> {
        let Plan { filter, .. } = run.plan;
        let cancel = run.cancel;
        let policy = self.scorer.policy();
        let strange = AtomicU64::new(0);
        let remake = |row: &MeasuredRow| from_measurements(policy, row, &strange);
        rescore(self.db, &policy.index.version, &remake, filter, limit, cancel, &mut |sofar| {
            (run.totals.tuples, run.totals.rescored, run.total) = (sofar.tuples, sofar.sentences, sofar.total);
            run.epoch += 1;
            run.tell(Phase::Scoring, "from what was measured");
        })?;
        run.totals.strange = strange.into_inner();
        Ok(())
    }

    /// Takes a few tuples through all stages. `again` writes new candidates beside the old ones.
    fn chunk(
        &mut self,
        run: &mut Run<'_>,
        tuples: &[TupleId],
        writers: &[&Method],
        blends: &[&Method],
        again: bool,
    ) -> Result<(), PipelineError> {
        let stages = run.plan.stages;
        let outcome = (|| {
            if stages.generate {
                self.generate(run, tuples, writers, again)?;
            }
            if stages.score {
                self.score(run, tuples)?;
            }
            for blend in blends {
                run.tell(Phase::Amalgamating, "");
                self.amalgamate(run, tuples, blend, again)?;
                if stages.score {
                    self.score(run, tuples)?;
                }
            }
            // Last: a tuple that has its places is ready for people, and must not change under their eyes.
            if stages.rank {
                self.rank(tuples)?;
            }
            Ok(())
        })();
        match outcome {
            // Cancelled half-way: the rest of these tuples is to do next time.
            Err(PipelineError::Engine(EngineError::Cancelled)) => Ok(()),
            Err(error) => Err(error),
            Ok(()) => {
                run.totals.tuples += if again { 0 } else { tuples.len() as u64 };
                run.epoch += 1;
                run.tell(run.phase, "");
                Ok(())
            }
        }
    }
}

fn wanted(plan: &Plan, writers: &[&Method], blends: &[&Method], version: &str, model: bool) -> Wanted {
    let names = |methods: &mut dyn Iterator<Item = &&Method>| methods.map(|m| m.name.clone()).collect();
    Wanted {
        methods: if plan.stages.generate { names(&mut writers.iter()) } else { Vec::new() },
        blends: names(&mut blends.iter()),
        score: plan.stages.score,
        rescore: plan.rescore,
        stale: (plan.stages.score && !plan.stages.generate && blends.is_empty())
            .then(|| Stale { version: version.to_owned(), model }),
        rank: plan.stages.rank,
        retry_failed: plan.retry_failed,
    }
}
