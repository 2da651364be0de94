//! TACRED: a JSON array a split, tokens with subject and object, in the two ways of counting that there are.
//!
//! There is no parse and no tagger here: `stanford_pos` and `stanford_deprel` are `_`, every token's head is the root,
//! and `stanford_ner` knows the two entities alone. Loaders map tags they do not know to UNK.

use super::error::ExportError;
use super::files::{Files, sidecar};
use super::folder::Folder;
use super::record::{End, Record};
use super::tokens::Tokens;
use super::{Outcome, Writer};
use serde::Serialize;
use std::collections::BTreeMap;

/// How ends and heads count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Variant {
    /// The original: an end is the last token; heads are strings from 1, and `0` is the root.
    #[default]
    Raw,
    /// The Hugging Face port: an end is the token behind the last; heads are numbers from 0, and -1 is the root.
    Hf,
}

/// The class that loaders expect to be there, and to be number 0.
const NEGATIVE: &str = "no_relation";

pub(super) struct Tacred {
    files: Files,
    variant: Variant,
    escape: bool,
    labels: Vec<String>,
    unnamed: u64,
}

#[derive(Serialize)]
struct Instance<'r> {
    id: &'r str,
    relation: &'r str,
    token: &'r [String],
    subj_start: usize,
    subj_end: usize,
    obj_start: usize,
    obj_end: usize,
    subj_type: &'r str,
    obj_type: &'r str,
    stanford_pos: Vec<&'static str>,
    stanford_ner: Vec<&'r str>,
    stanford_head: Heads,
    stanford_deprel: Vec<&'static str>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Heads {
    Raw(Vec<&'static str>),
    Hf(Vec<i32>),
}

impl Tacred {
    pub(super) fn create(
        folder: &Folder,
        splits: &[String],
        variant: Variant,
        escape: bool,
        relations: impl Iterator<Item = String>,
    ) -> Result<Self, ExportError> {
        let files = Files::create(folder, "tacred", splits, |split| format!("tacred/{split}.json"))?;
        Ok(Self { files, variant, escape, labels: relations.collect(), unnamed: 0 })
    }
}

impl Writer for Tacred {
    fn write(&mut self, record: &Record, split: usize) -> Result<(), ExportError> {
        let Some(mut tokens) = Tokens::of(record) else {
            self.unnamed += 1;
            return Ok(());
        };
        if self.escape {
            tokens.escape_brackets();
        }
        let (head, tail) = (&tokens.head.at, &tokens.tail.at);
        let last = match self.variant {
            Variant::Raw => 1,
            Variant::Hf => 0,
        };
        let (subj_type, obj_type) = (kind(&record.head), kind(&record.tail));
        let count = tokens.words.len();
        let mut ner = vec!["O"; count];
        ner[head.clone()].fill(&subj_type);
        ner[tail.clone()].fill(&obj_type);
        let instance = Instance {
            id: &record.id,
            relation: &record.relation,
            token: &tokens.words,
            subj_start: head.start,
            subj_end: head.end - last,
            obj_start: tail.start,
            obj_end: tail.end - last,
            subj_type: &subj_type,
            obj_type: &obj_type,
            stanford_pos: vec!["_"; count],
            stanford_ner: ner,
            stanford_head: match self.variant {
                Variant::Raw => Heads::Raw(vec!["0"; count]),
                Variant::Hf => Heads::Hf(vec![-1; count]),
            },
            stanford_deprel: vec!["_"; count],
        };
        self.files.element(split, &instance)
    }

    fn finish(self: Box<Self>, folder: &Folder) -> Result<Outcome, ExportError> {
        let mut files = self.files.finish_arrays()?;
        let labels = std::iter::once(NEGATIVE).chain(self.labels.iter().map(String::as_str).filter(|l| *l != NEGATIVE));
        let labels: BTreeMap<&str, usize> = labels.enumerate().map(|(i, label)| (label, i)).collect();
        files.push(sidecar(folder, "tacred/label2id.json", "tacred", &labels)?);
        Ok(Outcome { files, warnings: super::unnamed("tacred", self.unnamed) })
    }
}

/// Types are in capitals there, and there must be one.
fn kind(end: &End) -> String {
    end.kind.as_deref().map_or_else(|| "UNKNOWN".to_owned(), |kind| kind.to_uppercase().replace(' ', "_"))
}
