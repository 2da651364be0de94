//! Method files: TOML to `domain::Method`, every mistake with its file and line.

use super::assets::{Asset, Assets};
use super::{ConfigError, line_of};
use crate::domain::method::{Ask, Best, Method, Paradigm, Recipe, Sampling, Speaker};
use crate::domain::prompt::Template;
use serde::Deserialize;
use std::ops::Range;
use toml::Spanned;

/// What a prompt may speak of. `head` and `tail` are the names as sentences have them, `head_name` and `tail_name` the
/// whole names, with the parenthesis that tells namesakes apart. `input_1`... are the sentences of the method's inputs, in their order.
pub const SLOTS: &[&str] = &[
    "head",
    "tail",
    "head_name",
    "tail_name",
    "head_type",
    "tail_type",
    "relation",
    "gloss",
    "fact",
    "signature",
    "filled",
    "known",
    "input_1",
    "input_2",
    "input_3",
    "slotted_filled",
    "slotted_1",
    "slotted_2",
    "slotted_3",
    "examples",
];

/// What a grammar may speak of: names as GBNF literals.
pub const GRAMMAR_SLOTS: &[&str] = &["head", "tail"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    paradigm: Spanned<String>,
    about: String,
    #[serde(default)]
    fill: bool,
    #[serde(default)]
    inputs: Vec<String>,
    best: Option<Spanned<String>>,
    model: Option<String>,
    #[serde(default)]
    raw: bool,
    #[serde(default)]
    message: Vec<Message>,
    #[serde(default)]
    sampling: Sample,
    #[serde(default)]
    stop: Vec<String>,
    grammar: Option<Spanned<String>>,
    after: Option<String>,
    #[serde(default)]
    slots: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    role: Spanned<String>,
    text: Option<Spanned<String>>,
    /// Alternatives, one of which is taken.
    #[serde(default)]
    texts: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Sample {
    temperature: f32,
    top_p: f32,
    top_k: u32,
    min_p: f32,
    repeat_penalty: f32,
    max_tokens: u32,
}

impl Default for Sample {
    fn default() -> Self {
        let Sampling { temperature, top_p, top_k, min_p, repeat_penalty, max_tokens } = Sampling::default();
        Self { temperature, top_p, top_k, min_p, repeat_penalty, max_tokens }
    }
}

/// All methods, by name; broken files as messages beside the good ones.
///
/// # Errors
/// A folder or file that cannot be read at all.
pub fn all(assets: &Assets) -> Result<(Vec<Method>, Vec<ConfigError>), ConfigError> {
    let mut methods = Vec::new();
    let mut problems = Vec::new();
    for (file, asset) in assets.folder("methods")? {
        let Some(name) = file.strip_suffix(".toml") else { continue };
        match parse(name, &asset) {
            Ok(method) => methods.push(method),
            Err(problem) => problems.push(problem),
        }
    }
    Ok((methods, problems))
}

/// Reads one method file.
///
/// # Errors
/// What is wrong, with file and line.
pub fn parse(name: &str, asset: &Asset) -> Result<Method, ConfigError> {
    let text = &asset.text;
    let at = |span: Range<usize>, reason: String| ConfigError::At {
        file: asset.file.clone(),
        line: line_of(text, span.start),
        reason,
    };
    let whole = |reason: &str| ConfigError::Whole { file: asset.file.clone(), reason: reason.to_owned() };
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
        return Err(whole("a method's file name has lower-case letters, digits and hyphens only"));
    }
    let file: File = toml::from_str(text).map_err(|e| ConfigError::toml(&asset.file, text, &e))?;
    let paradigm: Paradigm = file.paradigm.get_ref().parse().map_err(|reason| at(file.paradigm.span(), reason))?;
    let recipe = match (file.fill, file.message.is_empty()) {
        (true, true) => Recipe::FillTemplate,
        (true, false) => return Err(whole("'fill = true' asks no model: remove the messages, or 'fill'")),
        (false, true) => return Err(whole("needs at least one [[message]], or 'fill = true'")),
        (false, false) => {
            let mut messages = Vec::with_capacity(file.message.len());
            for message in &file.message {
                let speaker = speaker(message.role.get_ref()).map_err(|r| at(message.role.span(), r))?;
                let templates = message
                    .text
                    .iter()
                    .chain(&message.texts)
                    .map(|text| Template::parse(text.get_ref(), SLOTS).map_err(|e| at(text.span(), e.to_string())))
                    .collect::<Result<Vec<_>, _>>()?;
                if templates.is_empty() {
                    return Err(at(message.role.span(), "a message needs a `text`, or several `texts`".into()));
                }
                messages.push((speaker, templates));
            }
            if file.raw && messages.len() != 1 {
                return Err(whole("'raw = true' takes exactly one message"));
            }
            let grammar = file.grammar.as_ref().map(|grammar| {
                Template::parse(grammar.get_ref(), GRAMMAR_SLOTS).map_err(|e| at(grammar.span(), e.to_string()))
            });
            Recipe::Ask(Ask {
                model: file.model,
                messages,
                raw: file.raw,
                sampling: sampling(&file.sampling).map_err(whole)?,
                stop: file.stop,
                grammar: grammar.transpose()?,
                after: file.after,
                slots: file.slots,
            })
        }
    };
    let best = file.best.as_ref().map(|best| best.get_ref().parse::<Best>().map_err(|reason| at(best.span(), reason)));
    let best = best.transpose()?;
    if best.is_some() && !file.inputs.is_empty() {
        return Err(whole("a method takes its inputs by name, or `best` of them, not both"));
    }
    Ok(Method { name: name.to_owned(), paradigm, about: file.about, recipe, inputs: file.inputs, best })
}

fn speaker(role: &str) -> Result<Speaker, String> {
    match role {
        "system" => Ok(Speaker::System),
        "user" => Ok(Speaker::User),
        "assistant" => Ok(Speaker::Assistant),
        _ => Err(format!("unknown role '{role}'; one of system, user, assistant")),
    }
}

fn sampling(s: &Sample) -> Result<Sampling, &'static str> {
    if !(0.0..=5.0).contains(&s.temperature) {
        return Err("sampling.temperature is between 0 and 5");
    }
    if !(s.top_p > 0.0 && s.top_p <= 1.0) {
        return Err("sampling.top_p is above 0 and at most 1");
    }
    if !(0.0..=1.0).contains(&s.min_p) {
        return Err("sampling.min_p is between 0 and 1");
    }
    if !(0.5..=3.0).contains(&s.repeat_penalty) {
        return Err("sampling.repeat_penalty is between 0.5 and 3");
    }
    if !(1..=2048).contains(&s.max_tokens) {
        return Err("sampling.max_tokens is between 1 and 2048");
    }
    Ok(Sampling {
        temperature: s.temperature,
        top_p: s.top_p,
        top_k: s.top_k,
        min_p: s.min_p,
        repeat_penalty: s.repeat_penalty,
        max_tokens: s.max_tokens,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::method::in_order;

    fn read(text: &'static str) -> Result<Method, ConfigError> {
        parse("m", &Asset { file: "m.toml".into(), text: text.into() })
    }

    #[test]
    fn the_shipped_methods_are_sound() {
        let (methods, problems) = all(&Assets::default()).unwrap();
        assert_eq!(problems, []);
        in_order(&methods).unwrap();
        for name in
            ["template", "template-paraphrase", "llm-zero", "llm-few", "fuse-template-decoder", "context", "amalgam"]
        {
            assert!(methods.iter().any(|m| m.name == name), "{name}");
        }
    }

    #[test]
    fn mistakes_have_file_and_line() {
        let message = |text| read(text).unwrap_err().to_string();
        assert!(message("paradigm = \"x\"\nabout = \"a\"\nfill = true").starts_with("m.toml:1: unknown paradigm"));
        let slot = "paradigm = \"template\"\nabout = \"a\"\n[[message]]\nrole = \"user\"\ntext = \"{haed}\"";
        assert!(message(slot).starts_with("m.toml:5: unknown slot {haed}"), "{}", message(slot));
        assert!(message("paradigm = \"template\"\nabut = \"a\"\nfill = true").starts_with("m.toml:2: unknown field"));
        assert!(message("paradigm = \"template\"\nabout = \"a\"").contains("[[message]]"));
        let hot = "paradigm = \"template\"\nabout = \"a\"\n[sampling]\ntemperature = 9\n[[message]]\nrole=\"user\"\ntext=\"x\"";
        assert!(message(hot).contains("temperature"));
    }
}
