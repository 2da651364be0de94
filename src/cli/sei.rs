//! `amalrec sei`: scores (tuple, sentence) rows without any project; JSONL in, JSONL out, line for line.

use super::failure::{Failure, Kind};
use super::session::{Session, cancel_on_interrupt};
use super::worker::How;
use crate::app::pipeline::judge::{RowToScore, score_rows};
use crate::domain::RelationTuple;
use crate::domain::quality::{Dimension, Score};
use crate::jobs::Engine;
use crate::sei::{Measured, Scorer};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// Longest line, in bytes.
const LINE: usize = 4 << 20;
/// Rows taken together: those that share a tuple also share the model's work.
const CHUNK: usize = 16;

pub(super) fn run(session: &Session, file: &Path, no_model: bool) -> Result<(), Failure> {
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
    let mut engine: Option<Box<dyn Engine>> = None;
    if !no_model {
        match session.model() {
            Ok(located) => engine = Some(super::worker::open(&located, How::of(session, None), &cancel)?),
            Err(failure) => {
                let hint = "or score without the model: amalrec sei --no-model";
                return Err(Failure { message: format!("{}\n  {hint}", failure.message), ..failure });
            }
        }
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
        let good: Vec<&RowToScore> = rows.iter().filter_map(|r| r.as_ref().ok().map(|(_, row)| row)).collect();
        let engine = engine.as_mut().map(|engine| &mut **engine as &mut dyn Engine);
        let measured = score_rows(engine, &mut scorer, &catalogue, &good, &cancel);
        let mut measured = measured.map_err(Failure::from)?.into_iter();
        for row in rows {
            let object = match row {
                Ok((id, _)) => match measured.next() {
                    Some(measured) => answer(id, &measured, &version),
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

/// The row and its `id`, if it has one.
fn parse(line: &str) -> Result<(Option<Value>, RowToScore), String> {
    let value: Value = serde_json::from_str(line).map_err(|e| format!("not JSON: {e}"))?;
    let Value::Object(map) = &value else { return Err("not a JSON object".to_owned()) };
    let text = |key: &str| match map.get(key) {
        Some(Value::String(text)) => Ok(Some(text.as_str())),
        Some(Value::Null) | None => Ok(None),
        Some(_) => Err(format!("'{key}' is not a string")),
    };
    let needed = |key: &str| text(key)?.ok_or_else(|| format!("'{key}' is missing"));
    let sentence = needed("text")?.to_owned();
    let tuples = match map.get("triples") {
        Some(Value::Array(triples)) if !triples.is_empty() => {
            triples.iter().map(triple).collect::<Result<Vec<_>, String>>()?
        }
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
    Ok((map.get("id").cloned(), RowToScore { tuples, sentence }))
}

fn triple(value: &Value) -> Result<RelationTuple, String> {
    let parts: Option<Vec<&str>> = value.as_array().and_then(|parts| parts.iter().map(Value::as_str).collect());
    match parts.as_deref() {
        Some([s, p, o]) => RelationTuple::new(s, None, p, o, None).map_err(|e| e.to_string()),
        _ => Err("a triple is not [subject, property, object]".to_owned()),
    }
}

fn answer(id: Option<Value>, measured: &Measured, version: &str) -> Value {
    let score = |d: Dimension| measured.card.get(d).map(Score::get);
    let vetoes: Vec<&str> = measured.index.vetoes.iter().map(|v| v.name()).collect();
    let mut object = json!({
        "sei": measured.index.value.map(Score::get), "grammar": score(Dimension::Grammar),
        "fluency": score(Dimension::Fluency), "sentiment": score(Dimension::Sentiment),
        "accuracy": score(Dimension::Accuracy), "complexity": score(Dimension::Complexity), "veto": vetoes,
        "evidence": serde_json::to_value(&measured.evidence).unwrap_or(Value::Null), "version": version,
    });
    if let (Some(id), Value::Object(map)) = (id, &mut object) {
        map.insert("id".to_owned(), id);
    }
    object
}
