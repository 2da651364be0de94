//! An engine on another machine: any server that speaks the OpenAI-compatible API.
//!
//! Requests go out side by side, a few at a time. What is worth another try (429, 5xx, a broken connection)
//! is tried again after a pause that grows and is jittered; what is not is a failed request with the
//! server's own words. A server that cannot be reached any more is an engine that died.

use std::collections::VecDeque;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use ureq::Agent;

use super::agent;
use super::shape::{self, Dialect, Models};
use crate::jobs::engine::EngineInfo;
use crate::jobs::{Cancel, Engine, EngineError, Generated, Generation, Judged, Judgement};

/// Tries of one request, the first included.
const TRIES: u32 = 6;

/// The pause after the first failure; each next one is twice as long, and all are jittered.
const PAUSE: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(30);

/// How often a cancel is looked for while answers are awaited.
const TICK: Duration = Duration::from_millis(50);

/// Bytes of an answer that are read at most: a sentence with its log-probabilities is far smaller.
const ANSWER: u64 = 16 << 20;

/// Which server, and how hard to press it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerSettings {
    /// Such as `http://node7:8000`; a trailing `/v1` is allowed.
    pub url: String,
    /// The model to ask for; `None` takes the first that the server lists.
    pub model: Option<String>,
    /// Sent as a bearer token, and kept nowhere else.
    pub key: Option<String>,
    /// Requests on their way at once.
    pub parallel: usize,
    /// For one answer.
    pub timeout: Duration,
}

/// A server at work.
pub struct ServerEngine {
    server: Arc<Server>,
    parallel: usize,
}

struct Server {
    agent: Agent,
    /// Without `/v1` and without a user's name or password.
    base: String,
    key: Option<String>,
    model: String,
    dialect: Dialect,
    timeout: Duration,
}

impl ServerEngine {
    /// Asks the server which model it serves.
    ///
    /// # Errors
    /// It cannot be reached, refuses the key, or does not serve the model.
    pub fn connect(settings: &ServerSettings, cancel: &Cancel) -> Result<Self, EngineError> {
        if cancel.is_cancelled() {
            return Err(EngineError::Cancelled);
        }
        let base = settings.url.trim_end_matches('/').trim_end_matches("/v1").to_owned();
        let host = base.split_once("://").map(|(_, rest)| rest);
        if host.is_none_or(|host| host.is_empty() || host.split('/').next().unwrap_or_default().contains('@')) {
            let how = "write it as http://host:port; a key goes into the environment variable AMALREC_API_KEY";
            return Err(EngineError::Load(format!("this is no address of an engine: {how}")));
        }
        let mut server = Server {
            agent: agent(),
            base,
            key: settings.key.clone(),
            model: String::new(),
            dialect: Dialect::Plain,
            timeout: settings.timeout,
        };
        let load = |why: String| EngineError::Load(format!("the engine at {} does not answer: {why}", settings.url));
        let body = match server.once("/v1/models", None) {
            Ok(body) => body,
            Err(Trouble::Refused(why) | Trouble::Busy(why, _) | Trouble::Gone(why)) => return Err(load(why)),
        };
        let models: Models = serde_json::from_str(&body).map_err(|error| load(error.to_string()))?;
        let found = match &settings.model {
            Some(name) => models.data.iter().find(|model| model.id == *name),
            None => models.data.first(),
        };
        let Some(found) = found else {
            let names: Vec<&str> = models.data.iter().map(|model| model.id.as_str()).collect();
            return Err(load(format!(
                "it serves {}",
                if names.is_empty() { "no model".into() } else { names.join(", ") }
            )));
        };
        server.model.clone_from(&found.id);
        server.dialect = Dialect::of(&found.owned_by);
        Ok(Self { server: Arc::new(server), parallel: settings.parallel.max(1) })
    }

    /// Puts `work` to so many threads; answers come to `sink` on this one. On a cancel nobody waits for
    /// what is on its way: its thread ends with it.
    fn side_by_side<T: Send + 'static>(
        &self,
        count: usize,
        cancel: &Cancel,
        work: impl Fn(&Server, usize, &Cancel) -> Result<T, EngineError> + Send + Sync + 'static,
        sink: &mut dyn FnMut(usize, Result<T, EngineError>),
    ) -> Result<(), EngineError> {
        let waiting: Arc<Mutex<VecDeque<usize>>> = Arc::new(Mutex::new((0..count).collect()));
        let work = Arc::new(work);
        let (answers, inbox) = channel();
        for _ in 0..self.parallel.min(count) {
            let (waiting, work, answers) = (Arc::clone(&waiting), Arc::clone(&work), Sender::clone(&answers));
            let (server, cancel) = (Arc::clone(&self.server), cancel.clone());
            thread::spawn(move || {
                while !cancel.is_cancelled() {
                    let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                    let Some(index) = next else { return };
                    if answers.send((index, work(&server, index, &cancel))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(answers);
        let mut left = count;
        while left > 0 {
            if cancel.is_cancelled() {
                return Err(EngineError::Cancelled);
            }
            match inbox.recv_timeout(TICK) {
                Ok((_, Err(died @ EngineError::Died(_)))) => {
                    waiting.lock().unwrap_or_else(PoisonError::into_inner).clear();
                    return Err(died);
                }
                Ok((_, Err(EngineError::Cancelled))) => return Err(EngineError::Cancelled),
                Ok((index, answer)) => {
                    left -= 1;
                    sink(index, answer);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) if cancel.is_cancelled() => return Err(EngineError::Cancelled),
                Err(RecvTimeoutError::Disconnected) => return Err(EngineError::Died("a request panicked".into())),
            }
        }
        Ok(())
    }
}

impl Engine for ServerEngine {
    fn info(&self) -> EngineInfo {
        EngineInfo {
            model: self.server.model.clone(),
            // A server does not tell the digest of what it serves.
            digest: String::new(),
            adapter: None,
            backend: format!("{} at {}", self.server.dialect.name(), self.server.base),
        }
    }

    fn generate(
        &mut self,
        requests: &[Generation],
        cancel: &Cancel,
        sink: &mut dyn FnMut(usize, Result<Generated, EngineError>),
    ) -> Result<(), EngineError> {
        let (count, requests) = (requests.len(), requests.to_vec());
        let work = move |server: &Server, index: usize, cancel: &Cancel| {
            let (path, body) = shape::ask(&requests[index], &server.model, server.dialect);
            shape::generated(&server.patiently(path, &body, requests[index].seed, cancel)?)
        };
        self.side_by_side(count, cancel, work, sink)
    }

    fn judge(
        &mut self,
        requests: &[Judgement],
        cancel: &Cancel,
        sink: &mut dyn FnMut(usize, Result<Judged, EngineError>),
    ) -> Result<(), EngineError> {
        let (count, requests) = (requests.len(), requests.to_vec());
        let work = move |server: &Server, index: usize, cancel: &Cancel| {
            let body = shape::echo(&requests[index], &server.model);
            shape::judged(&server.patiently("/v1/completions", &body, 0, cancel)?, &requests[index])
        };
        self.side_by_side(count, cancel, work, sink)
    }
}

/// Why a request did not succeed.
#[derive(Debug)]
enum Trouble {
    /// For good, in the server's words.
    Refused(String),
    /// For now; the server may say for how long.
    Busy(String, Option<Duration>),
    /// Nobody answers.
    Gone(String),
}

impl Server {
    /// One request, tried until it is answered, refused, or hopeless.
    fn patiently(&self, path: &str, body: &Value, seed: u32, cancel: &Cancel) -> Result<String, EngineError> {
        let mut last = Trouble::Gone("it was not asked".into());
        for nth in 0..TRIES {
            if nth > 0 {
                let told = if let Trouble::Busy(_, told) = &last { *told } else { None };
                pause(told.unwrap_or_else(|| backoff(nth - 1, seed)), cancel)?;
            }
            if cancel.is_cancelled() {
                return Err(EngineError::Cancelled);
            }
            match self.once(path, Some(body)) {
                Ok(answer) => return Ok(answer),
                Err(Trouble::Refused(why)) => return Err(EngineError::Request(why)),
                Err(trouble) => last = trouble,
            }
            tracing::info!(?last, nth, "a request to the engine is tried again");
        }
        Err(match last {
            Trouble::Gone(why) => EngineError::Died(format!("{} does not answer any more: {why}", self.base)),
            Trouble::Busy(why, _) | Trouble::Refused(why) => EngineError::Request(why),
        })
    }

    fn once(&self, path: &str, body: Option<&Value>) -> Result<String, Trouble> {
        let url = format!("{}{path}", self.base);
        let bearer = self.key.as_ref().map(|key| format!("Bearer {key}"));
        let sent = if let Some(body) = body {
            let mut request = self.agent.post(&url).header("Content-Type", "application/json");
            if let Some(bearer) = &bearer {
                request = request.header("Authorization", bearer);
            }
            let whole = request.config().timeout_global(Some(self.timeout)).timeout_recv_response(None).build();
            whole.send(body.to_string())
        } else {
            let mut request = self.agent.get(&url);
            if let Some(bearer) = &bearer {
                request = request.header("Authorization", bearer);
            }
            request.config().timeout_global(Some(self.timeout)).build().call()
        };
        let mut response = sent.map_err(|error| {
            if matches!(error, ureq::Error::Timeout(_)) {
                return Trouble::Busy(format!("no answer within {} s", self.timeout.as_secs()), None);
            }
            Trouble::Gone(error.to_string())
        })?;
        let status = response.status().as_u16();
        let after = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
        let after = after.map(|seconds: u64| Duration::from_secs(seconds).min(LONGEST));
        let answer = response.body_mut().with_config().limit(ANSWER).read_to_string();
        let answer = answer.map_err(|error| Trouble::Gone(error.to_string()))?;
        let said = || {
            let words: String = words(&answer).chars().take(300).collect();
            format!("the server answered {status}: {words}")
        };
        match status {
            200..=299 => Ok(answer),
            408 | 425 | 429 | 500..=599 => Err(Trouble::Busy(said(), after)),
            _ => Err(Trouble::Refused(said())),
        }
    }
}

/// What a server says is wrong: the message of its error object, or the body.
fn words(answer: &str) -> String {
    let parsed: Option<Value> = serde_json::from_str(answer).ok();
    let message = parsed.as_ref().and_then(|json| {
        let error = json.get("error").unwrap_or(json);
        error.get("message").unwrap_or(error).as_str().map(str::to_owned)
    });
    message.unwrap_or_else(|| answer.trim().to_owned())
}

/// Half of the full pause, and up to the other half by the request's own seed: those that failed together
/// do not come back together.
fn backoff(nth: u32, seed: u32) -> Duration {
    let full = PAUSE.saturating_mul(1 << nth.min(10)).min(LONGEST);
    let mixed = seed.wrapping_add(nth).wrapping_mul(0x9e37_79b9) >> 16;
    full / 2 + (full / 2).mul_f64(f64::from(mixed & 0xffff) / 65536.0)
}

fn pause(time: Duration, cancel: &Cancel) -> Result<(), EngineError> {
    let mut left = time;
    while !left.is_zero() {
        if cancel.is_cancelled() {
            return Err(EngineError::Cancelled);
        }
        let step = left.min(TICK);
        thread::sleep(step);
        left -= step;
    }
    Ok(())
}

#[cfg(test)]
#[path = "openai_tests.rs"]
mod tests;
