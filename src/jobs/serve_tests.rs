//! Tests of the worker's side, in one process over pipes of memory.

use std::io::Cursor;

use super::*;
use crate::jobs::engine::Judgement;
use crate::jobs::scripted::{Script, Scripted};

/// What a worker says to these orders, before its stdin closes.
fn reports(orders: &[Order], make: EngineMaker) -> (Vec<Report>, Result<(), EngineError>) {
    let mut input = Vec::new();
    for order in orders {
        wire::write(&mut input, order).unwrap();
    }
    let mut output = Vec::new();
    let served = serve_all(input, &mut output, make);
    let mut from = output.as_slice();
    let reports = std::iter::from_fn(|| wire::read(&mut from).unwrap()).collect();
    (reports, served)
}

/// `run` with the closing of stdin held back, as it cancels what is under way.
fn serve_all(input: Vec<u8>, output: &mut Vec<u8>, make: EngineMaker) -> Result<(), EngineError> {
    let (jobs, inbox) = channel();
    let canceller = Canceller::default();
    let mut engine = load(make, &canceller.start(), output)?;
    let mut from = Cursor::new(input);
    while let Some(order) = wire::read(&mut from).unwrap() {
        jobs.send(Job { order, cancel: Cancel::never() }).unwrap();
    }
    drop(jobs);
    serve(engine.as_mut(), output, &inbox)
}

#[test]
fn orders_are_answered_each_to_its_end() {
    let generation = (&Scripted::request("Queen | genre | Rock")).into();
    let judgement = (&Judgement { prefix: String::new(), text: "A b.".into() }).into();
    let orders =
        [Order::Generate { id: 1, requests: vec![generation] }, Order::Judge { id: 2, requests: vec![judgement] }];
    let (reports, served) = reports(&orders, Scripted::maker(Script::default()));
    served.unwrap();
    assert!(matches!(&reports[0], Report::Ready { model, .. } if model == "scripted"));
    assert!(matches!(&reports[1], Report::Generated { id: 1, index: 0, answer: Ok(_) }));
    assert!(matches!(&reports[2], Report::End { id: 1, end: Ok(()) }));
    assert!(matches!(&reports[3], Report::Judged { id: 2, index: 0, answer: Ok(tokens) } if tokens.len() == 2));
    assert!(matches!(&reports[4], Report::End { id: 2, end: Ok(()) }));
}

#[test]
fn a_model_that_does_not_load_is_said_so() {
    let maker: EngineMaker = Box::new(|_| Err(EngineError::Load("no such file".into())));
    let (reports, served) = reports(&[], maker);
    assert!(served.is_err());
    assert!(matches!(&reports[..], [Report::Refused(_)]));
}

#[test]
fn a_closed_stdin_ends_the_service() {
    let mut output = Vec::new();
    run(Cursor::new(Vec::new()), &mut output, Scripted::maker(Script::default())).ok();
}
