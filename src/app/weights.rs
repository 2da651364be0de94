//! Weights of SEI learned from what people take when they see neither order nor score; and a new version made of
//! them, which ranks again what is stored without a model.

use super::report::document::{Cell, Chart, Figure, LEVEL, Report, Section, Table, Unit};
use super::report::material::{Material, rivals};
use super::rescore::{Rescoring, from_scores, rescore};
use super::review::now;
use crate::domain::filter::Filter;
use crate::domain::interval::Interval;
use crate::domain::quality::{Dimension, Score};
use crate::domain::review::Arm;
use crate::domain::stats::choice::{self, Choice, HeldOut, RIDGE, Weight};
use crate::domain::stats::{Undefined, deviate, real};
use crate::jobs::Cancel;
use crate::sei::SeiPolicy;
use crate::store::{Db, MeasuredRow, OptionRow, PolicyRow, StoreError};
use std::collections::BTreeMap;
use thiserror::Error;

/// Blind choices below which nothing is learned: twenty for each weight.
pub const LEAST: usize = 100;
/// Parts of cross-validation.
const FOLDS: u64 = 5;

/// What was learned.
#[derive(Debug, Clone)]
pub struct Learned {
    pub report: Report,
    /// By [`Dimension`]; their sum is that of the weights in force.
    pub weights: [f64; 5],
    pub n: usize,
    /// The version whose maps the scores were made by.
    pub base: String,
}

#[derive(Debug, Error)]
pub enum WeightsError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(
        "{n} choices of the blind arm can be used, at least {LEAST} are needed ({left_out} more were left out: the sentence taken was vetoed, had no rival or lacks a score)"
    )]
    TooFew { n: usize, left_out: usize },
    #[error("the scores are of SEI version {found}, the policy in force is {wanted}; score again first: amalrec score")]
    Stale { found: String, wanted: String },
    #[error("no weights can be learned: {0}")]
    Undefined(#[from] Undefined),
}

/// Learns weights from the blind arm; nothing is written. `base` is the version of `sei.toml` that `policy` rests on.
///
/// # Errors
/// Too few choices, scores of another version, choices that tell nothing.
pub fn learn(db: &mut Db, material: &Material, policy: &SeiPolicy, base: &str) -> Result<Learned, WeightsError> {
    let wanted = policy.index.version.clone();
    if let Some((found, _)) = db.score_versions()?.into_iter().find(|(version, _)| *version != wanted) {
        return Err(WeightsError::Stale { found, wanted });
    }
    let (choices, groups, left_out) = choices(material);
    let n = choices.len();
    if n < LEAST {
        return Err(WeightsError::TooFew { n, left_out });
    }
    let fitted = choice::fit(&choices, RIDGE, true)?;
    let weights = scaled(&fitted, policy.index.weights.iter().sum());
    let given: [&[f64]; 2] = [&[1.0; 5], &policy.index.weights];
    let held_out = choice::held_out(&choices, FOLDS, material.seed_for("folds"), true, &given)?;
    let basis = super::report::Basis {
        frame: format!("{n} choices of the blind arm between sentences without veto, {left_out} left out"),
        arm: Arm::Blind.name().to_owned(),
        sei_version: wanted,
    };
    let mut section = Section::new("Agreement on choices that the weights had not seen");
    let names = [("learned", "learned weights"), ("equal", "equal weights"), ("in_force", "weights in force")];
    for (three, key) in [(false, "top1"), (true, "top3")] {
        let what = if three { "among the first three" } else { "first" };
        for (which, (name, label)) in names.iter().enumerate() {
            let found = held_out.top(which, three, LEVEL, material.seed_for(key));
            let label = format!("taken is {what}, {label}");
            let figure = Figure::estimate(&format!("{key}_{name}"), &label, Unit::Share, Ok(found), n, &basis);
            section.figures.push(figure.how("cross-validated by tuple; bootstrap by tuple"));
        }
        for (which, (name, label)) in names.iter().enumerate().skip(1) {
            section.figures.push(gain(
                &held_out,
                which,
                three,
                &format!("{key}_over_{name}"),
                &format!("{what}: learned less {label}"),
                material,
                n,
                &basis,
            ));
        }
    }
    let won =
        section.figures.iter().find(|figure| figure.key == "top1_over_in_force").and_then(|figure| figure.interval);
    section.notes.push(if won.is_some_and(|won| won.low > 0.0) {
        "the learned weights agree more often with people than those in force".into()
    } else {
        "no gain over the weights in force is shown: the interval of the difference holds 0".into()
    });
    let mut sections = vec![section, table(&fitted, weights, policy, n, &basis)];
    sections.extend(transfer(&choices, &groups, policy, &basis)?);
    let report = Report { name: "weights", title: "Weights learned from choices", basis, sections };
    Ok(Learned { report, weights, n, base: base.to_owned() })
}

#[expect(clippy::too_many_arguments, reason = "one figure of six, nothing to group them by")]
fn gain(
    held_out: &HeldOut,
    which: usize,
    three: bool,
    key: &str,
    label: &str,
    material: &Material,
    n: usize,
    basis: &super::report::Basis,
) -> Figure {
    let found = held_out.gain(which, three, LEVEL, material.seed_for(key));
    Figure::estimate(key, label, Unit::Share, Ok(found), n, basis).how("difference; bootstrap by tuple")
}

/// The blind choices that tell something, the group of each one's relation, and how many were left out.
fn choices(material: &Material) -> (Vec<Choice>, Vec<String>, usize) {
    let (mut usable, mut groups, mut left_out) = (Vec::new(), Vec::new(), 0);
    let blind = material
        .choices
        .iter()
        .filter(|choice| choice.arm == Some(Arm::Blind) && matches!(choice.kind.as_str(), "accept" | "override"));
    for row in blind {
        let found = row.candidate.zip(material.options.get(&row.tuple)).and_then(|(taken, options)| {
            let field: Vec<&OptionRow> = rivals(options, taken).into_iter().filter(|option| !option.vetoed).collect();
            let chosen = field.iter().position(|option| option.candidate == taken)?;
            // What the index weighs: log-odds.
            let odds = |score: &Option<f64>| score.and_then(Score::new).map(Score::log_odds);
            let cards = field.iter().map(|option| option.scores.iter().map(odds).collect::<Option<Vec<f64>>>());
            let options = cards.collect::<Option<Vec<_>>>().filter(|options| options.len() > 1)?;
            Some(Choice { group: row.tuple.0, options, chosen })
        });
        match found {
            Some(choice) => {
                usable.push(choice);
                groups.push(material.group(material.relation(row.tuple)).to_owned());
            }
            None => left_out += 1,
        }
    }
    (usable, groups, left_out)
}

/// Weights with the sum of those they replace: only their ratios matter.
fn scaled(fitted: &[Weight], sum: f64) -> [f64; 5] {
    let all: f64 = fitted.iter().map(|weight| weight.value).sum();
    std::array::from_fn(|k| fitted.get(k).map_or(0.0, |weight| weight.value / all * sum))
}

fn table(fitted: &[Weight], weights: [f64; 5], policy: &SeiPolicy, n: usize, basis: &super::report::Basis) -> Section {
    let mut section = Section::new("Weights");
    let columns = [
        ("dimension", "dimension", Unit::Text),
        ("n", "n", Unit::Count),
        ("utility", "utility", Unit::Number),
        ("utility95", "95%", Unit::Number),
        ("weight", "learned weight", Unit::Number),
        ("in_force", "weight in force", Unit::Number),
    ];
    let chart = Chart::Bars { label: 0, value: 4, interval: None };
    let mut table = Table::new("weights", "Weights", &columns, basis).drawn(chart);
    for dimension in Dimension::ALL {
        let k = dimension as usize;
        let half = deviate(LEVEL) * fitted[k].error;
        let interval =
            (fitted[k].error > 0.0).then_some(Interval { low: fitted[k].value - half, high: fitted[k].value + half });
        table.rows.push(vec![
            dimension.name().into(),
            Cell::count(n),
            Cell::Number(fitted[k].value),
            interval.map_or_else(|| Cell::Absent("held at 0".into()), Cell::Interval),
            Cell::Number(weights[k]),
            Cell::Number(policy.index.weights[k]),
        ]);
    }
    section.tables.push(table);
    section.notes.push("conditional logit with a ridge penalty; a weight that would be negative is held at 0, since a higher score is never worse; weights are the utilities with the sum of those in force".into());
    section
}

/// Weights learned on all groups of relations but one, judged on that one.
fn transfer(
    choices: &[Choice],
    groups: &[String],
    policy: &SeiPolicy,
    basis: &super::report::Basis,
) -> Result<Option<Section>, Undefined> {
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for group in groups {
        *sizes.entry(group).or_default() += 1;
    }
    if sizes.len() < 2 {
        return Ok(None);
    }
    let columns = [
        ("group", "group left out", Unit::Text),
        ("n", "n", Unit::Count),
        ("top1_learned", "first, learned elsewhere", Unit::Share),
        ("top1_in_force", "first, in force", Unit::Share),
    ];
    let mut table = Table::new("transfer", "Learned on all other groups of relations", &columns, basis);
    for (&group, &n) in &sizes {
        let part = |own: bool| {
            choices.iter().zip(groups).filter(move |(_, of)| (of.as_str() == group) == own).map(|(choice, _)| choice)
        };
        let others: Vec<Choice> = part(false).cloned().collect();
        let learned: Vec<f64> = choice::fit(&others, RIDGE, true)?.iter().map(|weight| weight.value).collect();
        let share = |weights: &[f64]| part(true).map(|found| choice::hit(found, weights, 1)).sum::<f64>() / real(n);
        table.rows.push(vec![
            group.into(),
            Cell::count(n),
            Cell::Number(share(&learned)),
            Cell::Number(share(&policy.index.weights)),
        ]);
    }
    let mut section = Section::new("Across groups of relations");
    section.tables.push(table);
    Ok(Some(section))
}

/// What applying did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    pub version: String,
    pub tuples: u64,
    pub sentences: u64,
}

/// Keeps the weights as a new version of SEI in the project, and ranks every tuple again by it. Scores of dimensions
/// stay as they are; no model runs. If it is broken off, `amalrec score` goes on with it.
///
/// # Errors
/// The store's.
pub fn apply(
    db: &mut Db,
    learned: &Learned,
    policy: &SeiPolicy,
    annotator: &str,
    cancel: &Cancel,
    tell: &mut dyn FnMut(Rescoring),
) -> Result<Applied, StoreError> {
    let version = format!("{}+choices{}", learned.base, db.policies()? + 1);
    let named: serde_json::Map<String, serde_json::Value> =
        Dimension::ALL.iter().map(|&d| (d.name().to_owned(), learned.weights[d as usize].into())).collect();
    let basis = serde_json::json!({ "frame": learned.report.basis.frame, "n": learned.n, "arm": "blind" });
    db.add_policy(&PolicyRow {
        version: version.clone(),
        base: learned.base.clone(),
        weights: serde_json::Value::from(named).to_string(),
        basis: basis.to_string(),
        made_by: annotator.to_owned(),
        made_at: now(),
    })?;
    let policy = policy.with_weights(&version, learned.weights);
    let weigh = |row: &MeasuredRow| Some(from_scores(&policy, row));
    let done = rescore(db, &version, &weigh, &Filter::default(), u64::MAX, cancel, tell)?;
    Ok(Applied { version, tuples: done.tuples, sentences: done.sentences })
}
