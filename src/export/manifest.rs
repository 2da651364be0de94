//! `manifest.json`: what an export holds, file by file, with digests. It is also the sign that a folder is an export.

use super::Settings;
use super::folder::Written;
use super::leak::Check;
use super::row::{Gap, Named, Row};
use crate::domain::split::{UNSEEN_ENTITY, UNSEEN_RELATION};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

pub const NAME: &str = "manifest.json";
/// What stands under `format`.
const FORMAT: &str = "amalrec-export";
/// Version of the manifest itself.
const VERSION: u32 = 1;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Manifest {
    pub format: &'static str,
    pub version: u32,
    /// Version of the rows, [`super::record::VERSION`].
    pub record_version: u32,
    /// Name and version of the program.
    pub program: String,
    /// The program's commit, where known.
    pub commit: Option<String>,
    pub dataset: String,
    pub licence: Option<String>,
    /// What was asked for, in the words of the command line: `--only`, `--min-sei` and the like.
    pub selection: BTreeMap<String, String>,
    pub splits: Splits,
    pub rows: u64,
    pub files: Vec<FileEntry>,
    pub counts: Counts,
    pub left_out: LeftOut,
    pub sei_version: String,
    pub models: Vec<ModelEntry>,
    pub leak_check: LeakCheck,
    pub warnings: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Splits {
    pub seed: u64,
    /// As asked for.
    pub plan: BTreeMap<String, usize>,
    /// The most rows a relation may have.
    pub cap: Option<usize>,
    /// As they are.
    pub rows: BTreeMap<String, u64>,
    /// Rows in no split, by reason.
    pub dropped: BTreeMap<&'static str, u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    pub name: String,
    pub format: String,
    pub split: Option<String>,
    pub rows: u64,
    pub bytes: u64,
    pub sha256: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    pub status: BTreeMap<String, u64>,
    pub source: BTreeMap<String, u64>,
    pub edited: u64,
    /// Whose sentence leaves an end of the tuple unnamed, as an annotator confirmed.
    pub unnamed: u64,
    /// Whose annotators disagree, and nobody settled between them.
    pub disagreed: u64,
    pub method: BTreeMap<String, u64>,
    pub relation: BTreeMap<String, u64>,
}

/// Rows that are listed in `left_out.jsonl` instead of a split.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct LeftOut {
    pub rows: u64,
    pub reasons: BTreeMap<&'static str, u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelEntry {
    pub name: String,
    pub sha256: Option<String>,
    pub licence: Option<String>,
    /// Rows whose sentence it wrote.
    pub rows: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeakCheck {
    pub passed: bool,
    #[serde(flatten)]
    pub found: Check,
}

impl Manifest {
    pub(super) fn header(program: String) -> Self {
        Self {
            format: FORMAT,
            version: VERSION,
            record_version: super::record::VERSION,
            program,
            commit: None,
            dataset: String::new(),
            licence: None,
            selection: BTreeMap::new(),
            splits: Splits {
                seed: 0,
                plan: BTreeMap::new(),
                cap: None,
                rows: BTreeMap::new(),
                dropped: BTreeMap::new(),
            },
            rows: 0,
            files: Vec::new(),
            counts: Counts::default(),
            left_out: LeftOut::default(),
            sei_version: String::new(),
            models: Vec::new(),
            leak_check: LeakCheck { passed: true, found: Check::default() },
            warnings: Vec::new(),
        }
    }
}

impl Splits {
    pub(super) fn of(settings: &Settings, rows: BTreeMap<String, u64>) -> Self {
        let plan = &settings.plan;
        let buckets = [(UNSEEN_RELATION, plan.unseen_relation), (UNSEEN_ENTITY, plan.unseen_entity)];
        let buckets = buckets.into_iter().filter(|(_, size)| *size > 0).map(|(name, size)| (name.to_owned(), size));
        Self {
            seed: plan.seed,
            plan: plan.sizes.iter().cloned().chain(buckets).collect(),
            cap: plan.cap,
            rows,
            dropped: settings.dropped.clone(),
        }
    }
}

impl FileEntry {
    pub(super) fn new(written: Written, format: &str, split: Option<String>, rows: u64) -> Self {
        let Written { name, bytes, sha256 } = written;
        Self { name, format: format.to_owned(), split, rows, bytes, sha256 }
    }
}

impl Counts {
    pub(super) fn add(&mut self, row: &Row, edited: bool) {
        let one = |counts: &mut BTreeMap<String, u64>, key: &str| match counts.get_mut(key) {
            Some(count) => *count += 1,
            None => {
                counts.insert(key.to_owned(), 1);
            }
        };
        one(&mut self.status, row.status.name());
        one(&mut self.source, row.source.name());
        one(&mut self.method, row.origin.as_ref().map_or("written by hand", |origin| &origin.method));
        one(&mut self.relation, &row.tuple.relation);
        self.edited += u64::from(edited);
        self.unnamed += u64::from([row.head, row.tail].contains(&Named::Confirmed));
        self.disagreed += u64::from(row.disagrees);
    }
}

impl LeftOut {
    pub(super) fn add(&mut self, gap: Gap) {
        self.rows += 1;
        *self.reasons.entry(gap.name()).or_default() += 1;
    }

    /// Why there are no rows, in a few words.
    pub(super) fn told(&self) -> String {
        if self.rows == 0 {
            return "choose other rows with --only or --min-sei".into();
        }
        let reasons: Vec<_> = self.reasons.iter().map(|(reason, rows)| format!("{rows}: {reason}")).collect();
        format!("all {} that were chosen are left out ({})", self.rows, reasons.join("; "))
    }
}

/// A file of splits that a manifest lists.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Listed {
    pub name: String,
    pub format: String,
    pub split: Option<String>,
}

/// The files of an export that is there; `None` if the manifest is not one of ours.
#[must_use]
pub fn listed(path: &Path) -> Option<Vec<Listed>> {
    let manifest: serde_json::Value = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
    if manifest["format"] != FORMAT {
        return None;
    }
    serde_json::from_value(manifest["files"].clone()).ok()
}

/// The files that a manifest of ours lists, itself included; empty if it is not one of ours.
pub(super) fn files_of(path: &Path) -> Vec<String> {
    let Some(files) = listed(path) else { return Vec::new() };
    files.into_iter().map(|file| file.name).chain([NAME.to_owned()]).collect()
}
