//! A generation method: what to ask of which model, how to sample, and whose output it needs first.

use super::prompt::Template;
use std::fmt;
use std::str::FromStr;

/// The families of methods (AmalREC, section on generation), and the blend of their best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Paradigm {
    Template,
    EncoderDecoder,
    DecoderOnly,
    Fusion,
    ExtendedContext,
    /// The blend of a tuple's top candidates, competing with its parents.
    Amalgam,
    /// Sentences made elsewhere.
    Imported,
}

impl Paradigm {
    pub const ALL: [Self; 7] = [
        Self::Template,
        Self::EncoderDecoder,
        Self::DecoderOnly,
        Self::Fusion,
        Self::ExtendedContext,
        Self::Amalgam,
        Self::Imported,
    ];

    /// The identifier that files and tables use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Template => "template",
            Self::EncoderDecoder => "encoder-decoder",
            Self::DecoderOnly => "decoder-only",
            Self::Fusion => "fusion",
            Self::ExtendedContext => "extended-context",
            Self::Amalgam => "amalgam",
            Self::Imported => "imported",
        }
    }
}

impl fmt::Display for Paradigm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Paradigm {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|p| p.name() == name).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|p| p.name()).collect();
            format!("unknown paradigm '{name}'; one of {}", names.join(", "))
        })
    }
}

/// How the next token is drawn. `temperature` 0 means greedy, and the seed is then of no account.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    pub temperature: f32,
    /// Nucleus mass in (0, 1]; 1 keeps all.
    pub top_p: f32,
    /// Tokens kept; 0 keeps all.
    pub top_k: u32,
    /// Share of the best token's probability below which a token is dropped; 0 keeps all.
    pub min_p: f32,
    /// Penalty on repeated tokens; 1 is none.
    pub repeat_penalty: f32,
    pub max_tokens: u32,
}

impl Default for Sampling {
    fn default() -> Self {
        Self { temperature: 0.0, top_p: 1.0, top_k: 0, min_p: 0.0, repeat_penalty: 1.0, max_tokens: 64 }
    }
}

/// Who speaks in a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    System,
    User,
    Assistant,
}

/// What a method does with a tuple.
#[derive(Debug, Clone, PartialEq)]
pub enum Recipe {
    /// Fills one of the relation's own templates, chosen by a stable hash of the tuple.
    FillTemplate,
    /// Asks a language model.
    Ask(Ask),
}

/// A question to a language model.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// A name of `models/manifest.toml`; `None` means the project's default model.
    pub model: Option<String>,
    /// A chat, or one raw text (a single user message with `raw` set).
    /// Several texts of one message are alternatives: each candidate takes one by its seed.
    pub messages: Vec<(Speaker, Vec<Template>)>,
    /// True if the model reads the text as it stands instead of through its chat template.
    pub raw: bool,
    pub sampling: Sampling,
    pub stop: Vec<String>,
    /// GBNF with the same slots as prompts; the engine refuses one that does not compile.
    pub grammar: Option<Template>,
    /// True if the model writes `[H]` and `[T]` where the names go: they are then exact by construction.
    pub slots: bool,
    /// Only what follows the last occurrence of this marker is the sentence (chain of thought).
    pub after: Option<String>,
}

/// A generation method, read from a file of `assets/methods/`.
#[derive(Debug, Clone, PartialEq)]
pub struct Method {
    /// The identifier: lower-case letters, digits and hyphens.
    pub name: String,
    pub paradigm: Paradigm,
    /// One line for people.
    pub about: String,
    pub recipe: Recipe,
    /// Methods whose sentences fill the slots `{input_1}`, `{input_2}`...: they run first.
    pub inputs: Vec<String>,
    /// Takes its inputs from what scored best, once there are scores; `inputs` is then empty.
    pub best: Option<Best>,
}

/// Which of a tuple's scored sentences a method is made from. Those with a veto never are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Best {
    /// The best of each paradigm, of the two best paradigms.
    Paradigms,
    /// The three best of all.
    Top,
}

impl Best {
    /// How many sentences it takes.
    #[must_use]
    pub fn count(self) -> usize {
        match self {
            Self::Paradigms => 2,
            Self::Top => 3,
        }
    }
}

impl FromStr for Best {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "paradigms" => Ok(Self::Paradigms),
            "top" => Ok(Self::Top),
            _ => Err(format!("unknown choice '{name}'; one of paradigms, top")),
        }
    }
}

impl Ask {
    /// True if a prompt of this method speaks of `slot`.
    #[must_use]
    pub fn speaks_of(&self, slot: &str) -> bool {
        self.messages.iter().flat_map(|(_, texts)| texts).any(|text| text.slots().any(|known| known == slot))
    }
}

impl Method {
    /// The model that the method names; `None` for any, or for none at all.
    #[must_use]
    pub fn model(&self) -> Option<&str> {
        match &self.recipe {
            Recipe::Ask(ask) => ask.model.as_deref(),
            Recipe::FillTemplate => None,
        }
    }

    /// True if the method needs a language model.
    #[must_use]
    pub fn asks_model(&self) -> bool {
        matches!(self.recipe, Recipe::Ask(_))
    }
}

/// Orders methods so that each comes after its inputs, otherwise as given.
///
/// # Errors
/// A circle, or an input that is no method, in words.
pub fn in_order(methods: &[Method]) -> Result<Vec<&Method>, String> {
    let mut ordered: Vec<&Method> = Vec::with_capacity(methods.len());
    let mut waiting: Vec<&Method> = methods.iter().collect();
    while !waiting.is_empty() {
        let placed = ordered.len();
        waiting.retain(|method| {
            let ready = method.inputs.iter().all(|input| ordered.iter().any(|done| done.name == *input));
            if ready {
                ordered.push(method);
            }
            !ready
        });
        if ordered.len() == placed {
            let stuck = waiting[0];
            let missing = stuck.inputs.iter().find(|input| !methods.iter().any(|m| m.name == **input));
            return Err(match missing {
                Some(input) => format!("method '{}' needs '{input}', which is not among the methods", stuck.name),
                None => format!("method '{}' needs itself, by way of its inputs", stuck.name),
            });
        }
    }
    Ok(ordered)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn method(name: &str, inputs: &[&str]) -> Method {
        Method {
            name: name.into(),
            paradigm: Paradigm::Fusion,
            about: String::new(),
            recipe: Recipe::FillTemplate,
            inputs: inputs.iter().map(|&i| i.into()).collect(),
            best: None,
        }
    }

    #[test]
    fn inputs_come_first() {
        let methods = [method("fuse", &["a", "b"]), method("b", &["a"]), method("a", &[])];
        let names: Vec<_> = in_order(&methods).unwrap().iter().map(|m| m.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "fuse"]);
    }

    #[test]
    fn circles_and_strangers_are_told() {
        assert!(in_order(&[method("a", &["b"]), method("b", &["a"])]).unwrap_err().contains("needs itself"));
        assert!(in_order(&[method("a", &["x"])]).unwrap_err().contains("'x'"));
    }
}
