//! Sampling settings to a sampler chain, and the drawing of a token under a grammar.
//!
//! The chain is driven by hand rather than by llama.cpp's `sample`: a grammar that rejects what was
//! drawn throws a C++ exception there, and ends the process.
//!
//! Chance is the Gumbel-max trick: each token's noise follows from seed, step and token alone, and the
//! largest sum of logit and noise is drawn. llama.cpp's `dist` walks the tokens from the likeliest down
//! instead, so that two near-equals changing places, by a rounding error, change what a seed writes:
//! measured, none of three texts was the same with a warm cache as with a cold one.

use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::sampling::LlamaSampler;
use llama_cpp_2::token::LlamaToken;
use llama_cpp_2::token::data::LlamaTokenData;
use llama_cpp_2::token::data_array::LlamaTokenDataArray;

use crate::jobs::{EngineError, Generation, Sampling};

/// Tokens looked back at by the repetition penalty. Only written tokens count: the prompt holds the
/// entity names, which must be repeated.
const PENALTY_WINDOW: i32 = 64;

/// Likeliest tokens tried under a grammar before the whole vocabulary is: testing all of it takes as long as a
/// decode.
const GRAMMAR_SHORTLIST: usize = 1024;

/// How one request draws its tokens: its own, so that neighbours in a batch leave it alone.
#[derive(Debug)]
pub(super) struct Sampler {
    grammar: Option<LlamaSampler>,
    chain: LlamaSampler,
    /// Nothing of the chain is needed: greedy, and without penalties.
    bare: bool,
    reach: Reach,
    /// The noise's seed; greedy without one.
    seed: Option<u32>,
    /// Tokens drawn.
    step: u32,
}

impl Sampler {
    pub(super) fn new(model: &LlamaModel, request: &Generation) -> Result<Self, EngineError> {
        let sampling = &request.sampling;
        check(sampling)?;
        let grammar = request.grammar.as_deref().map(|gbnf| compile(model, gbnf)).transpose()?;
        let greedy = sampling.temperature == 0.0;
        let penalised = (sampling.repeat_penalty - 1.0).abs() > f32::EPSILON;
        let chain = LlamaSampler::chain(links(model, sampling, greedy, penalised), true);
        let seed = (!greedy).then_some(request.seed);
        let bare = greedy && !penalised;
        Ok(Self { grammar, chain, bare, reach: Reach::of(sampling, bare, penalised), seed, step: 0 })
    }

    /// Draws the next token, and remembers it. `scratch` is room to work in, kept between calls.
    pub(super) fn draw(
        &mut self,
        model: &LlamaModel,
        logits: &[f32],
        scratch: &mut LlamaTokenDataArray,
    ) -> Result<LlamaToken, EngineError> {
        let free = self.unconstrained(logits, scratch)?;
        let fits = self.grammar.as_mut().is_none_or(|grammar| allows(grammar, free, scratch));
        let token = if fits { free } else { self.constrained(logits, scratch)? };
        self.step += 1;
        if model.vocab().is_eog(token) {
            return Ok(token);
        }
        if let Some(grammar) = &mut self.grammar {
            grammar
                .try_accept(token)
                .map_err(|error| EngineError::Request(format!("the grammar rejects what it allowed: {error}")))?;
        }
        self.chain.accept(token);
        Ok(token)
    }

    fn unconstrained(&mut self, logits: &[f32], scratch: &mut LlamaTokenDataArray) -> Result<LlamaToken, EngineError> {
        if self.bare {
            return largest(logits);
        }
        fill(scratch, logits);
        self.choose(scratch)
    }

    /// Draws again among the tokens that the grammar allows.
    ///
    /// Most draws fit the grammar, and testing one token is a thousand times cheaper than testing the
    /// vocabulary, so that this is the exception; and here the likeliest are tested first.
    fn constrained(&mut self, logits: &[f32], scratch: &mut LlamaTokenDataArray) -> Result<LlamaToken, EngineError> {
        let Some(grammar) = &mut self.grammar else { return Err(no_token()) };
        fill(scratch, logits);
        let mut enough = false;
        if scratch.data.len() > GRAMMAR_SHORTLIST {
            let likelier = |a: &LlamaTokenData, b: &LlamaTokenData| b.logit().total_cmp(&a.logit());
            let (_, last, _) = scratch.data.select_nth_unstable_by(GRAMMAR_SHORTLIST - 1, likelier);
            let floor = last.logit();
            scratch.data.truncate(GRAMMAR_SHORTLIST);
            leave_allowed(grammar, scratch);
            enough = self.reach.is_met(&scratch.data, floor);
            if !enough {
                fill(scratch, logits);
            }
        }
        if !enough {
            leave_allowed(grammar, scratch);
        }
        if scratch.data.is_empty() {
            return Err(EngineError::Request("the grammar leaves no token to write".into()));
        }
        self.choose(scratch)
    }

    /// Runs the chain, then takes the best of what it leaves.
    fn choose(&mut self, scratch: &mut LlamaTokenDataArray) -> Result<LlamaToken, EngineError> {
        self.chain.apply(scratch);
        let worth = |candidate: &LlamaTokenData| {
            let noise = self.seed.map_or(0.0, |seed| gumbel(seed, self.step, candidate.id()));
            f64::from(candidate.logit()) + noise
        };
        let finite = scratch.data.iter().filter(|candidate| candidate.logit().is_finite());
        let weighed = finite.map(|candidate| (worth(candidate), candidate.id()));
        let best = weighed.max_by(|(a, one), (b, other)| a.total_cmp(b).then_with(|| other.cmp(one)));
        best.map(|(_, token)| token).ok_or_else(no_token)
    }
}

/// How far down the likeliest tokens a chain may look: what decides whether the less likely can be left untested.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Reach {
    /// It keeps no more tokens than these.
    count: usize,
    /// It keeps none whose logit lies further below the best than this.
    depth: f32,
}

impl Reach {
    fn of(sampling: &Sampling, bare: bool, penalised: bool) -> Self {
        let unbounded = Self { count: usize::MAX, depth: f32::INFINITY };
        match sampling {
            _ if bare => Self { count: 1, ..unbounded },
            // A penalty changes the order.
            _ if penalised => unbounded,
            // The share that top_p keeps is one of all that go in.
            Sampling { top_p, top_k: 0, .. } if *top_p < 1.0 => unbounded,
            Sampling { top_k, min_p, .. } => Self {
                count: if *top_k == 0 { usize::MAX } else { usize::try_from(*top_k).unwrap_or(usize::MAX) },
                depth: if sampling.top_p < 1.0 { f32::INFINITY } else { -min_p.ln() },
            },
        }
    }

    /// Whether no token of a logit of `floor` or less could be kept beside these.
    fn is_met(self, allowed: &[LlamaTokenData], floor: f32) -> bool {
        let best = allowed.iter().map(LlamaTokenData::logit).max_by(f32::total_cmp);
        best.is_some_and(|best| allowed.len() >= self.count || best - floor > self.depth)
    }
}

fn leave_allowed(grammar: &mut LlamaSampler, scratch: &mut LlamaTokenDataArray) {
    grammar.apply(scratch);
    scratch.data.retain(|candidate| candidate.logit().is_finite());
}

/// Noise of the standard Gumbel distribution, the same for the same arguments on every machine.
fn gumbel(seed: u32, step: u32, token: LlamaToken) -> f64 {
    let key = (u64::from(seed) << 32) ^ u64::from(token.0.unsigned_abs());
    let bits = mixed(mixed(key) ^ u64::from(step));
    // 53 bits, and a half: strictly between 0 and 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are what a double holds")]
    let uniform = ((bits >> 11) as f64 + 0.5) / (1_u64 << 53) as f64;
    -(-uniform.ln()).ln()
}

/// SplitMix's finaliser: each bit of the result depends on each of the argument.
fn mixed(key: u64) -> u64 {
    let key = key.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let key = (key ^ (key >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let key = (key ^ (key >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    key ^ (key >> 31)
}

fn links(model: &LlamaModel, sampling: &Sampling, greedy: bool, penalised: bool) -> Vec<LlamaSampler> {
    let mut links = Vec::new();
    if penalised {
        links.push(LlamaSampler::penalties(model.n_vocab(), PENALTY_WINDOW, sampling.repeat_penalty, 0.0, 0.0));
    }
    if greedy {
        return links;
    }
    if sampling.top_k > 0 {
        links.push(LlamaSampler::top_k(i32::try_from(sampling.top_k).unwrap_or(i32::MAX)));
    }
    if sampling.top_p < 1.0 {
        links.push(LlamaSampler::top_p(sampling.top_p, 1));
    }
    if sampling.min_p > 0.0 {
        links.push(LlamaSampler::min_p(sampling.min_p, 1));
    }
    links.push(LlamaSampler::temp(sampling.temperature));
    links
}

/// Settings that llama.cpp would answer with a null pointer, or with nonsense.
fn check(sampling: &Sampling) -> Result<(), EngineError> {
    let range = |name: &str, value: f32, fits: bool, wanted: &str| {
        if fits {
            return Ok(());
        }
        Err(EngineError::Request(format!("{name} is {value}, and must be {wanted}")))
    };
    let Sampling { temperature, top_p, min_p, repeat_penalty, .. } = *sampling;
    range("temperature", temperature, (0.0..=100.0).contains(&temperature), "from 0 to 100")?;
    range("top_p", top_p, top_p > 0.0 && top_p <= 1.0, "above 0 and at most 1")?;
    range("min_p", min_p, (0.0..=1.0).contains(&min_p), "from 0 to 1")?;
    range("repeat_penalty", repeat_penalty, (0.01..=100.0).contains(&repeat_penalty), "from 0.01 to 100")
}

fn compile(model: &LlamaModel, gbnf: &str) -> Result<LlamaSampler, EngineError> {
    let refused = |why: String| {
        let shown: String = gbnf.chars().take(80).collect();
        EngineError::Request(format!("the grammar does not compile ({why}): {shown}"))
    };
    if gbnf.trim().is_empty() {
        // llama.cpp takes an empty grammar for none, which would be silent free text.
        return Err(refused("it is empty".into()));
    }
    LlamaSampler::grammar(model, gbnf, "root").map_err(|error| refused(error.to_string()))
}

fn allows(grammar: &mut LlamaSampler, token: LlamaToken, scratch: &mut LlamaTokenDataArray) -> bool {
    scratch.data.clear();
    scratch.data.push(LlamaTokenData::new(token, 1.0, 0.0));
    scratch.selected = None;
    scratch.sorted = false;
    grammar.apply(scratch);
    scratch.data.first().is_some_and(|candidate| candidate.logit().is_finite())
}

fn fill(scratch: &mut LlamaTokenDataArray, logits: &[f32]) {
    scratch.data.clear();
    let tokens = (0_i32..).map(LlamaToken::new);
    scratch.data.extend(tokens.zip(logits).map(|(token, logit)| LlamaTokenData::new(token, *logit, 0.0)));
    scratch.selected = None;
    scratch.sorted = false;
}

/// The likeliest token; the first of equals, as llama.cpp chooses.
fn largest(logits: &[f32]) -> Result<LlamaToken, EngineError> {
    let mut best: Option<(i32, f32)> = None;
    for (token, logit) in (0_i32..).zip(logits) {
        if logit.is_finite() && best.is_none_or(|(_, held)| *logit > held) {
            best = Some((token, *logit));
        }
    }
    best.map(|(token, _)| LlamaToken::new(token)).ok_or_else(no_token)
}

fn no_token() -> EngineError {
    EngineError::Request("the model gives no likelihoods for this prompt".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_out_of_range_are_refused_by_name() {
        for (name, sampling) in [
            ("temperature", Sampling { temperature: f32::NAN, ..Sampling::default() }),
            ("temperature", Sampling { temperature: -1.0, ..Sampling::default() }),
            ("top_p", Sampling { top_p: 0.0, ..Sampling::default() }),
            ("min_p", Sampling { min_p: 1.5, ..Sampling::default() }),
            ("repeat_penalty", Sampling { repeat_penalty: 0.0, ..Sampling::default() }),
        ] {
            assert!(check(&sampling).unwrap_err().to_string().starts_with(name));
        }
        assert!(check(&Sampling::default()).is_ok());
    }

    #[test]
    fn noise_draws_tokens_as_often_as_they_are_likely() {
        let logits = [0.1_f64.ln(), 0.6_f64.ln(), 0.3_f64.ln()];
        let mut drawn = [0_u32; 3];
        for seed in 0..10_000_u32 {
            let tokens = (0_i32..).map(LlamaToken::new);
            let worths = logits.iter().zip(tokens).map(|(logit, token)| logit + gumbel(seed, 5, token));
            let best = worths.enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap().0;
            drawn[best] += 1;
        }
        for (count, expected) in drawn.into_iter().zip([1000_u32, 6000, 3000]) {
            assert!(count.abs_diff(expected) < 200, "{drawn:?}");
        }
    }

    #[test]
    fn the_unlikely_are_left_untested_only_where_they_could_not_be_drawn() {
        let tokens = |logits: &[f32]| -> Vec<LlamaTokenData> {
            (0_i32..).zip(logits).map(|(id, l)| LlamaTokenData::new(LlamaToken::new(id), *l, 0.0)).collect()
        };
        let sampled = Sampling { temperature: 0.7, top_k: 2, top_p: 1.0, min_p: 0.05, ..Sampling::default() };
        let met = |sampling: &Sampling, logits: &[f32]| {
            Reach::of(sampling, sampling.temperature == 0.0, false).is_met(&tokens(logits), 0.0)
        };
        assert!(met(&sampled, &[1.0, 1.0]), "as many as top_k keeps");
        assert!(!met(&sampled, &[1.0]) && !met(&sampled, &[]));
        assert!(met(&sampled, &[3.1]), "min_p keeps none of a twentieth: ln 20 is 3.0");
        assert!(!met(&Sampling { min_p: 0.0, ..sampled }, &[9.0]));
        assert!(!met(&Sampling { top_p: 0.9, ..sampled }, &[9.0]), "the share is of all");
        assert!(met(&Sampling { top_p: 0.9, ..sampled }, &[9.0, 9.0]));
        assert!(!met(&Sampling { top_p: 0.9, top_k: 0, ..sampled }, &[9.0; 99]));
        assert!(met(&Sampling { temperature: 0.0, ..sampled }, &[0.1]));
        assert!(!Reach::of(&sampled, false, true).is_met(&tokens(&[9.0; 99]), 0.0));
    }

    #[test]
    fn the_largest_logit_wins_and_the_first_of_equals() {
        assert_eq!(largest(&[0.0, 3.0, 3.0, f32::NAN]).unwrap(), LlamaToken::new(1));
        assert!(largest(&[f32::NAN]).is_err());
    }
}
