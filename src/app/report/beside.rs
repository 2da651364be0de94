//! SEI beside what overlap with human references says of the same sentences: BLEU, chrF, ROUGE-L.

use super::document::{Basis, Cell, Chart, LEVEL, Section, Table, Unit};
use super::material::{Material, Outcome};
use crate::domain::clean;
use crate::domain::digest::Digest;
use crate::domain::interval::wilson;
use crate::domain::mention::fold;
use crate::domain::review::Arm;
use crate::domain::stats::overlap::{Grams, bleu, rouge_l, tokens};
use crate::domain::stats::{correlation, index, real};
use crate::domain::{CandidateId, RelationTuple, TupleId};
use crate::import::{Format, ImportError, Item, Reader};
use crate::store::{Db, StoreError};
use std::collections::HashMap;
use std::path::Path;

/// Sentences that people wrote for facts, by the fact: head, relation and tail in normal form, case aside.
#[derive(Debug, Clone, Default)]
pub struct References {
    by_fact: HashMap<Digest, Vec<Reference>>,
    /// Sentences read, and rows that could not be.
    pub read: u64,
    pub refused: Vec<String>,
}

#[derive(Debug, Clone)]
struct Reference {
    grams: Grams,
    tokens: Vec<String>,
}

impl References {
    /// Reads sentences with their tuples from a file of any format that import knows and that holds some.
    ///
    /// # Errors
    /// The file cannot be read, or its format has no sentences.
    pub fn read(&mut self, path: &Path) -> Result<(), ImportError> {
        let lines = path.to_string_lossy();
        let plain = [".jsonl", ".ndjson", ".jsonl.gz", ".jsonl.zst"].iter().any(|end| lines.ends_with(end));
        let format = if plain { Format::Candidates } else { Format::Auto };
        for item in Reader::open(path, format, None)? {
            match item? {
                Item::Row(row) => {
                    let known = self.by_fact.entry(key(&row.tuple)).or_default();
                    for sentence in row.sentences {
                        let text = clean::sentence(&sentence.text);
                        known.push(Reference { grams: Grams::of(&text), tokens: tokens(&text) });
                        self.read += 1;
                    }
                }
                Item::Problem(problem) => self.refused.push(problem.to_string()),
                Item::Aside(_) | Item::Suspicion(_) => {}
            }
        }
        Ok(())
    }

    fn of(&self, tuple: &RelationTuple) -> Option<&[Reference]> {
        self.by_fact.get(&key(tuple)).map(Vec::as_slice).filter(|found| !found.is_empty())
    }
}

fn key(tuple: &RelationTuple) -> Digest {
    Digest::of(&[&fold(&tuple.head.name), &tuple.relation, &fold(&tuple.tail.name)])
}

/// What sentences are measured by.
const MEASURES: [&str; 4] = ["SEI", "BLEU", "chrF", "ROUGE-L"];

/// All measures of a sentence; over several references chrF and ROUGE-L take the best, BLEU counts against all.
fn measures(text: &str, sei: Option<f64>, references: &[Reference]) -> [Option<f64>; 4] {
    let (grams, words) = (Grams::of(text), tokens(text));
    let all: Vec<Vec<String>> = references.iter().map(|reference| reference.tokens.clone()).collect();
    let best = |value: &dyn Fn(&Reference) -> f64| references.iter().map(value).max_by(f64::total_cmp);
    [
        sei,
        Some(bleu(&words, &all)),
        best(&|reference| grams.chrf(&reference.grams)),
        best(&|reference| rouge_l(&words, &reference.tokens)),
    ]
}

/// The tables: against verdicts, and against what people took.
///
/// # Errors
/// The store's.
pub(super) fn section(db: &Db, material: &Material, references: &References) -> Result<Section, StoreError> {
    let mut section = Section::new("SEI beside overlap with references");
    let basis = material.basis();
    section.tables.push(verdicts(db, material, references, &basis)?);
    section.tables.push(choices(db, material, references)?);
    section.notes.push(format!("{} references were read; SEI sees none of them", references.read));
    Ok(section)
}

fn verdicts(db: &Db, material: &Material, references: &References, basis: &Basis) -> Result<Table, StoreError> {
    let mut rows: Vec<([Option<f64>; 4], bool)> = Vec::new();
    for row in material.sample() {
        let right = match material.outcome(row) {
            Outcome::Right => true,
            Outcome::Wrong => false,
            Outcome::Disputed | Outcome::Open => continue,
        };
        let Some(settled) = db.settled(row.tuple)? else { continue };
        // What was edited has no SEI: all are measured on the same sentences.
        let (Some(sei), Some(found)) = (row.sei, references.of(&settled.tuple.tuple)) else { continue };
        rows.push((measures(&settled.text, Some(sei), found), right));
    }
    let columns = [
        ("measure", "measure", Unit::Text),
        ("n", "n", Unit::Count),
        ("auc", "AUC", Unit::Number),
        ("auc95", "DeLong 95%", Unit::Number),
        ("spearman", "Spearman's rho", Unit::Number),
        ("spearman95", "95%", Unit::Number),
    ];
    let chart = Chart::Bars { label: 0, value: 2, interval: Some(3) };
    let mut table = Table::new("overlap_verdicts", "Right from wrong", &columns, basis).drawn(chart);
    for (at, name) in MEASURES.into_iter().enumerate() {
        let scored: Vec<(f64, bool)> = rows.iter().filter_map(|(found, right)| Some((found[at]?, *right))).collect();
        let pairs: Vec<(f64, f64)> =
            scored.iter().map(|(value, right)| (*value, f64::from(u8::from(*right)))).collect();
        let mut row = vec![name.into(), Cell::count(scored.len())];
        row.extend(Cell::estimate(correlation::auc(&scored, LEVEL)));
        row.extend(Cell::estimate(correlation::spearman(&pairs, LEVEL)));
        table.rows.push(row);
    }
    Ok(table)
}

/// All measures of a candidate.
type Measured = ([Option<f64>; 4], CandidateId);

/// How often the sentence that people took is the one that a measure puts first, of ties the part that it would get by
/// chance.
fn choices(db: &Db, material: &Material, references: &References) -> Result<Table, StoreError> {
    let columns = [
        ("arm", "arm", Unit::Text),
        ("measure", "measure", Unit::Text),
        ("n", "n", Unit::Count),
        ("top1", "taken is first", Unit::Share),
        ("wilson95", "Wilson 95%", Unit::Share),
    ];
    let mut table = Table::new("overlap_choices", "The sentence that people took", &columns, &material.choice_basis());
    let mut firsts: HashMap<TupleId, Vec<Measured>> = HashMap::new();
    let taken = material.choices.iter().filter(|choice| matches!(choice.kind.as_str(), "accept" | "override"));
    let taken: Vec<_> = taken.filter_map(|choice| Some((choice, choice.candidate?))).collect();
    for (choice, _) in &taken {
        if firsts.contains_key(&choice.tuple) {
            continue;
        }
        let Some(tuple) = db.tuple(choice.tuple)? else { continue };
        let Some(found) = references.of(&tuple.tuple) else { continue };
        let candidates = db.candidates(choice.tuple)?;
        let measured = candidates.iter().filter_map(|row| {
            let sei = row.scored.as_ref()?.sei?.get();
            Some((measures(row.candidate.text()?, Some(sei), found), row.candidate.id))
        });
        firsts.insert(choice.tuple, measured.collect());
    }
    for (name, arm) in [("all", None), ("blind", Some(Arm::Blind))] {
        for (at, measure) in MEASURES.into_iter().enumerate() {
            let (mut n, mut hits) = (0_usize, 0.0);
            for (choice, candidate) in taken.iter().filter(|(choice, _)| arm.is_none() || choice.arm == arm) {
                let Some(options) = firsts.get(&choice.tuple).filter(|options| options.len() > 1) else { continue };
                let value = |(found, _): &Measured| found[at].unwrap_or(f64::NEG_INFINITY);
                let best = options.iter().map(value).fold(f64::NEG_INFINITY, f64::max);
                let first: Vec<_> = options.iter().filter(|option| value(option) >= best).collect();
                n += 1;
                if first.iter().any(|(_, id)| id == candidate) {
                    hits += 1.0 / real(first.len());
                }
            }
            if n == 0 && arm.is_some() {
                continue;
            }
            let share = if n > 0 { Cell::Number(hits / real(n)) } else { Cell::Absent("nothing to count".into()) };
            let interval = wilson(index(hits.round()) as u64, n as u64, LEVEL);
            let interval = interval.map_or_else(|| Cell::Absent(String::new()), Cell::Interval);
            table.rows.push(vec![name.into(), measure.into(), Cell::count(n), share, interval]);
        }
    }
    Ok(table)
}
