//! `amalrec list`: one line, or one JSON object, for each thing; in a stable order, streamed.

use super::args::Listing;
use super::failure::Failure;
use super::session::Session;
use crate::app::review::evidence_lines;
use crate::domain::RelationTuple;
use crate::domain::candidate::Yield;
use crate::domain::quality::{Dimension, Score};
use crate::domain::relation::Relation;
use crate::domain::review::{Arm, Kind};
use crate::store::{CandidateRow, DecisionRow, TupleRow};
use serde_json::{Value, json};

pub(super) fn run(session: &Session, what: Listing, filter: Option<&str>, limit: Option<u64>) -> Result<(), Failure> {
    if filter.is_some() && matches!(what, Listing::Decisions | Listing::Methods | Listing::Relations) {
        return Err(Failure::usage("--where filters tuples and candidates; list tuples --where ... says which tuples"));
    }
    let filter = Session::filter(filter, None)?;
    let limit = limit.unwrap_or(u64::MAX);
    let mut left = limit;
    let mut counted = move || {
        left = left.checked_sub(1).ok_or(Stop::Enough)?;
        Ok::<(), Stop>(())
    };
    let out = session.output;
    let stopped = match what {
        Listing::Tuples => session.open()?.each_tuple::<Stop>(&filter, |row| {
            counted()?;
            if out.json {
                out.object(&tuple_json(&row))?;
            } else {
                out.line(&tuple_line(&row))?;
            }
            Ok(())
        }),
        Listing::Candidates => session.open()?.each_candidate::<Stop>(&filter, |tuple, row| {
            counted()?;
            if out.json {
                out.object(&candidate_json(tuple, &row))?;
            } else {
                out.line(&candidate_line(&row))?;
            }
            Ok(())
        }),
        Listing::Decisions => session.open()?.each_decision::<Stop>(|row| {
            counted()?;
            if out.json {
                out.object(&decision_json(&row))?;
            } else {
                out.line(&decision_line(&row))?;
            }
            Ok(())
        }),
        Listing::Methods => return methods(session),
        Listing::Relations => return relations(session),
    };
    match stopped {
        Ok(()) | Err(Stop::Enough) => Ok(()),
        Err(Stop::Failed(failure)) => Err(failure),
    }
}

/// Why a listing ends before its end.
pub(super) enum Stop {
    /// The limit is reached.
    Enough,
    Failed(Failure),
}

impl<E: Into<Failure>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// By paradigm, then by name; what is lacking is said once at the end.
fn methods(session: &Session) -> Result<(), Failure> {
    let mut methods = session.methods(&[])?;
    methods.sort_by(|a, b| (a.paradigm, &a.name).cmp(&(b.paradigm, &b.name)));
    let (_, lacking) = session.able(methods.clone(), false)?;
    for method in methods {
        let lack = lacking.iter().find(|(name, _)| *name == method.name).map(|(_, lack)| lack);
        let model = method.asks_model().then(|| method.model().unwrap_or_else(|| session.model_name()));
        if session.output.json {
            session.output.object(&json!({
                "name": method.name, "paradigm": method.paradigm.name(), "about": method.about, "inputs": method.inputs,
                "model": model, "available": lack.is_none(), "lack": lack,
            }))?;
        } else {
            let state = if lack.is_none() { "ready  " } else { "lacking" };
            let (paradigm, model) = (method.paradigm.name(), model.unwrap_or("-"));
            let line = format!("{:<22} {paradigm:<16} {model:<22} {state} {}", method.name, method.about);
            session.output.line(&line)?;
        }
    }
    let mut said: Vec<&str> = lacking.iter().map(|(_, lack)| lack.as_str()).collect();
    said.sort_unstable();
    said.dedup();
    for lack in said.into_iter().filter(|lack| !lack.starts_with("its input")) {
        session.output.say(lack);
    }
    Ok(())
}

/// The catalogue; with a project, also how many tuples each relation has, and the relations outside it.
fn relations(session: &Session) -> Result<(), Failure> {
    let catalogue = session.catalogue()?;
    let mut counts = std::collections::BTreeMap::<String, u64>::new();
    let mut unknown = std::collections::BTreeMap::<String, u64>::new();
    if session.project.exists() {
        for (name, n) in session.open()?.relation_counts()? {
            match catalogue.find(&name) {
                Some(relation) => *counts.entry(relation.name.clone()).or_default() += n,
                None => *unknown.entry(name).or_default() += n,
            }
        }
    }
    for relation in catalogue.all() {
        let n = counts.get(&relation.name).copied().unwrap_or(0);
        if session.output.json {
            session.output.object(&relation_json(relation, n, true))?;
        } else {
            let gloss = relation.gloss.as_deref().unwrap_or_default();
            session.output.line(&format!("{:<28} {n:>7}  {gloss}", relation.name))?;
        }
    }
    for (name, n) in &unknown {
        if session.output.json {
            session.output.object(&relation_json(&Relation::unknown(name), *n, false))?;
        } else {
            session.output.line(&format!("{name:<28} {n:>7}  (not in the catalogue)"))?;
        }
    }
    Ok(())
}

/// A relation as JSON. `tuples` is its count in the project.
pub(super) fn relation_json(r: &Relation, tuples: u64, known: bool) -> Value {
    json!({
        "name": r.name, "label": r.label, "iri": r.iri, "aliases": r.aliases, "gloss": r.gloss,
        "head_type": r.head_type, "tail_type": r.tail_type, "path": r.path, "inverse": r.inverse,
        "symmetric": r.symmetric, "templates": r.templates, "in_catalogue": known, "tuples": tuples,
    })
}

fn fields(t: &RelationTuple) -> Value {
    json!({
        "head": t.head.name, "head_type": t.head.kind, "relation": t.relation,
        "tail": t.tail.name, "tail_type": t.tail.kind,
    })
}

/// A tuple as cli.md has it.
pub(super) fn tuple_json(row: &TupleRow) -> Value {
    let t = &row.tuple;
    json!({
        "tuple_id": row.id.0, "head": t.head.name, "head_type": t.head.kind, "relation": t.relation,
        "tail": t.tail.name, "tail_type": t.tail.kind, "status": row.status.name(), "flagged": row.flagged,
        "candidates": row.candidates, "best_sei": row.best_sei, "margin": row.margin,
    })
}

fn tuple_line(row: &TupleRow) -> String {
    let t = &row.tuple;
    let sei = row.best_sei.map_or_else(|| "   ".to_owned(), two_places);
    format!("{:>6} {:<9} {sei}  {} | {} | {}", row.id, row.status, t.head.name, t.relation, t.tail.name)
}

/// `.87`
pub(super) fn two_places(value: f64) -> String {
    let text = format!("{value:.2}");
    text.strip_prefix('0').map_or(text.clone(), str::to_owned)
}

/// A candidate as cli.md has it.
pub(super) fn candidate_json(tuple: &TupleRow, row: &CandidateRow) -> Value {
    let c = &row.candidate;
    let o = &c.origin;
    let score = |d: Dimension| row.scored.as_ref().and_then(|s| s.card.get(d)).map(Score::get);
    let params: Value = serde_json::from_str(&o.params).unwrap_or(Value::Null);
    let vetoes: Vec<&str> = row.scored.iter().flat_map(|s| s.vetoes.iter().map(|v| v.name())).collect();
    let error = match &c.made {
        Yield::Failed(cause) => Some(cause),
        Yield::Sentence(_) => None,
    };
    json!({
        "tuple_id": c.tuple.0, "tuple": fields(&tuple.tuple), "candidate_id": c.id.0, "method": o.method,
        "paradigm": o.paradigm.name(), "text": c.text(),
        "sei": row.scored.as_ref().and_then(|s| s.sei).map(Score::get),
        "grammar": score(Dimension::Grammar), "fluency": score(Dimension::Fluency),
        "sentiment": score(Dimension::Sentiment), "accuracy": score(Dimension::Accuracy),
        "complexity": score(Dimension::Complexity), "veto": vetoes, "rank": row.place,
        "repeats": row.repeats.map(|id| id.0), "error": error,
        "provenance": {
            "model": o.model, "model_digest": o.model_digest, "prompt_digest": o.prompt_digest, "seed": o.seed,
            "ordinal": o.ordinal, "params": params, "parents": o.parents.iter().map(|p| p.0).collect::<Vec<_>>(),
            "prompt_tokens": o.prompt_tokens, "output_tokens": o.output_tokens, "millis": o.millis,
            "made_at": row.made_at, "sei_version": row.scored.as_ref().map(|s| s.version.clone()),
        },
    })
}

fn candidate_line(row: &CandidateRow) -> String {
    let c = &row.candidate;
    let place = row.place.map_or_else(|| " –".to_owned(), |p| format!("{p:>2}"));
    let sei = row.scored.as_ref().and_then(|s| s.sei).map_or_else(|| "   ".to_owned(), |s| two_places(s.get()));
    let text = match &c.made {
        Yield::Sentence(text) => text.clone(),
        Yield::Failed(cause) => format!("failed: {cause}"),
    };
    let vetoes: Vec<&str> = row.scored.iter().flat_map(|s| s.vetoes.iter().map(|v| v.name())).collect();
    let vetoes = if vetoes.is_empty() { String::new() } else { format!("  [{}]", vetoes.join(", ")) };
    format!("{:>6} {place} {sei} {:<22} {text}{vetoes}", c.tuple, c.origin.method)
}

/// A decision as cli.md has it.
pub(super) fn decision_json(row: &DecisionRow) -> Value {
    let d = &row.decision;
    let c = &row.circumstance;
    json!({
        "decision_id": d.id.0, "tuple_id": d.tuple.0, "candidate_id": d.kind.candidate().map(|c| c.0),
        "kind": d.kind.name(), "text": row.text, "reason": reason(&d.kind), "annotator": d.annotator, "at": row.at,
        "arm": c.arm.map(Arm::name), "seconds": c.seconds, "shown_at": c.shown_at, "rank": c.place,
        "target": d.kind.target().map(|t| t.0), "sei_version": c.sei_version,
    })
}

fn reason(kind: &Kind) -> Option<&str> {
    match kind {
        Kind::Reject(reason) => Some(reason.name()),
        Kind::Verify { verdict, .. } => Some(verdict.name()),
        Kind::Flag(note) => Some(note),
        Kind::Accept(_) | Kind::Override(_) | Kind::Edit { .. } | Kind::Skip | Kind::Undo(_) | Kind::Redo(_) => None,
    }
}

fn decision_line(row: &DecisionRow) -> String {
    let d = &row.decision;
    let what = row.text.as_deref().or_else(|| reason(&d.kind)).unwrap_or_default();
    format!("{:>6} tuple {:>6} {:<8} {:<12} {what}", d.id, d.tuple, d.kind.name(), d.annotator)
}

/// A candidate's evidence as lines for people.
pub(super) fn evidence(row: &CandidateRow) -> Vec<String> {
    let Some(scored) = &row.scored else { return vec!["not scored yet".to_owned()] };
    let lines = evidence_lines(&scored.evidence, row.candidate.text().unwrap_or_default()).into_iter();
    lines.flat_map(|(d, lines)| lines.into_iter().map(move |line| format!("{:<10} {line}", d.name()))).collect()
}
