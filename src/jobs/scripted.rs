//! A deterministic engine for tests: no command reaches it, and nothing that it writes is a candidate.
//!
//! It is public only because integration tests are a crate of their own.

use std::time::Duration;

use super::cancel::Cancel;
use super::engine::{
    Engine, EngineError, EngineInfo, EngineMaker, Generated, Generation, Judged, JudgedToken, Judgement, Prompt,
    Sampling,
};

/// What goes wrong, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// That request alone fails.
    Fail,
    Panic,
    /// The engine is gone, for that request and ever after.
    Die,
}

/// How a scripted engine behaves.
#[derive(Debug, Clone)]
pub struct Script {
    /// The text written for a request.
    pub answer: fn(&Generation) -> String,
    /// Trouble at the nth request, counted from 0 over the engine's life.
    pub trouble: Option<(u64, Trouble)>,
    /// Time that each request takes.
    pub delay: Duration,
}

impl Default for Script {
    fn default() -> Self {
        Self { answer: plain_answer, trouble: None, delay: Duration::ZERO }
    }
}

/// The engine.
#[derive(Debug)]
pub struct Scripted {
    script: Script,
    asked: u64,
    dead: bool,
}

impl Scripted {
    #[must_use]
    pub fn new(script: Script) -> Self {
        Self { script, asked: 0, dead: false }
    }

    #[must_use]
    pub fn maker(script: Script) -> EngineMaker {
        Box::new(move |cancel| {
            if cancel.is_cancelled() {
                return Err(EngineError::Cancelled);
            }
            Ok(Box::new(Self::new(script)))
        })
    }

    /// A request with default settings.
    #[must_use]
    pub fn request(prompt: &str) -> Generation {
        Generation {
            prompt: Prompt::Raw(prompt.into()),
            grammar: None,
            stop: Vec::new(),
            sampling: Sampling::default(),
            seed: 0,
        }
    }

    /// Counts a request and does what the script says for it.
    fn next(&mut self, cancel: &Cancel) -> Result<Option<EngineError>, EngineError> {
        let died = || EngineError::Died("as scripted".into());
        if self.dead {
            return Err(died());
        }
        std::thread::sleep(self.script.delay);
        if cancel.is_cancelled() {
            return Err(EngineError::Cancelled);
        }
        let nth = self.asked;
        self.asked += 1;
        match self.script.trouble {
            Some((at, Trouble::Fail)) if at == nth => Ok(Some(EngineError::Request("as scripted".into()))),
            #[expect(clippy::panic, reason = "that is what the test asked for")]
            Some((at, Trouble::Panic)) if at == nth => panic!("as scripted"),
            Some((at, Trouble::Die)) if at == nth => {
                self.dead = true;
                Err(died())
            }
            Some((_, Trouble::Fail | Trouble::Panic | Trouble::Die)) | None => Ok(None),
        }
    }
}

impl Engine for Scripted {
    fn info(&self) -> EngineInfo {
        EngineInfo { model: "scripted".into(), digest: "0".repeat(64), adapter: None, backend: "script".into() }
    }

    fn generate(
        &mut self,
        requests: &[Generation],
        cancel: &Cancel,
        sink: &mut dyn FnMut(usize, Result<Generated, EngineError>),
    ) -> Result<(), EngineError> {
        for (index, request) in requests.iter().enumerate() {
            if let Some(error) = self.next(cancel)? {
                sink(index, Err(error));
                continue;
            }
            let text = (self.script.answer)(request);
            let tokens = |text: &str| u32::try_from(text.split_whitespace().count()).unwrap_or(u32::MAX);
            let prompt_tokens = tokens(&prompt_text(request));
            let answer = Generated {
                truncated: false,
                prompt_tokens,
                evaluated_tokens: prompt_tokens,
                output_tokens: tokens(&text),
                text,
            };
            sink(index, Ok(answer));
        }
        Ok(())
    }

    fn judge(
        &mut self,
        requests: &[Judgement],
        cancel: &Cancel,
        sink: &mut dyn FnMut(usize, Result<Judged, EngineError>),
    ) -> Result<(), EngineError> {
        for (index, request) in requests.iter().enumerate() {
            let answer = match self.next(cancel)? {
                Some(error) => Err(error),
                None => Ok(judge(request)),
            };
            sink(index, answer);
        }
        Ok(())
    }
}

fn prompt_text(request: &Generation) -> String {
    match &request.prompt {
        Prompt::Raw(text) => text.clone(),
        Prompt::Chat(messages) => messages.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n"),
    }
}

/// A sentence from the last line of the form `head | relation | tail`, if there is one; else a text that
/// differs as the prompts differ.
fn plain_answer(request: &Generation) -> String {
    let prompt = prompt_text(request);
    if let Some(grammar) = request.grammar.as_deref().filter(|grammar| grammar.contains("[H]")) {
        let thought = if grammar.contains("Sentence:") { " a thought.\nSentence:" } else { "" };
        let verb = ["meets", "knows", "shows", "finds"][usize::try_from(hash(&prompt) % 4).unwrap_or(0)];
        return format!("{thought} [H] {verb} [T] every day.");
    }
    for line in prompt.lines().rev() {
        if let [head, relation, tail] = line.split(" | ").collect::<Vec<_>>()[..] {
            return format!("The {relation} of {head} is {tail}.");
        }
    }
    format!("Answer {:04x}.", hash(&prompt) & 0xffff)
}

/// Words with the spaces before them as tokens, likelier the shorter they are, and after the same prefix
/// always the same.
fn judge(request: &Judgement) -> Judged {
    let text = &request.text;
    let begins: Vec<usize> = std::iter::once(0)
        .chain(text.match_indices(' ').map(|(at, _)| at).filter(|at| *at > 0))
        .chain(std::iter::once(text.len()))
        .collect();
    let token = |span: &[usize]| {
        let [start, end] = *span else { return None };
        let word = &text[start..end];
        let noise = u16::try_from(hash(&format!("{}\0{word}", request.prefix)) % 100).unwrap_or(0);
        let length = u16::try_from(word.chars().count()).unwrap_or(u16::MAX);
        let logprob = -0.5 - f32::from(length) / 4.0 - f32::from(noise) / 100.0;
        (end > start).then_some(JudgedToken { start, end, logprob })
    };
    Judged { tokens: begins.windows(2).filter_map(token).collect() }
}

/// FNV-1a: the same on every machine and in every version, which std's hasher does not promise.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_follow_from_the_prompt_and_nothing_else() {
        let prompt = "Write a sentence.\nQueen | genre | Rock";
        assert_eq!(plain_answer(&Scripted::request(prompt)), "The genre of Queen is Rock.");
        assert_eq!(plain_answer(&Scripted::request("x")), plain_answer(&Scripted::request("x")));
        assert_ne!(plain_answer(&Scripted::request("x")), plain_answer(&Scripted::request("y")));
    }

    #[test]
    fn judged_tokens_tile_the_text() {
        for text in ["", " ", "one", "one two  three.", " Zoë "] {
            let judged = judge(&Judgement { prefix: "p".into(), text: text.into() });
            let joined: String = judged.tokens.iter().map(|token| &text[token.start..token.end]).collect();
            assert_eq!(joined, text);
            assert!(judged.tokens.iter().all(|token| token.logprob < 0.0));
        }
    }

    #[test]
    fn one_request_may_fail_and_the_rest_be_answered() {
        let mut engine = Scripted::new(Script { trouble: Some((1, Trouble::Fail)), ..Script::default() });
        let mut answers = Vec::new();
        let requests = vec![Scripted::request("x"); 3];
        engine.generate(&requests, &Cancel::never(), &mut |at, answer| answers.push((at, answer.is_ok()))).unwrap();
        assert_eq!(answers, [(0, true), (1, false), (2, true)]);
    }
}
