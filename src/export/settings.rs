//! What to write, and what to say of it.

use super::Tacred;
use super::format::Format;
use crate::domain::split::Plan;
use std::collections::BTreeMap;

/// What is told of a relation beside its name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct About {
    /// In words.
    pub label: String,
    /// What it means.
    pub gloss: Option<String>,
    pub symmetric: bool,
}

/// What to write, and what to say of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settings {
    pub formats: Vec<Format>,
    /// All splits there may be, in the order to be told.
    pub splits: Vec<String>,
    /// What the splits were made by.
    pub plan: Plan,
    /// `annotator-1`, `annotator-2` instead of names, in order of appearance.
    pub anonymise: bool,
    /// The dataset's name, for its card.
    pub dataset: String,
    /// Of the dataset, as the hub spells it (`cc-by-4.0`).
    pub licence: Option<String>,
    /// Name and version of the program, and its commit where known.
    pub program: String,
    pub commit: Option<String>,
    /// For the manifest: what was asked for, as in `only = verified`.
    pub selection: BTreeMap<String, String>,
    pub sei_version: String,
    /// All models known; those that wrote a row are told.
    pub models: Vec<Model>,
    /// The caller's own, told with those found here.
    pub warnings: Vec<String>,
    /// All relations of the rows: classes are numbered in this order.
    pub relations: BTreeMap<String, About>,
    /// Rows that the plan publishes nowhere, by reason.
    pub dropped: BTreeMap<&'static str, u64>,
    pub tacred: Tacred,
    /// Brackets as the Penn Treebank writes them, in TACRED.
    pub escape_brackets: bool,
}

/// A model and what may be done with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    pub name: String,
    pub sha256: String,
    pub licence: Option<String>,
}
