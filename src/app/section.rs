//! Reports as sections: a title, a few lines, a chart as plain data. A screen draws any of them; a further report is
//! one more section.

use super::report::{self, AccuracyReport, Group};
use crate::domain::review::{Status, Verdict};
use crate::store::{Db, StoreError};

/// A report.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    pub title: String,
    /// What the chart shows, and what one should know before believing it.
    pub lines: Vec<String>,
    pub chart: Chart,
}

/// A chart's data.
#[derive(Debug, Clone, PartialEq)]
pub enum Chart {
    /// Nothing to draw: the lines say why.
    None,
    /// Shares with their intervals, one bar each.
    Shares(Vec<Share>),
    /// Counts, one bar each.
    Counts(Vec<(String, u64)>),
    /// Numbers in 0..=1 by row and column; `None` where there is none.
    Heat { rows: Vec<String>, columns: Vec<String>, cells: Vec<Vec<Option<f64>>> },
    /// Points of a curve, x rising; with `diagonal`, the line that a perfect one would be. Both axes are 0..=1.
    Curve { x: String, y: String, points: Vec<(f64, f64)>, diagonal: bool },
    /// Anything else: a heading and rows of as many cells.
    Table { heading: Vec<String>, rows: Vec<Vec<String>> },
}

/// A share in 0..=1 with its interval, from `n` cases.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    pub name: String,
    pub share: f64,
    pub low: f64,
    pub high: f64,
    pub n: u64,
}

/// All reports on a project, in the order of reading.
///
/// # Errors
/// The store's.
pub fn all(db: &mut Db) -> Result<Vec<Section>, StoreError> {
    let accuracy = report::accuracy(db)?;
    Ok(vec![
        overall(&accuracy),
        by("relation", &accuracy.by_relation),
        by("method", &accuracy.by_method),
        coverage(&accuracy),
    ])
}

fn overall(report: &AccuracyReport) -> Section {
    let verdicts = &report.verdicts;
    let mut lines = vec![format!(
        "{} of {} decided sentences have a verdict; {} disputed, {} verified only by who chose them",
        verdicts.right + verdicts.wrong + verdicts.disputed,
        verdicts.population,
        verdicts.disputed,
        verdicts.own
    )];
    let Some(accuracy) = report.accuracy else {
        lines.push("There is no verdict to reckon with: V verifies chosen sentences.".to_owned());
        return Section { title: "accuracy".into(), lines, chart: Chart::None };
    };
    let share = |name: &str, low, high| Share { name: name.into(), share: accuracy.share(), low, high, n: accuracy.n };
    let (wilson, exact) = (accuracy.wilson, accuracy.clopper_pearson);
    let named =
        |name: &str| name.parse::<Verdict>().map_or_else(|_| name.to_owned(), |verdict| verdict.label().to_owned());
    let wrong = verdicts.errors.iter().filter(|(_, count)| *count > 0);
    let wrong: Vec<String> = wrong.map(|(name, count)| format!("{} {count}", named(name))).collect();
    if !wrong.is_empty() {
        lines.push(format!("wrong: {}", wrong.join(", ")));
    }
    let bars =
        vec![share("Wilson, 95%", wilson.low, wilson.high), share("Clopper-Pearson, 95%", exact.low, exact.high)];
    Section { title: "accuracy".into(), lines, chart: Chart::Shares(bars) }
}

fn by(what: &str, groups: &[Group]) -> Section {
    #[expect(clippy::cast_precision_loss, reason = "counts of rows stay far below 2^52")]
    let share = |group: &Group| {
        let interval = group.interval?;
        let share = group.right as f64 / group.n as f64;
        Some(Share { name: group.name.clone(), share, low: interval.low, high: interval.high, n: group.n })
    };
    let bars: Vec<Share> = groups.iter().filter_map(share).collect();
    let (lines, chart) = if bars.is_empty() {
        (vec!["No verdict yet.".to_owned()], Chart::None)
    } else {
        (vec!["Share that is right, Wilson 95%; the most verified first".to_owned()], Chart::Shares(bars))
    };
    Section { title: format!("accuracy by {what}"), lines, chart }
}

fn coverage(report: &AccuracyReport) -> Section {
    let counts = &report.counts;
    let bars = Status::ALL.map(|status| (status.name().to_owned(), counts.at(status)));
    let lines = vec![format!(
        "{} tuples, {} sentences, {} failed attempts, {} flagged",
        counts.tuples(),
        counts.candidates,
        counts.failed,
        counts.flagged
    )];
    Section { title: "coverage".into(), lines, chart: Chart::Counts(bars.to_vec()) }
}
