//! Two splits of an export, read from its JSONL: sentences with their entities masked, and the relation to be found.

use super::Draws;
use crate::domain::mention::fold;
use crate::export::{Record, manifest};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::path::Path;
use thiserror::Error;

#[derive(Debug, Error)]
pub enum DataError {
    #[error("{folder}: is no folder that `amalrec export` wrote; name one with manifest.json in it")]
    NoExport { folder: String },
    #[error("{folder}: has no JSONL, which is read here; export with --format jsonl,...")]
    NoJsonl { folder: String },
    #[error("{folder}: has no split '{split}'; its splits are {there}")]
    NoSplit { folder: String, split: String, there: String },
    #[error("{folder}: split '{split}' has no rows")]
    Empty { folder: String, split: String },
    #[error("{file}: line {line}: {reason}")]
    Row { file: String, line: usize, reason: String },
    #[error("{file}: cannot be read: {source}")]
    Read { file: String, source: io::Error },
}

/// A sentence and what it states.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Example {
    pub(super) sentence: String,
    pub(super) head: String,
    pub(super) tail: String,
    /// Types of head and tail, empty where unknown.
    pub(super) kinds: (String, String),
    /// The sentence folded, in tokens, with `[h]` and `[t]` for the entities.
    pub(super) masked: Vec<String>,
    /// By [`Data::relations`].
    pub(super) relation: usize,
}

/// Two splits.
pub(super) struct Data {
    /// In alphabetical order.
    pub(super) relations: Vec<String>,
    pub(super) train: Vec<Example>,
    pub(super) test: Vec<Example>,
}

impl Data {
    pub(super) fn read(folder: &Path, train: &str, test: &str) -> Result<Self, DataError> {
        let shown = folder.display().to_string();
        let files = manifest::listed(&folder.join(manifest::NAME))
            .ok_or_else(|| DataError::NoExport { folder: shown.clone() })?;
        if !files.iter().any(|file| file.format == "jsonl") {
            return Err(DataError::NoJsonl { folder: shown });
        }
        let read = |split: &str| {
            let there = || files.iter().filter(|file| file.format == "jsonl").filter_map(|file| file.split.clone());
            let Some(file) = files.iter().find(|f| f.format == "jsonl" && f.split.as_deref() == Some(split)) else {
                let there = there().collect::<Vec<_>>().join(", ");
                return Err(DataError::NoSplit { folder: shown.clone(), split: split.to_owned(), there });
            };
            let rows = records(&folder.join(&file.name))?;
            if rows.is_empty() {
                return Err(DataError::Empty { folder: shown.clone(), split: split.to_owned() });
            }
            Ok(rows)
        };
        let (train, test) = (read(train)?, read(test)?);
        let names: BTreeSet<&str> = train.iter().chain(&test).map(|record| record.relation.as_str()).collect();
        let relations: Vec<String> = names.into_iter().map(str::to_owned).collect();
        let number: BTreeMap<&str, usize> = relations.iter().map(String::as_str).zip(0..).collect();
        let examples = |records: &[Record]| -> Vec<Example> {
            records.iter().map(|record| Example::of(record, number[record.relation.as_str()])).collect()
        };
        let (train, test) = (examples(&train), examples(&test));
        Ok(Self { relations, train, test })
    }

    /// For each relation, whether a training row has it.
    pub(super) fn seen(&self) -> Vec<bool> {
        let mut seen = vec![false; self.relations.len()];
        for row in &self.train {
            seen[row.relation] = true;
        }
        seen
    }
}

fn records(path: &Path) -> Result<Vec<Record>, DataError> {
    let file = path.display().to_string();
    let failed = |source| DataError::Read { file: file.clone(), source };
    let mut records = Vec::new();
    for (line, text) in (1..).zip(BufReader::new(File::open(path).map_err(failed)?).lines()) {
        let text = text.map_err(failed)?;
        let row = |e: serde_json::Error| DataError::Row { file: file.clone(), line, reason: e.to_string() };
        records.push(serde_json::from_str(&text).map_err(row)?);
    }
    Ok(records)
}

impl Example {
    fn of(record: &Record, relation: usize) -> Self {
        let kind = |kind: &Option<String>| kind.clone().unwrap_or_default();
        Self {
            masked: masked(record),
            sentence: record.sentence.clone(),
            head: record.head.name.clone(),
            tail: record.tail.name.clone(),
            kinds: (kind(&record.head.kind), kind(&record.tail.kind)),
            relation,
        }
    }
}

/// Words and punctuation, folded, with a mark for each entity.
fn masked(record: &Record) -> Vec<String> {
    let chars: Vec<char> = record.sentence.chars().collect();
    let place = |end: &crate::export::record::End| {
        end.start.zip(end.end).filter(|(start, end)| start < end && *end <= chars.len())
    };
    let mut marks: Vec<((usize, usize), &str)> = Vec::new();
    marks.extend(place(&record.head).map(|place| (place, "[h]")));
    marks.extend(place(&record.tail).map(|place| (place, "[t]")));
    marks.sort_unstable();
    let mut out = Vec::new();
    let mut at = 0;
    for ((start, end), mark) in marks {
        words(&chars[at.min(start)..start], &mut out);
        out.push(mark.to_owned());
        at = at.max(end);
    }
    words(&chars[at..], &mut out);
    out
}

fn words(chars: &[char], out: &mut Vec<String>) {
    let text = fold(&chars.iter().collect::<String>());
    let mut word = String::new();
    for c in text.chars() {
        if c.is_alphanumeric() {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            out.push(std::mem::take(&mut word));
        }
        if !c.is_whitespace() {
            out.push(c.to_string());
        }
    }
    if !word.is_empty() {
        out.push(word);
    }
}

/// `size` rows by lot, in their order; all of them where there are no more.
pub(super) fn sample(rows: &[Example], size: usize, seed: u64) -> Vec<&Example> {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    Draws(seed).shuffle(&mut order);
    order.truncate(size);
    order.sort_unstable();
    order.into_iter().map(|row| &rows[row]).collect()
}
