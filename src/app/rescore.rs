//! Scores of another version from what is stored, with the places they give: no model runs.

use crate::domain::TupleId;
use crate::domain::filter::Filter;
use crate::domain::quality::rank::Entrant;
use crate::domain::quality::{Index, ScoreCard, rank};
use crate::jobs::Cancel;
use crate::sei::{Feature, RawMeasurements, SeiPolicy};
use crate::store::{Db, MeasuredRow, Rescored, Stale, StoreError, Wanted};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;

/// Tuples in one transaction.
const CHUNK: usize = 2_000;

/// How far it is, and in the end what was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rescoring {
    /// Tuples with scores of another version, at the start.
    pub total: u64,
    pub tuples: u64,
    pub sentences: u64,
    /// Tuples whose measurements this program cannot read: they have to be measured again.
    pub unreadable: u64,
}

/// The scores and the index of a sentence; `None` if they cannot be had from what is stored.
pub type Remake<'a> = &'a (dyn Fn(&MeasuredRow) -> Option<(ScoreCard, Index)> + Sync);

/// All of a score from its measurements; `strange` counts those that other models gave than the policy was fitted to,
/// or that do not say who gave them. A policy of the user's own need not name any.
pub fn from_measurements(policy: &SeiPolicy, row: &MeasuredRow, strange: &AtomicU64) -> Option<(ScoreCard, Index)> {
    let raw: RawMeasurements = serde_json::from_str(&row.raw).ok()?;
    // Without a likelihood no model was asked.
    if raw.get(Feature::LmFact).is_some() && !policy.judges.nobody() && raw.judges != policy.judges {
        strange.fetch_add(1, Relaxed);
    }
    Some(policy.rescore(&raw))
}

/// The index alone, where only weights differ: the scores of the dimensions hold.
pub fn from_scores(policy: &SeiPolicy, row: &MeasuredRow) -> (ScoreCard, Index) {
    (row.card, policy.weigh(&row.card, row.vetoes.clone()))
}

/// Brings the scores of at most `limit` tuples to a version. A tuple has all its scores of one version at any moment;
/// what is left when it is broken off is done by the next call.
///
/// # Errors
/// The store's; the chunks before stay.
pub fn rescore(
    db: &mut Db,
    version: &str,
    remake: Remake<'_>,
    filter: &Filter,
    limit: u64,
    cancel: &Cancel,
    tell: &mut dyn FnMut(Rescoring),
) -> Result<Rescoring, StoreError> {
    let stale = Stale { version: version.to_owned(), model: false };
    let wanted = Wanted { stale: Some(stale), ..Wanted::default() };
    let mut done = Rescoring { total: db.count_to_do(&wanted, filter)?.min(limit), ..Rescoring::default() };
    let mut after = None;
    while !cancel.is_cancelled() && done.tuples < done.total {
        let room = usize::try_from(done.total - done.tuples).unwrap_or(CHUNK).min(CHUNK);
        let ids = db.to_do(&wanted, filter, after, room)?;
        let Some(&last) = ids.last() else { break };
        after = Some(last);
        let rows: Vec<_> = ids.iter().map(|&id| Ok((id, db.measurements(id)?))).collect::<Result<_, StoreError>>()?;
        let rescored = on_all_cores(&rows, version, remake);
        db.together(|db| {
            for (id, scores) in rescored {
                match scores {
                    Some(scores) => {
                        db.put_rescored(id, &scores)?;
                        done.tuples += 1;
                        done.sentences += scores.len() as u64;
                    }
                    None => done.unreadable += 1,
                }
            }
            Ok::<_, StoreError>(())
        })?;
        tell(done);
    }
    Ok(done)
}

/// Reading a measurement takes longer than keeping a score.
fn on_all_cores(
    rows: &[(TupleId, Vec<MeasuredRow>)],
    version: &str,
    remake: Remake<'_>,
) -> Vec<(TupleId, Option<Vec<Rescored>>)> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let part = rows.len().div_ceil(cores).max(1);
    let work = |rows: &[(TupleId, Vec<MeasuredRow>)]| -> Vec<_> {
        rows.iter().map(|(id, rows)| (*id, scores(rows, version, remake))).collect()
    };
    thread::scope(|scope| {
        let parts: Vec<_> = rows.chunks(part).map(|rows| scope.spawn(|| work(rows))).collect();
        // A part whose thread failed is worked on here, where its failure is the caller's.
        parts
            .into_iter()
            .zip(rows.chunks(part))
            .flat_map(|(part, rows)| part.join().unwrap_or_else(|_| work(rows)))
            .collect()
    })
}

/// A tuple's scores and places; `None` if one cannot be had.
fn scores(rows: &[MeasuredRow], version: &str, remake: Remake<'_>) -> Option<Vec<Rescored>> {
    let made = rows.iter().map(|row| Some((row.candidate, remake(row)?))).collect::<Option<HashMap<_, _>>>()?;
    let entrants: Vec<_> = rows
        .iter()
        .filter_map(|row| {
            let (card, index) = made.get(&row.candidate)?;
            Some(Entrant { id: row.candidate, text: &row.text, card: *card, index: index.clone() })
        })
        .collect();
    let rescored = rank(&entrants).into_iter().filter_map(|ranked| {
        let (card, index) = made.get(&ranked.id)?;
        Some(Rescored { version: version.to_owned(), card: *card, index: index.clone(), ranked })
    });
    Some(rescored.collect())
}
