//! The check that no split gives away another: shared tuples, entity pairs and sentences are refused, near-duplicates counted.

use super::row::{Named, Row};
use crate::domain::digest::Digest;
use crate::domain::mention::fold;
use crate::domain::split::pair_key;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::fmt;

/// Examples kept of each kind of leak.
const EXAMPLES: usize = 5;

/// Splits that a leak can be told for.
pub(super) const SPLIT_LIMIT: usize = 64;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Check {
    /// Tuples that stand in more than one split.
    pub tuples: Finding,
    /// Entity pairs, without order, case or accents, that stand in more than one split.
    pub entity_pairs: Finding,
    /// Sentences, without case or accents, that stand in more than one split.
    pub sentences: Finding,
    /// By split: rows whose sentence, entities masked, stands in another split too. Not refused: templates do this.
    pub near_duplicate_rows: BTreeMap<String, u64>,
    /// Tuples that stand more than once in the same split.
    pub repeated_tuples: u64,
}

/// One kind of leak.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Finding {
    pub count: u64,
    pub examples: Vec<Example>,
}

/// One leak: what, and the splits it was first seen in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Example {
    pub what: String,
    pub splits: Vec<String>,
}

impl Check {
    /// True if no split gives away another.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.tuples.count + self.entity_pairs.count + self.sentences.count == 0
    }
}

/// The refusal.
impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the splits leak:")?;
        let kinds = [("tuple", &self.tuples), ("entity pair", &self.entity_pairs), ("sentence", &self.sentences)];
        let found = kinds.into_iter().filter(|(_, finding)| finding.count > 0);
        for (i, (noun, finding)) in found.enumerate() {
            let (s, stand) = if finding.count == 1 { ("", "stands") } else { ("s", "stand") };
            let comma = if i > 0 { ";" } else { "" };
            write!(f, "{comma} {} {noun}{s} {stand} in more than one split", finding.count)?;
            if let Some(example) = finding.examples.first() {
                write!(f, " (such as '{}' in {})", example.what, example.splits.join(" and "))?;
            }
        }
        Ok(())
    }
}

/// Collects rows one by one; a digest of each is all it keeps.
pub(super) struct Guard {
    splits: Vec<String>,
    tuples: HashMap<u128, u64>,
    pairs: HashMap<u128, u64>,
    sentences: HashMap<u128, u64>,
    /// Masked sentences: rows by split.
    masked: HashMap<u128, Vec<(usize, u64)>>,
    check: Check,
}

impl Guard {
    pub(super) fn new(splits: &[String]) -> Self {
        Self {
            splits: splits.to_vec(),
            tuples: HashMap::new(),
            pairs: HashMap::new(),
            sentences: HashMap::new(),
            masked: HashMap::new(),
            check: Check::default(),
        }
    }

    pub(super) fn add(&mut self, row: &Row, split: usize) {
        let Self { splits, tuples, pairs, sentences, masked, check } = self;
        let tuple = &row.tuple;
        let fact = || format!("{} | {} | {}", tuple.head.name, tuple.relation, tuple.tail.name);
        if mark(tuples, short(tuple.digest()), split, splits, &mut check.tuples, fact) {
            check.repeated_tuples += 1;
        }
        let pair = || format!("{} | {}", tuple.head.name, tuple.tail.name);
        mark(pairs, short(pair_key(tuple)), split, splits, &mut check.entity_pairs, pair);
        let sentence = || row.sentence.clone();
        let key = short(Digest::of(&[&words(&row.sentence)]));
        mark(sentences, key, split, splits, &mut check.sentences, sentence);
        let key = short(Digest::of(&[&words(&mask(row))]));
        let rows = masked.entry(key).or_default();
        match rows.iter_mut().find(|(known, _)| *known == split) {
            Some((_, count)) => *count += 1,
            None => rows.push((split, 1)),
        }
    }

    pub(super) fn finish(mut self) -> Check {
        self.check.near_duplicate_rows = self.splits.iter().map(|split| (split.clone(), 0)).collect();
        for rows in self.masked.values().filter(|rows| rows.len() > 1) {
            for (split, count) in rows {
                if let Some(total) = self.check.near_duplicate_rows.get_mut(&self.splits[*split]) {
                    *total += count;
                }
            }
        }
        self.check
    }
}

/// Notes that a key stands in a split; true if it stood there already.
fn mark(
    seen: &mut HashMap<u128, u64>,
    key: u128,
    split: usize,
    splits: &[String],
    finding: &mut Finding,
    what: impl Fn() -> String,
) -> bool {
    let here = 1_u64 << split;
    let before = seen.insert(key, here).unwrap_or(0);
    if before != 0 {
        seen.insert(key, before | here);
    }
    // Counted once, when the key comes to its second split.
    if before.is_power_of_two() && before != here {
        finding.count += 1;
        if finding.examples.len() < EXAMPLES {
            let both = before | here;
            let splits = splits.iter().enumerate().filter(|(i, _)| both >> i & 1 == 1);
            finding.examples.push(Example { what: what(), splits: splits.map(|(_, name)| name.clone()).collect() });
        }
    }
    before & here != 0
}

/// Half a digest: no two of a thousand million keys meet by chance.
fn short(digest: Digest) -> u128 {
    let mut half = [0; 16];
    half.copy_from_slice(&digest.0[..16]);
    u128::from_le_bytes(half)
}

fn words(text: &str) -> String {
    fold(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The sentence with a mark in place of each entity.
fn mask(row: &Row) -> String {
    let mut marks = Vec::with_capacity(2);
    for (named, mark) in [(row.head, "[head]"), (row.tail, "[tail]")] {
        if let Named::At(span) = named {
            marks.push((span, mark));
        }
    }
    marks.sort_unstable();
    let mut masked = String::with_capacity(row.sentence.len());
    let mut at = 0;
    for (span, mark) in marks {
        masked.push_str(row.sentence.get(at..span.start).unwrap_or_default());
        masked.push_str(mark);
        at = at.max(span.end);
    }
    masked.push_str(row.sentence.get(at..).unwrap_or_default());
    masked
}
