//! Publishing: which sentences go out, to which split, with all that is known of them.

use crate::domain::quality::Index;
use crate::domain::relation::Catalogue;
use crate::domain::split::{self, Facts, Place, Plan, SplitError};
use crate::domain::{Candidate, Span};
use crate::export::{self, About, ExportError, Format, Manifest, Named, Published, Row, Settings, Source, Tacred};
use crate::store::{CandidateRow, Db, Exportable, Only, StoreError};
use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::path::Path;
use std::thread;
use thiserror::Error;

/// What is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    pub only: Only,
    pub plan: Plan,
    /// Sentences with a lower SEI stay out; those without any too.
    pub min_sei: Option<f64>,
    pub formats: Vec<Format>,
    pub models: Vec<crate::export::Model>,
    pub dataset: String,
    /// Of the dataset, as the hub spells it.
    pub licence: Option<String>,
    /// Numbers instead of the names of annotators.
    pub anonymise: bool,
    pub tacred: Tacred,
    pub escape_brackets: bool,
}

#[derive(Debug, Error)]
pub enum PublishError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Split(#[from] SplitError),
    #[error(transparent)]
    Export(#[from] ExportError),
    #[error("no sentence is {0}; `amalrec report coverage` says where the tuples stand")]
    Nothing(&'static str),
    #[error("stopped; nothing was exported")]
    Stopped,
}

/// How an export is followed: told how many steps of how many are done, it says whether to go on.
pub type Follow<'f> = &'f mut dyn FnMut(u64, u64) -> bool;

/// Writes the splits into a folder, which appears whole or not at all. What the same order had written when it was
/// stopped or killed is taken over.
///
/// # Errors
/// Nothing to publish, sizes that cannot be had, a leak between splits, a folder that cannot be written.
pub fn publish(
    db: &mut Db,
    catalogue: &Catalogue,
    target: &Path,
    order: &Order,
    follow: Follow<'_>,
) -> Result<Published, PublishError> {
    let (settings, rows) = chosen(db, catalogue, order, follow)?;
    export::write(target, &settings, &rows, writing(follow))
}

/// Does all of it but putting the folder in its place: says what would be written.
///
/// # Errors
/// As [`publish`].
pub fn rehearse(
    db: &mut Db,
    catalogue: &Catalogue,
    target: &Path,
    order: &Order,
    follow: Follow<'_>,
) -> Result<Manifest, PublishError> {
    let (settings, rows) = chosen(db, catalogue, order, follow)?;
    export::rehearse(target, &settings, &rows, writing(follow))
}

/// Reading and writing as one: half of the way each.
fn writing(follow: Follow<'_>) -> impl FnMut(u64, u64) -> Result<(), PublishError> {
    |done, total| if follow(total + done, total * 2) { Ok(()) } else { Err(PublishError::Stopped) }
}

/// The rows with their splits, those that will be left out behind the others, and what is to be said of them.
fn chosen(
    db: &mut Db,
    catalogue: &Catalogue,
    order: &Order,
    follow: Follow<'_>,
) -> Result<(Settings, Vec<Row>), PublishError> {
    let counts = db.counts()?;
    let tuples = order.only.statuses().iter().map(|status| counts.at(*status)).sum::<u64>();
    let mut read = 0;
    let mut rows = Vec::new();
    let mut version = None;
    db.each_exportable::<PublishError>(order.only, |exportable| {
        read += 1;
        if read % STEP == 0 && !follow(read, tuples * 2) {
            return Err(PublishError::Stopped);
        }
        if let Some(scored) = exportable.candidate.as_ref().and_then(|c| c.scored.as_ref()) {
            version.get_or_insert_with(|| scored.version.clone());
        }
        let row = row(exportable);
        let enough = order.min_sei.is_none_or(|least| row.index.value.is_some_and(|sei| sei.get() >= least));
        if enough {
            rows.push(row);
        }
        Ok(())
    })?;
    if rows.is_empty() {
        return Err(PublishError::Nothing(words(order.only)));
    }
    // A row without its entities' places will be left out: it must not fill a split either.
    let (mut whole, gaps): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.gap().is_none());
    let facts = facts(&whole);
    let places = split::assign(&facts, &order.plan)?;
    drop(facts);
    let splits = order.plan.splits();
    let mut dropped: BTreeMap<&'static str, u64> = BTreeMap::new();
    let mut relations: BTreeMap<String, About> = BTreeMap::new();
    let mut places = places.into_iter();
    whole.retain_mut(|row| match places.next() {
        Some(Place::Split(split)) => {
            row.split.clone_from(&splits[split]);
            if !relations.contains_key(&row.tuple.relation) {
                relations.insert(row.tuple.relation.clone(), about(catalogue, &row.tuple.relation));
            }
            true
        }
        Some(Place::Dropped(why)) => {
            *dropped.entry(why.name()).or_default() += 1;
            false
        }
        None => false,
    });
    let mut selection = BTreeMap::from([("only".to_owned(), words(order.only).to_owned())]);
    if let Some(least) = order.min_sei {
        selection.insert("min_sei".to_owned(), least.to_string());
    }
    let settings = Settings {
        formats: order.formats.clone(),
        splits,
        plan: order.plan.clone(),
        dataset: order.dataset.clone(),
        licence: order.licence.clone(),
        anonymise: order.anonymise,
        program: concat!("amalrec ", env!("CARGO_PKG_VERSION")).to_owned(),
        commit: option_env!("AMALREC_COMMIT").map(str::to_owned),
        selection,
        sei_version: version.unwrap_or_default(),
        models: order.models.clone(),
        relations,
        dropped,
        tacred: order.tacred,
        escape_brackets: order.escape_brackets,
        ..Settings::default()
    };
    whole.extend(gaps);
    Ok((settings, whole))
}

/// What splitting has to know of each row; they are shared out over the cores.
fn facts(rows: &[Row]) -> Vec<Facts> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let share = rows.len().div_ceil(cores).max(1);
    thread::scope(|scope| {
        let of = |rows: &[Row]| rows.iter().map(|row| Facts::of(&row.tuple, &row.sentence)).collect::<Vec<_>>();
        let parts: Vec<_> = rows.chunks(share).map(|rows| scope.spawn(move || of(rows))).collect();
        let part = |part: thread::ScopedJoinHandle<'_, _>| part.join().unwrap_or_else(|panic| resume_unwind(panic));
        parts.into_iter().flat_map(part).collect()
    })
}

fn about(catalogue: &Catalogue, name: &str) -> About {
    let relation = catalogue.describe(name);
    About { label: relation.label, gloss: relation.gloss, symmetric: relation.symmetric }
}

/// Rows between two questions whether to go on.
const STEP: u64 = 64;

fn words(only: Only) -> &'static str {
    match only {
        Only::Verified => "verified",
        Only::Decided => "decided",
        Only::All => "ranked or decided",
    }
}

fn row(e: Exportable) -> Row {
    let confirmed = e.edited;
    let named = |span: Option<Span>| match span {
        Some(span) => Named::At(span),
        // Only a person at the editor can have confirmed that an entity is left out on purpose.
        None if confirmed => Named::Confirmed,
        None => Named::Missing,
    };
    let (head, tail) = (named(e.head), named(e.tail));
    let decided = e.decision.is_some();
    let (scores, index, origin) = match e.candidate {
        Some(CandidateRow { candidate: Candidate { origin, .. }, scored, .. }) => {
            let scored = scored.filter(|_| !e.edited);
            let index = scored.as_ref().map_or(Index { value: None, vetoes: Vec::new() }, |s| Index {
                value: s.sei,
                vetoes: s.vetoes.clone(),
            });
            (scored.map(|s| s.card).unwrap_or_default(), index, Some(origin))
        }
        None => (crate::domain::quality::ScoreCard::default(), Index { value: None, vetoes: Vec::new() }, None),
    };
    Row {
        status: e.tuple.status,
        disagrees: e.tuple.disagrees,
        tuple: e.tuple.tuple,
        sentence: e.text,
        head,
        tail,
        source: if decided { Source::Human { edited: e.edited } } else { Source::Ranker },
        origin,
        scores,
        index,
        decisions: e.decision.into_iter().chain(e.verdicts).collect(),
        annotators: e.annotator.into_iter().collect(),
        split: split::REST.to_owned(),
    }
}
