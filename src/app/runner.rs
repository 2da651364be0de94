//! The run in the background of the interface: at most one, with progress, cancel and regenerate.

use super::pipeline::{Plan, Watcher};
use super::progress::{Phase, Progress};
use super::workshop::Workshop;
use crate::domain::TupleId;
use crate::domain::filter::Filter;
use crate::jobs::cancel::Canceller;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How long closing waits for a run to stop.
const PATIENCE: Duration = Duration::from_secs(2);

/// Which tuples a run is for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scope {
    pub filter: Filter,
    pub limit: Option<u64>,
    /// This tuple again, before all else, with new candidates beside the old ones.
    pub first: Option<TupleId>,
    /// Only `first`, nothing after it.
    pub only_first: bool,
    /// What failed before is tried again.
    pub retry: bool,
}

/// Starts and stops the run.
pub struct Runner {
    workshop: Workshop,
    canceller: Canceller,
    progress: watch::Sender<Progress>,
    urgent: Arc<Mutex<VecDeque<TupleId>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Runner {
    #[must_use]
    pub fn new(workshop: Workshop) -> Self {
        Self {
            workshop,
            canceller: Canceller::default(),
            progress: watch::Sender::new(Progress::default()),
            urgent: Arc::default(),
            thread: Mutex::default(),
        }
    }

    /// Starts a run. While one is going, a `first` tuple joins it at the front.
    ///
    /// # Errors
    /// Another run is going, or there is no model, with what to do.
    pub fn start(&self, scope: Scope) -> Result<(), String> {
        let mut thread = locked(&self.thread);
        let going = thread.as_ref().is_some_and(|t| !t.is_finished());
        if going && self.progress.borrow().phase == Phase::Stopping {
            return Err("the run is stopping; try again in a moment".to_owned());
        }
        if let Some(tuple) = scope.first {
            locked(&self.urgent).push_back(tuple);
        }
        if going {
            return if scope.first.is_some() { Ok(()) } else { Err("a run is going already".to_owned()) };
        }
        if self.workshop.engine.is_none() {
            locked(&self.urgent).clear();
            return Err(self.workshop.lack.clone());
        }
        let cancel = self.canceller.start();
        let plan = Plan {
            filter: scope.filter,
            limit: if scope.only_first { Some(0) } else { scope.limit },
            // Few at a time: the first ones are ready to review soonest, and who asks for one waits for no others.
            batch: 2,
            retry_failed: scope.retry,
            ..Plan::default()
        };
        let workshop = self.workshop.clone();
        let mut watcher = Tell { progress: self.progress.clone(), urgent: Arc::clone(&self.urgent) };
        self.progress.send_replace(Progress { phase: Phase::Loading, ..Progress::default() });
        let run = move || {
            let result =
                std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| workshop.run(&plan, &cancel, &mut watcher)));
            let fault = match result {
                Ok(Ok(_)) => return,
                Ok(Err(error)) => error.to_string(),
                Err(_) => "the run panicked; the log says where".to_owned(),
            };
            tracing::error!(fault, "run failed");
            watcher.progress.send_modify(|p| {
                p.phase = if cancel.is_cancelled() { Phase::Finished } else { Phase::Failed };
                p.note = fault;
                p.epoch += 1;
            });
        };
        let spawned = std::thread::Builder::new().name("run".to_owned()).spawn(run);
        *thread = Some(spawned.map_err(|e| format!("cannot start a thread: {e}"))?);
        Ok(())
    }

    /// Asks the run to stop. What is finished stays.
    pub fn stop(&self) {
        self.canceller.cancel();
        locked(&self.urgent).clear();
        self.progress.send_if_modified(|p| {
            let running = p.running();
            if running {
                p.phase = Phase::Stopping;
            }
            running
        });
    }

    #[must_use]
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// Stops, and waits two seconds at most; true if the run has ended.
    pub fn close(&self) -> bool {
        self.stop();
        let Some(thread) = locked(&self.thread).take() else { return true };
        let deadline = Instant::now() + PATIENCE;
        while !thread.is_finished() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(10));
        }
        thread.is_finished() && thread.join().is_ok()
    }
}

struct Tell {
    progress: watch::Sender<Progress>,
    urgent: Arc<Mutex<VecDeque<TupleId>>>,
}

impl Watcher for Tell {
    fn progress(&mut self, progress: &Progress) {
        self.progress.send_replace(progress.clone());
    }

    fn urgent(&mut self) -> Option<TupleId> {
        locked(&self.urgent).pop_front()
    }
}

/// A lock whose holder panicked still guards plain data that is sound.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
