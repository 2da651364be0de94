//! TACRED: a JSON array of tokens with subject and object, whose ends count in the original and not in the Hugging Face port.

use super::input::{Input, Stream};
use super::line::excerpt;
use super::pieces::{Pieces, Root};
use super::{Format, ImportError, Item, Row, Sentence, Source, tokens};
use crate::domain::RelationTuple;
use serde::Deserialize;
use serde_json::Value;
use std::io;

/// The class of sentences that state no relation.
const NONE: &str = "no_relation";

pub(super) struct Tacred {
    pieces: Pieces<Stream>,
    /// True if `subj_end` is the last token, false if it is the one behind it.
    inclusive: bool,
}

#[derive(Deserialize)]
struct Instance {
    relation: String,
    #[serde(alias = "tokens")]
    token: Vec<String>,
    subj_start: usize,
    subj_end: usize,
    obj_start: usize,
    obj_end: usize,
    subj_type: Option<String>,
    obj_type: Option<String>,
    #[serde(default)]
    stanford_head: Vec<Value>,
}

impl Tacred {
    /// # Errors
    /// Nothing tells whether ends count.
    pub(super) fn open(input: Input) -> Result<Self, ImportError> {
        let told = [(Format::TacredRaw, true), (Format::TacredHf, false)];
        let told = told.into_iter().find(|(format, _)| *format == input.format).map(|(_, inclusive)| inclusive);
        let Some(inclusive) = told.or_else(|| inclusive(&input.sample)) else {
            return Err(ImportError::Shape {
                file: input.file,
                what: "nothing in its first rows tells whether subj_end is the last token or the one behind it".into(),
                advice: "pass --tacred raw (the last) or --tacred hf (the one behind)".into(),
            });
        };
        Ok(Self { pieces: Pieces::new(input.stream, Root::Array), inclusive })
    }
}

/// What the first rows say of their ends: the original writes heads as strings, and an entity of one token ends
/// where it begins; in the port no entity does, and a last token has an end beyond all.
fn inclusive(sample: &[u8]) -> Option<bool> {
    let mut pieces = Pieces::new(sample, Root::Array);
    let mut told = None;
    while let Ok(Some(piece)) = pieces.next() {
        let Ok(Instance { token, subj_start, subj_end, obj_start, obj_end, stanford_head, .. }) =
            super::json(&piece.text)
        else {
            continue;
        };
        if subj_start == subj_end || obj_start == obj_end || stanford_head.iter().any(Value::is_string) {
            return Some(true);
        }
        if subj_end == token.len() || obj_end == token.len() || stanford_head.iter().any(|head| *head == -1) {
            told = Some(false);
        }
    }
    told
}

impl Source for Tacred {
    fn next(&mut self) -> io::Result<Option<Item>> {
        let Some(piece) = self.pieces.next()? else { return Ok(None) };
        let read = piece.what.and_then(|()| row(self.inclusive, piece.line, &piece.text));
        Ok(Some(read.unwrap_or_else(|reason| Item::problem(piece.line, reason, excerpt(&piece.text)))))
    }

    fn position(&self) -> (u64, u64) {
        (self.pieces.line, self.pieces.bytes)
    }
}

fn row(inclusive: bool, line: u64, text: &[u8]) -> Result<Item, String> {
    let instance: Instance = super::json(text)?;
    if instance.relation == NONE {
        return Ok(Item::Aside("sentences of the class no_relation"));
    }
    let name = |what: &str, start: usize, end: usize| {
        let end = if inclusive { end.saturating_add(1) } else { end };
        let words = instance.token.get(start..end).filter(|words| !words.is_empty());
        words.map(tokens::sentence).ok_or_else(|| {
            format!("the {what} is at tokens {start} to {end} of {}, where none are", instance.token.len())
        })
    };
    let subject = name("subject", instance.subj_start, instance.subj_end)?;
    let object = name("object", instance.obj_start, instance.obj_end)?;
    let tuple = RelationTuple::new(
        &subject,
        known(instance.subj_type.as_deref()),
        &instance.relation,
        &object,
        known(instance.obj_type.as_deref()),
    );
    let sentences = Sentence::of(tokens::sentence(&instance.token))?;
    Ok(Item::Row(Row { line, tuple: tuple.map_err(|e| e.to_string())?, sentences }))
}

/// `UNKNOWN` is what our own export writes where there is no type, as the format wants a string.
fn known(kind: Option<&str>) -> Option<&str> {
    kind.filter(|kind| !matches!(*kind, "" | "O" | "UNKNOWN"))
}

#[cfg(test)]
mod tests {
    use super::inclusive;

    #[test]
    fn the_variant_is_told_by_what_only_one_of_them_writes() {
        let row = |subject: &str, head: &str| {
            format!(
                r#"[{{"relation":"r","token":["a","b","c"],{subject},"obj_start":1,"obj_end":2,"stanford_head":{head}}}]"#
            )
        };
        let told = |subject: &str, head: &str| inclusive(row(subject, head).as_bytes());
        assert_eq!(told(r#""subj_start":0,"subj_end":0"#, "[2,0,2]"), Some(true));
        assert_eq!(told(r#""subj_start":0,"subj_end":1"#, r#"["2","0","2"]"#), Some(true));
        assert_eq!(told(r#""subj_start":0,"subj_end":1"#, "[1,-1,1]"), Some(false));
        assert_eq!(told(r#""subj_start":2,"subj_end":3"#, "[]"), Some(false));
        assert_eq!(told(r#""subj_start":0,"subj_end":1"#, "[]"), None);
    }
}
