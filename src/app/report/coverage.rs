//! `coverage`: where the tuples stand, how fast people work, and when they will be done.

use super::document::{Basis, Cell, Chart, Figure, Report, Section, Table, Unit};
use super::material::Material;
use crate::domain::review::Status;
use crate::domain::stats::pace::{Pace, pace};
use crate::domain::stats::{quantile, real};
use crate::store::{Db, StoreError};
use std::collections::{BTreeMap, BTreeSet};

/// The report.
///
/// # Errors
/// The store's.
pub fn coverage(db: &mut Db, material: &Material) -> Result<Report, StoreError> {
    let counts = db.counts()?;
    let whole = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let basis = Basis { frame: "the whole project".to_owned(), ..material.choice_basis() };
    let mut stages = Section::new("Tuples");
    let columns = [("status", "status", Unit::Text), ("n", "tuples", Unit::Count)];
    let chart = Chart::Bars { label: 0, value: 1, interval: None };
    let mut table = Table::new("status", "Where the tuples stand", &columns, &basis).drawn(chart);
    table.rows.extend(Status::ALL.map(|status| vec![status.name().into(), Cell::count(whole(counts.at(status)))]));
    stages.tables.push(table);
    let tuples = whole(counts.tuples());
    for (key, label, n) in [
        ("tuples", "tuples", counts.tuples()),
        ("flagged", "flagged", counts.flagged),
        ("candidates", "sentences", counts.candidates),
        ("failed", "failed candidates", counts.failed),
    ] {
        let figure = Figure::count(key, label, whole(n), &basis);
        stages.figures.push(Figure { n: tuples, ..figure });
    }
    let to_decide = whole(counts.at(Status::Ranked));
    let to_judge = match &material.pass {
        Some(pass) => {
            let progress = db.pass_progress(pass.id)?;
            whole(progress.needed - progress.done)
        }
        None => material.sentences.iter().filter(|row| row.stands && row.verdicts.is_empty()).count(),
    };
    let sections = vec![stages, work(material, to_decide, to_judge, &basis)];
    Ok(Report { name: "coverage", title: "Where the project stands", basis, sections })
}

/// Time per decision and per verdict, and what is left.
fn work(material: &Material, to_decide: usize, to_judge: usize, basis: &Basis) -> Section {
    let mut section = Section::new("Time");
    let columns = [
        ("annotator", "annotator", Unit::Text),
        ("kind", "what", Unit::Text),
        ("n", "timed", Unit::Count),
        ("median", "median", Unit::Seconds),
        ("upper_decile", "9 in 10 below", Unit::Seconds),
        ("active", "at the desk", Unit::Seconds),
        ("idle", "idle, split off", Unit::Seconds),
        ("pauses", "pauses", Unit::Count),
    ];
    let mut table = Table::new("pace", "Time per decision", &columns, basis);
    let mut times: BTreeMap<(&str, &str), Vec<f64>> = BTreeMap::new();
    for choice in &material.choices {
        times.entry((choice.annotator.as_str(), choice.kind.as_str())).or_default().extend(choice.seconds);
    }
    let verdicts = || material.sentences.iter().flat_map(|row| &row.verdicts);
    for verdict in verdicts() {
        times.entry((verdict.annotator.as_str(), "verify")).or_default().extend(verdict.seconds);
    }
    for ((annotator, kind), seconds) in times {
        let Ok(found) = pace(&seconds) else { continue };
        table.rows.push(vec![
            annotator.into(),
            kind.into(),
            Cell::count(found.n),
            Cell::Number(found.median),
            Cell::Number(found.upper_decile),
            Cell::Number(found.active),
            Cell::Number(found.idle),
            Cell::count(found.pauses),
        ]);
    }
    section.tables.push(table);
    let decided: Vec<f64> = material.choices.iter().filter_map(|choice| choice.seconds).collect();
    let judged: Vec<f64> = verdicts().filter_map(|verdict| verdict.seconds).collect();
    let decided_at: Vec<i64> = material.choices.iter().map(|choice| choice.at).collect();
    let judged_at: Vec<i64> = verdicts().map(|verdict| verdict.at).collect();
    section.figures.extend(left("decide", "decisions", &decided, &decided_at, to_decide, basis));
    section.figures.extend(left("verify", "verdicts", &judged, &judged_at, to_judge, basis));
    section.notes.push(
        "an item open for more than ten times the median, a minute at least, counts as idle from there on".into(),
    );
    section.notes.push("working days are days (UTC) on which somebody answered; the median day of the last seven stands for those to come".into());
    section
}

/// Pace of one kind of work, and what is left of it in hours and in days.
fn left(key: &str, what: &str, seconds: &[f64], at: &[i64], items: usize, basis: &Basis) -> Vec<Figure> {
    let timed = pace(seconds);
    let figure = |name: &str, label: &str, unit, value: &dyn Fn(&Pace) -> f64| {
        let value = timed.as_ref().map(value).map_err(|why| *why);
        Figure::new(&format!("{key}_{name}"), label, unit, value, seconds.len(), basis)
    };
    let mut figures = vec![
        figure("median_seconds", &format!("{what}: median time"), Unit::Seconds, &|pace| pace.median),
        figure("seconds_left", &format!("{what}: time left"), Unit::Seconds, &|pace| pace.left(items))
            .how("mean time at the desk, times items left"),
        Figure { n: at.len(), ..Figure::count(&format!("{key}_left"), &format!("{what} left"), items, basis) },
    ];
    let day = |at: i64| at.div_euclid(86_400_000);
    let days: BTreeSet<i64> = at.iter().map(|&at| day(at)).collect();
    let mut recent: Vec<f64> =
        days.iter().rev().take(7).map(|&of| real(at.iter().filter(|&&moment| day(moment) == of).count())).collect();
    recent.sort_by(f64::total_cmp);
    let rate = quantile(&recent, 0.5).ok_or(crate::domain::stats::Undefined::Nothing);
    let value = rate.map(|rate| (real(items) / rate.max(1.0)).ceil());
    let label = format!("{what}: working days left");
    figures.push(Figure::new(&format!("{key}_days_left"), &label, Unit::Count, value, at.len(), basis));
    figures
}
