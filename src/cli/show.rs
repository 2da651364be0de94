//! `amalrec show`: one tuple, relation or method, whole.

use super::args::Showing;
use super::failure::Failure;
use super::list::{candidate_json, decision_json, evidence, relation_json, tuple_json, two_places};
use super::session::Session;
use crate::domain::TupleId;
use crate::domain::candidate::Yield;
use crate::domain::method::Recipe;
use crate::domain::quality::Dimension;
use crate::domain::review::Kind;
use crate::store::{DecisionRow, Sort};
use serde_json::json;

pub(super) fn run(session: &Session, what: Showing, name: &str) -> Result<(), Failure> {
    match what {
        Showing::Tuple => tuple(session, name),
        Showing::Relation => relation(session, name),
        Showing::Method => method(session, name),
        Showing::Dimension => dimension(session, name),
    }
}

fn tuple(session: &Session, number: &str) -> Result<(), Failure> {
    let id = number.parse().map(TupleId).map_err(|_| Failure::usage(format!("'{number}' is not a tuple's number")))?;
    let db = session.open()?;
    let row = db.tuple(id)?.ok_or_else(|| Failure::work(format!("tuple {id} is not in this project")))?;
    let candidates = db.candidates(id)?;
    let history = db.history(id)?;
    let out = session.output;
    if out.json {
        let mut object = tuple_json(&row);
        object["candidates_list"] = candidates.iter().map(|c| candidate_json(&row, c)).collect();
        object["history"] = history.iter().map(decision_json).collect();
        return Ok(out.object(&object)?);
    }
    let t = &row.tuple;
    let relation = session.catalogue()?.describe(&t.relation);
    let kind = |given: &Option<String>, expected: &Option<String>| match (given, expected) {
        (Some(kind), _) => kind.clone(),
        (None, Some(kind)) => format!("{kind}, as the relation leads one to expect"),
        (None, None) => "type unknown".to_owned(),
    };
    out.line(&format!("tuple {id}: {}", row.status))?;
    out.line(&format!("  head      {} ({})", t.head.name, kind(&t.head.kind, &relation.head_type)))?;
    out.line(&format!("  relation  {}", t.relation))?;
    out.line(&format!("  tail      {} ({})", t.tail.name, kind(&t.tail.kind, &relation.tail_type)))?;
    for c in &candidates {
        let text = match &c.candidate.made {
            Yield::Sentence(text) => text.clone(),
            Yield::Failed(cause) => format!("failed: {cause}"),
        };
        let place = c.place.map_or_else(|| " -".to_owned(), |p| format!("{p:>2}"));
        let value = |score: Option<crate::domain::quality::Score>| {
            score.map_or_else(|| " – ".to_owned(), |s| two_places(s.get()))
        };
        let scores: Vec<String> = Dimension::ALL
            .iter()
            .map(|&d| format!("{} {}", d.letter(), value(c.scored.as_ref().and_then(|s| s.card.get(d)))))
            .collect();
        let sei = value(c.scored.as_ref().and_then(|s| s.sei));
        out.line(&format!("{place}. {text}"))?;
        out.line(&format!("    {} · SEI {sei} · {}", c.candidate.origin.method, scores.join(" ")))?;
        for line in evidence(c) {
            out.line(&format!("      {line}"))?;
        }
    }
    for d in &history {
        out.line(&told(d))?;
    }
    Ok(())
}

/// `  verify by ann: right`
fn told(entry: &DecisionRow) -> String {
    let what = match (&entry.decision.kind, &entry.text) {
        (Kind::Verify { verdict, .. }, _) => verdict.to_string(),
        (Kind::Reject(reason), _) => reason.to_string(),
        (_, text) => text.clone().unwrap_or_default(),
    };
    let line = format!("  {} by {}", entry.decision.kind.name(), entry.decision.annotator);
    if what.is_empty() { line } else { format!("{line}: {what}") }
}

fn relation(session: &Session, name: &str) -> Result<(), Failure> {
    let catalogue = session.catalogue()?;
    let Some(r) = catalogue.find(name) else {
        let near = catalogue
            .all()
            .iter()
            .max_by(|a, b| strsim::jaro(&a.name, name).total_cmp(&strsim::jaro(&b.name, name)))
            .map_or_else(String::new, |r| format!("; the nearest is {}", r.name));
        return Err(Failure::work(format!("relation '{name}' is not in the catalogue{near}")));
    };
    let mut examples = Vec::new();
    if session.project.exists() {
        let filter = Session::filter(None, Some(&r.name))?;
        for row in session.open()?.page(&filter, Sort::Id, None, 3)?.rows {
            examples.push(format!("{} | {}", row.tuple.head.name, row.tuple.tail.name));
        }
    }
    let out = session.output;
    if out.json {
        let mut object = relation_json(r, examples.len() as u64, true);
        if let Some(map) = object.as_object_mut() {
            map.remove("tuples");
            map.insert("examples".to_owned(), json!(examples));
        }
        return Ok(out.object(&object)?);
    }
    out.line(&format!("{} ({})", r.name, r.label))?;
    let field = |name: &str, value: Option<&str>| match value {
        Some(value) => out.line(&format!("  {name:<10} {value}")),
        None => Ok(()),
    };
    field("gloss", r.gloss.as_deref())?;
    field("head", r.head_type.as_deref())?;
    field("tail", r.tail_type.as_deref())?;
    field("path", r.path.as_deref())?;
    field("inverse", r.inverse.as_deref())?;
    field("symmetric", r.symmetric.then_some("yes"))?;
    field("iri", r.iri.as_deref())?;
    field("aliases", (!r.aliases.is_empty()).then(|| r.aliases.join(", ")).as_deref())?;
    for template in &r.templates {
        field("template", Some(template))?;
    }
    for example in &examples {
        field("example", Some(example))?;
    }
    Ok(())
}

/// What one of the five scores means.
fn dimension(session: &Session, name: &str) -> Result<(), Failure> {
    let rubric = session.rubric()?;
    let Some(page) = rubric.iter().find(|page| page.dimension.name() == name) else {
        let known = Dimension::ALL.map(Dimension::name).join(", ");
        return Err(Failure::work(format!("there is no dimension '{name}'; the dimensions are {known}")));
    };
    let out = session.output;
    if out.json {
        let examples: Vec<_> =
            page.examples.iter().map(|e| json!({ "score": e.score, "fact": e.fact, "sentence": e.sentence })).collect();
        return Ok(out.object(&json!({
            "name": name, "question": page.question, "measured": page.measured, "agreement": page.agreement,
            "examples": examples,
        }))?);
    }
    for paragraph in page.paragraphs() {
        out.line(&paragraph)?;
    }
    Ok(())
}

fn method(session: &Session, name: &str) -> Result<(), Failure> {
    let methods = session.methods(&[])?;
    let Some(m) = methods.iter().find(|m| m.name == name) else {
        let known: Vec<&str> = methods.iter().map(|m| m.name.as_str()).collect();
        return Err(Failure::work(format!("there is no method '{name}'; the methods are {}", known.join(", "))));
    };
    let out = session.output;
    let (model, prompt, sampling) = match &m.recipe {
        Recipe::FillTemplate => (None, Vec::new(), None),
        Recipe::Ask(ask) => {
            let prompt = ask
                .messages
                .iter()
                .flat_map(|(who, texts)| texts.iter().map(move |text| format!("{who:?}: {}", text.source())))
                .collect();
            let model = ask.model.clone().unwrap_or_else(|| session.model_name().to_owned());
            (Some(model), prompt, Some(ask.sampling))
        }
    };
    if out.json {
        return Ok(out.object(&json!({
            "name": m.name, "paradigm": m.paradigm.name(), "about": m.about, "inputs": m.inputs, "model": model,
            "prompt": prompt, "sampling": sampling.map(|s| format!("{s:?}")),
        }))?);
    }
    out.line(&format!("{} ({})", m.name, m.paradigm))?;
    out.line(&format!("  {}", m.about))?;
    if let Some(model) = model {
        out.line(&format!("  model     {model}"))?;
    }
    if !m.inputs.is_empty() {
        out.line(&format!("  inputs    {}", m.inputs.join(", ")))?;
    }
    if let Some(s) = sampling {
        let (t, k, p, n) = (s.temperature, s.top_k, s.min_p, s.max_tokens);
        out.line(&format!("  sampling  temperature {t}, top_k {k}, min_p {p}, at most {n} tokens"))?;
    }
    for message in prompt {
        for line in message.lines() {
            out.line(&format!("  | {line}"))?;
        }
    }
    Ok(())
}
