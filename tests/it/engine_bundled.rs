//! The models that the program carries: the encoder-decoder against a reference made by transformers on the same
//! weights, token by token; the adapter, which must write both slots.

use amalrec::jobs::engine::Prompt;
use amalrec::jobs::{Cancel, Engine, Generation, Judgement, Sampling};
use amalrec::llama::{Adapter, LlamaEngine, LlamaSettings};
use amalrec::models::{Folders, Manifest, locate};
use serde_json::Value;
use std::path::Path;

use super::engine::{ALONE, answers, model_file};

fn reference(name: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn field<'v>(case: &'v Value, name: &str) -> &'v str {
    case[name].as_str().unwrap()
}

fn greedy(prompt: &str) -> Generation {
    let sampling = Sampling { max_tokens: 64, ..Sampling::default() };
    Generation { prompt: Prompt::Raw(prompt.into()), grammar: None, stop: vec!["\n".into()], sampling, seed: 0 }
}

fn t5() -> (tempfile::TempDir, LlamaEngine) {
    let folder = tempfile::tempdir().unwrap();
    let folders = Folders(vec![folder.path().into()]);
    let located = locate(&Manifest::load(None).unwrap(), &folders, "rel2text-t5-small").unwrap();
    let engine = LlamaEngine::open(LlamaSettings::new(located.path, "t5", ""), &Cancel::never()).unwrap();
    (folder, engine)
}

#[test]
fn the_encoder_decoder_writes_what_transformers_writes() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let (_folder, mut engine) = t5();
    let cases = reference("t5_reference.json");
    assert!(cases.len() >= 18);
    let requests: Vec<Generation> = cases.iter().map(|case| greedy(case["input"].as_str().unwrap())).collect();
    for (case, answer) in cases.iter().zip(answers(&mut engine, &requests)) {
        let answer = answer.unwrap();
        let input = case["input"].as_str().unwrap();
        // Its pieces begin with the space before a word, which SentencePiece leaves out at the start of a text.
        assert_eq!(answer.text.trim_start(), case["text"].as_str().unwrap(), "{input}");
        let tokens = |field: &str| case[field].as_array().unwrap().len();
        assert_eq!(answer.prompt_tokens as usize, tokens("input_ids"), "the encoder's tokens of: {input}");
        assert_eq!(answer.output_tokens as usize, tokens("output_ids"), "the decoder's tokens for: {input}");
    }
}

#[test]
fn what_the_encoder_decoder_is_asked_twice_is_written_once() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let (_folder, mut engine) = t5();
    let sampled = Generation { sampling: Sampling { temperature: 0.9, ..greedy("").sampling }, ..greedy("spouse") };
    let given = answers(&mut engine, &[greedy("spouse"), greedy("spouse"), sampled]);
    let [first, second, third] = [0, 1, 2].map(|at| given[at].as_ref().unwrap());
    assert_eq!(first.text, second.text);
    assert!(first.evaluated_tokens > 0 && third.evaluated_tokens > 0);
    assert_eq!(second.evaluated_tokens, 0);
    let judged = engine.judge(&[], &Cancel::never(), &mut |_, _| {});
    assert!(judged.unwrap_err().to_string().contains("does not judge"));
    let chat = Generation { prompt: Prompt::Chat(Vec::new()), ..greedy("") };
    assert!(answers(&mut engine, &[chat])[0].as_ref().unwrap_err().to_string().contains("raw"));
    let long = greedy(&"very long ".repeat(600));
    assert!(answers(&mut engine, &[long])[0].as_ref().unwrap_err().to_string().contains("shorten"));
}

#[test]
fn the_adapter_writes_both_slots_as_its_reference_does() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let Some(base) = model_file() else { return };
    let adapter = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/rel2text-smollm2-135m.lora.gguf");
    let mut settings = LlamaSettings::new(base, "tuned", "");
    settings.adapter = Some(Adapter { path: adapter, digest: String::new() });
    let mut engine = LlamaEngine::open(settings, &Cancel::never()).unwrap();
    let cases = reference("lora_reference.json");
    // The reference was made with the base's weights as 32-bit floats: a near tie may fall the other way, but the
    // sentence of the reference must be as likely here.
    let asked: Vec<Judgement> = cases
        .iter()
        .map(|case| Judgement { prefix: field(case, "prompt").to_owned(), text: field(case, "text").to_owned() })
        .collect();
    let mut index = 0;
    let mut worst: f64 = 0.0;
    engine
        .judge(&asked, &Cancel::never(), &mut |_, judged| {
            let nats = judged.unwrap().mean().unwrap();
            worst = worst.max((nats - cases[index]["nats"].as_f64().unwrap()).abs());
            index += 1;
        })
        .unwrap();
    eprintln!("likelihoods differ by at most {worst:.3} nats a token");
    assert!(index == cases.len() && worst < 0.05, "{index} {worst}");
    let requests: Vec<Generation> = cases.iter().map(|case| greedy(case["prompt"].as_str().unwrap())).collect();
    let mut same = 0;
    for (case, answer) in cases.iter().zip(answers(&mut engine, &requests)) {
        let answer = answer.unwrap();
        assert!(answer.text.contains("[H]") && answer.text.contains("[T]"), "{}: {}", case["prompt"], answer.text);
        assert!(answer.prompt_tokens <= 30, "{}", case["prompt"]);
        same += usize::from(answer.text.trim() == field(case, "text").trim());
    }
    assert!(same * 10 >= cases.len() * 6, "{same} of {} as in the reference", cases.len());
}

#[test]
fn an_adapter_for_another_model_is_refused_in_words() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let Some(base) = model_file() else { return };
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.gguf");
    std::fs::write(&broken, b"GGUF and nothing after").unwrap();
    let mut settings = LlamaSettings::new(base, "tuned", "");
    settings.adapter = Some(Adapter { path: broken, digest: String::new() });
    let error = LlamaEngine::open(settings, &Cancel::never()).err().unwrap().to_string();
    assert!(error.contains("cannot lay this adapter"), "{error}");
}
