//! The check that no split gives away another: shared tuples, entity pairs and sentences are refused, near-duplicates counted.

use super::row::{Named, Row};
use crate::domain::digest::Digest;
use crate::domain::mention::fold;
use crate::domain::split::{UNSEEN_ENTITY, UNSEEN_RELATION, pair_key, sentence_key};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

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
    /// Relations of the bucket of unseen ones that stand in another split.
    pub unseen_relations: Finding,
    /// Entities of the bucket of unseen ones that another split names.
    pub unseen_entities: Finding,
    /// By split: rows whose sentence, entities masked, stands in another split too. Not refused: templates do this.
    pub near_duplicate_rows: BTreeMap<String, u64>,
    /// The first of these sentences, entities masked.
    pub near_duplicates: Vec<Example>,
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
        self.kinds().iter().all(|(.., finding)| finding.count == 0)
    }

    /// What is refused: one of its kind, several, and those found.
    fn kinds(&self) -> [(&'static str, &'static str, &Finding); 5] {
        [
            ("tuple", "tuples", &self.tuples),
            ("entity pair", "entity pairs", &self.entity_pairs),
            ("sentence", "sentences", &self.sentences),
            ("relation held out as unseen", "relations held out as unseen", &self.unseen_relations),
            ("entity held out as unseen", "entities held out as unseen", &self.unseen_entities),
        ]
    }
}

/// The refusal.
impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the splits leak:")?;
        let found = self.kinds().into_iter().filter(|(.., finding)| finding.count > 0);
        for (i, (one, several, finding)) in found.enumerate() {
            let (noun, stand) = if finding.count == 1 { (one, "stands") } else { (several, "stand") };
            let comma = if i > 0 { ";" } else { "" };
            write!(f, "{comma} {} {noun} {stand} in more than one split", finding.count)?;
            if let Some(example) = finding.examples.first() {
                write!(f, " (such as '{}' in {})", example.what, example.splits.join(" and "))?;
            }
        }
        Ok(())
    }
}

/// Collects rows one by one; a digest of each is all it keeps.
#[derive(Default)]
pub(super) struct Guard {
    splits: Vec<String>,
    tuples: Seen,
    pairs: Seen,
    sentences: Seen,
    /// Masked sentences: rows by split.
    masked: HashMap<u128, Vec<(usize, u64)>>,
    /// What a bucket of unseen relations or entities, by its number, must not share.
    relations: Option<(usize, Unseen)>,
    entities: Option<(usize, Unseen)>,
    check: Check,
}

/// The splits that a key stands in, as bits.
type Seen = HashMap<u128, u64>;

/// The same with the key's name.
type Unseen = HashMap<String, u64>;

impl Guard {
    /// Looks at all rows that can be published, until somebody says to stop.
    pub(super) fn of(splits: &[String], rows: &[Row], stop: &AtomicBool) -> Self {
        let mut guard = Self::new(splits);
        let whole = rows.iter().filter(|row| row.gap().is_none());
        whole.take_while(|_| !stop.load(Relaxed)).for_each(|row| guard.add(row));
        guard
    }

    fn new(splits: &[String]) -> Self {
        let bucket = |name: &str| Some((splits.iter().position(|split| split == name)?, Unseen::new()));
        Self {
            splits: splits.to_vec(),
            tuples: Seen::new(),
            pairs: Seen::new(),
            sentences: Seen::new(),
            masked: HashMap::new(),
            relations: bucket(UNSEEN_RELATION),
            entities: bucket(UNSEEN_ENTITY),
            check: Check::default(),
        }
    }

    /// Rows of a split that was not announced are not looked at: they are refused elsewhere.
    fn add(&mut self, row: &Row) {
        let Some(split) = self.splits.iter().position(|split| *split == row.split) else { return };
        let Self { splits, tuples, pairs, sentences, masked, relations, entities, check } = self;
        let tuple = &row.tuple;
        let fact = || format!("{} | {} | {}", tuple.head.name, tuple.relation, tuple.tail.name);
        if mark(tuples, short(tuple.digest()), split, splits, &mut check.tuples, fact) {
            check.repeated_tuples += 1;
        }
        let pair = || format!("{} | {}", tuple.head.name, tuple.tail.name);
        mark(pairs, short(pair_key(tuple)), split, splits, &mut check.entity_pairs, pair);
        let sentence = || row.sentence.clone();
        mark(sentences, short(sentence_key(&row.sentence)), split, splits, &mut check.sentences, sentence);
        let here = 1_u64 << split;
        if let Some((_, seen)) = relations {
            *seen.entry(tuple.relation.clone()).or_default() |= here;
        }
        if let Some((_, seen)) = entities {
            for end in [&tuple.head, &tuple.tail] {
                *seen.entry(fold(&end.name)).or_default() |= here;
            }
        }
        let masked_text = mask(row);
        let rows = masked.entry(short(sentence_key(&masked_text))).or_default();
        match rows.iter_mut().find(|(known, _)| *known == split) {
            Some((_, count)) => *count += 1,
            None => rows.push((split, 1)),
        }
        // Told when the sentence comes to its second split.
        if let [(first, _), (second, 1)] = rows[..]
            && second == split
            && check.near_duplicates.len() < EXAMPLES
        {
            let both = vec![splits[first].clone(), splits[second].clone()];
            check.near_duplicates.push(Example { what: masked_text, splits: both });
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
        self.check.unseen_relations = shared(self.relations, &self.splits);
        self.check.unseen_entities = shared(self.entities, &self.splits);
        self.check
    }
}

/// What stands in a bucket and in another split too.
fn shared(bucket: Option<(usize, Unseen)>, splits: &[String]) -> Finding {
    let Some((bucket, seen)) = bucket else { return Finding::default() };
    let mut found: Vec<(String, u64)> =
        seen.into_iter().filter(|(_, bits)| bits >> bucket & 1 == 1 && !bits.is_power_of_two()).collect();
    found.sort_unstable();
    let example = |(what, bits): &(String, u64)| Example { what: what.clone(), splits: named(*bits, splits) };
    Finding { count: found.len() as u64, examples: found.iter().take(EXAMPLES).map(example).collect() }
}

fn named(bits: u64, splits: &[String]) -> Vec<String> {
    splits.iter().enumerate().filter(|(i, _)| bits >> i & 1 == 1).map(|(_, name)| name.clone()).collect()
}

/// Notes that a key stands in a split; true if it stood there already.
fn mark(
    seen: &mut Seen,
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
            finding.examples.push(Example { what: what(), splits: named(before | here, splits) });
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
