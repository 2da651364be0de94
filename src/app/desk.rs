//! What the interface may ask of an open project: each call runs on a thread of the store's own. Decisions and the next
//! item have one to themselves, so that no list and no sum keeps them waiting.

use super::adjudicate::SettleItem;
use super::command::{Commands, Program};
use super::errand::{Errand, Errands, Unit};
use super::home::{Accuracy, Home, Pace};
use super::progress::Progress;
use super::publish::{self, Order};
use super::review::{Answer, Desk, Recorded, ReviewError, ReviewItem, Touched, VerifyItem};
use super::runner::{Runner, Scope};
use super::section::{self, Section};
use super::shelf::{ModelRow, Shelf};
use super::stroke::{Sweep, SweepPreview};
use crate::domain::filter::Filter;
use crate::domain::review::Verdict;
use crate::domain::split::Plan;
use crate::domain::{DecisionId, TupleId};
use crate::export::{Format, Manifest, Published, Tacred};
use crate::store::{Circumstance, Column, Db, Key, Only, Page, Sort, Store, StoreError};
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
    /// For lists.
    pages: Store,
    /// For what has to look at everything: counts, facets, reports.
    pub(super) sums: Store,
    runner: Runner,
    shelf: Shelf,
    errands: Errands,
    pub commands: Commands,
    /// What the program says of itself goes here.
    pub(super) log: Option<PathBuf>,
}

/// What is to be exported.
#[derive(Debug, Clone, PartialEq)]
pub struct Wish {
    pub folder: PathBuf,
    pub only: Only,
    pub formats: Vec<Format>,
    pub plan: Plan,
    pub min_sei: Option<f64>,
    /// Of the dataset, as the hub spells it.
    pub licence: Option<String>,
    /// Numbers instead of the names of annotators.
    pub anonymise: bool,
    pub tacred: Tacred,
    /// Brackets as the Penn Treebank writes them, in TACRED.
    pub escape_brackets: bool,
}

/// What the work beside the run is called while it exports.
pub const EXPORT: &str = "the export";

/// What was exported, or would be.
#[derive(Debug, Clone, PartialEq)]
pub struct Exported {
    /// `None` if it was a rehearsal.
    pub folder: Option<PathBuf>,
    pub manifest: Manifest,
    /// Formats that the same export, stopped or killed before, had written already.
    pub resumed: Vec<Format>,
}

impl App {
    /// # Errors
    /// The project cannot be opened by more connections beside `store`.
    pub fn new(
        project: PathBuf,
        desk: Desk,
        store: Store,
        runner: Runner,
        shelf: Shelf,
        program: Program,
        log: Option<PathBuf>,
    ) -> Result<Self, StoreError> {
        let (pages, sums) = (Store::open(&project)?, Store::open(&project)?);
        let (desk, errands, commands) = (Arc::new(desk), Errands::default(), Commands::new(program));
        Ok(Self { project, desk, store, pages, sums, runner, shelf, errands, commands, log })
    }

    async fn at_desk<R: Send + 'static>(
        &self,
        work: impl FnOnce(&Desk, &mut Db) -> Result<R, ReviewError> + Send + 'static,
    ) -> Result<R, ReviewError> {
        let desk = Arc::clone(&self.desk);
        self.store.call(move |db| work(&desk.as_of_now(db)?, db)).await
    }

    /// # Errors
    /// Whatever the store says; so for all below.
    pub async fn home(&self) -> Result<Home, ReviewError> {
        let desk = Arc::clone(&self.desk);
        let read = move |db: &mut Db| {
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
            Ok(Home { counts, accuracy, to_settle: db.count_to_settle(&desk.annotator)?, pace })
        };
        self.sums.call(read).await
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
    pub async fn answer(&self, tuple: TupleId, answer: Answer, how: Circumstance) -> Result<Recorded, ReviewError> {
        self.at_desk(move |desk, db| {
            let decision = desk.answer(db, tuple, answer, how)?;
            let (done, total) = db.review_progress()?;
            Ok(Recorded { decision, done, total })
        })
        .await
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
        self.pages.call(move |db| Ok(db.page(&filter, sort, after.as_ref(), limit)?)).await
    }

    /// # Errors
    /// As above.
    pub async fn count(&self, filter: Filter) -> Result<u64, ReviewError> {
        self.sums.call(move |db| Ok(db.count(&filter)?)).await
    }

    /// The most frequent values of a column among the tuples of a filter.
    ///
    /// # Errors
    /// As above.
    pub async fn tally(&self, filter: Filter, column: Column, limit: usize) -> Result<Vec<(String, u64)>, ReviewError> {
        self.sums.call(move |db| Ok(db.tally(&filter, column, limit)?)).await
    }

    /// What a sweep over the tuples of a filter would do.
    ///
    /// # Errors
    /// As above.
    pub async fn preview(&self, filter: Filter, sweep: Sweep, rows: usize) -> Result<SweepPreview, ReviewError> {
        let desk = Arc::clone(&self.desk);
        self.sums.call(move |db| desk.preview(db, &filter, sweep, rows)).await
    }

    /// Makes one decision of many; gives how many tuples it touched.
    ///
    /// # Errors
    /// As above, and more tuples than one stroke may touch.
    pub async fn sweep(&self, filter: Filter, sweep: Sweep) -> Result<u64, ReviewError> {
        self.at_desk(move |desk, db| desk.sweep(db, &filter, sweep)).await
    }

    /// # Errors
    /// As above.
    pub async fn next_to_settle(&self, passed: Vec<TupleId>) -> Result<Option<SettleItem>, ReviewError> {
        self.at_desk(move |desk, db| desk.next_to_settle(db, &passed)).await
    }

    /// # Errors
    /// As above.
    pub async fn open_to_settle(&self, tuple: TupleId) -> Result<Option<SettleItem>, ReviewError> {
        self.at_desk(move |desk, db| desk.open_to_settle(db, tuple)).await
    }

    /// All reports on the project.
    ///
    /// # Errors
    /// As above.
    pub async fn sections(&self) -> Result<Vec<Section>, ReviewError> {
        let catalogue = Arc::clone(&self.desk.catalogue);
        self.sums.call(move |db| Ok(section::all(db, &catalogue)?)).await
    }

    /// Writes the splits, or says what would be written.
    ///
    /// # Errors
    /// Why not, in words.
    pub async fn export(&self, wish: Wish, rehearse: bool) -> Result<Exported, String> {
        let (project, models) = (self.project.clone(), self.shelf.licences());
        let catalogue = Arc::clone(&self.desk.catalogue);
        let name = if rehearse { "the dry run" } else { EXPORT };
        let work = move |watch: &mut super::errand::Watch| {
            let Wish { folder, only, formats, plan, min_sei, licence, anonymise, tacred, escape_brackets } = wish;
            let dataset =
                project.file_stem().map_or_else(|| "amalrec".to_owned(), |s| s.to_string_lossy().into_owned());
            let order =
                Order { only, plan, min_sei, formats, models, dataset, licence, anonymise, tacred, escape_brackets };
            let mut db = Db::open(&project)?;
            let mut follow = |done, total| {
                watch.tell(done, total);
                !watch.cancel.is_cancelled()
            };
            let exported = if rehearse {
                publish::rehearse(&mut db, &catalogue, &folder, &order, &mut follow).map(|manifest| Exported {
                    folder: None,
                    manifest,
                    resumed: Vec::new(),
                })
            } else {
                publish::publish(&mut db, &catalogue, &folder, &order, &mut follow)
                    .map(|Published { folder, manifest, resumed }| Exported { folder: Some(folder), manifest, resumed })
            };
            exported.map_err(|error| error.to_string())
        };
        self.errands.begin(name.to_owned(), Unit::Rows, work).await
    }

    /// The models and which are here.
    #[must_use]
    pub fn models(&self) -> Vec<ModelRow> {
        self.shelf.list()
    }

    /// Brings a model.
    ///
    /// # Errors
    /// Why not, in words.
    pub async fn pull(&self, name: String) -> Result<(), String> {
        let models = self.shelf.clone();
        let said = format!("bringing {name}");
        self.errands.begin(said, Unit::Bytes, move |watch| models.pull(&name, watch).map(drop)).await
    }

    /// Checks a model's file against its digest.
    ///
    /// # Errors
    /// It is another file, or not here.
    pub async fn check(&self, name: String) -> Result<(), String> {
        let models = self.shelf.clone();
        self.errands.begin(format!("checking {name}"), Unit::Bytes, move |watch| models.verify(&name, watch)).await
    }

    /// How far the work beside the run is.
    #[must_use]
    pub fn errand(&self) -> watch::Receiver<Errand> {
        self.errands.progress()
    }

    /// Stops the work beside the run; what it began is taken away, but for an export's formats that are whole.
    pub fn stop_errand(&self) {
        self.errands.stop();
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
        self.errands.stop();
        self.commands.stop();
        self.runner.close();
        self.errands.close();
        self.commands.close();
        drop((self.store, self.pages, self.sums));
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
