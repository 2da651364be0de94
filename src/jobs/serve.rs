//! The worker process's side: an engine of its own, asked over stdin, answering over stdout.
//!
//! Stdin is read on a thread apart, so that a cancel is seen during work. When it closes, the parent is
//! gone, even by `kill -9`: the process ends itself.

use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use super::cancel::{Cancel, Canceller};
use super::engine::{Engine, EngineError, EngineMaker, Generation, Judgement};
use super::wire::{self, Order, Report};

/// Time for the decode at hand to end by itself once nobody listens any more.
const GRACE: Duration = Duration::from_millis(1500);

/// Work to do, with what cancels it.
#[derive(Debug)]
struct Job {
    order: Order,
    cancel: Cancel,
}

/// Serves until `input` closes. Call this last: the process ends with it if the work does not.
///
/// Nothing else may write to `output`.
pub fn run(input: impl Read + Send + 'static, mut output: impl Write, make: EngineMaker) -> Result<(), EngineError> {
    let canceller = Canceller::default();
    let loading = canceller.start();
    let (jobs, inbox) = channel();
    let done = Arc::new(AtomicBool::new(false));
    let ended = Arc::clone(&done);
    let reader = std::thread::Builder::new().name("orders".into()).spawn(move || {
        listen(input, &canceller, &jobs);
        // Closes the inbox, which ends the loop below once it looks; a decode in flight delays that.
        drop(jobs);
        std::thread::sleep(GRACE);
        if !ended.load(Ordering::Relaxed) {
            std::process::exit(0);
        }
    });
    reader.map_err(|error| EngineError::Load(format!("no thread for the orders: {error}")))?;
    let served = load(make, &loading, &mut output).and_then(|mut engine| {
        let served = serve(engine.as_mut(), &mut output, &inbox);
        drop(engine);
        served
    });
    done.store(true, Ordering::Relaxed);
    served
}

fn load(make: EngineMaker, cancel: &Cancel, output: &mut impl Write) -> Result<Box<dyn Engine>, EngineError> {
    match make(cancel) {
        Ok(engine) => {
            send(output, &Report::from(engine.info()))?;
            Ok(engine)
        }
        Err(error) => {
            let sentence = error.to_string();
            send(output, &Report::Refused(error.into()))?;
            Err(EngineError::Load(sentence))
        }
    }
}

/// Reads orders until there are no more. A cancel goes to the job it names, also one still waiting.
fn listen(mut input: impl Read, canceller: &Canceller, jobs: &Sender<Job>) {
    let mut latest = None;
    loop {
        match wire::read::<Order>(&mut input) {
            Ok(Some(Order::Cancel { id })) => {
                if latest == Some(id) {
                    canceller.cancel();
                }
            }
            Ok(Some(order @ (Order::Generate { id, .. } | Order::Judge { id, .. }))) => {
                latest = Some(id);
                if jobs.send(Job { order, cancel: canceller.start() }).is_err() {
                    return;
                }
            }
            Ok(None) => break,
            Err(error) => {
                tracing::error!(%error, "the orders are not understood; the worker ends");
                break;
            }
        }
    }
    canceller.cancel();
}

fn serve(engine: &mut dyn Engine, output: &mut impl Write, inbox: &Receiver<Job>) -> Result<(), EngineError> {
    while let Ok(Job { order, cancel }) = inbox.recv() {
        let mut broken = None;
        let mut answer = |report: Report| {
            if broken.is_none() {
                broken = send(output, &report).err();
            }
        };
        let (id, end) = match order {
            Order::Generate { id, requests } => {
                let requests: Vec<Generation> = requests.into_iter().map(Into::into).collect();
                let end = engine.generate(&requests, &cancel, &mut |index, generated| {
                    let generated = generated.map(Into::into).map_err(Into::into);
                    answer(Report::Generated { id, index, answer: generated });
                });
                (id, end)
            }
            Order::Judge { id, requests } => {
                let requests: Vec<Judgement> = requests.into_iter().map(Into::into).collect();
                let end = engine.judge(&requests, &cancel, &mut |index, judged| {
                    let judged = judged.map(|judged| wire::judged_to_wire(&judged)).map_err(Into::into);
                    answer(Report::Judged { id, index, answer: judged });
                });
                (id, end)
            }
            Order::Cancel { .. } => continue,
        };
        answer(Report::End { id, end: end.map_err(Into::into) });
        if let Some(error) = broken {
            return Err(error);
        }
    }
    Ok(())
}

fn send(output: &mut impl Write, report: &Report) -> Result<(), EngineError> {
    wire::write(output, report).map_err(|error| EngineError::Died(format!("nobody reads the answers: {error}")))
}

#[cfg(test)]
#[path = "serve_tests.rs"]
mod tests;
