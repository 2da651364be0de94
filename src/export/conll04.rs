//! CoNLL-04 as SpERT reads it: a JSON array a split, entities by tokens, relations between them, and an inventory of types.

use super::error::ExportError;
use super::files::{Files, sidecar};
use super::folder::Folder;
use super::record::{End, Record};
use super::tokens::Tokens;
use super::{About, Outcome, Writer};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// CoNLL-04's own type for what has none of its others.
const OTHER: &str = "Other";

pub(super) struct Conll04 {
    files: Files,
    relations: BTreeMap<String, About>,
    kinds: BTreeSet<String>,
    number: u64,
    unnamed: u64,
}

impl Conll04 {
    pub(super) fn create(
        folder: &Folder,
        splits: &[String],
        relations: &BTreeMap<String, About>,
    ) -> Result<Self, ExportError> {
        let files = Files::create(folder, "conll04", splits, |split| format!("conll04/{split}.json"))?;
        Ok(Self { files, relations: relations.clone(), kinds: BTreeSet::new(), number: 0, unnamed: 0 })
    }
}

impl Writer for Conll04 {
    fn write(&mut self, record: &Record, split: usize) -> Result<(), ExportError> {
        let Some(tokens) = Tokens::of(record) else {
            self.unnamed += 1;
            return Ok(());
        };
        let mut ends = [(&tokens.head.at, &record.head), (&tokens.tail.at, &record.tail)];
        // Entities stand in the order of the sentence.
        let turned = ends[0].0.start > ends[1].0.start;
        if turned {
            ends.swap(0, 1);
        }
        let entities = ends.map(|(at, end)| json!({"type": kind(end), "start": at.start, "end": at.end}));
        for (_, end) in ends {
            self.kinds.insert(kind(end).to_owned());
        }
        let document = json!({
            "tokens": tokens.words,
            "entities": entities,
            "relations": [{"type": record.relation, "head": usize::from(turned), "tail": usize::from(!turned)}],
            "orig_id": self.number,
        });
        self.number += 1;
        self.files.element(split, &document)
    }

    fn finish(self: Box<Self>, folder: &Folder) -> Result<Outcome, ExportError> {
        let mut files = self.files.finish_arrays()?;
        let kinds: BTreeMap<&str, Value> =
            self.kinds.iter().map(|kind| (kind.as_str(), json!({"short": kind, "verbose": kind}))).collect();
        let relation = |(name, about): (&String, &About)| {
            (name.clone(), json!({"short": name, "verbose": about.label, "symmetric": about.symmetric}))
        };
        let relations: BTreeMap<String, Value> = self.relations.iter().map(relation).collect();
        let types = json!({"entities": kinds, "relations": relations});
        files.push(sidecar(folder, "conll04/types.json", "conll04", &types)?);
        Ok(Outcome { files, warnings: super::unnamed("conll04", self.unnamed) })
    }
}

fn kind(end: &End) -> &str {
    end.kind.as_deref().unwrap_or(OTHER)
}
