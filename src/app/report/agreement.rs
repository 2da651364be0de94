//! `agreement`: how far people's verdicts, and their choices, agree beyond chance.

use super::document::{Basis, Cell, Chart, Figure, LEVEL, Report, Section, Table, Unit};
use super::material::Material;
use crate::domain::review::Verdict;
use crate::domain::stats::agreement::{Measure, Scale, estimate};
use crate::domain::stats::bootstrap::RESAMPLES;
use crate::domain::stats::ratings::Ratings;
use crate::domain::stats::real;
use std::collections::{BTreeMap, BTreeSet};

/// The report.
#[must_use]
pub fn agreement(material: &Material) -> Report {
    let basis = material.basis();
    let verdicts = Verdicts::of(material);
    let resamples = RESAMPLES;
    let mut sections = vec![measures(material, &verdicts, &basis, resamples)];
    if verdicts.annotators.len() > 1 {
        sections.push(pairs(&verdicts, &basis));
    }
    sections.extend(choices(material));
    if verdicts.annotators.len() > 1 {
        sections.extend(super::leave_out(
            material,
            &["right_percent", "right_gwet_ac1", "right_krippendorff_alpha"],
            |rest| {
                let basis = rest.basis();
                let section = measures(rest, &Verdicts::of(rest), &basis, 0);
                Report { name: "agreement", title: "", basis, sections: vec![section] }
            },
        ));
    }
    Report { name: "agreement", title: "Agreement of the annotators", basis, sections }
}

/// Each sentence's verdicts by annotator; those that settle between others were not given independently.
struct Verdicts {
    annotators: Vec<String>,
    rows: Vec<Vec<Option<Verdict>>>,
}

impl Verdicts {
    fn of(material: &Material) -> Self {
        let independent = |row| material.counted(row).filter(|verdict| !verdict.settles);
        let names: BTreeSet<&str> =
            material.sample().flat_map(|row| independent(row).map(|verdict| verdict.annotator.as_str())).collect();
        let names: Vec<&str> = names.into_iter().collect();
        let rows = material.sample().map(|row| {
            let mut ratings = vec![None; names.len()];
            for verdict in independent(row) {
                if let Ok(at) = names.binary_search(&verdict.annotator.as_str()) {
                    ratings[at] = Some(verdict.verdict);
                }
            }
            ratings
        });
        Self { rows: rows.collect(), annotators: names.into_iter().map(str::to_owned).collect() }
    }

    /// Right or wrong.
    fn outcomes(&self) -> Ratings {
        self.rated(2, |verdict| usize::from(verdict == Verdict::Right))
    }

    /// The seven kinds.
    fn kinds(&self) -> Ratings {
        self.rated(Verdict::ALL.len(), |verdict| verdict as usize)
    }

    fn rated(&self, categories: usize, category: impl Fn(Verdict) -> usize) -> Ratings {
        let rows: Vec<Vec<Option<usize>>> =
            self.rows.iter().map(|row| row.iter().map(|verdict| verdict.map(&category)).collect()).collect();
        Ratings::new(categories, &rows)
    }
}

const NOMINAL: [Measure; 5] = [
    Measure::Percent,
    Measure::Cohen(Scale::Nominal),
    Measure::Fleiss,
    Measure::Alpha(Scale::Nominal),
    Measure::Gwet(Scale::Nominal),
];

fn measures(material: &Material, verdicts: &Verdicts, basis: &Basis, resamples: usize) -> Section {
    let mut section = Section::new("Verdicts");
    let tables = [("right", "right or wrong", verdicts.outcomes()), ("kind", "kind of verdict", verdicts.kinds())];
    for (key, label, ratings) in tables {
        let found = estimate(&NOMINAL, &ratings, LEVEL, resamples, material.seed_for(key));
        for (measure, found) in NOMINAL.iter().zip(found) {
            let figure = Figure::estimate(
                &format!("{key}_{}", measure.name()),
                &format!("{}, {label}", measure.label()),
                if *measure == Measure::Percent { Unit::Share } else { Unit::Number },
                found,
                ratings.paired(),
                basis,
            );
            section.figures.push(figure.how("bootstrap by sentence"));
        }
    }
    let paired = verdicts.outcomes().paired();
    section.figures.push(Figure::count("annotators", "people who judged", verdicts.annotators.len(), basis));
    section.figures.push(Figure::count("judged", "sentences judged", verdicts.outcomes().items(), basis));
    section.figures.push(Figure::count("paired", "judged by two or more", paired, basis));
    if paired < 100 {
        section
            .notes
            .push("below some 100 sentences judged by two, alpha is not to be trusted (Zhao et al. 2013)".into());
    }
    section.notes.push("where one answer is common, kappa and alpha fall though people agree (Feinstein and Cicchetti 1990): read them beside AC1 and the plain share".into());
    section
}

fn pairs(verdicts: &Verdicts, basis: &Basis) -> Section {
    let mut section = Section::new("Pairs of annotators");
    let columns = [
        ("first", "first", Unit::Text),
        ("second", "second", Unit::Text),
        ("n", "n", Unit::Count),
        ("percent", "agreement", Unit::Share),
        ("cohen_kappa", "Cohen's kappa", Unit::Number),
        ("gwet_ac1", "Gwet's AC1", Unit::Number),
    ];
    let mut table = Table::new("pairs", "Right or wrong, by pair", &columns, basis);
    let outcomes = verdicts.outcomes();
    for a in 0..verdicts.annotators.len() {
        for b in a + 1..verdicts.annotators.len() {
            let pair = outcomes.pair(a, b);
            if pair.items() == 0 {
                continue;
            }
            table.rows.push(vec![
                Cell::Text(verdicts.annotators[a].clone()),
                Cell::Text(verdicts.annotators[b].clone()),
                Cell::count(pair.items()),
                Cell::value(Measure::Percent.of(&pair)),
                Cell::value(Measure::Cohen(Scale::Nominal).of(&pair)),
                Cell::value(Measure::Gwet(Scale::Nominal).of(&pair)),
            ]);
        }
    }
    section.tables.push(table);
    section.tables.push(confusion(verdicts, basis));
    section
}

/// How often two verdicts on a sentence were of these kinds, whoever gave which.
fn confusion(verdicts: &Verdicts, basis: &Basis) -> Table {
    let mut counts: BTreeMap<(Verdict, Verdict), usize> = BTreeMap::new();
    for row in &verdicts.rows {
        let given: Vec<Verdict> = row.iter().flatten().copied().collect();
        for (at, &a) in given.iter().enumerate() {
            for &b in &given[at + 1..] {
                *counts.entry((a.min(b), a.max(b))).or_default() += 1;
            }
        }
    }
    let total: usize = counts.values().sum();
    let columns = [
        ("one", "one said", Unit::Text),
        ("other", "the other", Unit::Text),
        ("n", "pairs of verdicts", Unit::Count),
        ("share", "share", Unit::Share),
    ];
    let mut table = Table::new("confusion", "Which verdicts meet", &columns, basis).drawn(Chart::Heat {
        row: 0,
        column: 1,
        value: 3,
    });
    for ((a, b), n) in counts {
        table.rows.push(vec![a.name().into(), b.name().into(), Cell::count(n), Cell::Number(real(n) / real(total))]);
    }
    table
}

/// Tuples that several people answered: did they take the same sentence, and how far apart were its places.
fn choices(material: &Material) -> Option<Section> {
    let mut by_tuple: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for choice in &material.choices {
        by_tuple.entry(choice.tuple).or_default().push(choice);
    }
    by_tuple.retain(|_, answers| answers.len() > 1);
    if by_tuple.is_empty() {
        return None;
    }
    let names: BTreeSet<&str> = by_tuple.values().flatten().map(|choice| choice.annotator.as_str()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let deepest = by_tuple.values().flatten().filter_map(|choice| choice.place).max().unwrap_or(1);
    let (mut same, mut pairs) = (0, 0);
    let mut rows = Vec::new();
    for answers in by_tuple.values() {
        let mut places = vec![None; names.len()];
        for (at, a) in answers.iter().enumerate() {
            if let Ok(name) = names.binary_search(&a.annotator.as_str()) {
                places[name] = a.place.and_then(|place| usize::try_from(place).ok()?.checked_sub(1));
            }
            for b in &answers[at + 1..] {
                pairs += 1;
                same += usize::from(a.kind == b.kind && a.candidate == b.candidate && a.kind != "edit");
            }
        }
        rows.push(places);
    }
    let basis = material.choice_basis();
    let mut section = Section::new("Choices");
    let share = crate::domain::interval::wilson(same as u64, pairs as u64, LEVEL);
    let figure = Figure::new("choice_same", "took the same", Unit::Share, Ok(real(same) / real(pairs)), pairs, &basis);
    section.figures.push(figure.with(share).how("pairs of answers; Wilson 95%"));
    let ratings = Ratings::new(usize::try_from(deepest).unwrap_or(1), &rows);
    let ordinal = [Measure::Alpha(Scale::Ordinal), Measure::Gwet(Scale::Ordinal), Measure::Cohen(Scale::Ordinal)];
    let found = estimate(&ordinal, &ratings, LEVEL, RESAMPLES, material.seed_for("place"));
    for (measure, found) in ordinal.iter().zip(found) {
        let key = format!("choice_place_{}", measure.name());
        let label = format!("{}, place of the sentence taken", measure.label());
        let figure = Figure::estimate(&key, &label, Unit::Number, found, ratings.paired(), &basis);
        section.figures.push(figure.how("bootstrap by tuple"));
    }
    Some(section)
}
