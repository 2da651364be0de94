//! FewRel: one JSON object, each relation with its instances; tokens, and where they name head and tail.

use super::input::{Input, Stream};
use super::line::excerpt;
use super::pieces::{Pieces, Root};
use super::{Item, Row, Sentence, Source, tokens};
use crate::domain::RelationTuple;
use crate::domain::mention::fold;
use serde::Deserialize;
use std::io;

pub(super) struct FewRel {
    pieces: Pieces<Stream>,
}

/// `{"tokens": [..], "h": [name, id, [[token, ..], ..]], "t": ..}`
#[derive(Deserialize)]
struct Instance {
    tokens: Vec<String>,
    h: End,
    t: End,
}

#[derive(Deserialize)]
struct End(String, #[expect(dead_code, reason = "the entity's id, which has its place")] String, Vec<Vec<usize>>);

impl FewRel {
    pub(super) fn open(input: Input) -> Self {
        Self { pieces: Pieces::new(input.stream, Root::Arrays) }
    }
}

impl Source for FewRel {
    fn next(&mut self) -> io::Result<Option<Item>> {
        let Some(piece) = self.pieces.next()? else { return Ok(None) };
        let read = piece.what.and_then(|()| row(&self.pieces.key, piece.line, &piece.text));
        Ok(Some(read.unwrap_or_else(|reason| Item::problem(piece.line, reason, excerpt(&piece.text)))))
    }

    fn position(&self) -> (u64, u64) {
        (self.pieces.line, self.pieces.bytes)
    }
}

fn row(relation: &str, line: u64, text: &[u8]) -> Result<Item, String> {
    if relation.is_empty() {
        return Err("stands under no relation".into());
    }
    let instance: Instance = super::json(text)?;
    let (head, tail) = (instance.h.name(&instance.tokens)?, instance.t.name(&instance.tokens)?);
    let tuple = RelationTuple::new(&head, None, relation, &tail, None).map_err(|e| e.to_string())?;
    let sentences = Sentence::of(tokens::sentence(&instance.tokens))?;
    Ok(Item::Row(Row { line, tuple, sentences }))
}

impl End {
    /// The name as the sentence writes it, where that is the name: FewRel's own are in small letters.
    fn name(&self, all: &[String]) -> Result<String, String> {
        let Self(name, _, mentions) = self;
        let first = mentions.first().filter(|mention| !mention.is_empty()).ok_or("an entity has no mention")?;
        let words: Option<Vec<&String>> = first.iter().map(|&at| all.get(at)).collect();
        let words = words.ok_or_else(|| format!("a mention lies outside of its {} tokens", all.len()))?;
        let written = tokens::sentence(&words);
        Ok(if fold(&written) == fold(name) || name.trim().is_empty() { written } else { name.clone() })
    }
}
