//! FewRel: a JSON object a split, each relation with its instances, and the names of relations beside them.

use super::error::ExportError;
use super::folder::Folder;
use super::manifest::FileEntry;
use super::record::{End, Record};
use super::tokens::{Place, Tokens};
use super::{About, Outcome, Writer, files};
use crate::domain::digest::Digest;
use crate::domain::mention::fold;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Write as _;

/// Instances below which an episode of 5 shots and 5 queries cannot be drawn.
const EPISODE: u64 = 10;

pub(super) struct FewRel {
    splits: Vec<(String, Instances)>,
    relations: BTreeMap<String, About>,
    unnamed: u64,
}

/// By relation: its instances as JSON, joined by commas, and how many they are.
type Instances = BTreeMap<String, (Vec<u8>, u64)>;

impl FewRel {
    pub(super) fn new(splits: &[String], relations: &BTreeMap<String, About>) -> Self {
        let splits = splits.iter().map(|split| (split.clone(), Instances::new())).collect();
        Self { splits, relations: relations.clone(), unnamed: 0 }
    }
}

impl Writer for FewRel {
    fn write(&mut self, record: &Record, split: usize) -> Result<(), ExportError> {
        let Some(tokens) = Tokens::of(record) else {
            self.unnamed += 1;
            return Ok(());
        };
        let instance = json!({
            "tokens": tokens.words,
            "h": end(&record.head, &tokens.head),
            "t": end(&record.tail, &tokens.tail),
        });
        let (text, count) = self.splits[split].1.entry(record.relation.clone()).or_default();
        if *count > 0 {
            text.extend(b", ");
        }
        text.extend(instance.to_string().as_bytes());
        *count += 1;
        Ok(())
    }

    fn finish(self: Box<Self>, folder: &Folder) -> Result<Outcome, ExportError> {
        let Self { splits, relations, unnamed } = *self;
        let mut out = Outcome { files: Vec::new(), warnings: super::unnamed("fewrel", unnamed) };
        for (split, by_relation) in splits {
            let few = by_relation.values().filter(|(_, count)| *count < EPISODE).count();
            if few > 0 {
                out.warnings.push(format!(
                    "relations with fewer than {EPISODE} instances in fewrel/{split}.json, of which no episode of 5 shots \
                     and 5 queries can be drawn: {few}"
                ));
            }
            let mut file = folder.create(&format!("fewrel/{split}.json"))?;
            let mut rows = 0;
            let mut write = || {
                file.write_all(b"{")?;
                for (i, (relation, (text, count))) in by_relation.iter().enumerate() {
                    file.write_all(if i > 0 { b",\n" } else { b"\n" })?;
                    files::json(&mut file, relation)?;
                    file.write_all(b": [")?;
                    file.write_all(text)?;
                    file.write_all(b"]")?;
                    rows += count;
                }
                file.write_all(b"\n}\n")
            };
            let written = write();
            written.map_err(|e| file.failed(e))?;
            out.files.push(FileEntry::new(file.close()?, "fewrel", Some(split), rows));
        }
        let names: BTreeMap<&str, [&str; 2]> = relations
            .iter()
            .map(|(name, about)| (name.as_str(), [about.label.as_str(), about.gloss.as_deref().unwrap_or_default()]))
            .collect();
        out.files.push(files::sidecar(folder, "fewrel/pid2name.json", "fewrel", &names)?);
        Ok(out)
    }
}

/// `[name, id, [[token, ..], ..]]`: each mention with all its tokens. The id is the same wherever the entity is.
fn end(end: &End, place: &Place) -> serde_json::Value {
    let id = &Digest::of(&[&fold(&end.name)]).to_string()[..12];
    let mentions: Vec<Vec<usize>> = place.all().map(|range| range.clone().collect()).collect();
    json!([end.name, format!("E{id}"), mentions])
}
