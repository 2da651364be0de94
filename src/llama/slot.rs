//! One request on its way: its prompt as tokens, how much of it is evaluated, and what it has written.

use llama_cpp_2::token::LlamaToken;
use llama_cpp_2::token::data_array::LlamaTokenDataArray;

use super::model::Model;
use super::sampler::Sampler;
use super::writing::Writing;
use crate::jobs::engine::Prompt;
use crate::jobs::{EngineError, Generated, Generation};

/// A request ready to take a sequence.
#[derive(Debug)]
pub(super) struct Ready {
    pub index: usize,
    pub prompt: Vec<LlamaToken>,
    pub max_tokens: usize,
    sampler: Sampler,
    writing: Writing,
}

/// A request that holds a sequence.
#[derive(Debug)]
pub(super) struct Slot {
    pub ready: Ready,
    /// Prompt tokens in the cache.
    pub evaluated: usize,
    /// Prompt tokens found there.
    reused: usize,
    written: usize,
    /// The token drawn last, to be decoded next.
    pub next: Option<LlamaToken>,
}

impl Ready {
    /// Checks and tokenises a request. `room` is how many tokens prompt and answer may have together.
    pub(super) fn new(model: &Model, index: usize, request: &Generation, room: usize) -> Result<Self, EngineError> {
        let prompt = if model.encoder {
            encoder_tokens(model, &request.prompt)?
        } else {
            prompt_tokens(model, &request.prompt)?
        };
        let max_tokens = usize::try_from(request.sampling.max_tokens).unwrap_or(usize::MAX);
        if max_tokens == 0 {
            return Err(EngineError::Request("max_tokens is 0: nothing may be written".into()));
        }
        if prompt.len().saturating_add(max_tokens) > room {
            return Err(EngineError::Request(format!(
                "the prompt has {} tokens and {max_tokens} may be written, but the context holds {room}; shorten \
                 the prompt or enlarge the context",
                prompt.len()
            )));
        }
        let sampler = Sampler::new(&model.llama, request)?;
        Ok(Self { index, prompt, max_tokens, sampler, writing: Writing::new(&request.stop) })
    }

    /// Tokens of the prompt that may be taken from a cache: all but the last two. The last one's logits
    /// are needed, and a token decoded by itself comes out a rounding different from one in company.
    pub(super) fn shareable(&self) -> &[LlamaToken] {
        self.prompt.get(..self.prompt.len().saturating_sub(2)).unwrap_or_default()
    }
}

impl Slot {
    pub(super) fn new(ready: Ready, reused: usize) -> Self {
        Self { ready, evaluated: reused, reused, written: 0, next: None }
    }

    /// Prompt tokens still to be evaluated.
    pub(super) fn pending(&self) -> &[LlamaToken] {
        self.ready.prompt.get(self.evaluated..).unwrap_or_default()
    }

    /// The next part of the prompt to evaluate, of at most `size` tokens, and never leaving a single one.
    pub(super) fn part(&self, size: usize) -> &[LlamaToken] {
        let pending = self.pending();
        let size = if pending.len() == size + 1 { size - 1 } else { size.min(pending.len()) };
        &pending[..size]
    }

    /// Draws a token from the logits. Unless the text goes on, [`Slot::finish`] is due.
    pub(super) fn advance(
        &mut self,
        model: &Model,
        logits: &[f32],
        scratch: &mut LlamaTokenDataArray,
    ) -> Result<Step, EngineError> {
        let token = self.ready.sampler.draw(&model.llama, logits, scratch)?;
        let vocab = model.llama.vocab();
        self.written += 1;
        if vocab.is_eog(token) {
            return Ok(Step::Ended);
        }
        let piece = vocab.token_to_piece(token, false, None);
        // A control token shows as nothing: after it another speaker's turn would begin ("usersystem").
        if piece.is_empty() || self.ready.writing.push(&piece).is_break() {
            return Ok(Step::Ended);
        }
        if self.written >= self.ready.max_tokens {
            return Ok(Step::Truncated);
        }
        self.next = Some(token);
        Ok(Step::GoesOn)
    }

    pub(super) fn finish(self, truncated: bool) -> Generated {
        let count = |tokens: usize| u32::try_from(tokens).unwrap_or(u32::MAX);
        Generated {
            text: self.ready.writing.finish(),
            truncated,
            prompt_tokens: count(self.ready.prompt.len()),
            evaluated_tokens: count(self.ready.prompt.len() - self.reused),
            output_tokens: count(self.written),
        }
    }
}

/// Where a text stands after a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    GoesOn,
    Ended,
    Truncated,
}

/// An encoder's tokenizer ends the text by itself.
fn encoder_tokens(model: &Model, prompt: &Prompt) -> Result<Vec<LlamaToken>, EngineError> {
    match prompt {
        Prompt::Raw(text) => Ok(model.llama.vocab().tokenize(text.as_bytes(), true, false)),
        Prompt::Chat(_) => Err(EngineError::Request(
            "an encoder-decoder holds no chat; give the method `raw = true` and one message".into(),
        )),
    }
}

fn prompt_tokens(model: &Model, prompt: &Prompt) -> Result<Vec<LlamaToken>, EngineError> {
    let mut tokens = match prompt {
        Prompt::Raw(text) => {
            let mut tokens: Vec<LlamaToken> = model.wanted_bos().into_iter().collect();
            tokens.extend(model.tokens(text, false));
            tokens
        }
        Prompt::Chat(messages) => {
            let Some(template) = &model.template else {
                return Err(EngineError::Request(
                    "this model carries no chat template; give it one in the manifest (`template = \"chatml\"`), or \
                     use a method with a raw prompt"
                        .into(),
                ));
            };
            // The rendered text is read with its control tokens, so that one in a name would be obeyed.
            for (_, content) in messages {
                if let Some(control) = model.controls.iter().find(|control| content.contains(control.as_str())) {
                    return Err(EngineError::Request(format!(
                        "the prompt contains `{control}`, a control token of the model"
                    )));
                }
            }
            let text = template.render(messages)?;
            let bos = model.wanted_bos().filter(|_| !template.begins_with_bos(&text));
            let mut tokens: Vec<LlamaToken> = bos.into_iter().collect();
            tokens.extend(model.tokens(&text, true));
            tokens
        }
    };
    if tokens.is_empty() {
        tokens.extend(model.bos());
    }
    if tokens.is_empty() {
        return Err(EngineError::Request("the prompt is empty".into()));
    }
    Ok(tokens)
}
