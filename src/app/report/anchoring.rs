//! `anchoring`: what it does to people to see the ranker's order and scores, against those who see neither.

use super::document::{Basis, Cell, Chart, Figure, LEVEL, Report, Section, Table, Unit};
use super::material::{Material, Outcome};
use crate::domain::TupleId;
use crate::domain::interval::wilson;
use crate::domain::review::Arm;
use crate::domain::stats::pace::pace;
use crate::domain::stats::{Undefined, difference, moments, real};
use crate::store::ChoiceRow;
use std::collections::HashMap;

/// The report.
#[must_use]
pub fn anchoring(material: &Material) -> Report {
    let basis = material.choice_basis();
    let mut sections = vec![section(material, &basis)];
    sections.extend(super::leave_out(material, &["first_ranked", "first_ranked+scores"], |rest| {
        let basis = rest.choice_basis();
        let section = section(rest, &basis);
        Report { name: "anchoring", title: "", basis, sections: vec![section] }
    }));
    Report { name: "anchoring", title: "Effect of what annotators are shown", basis, sections }
}

/// What people did in one arm.
struct InArm<'a> {
    arm: Arm,
    choices: Vec<&'a ChoiceRow>,
    /// Time at the desk, by decision.
    seconds: Vec<f64>,
    /// Right, and judged: of the sentences that stand by these choices.
    right: (usize, usize),
}

impl InArm<'_> {
    fn n(&self) -> usize {
        self.choices.len()
    }

    fn done(&self, kind: &str) -> (usize, usize) {
        (self.choices.iter().filter(|choice| choice.kind == kind).count(), self.n())
    }
}

fn by_arm(material: &Material) -> Vec<InArm<'_>> {
    let judged: HashMap<TupleId, (&str, bool)> = material
        .sentences
        .iter()
        .filter_map(|row| match material.outcome(row) {
            Outcome::Right => Some((row.tuple, (row.chooser.as_str(), true))),
            Outcome::Wrong => Some((row.tuple, (row.chooser.as_str(), false))),
            Outcome::Disputed | Outcome::Open => None,
        })
        .collect();
    let arm = |arm: Arm| {
        let choices: Vec<&ChoiceRow> = material.choices.iter().filter(|choice| choice.arm == Some(arm)).collect();
        let times: Vec<f64> = choices.iter().filter_map(|choice| choice.seconds).collect();
        let pause = pace(&times).map_or(f64::INFINITY, |pace| pace.pause);
        let verdicts = choices.iter().filter_map(|choice| {
            let (chooser, right) = judged.get(&choice.tuple)?;
            (*chooser == choice.annotator).then_some(*right)
        });
        let verdicts: Vec<bool> = verdicts.collect();
        let right = (verdicts.iter().filter(|right| **right).count(), verdicts.len());
        InArm { arm, choices, seconds: times.into_iter().map(|time| time.min(pause)).collect(), right }
    };
    Arm::ALL.into_iter().map(arm).filter(|found| found.n() > 0).collect()
}

fn section(material: &Material, basis: &Basis) -> Section {
    let mut section = Section::new("By arm");
    let arms = by_arm(material);
    let columns = [
        ("arm", "arm", Unit::Text),
        ("n", "n", Unit::Count),
        ("first", "took the first", Unit::Share),
        ("first95", "Wilson 95%", Unit::Share),
        ("edited", "edited", Unit::Share),
        ("rejected", "rejected", Unit::Share),
        ("seconds", "seconds, geometric mean", Unit::Seconds),
        ("timed", "timed", Unit::Count),
        ("right", "right", Unit::Share),
        ("right95", "Wilson 95%", Unit::Share),
        ("judged", "judged", Unit::Count),
    ];
    let chart = Chart::Bars { label: 0, value: 2, interval: Some(3) };
    let mut table = Table::new("arms", "What people did", &columns, basis).drawn(chart);
    let share = |(x, n): (usize, usize)| if n > 0 { Ok(real(x) / real(n)) } else { Err(Undefined::Nothing) };
    let bounds = |(x, n): (usize, usize)| Cell::interval(wilson(x as u64, n as u64, LEVEL));
    for found in &arms {
        let logs: Vec<f64> = found.seconds.iter().filter(|s| **s > 0.0).map(|s| s.ln()).collect();
        let typical = moments(&logs).map(|(mean, _)| mean.exp());
        table.rows.push(vec![
            found.arm.name().into(),
            Cell::count(found.n()),
            Cell::value(share(found.done("accept"))),
            bounds(found.done("accept")),
            Cell::value(share(found.done("edit"))),
            Cell::value(share(found.done("reject"))),
            Cell::value(typical.ok_or(Undefined::TooFew { n: logs.len(), least: 2 })),
            Cell::count(found.seconds.len()),
            Cell::value(share(found.right)),
            bounds(found.right),
            Cell::count(found.right.1),
        ]);
    }
    section.tables.push(table);
    section.notes.push("arms are drawn by seed for each annotator and tuple, so that differences are effects; decisions made headless have no arm and are left out".into());
    let Some((blind, shown)) = arms.split_first().filter(|(first, rest)| first.arm == Arm::Blind && !rest.is_empty())
    else {
        section.notes.push("there is nothing to compare: decisions in the blind arm and in another are needed".into());
        return section;
    };
    for other in shown {
        let basis = basis.in_arm(&format!("{} less blind", other.arm));
        let n = other.n() + blind.n();
        let against = |key: &str, label: &str, a, b, n| {
            let found = difference::of_shares(a, b, LEVEL);
            let (key, label) = (format!("{key}_{}", other.arm), format!("{label}, {} less blind", other.arm));
            Figure::estimate(&key, &label, Unit::Share, found, n, &basis).how("difference; Newcombe 95%")
        };
        section.figures.push(against(
            "first",
            "took the ranker's first",
            other.done("accept"),
            blind.done("accept"),
            n,
        ));
        section.figures.push(against("edited", "edited", other.done("edit"), blind.done("edit"), n));
        section.figures.push(against("rejected", "rejected all", other.done("reject"), blind.done("reject"), n));
        section.figures.push(against(
            "right",
            "right by verdicts",
            other.right,
            blind.right,
            other.right.1 + blind.right.1,
        ));
        let found = difference::of_times(&other.seconds, &blind.seconds, LEVEL);
        let label = format!("time, {} over blind", other.arm);
        let timed = other.seconds.len() + blind.seconds.len();
        let figure = Figure::estimate(&format!("time_{}", other.arm), &label, Unit::Ratio, found, timed, &basis);
        section.figures.push(figure.how("ratio of geometric means; Welch 95% of the logarithms"));
    }
    section
}
