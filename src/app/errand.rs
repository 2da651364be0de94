//! One piece of work beside the run, on a thread of its own: an export, a model being brought or checked. It tells how
//! far it is, and can be stopped.

use crate::jobs::Cancel;
use crate::jobs::cancel::Canceller;
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::{oneshot, watch};

/// Progress is told at most so often.
const PACE: Duration = Duration::from_millis(100);
/// How long closing waits for the work to stop.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unit {
    #[default]
    Rows,
    Bytes,
}

/// How far the work is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Errand {
    /// What is done, in a word or two; empty if nothing is.
    pub name: String,
    pub unit: Unit,
    pub done: u64,
    /// 0 if it is not known.
    pub total: u64,
}

impl Errand {
    #[must_use]
    pub fn going(&self) -> bool {
        !self.name.is_empty()
    }

    /// Of the whole, in 0..=1; `None` if that is not known.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "for a gauge")]
    pub fn share(&self) -> Option<f64> {
        (self.total > 0).then(|| (self.done as f64 / self.total as f64).min(1.0))
    }
}

/// What the work is handed: how to tell its progress, and whether it should stop.
pub struct Watch {
    pub cancel: Cancel,
    progress: watch::Sender<Errand>,
    told: Option<Instant>,
}

impl Watch {
    /// So much is done of so much.
    pub fn tell(&mut self, done: u64, total: u64) {
        if self.told.is_some_and(|told| told.elapsed() < PACE) {
            return;
        }
        self.told = Some(Instant::now());
        self.progress.send_modify(|errand| (errand.done, errand.total) = (done, total));
    }
}

/// At most one errand at a time.
#[derive(Default)]
pub struct Errands {
    canceller: Canceller,
    progress: watch::Sender<Errand>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Errands {
    /// Begins the work; its result comes when it ends.
    ///
    /// # Errors
    /// Other work is going on; that of the work itself.
    pub async fn begin<T: Send + 'static>(
        &self,
        name: String,
        unit: Unit,
        work: impl FnOnce(&mut Watch) -> Result<T, String> + Send + 'static,
    ) -> Result<T, String> {
        let other = self.progress.borrow().name.clone();
        if !other.is_empty() {
            return Err(format!("{other} is still going on; stop it, or wait"));
        }
        let mut watch = Watch { cancel: self.canceller.start(), progress: self.progress.clone(), told: None };
        self.progress.send_replace(Errand { name, unit, ..Errand::default() });
        let (reply, answer) = oneshot::channel();
        let run = move || {
            let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&mut watch)))
                .unwrap_or_else(|_| Err("the work panicked; the log says where".to_owned()));
            // Over before the result is told: who hears it may begin the next at once.
            watch.progress.send_replace(Errand::default());
            // Nobody may be waiting any more.
            let _unheard = reply.send(result);
        };
        match std::thread::Builder::new().name("errand".to_owned()).spawn(run) {
            Ok(thread) => *self.thread.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread),
            Err(error) => {
                self.progress.send_replace(Errand::default());
                return Err(format!("cannot start a thread: {error}"));
            }
        }
        answer.await.unwrap_or_else(|_| Err("the work was given up; the log says why".to_owned()))
    }

    /// Asks the work to stop.
    pub fn stop(&self) {
        self.canceller.cancel();
    }

    #[must_use]
    pub fn progress(&self) -> watch::Receiver<Errand> {
        self.progress.subscribe()
    }

    /// Stops, and waits two seconds at most.
    pub fn close(&self) {
        self.stop();
        let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
        let deadline = Instant::now() + PATIENCE;
        while !thread.is_finished() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    #[test]
    fn work_tells_how_far_it_is_and_gives_its_result() {
        let errands = Errands::default();
        let told = errands.progress();
        let result = wait(errands.begin("counting".into(), Unit::Rows, move |watch| {
            watch.tell(3, 6);
            let seen = told.borrow().clone();
            Ok((seen.share(), seen.name))
        }));
        assert_eq!(result, Ok((Some(0.5), "counting".into())));
        errands.close();
        assert!(!errands.progress().borrow().going());
    }

    #[test]
    fn a_panic_is_a_failure_and_a_stop_is_seen() {
        let errands = Errands::default();
        let failed = wait(errands.begin::<()>("x".into(), Unit::Rows, |_| panic!("on purpose")));
        assert!(failed.is_err_and(|cause| cause.contains("panicked")));
        errands.close();
        let stopped = async {
            let work = errands.begin("y".into(), Unit::Rows, |watch| {
                while !watch.cancel.is_cancelled() {
                    std::thread::sleep(Duration::from_millis(1));
                }
                Err::<(), _>("stopped".to_owned())
            });
            let busy = async {
                let busy = errands.begin::<()>("z".into(), Unit::Rows, |_| Ok(())).await;
                errands.stop();
                busy
            };
            futures::future::join(work, busy).await
        };
        let (stopped, busy) = wait(stopped);
        assert_eq!(stopped, Err("stopped".into()));
        assert!(busy.is_err_and(|cause| cause.contains("y is still going on")));
    }
}
