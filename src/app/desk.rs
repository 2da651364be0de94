//! What the interface may ask of an open project: each call runs on the store's own thread.

use super::progress::Progress;
use super::review::{Answer, Desk, ReviewError, ReviewItem, Touched, VerifyItem};
use super::runner::{Runner, Scope};
use crate::domain::filter::Filter;
use crate::domain::interval::{Interval, clopper_pearson, wilson};
use crate::domain::review::Verdict;
use crate::domain::{DecisionId, TupleId};
use crate::store::{Circumstance, Counts, Db, Key, Page, Sort, Store, StoreError, VerdictCounts};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::watch;

/// In milliseconds.
const HOUR: i64 = 3_600_000;

/// An open project, its annotator, and the run in the background.
pub struct App {
    pub project: PathBuf,
    pub desk: Arc<Desk>,
    store: Store,
    runner: Runner,
}

/// What the first screen shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Home {
    pub counts: Counts,
    pub accuracy: Option<Accuracy>,
    /// This annotator's decisions of the last hour, of today and in all, and median seconds a decision.
    pub pace: Pace,
}

/// How much one annotator got done.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Pace {
    pub last_hour: u64,
    /// Since midnight, UTC.
    pub today: u64,
    pub all: u64,
    /// Median seconds a decision, of those timed.
    pub median_seconds: Option<f64>,
}

/// The share of verified sentences that are right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Accuracy {
    pub right: u64,
    pub n: u64,
    pub wilson: Interval,
    pub clopper_pearson: Interval,
}

impl Accuracy {
    /// At 95%; `None` before the first verdict. Disputed sentences are not in `n`.
    #[must_use]
    pub fn of(verdicts: &VerdictCounts) -> Option<Self> {
        let n = verdicts.right + verdicts.wrong;
        Some(Self {
            right: verdicts.right,
            n,
            wilson: wilson(verdicts.right, n, 0.95)?,
            clopper_pearson: clopper_pearson(verdicts.right, n, 0.95)?,
        })
    }

    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of rows stay far below 2^52")]
    pub fn share(&self) -> f64 {
        self.right as f64 / self.n as f64
    }
}

impl App {
    #[must_use]
    pub fn new(project: PathBuf, desk: Desk, store: Store, runner: Runner) -> Self {
        Self { project, desk: Arc::new(desk), store, runner }
    }

    async fn at_desk<R: Send + 'static>(
        &self,
        work: impl FnOnce(&Desk, &mut Db) -> Result<R, ReviewError> + Send + 'static,
    ) -> Result<R, ReviewError> {
        let desk = Arc::clone(&self.desk);
        self.store.call(move |db| work(&desk, db)).await
    }

    /// # Errors
    /// Whatever the store says; so for all below.
    pub async fn home(&self) -> Result<Home, ReviewError> {
        self.at_desk(|desk, db| {
            let counts = db.counts()?;
            let accuracy = Accuracy::of(&db.verdict_counts()?);
            let now = super::review::now();
            let since = |moment| db.pace(&desk.annotator, moment).map(|pace| pace.decided + pace.verdicts);
            let pace = Pace {
                last_hour: since(now - HOUR)?,
                today: since(now - now % (24 * HOUR))?,
                all: since(0)?,
                median_seconds: db.median_seconds(&desk.annotator)?,
            };
            Ok(Home { counts, accuracy, pace })
        })
        .await
    }

    /// # Errors
    /// As above.
    pub async fn next_item(&self, passed: Vec<TupleId>) -> Result<Option<ReviewItem>, ReviewError> {
        self.at_desk(move |desk, db| desk.next(db, &passed)).await
    }

    /// # Errors
    /// As above, and a tuple that is not there.
    pub async fn open_item(&self, tuple: TupleId) -> Result<ReviewItem, ReviewError> {
        self.at_desk(move |desk, db| desk.open(db, tuple)).await
    }

    /// # Errors
    /// As above, and an answer that cannot be recorded, with the reason.
    pub async fn answer(&self, tuple: TupleId, answer: Answer, how: Circumstance) -> Result<DecisionId, ReviewError> {
        self.at_desk(move |desk, db| desk.answer(db, tuple, answer, how)).await
    }

    /// # Errors
    /// As above.
    pub async fn next_to_verify(&self, passed: Vec<TupleId>) -> Result<Option<VerifyItem>, ReviewError> {
        self.at_desk(move |desk, db| desk.next_to_verify(db, &passed)).await
    }

    /// # Errors
    /// As above.
    pub async fn open_to_verify(&self, tuple: TupleId) -> Result<Option<VerifyItem>, ReviewError> {
        self.at_desk(move |desk, db| desk.open_to_verify(db, tuple)).await
    }

    /// # Errors
    /// As above, and a sentence that no longer stands.
    pub async fn verify(
        &self,
        tuple: TupleId,
        of: DecisionId,
        verdict: Verdict,
        how: Circumstance,
    ) -> Result<DecisionId, ReviewError> {
        self.at_desk(move |desk, db| desk.verify(db, tuple, of, verdict, how)).await
    }

    /// # Errors
    /// As above.
    pub async fn undo(&self) -> Result<Option<Touched>, ReviewError> {
        self.at_desk(Desk::undo).await
    }

    /// # Errors
    /// As above.
    pub async fn redo(&self) -> Result<Option<Touched>, ReviewError> {
        self.at_desk(Desk::redo).await
    }

    /// # Errors
    /// As above.
    pub async fn page(
        &self,
        filter: Filter,
        sort: Sort,
        after: Option<Key>,
        limit: usize,
    ) -> Result<Page, ReviewError> {
        self.at_desk(move |_, db| Ok(db.page(&filter, sort, after.as_ref(), limit)?)).await
    }

    /// # Errors
    /// As above.
    pub async fn count(&self, filter: Filter) -> Result<u64, ReviewError> {
        self.at_desk(move |_, db| Ok(db.count(&filter)?)).await
    }

    /// Starts generating, scoring, ranking and amalgamating in the background; says so if it already runs.
    ///
    /// # Errors
    /// Why it cannot start: already running, no model.
    pub fn start(&self, scope: Scope) -> Result<(), String> {
        self.runner.start(scope)
    }

    /// Asks the run to stop; what is done stays.
    pub fn stop(&self) {
        self.runner.stop();
    }

    /// The newest progress.
    #[must_use]
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.runner.progress()
    }

    /// Stops what runs and closes the project, waiting at most two seconds for the run.
    pub fn close(self) {
        self.runner.close();
        drop(self.store);
    }
}

impl From<super::review::ReviewError> for String {
    fn from(error: super::review::ReviewError) -> Self {
        error.to_string()
    }
}

impl From<StoreError> for String {
    fn from(error: StoreError) -> Self {
        error.to_string()
    }
}
