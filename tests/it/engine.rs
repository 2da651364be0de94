//! The engine with the real model: generation, grammars, limits, cancelling. Skipped, with a word, where the model is not.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use amalrec::jobs::cancel::Canceller;
use amalrec::jobs::engine::{Prompt, Role};
use amalrec::jobs::{Cancel, Engine, EngineError, Generated, Generation, Sampling};
use amalrec::llama::{LlamaEngine, LlamaSettings};
use amalrec::models::{DEFAULT_MODEL, Folders, Manifest, locate};

/// One engine at a time: several would share the cores, and the limits on time would mean nothing.
pub(crate) static ALONE: Mutex<()> = Mutex::new(());

/// The default model's file, or none, said aloud.
pub(crate) fn model_file() -> Option<PathBuf> {
    let manifest = Manifest::load(None).unwrap();
    match locate(&manifest, &Folders::of_user(), DEFAULT_MODEL) {
        Ok(found) => Some(found.path),
        Err(error) => {
            eprintln!("SKIPPED: {error}");
            None
        }
    }
}

/// Runs a test with the real engine, if the model is there.
pub(crate) fn with_engine(test: impl FnOnce(&mut LlamaEngine)) {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let Some(path) = model_file() else { return };
    let mut engine = LlamaEngine::open(LlamaSettings::new(path, "default", ""), &Cancel::never()).unwrap();
    test(&mut engine);
}

pub(crate) fn raw(prompt: &str, max_tokens: u32) -> Generation {
    Generation {
        prompt: Prompt::Raw(prompt.into()),
        grammar: None,
        stop: vec![],
        sampling: Sampling { max_tokens, ..Sampling::default() },
        seed: 1,
    }
}

fn chat(user: &str, max_tokens: u32) -> Generation {
    let messages = vec![
        (Role::System, "You write one short English sentence that states the given fact.".into()),
        (Role::User, user.into()),
    ];
    Generation { prompt: Prompt::Chat(messages), ..raw("", max_tokens) }
}

/// Answers in the order of the requests, each exactly once.
pub(crate) fn answers(engine: &mut dyn Engine, requests: &[Generation]) -> Vec<Result<Generated, EngineError>> {
    let mut answers: Vec<_> = requests.iter().map(|_| None).collect();
    engine
        .generate(requests, &Cancel::never(), &mut |index, answer| {
            assert!(answers[index].replace(answer).is_none(), "request {index} is answered twice");
        })
        .unwrap();
    answers.into_iter().map(|answer| answer.expect("every request is answered")).collect()
}

fn texts(engine: &mut dyn Engine, requests: &[Generation]) -> Vec<String> {
    answers(engine, requests).into_iter().map(|answer| answer.unwrap().text).collect()
}

const FACTS: [&str; 8] = [
    "Alan Turing | almaMater | King's College, Cambridge",
    "Aarhus | country | Denmark",
    "Queen | genre | Rock music",
    "Moby-Dick | author | Herman Melville",
    "Mount Everest | elevation | 8849 metres",
    "Marie Curie | award | Nobel Prize in Physics",
    "Lake Geneva | inflow | Rhône",
    "Python | designer | Guido van Rossum",
];

#[test]
fn greedy_text_is_the_same_each_time_alone_and_in_company() {
    with_engine(|engine| {
        let requests = FACTS.map(|fact| chat(fact, 32));
        let alone: Vec<String> =
            requests.iter().flat_map(|request| texts(engine, std::slice::from_ref(request))).collect();
        let again: Vec<String> =
            requests.iter().flat_map(|request| texts(engine, std::slice::from_ref(request))).collect();
        assert_eq!(alone, again);
        let together = texts(engine, &requests);
        let same = alone.iter().zip(&together).filter(|(a, b)| a == b).count();
        eprintln!("{same} of 8 greedy texts are the same alone and together");
        assert!(same >= 6, "{alone:#?}\n{together:#?}");
        assert!(alone.iter().all(|text| text.len() > 10));
    });
}

/// Behind more than 256 tokens llama.cpp's flash attention shares a lone text out over the threads, unless keys and values
/// are of different types (`llama::context`): with one type, one of these six came out the same.
#[test]
fn long_prompts_give_the_same_text_alone_and_in_company_on_two_threads() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let Some(path) = model_file() else { return };
    let mut settings = LlamaSettings::new(path, "default", "");
    settings.threads = std::num::NonZeroU32::new(2).unwrap();
    let mut engine = LlamaEngine::open(settings, &Cancel::never()).unwrap();
    let before = "Aarhus lies in Denmark, north of Odense, and many people went there by sea. ";
    let requests: Vec<_> = (0..6_u32)
        .map(|n| {
            let mut request = raw(&format!("{}Story {n}: once upon a time", before.repeat(16 + n as usize)), 40);
            request.sampling.temperature = 1.0;
            request.seed = n;
            request
        })
        .collect();
    let together = texts(&mut engine, &requests);
    // From the last to the first, so that each finds another beginning in the cache.
    let alone = requests.iter().rev().flat_map(|request| texts(&mut engine, std::slice::from_ref(request)));
    let same = together.iter().rev().zip(alone).filter(|(a, b)| **a == *b).count();
    assert!(same >= 5, "{same} of 6 texts the same: a text must not depend on its neighbours");
}

#[test]
fn sampled_text_follows_from_its_seed() {
    with_engine(|engine| {
        let sampling =
            Sampling { temperature: 0.9, top_p: 0.95, top_k: 50, min_p: 0.02, repeat_penalty: 1.1, max_tokens: 24 };
        let seeded = |seed| Generation { sampling, seed, ..chat(FACTS[1], 24) };
        let first = texts(engine, &[seeded(1), seeded(2), seeded(u32::MAX)]);
        let second = texts(engine, &[seeded(1), seeded(2), seeded(u32::MAX)]);
        let alone = texts(engine, &[seeded(2)]);
        eprintln!("{first:#?}\n{second:#?}\n{alone:#?}");
        let same = first.iter().chain([&first[1]]).zip(second.iter().chain(&alone)).filter(|(a, b)| a == b);
        assert!(same.count() >= 3, "a seed writes the same text but for rare roundings");
        assert_ne!(first[0], first[1]);
    });
}

#[test]
fn a_grammar_holds_and_a_bad_one_is_an_error() {
    with_engine(|engine| {
        let with = |grammar: &str| Generation { grammar: Some(grammar.into()), ..chat(FACTS[1], 40) };
        let requests = [
            with("root ::= \"Aarhus ist in \" [A-Z] [a-z]+ \"!\""),
            with("root ::= \"broken"),
            with("other ::= \"x\""),
            with("  "),
            chat(FACTS[1], 16),
            with("root ::= (\"yes\" | \"no\")"),
            with("root ::= \"日本語 – \" [0-9] [0-9]"),
        ];
        let answers = answers(engine, &requests);
        let forced = answers[0].as_ref().unwrap();
        assert!(forced.text.starts_with("Aarhus ist in ") && forced.text.ends_with('!'), "{forced:?}");
        assert!(!forced.truncated);
        for bad in &answers[1..4] {
            let error = bad.as_ref().unwrap_err();
            assert!(matches!(error, EngineError::Request(_)), "{error}");
            assert!(error.to_string().contains("grammar does not compile"), "{error}");
        }
        assert!(answers[4].is_ok());
        assert!(["yes", "no"].contains(&answers[5].as_ref().unwrap().text.as_str()));
        let wide = &answers[6].as_ref().unwrap().text;
        assert!(wide.starts_with("日本語 – ") && wide.chars().count() == 8, "{wide}");
    });
}

#[test]
fn sampling_under_a_grammar_holds_it_too() {
    with_engine(|engine| {
        let sampling = Sampling { temperature: 1.5, repeat_penalty: 1.2, max_tokens: 60, ..Sampling::default() };
        let grammar = "root ::= text \"[H]\" text \"[T]\" text \".\"\ntext ::= [a-zA-Z ,]*";
        let requests: Vec<Generation> = (0..8)
            .map(|seed| Generation { grammar: Some(grammar.into()), sampling, seed, ..chat(FACTS[3], 60) })
            .collect();
        for answer in answers(engine, &requests) {
            let Generated { text, truncated, .. } = answer.unwrap();
            let shape = text.find("[H]") < text.find("[T]") && text.ends_with('.');
            assert!(truncated || shape, "{text}");
            assert!(text.matches("[H]").count() <= 1);
        }
    });
}

#[test]
fn stop_strings_cut_and_limits_are_told() {
    with_engine(|engine| {
        let free = texts(engine, &[chat(FACTS[1], 24)]).remove(0);
        let word = free.split(' ').nth(3).unwrap();
        let stopped = Generation { stop: vec!["zebra".into(), format!(" {word}")], ..chat(FACTS[1], 24) };
        let answers = answers(engine, &[stopped, chat(FACTS[1], 3), raw("x", 0)]);
        let stopped = answers[0].as_ref().unwrap();
        assert_eq!(
            (stopped.text.as_str(), stopped.truncated),
            (free.split_once(&format!(" {word}")).unwrap().0, false)
        );
        let limited = answers[1].as_ref().unwrap();
        assert!(free.starts_with(&limited.text) && limited.truncated && limited.output_tokens == 3, "{limited:?}");
        assert!(matches!(answers[2], Err(EngineError::Request(_))));
    });
}

#[test]
fn a_long_prompt_works_and_an_overlong_one_fails_alone() {
    with_engine(|engine| {
        let long = |words: usize| raw(&"The city of Aarhus lies in Denmark. ".repeat(words), 8);
        let requests = [long(90), long(2000), raw("The capital of Denmark is", 4)];
        let answers = answers(engine, &requests);
        let first = answers[0].as_ref().unwrap();
        assert!(first.prompt_tokens > 800, "{first:?}");
        let Err(EngineError::Request(sentence)) = &answers[1] else { panic!("{:?}", answers[1]) };
        assert!(sentence.contains("the context holds"), "{sentence}");
        assert!(answers[2].as_ref().unwrap().text.contains("Copenhagen"), "{:?}", answers[2]);
    });
}

#[test]
fn a_common_beginning_is_evaluated_once() {
    with_engine(|engine| {
        let shots = "Aarhus | country | Denmark\nAarhus lies in Denmark.\n\n".repeat(8);
        let requests: Vec<Generation> = FACTS.iter().map(|fact| raw(&format!("{shots}{fact}\n"), 12)).collect();
        let count = |answers: &[Result<Generated, EngineError>]| {
            let sum = |of: fn(&Generated) -> u32| answers.iter().map(|a| of(a.as_ref().unwrap())).sum::<u32>();
            (sum(|a| a.prompt_tokens), sum(|a| a.evaluated_tokens))
        };
        let (asked, evaluated) = count(&answers(engine, &requests));
        eprintln!("{evaluated} of {asked} prompt tokens evaluated");
        assert!(evaluated * 3 < asked, "{evaluated} of {asked}");
        let (_, again) = count(&answers(engine, &requests));
        assert!(again < evaluated, "the next call finds the beginning in the cache: {again}");
    });
}

#[test]
fn forty_requests_of_all_lengths_pass_through_eight_slots() {
    with_engine(|engine| {
        let requests: Vec<Generation> = (0..40)
            .map(|n| {
                raw(&format!("{} {}", "word ".repeat(n * 7 % 90), FACTS[n % 8]), 1 + u32::try_from(n).unwrap() % 9)
            })
            .collect();
        for (request, answer) in requests.iter().zip(answers(engine, &requests)) {
            let answer = answer.unwrap();
            assert!(answer.output_tokens <= request.sampling.max_tokens);
        }
    });
}

#[test]
fn a_control_token_in_a_name_is_refused_in_chat_and_harmless_in_raw() {
    with_engine(|engine| {
        let answers = answers(engine, &[chat("<|im_end|> | is | bad", 8), raw("<|im_end|> is", 8)]);
        assert!(answers[0].as_ref().unwrap_err().to_string().contains("control token"));
        assert!(answers[1].is_ok());
    });
}

#[test]
fn cancelling_takes_less_than_a_second_even_within_a_prompt() {
    with_engine(|engine| {
        let prompt = "Aarhus, Denmark; ".repeat(150);
        for requests in [vec![raw(&prompt, 64)], (0..8).map(|_| raw("Once upon a time", 1000)).collect()] {
            let canceller = Canceller::default();
            let cancel = canceller.start();
            let asked = std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(700));
                canceller.cancel();
                Instant::now()
            });
            let mut late = 0;
            let end = engine.generate(&requests, &cancel, &mut |_, _| late += 1);
            let took = asked.join().unwrap().elapsed();
            eprintln!("stopped {} ms after the cancel", took.as_millis());
            assert!(matches!(end, Err(EngineError::Cancelled)));
            assert!(took < Duration::from_secs(1));
        }
        let after = texts(engine, &[raw("The capital of Denmark is", 4)]);
        assert!(after[0].contains("Copenhagen"), "the engine remains usable: {after:?}");
    });
}

#[test]
fn damaged_and_missing_files_are_sentences() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let Some(path) = model_file() else { return };
    let folder = tempfile::tempdir().unwrap();
    let whole = std::fs::read(path).unwrap();
    let open = |settings: LlamaSettings| match LlamaEngine::open(settings, &Cancel::never()) {
        Err(EngineError::Load(sentence)) => sentence,
        other => panic!("{other:?}"),
    };
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("half.gguf"), &whole[..whole.len() / 2]).unwrap();
    std::fs::write(at("head.gguf"), &whole[..5000]).unwrap();
    std::fs::write(at("text.gguf"), "not a model").unwrap();
    std::fs::write(at("empty.gguf"), "").unwrap();
    let mut known = LlamaSettings::new(at("half.gguf"), "m", "");
    known.bytes = Some(whole.len() as u64);
    for (settings, words) in [
        (LlamaSettings::new(at("half.gguf"), "m", ""), "incomplete"),
        (known, "cut short"),
        (LlamaSettings::new(at("head.gguf"), "m", ""), "incomplete"),
        (LlamaSettings::new(at("text.gguf"), "m", ""), "not a GGUF"),
        (LlamaSettings::new(at("empty.gguf"), "m", ""), "not a GGUF"),
        (LlamaSettings::new(at("none.gguf"), "m", ""), "no such model file"),
        (LlamaSettings::new(folder.path(), "m", ""), "is a folder"),
    ] {
        let sentence = open(settings);
        assert!(sentence.contains(words), "{sentence}");
    }
    let canceller = Canceller::default();
    let cancel = canceller.start();
    canceller.cancel();
    let settings = LlamaSettings::new(model_file().unwrap(), "m", "");
    assert!(matches!(LlamaEngine::open(settings, &cancel), Err(EngineError::Cancelled)));
}
