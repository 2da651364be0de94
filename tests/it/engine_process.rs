//! The engine in a child process of the real binary: killed, cancelled, orphaned.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use amalrec::jobs::cancel::Canceller;
use amalrec::jobs::process::{ProcessEngine, WorkerCommand};
use amalrec::jobs::{Cancel, Engine, EngineError, Judgement};

use super::engine::{ALONE, answers, model_file, raw};

fn command(folder: &Path, model: &Path) -> WorkerCommand {
    WorkerCommand {
        program: env!("CARGO_BIN_EXE_amalrec").into(),
        args: vec!["worker".into(), "--model".into(), model.into()],
        log: folder.join("worker.log"),
    }
}

fn with_child(test: impl FnOnce(ProcessEngine, WorkerCommand)) {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let Some(model) = model_file() else { return };
    let folder = tempfile::tempdir().unwrap();
    let command = command(folder.path(), &model);
    let engine = ProcessEngine::start(command.clone(), &Cancel::never()).unwrap();
    test(engine, command);
}

fn kill(pid: u32) {
    assert!(Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap().success());
}

fn alive(pid: u32) -> bool {
    let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !state.is_empty() && !state.contains(") Z ")
}

#[test]
fn a_child_answers_like_the_engine_itself() {
    with_child(|mut engine, command| {
        assert!(engine.info().model.ends_with(".gguf"), "named by its file where no name is given");
        let there = answers(&mut engine, &[raw("The capital of Denmark is", 4), raw("x", 0)]);
        assert!(there[0].as_ref().unwrap().text.contains("Copenhagen"));
        assert!(matches!(there[1], Err(EngineError::Request(_))));
        let judgement = Judgement { prefix: "A".into(), text: " b c.".into() };
        let mut sums = Vec::new();
        engine.judge(&[judgement], &Cancel::never(), &mut |_, judged| sums.push(judged.unwrap().sum())).unwrap();
        assert!(sums[0] < 0.0);
        let log = std::fs::read_to_string(&command.log).unwrap();
        assert_eq!(log, "", "llama.cpp's log stays off stderr");
    });
}

#[test]
fn a_killed_child_is_an_engine_that_died_and_the_next_one_works() {
    with_child(|mut engine, command| {
        let pid = engine.pid().unwrap();
        let killer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(300));
            kill(pid);
        });
        let requests = vec![raw("Once upon a time", 1000); 8];
        let end = engine.generate(&requests, &Cancel::never(), &mut |_, _| {});
        killer.join().unwrap();
        let Err(EngineError::Died(why)) = end else { panic!("{end:?}") };
        assert!(why.contains("signal 9") && why.contains("worker.log"), "{why}");
        let again = engine.generate(&requests, &Cancel::never(), &mut |_, _| {});
        assert!(matches!(again, Err(EngineError::Died(_))));
        let mut next = ProcessEngine::maker(command)(&Cancel::never()).unwrap();
        assert!(answers(next.as_mut(), &[raw("The capital of Denmark is", 4)])[0].is_ok());
    });
}

#[test]
fn a_cancel_reaches_the_child_in_time_and_a_deaf_child_is_replaced() {
    with_child(|mut engine, _| {
        let pid = engine.pid().unwrap();
        for deaf in [false, true] {
            if deaf {
                assert!(Command::new("kill").args(["-STOP", &pid.to_string()]).status().unwrap().success());
            }
            let canceller = Canceller::default();
            let cancel = canceller.start();
            let asked = std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(300));
                canceller.cancel();
                Instant::now()
            });
            let requests = vec![raw("Once upon a time", 1000); 8];
            let end = engine.generate(&requests, &cancel, &mut |_, _| {});
            let took = asked.join().unwrap().elapsed();
            eprintln!("deaf {deaf}: stopped {} ms after the cancel", took.as_millis());
            assert!(matches!(end, Err(EngineError::Cancelled)));
            assert!(took < Duration::from_secs(1));
            assert_eq!(alive(pid), !deaf);
            assert!(answers(&mut engine, &[raw("The capital of Denmark is", 4)])[0].is_ok());
        }
        assert_ne!(engine.pid(), Some(pid));
    });
}

#[test]
fn dropping_the_engine_ends_the_child() {
    with_child(|engine, _| {
        let pid = engine.pid().unwrap();
        assert!(alive(pid));
        drop(engine);
        assert!(!alive(pid));
    });
}

/// A parent that is killed leaves nothing behind but closed pipes, which is what the worker sees here.
#[test]
fn a_worker_ends_when_its_parent_is_gone_idle_or_at_work() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let Some(model) = model_file() else { return };
    for at_work in [false, true] {
        let mut worker = Command::new(env!("CARGO_BIN_EXE_amalrec"))
            .args(["worker", "--model"])
            .arg(&model)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = [0_u8; 4];
        worker.stdout.as_mut().unwrap().read_exact(&mut ready).unwrap();
        if at_work {
            let order = r#"{"Generate":{"id":1,"requests":[{"prompt":{"Raw":"Once upon a time"},"grammar":null,"stop":[],
                "seed":1,"max_tokens":1000,"top_k":0,"floats":[0,1065353216,0,1065353216]}]}}"#;
            let stdin = worker.stdin.as_mut().unwrap();
            stdin.write_all(&u32::try_from(order.len()).unwrap().to_le_bytes()).unwrap();
            stdin.write_all(order.as_bytes()).unwrap();
            std::thread::sleep(Duration::from_millis(700));
            assert!(alive(worker.id()));
        }
        let begun = Instant::now();
        drop(worker.stdin.take());
        drop(worker.stdout.take());
        worker.wait().unwrap();
        eprintln!("at work {at_work}: ended {} ms after its parent", begun.elapsed().as_millis());
        assert!(begun.elapsed() < Duration::from_secs(3));
    }
}

#[test]
fn a_worker_that_cannot_start_or_load_says_why() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    let missing = command(folder.path(), &folder.path().join("none.gguf"));
    let Err(EngineError::Load(why)) = ProcessEngine::start(missing, &Cancel::never()) else { panic!() };
    assert!(why.contains("no such model file"), "{why}");
    let mut nothing = command(folder.path(), Path::new("x"));
    nothing.program = folder.path().join("nothing");
    assert!(matches!(ProcessEngine::start(nothing, &Cancel::never()), Err(EngineError::Load(_))));
    let mut crashing = command(folder.path(), Path::new("x"));
    (crashing.program, crashing.args) = ("sh".into(), vec!["-c".into(), "exit 3".into()]);
    let Err(EngineError::Load(why)) = ProcessEngine::start(crashing, &Cancel::never()) else { panic!() };
    assert!(why.contains("exit status 3"), "{why}");
}
