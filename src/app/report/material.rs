//! What reports are computed from, read once; and what is said of its origin.

use super::document::Basis;
use crate::domain::digest::Digest;
use crate::domain::relation::Catalogue;
use crate::domain::review::{Arm, Verdict};
use crate::domain::sampling::By;
use crate::domain::{CandidateId, TupleId};
use crate::store::{ChoiceRow, Db, MethodCount, OptionRow, PassRow, SentenceRow, StoreError, VerdictRow};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// The rows of a report.
#[derive(Debug, Clone, Default)]
pub struct Material {
    /// The pass that the sentences belong to.
    pub pass: Option<PassRow>,
    pub sentences: Vec<SentenceRow>,
    pub choices: Vec<ChoiceRow>,
    /// The candidates of decided tuples; of parts of the rows too, where the choices say which of them matter.
    pub options: Arc<HashMap<TupleId, Vec<OptionRow>>>,
    pub methods: Vec<MethodCount>,
    /// Chosen sentences: relation, text, and the text without names.
    pub texts: Vec<(String, String, String)>,
    /// The group of each relation.
    pub groups: HashMap<String, String>,
    relations: HashMap<TupleId, String>,
    /// Draws what is drawn.
    pub seed: u64,
}

/// Which rows to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted {
    pub choices: bool,
    pub options: bool,
    pub texts: bool,
}

/// What verdicts make of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Right,
    Wrong,
    /// Verdicts differ, and nobody has settled between them.
    Disputed,
    Open,
}

impl Material {
    /// Reads what is wanted; sentences are those of the pass's frame, or all that stand.
    ///
    /// # Errors
    /// The store's.
    pub fn read(db: &mut Db, pass: Option<PassRow>, wanted: Wanted, catalogue: &Catalogue) -> Result<Self, StoreError> {
        let sentences = db.sentence_rows(pass.as_ref().map(|pass| pass.id))?;
        let seed = pass.as_ref().map_or(0, |pass| pass.draft.seed);
        let mut material = Self { pass, sentences, seed, ..Self::default() };
        if wanted.choices {
            material.choices = db.choice_rows()?;
            material.relations = db.decided_relations()?;
        }
        if wanted.options {
            let mut options: HashMap<TupleId, Vec<OptionRow>> = HashMap::new();
            for option in db.option_rows()? {
                options.entry(option.tuple).or_default().push(option);
            }
            material.options = Arc::new(options);
            material.methods = db.method_counts()?;
        }
        if wanted.texts {
            material.texts =
                db.chosen_texts()?.into_iter().map(|(_, relation, text, form)| (relation, text, form)).collect();
        }
        let relations: BTreeSet<&str> = material
            .sentences
            .iter()
            .map(|row| row.relation.as_str())
            .chain(material.relations.values().map(String::as_str))
            .collect();
        let group = |relation: &str| {
            let path = catalogue.find(relation).and_then(|relation| relation.path.clone()).unwrap_or_default();
            path.split('/').next().filter(|part| !part.is_empty()).unwrap_or("other").to_owned()
        };
        material.groups = relations.into_iter().map(|relation| (relation.to_owned(), group(relation))).collect();
        Ok(material)
    }

    /// The group of a relation: the first part of its place in the catalogue's taxonomy, or `other`.
    #[must_use]
    pub fn group(&self, relation: &str) -> &str {
        self.groups.get(relation).map_or("other", String::as_str)
    }

    /// The relation of a decided tuple; empty if it is not known.
    #[must_use]
    pub fn relation(&self, tuple: TupleId) -> &str {
        self.relations.get(&tuple).map_or("", String::as_str)
    }

    /// All groups that there are, in order.
    #[must_use]
    pub fn all_groups(&self) -> Vec<String> {
        self.groups.values().cloned().collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The rows without those of a group.
    #[must_use]
    pub fn without(&self, group: &str) -> Self {
        let keeps = |relation: &str| self.group(relation) != group;
        Self {
            pass: self.pass.clone(),
            sentences: self.sentences.iter().filter(|row| keeps(&row.relation)).cloned().collect(),
            choices: self.choices.iter().filter(|row| keeps(self.relation(row.tuple))).cloned().collect(),
            options: Arc::clone(&self.options),
            methods: self.methods.clone(),
            texts: Vec::new(),
            groups: self.groups.clone(),
            relations: self.relations.clone(),
            seed: self.seed,
        }
    }

    /// A seed of its own for each use, the same each time.
    #[must_use]
    pub fn seed_for(&self, what: &str) -> u64 {
        Digest::of(&["report", &self.seed.to_string(), what]).as_u64()
    }

    /// The sentences that speak for the frame: of a pass the sample as it stands, else all with a verdict.
    pub fn sample(&self) -> impl Iterator<Item = &SentenceRow> {
        let drawn = self.pass.is_some();
        self.sentences
            .iter()
            .filter(move |row| if drawn { row.position.is_some() && row.stands } else { !row.verdicts.is_empty() })
    }

    /// The verdicts that count: in a pass those of others than who chose the sentence.
    pub fn counted<'a>(&'a self, row: &'a SentenceRow) -> impl Iterator<Item = &'a VerdictRow> {
        let independent = self.pass.is_some();
        row.verdicts.iter().filter(move |verdict| !independent || verdict.annotator != row.chooser)
    }

    /// What the verdicts that count make of a sentence.
    #[must_use]
    pub fn outcome(&self, row: &SentenceRow) -> Outcome {
        let of = |verdict: Verdict| if verdict == Verdict::Right { Outcome::Right } else { Outcome::Wrong };
        if let Some(last) = self.counted(row).filter(|verdict| verdict.settles).last() {
            return of(last.verdict);
        }
        let mut outcomes = self.counted(row).map(|verdict| of(verdict.verdict));
        let Some(first) = outcomes.next() else { return Outcome::Open };
        if outcomes.all(|other| other == first) { first } else { Outcome::Disputed }
    }

    /// What the sentences of this material are, in words.
    #[must_use]
    pub fn frame(&self) -> String {
        let Some(pass) = &self.pass else {
            return "all decided sentences; those verified were not drawn at random".to_owned();
        };
        let draft = &pass.draft;
        let by = match draft.by {
            By::None => "simple random sample".to_owned(),
            by @ (By::Relation | By::Method | By::Split) => {
                format!("sample by {by}, {}", if draft.evenly { "evenly" } else { "by size" })
            }
        };
        let filter = if draft.filter.is_empty() { String::new() } else { format!(" where {}", draft.filter) };
        format!(
            "pass {}: {by} of {} of {} sentences{filter}, seed {}, as of decision {} ({})",
            draft.name,
            pass.size,
            pass.population,
            draft.seed,
            pass.newest,
            super::date(draft.made_at)
        )
    }

    /// The basis of figures about sentences.
    #[must_use]
    pub fn basis(&self) -> Basis {
        let versions: BTreeSet<&str> = self.sentences.iter().filter_map(|row| row.sei_version.as_deref()).collect();
        Basis {
            frame: self.frame(),
            arm: arms(self.sentences.iter().map(|row| row.arm)),
            sei_version: versions.into_iter().collect::<Vec<_>>().join(", "),
        }
    }

    /// The basis of figures about choices.
    #[must_use]
    pub fn choice_basis(&self) -> Basis {
        let versions: BTreeSet<&str> = self.choices.iter().filter_map(|row| row.sei_version.as_deref()).collect();
        Basis {
            frame: format!("all {} answers that stand, of {} tuples", self.choices.len(), self.decided()),
            arm: arms(self.choices.iter().map(|row| row.arm)),
            sei_version: versions.into_iter().collect::<Vec<_>>().join(", "),
        }
    }

    /// Tuples with an answer.
    #[must_use]
    pub fn decided(&self) -> usize {
        self.choices.iter().map(|row| row.tuple).collect::<BTreeSet<_>>().len()
    }
}

/// What a sentence that was taken stood against: the written ones, of those that nearly repeat each other one, and of
/// those that nearly repeat the one taken that one itself.
#[must_use]
pub fn rivals(options: &[OptionRow], taken: CandidateId) -> Vec<&OptionRow> {
    let origin = |option: &OptionRow| option.repeats.unwrap_or(option.candidate);
    let own = options.iter().find(|option| option.candidate == taken).map(origin);
    let stands = |option: &&OptionRow| {
        option.candidate == taken || option.written && option.repeats.is_none() && Some(origin(option)) != own
    };
    options.iter().filter(stands).collect()
}

/// The arms there are, with commas between; what was decided headless has none.
fn arms(rows: impl Iterator<Item = Option<Arm>>) -> String {
    let mut counts: BTreeMap<Option<Arm>, usize> = BTreeMap::new();
    rows.for_each(|arm| *counts.entry(arm).or_default() += 1);
    let name = |arm: Option<Arm>| arm.map_or("none", Arm::name);
    counts.into_keys().map(name).collect::<Vec<_>>().join(", ")
}
