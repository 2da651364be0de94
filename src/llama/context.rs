//! Contexts: one for generating, many sequences sharing a cache; one for judging, a single sequence with fixed settings.

use std::num::NonZeroU32;

use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::context::params::{KvCacheType, LlamaContextParams};
use llama_cpp_2::llama_backend::LlamaBackend;

use super::model::Model;
use super::settings::LlamaSettings;
use crate::jobs::EngineError;

/// Tokens of a judging decode, most of which ask for logits: a row of them is the whole vocabulary in
/// 32-bit floats, 6 MB for 32 rows of the default model. Small also for the sake of cancelling.
const JUDGE_BATCH: u32 = 32;

/// Tokens a judged text and its prefix may have together.
const JUDGE_CONTEXT: u32 = 2048;

/// Tokens an encoder reads at most, and a decoder writes: one decode holds all of a prompt, or llama.cpp aborts.
const TRANSLATE_CONTEXT: u32 = 512;

/// The generating context: a cache for each sequence.
///
/// Not a unified one, where sequences share cells: there, what a neighbour leaves in between changes
/// the order of sums, and by the rounding of activations to 8 bits the hundredths of a logit. Caches
/// apart make a text depend on its own request alone. On a processor, so does flash attention (three tenths
/// faster than without, beside seven others) where keys and values are of different types: of one type, llama.cpp
/// changes the order of sums for a text that has no neighbours and for long parts of a prompt (measured with two
/// threads: seven of twelve texts the same alone and in company; as here, twelve). A GPU's kernels want one type.
pub(super) fn generating<'m>(
    backend: &LlamaBackend,
    model: &'m Model,
    settings: &LlamaSettings,
) -> Result<LlamaContext<'m>, EngineError> {
    let slots = settings.slots.get();
    let n_ctx = sequence_tokens(model, settings).saturating_mul(slots);
    let batch = batch_tokens(model.llama.n_params(), settings.threads.get()).max(slots);
    let params = common(settings, n_ctx, batch).with_n_seq_max(slots).with_kv_unified(false);
    let params = if settings.offloads(backend) {
        params.with_flash_attention_policy(llama_cpp_sys_2::LLAMA_FLASH_ATTN_TYPE_AUTO)
    } else {
        params
            .with_flash_attention_policy(llama_cpp_sys_2::LLAMA_FLASH_ATTN_TYPE_ENABLED)
            .with_type_v(KvCacheType::BF16)
    };
    open(backend, model, params)
}

/// The context of an encoder-decoder: one text at a time, since each encoding takes the place of the last.
pub(super) fn translating<'m>(
    backend: &LlamaBackend,
    model: &'m Model,
    settings: &LlamaSettings,
) -> Result<LlamaContext<'m>, EngineError> {
    let params = common(settings, TRANSLATE_CONTEXT, TRANSLATE_CONTEXT).with_n_seq_max(1).with_kv_unified(false);
    open(backend, model, params)
}

/// Tokens that prompt and answer of one request may have together.
pub(super) fn sequence_tokens(model: &Model, settings: &LlamaSettings) -> u32 {
    settings.context.get().min(model.llama.n_ctx_train())
}

/// The judging context: settings that never vary, since likelihoods of different days are compared.
pub(super) fn judging<'m>(
    backend: &LlamaBackend,
    model: &'m Model,
    settings: &LlamaSettings,
) -> Result<LlamaContext<'m>, EngineError> {
    let n_ctx = JUDGE_CONTEXT.min(model.llama.n_ctx_train());
    let params = common(settings, n_ctx, JUDGE_BATCH).with_n_seq_max(1).with_kv_unified(false);
    open(backend, model, params)
}

fn common(settings: &LlamaSettings, n_ctx: u32, batch: u32) -> LlamaContextParams {
    let threads = i32::try_from(settings.threads.get()).unwrap_or(1);
    LlamaContextParams::default()
        .with_n_ctx(NonZeroU32::new(n_ctx))
        .with_n_batch(batch)
        .with_n_ubatch(batch)
        .with_n_threads(threads)
        .with_n_threads_batch(threads)
        // Who judges stays as SEI was fitted to it: flash attention moves a token's likelihood by up to 0.05 nats.
        .with_flash_attention_policy(llama_cpp_sys_2::LLAMA_FLASH_ATTN_TYPE_DISABLED)
        .with_no_perf(true)
}

fn open<'m>(
    backend: &LlamaBackend,
    model: &'m Model,
    params: LlamaContextParams,
) -> Result<LlamaContext<'m>, EngineError> {
    let n_ctx = params.n_ctx().map_or(0, NonZeroU32::get);
    let mut context = model.llama.new_context(backend, params).map_err(|_| {
        EngineError::Load(format!(
            "no memory for a context of {n_ctx} tokens beside a model of {} MB; use a smaller model or a smaller context",
            model.llama.size() / 1_000_000
        ))
    })?;
    if let Some(adapter) = &model.adapter {
        context
            .lora_adapter_set(&mut adapter.borrow_mut(), 1.0)
            .map_err(|error| EngineError::Load(format!("the adapter does not fit the model: {error}")))?;
    }
    Ok(context)
}

/// Tokens a decode may hold, so that it takes about half a second: a decode cannot be interrupted, and
/// cancelling must. Reckoned with 10 million parameter-tokens a millisecond and thread, half of what a
/// quiet AVX2 core does (measured); fixed by the model and never by a clock, so that runs repeat.
fn batch_tokens(n_params: u64, threads: u32) -> u32 {
    let tokens = 500 * 10_000_000 * u64::from(threads) / n_params.max(1);
    u32::try_from(tokens).unwrap_or(u32::MAX).clamp(8, 256)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn larger_models_decode_fewer_tokens_at_once() {
        assert_eq!(batch_tokens(10_000_000, 1), 256);
        assert_eq!(batch_tokens(135_000_000, 1), 37);
        assert!(batch_tokens(135_000_000, 1) > batch_tokens(1_700_000_000, 1));
        assert_eq!(batch_tokens(70_000_000_000, 1), 8);
        assert_eq!(batch_tokens(0, 1), 256);
    }
}
