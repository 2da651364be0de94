//! Figures of the engine, printed: run with `--ignored --nocapture` on a quiet machine. Nothing is asserted.

use std::time::Instant;

use amalrec::jobs::{Cancel, Engine, Generated, Judgement};
use amalrec::llama::{LlamaEngine, LlamaSettings};

use super::engine::{ALONE, answers, model_file, raw};

fn resident_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1000
}

/// Processor time of this process in seconds: on a busy machine the clock on the wall measures the neighbours.
fn cpu() -> f32 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    [11, 12].iter().filter_map(|at| fields.get(*at)?.parse::<f32>().ok()).sum::<f32>() / 100.0
}

/// Tokens that each sequence writes in the comparison.
const TOKENS: u32 = 96;
/// Turns of each in the comparison.
const ROUNDS: u32 = 3;

/// Seconds of processor time that a bare loop takes over decoding: llama.cpp alone, no sampler, no store, the
/// same prompts and then the same token to every sequence, with the engine's own settings of context and batch.
fn bare(path: &std::path::Path, sequences: u32) -> f32 {
    use llama_cpp_2::context::params::LlamaContextParams;
    use llama_cpp_2::llama_batch::LlamaBatch;
    use llama_cpp_2::model::LlamaModel;
    use llama_cpp_2::model::params::LlamaModelParams;
    use std::num::NonZeroU32;
    let backend = amalrec::llama::backend().unwrap();
    let model = LlamaModel::load_from_file(backend, path, &LlamaModelParams::default()).unwrap();
    let threads = i32::try_from(amalrec::llama::default_threads().get()).unwrap();
    let params = LlamaContextParams::default()
        .with_n_ctx(NonZeroU32::new(1024 * sequences))
        .with_n_batch(64)
        .with_n_ubatch(64)
        .with_n_threads(threads)
        .with_n_threads_batch(threads)
        .with_n_seq_max(sequences)
        .with_kv_unified(false)
        .with_no_perf(true);
    let mut context = model.new_context(backend, params).unwrap();
    let token = model.vocab().tokenize(b" time", false, false)[0];
    let mut batch = LlamaBatch::new(64, 1);
    let begun = cpu();
    // The same prompts, since the engine reads them too.
    let mut lengths = Vec::new();
    for sequence in 0..i32::try_from(sequences).unwrap() {
        let prompt = model.vocab().tokenize(
            format!("Part {sequence} of a long story: once upon a time").as_bytes(),
            false,
            false,
        );
        batch.clear();
        for (position, token) in prompt.iter().enumerate() {
            batch.add(*token, i32::try_from(position).unwrap(), &[sequence], position + 1 == prompt.len()).unwrap();
        }
        context.decode(&mut batch).unwrap();
        lengths.push(i32::try_from(prompt.len()).unwrap());
    }
    for step in 0..i32::try_from(TOKENS).unwrap() {
        batch.clear();
        for (sequence, length) in (0..).zip(&lengths) {
            batch.add(token, length + step, &[sequence], true).unwrap();
        }
        context.decode(&mut batch).unwrap();
    }
    cpu() - begun
}

/// The engine beside the bare loop, a processor second each, in one run.
#[test]
#[ignore = "measures, and asserts nothing"]
fn beside_the_bare_loop() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let Some(path) = model_file() else { return };
    for sequences in [1_u32, 8, 16] {
        // By turns, and the best of each: what else the machine does slows one turn more than another.
        let (mut ours, mut theirs) = (0.0_f32, 0.0_f32);
        for _ in 0..ROUNDS {
            theirs = theirs.max((TOKENS * sequences) as f32 / bare(&path, sequences));
            ours = ours.max(engine(&path, sequences));
        }
        eprintln!(
            "{sequences:>2} sequences: {ours:.1} tokens a processor second written (prompts included), {theirs:.1} by the bare loop: {:.2} of it; {} MB resident",
            ours / theirs,
            resident_mb()
        );
    }
}

/// Tokens that the engine writes in a processor second, prompts included.
fn engine(path: &std::path::Path, sequences: u32) -> f32 {
    let mut settings = LlamaSettings::new(path, "default", "");
    settings.slots = std::num::NonZeroU32::new(sequences).unwrap();
    let mut engine = LlamaEngine::open(settings, &Cancel::never()).unwrap();
    let requests: Vec<_> =
        (0..sequences).map(|n| raw(&format!("Part {n} of a long story: once upon a time"), TOKENS)).collect();
    // The context is made, and its memory touched, before the clock runs.
    answers(&mut engine, &[raw("Hello", 2)]);
    let begun = cpu();
    let given = answers(&mut engine, &requests);
    let seconds = cpu() - begun;
    let written: u32 = given.iter().map(|a| a.as_ref().unwrap().output_tokens).sum();
    assert_eq!(written, TOKENS * sequences, "a text that ends early leaves its place empty: choose another prompt");
    written as f32 / seconds
}

#[test]
#[ignore = "measures, and asserts nothing"]
fn figures() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let Some(path) = model_file() else { return };
    eprintln!("before: {} MB resident", resident_mb());
    let begun = Instant::now();
    let mut engine = LlamaEngine::open(LlamaSettings::new(path, "default", ""), &Cancel::never()).unwrap();
    eprintln!("load {:.3} s, {}, {} MB resident", begun.elapsed().as_secs_f32(), engine.info().backend, resident_mb());

    let mut timed = |name: &str, requests: &[_]| {
        let (begun, cpu_begun) = (Instant::now(), cpu());
        let answers = answers(&mut engine, requests);
        let (wall, seconds) = (begun.elapsed().as_secs_f32(), cpu() - cpu_begun);
        let sum = |of: fn(&Generated) -> u32| answers.iter().map(|a| of(a.as_ref().unwrap())).sum::<u32>();
        let (evaluated, written) = (sum(|a| a.evaluated_tokens), sum(|a| a.output_tokens));
        eprintln!(
            "{name}: {wall:.2} s, {seconds:.2} s of processor; {evaluated} prompt tokens evaluated, {written} written; {:.1} evaluated, {:.1} written a processor second",
            evaluated as f32 / seconds,
            written as f32 / seconds
        );
    };
    timed("first call (makes the context)", &[raw("Hello", 1)]);
    timed("prompt of ~500", &[raw(&"Aarhus lies in Denmark, north of Odense. ".repeat(40), 1)]);
    timed("1 x 128 tokens", &[raw("Once upon a time", 128)]);
    let many: Vec<_> = (0..8).map(|n| raw(&format!("Story {n}: once upon a time"), 128)).collect();
    timed("8 x 128 tokens", &many);
    let sampled: Vec<_> = many
        .iter()
        .cloned()
        .map(|mut request| {
            request.sampling.temperature = 0.8;
            request.sampling.top_p = 0.95;
            request.sampling.top_k = 40;
            request
        })
        .collect();
    timed("8 x 128 tokens, sampled", &sampled);
    let slots: Vec<_> = sampled
        .iter()
        .cloned()
        .map(|mut request| {
            request.grammar = Some("root ::= text \"[H]\" text \"[T]\" text \".\"\ntext ::= [a-zA-Z ,]*".into());
            request
        })
        .collect();
    timed("8 x 128 tokens, sampled, slot grammar", &slots);
    eprintln!("{} MB resident", resident_mb());

    let texts: Vec<Judgement> = (0..40)
        .map(|n| Judgement {
            prefix: String::new(),
            text: format!("Sentence number {n}: the University of Aarhus is located in Denmark."),
        })
        .collect();
    let (begun, cpu_begun) = (Instant::now(), cpu());
    let mut tokens = 0;
    engine.judge(&texts, &Cancel::never(), &mut |_, judged| tokens += judged.unwrap().tokens.len()).unwrap();
    let (wall, seconds) = (begun.elapsed().as_secs_f32(), cpu() - cpu_begun);
    eprintln!(
        "40 judged: {wall:.2} s, {seconds:.2} s of processor, {tokens} tokens, {:.1} a processor second; {} MB resident",
        tokens as f32 / seconds,
        resident_mb()
    );
}
