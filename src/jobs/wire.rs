//! Messages between the program and its worker process: a length in four bytes, then JSON.
//!
//! The types that travel are this file's own: the port's types know nothing of serde, and a change to
//! them cannot silently change what an older worker reads. Both ends are the same binary.

use std::io::{self, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::engine::{
    EngineError, EngineInfo, Generated, Generation, Judged, JudgedToken, Judgement, Prompt, Role, Sampling,
};

/// No frame may be longer: a length beyond it means that something else writes to the pipe.
const FRAME_LIMIT: usize = 64 << 20;

/// What the program asks of the worker.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Order {
    Generate { id: u64, requests: Vec<WireGeneration> },
    Judge { id: u64, requests: Vec<WireJudgement> },
    Cancel { id: u64 },
}

/// What the worker says.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Report {
    Ready { model: String, digest: String, adapter: Option<String>, backend: String },
    Refused(WireError),
    Generated { id: u64, index: usize, answer: Result<WireGenerated, WireError> },
    Judged { id: u64, index: usize, answer: Result<Vec<(usize, usize, f32)>, WireError> },
    End { id: u64, end: Result<(), WireError> },
}

/// Writes one frame, and flushes it.
pub(super) fn write(to: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let json = serde_json::to_vec(message)?;
    let length = u32::try_from(json.len()).ok().filter(|_| json.len() <= FRAME_LIMIT);
    let length = length.ok_or_else(|| {
        io::Error::new(io::ErrorKind::InvalidInput, "too much for one message; ask for fewer at a time")
    })?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(&json)?;
    to.flush()
}

/// Reads one frame; `None` when the other side has closed between frames.
pub(super) fn read<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<Option<T>> {
    let mut length = [0_u8; 4];
    match from.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let length = u32::from_le_bytes(length) as usize;
    if length > FRAME_LIMIT {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "this is no message of a worker"));
    }
    let mut json = vec![0; length];
    from.read_exact(&mut json)?;
    Ok(Some(serde_json::from_slice(&json)?))
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum WirePrompt {
    Chat(Vec<(WireRole, String)>),
    Raw(String),
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum WireRole {
    System,
    User,
    Assistant,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WireGeneration {
    prompt: WirePrompt,
    grammar: Option<String>,
    stop: Vec<String>,
    seed: u32,
    max_tokens: u32,
    top_k: u32,
    /// Temperature, top-p, min-p, repeat penalty as bits: JSON has no NaN, and the worker must see
    /// the settings as they are to refuse them.
    floats: [u32; 4],
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WireJudgement {
    prefix: String,
    text: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WireGenerated {
    text: String,
    truncated: bool,
    prompt_tokens: u32,
    evaluated_tokens: u32,
    output_tokens: u32,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum WireError {
    Cancelled,
    Load(String),
    Request(String),
    Died(String),
}

impl From<&Generation> for WireGeneration {
    fn from(request: &Generation) -> Self {
        let prompt = match &request.prompt {
            Prompt::Raw(text) => WirePrompt::Raw(text.clone()),
            Prompt::Chat(messages) => {
                WirePrompt::Chat(messages.iter().map(|(role, text)| ((*role).into(), text.clone())).collect())
            }
        };
        let Sampling { temperature, top_p, top_k, min_p, repeat_penalty, max_tokens } = request.sampling;
        Self {
            prompt,
            grammar: request.grammar.clone(),
            stop: request.stop.clone(),
            seed: request.seed,
            max_tokens,
            top_k,
            floats: [temperature, top_p, min_p, repeat_penalty].map(f32::to_bits),
        }
    }
}

impl From<WireGeneration> for Generation {
    fn from(wire: WireGeneration) -> Self {
        let prompt = match wire.prompt {
            WirePrompt::Raw(text) => Prompt::Raw(text),
            WirePrompt::Chat(messages) => {
                Prompt::Chat(messages.into_iter().map(|(role, text)| (role.into(), text)).collect())
            }
        };
        let [temperature, top_p, min_p, repeat_penalty] = wire.floats.map(f32::from_bits);
        let sampling =
            Sampling { temperature, top_p, top_k: wire.top_k, min_p, repeat_penalty, max_tokens: wire.max_tokens };
        Self { prompt, grammar: wire.grammar, stop: wire.stop, sampling, seed: wire.seed }
    }
}

impl From<Role> for WireRole {
    fn from(role: Role) -> Self {
        match role {
            Role::System => Self::System,
            Role::User => Self::User,
            Role::Assistant => Self::Assistant,
        }
    }
}

impl From<WireRole> for Role {
    fn from(role: WireRole) -> Self {
        match role {
            WireRole::System => Self::System,
            WireRole::User => Self::User,
            WireRole::Assistant => Self::Assistant,
        }
    }
}

impl From<&Judgement> for WireJudgement {
    fn from(request: &Judgement) -> Self {
        Self { prefix: request.prefix.clone(), text: request.text.clone() }
    }
}

impl From<WireJudgement> for Judgement {
    fn from(wire: WireJudgement) -> Self {
        Self { prefix: wire.prefix, text: wire.text }
    }
}

impl From<Generated> for WireGenerated {
    fn from(answer: Generated) -> Self {
        let Generated { text, truncated, prompt_tokens, evaluated_tokens, output_tokens } = answer;
        Self { text, truncated, prompt_tokens, evaluated_tokens, output_tokens }
    }
}

impl From<WireGenerated> for Generated {
    fn from(wire: WireGenerated) -> Self {
        let WireGenerated { text, truncated, prompt_tokens, evaluated_tokens, output_tokens } = wire;
        Self { text, truncated, prompt_tokens, evaluated_tokens, output_tokens }
    }
}

/// A judged text as triples of start, end and log-probability.
pub(super) fn judged_to_wire(answer: &Judged) -> Vec<(usize, usize, f32)> {
    answer.tokens.iter().map(|token| (token.start, token.end, token.logprob)).collect()
}

pub(super) fn judged_from_wire(wire: Vec<(usize, usize, f32)>) -> Judged {
    let token = |(start, end, logprob)| JudgedToken { start, end, logprob };
    Judged { tokens: wire.into_iter().map(token).collect() }
}

impl From<EngineError> for WireError {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Cancelled => Self::Cancelled,
            EngineError::Load(text) => Self::Load(text),
            EngineError::Request(text) => Self::Request(text),
            EngineError::Died(text) => Self::Died(text),
        }
    }
}

impl From<WireError> for EngineError {
    fn from(wire: WireError) -> Self {
        match wire {
            WireError::Cancelled => Self::Cancelled,
            WireError::Load(text) => Self::Load(text),
            WireError::Request(text) => Self::Request(text),
            WireError::Died(text) => Self::Died(text),
        }
    }
}

impl From<EngineInfo> for Report {
    fn from(info: EngineInfo) -> Self {
        let EngineInfo { model, digest, adapter, backend } = info;
        Self::Ready { model, digest, adapter, backend }
    }
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
