//! The workshop: all that a run needs, gathered once, so that the command line and the interface run alike.

use super::pipeline::{Pipeline, PipelineError, Plan, Totals, Watcher};
use crate::domain::method::Method;
use crate::domain::relation::Catalogue;
use crate::jobs::{Cancel, Engines, MakeEngine};
use crate::sei::{Scorer, SeiPolicy};
use crate::store::Db;
use std::path::PathBuf;
use std::sync::Arc;

/// Everything a run is made of but the project's open file.
#[derive(Clone)]
pub struct Workshop {
    pub project: PathBuf,
    pub methods: Vec<Method>,
    pub catalogue: Arc<Catalogue>,
    pub policy: Arc<SeiPolicy>,
    /// `None` where there is no model at all: what needs none still runs.
    pub engine: Option<MakeEngine>,
    /// Writes in place of the default model: a server elsewhere.
    pub writer: Option<MakeEngine>,
    /// Why there is none, and what to do; empty where there is one.
    pub lack: String,
}

impl Workshop {
    /// Runs a plan on this thread with a connection and an engine of its own.
    ///
    /// # Errors
    /// The engine cannot be made, the store fails, the engine dies: what was finished before is kept.
    pub fn run(&self, plan: &Plan, cancel: &Cancel, watcher: &mut dyn Watcher) -> Result<Totals, PipelineError> {
        let mut db = Db::open(&self.project)?;
        let mut engines = self.engine.clone().map(|make| Engines::new(make).with_writer(self.writer.clone()));
        let mut scorer = Scorer::new((*self.policy).clone());
        let mut pipeline = Pipeline {
            db: &mut db,
            engines: engines.as_mut(),
            scorer: &mut scorer,
            methods: &self.methods,
            catalogue: &self.catalogue,
        };
        pipeline.run(plan, cancel, watcher)
    }
}
