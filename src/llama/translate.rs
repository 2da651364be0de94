//! Encoder-decoder models: the encoder reads the prompt, the decoder writes from its own start token.
//!
//! One text at a time: an encoding takes the place of the one before. What is asked twice and drawn without
//! chance is written once: a prompt of a relation's label alone is the same for all its tuples.

use std::collections::HashMap;

use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::token::LlamaToken;
use llama_cpp_2::token::data_array::LlamaTokenDataArray;

use super::generate::add;
use super::model::Model;
use super::slot::{Ready, Slot, Step};
use crate::jobs::engine::Prompt;
use crate::jobs::{Cancel, EngineError, Generated, Generation};

/// Answers remembered; a project has hundreds of relations, not thousands.
const REMEMBERED: usize = 8192;

/// The context of an encoder-decoder, with its memory.
#[derive(Debug)]
pub(super) struct Translator<'m> {
    model: &'m Model,
    context: LlamaContext<'m>,
    batch: LlamaBatch<'static>,
    room: usize,
    scratch: LlamaTokenDataArray,
    known: HashMap<Question, Generated>,
}

/// All that a greedy answer depends on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Question {
    prompt: String,
    grammar: Option<String>,
    stop: Vec<String>,
    max_tokens: u32,
    repeat_penalty: u32,
}

impl<'m> Translator<'m> {
    pub(super) fn new(model: &'m Model, context: LlamaContext<'m>) -> Self {
        let room = context.n_batch() as usize;
        let batch = LlamaBatch::new(room, 1);
        let scratch = LlamaTokenDataArray::new(Vec::new(), false);
        Self { model, context, batch, room, scratch, known: HashMap::new() }
    }

    pub(super) fn run(
        &mut self,
        requests: &[Generation],
        cancel: &Cancel,
        sink: &mut dyn FnMut(usize, Result<Generated, EngineError>),
    ) -> Result<(), EngineError> {
        for (index, request) in requests.iter().enumerate() {
            let question = question(request);
            if let Some(known) = question.as_ref().and_then(|question| self.known.get(question)) {
                sink(index, Ok(Generated { evaluated_tokens: 0, ..known.clone() }));
                continue;
            }
            let answer = match self.translate(index, request, cancel) {
                Err(EngineError::Cancelled) => return Err(EngineError::Cancelled),
                answer => answer,
            };
            if let (Some(question), Ok(generated)) = (question, &answer)
                && self.known.len() < REMEMBERED
            {
                self.known.insert(question, generated.clone());
            }
            sink(index, answer);
        }
        Ok(())
    }

    fn translate(&mut self, index: usize, request: &Generation, cancel: &Cancel) -> Result<Generated, EngineError> {
        let failed = |what: &str, error: &dyn std::fmt::Display| {
            EngineError::Request(format!("llama.cpp could not {what}: {error}"))
        };
        let ready = Ready::new(self.model, index, request, self.room)?;
        self.context.clear_kv_cache();
        self.batch.clear();
        for (position, token) in ready.prompt.iter().enumerate() {
            add(&mut self.batch, *token, position, 0, false)?;
        }
        self.context.encode(&mut self.batch).map_err(|error| failed("encode", &error))?;
        let mut slot = Slot::new(ready, 0);
        let mut token = self.start()?;
        for position in 0.. {
            if cancel.is_cancelled() {
                return Err(EngineError::Cancelled);
            }
            self.batch.clear();
            add(&mut self.batch, token, position, 0, true)?;
            self.context.decode(&mut self.batch).map_err(|error| failed("decode", &error))?;
            let step = slot.advance(self.model, self.context.get_logits_ith(0), &mut self.scratch)?;
            match (step, slot.next.take()) {
                (Step::GoesOn, Some(next)) => token = next,
                (step, _) => return Ok(slot.finish(step == Step::Truncated)),
            }
        }
        Err(EngineError::Request("the text has no end".into()))
    }

    /// What the decoder begins from.
    fn start(&self) -> Result<LlamaToken, EngineError> {
        let token = self.model.llama.decode_start_token();
        let token = if token.0 >= 0 { Some(token) } else { self.model.bos() };
        token.ok_or_else(|| EngineError::Request("this model has no start token to decode from".into()))
    }
}

/// The question a request asks, if chance has no part in its answer.
fn question(request: &Generation) -> Option<Question> {
    let Prompt::Raw(prompt) = &request.prompt else { return None };
    (request.sampling.temperature <= 0.0).then(|| Question {
        prompt: prompt.clone(),
        grammar: request.grammar.clone(),
        stop: request.stop.clone(),
        max_tokens: request.sampling.max_tokens,
        repeat_penalty: request.sampling.repeat_penalty.to_bits(),
    })
}
