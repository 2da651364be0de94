//! From a method and a tuple to a request, and from the model's answer to a sentence.

use super::examples::Examples;
use crate::domain::candidate::{Origin, Yield};
use crate::domain::clean;
use crate::domain::digest::Digest;
use crate::domain::method::{Ask, Method, Speaker};
use crate::domain::prompt::{self, Template};
use crate::domain::relation::{Relation, SLOTS, split_label};
use crate::domain::tuple::Entity;
use crate::domain::{CandidateId, RelationTuple};
use crate::jobs::engine::{EngineInfo, Generated, Generation, Prompt};
use std::borrow::Cow;
use std::collections::HashMap;

/// What the slots of a prompt stand for, for one tuple.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slots {
    head: String,
    tail: String,
    head_type: String,
    tail_type: String,
    relation: String,
    gloss: String,
    fact: String,
    signature: String,
    filled: String,
    known: String,
    examples: Examples,
    ends: (Entity, Entity),
}

impl Slots {
    /// `more` is what else the project knows of the entities, in sentences; `chosen` are sentences that
    /// people chose for other tuples of the relation.
    #[must_use]
    pub fn of(
        tuple: &RelationTuple,
        relation: &Relation,
        more: &[String],
        chosen: Vec<(RelationTuple, String)>,
    ) -> Self {
        let head = tuple.head.surface().to_owned();
        let tail = tuple.tail.surface().to_owned();
        let kind = |given: &Option<String>, expected: &Option<String>, otherwise: &str| {
            let name = given.as_ref().or(expected.as_ref());
            name.map_or_else(|| otherwise.to_owned(), |name| split_label(name))
        };
        let head_type = kind(&tuple.head.kind, &relation.head_type, "thing");
        let tail_type = kind(&tuple.tail.kind, &relation.tail_type, "thing");
        let gloss = relation.gloss.clone().unwrap_or_else(|| relation.label.clone());
        let mut known = vec![
            format!("{head} is {} {head_type}.", article(&head_type)),
            format!("{tail} is {} {tail_type}.", article(&tail_type)),
            format!("{} means {gloss}.", capital(relation.told())),
        ];
        known.extend(more.iter().cloned());
        Self {
            fact: format!("{head} | {} | {tail}", relation.told()),
            signature: signature(relation, &head_type, &tail_type),
            filled: fill_template(tuple, relation, &head_type, &tail_type),
            relation: relation.told().to_lowercase(),
            known: known.join(" "),
            examples: Examples::nearest(tuple, relation, chosen),
            ends: (tuple.head.clone(), tuple.tail.clone()),
            head,
            tail,
            head_type,
            tail_type,
            gloss,
        }
    }

    /// The relation's own template, filled.
    #[must_use]
    pub fn filled(&self) -> &str {
        &self.filled
    }

    /// What a slot stands for, or why there is nothing.
    fn get<'s>(&'s self, slot: &str, inputs: &'s [String]) -> Result<Cow<'s, str>, String> {
        let nothing = || format!("there is nothing for {{{slot}}}");
        let input = |number: &str| {
            let at = number.parse::<usize>().ok().and_then(|n| n.checked_sub(1)).ok_or_else(nothing)?;
            inputs.get(at).map(String::as_str).ok_or_else(nothing)
        };
        if let Some(number) = slot.strip_prefix("input_") {
            return input(number).map(Cow::Borrowed);
        }
        if let Some(which) = slot.strip_prefix("slotted_") {
            let sentence = if which == "filled" { self.filled.as_str() } else { input(which)? };
            let (head, tail) = &self.ends;
            let slotted = prompt::slot_names(sentence, head, tail).map(Cow::Owned);
            return slotted.ok_or_else(|| format!("{{{slot}}} needs a sentence that names both: {sentence}"));
        }
        Ok(Cow::Borrowed(match slot {
            "head" => &self.head,
            "head_name" => &self.ends.0.name,
            "tail_name" => &self.ends.1.name,
            "tail" => &self.tail,
            "head_type" => &self.head_type,
            "tail_type" => &self.tail_type,
            "relation" => &self.relation,
            "gloss" => &self.gloss,
            "fact" => &self.fact,
            "signature" => &self.signature,
            "filled" => &self.filled,
            "known" => &self.known,
            "examples" => &self.examples.text,
            _ => return Err(nothing()),
        }))
    }
}

/// A request with the origin that its answer will carry (`origin.millis` and token counts still open).
#[derive(Debug, Clone)]
pub struct Order {
    pub generation: Generation,
    pub origin: Origin,
    after: Option<String>,
    names: (String, String),
    /// Whether the model writes `[H]` and `[T]` for the names.
    slots: bool,
    /// Whether a grammar was to hold the answer: then the answer is looked at too, since a server may ignore it.
    grammar: bool,
}

/// A template method's sentence with its origin.
#[must_use]
pub fn fill(method: &Method, slots: &Slots) -> (Yield, Origin) {
    let origin = origin(method, Digest::of(&["fill", slots.filled()]), "{}".to_owned(), 0, None, &[]);
    (Yield::Sentence(slots.filled().to_owned()), origin)
}

/// The request that a method makes of a model for a tuple.
///
/// # Errors
/// The slot that has nothing to stand for, in words: the method's inputs are not there.
pub fn order(
    method: &Method,
    ask: &Ask,
    slots: &Slots,
    inputs: &[(CandidateId, String)],
    seed: u32,
    info: &EngineInfo,
) -> Result<Order, String> {
    let inputs_text: Vec<String> = inputs.iter().map(|(_, text)| text.clone()).collect();
    // By seed: the same candidate made again reads the same text, another try may read another.
    let one_of = |texts: &'_ [Template]| usize::try_from(seed).unwrap_or(0) % texts.len().max(1);
    let filled = |texts: &[Template]| {
        let template = texts.get(one_of(texts)).ok_or("the message has no text")?;
        let values = template
            .slots()
            .map(|slot| Ok((slot, slots.get(slot, &inputs_text)?)))
            .collect::<Result<HashMap<&str, Cow<'_, str>>, String>>()?;
        template.fill(|slot| values.get(slot).map(AsRef::as_ref))
    };
    let messages = ask
        .messages
        .iter()
        .map(|(speaker, texts)| Ok((*speaker, filled(texts)?)))
        .collect::<Result<Vec<(Speaker, String)>, String>>()?;
    let grammar = match &ask.grammar {
        Some(grammar) => {
            let (head, tail) = (gbnf(&slots.head), gbnf(&slots.tail));
            let literal = |slot: &str| match slot {
                "head" => Some(head.as_str()),
                "tail" => Some(tail.as_str()),
                _ => None,
            };
            Some(grammar.fill(literal).map_err(|slot| format!("there is nothing for {{{slot}}} in the grammar"))?)
        }
        None => None,
    };
    let digest = {
        let mut parts: Vec<&str> = messages.iter().map(|(_, text)| text.as_str()).collect();
        parts.push(if ask.raw { "raw" } else { "chat" });
        parts.extend(grammar.as_deref());
        Digest::of(&parts)
    };
    let s = ask.sampling;
    let mut params = serde_json::json!({
        "temperature": s.temperature, "top_p": s.top_p, "top_k": s.top_k, "min_p": s.min_p,
        "repeat_penalty": s.repeat_penalty, "max_tokens": s.max_tokens,
        "backend": info.backend, "adapter_digest": info.adapter, "program": concat!("amalrec ", env!("CARGO_PKG_VERSION")),
    });
    if ask.speaks_of("examples") {
        // Whether people's sentences or the catalogue's stood in the prompt is no detail.
        params["examples"] =
            serde_json::json!({ "chosen": slots.examples.chosen, "catalogue": slots.examples.catalogue });
    }
    let prompt = match messages.as_slice() {
        [(_, text)] if ask.raw => Prompt::Raw(text.clone()),
        _ => Prompt::Chat(messages),
    };
    let parents: Vec<CandidateId> = inputs.iter().map(|(id, _)| *id).collect();
    Ok(Order {
        generation: Generation { prompt, grammar, stop: ask.stop.clone(), sampling: s, seed },
        origin: origin(method, digest, params.to_string(), seed, Some(info), &parents),
        after: ask.after.clone(),
        names: (slots.head.clone(), slots.tail.clone()),
        slots: ask.slots,
        grammar: ask.grammar.is_some(),
    })
}

impl Order {
    /// What the model's answer is worth: its sentence, or why there is none.
    #[must_use]
    pub fn read(&self, generated: &Generated, millis: u32) -> (Yield, Origin) {
        let mut origin = self.origin.clone();
        origin.prompt_tokens = generated.prompt_tokens;
        origin.output_tokens = generated.output_tokens;
        origin.millis = millis;
        let text = match &self.after {
            Some(marker) => match generated.text.rsplit_once(marker.as_str()) {
                Some((_, text)) => text,
                None => return (Yield::Failed(format!("the answer has no '{marker}'")), origin),
            },
            None => &generated.text,
        };
        let line = text.trim_start().lines().next().unwrap_or_default();
        let sentence = clean::sentence(clean::unwrap(line));
        let (head, tail) = &self.names;
        let sentence = if self.slots {
            match prompt::fill_names(&sentence, head, tail) {
                Ok(sentence) => clean::sentence(&sentence),
                Err(cause) => return (Yield::Failed(cause), origin),
            }
        } else {
            sentence
        };
        if self.grammar
            && let Some(cause) = fault(&sentence, head, tail, generated.truncated)
        {
            return (Yield::Failed(format!("{cause}: {sentence}")), origin);
        }
        if sentence.is_empty() {
            return (Yield::Failed("the model wrote nothing".to_owned()), origin);
        }
        (Yield::Sentence(sentence), origin)
    }

    /// A failure of this order.
    #[must_use]
    pub fn failed(&self, cause: &str) -> (Yield, Origin) {
        (Yield::Failed(cause.to_owned()), self.origin.clone())
    }
}

/// What keeps a sentence written under a grammar from being one, in words.
fn fault(sentence: &str, head: &str, tail: &str, truncated: bool) -> Option<&'static str> {
    if truncated {
        return Some("the sentence was cut off");
    }
    if !sentence.contains(head) {
        return Some("the sentence does not name the head");
    }
    if !sentence.contains(tail) {
        return Some("the sentence does not name the tail");
    }
    (!sentence.ends_with(['.', '!', '?'])).then_some("the sentence has no end")
}

/// The seed of a candidate: a function of the run's seed, the tuple, the method and the try.
#[must_use]
pub fn seed(run: u64, tuple: &RelationTuple, method: &str, attempt: u32) -> u32 {
    let digest = Digest::of(&["seed", &run.to_string(), &tuple.digest().to_string(), method, &attempt.to_string()]);
    u32::try_from(digest.as_u64() >> 32).unwrap_or_default()
}

fn origin(
    method: &Method,
    prompt: Digest,
    params: String,
    seed: u32,
    info: Option<&EngineInfo>,
    parents: &[CandidateId],
) -> Origin {
    Origin {
        method: method.name.clone(),
        paradigm: method.paradigm,
        model: info.map(|i| i.model.clone()),
        // A server elsewhere tells no digest.
        model_digest: info.map(|i| i.digest.clone()).filter(|digest| !digest.is_empty()),
        prompt_digest: prompt.to_string(),
        params,
        seed,
        ordinal: 0,
        parents: parents.to_vec(),
        prompt_tokens: 0,
        output_tokens: 0,
        millis: 0,
    }
}

/// One of the relation's templates by a stable hash of the tuple, or the plainest sentence for a relation
/// that has none.
fn fill_template(tuple: &RelationTuple, relation: &Relation, head_type: &str, tail_type: &str) -> String {
    let (head, tail) = (tuple.head.surface(), tuple.tail.surface());
    if relation.templates.is_empty() {
        return finish(&format!("The {} of {head} is {tail}.", relation.label));
    }
    let count = relation.templates.len() as u64;
    let at = usize::try_from(tuple.digest().as_u64() % count).unwrap_or_default();
    let filled = fill_one(&relation.templates[at], tuple, head_type, tail_type);
    filled.unwrap_or_else(|| finish(&format!("The {} of {head} is {tail}.", relation.label)))
}

/// A sentence template filled for a tuple; `None` if it has other slots than [`SLOTS`].
#[must_use]
pub fn fill_one(template: &str, tuple: &RelationTuple, head_type: &str, tail_type: &str) -> Option<String> {
    let template = Template::parse(template, SLOTS).ok()?;
    let value = |slot: &str| match slot {
        "head" => Some(tuple.head.surface()),
        "tail" => Some(tuple.tail.surface()),
        "head_type" => Some(head_type),
        "tail_type" => Some(tail_type),
        _ => None,
    };
    template.fill(value).ok().map(|filled| finish(&filled))
}

/// One full stop at the end, also after "Inc."; a capital at the start unless it is a name's own small letter.
fn finish(sentence: &str) -> String {
    match sentence.strip_suffix("..") {
        Some(rest) => format!("{rest}."),
        None => sentence.to_owned(),
    }
}

/// What the relation joins, in the form that the encoder-decoder was trained on (models/train/README.md).
fn signature(relation: &Relation, head_type: &str, tail_type: &str) -> String {
    let joined = format!("{head_type} | {} | {tail_type}", relation.told());
    let text = match &relation.gloss {
        Some(gloss) => format!("{joined} : {gloss}"),
        None => joined,
    };
    text.to_lowercase()
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']) || noun.starts_with("un") && !noun.starts_with("uni")
    {
        "an"
    } else {
        "a"
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// A name inside a GBNF string literal.
fn gbnf(name: &str) -> String {
    let mut literal = String::with_capacity(name.len());
    for c in name.chars() {
        if matches!(c, '"' | '\\') {
            literal.push('\\');
        }
        literal.push(c);
    }
    literal
}
