//! `sei`: the ranker against people: does it put first what they take, is a high score a right sentence.

use super::document::{Basis, Cell, Chart, Figure, LEVEL, Report, Section, Table, Unit};
use super::material::{Material, Outcome};
use crate::domain::interval::wilson;
use crate::domain::quality::Dimension;
use crate::domain::review::Arm;
use crate::domain::stats::{calibration, correlation, real};

/// The report.
#[must_use]
pub fn sei(material: &Material) -> Report {
    let basis = material.basis();
    let mut sections = vec![choices(material), verdicts(material, &basis)];
    sections.extend(super::leave_out(material, &["top1_blind", "auc_sei"], |rest| {
        let basis = rest.basis();
        let sections = vec![choices(rest), verdicts(rest, &basis)];
        Report { name: "sei", title: "", basis, sections }
    }));
    Report { name: "sei", title: "SEI against people", basis, sections }
}

/// How often people took one of the ranker's first sentences.
fn choices(material: &Material) -> Section {
    let mut section = Section::new("The ranker's first choices");
    let basis = material.choice_basis();
    let arms = [
        ("all", None),
        ("blind", Some(Arm::Blind)),
        ("ranked", Some(Arm::Ranked)),
        ("ranked+scores", Some(Arm::RankedScores)),
    ];
    for (name, arm) in arms {
        let taken = material.choices.iter().filter(|choice| arm.is_none() || choice.arm == arm);
        let places: Vec<u32> = taken
            .filter(|choice| matches!(choice.kind.as_str(), "accept" | "override"))
            .filter_map(|choice| choice.place)
            .collect();
        let n = places.len();
        if n == 0 && arm.is_some() {
            continue;
        }
        let basis = basis.in_arm(if arm.is_none() { &basis.arm } else { name });
        for (k, key) in [(1, "top1"), (3, "top3")] {
            let hits = places.iter().filter(|place| **place <= k).count();
            let share = if n > 0 { Ok(real(hits) / real(n)) } else { Err(crate::domain::stats::Undefined::Nothing) };
            let label = if k == 1 { "the ranker's first" } else { "among the ranker's first three" };
            let figure =
                Figure::new(&format!("{key}_{name}"), &format!("{label}, {name}"), Unit::Share, share, n, &basis);
            let found = wilson(hits as u64, n as u64, LEVEL);
            section.figures.push(figure.with(found).how("of sentences taken as they are; Wilson 95%"));
        }
    }
    let mean: f64 = {
        let tuples = material.options.values().map(|options| options.iter().filter(|option| option.written).count());
        let counts: Vec<usize> = tuples.collect();
        real(counts.iter().sum()) / real(counts.len().max(1))
    };
    if mean > 0.0 {
        section
            .notes
            .push(format!("by chance the first would be taken 1 time in {mean:.1}, the mean number of candidates"));
    }
    section
        .notes
        .push("people who see the order tend to follow it: the blind arm alone says what the ranker is worth".into());
    section
}

/// Scores against verdicts on the sentences.
fn verdicts(material: &Material, basis: &Basis) -> Section {
    let mut section = Section::new("Scores against verdicts");
    let judged: Vec<(&crate::store::SentenceRow, bool)> = material
        .sample()
        .filter_map(|row| match material.outcome(row) {
            Outcome::Right => Some((row, true)),
            Outcome::Wrong => Some((row, false)),
            Outcome::Disputed | Outcome::Open => None,
        })
        .collect();
    let scored: Vec<(f64, bool)> = judged.iter().filter_map(|(row, right)| Some((row.sei?, *right))).collect();
    let n = scored.len();
    let area = Figure::estimate(
        "auc_sei",
        "SEI tells right from wrong (AUC)",
        Unit::Number,
        correlation::auc(&scored, LEVEL),
        n,
        basis,
    );
    section.figures.push(area.how("chance that a right sentence has the higher SEI; DeLong 95%"));
    let found = calibration::calibration(&scored, 10, LEVEL);
    let error = found.as_ref().map(|found| found.error).map_err(|why| *why);
    let brier = found.as_ref().map(|found| found.brier).map_err(|why| *why);
    section.figures.push(
        Figure::new("calibration_error", "expected calibration error", Unit::Number, error, n, basis)
            .how("ten bins of equal number"),
    );
    section.figures.push(Figure::new("brier", "Brier score", Unit::Number, brier, n, basis));
    section.figures.push(Figure::count("unscored", "judged sentences without SEI (edited)", judged.len() - n, basis));
    if let Ok(found) = found {
        let columns = [
            ("low", "from", Unit::Number),
            ("high", "to", Unit::Number),
            ("sei", "mean SEI", Unit::Number),
            ("right", "right", Unit::Count),
            ("n", "n", Unit::Count),
            ("share", "share right", Unit::Share),
            ("wilson95", "Wilson 95%", Unit::Share),
        ];
        let chart = Chart::Diagonal { x: 2, y: 5, interval: 6 };
        let mut table = Table::new("calibration", "Is a high SEI a right sentence", &columns, basis).drawn(chart);
        for bin in found.bins {
            table.rows.push(vec![
                Cell::Number(bin.low),
                Cell::Number(bin.high),
                Cell::Number(bin.score),
                Cell::count(bin.right),
                Cell::count(bin.n),
                Cell::Number(real(bin.right) / real(bin.n)),
                Cell::Interval(bin.interval),
            ]);
        }
        section.tables.push(table);
    }
    section.tables.push(dimensions(&judged, basis));
    section
}

fn dimensions(judged: &[(&crate::store::SentenceRow, bool)], basis: &Basis) -> Table {
    let columns = [
        ("dimension", "dimension", Unit::Text),
        ("n", "n", Unit::Count),
        ("auc", "AUC", Unit::Number),
        ("auc95", "DeLong 95%", Unit::Number),
        ("spearman", "Spearman's rho", Unit::Number),
        ("spearman95", "95%", Unit::Number),
        ("pearson", "Pearson's r", Unit::Number),
        ("pearson95", "95%", Unit::Number),
    ];
    let chart = Chart::Bars { label: 0, value: 2, interval: Some(3) };
    let mut table = Table::new("dimensions", "Each dimension against verdicts", &columns, basis).drawn(chart);
    for dimension in Dimension::ALL {
        let scored: Vec<(f64, bool)> =
            judged.iter().filter_map(|(row, right)| Some((row.scores[dimension as usize]?, *right))).collect();
        let pairs: Vec<(f64, f64)> =
            scored.iter().map(|(score, right)| (*score, f64::from(u8::from(*right)))).collect();
        let mut row = vec![dimension.name().into(), Cell::count(scored.len())];
        row.extend(Cell::estimate(correlation::auc(&scored, LEVEL)));
        row.extend(Cell::estimate(correlation::spearman(&pairs, LEVEL)));
        row.extend(Cell::estimate(correlation::pearson(&pairs, LEVEL)));
        table.rows.push(row);
    }
    table
}
