//! `amalrec sei`: scores (tuple, sentence) rows without any project; JSONL in, JSONL out, line for line.

use super::failure::{Failure, Kind};
use super::session::{Session, cancel_on_interrupt};
use super::worker::How;
use crate::app::pipeline::judge::{RowToScore, score_rows};
use crate::domain::RelationTuple;
use crate::domain::quality::{Dimension, Index, Score, ScoreCard};
use crate::jobs::Engines;
use crate::sei::{RawMeasurements, Scorer};
use serde::Deserialize as _;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// Longest line, in bytes.
const LINE: usize = 4 << 20;
/// Rows taken together: those that share a tuple also share the model's work.
const CHUNK: usize = 16;

pub(super) fn run(session: &Session, file: &Path, no_model: bool, measurements: bool) -> Result<(), Failure> {
    let reader: Box<dyn BufRead> = if file == Path::new("-") {
        Box::new(BufReader::new(std::io::stdin()))
    } else {
        let opened = File::open(file).map_err(|e| Failure::work(format!("{}: {e}", file.display())))?;
        Box::new(BufReader::new(opened))
    };
    let canceller = cancel_on_interrupt();
    let cancel = canceller.start();
    let policy = session.policy()?;
    let version = policy.index.version.clone();
    let mut scorer = Scorer::new(policy);
    let mut engines = None;
    if !no_model {
        if let Err(failure) = session.model() {
            let hint = "or score without the model: amalrec sei --no-model";
            return Err(Failure { message: format!("{}\n  {hint}", failure.message), ..failure });
        }
        engines = Some(Engines::new(super::worker::in_this_process(session, How::of(session, None))?));
    }
    let catalogue = session.catalogue()?;
    let mut bad = false;
    let mut lines = Lines { reader, buffer: Vec::new() };
    loop {
        let mut rows = Vec::with_capacity(CHUNK);
        while rows.len() < CHUNK {
            match lines.next()? {
                Some(line) if line.as_ref().is_ok_and(|l| l.trim().is_empty()) => {}
                Some(line) => rows.push(line.and_then(|line| parse(&line))),
                None => break,
            }
        }
        if rows.is_empty() {
            break;
        }
        let good: Vec<&RowToScore> = rows
            .iter()
            .filter_map(|row| match row {
                Ok((_, Asked::Sentence(row))) => Some(row),
                Ok((_, Asked::Measured(_))) | Err(_) => None,
            })
            .collect();
        let measured = score_rows(engines.as_mut(), &mut scorer, &catalogue, &good, &cancel);
        let mut measured = measured.map_err(Failure::from)?.into_iter();
        for row in rows {
            let object = match row {
                Ok((id, Asked::Measured(raw))) => {
                    let (card, index) = scorer.policy().rescore(&raw);
                    answer(id, &card, &index, &version)
                }
                Ok((id, Asked::Sentence(_))) => match measured.next() {
                    Some(measured) => {
                        let mut object = answer(id, &measured.card, &measured.index, &version);
                        object["evidence"] = serde_json::to_value(&measured.evidence).unwrap_or(Value::Null);
                        if measurements {
                            object["measurements"] = serde_json::to_value(&measured.raw).unwrap_or(Value::Null);
                        }
                        object
                    }
                    None => json!({ "error": "not scored" }),
                },
                Err(reason) => {
                    bad = true;
                    json!({ "error": reason })
                }
            };
            session.output.object(&object)?;
        }
    }
    if bad { Err(Failure::said(Kind::Work)) } else { Ok(()) }
}

/// Lines with a limit, each with the reason why it is none.
struct Lines {
    reader: Box<dyn BufRead>,
    buffer: Vec<u8>,
}

impl Lines {
    fn next(&mut self) -> Result<Option<Result<String, String>>, Failure> {
        self.buffer.clear();
        let mut long = false;
        loop {
            let available = self.reader.fill_buf()?;
            if available.is_empty() {
                if self.buffer.is_empty() && !long {
                    return Ok(None);
                }
                break;
            }
            let end = available.iter().position(|&b| b == b'\n');
            let taken = end.unwrap_or(available.len());
            long |= self.buffer.len() + taken > LINE;
            if !long {
                self.buffer.extend_from_slice(&available[..taken]);
            }
            self.reader.consume(taken + usize::from(end.is_some()));
            if end.is_some() {
                break;
            }
        }
        if long {
            return Ok(Some(Err(format!("the line is longer than {LINE} bytes"))));
        }
        let line = String::from_utf8(std::mem::take(&mut self.buffer));
        Ok(Some(line.map_err(|e| format!("the line is not UTF-8 from byte {}", e.utf8_error().valid_up_to() + 1))))
    }
}

/// What a row asks for.
enum Asked {
    Sentence(RowToScore),
    /// What was measured before is scored again: no model, no sentence.
    Measured(Box<RawMeasurements>),
}

/// The row and its `id`, if it has one.
fn parse(line: &str) -> Result<(Option<Value>, Asked), String> {
    let value: Value = serde_json::from_str(line).map_err(|e| format!("not JSON: {e}"))?;
    let Value::Object(map) = &value else { return Err("not a JSON object".to_owned()) };
    let id = map.get("id").cloned();
    if let Some(raw) = map.get("measurements") {
        let raw = RawMeasurements::deserialize(raw).map_err(|e| format!("'measurements' are none: {e}"))?;
        return Ok((id, Asked::Measured(Box::new(raw))));
    }
    let text = |key: &str| match map.get(key) {
        Some(Value::String(text)) => Ok(Some(text.as_str())),
        Some(Value::Null) | None => Ok(None),
        Some(_) => Err(format!("'{key}' is not a string")),
    };
    let needed = |key: &str| text(key)?.ok_or_else(|| format!("'{key}' is missing"));
    let sentence = needed("text")?.to_owned();
    let tuples = match map.get("triples") {
        // An empty list is no fact: how well the sentence is written, and nothing else.
        Some(Value::Array(triples)) => triples.iter().map(triple).collect::<Result<Vec<_>, String>>()?,
        Some(_) => return Err("'triples' is not a list of [subject, property, object]".to_owned()),
        None => vec![
            RelationTuple::new(
                needed("head")?,
                text("head_type")?,
                needed("relation")?,
                needed("tail")?,
                text("tail_type")?,
            )
            .map_err(|e| e.to_string())?,
        ],
    };
    Ok((id, Asked::Sentence(RowToScore { tuples, sentence })))
}

fn triple(value: &Value) -> Result<RelationTuple, String> {
    let parts: Option<Vec<&str>> = value.as_array().and_then(|parts| parts.iter().map(Value::as_str).collect());
    match parts.as_deref() {
        Some([s, p, o]) => RelationTuple::new(s, None, p, o, None).map_err(|e| e.to_string()),
        _ => Err("a triple is not [subject, property, object]".to_owned()),
    }
}

fn answer(id: Option<Value>, card: &ScoreCard, index: &Index, version: &str) -> Value {
    let score = |d: Dimension| card.get(d).map(Score::get);
    let vetoes: Vec<&str> = index.vetoes.iter().map(|v| v.name()).collect();
    let mut object = json!({
        "sei": index.value.map(Score::get), "grammar": score(Dimension::Grammar),
        "fluency": score(Dimension::Fluency), "sentiment": score(Dimension::Sentiment),
        "accuracy": score(Dimension::Accuracy), "complexity": score(Dimension::Complexity), "veto": vetoes,
        "version": version,
    });
    if let (Some(id), Value::Object(map)) = (id, &mut object) {
        map.insert("id".to_owned(), id);
    }
    object
}
