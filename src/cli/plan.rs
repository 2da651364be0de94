//! `amalrec verify plan`: how many sentences to verify, and how long that takes, before a pass begins.

use super::failure::Failure;
use super::output::grouped;
use super::session::Session;
use crate::domain::stats::{pace, real, size};
use serde_json::json;

/// Seconds a verdict where none was timed: the SLATE paper's five for adjudicating a message.
const USUAL: f64 = 5.0;

pub(super) fn run(
    session: &Session,
    margin: f64,
    expected: f64,
    population: Option<usize>,
    doubled: f64,
    seconds: Option<f64>,
) -> Result<(), Failure> {
    // A plan needs no project where it is told the population.
    let db = if population.is_some() { session.open().ok() } else { Some(session.open()?) };
    let population = match (population, &db) {
        (Some(population), _) => population,
        (None, Some(db)) => usize::try_from(db.settled_count()?).unwrap_or(usize::MAX),
        (None, None) => 0,
    };
    let none = || {
        Failure::work(format!(
            "no sample gives +/- {margin} around {expected} of {population} sentences; name how many there will be with --population"
        ))
    };
    let closed = size::for_margin(expected, margin, 0.95, Some(population)).ok_or_else(none)?;
    let open = size::for_margin(expected, margin, 0.95, None).ok_or_else(none)?;
    let verdicts = real(closed) * (1.0 + doubled);
    let measured = match &db {
        Some(db) => pace::pace(&db.verdict_seconds()?).ok().map(|found| found.active / real(found.n)),
        None => None,
    };
    let each = seconds.or(measured).unwrap_or(USUAL);
    let hours = verdicts * each / 3_600.0;
    if session.output.json {
        session.output.object(&json!({
            "margin": margin, "expected": expected, "population": population, "size": closed, "size_without_correction": open,
            "verdicts": verdicts.round(), "double": doubled, "seconds_a_verdict": each, "seconds_measured": measured.is_some(),
            "hours": hours, "how": "normal approximation at 95%, finite-population correction",
        }))?;
        return Ok(());
    }
    let whole = |n: usize| grouped(n as u64);
    session.output.line(&format!(
        "{} of {} sentences for +/- {:.1} points around {:.1}% at 95% ({} without the finite-population correction)",
        whole(closed),
        whole(population),
        margin * 100.0,
        expected * 100.0,
        whole(open)
    ))?;
    session.output.line(&format!(
        "{verdicts:.0} verdicts with {:.0}% judged twice: {hours:.1} h at {each:.1} s each",
        doubled * 100.0
    ))?;
    Ok(())
}
