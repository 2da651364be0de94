//! The engine by llama.cpp in this process: the only folder that names `llama_cpp_2`.
//!
//! Layout: a context borrows its model, and an engine must own both. Rather than a self-referential
//! struct (unsafe) or a leaked model (never freed), a thread of its own holds them as locals of one
//! stack frame, in that order; the [`LlamaEngine`] is the other end of a channel. Dropping it ends the
//! thread and frees the model. A panic in there is an engine that died, and nothing worse.
//!
//! Rules learnt by measuring: a decode of more tokens than `n_batch` aborts the process, so batches have
//! that capacity; contexts of one model are never created at the same time; texts are judged one a
//! decode, since a batch's composition changes the last digits.

mod backend;
mod context;
mod generate;
mod judge;
mod ledger;
mod model;
mod sampler;
mod settings;
mod slot;
mod template;
mod translate;
mod writing;

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use llama_cpp_2::llama_backend::LlamaBackend;

pub use self::backend::{Device, backend, devices};
use self::generate::Generator;
use self::judge::Judge;
use self::model::Model;
pub use self::settings::{Adapter, LlamaSettings, default_threads};
use self::translate::Translator;
use crate::jobs::engine::{EngineInfo, EngineMaker};
use crate::jobs::{Cancel, Engine, EngineError, Generated, Generation, Judged, Judgement};

/// The pinned version of the bindings, which says which llama.cpp it is: part of every candidate's provenance.
const BINDINGS: &str = "0.1.160";

/// Room for llama.cpp's recursion over grammars and long texts, beyond the two megabytes of a thread.
const STACK: usize = 16 << 20;

/// A model at work in this process.
#[derive(Debug)]
pub struct LlamaEngine {
    info: EngineInfo,
    /// Closed before the thread is joined, or it would wait for orders for ever.
    orders: Option<Sender<Order>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
enum Order {
    Generate(Vec<Generation>, Cancel, Sender<Reply<Generated>>),
    Judge(Vec<Judgement>, Cancel, Sender<Reply<Judged>>),
}

#[derive(Debug)]
enum Reply<T> {
    Answer(usize, Result<T, EngineError>),
    End(Result<(), EngineError>),
}

impl LlamaEngine {
    /// Loads the model; returns when it is ready, has failed, or was cancelled.
    pub fn open(settings: LlamaSettings, cancel: &Cancel) -> Result<Self, EngineError> {
        let (orders, inbox) = channel();
        let (ready, loaded) = channel();
        let cancel = cancel.clone();
        let thread = std::thread::Builder::new()
            .name("llama".into())
            .stack_size(STACK)
            .spawn(move || own(&settings, &cancel, &ready, &inbox))
            .map_err(|error| EngineError::Load(format!("no thread for the model: {error}")))?;
        let opened = loaded.recv().unwrap_or_else(|_| Err(EngineError::Load("loading the model panicked".into())));
        match opened {
            Ok(info) => Ok(Self { info, orders: Some(orders), thread: Some(thread) }),
            Err(error) => {
                drop(orders);
                let _ended = thread.join();
                Err(error)
            }
        }
    }

    /// The same, to be called by whoever will own the engine.
    #[must_use]
    pub fn maker(settings: LlamaSettings) -> EngineMaker {
        Box::new(move |cancel| Ok(Box::new(Self::open(settings, cancel)?)))
    }

    fn ask<T>(
        &self,
        order: Order,
        replies: &Receiver<Reply<T>>,
        sink: &mut dyn FnMut(usize, Result<T, EngineError>),
    ) -> Result<(), EngineError> {
        let died = || EngineError::Died("its thread panicked".into());
        self.orders.as_ref().ok_or_else(died)?.send(order).map_err(|_| died())?;
        loop {
            match replies.recv().map_err(|_| died())? {
                Reply::Answer(index, answer) => sink(index, answer),
                Reply::End(end) => return end,
            }
        }
    }
}

impl Engine for LlamaEngine {
    fn info(&self) -> EngineInfo {
        self.info.clone()
    }

    fn generate(
        &mut self,
        requests: &[Generation],
        cancel: &Cancel,
        sink: &mut dyn FnMut(usize, Result<Generated, EngineError>),
    ) -> Result<(), EngineError> {
        let (reply, replies) = channel();
        self.ask(Order::Generate(requests.to_vec(), cancel.clone(), reply), &replies, sink)
    }

    fn judge(
        &mut self,
        requests: &[Judgement],
        cancel: &Cancel,
        sink: &mut dyn FnMut(usize, Result<Judged, EngineError>),
    ) -> Result<(), EngineError> {
        let (reply, replies) = channel();
        self.ask(Order::Judge(requests.to_vec(), cancel.clone(), reply), &replies, sink)
    }
}

impl Drop for LlamaEngine {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}

/// The frame that owns the model and its contexts, until the engine's end of the channel closes.
fn own(
    settings: &LlamaSettings,
    cancel: &Cancel,
    ready: &Sender<Result<EngineInfo, EngineError>>,
    inbox: &Receiver<Order>,
) {
    let loaded = backend::backend().and_then(|backend| {
        let model = Model::load(backend, settings, cancel)?;
        Ok((backend, model))
    });
    let (backend, model) = match loaded {
        Ok(loaded) => loaded,
        Err(error) => {
            let _nobody_waits = ready.send(Err(error));
            return;
        }
    };
    let info = EngineInfo {
        model: settings.name.clone(),
        digest: settings.digest.clone(),
        adapter: settings.adapter.as_ref().map(|adapter| adapter.digest.clone()),
        backend: backend_name(backend, settings, model.encoder),
    };
    if ready.send(Ok(info)).is_err() {
        return;
    }
    work(settings, backend, &model, inbox);
}

/// Answers orders. Contexts are made at the first order that needs them: a run of one kind pays for one.
fn work(settings: &LlamaSettings, backend: &LlamaBackend, model: &Model, inbox: &Receiver<Order>) {
    let slots = usize::try_from(settings.slots.get()).unwrap_or(1);
    let room = usize::try_from(context::sequence_tokens(model, settings)).unwrap_or(1);
    let mut generator: Option<Generator<'_>> = None;
    let mut translator: Option<Translator<'_>> = None;
    let mut judge: Option<Judge<'_>> = None;
    while let Ok(order) = inbox.recv() {
        match order {
            Order::Generate(requests, cancel, reply) if model.encoder => {
                let made = match translator.take() {
                    Some(made) => Ok(made),
                    None => {
                        context::translating(backend, model, settings).map(|context| Translator::new(model, context))
                    }
                };
                let end = made.and_then(|made| {
                    translator.insert(made).run(&requests, &cancel, &mut |index, answer| {
                        let _nobody_listens = reply.send(Reply::Answer(index, answer));
                    })
                });
                let _nobody_listens = reply.send(Reply::End(end));
            }
            Order::Generate(requests, cancel, reply) => {
                let made = match generator.take() {
                    Some(made) => Ok(made),
                    None => context::generating(backend, model, settings)
                        .map(|context| Generator::new(model, context, slots, room)),
                };
                let end = made.and_then(|made| {
                    generator.insert(made).run(&requests, &cancel, &mut |index, answer| {
                        let _nobody_listens = reply.send(Reply::Answer(index, answer));
                    })
                });
                let _nobody_listens = reply.send(Reply::End(end));
            }
            Order::Judge(_, _, reply) if model.encoder => {
                let sentence = format!("{} is an encoder-decoder, which does not judge sentences", settings.name);
                let _nobody_listens = reply.send(Reply::End(Err(EngineError::Request(sentence))));
            }
            Order::Judge(requests, cancel, reply) => {
                let made = match judge.take() {
                    Some(made) => Ok(made),
                    None => context::judging(backend, model, settings).map(|context| Judge::new(model, context)),
                };
                let end = made.and_then(|made| {
                    judge.insert(made).run(&requests, &cancel, &mut |index, answer| {
                        let _nobody_listens = reply.send(Reply::Answer(index, answer));
                    })
                });
                let _nobody_listens = reply.send(Reply::End(end));
            }
        }
    }
}

fn backend_name(backend: &LlamaBackend, settings: &LlamaSettings, encoder: bool) -> String {
    let threads = settings.threads.get();
    // What else the numbers hang on (`context::generating`).
    let device = match (settings.offloads(backend), encoder) {
        (true, _) => "GPU",
        (false, true) => "CPU",
        (false, false) => "CPU with flash attention",
    };
    let slots = settings.slots.get();
    let plural = |n: u32| if n == 1 { "" } else { "s" };
    format!(
        "llama.cpp of llama-cpp-2 {BINDINGS}, {device}, {threads} thread{}, {slots} sequence{}",
        plural(threads),
        plural(slots)
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn provenance_names_the_pinned_bindings() {
        let pinned = format!("llama-cpp-2 = {{ version = \"={}\"", super::BINDINGS);
        assert!(include_str!("../../Cargo.toml").contains(&pinned));
    }
}
