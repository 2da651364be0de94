//! DocRED: a JSON array a split, each row a document of one sentence with two entities and one label.

use super::error::ExportError;
use super::files::{Files, sidecar};
use super::folder::Folder;
use super::record::{End, Record};
use super::tokens::{Place, Tokens};
use super::{About, Outcome, Writer};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The class of pairs without a relation: number 0 in the reference code.
const NEGATIVE: &str = "Na";

pub(super) struct DocRed {
    files: Files,
    relations: BTreeMap<String, About>,
    unnamed: u64,
}

impl DocRed {
    pub(super) fn create(
        folder: &Folder,
        splits: &[String],
        relations: &BTreeMap<String, About>,
    ) -> Result<Self, ExportError> {
        let name = |split: &str| match split {
            "train" => "docred/train_annotated.json".to_owned(),
            split => format!("docred/{split}.json"),
        };
        Ok(Self { files: Files::create(folder, "docred", splits, name)?, relations: relations.clone(), unnamed: 0 })
    }
}

impl Writer for DocRed {
    fn write(&mut self, record: &Record, split: usize) -> Result<(), ExportError> {
        let Some(tokens) = Tokens::of(record) else {
            self.unnamed += 1;
            return Ok(());
        };
        let document = json!({
            // Titles tell documents apart.
            "title": format!("{} ({})", record.head.name, &record.id.get(..12).unwrap_or(&record.id)),
            "sents": [tokens.words],
            "vertexSet": [vertex(&record.head, &tokens.head, &tokens), vertex(&record.tail, &tokens.tail, &tokens)],
            "labels": [{"h": 0, "t": 1, "r": record.relation, "evidence": [0]}],
        });
        self.files.element(split, &document)
    }

    fn finish(self: Box<Self>, folder: &Folder) -> Result<Outcome, ExportError> {
        let mut files = self.files.finish_arrays()?;
        let names: BTreeMap<&str, &str> =
            self.relations.iter().map(|(name, about)| (name.as_str(), about.label.as_str())).collect();
        files.push(sidecar(folder, "docred/rel_info.json", "docred", &names)?);
        let numbers = std::iter::once(NEGATIVE).chain(self.relations.keys().map(String::as_str));
        let numbers: BTreeMap<&str, usize> = numbers.enumerate().map(|(i, name)| (name, i)).collect();
        files.push(sidecar(folder, "docred/rel2id.json", "docred", &numbers)?);
        Ok(Outcome { files, warnings: super::unnamed("docred", self.unnamed) })
    }
}

/// All mentions of an entity, each with its tokens from start to end, the end exclusive.
fn vertex(end: &End, place: &Place, tokens: &Tokens) -> Vec<Value> {
    let mention = |range: &std::ops::Range<usize>| {
        json!({
            "name": tokens.words[range.clone()].join(" "),
            "sent_id": 0,
            "pos": [range.start, range.end],
            "type": end.kind.as_deref().unwrap_or("MISC"),
        })
    };
    place.all().map(mention).collect()
}
