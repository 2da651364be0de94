//! A [`Db`] on a thread of its own: the loop asks and goes on; dropping the handle finishes what was asked.

use super::Db;
use super::error::StoreError;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc;
use std::thread::JoinHandle;
use tokio::sync::oneshot;

type Job = Box<dyn FnOnce(&mut Db) + Send>;

/// Requests are done one after the other, in the order asked. A request is done even if the future that waits
/// for it is dropped: a decision on its way is not lost.
#[derive(Debug)]
pub struct Store {
    /// `None` only while it is dropped: the channel closes before the thread is joined.
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Store {
    /// # Errors
    /// As [`Db::open`].
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::start(Db::open(path)?)
    }

    /// Moves a connection to a thread.
    ///
    /// # Errors
    /// `GivenUp` if the system has no thread to give.
    pub fn start(mut db: Db) -> Result<Self, StoreError> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let work = move || {
            for job in queue {
                if catch_unwind(AssertUnwindSafe(|| job(&mut db))).is_err() {
                    db.abandon();
                }
            }
        };
        let thread = std::thread::Builder::new().name("store".into()).spawn(work).map_err(|error| {
            tracing::error!(%error, "cannot start the store thread");
            StoreError::GivenUp
        })?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Runs `f` on the store's thread.
    ///
    /// # Errors
    /// Those of `f`; `GivenUp` if it panicked, which the thread survives.
    pub async fn call<T, E>(&self, f: impl FnOnce(&mut Db) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |db| {
            // Nobody may be waiting any more; the work is done all the same.
            let _unheard = reply.send(f(db));
        });
        let sent = self.jobs.as_ref().is_some_and(|jobs| jobs.send(job).is_ok());
        if !sent {
            return Err(StoreError::GivenUp.into());
        }
        answer.await.unwrap_or_else(|_| Err(StoreError::GivenUp.into()))
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the store thread panicked");
        }
    }
}
