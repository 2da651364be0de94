//! The OpenAI-compatible API as JSON: what is asked of a server and what it answers, in each server's dialect.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::jobs::engine::{JudgedToken, Prompt, Role};
use crate::jobs::{EngineError, Generated, Generation, Judged, Judgement};

/// Servers agree on the core of the API and differ beyond it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// llama.cpp's own server.
    LlamaServer,
    Vllm,
    /// Anything else: only what the API itself has is sent, and a grammar cannot be.
    Plain,
}

impl Dialect {
    /// From the `owned_by` of `/v1/models`.
    pub(super) fn of(owner: &str) -> Self {
        match owner {
            "llamacpp" => Self::LlamaServer,
            "vllm" => Self::Vllm,
            _ => Self::Plain,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::LlamaServer => "llama-server",
            Self::Vllm => "vLLM",
            Self::Plain => "OpenAI-compatible",
        }
    }
}

/// `/v1/models`.
#[derive(Debug, Deserialize)]
pub(super) struct Models {
    pub data: Vec<Model>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Model {
    pub id: String,
    #[serde(default)]
    pub owned_by: String,
}

/// Path and body of a request for a sentence.
pub(super) fn ask(request: &Generation, model: &str, dialect: Dialect) -> (&'static str, Value) {
    let s = &request.sampling;
    let mut body = json!({
        "model": model, "max_tokens": s.max_tokens, "temperature": s.temperature, "top_p": s.top_p,
        "seed": request.seed, "stream": false,
    });
    let mut set = |key: &str, value: Value| {
        body[key] = value;
    };
    if !request.stop.is_empty() {
        set("stop", json!(request.stop));
    }
    match dialect {
        Dialect::LlamaServer => {
            set("top_k", json!(s.top_k));
            set("min_p", json!(s.min_p));
            set("repeat_penalty", json!(s.repeat_penalty));
            set("cache_prompt", json!(true));
            if let Some(grammar) = &request.grammar {
                set("grammar", json!(grammar));
            }
        }
        Dialect::Vllm => {
            // 0 means all to llama.cpp, and -1 to vLLM.
            set("top_k", if s.top_k == 0 { json!(-1) } else { json!(s.top_k) });
            set("min_p", json!(s.min_p));
            set("repetition_penalty", json!(s.repeat_penalty));
            if let Some(grammar) = &request.grammar {
                set("structured_outputs", json!({ "grammar": grammar }));
            }
        }
        Dialect::Plain => {}
    }
    match &request.prompt {
        Prompt::Raw(text) => {
            set("prompt", json!(text));
            ("/v1/completions", body)
        }
        Prompt::Chat(messages) => {
            let said = |(role, text): &(Role, String)| {
                let role = match role {
                    Role::System => "system",
                    Role::User => "user",
                    Role::Assistant => "assistant",
                };
                json!({ "role": role, "content": text })
            };
            set("messages", messages.iter().map(said).collect());
            ("/v1/chat/completions", body)
        }
    }
}

#[derive(Debug, Deserialize)]
struct Completion {
    choices: Vec<Choice>,
    usage: Option<Usage>,
}

#[derive(Debug, Deserialize)]
struct Choice {
    text: Option<String>,
    message: Option<Message>,
    finish_reason: Option<String>,
    logprobs: Option<Logprobs>,
}

#[derive(Debug, Deserialize)]
struct Message {
    content: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Usage {
    #[serde(default)]
    prompt_tokens: u32,
    #[serde(default)]
    completion_tokens: u32,
    prompt_tokens_details: Option<Details>,
}

#[derive(Debug, Deserialize)]
struct Details {
    #[serde(default)]
    cached_tokens: Option<u32>,
}

#[derive(Debug, Deserialize)]
struct Logprobs {
    tokens: Option<Vec<String>>,
    token_logprobs: Option<Vec<Option<f32>>>,
}

fn completion(body: &str) -> Result<Completion, EngineError> {
    serde_json::from_str(body).map_err(|error| {
        let begin: String = body.chars().take(120).collect();
        EngineError::Request(format!("the server's answer is not understood ({error}): {begin}"))
    })
}

/// A sentence from a server's answer.
pub(super) fn generated(body: &str) -> Result<Generated, EngineError> {
    let Completion { choices, usage } = completion(body)?;
    let nothing = || EngineError::Request("the server answered without a text".into());
    let choice = choices.into_iter().next().ok_or_else(nothing)?;
    let text = choice.text.or_else(|| choice.message.and_then(|message| message.content)).ok_or_else(nothing)?;
    let usage = usage.unwrap_or_default();
    let cached = usage.prompt_tokens_details.and_then(|details| details.cached_tokens).unwrap_or(0);
    Ok(Generated {
        text,
        truncated: choice.finish_reason.as_deref() == Some("length"),
        prompt_tokens: usage.prompt_tokens,
        evaluated_tokens: usage.prompt_tokens.saturating_sub(cached),
        output_tokens: usage.completion_tokens,
    })
}

/// A request for the likelihood of a text: its tokens come back as an echo.
pub(super) fn echo(request: &Judgement, model: &str) -> Value {
    json!({
        "model": model, "prompt": format!("{}{}", request.prefix, request.text), "echo": true, "logprobs": 1,
        "max_tokens": 1, "temperature": 0.0,
    })
}

/// The echo's tokens that lie within the text. The one token written after it is left out.
pub(super) fn judged(body: &str, request: &Judgement) -> Result<Judged, EngineError> {
    let lack = || EngineError::Request("this server gives no log-probabilities of prompts".into());
    let choice = completion(body)?.choices.into_iter().next().ok_or_else(lack)?;
    let logprobs = choice.logprobs.ok_or_else(lack)?;
    let (Some(tokens), Some(values)) = (logprobs.tokens, logprobs.token_logprobs) else { return Err(lack()) };
    let (from, end) = (request.prefix.len(), request.prefix.len() + request.text.len());
    let mut judged = Vec::new();
    let mut at = 0;
    for (token, logprob) in tokens.iter().zip(values) {
        let (start, stop) = (at, at + token.len());
        at = stop;
        if stop <= from || start >= end {
            continue;
        }
        let Some(logprob) = logprob else { continue };
        judged.push(JudgedToken { start: start.max(from) - from, end: stop.min(end) - from, logprob });
    }
    if judged.is_empty() && !request.text.is_empty() { Err(lack()) } else { Ok(Judged { tokens: judged }) }
}
