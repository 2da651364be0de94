//! Likelihoods: one text at a time, always by the same settings, so that scores of different days compare.
//!
//! Prefix and text are tokenised apart, and their tokens joined: the text has the same tokens whatever
//! stands before it. (Tokenised together, the last word of one may merge with the first of the other.)

use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::token::LlamaToken;

use super::model::Model;
use crate::jobs::engine::JudgedToken;
use crate::jobs::{Cancel, EngineError, Judged, Judgement};

/// The judging context and the tokens in its cache.
#[derive(Debug)]
pub(super) struct Judge<'m> {
    model: &'m Model,
    context: LlamaContext<'m>,
    batch: LlamaBatch<'static>,
    batch_size: usize,
    cached: Vec<LlamaToken>,
}

impl<'m> Judge<'m> {
    pub(super) fn new(model: &'m Model, context: LlamaContext<'m>) -> Self {
        let batch_size = context.n_batch() as usize;
        Self { model, context, batch: LlamaBatch::new(batch_size, 1), batch_size, cached: Vec::new() }
    }

    pub(super) fn run(
        &mut self,
        requests: &[Judgement],
        cancel: &Cancel,
        sink: &mut dyn FnMut(usize, Result<Judged, EngineError>),
    ) -> Result<(), EngineError> {
        for (index, request) in requests.iter().enumerate() {
            match self.judge(request, cancel) {
                Err(EngineError::Cancelled) => return Err(EngineError::Cancelled),
                answer => sink(index, answer),
            }
        }
        Ok(())
    }

    fn judge(&mut self, request: &Judgement, cancel: &Cancel) -> Result<Judged, EngineError> {
        let text = self.model.tokens(&request.text, false);
        let mut tokens = self.before(&request.prefix)?;
        let start = tokens.len();
        tokens.extend_from_slice(&text);
        let room = self.context.n_ctx() as usize;
        if tokens.len() > room {
            return Err(EngineError::Request(format!(
                "the text to judge has {} tokens with its prefix, and the context holds {room}; judge it in parts",
                tokens.len()
            )));
        }
        let logprobs = self.logprobs(&tokens, start, cancel)?;
        let spans = self.spans(&request.text, &text);
        let tokens = spans
            .into_iter()
            .zip(logprobs)
            .map(|((start, end), logprob)| JudgedToken { start, end, logprob })
            .collect();
        Ok(Judged { tokens })
    }

    /// The tokens before a text, at least one: a likelihood is always given something.
    fn before(&self, prefix: &str) -> Result<Vec<LlamaToken>, EngineError> {
        let mut tokens: Vec<LlamaToken> = self.model.wanted_bos().into_iter().collect();
        tokens.extend(self.model.tokens(prefix, false));
        if tokens.is_empty() {
            tokens.extend(self.model.bos());
        }
        if tokens.is_empty() {
            return Err(EngineError::Request(
                "this model has no beginning-of-sequence token; judge with a prefix".into(),
            ));
        }
        Ok(tokens)
    }

    /// Log-probabilities of `tokens[start..]`, each given all before it.
    fn logprobs(&mut self, tokens: &[LlamaToken], start: usize, cancel: &Cancel) -> Result<Vec<f32>, EngineError> {
        // The last token says nothing of itself: it is never decoded.
        let end = tokens.len() - 1;
        let mut at = self.keep(&tokens[..end.min(start - 1)])?;
        let mut logprobs = Vec::with_capacity(tokens.len() - start);
        while at < end {
            if cancel.is_cancelled() {
                return Err(EngineError::Cancelled);
            }
            let until = end.min(at + self.batch_size);
            self.decode(&tokens[at..until], at, start)?;
            for position in at.max(start - 1)..until {
                let row = i32::try_from(position - at).unwrap_or(i32::MAX);
                logprobs.push(logprob(self.context.get_logits_ith(row), tokens[position + 1]));
            }
            at = until;
        }
        Ok(logprobs)
    }

    /// Cuts the cache to what it has in common with `wanted`, and says how much that is.
    fn keep(&mut self, wanted: &[LlamaToken]) -> Result<usize, EngineError> {
        let common = self.cached.iter().zip(wanted).take_while(|(held, wanted)| held == wanted).count();
        let from = u32::try_from(common).ok().filter(|from| *from > 0 && self.model.divisible);
        let cut = from.map(|from| self.context.clear_kv_cache_seq(Some(0), Some(from), None)).transpose();
        match cut {
            Ok(Some(true)) => self.cached.truncate(common),
            Ok(Some(false) | None) => {
                self.context.clear_kv_cache();
                self.cached.clear();
            }
            Err(error) => {
                return Err(EngineError::Request(format!("llama.cpp's cache refused: {error}")));
            }
        }
        Ok(self.cached.len())
    }

    fn decode(&mut self, tokens: &[LlamaToken], at: usize, start: usize) -> Result<(), EngineError> {
        self.batch.clear();
        for (position, token) in (at..).zip(tokens) {
            let place = i32::try_from(position).unwrap_or(i32::MAX);
            self.batch
                .add(*token, place, &[0], position + 1 >= start)
                .map_err(|error| EngineError::Request(format!("a batch came out too large: {error}")))?;
        }
        if let Err(error) = self.context.decode(&mut self.batch) {
            self.context.clear_kv_cache();
            self.cached.clear();
            return Err(EngineError::Request(format!("llama.cpp could not decode: {error}")));
        }
        self.cached.extend_from_slice(tokens);
        Ok(())
    }

    /// The bytes of `text` that each token covers: one after the other, from its first to its last.
    fn spans(&self, text: &str, tokens: &[LlamaToken]) -> Vec<(usize, usize)> {
        let vocab = self.model.llama.vocab();
        let pieces: Vec<Vec<u8>> = tokens.iter().map(|token| vocab.token_to_piece(*token, true, None)).collect();
        tile(text.as_bytes(), &pieces)
    }
}

/// Lays pieces along a text. A space that the tokenizer put before the first word covers nothing, and
/// whatever a tokenizer that rewrites its input leaves over falls to the last piece.
fn tile(text: &[u8], pieces: &[Vec<u8>]) -> Vec<(usize, usize)> {
    let mut at = 0;
    let mut spans: Vec<(usize, usize)> = Vec::with_capacity(pieces.len());
    for (nth, piece) in pieces.iter().enumerate() {
        let added = nth == 0 && piece.first() == Some(&b' ') && text.first() != Some(&b' ');
        let end = text.len().min(at + piece.len() - usize::from(added));
        spans.push((at, end));
        at = end;
    }
    if let Some(last) = spans.last_mut() {
        last.1 = text.len();
    }
    spans
}

/// The natural logarithm of a token's probability, by a softmax in 64 bits: over 50,000 terms, 32 lose digits.
fn logprob(logits: &[f32], token: LlamaToken) -> f32 {
    let logit = usize::try_from(token.0).ok().and_then(|at| logits.get(at)).copied();
    let Some(logit) = logit else { return f32::MIN };
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits.iter().map(|each| f64::from(each - largest).exp()).sum();
    #[expect(clippy::cast_possible_truncation, reason = "a likelihood needs no more digits than a logit has")]
    let value = (f64::from(logit - largest) - sum.ln()) as f32;
    // A forbidden token would be minus infinity, which neither sums nor travels as JSON.
    value.max(f32::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_sum_to_one() {
        let logits = [1.0_f32, 2.0, 3.0, f32::NEG_INFINITY];
        let sum: f32 = (0..4).map(|id| logprob(&logits, LlamaToken::new(id)).exp()).sum();
        assert!((sum - 1.0).abs() < 1e-6);
        assert!(logprob(&logits, LlamaToken::new(3)).is_finite());
        assert!(logprob(&logits, LlamaToken::new(9)).is_finite());
    }

    #[test]
    fn pieces_tile_the_text_with_or_without_an_added_space() {
        let pieces = |all: &[&str]| all.iter().map(|piece| piece.as_bytes().to_vec()).collect::<Vec<_>>();
        assert_eq!(tile(b"ab c", &pieces(&["ab", " c"])), [(0, 2), (2, 4)]);
        assert_eq!(tile(b"ab c", &pieces(&[" ab", " c"])), [(0, 2), (2, 4)]);
        assert_eq!(tile(b"ab", &pieces(&["a", "longer"])), [(0, 1), (1, 2)]);
        assert_eq!(tile(b"abc", &pieces(&["a"])), [(0, 3)]);
        assert_eq!(tile(b"", &[]), []);
    }
}
