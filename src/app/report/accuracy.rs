//! `accuracy`: how many of the sentences are right, by verdicts of people.

use super::document::{Basis, Cell, Chart, Figure, LEVEL, Report, Section, Table, Unit};
use super::material::{Material, Outcome};
use crate::domain::interval;
use crate::domain::review::Verdict;
use crate::domain::sampling::By;
use crate::domain::stats::strata::{Stratum, weighted};
use crate::domain::stats::{Undefined, finite, pooling, prediction, real, sequence};
use crate::store::SentenceRow;
use std::collections::{BTreeMap, HashMap};

/// The least part of the frame in strata with a verdict for which an estimate by strata made afterwards is given: the
/// rest of the frame is not in it.
const LEAST_COVERED: f64 = 0.8;

/// When a pass may end.
pub const STOP_MARGIN: f64 = 0.02;

/// The report.
#[must_use]
pub fn accuracy(material: &Material) -> Report {
    let basis = material.basis();
    let judged = Judged::of(material);
    let mut sections = vec![headline(material, &judged, &basis)];
    if !judged.rows.is_empty() {
        sections.push(groups(material, &judged, &basis));
        sections.push(errors(material, &basis));
        sections.extend(super::leave_out(material, &["accuracy"], accuracy_alone));
    }
    Report { name: "accuracy", title: "Accuracy of the sentences", basis, sections }
}

/// The headline alone, for parts of the rows.
fn accuracy_alone(material: &Material) -> Report {
    let basis = material.basis();
    let section = headline(material, &Judged::of(material), &basis);
    Report { name: "accuracy", title: "", basis, sections: vec![section] }
}

/// The sentences with a clear outcome.
struct Judged<'a> {
    rows: Vec<(&'a SentenceRow, bool)>,
    right: usize,
    disputed: usize,
    open: usize,
    own: usize,
}

impl<'a> Judged<'a> {
    fn of(material: &'a Material) -> Self {
        let mut judged = Self { rows: Vec::new(), right: 0, disputed: 0, open: 0, own: 0 };
        for row in material.sample() {
            judged.own +=
                usize::from(!row.verdicts.is_empty() && row.verdicts.iter().all(|v| v.annotator == row.chooser));
            match material.outcome(row) {
                Outcome::Right => {
                    judged.right += 1;
                    judged.rows.push((row, true));
                }
                Outcome::Wrong => judged.rows.push((row, false)),
                Outcome::Disputed => judged.disputed += 1,
                Outcome::Open => judged.open += 1,
            }
        }
        judged
    }

    fn n(&self) -> usize {
        self.rows.len()
    }

    fn share(&self) -> Result<f64, Undefined> {
        if self.rows.is_empty() { Err(Undefined::Nothing) } else { Ok(real(self.right) / real(self.n())) }
    }
}

fn headline(material: &Material, judged: &Judged<'_>, basis: &Basis) -> Section {
    let mut section = Section::new("Accuracy");
    let (right, n) = (judged.right as u64, judged.n() as u64);
    let population = material.sentences.len();
    let by = material.pass.as_ref().map(|pass| pass.draft.by);
    let share = || Figure::new("accuracy", "accuracy", Unit::Share, judged.share(), judged.n(), basis);
    let figures = &mut section.figures;
    match by {
        None => {
            figures.push(share().with(interval::wilson(right, n, LEVEL)).how("Wilson 95%"));
            let exact = Figure { key: "accuracy_exact".into(), ..share() };
            figures.push(exact.with(interval::clopper_pearson(right, n, LEVEL)).how("Clopper-Pearson 95%"));
            section.notes.push("no pass was drawn: the intervals hold only if the verified sentences are like the rest; draw one with amalrec verify sample".into());
        }
        Some(By::None) => {
            let all = population as u64;
            figures.push(
                share().with(finite::wilson(right, n, all, LEVEL)).how("Wilson 95%, corrected for the finite frame"),
            );
            let exact = Figure { key: "accuracy_exact".into(), ..share() };
            figures.push(exact.with(finite::exact(right, n, all, LEVEL)).how("exact 95%, hypergeometric"));
            figures.extend(watched(material, judged, basis));
            figures.push(powered(material, judged, basis));
        }
        Some(by) => {
            let strata = strata(material, judged, |row| row.stratum.clone());
            let found = weighted(&strata, LEVEL);
            let figure = Figure::new("accuracy", "accuracy", Unit::Share, found.map(|w| w.share), judged.n(), basis);
            let how = format!("by {by}, weighted by size; Wilson 95% at the effective size");
            figures.push(figure.with(found.ok().map(|w| w.interval)).how(&how));
            let raw = Figure { key: "accuracy_raw".into(), label: "share of the verified".into(), ..share() };
            figures.push(raw.how("not weighted"));
            figures.push(coverage(found.map(|w| w.covered), &strata, basis));
        }
    }
    let by_relation = strata(material, judged, |row| row.relation.clone());
    if by != Some(By::Relation) && !judged.rows.is_empty() {
        let found = weighted(&by_relation, LEVEL);
        let covered = found.map(|w| w.covered);
        let found = found.and_then(|w| if w.covered < LEAST_COVERED { Err(Undefined::Uncovered) } else { Ok(w) });
        let label = "post-stratified by relation";
        let figure =
            Figure::new("accuracy_post_stratified", label, Unit::Share, found.map(|w| w.share), judged.n(), basis);
        figures.push(figure.with(found.ok().map(|w| w.interval)).how("Wilson 95% at the effective size"));
        figures.push(coverage(covered, &by_relation, basis));
    }
    figures.push(Figure::count("right", "right", judged.right, basis));
    figures.push(Figure::count("wrong", "wrong", judged.n() - judged.right, basis));
    figures.push(Figure::count("disputed", "disputed, left out", judged.disputed, basis));
    if let Some(pass) = &material.pass {
        let changed = material.sentences.iter().filter(|row| row.position.is_some() && !row.stands).count();
        figures.push(Figure::count("open", "not judged yet", judged.open, basis));
        figures.push(Figure::count("changed", "decided anew since, left out", changed, basis));
        if judged.open > 0 {
            section.notes.push(format!("{} of {} sampled sentences are not judged yet", judged.open, pass.size));
        }
    }
    figures.push(Figure::count("self_verified", "verified only by who chose them", judged.own, basis));
    figures.push(Figure::count("population", "sentences of the frame", population, basis));
    section
}

/// The confidence sequence and whether the pass may end.
fn watched(material: &Material, judged: &Judged<'_>, basis: &Basis) -> [Figure; 2] {
    let found =
        sequence::interval(judged.right as u64, judged.n() as u64, Some(material.sentences.len() as u64), LEVEL);
    let figure = Figure::new("accuracy_sequence", "at any time", Unit::Share, judged.share(), judged.n(), basis);
    let how = "confidence sequence 95%: holds however often one looks";
    let met = found.is_some_and(|found| sequence::Rule::Margin(STOP_MARGIN).is_met(found));
    let stop = Figure::new("may_stop", "may stop", Unit::Count, Ok(f64::from(u8::from(met))), judged.n(), basis);
    [figure.with(found).how(how), stop.how("1 once the sequence is within 2 points either side")]
}

/// The estimate with SEI as the predictor.
fn powered(material: &Material, judged: &Judged<'_>, basis: &Basis) -> Figure {
    // What was edited has no score of its own: the mean stands in, which tells nothing and biases nothing.
    let known: Vec<f64> = material.sentences.iter().filter_map(|row| row.sei).collect();
    let mean = known.iter().sum::<f64>() / real(known.len().max(1));
    let pairs: Vec<(f64, f64)> =
        judged.rows.iter().map(|(row, right)| (f64::from(u8::from(*right)), row.sei.unwrap_or(mean))).collect();
    let found = prediction::powered(&pairs, mean, material.sentences.len(), LEVEL);
    let label = "with SEI as predictor";
    let figure =
        Figure::new("accuracy_prediction_powered", label, Unit::Share, found.map(|p| p.share), pairs.len(), basis);
    let how = match &found {
        Ok(p) => format!("prediction-powered 95%; variance {:.2} of that without", p.variance_ratio),
        Err(_) => "prediction-powered".to_owned(),
    };
    figure.with(found.ok().map(|p| p.interval)).how(&how)
}

fn coverage(covered: Result<f64, Undefined>, strata: &[Stratum], basis: &Basis) -> Figure {
    let n = strata.iter().map(|stratum| stratum.n).sum();
    Figure::new("covered", "part of the frame it speaks of", Unit::Share, covered, n, basis)
        .how("strata with a verdict")
}

fn strata(material: &Material, judged: &Judged<'_>, key: impl Fn(&SentenceRow) -> String) -> Vec<Stratum> {
    let mut strata: BTreeMap<String, Stratum> = BTreeMap::new();
    for row in material.sentences.iter().filter(|row| row.stands) {
        strata.entry(key(row)).or_default().population += 1;
    }
    for (row, right) in &judged.rows {
        let stratum = strata.entry(key(row)).or_default();
        stratum.n += 1;
        stratum.right += usize::from(*right);
    }
    strata.into_values().collect()
}

fn groups(material: &Material, judged: &Judged<'_>, basis: &Basis) -> Section {
    let mut section = Section::new("By group");
    let table = |key, title: &str, name: &dyn Fn(&SentenceRow) -> String| tally(key, title, judged, basis, name);
    section.tables.push(table("by_relation", "By relation", &|row| row.relation.clone()));
    section.tables.push(table("by_group", "By group of relations", &|row| material.group(&row.relation).to_owned()));
    section.tables.push(table("by_method", "By method", &|row| row.method.clone()));
    section.tables.push(table("by_annotator", "By who chose", &|row| row.chooser.clone()));
    let arm = |row: &SentenceRow| row.arm.map_or("none", |arm| arm.name()).to_owned();
    section.tables.push(table("by_arm", "By arm", &arm));
    section.notes.push(
        "pooled: drawn to the whole as far as groups resemble each other (beta-binomial); read it where n is small"
            .into(),
    );
    section
}

/// A row a group, the most verified first.
fn tally(
    key: &'static str,
    title: &str,
    judged: &Judged<'_>,
    basis: &Basis,
    name: &dyn Fn(&SentenceRow) -> String,
) -> Table {
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (row, right) in &judged.rows {
        let count = counts.entry(name(row)).or_default();
        *count = (count.0 + usize::from(*right), count.1 + 1);
    }
    let mut counts: Vec<(String, (usize, usize))> = counts.into_iter().collect();
    counts.sort_by_key(|(_, (_, n))| std::cmp::Reverse(*n));
    let pooled = pooling::pool(&counts.iter().map(|(_, count)| *count).collect::<Vec<_>>(), LEVEL);
    let columns = [
        ("name", "group", Unit::Text),
        ("right", "right", Unit::Count),
        ("n", "n", Unit::Count),
        ("accuracy", "accuracy", Unit::Share),
        ("wilson95", "Wilson 95%", Unit::Share),
        ("pooled", "pooled", Unit::Share),
        ("pooled95", "pooled 95%", Unit::Share),
    ];
    let mut table =
        Table::new(key, title, &columns, basis).drawn(Chart::Bars { label: 0, value: 3, interval: Some(4) });
    for (at, (name, (right, n))) in counts.into_iter().enumerate() {
        let pooled = pooled.as_ref().map(|pooled| pooled[at]);
        table.rows.push(vec![
            Cell::Text(name),
            Cell::count(right),
            Cell::count(n),
            Cell::Number(real(right) / real(n)),
            Cell::interval(interval::wilson(right as u64, n as u64, LEVEL)),
            pooled.map_or_else(|| Cell::Absent(String::new()), |p| Cell::Number(p.share)),
            Cell::interval(pooled.map(|p| p.interval)),
        ]);
    }
    table
}

/// What is wrong, by verdicts and by sentences.
fn errors(material: &Material, basis: &Basis) -> Section {
    let mut section = Section::new("By kind of error");
    let mut counts: HashMap<Verdict, (usize, usize)> = HashMap::new();
    let mut judged = 0;
    for row in material.sample() {
        let verdicts: Vec<Verdict> = material.counted(row).map(|verdict| verdict.verdict).collect();
        judged += usize::from(!verdicts.is_empty());
        for &kind in Verdict::ALL {
            let n = verdicts.iter().filter(|verdict| **verdict == kind).count();
            let count = counts.entry(kind).or_default();
            *count = (count.0 + n, count.1 + usize::from(n > 0));
        }
    }
    let columns = [
        ("kind", "kind of error", Unit::Text),
        ("verdicts", "verdicts", Unit::Count),
        ("sentences", "sentences", Unit::Count),
        ("n", "n", Unit::Count),
        ("share", "share of sentences", Unit::Share),
        ("wilson95", "Wilson 95%", Unit::Share),
    ];
    let chart = Chart::Bars { label: 0, value: 4, interval: Some(5) };
    let mut table = Table::new("errors", "Errors found", &columns, basis).drawn(chart);
    for &kind in Verdict::ALL.iter().filter(|kind| **kind != Verdict::Right) {
        let (verdicts, sentences) = counts.get(&kind).copied().unwrap_or_default();
        let share = if judged > 0 { Ok(real(sentences) / real(judged)) } else { Err(Undefined::Nothing) };
        table.rows.push(vec![
            kind.name().into(),
            Cell::count(verdicts),
            Cell::count(sentences),
            Cell::count(judged),
            Cell::value(share),
            Cell::interval(interval::wilson(sentences as u64, judged as u64, LEVEL)),
        ]);
    }
    section.notes.push("a sentence counts for a kind if any verdict that counts names it".into());
    section.tables.push(table);
    section
}
