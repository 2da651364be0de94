//! Tests against a server on loopback that answers what it is told to; a real one is in tests/it/server.rs.

use super::*;
use crate::jobs::engine::Prompt;
use crate::jobs::{Sampling, cancel::Canceller};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;

/// One answer of the server: status line, headers beyond the length, body.
type Answer = (&'static str, &'static str, String);

/// What the server was sent: path, headers, body.
type Seen = Arc<Mutex<Vec<(String, Vec<String>, Value)>>>;

/// A server that gives its answers in the order of requests, and the models' list to those who ask.
fn server(owner: &'static str, answers: Vec<Answer>) -> (String, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let seen: Seen = Arc::default();
    let log = Arc::clone(&seen);
    thread::spawn(move || {
        let mut answers = answers.into_iter();
        while let Ok((mut stream, _)) = listener.accept() {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut head = Vec::new();
            let mut line = String::new();
            while reader.read_line(&mut line).unwrap_or(0) > 2 {
                head.push(std::mem::take(&mut line).trim().to_owned());
            }
            let length = head.iter().find_map(|l| l.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            let mut body = vec![0; length.unwrap_or(0)];
            reader.read_exact(&mut body).unwrap();
            let path = head[0].split(' ').nth(1).unwrap().to_owned();
            let listed = format!(r#"{{"data": [{{"id": "small", "owned_by": "{owner}"}}]}}"#);
            let (status, headers, answer) = if path == "/v1/models" {
                ("200 OK", "", listed)
            } else {
                log.lock().unwrap().push((path, head, serde_json::from_slice(&body).unwrap_or_default()));
                let Some(answer) = answers.next() else { return };
                answer
            };
            let length = answer.len();
            let head = format!("HTTP/1.1 {status}\r\n{headers}Connection: close\r\nContent-Length: {length}\r\n\r\n");
            let _gone = stream.write_all((head + &answer).as_bytes());
        }
    });
    (url, seen)
}

fn settings(url: &str) -> ServerSettings {
    let timeout = Duration::from_secs(5);
    ServerSettings { url: url.into(), model: None, key: Some("secret".into()), parallel: 1, timeout }
}

fn request(prompt: Prompt) -> Generation {
    let grammar = Some("root ::= \"x\"".into());
    Generation { prompt, grammar, stop: vec!["\n".into()], sampling: Sampling::default(), seed: 7 }
}

fn wrote(text: &str) -> Answer {
    let usage = r#"{"prompt_tokens": 9, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 4}}"#;
    ("200 OK", "", format!(r#"{{"choices": [{{"text": "{text}", "finish_reason": "stop"}}], "usage": {usage}}}"#))
}

fn ask(engine: &mut ServerEngine, requests: &[Generation]) -> Result<Vec<Result<Generated, EngineError>>, EngineError> {
    let mut answers: Vec<Option<Result<Generated, EngineError>>> = requests.iter().map(|_| None).collect();
    engine.generate(requests, &Cancel::never(), &mut |index, answer| answers[index] = Some(answer))?;
    Ok(answers.into_iter().map(Option::unwrap).collect())
}

#[test]
fn a_raw_prompt_goes_out_in_the_servers_dialect_and_its_answer_comes_back() {
    let (url, seen) = server("llamacpp", vec![wrote("A sentence.")]);
    let mut engine = ServerEngine::connect(&settings(&format!("{url}/v1/")), &Cancel::never()).unwrap();
    let info = engine.info();
    assert_eq!((info.model.as_str(), info.backend.as_str()), ("small", format!("llama-server at {url}").as_str()));
    let answers = ask(&mut engine, &[request(Prompt::Raw("Fact".into()))]).unwrap();
    let wanted = Generated {
        text: "A sentence.".into(),
        truncated: false,
        prompt_tokens: 9,
        evaluated_tokens: 5,
        output_tokens: 3,
    };
    assert_eq!(answers[0].as_ref().unwrap(), &wanted);
    let (path, head, body) = seen.lock().unwrap()[0].clone();
    assert_eq!(path, "/v1/completions");
    assert!(head.iter().any(|line| line.eq_ignore_ascii_case("authorization: Bearer secret")), "{head:?}");
    assert_eq!((&body["prompt"], &body["seed"], &body["stop"][0]), (&"Fact".into(), &7.into(), &"\n".into()));
    assert_eq!(body["grammar"], "root ::= \"x\"");
}

#[test]
fn a_chat_goes_to_the_chat_and_other_servers_are_sent_only_what_they_know() {
    let chat = r#"{"choices": [{"message": {"content": "Said."}, "finish_reason": "length"}]}"#;
    for (owner, grammar) in [("vllm", true), ("someone", false)] {
        let (url, seen) = server(owner, vec![("200 OK", "", chat.into())]);
        let mut engine = ServerEngine::connect(&settings(&url), &Cancel::never()).unwrap();
        let answers = ask(&mut engine, &[request(Prompt::Chat(vec![(crate::jobs::engine::Role::User, "Hi".into())]))]);
        let answer = answers.unwrap().remove(0).unwrap();
        assert!(answer.text == "Said." && answer.truncated);
        let (path, _, body) = seen.lock().unwrap()[0].clone();
        assert_eq!(path, "/v1/chat/completions");
        assert_eq!(body["messages"][0]["role"], "user");
        assert_eq!(body["structured_outputs"]["grammar"].is_string(), grammar);
        assert!(body.get("grammar").is_none() && (owner == "vllm" || body.get("min_p").is_none()), "{body}");
    }
}

#[test]
fn a_busy_server_is_asked_again_and_a_refusal_is_a_failed_request() {
    let busy = ("429 Too Many Requests", "Retry-After: 0\r\n", "slow down".to_owned());
    let broken = ("503 Service Unavailable", "", "starting".to_owned());
    let refused = ("400 Bad Request", "", r#"{"error": {"message": "the grammar is bad"}}"#.to_owned());
    let (url, seen) = server("llamacpp", vec![busy, broken, wrote("At last."), refused]);
    let mut engine = ServerEngine::connect(&settings(&url), &Cancel::never()).unwrap();
    let both = [request(Prompt::Raw("a".into())), request(Prompt::Raw("b".into()))];
    let answers = ask(&mut engine, &both).unwrap();
    assert_eq!(answers[0].as_ref().unwrap().text, "At last.");
    let error = answers[1].as_ref().unwrap_err().to_string();
    assert_eq!(error, "the server answered 400: the grammar is bad");
    assert_eq!(seen.lock().unwrap().len(), 4);
}

#[test]
fn nothing_listening_and_secrets_in_the_address_are_said() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = ServerEngine::connect(&settings(&url), &Cancel::never()).err().unwrap().to_string();
    assert!(error.contains("does not answer"), "{error}");
    let error = ServerEngine::connect(&settings("http://me:pass@host"), &Cancel::never()).err().unwrap().to_string();
    assert!(error.contains("AMALREC_API_KEY") && !error.contains("pass@"), "{error}");
    let (url, _) = server("llamacpp", vec![]);
    let wrong = ServerSettings { model: Some("big".into()), ..settings(&url) };
    let error = ServerEngine::connect(&wrong, &Cancel::never()).err().unwrap().to_string();
    assert!(error.contains("it serves small"), "{error}");
}

#[test]
fn a_cancel_does_not_wait_for_the_server() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (listed, _) = server("llamacpp", vec![]);
    let mut engine = ServerEngine::connect(&settings(&listed), &Cancel::never()).unwrap();
    // From here on it is asked of one that accepts and never answers.
    Arc::get_mut(&mut engine.server).unwrap().base = url;
    let canceller = Canceller::default();
    let cancel = canceller.start();
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(100));
        canceller.cancel();
    });
    let end = engine.generate(&[request(Prompt::Raw("a".into()))], &cancel, &mut |_, _| {});
    assert!(matches!(end, Err(EngineError::Cancelled)));
    drop(listener);
}

#[test]
fn likelihoods_come_from_the_echo() {
    let echo = r#"{"choices": [{"text": "", "logprobs": {"tokens": ["Fa", "ct:", " A", " b", " more"],
        "token_logprobs": [null, -1.0, -2.0, -0.5, -9.0]}}]}"#;
    let (url, _) = server("vllm", vec![("200 OK", "", echo.into())]);
    let mut engine = ServerEngine::connect(&settings(&url), &Cancel::never()).unwrap();
    let question = Judgement { prefix: "Fact:".into(), text: " A b".into() };
    let mut judged = None;
    engine.judge(&[question], &Cancel::never(), &mut |_, answer| judged = Some(answer.unwrap())).unwrap();
    let judged = judged.unwrap();
    assert_eq!(judged.tokens.len(), 2);
    assert!((judged.sum() + 2.5).abs() < 1e-6);
    assert_eq!((judged.tokens[1].start, judged.tokens[1].end), (2, 4));
}

#[test]
fn pauses_grow_to_a_bound_and_differ_by_seed() {
    assert!(backoff(0, 1) >= PAUSE / 2 && backoff(0, 1) <= PAUSE);
    assert!(backoff(9, 1) <= LONGEST && backoff(9, 1) >= LONGEST / 2);
    assert_ne!(backoff(2, 1), backoff(2, 2));
}
