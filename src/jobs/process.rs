//! An engine in a child process: a failed assertion in llama.cpp ends the child, and not the program.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use super::cancel::Cancel;
use super::engine::{Engine, EngineError, EngineInfo, EngineMaker, Generated, Generation, Judged, Judgement};
use super::wire::{self, Order, Report};

/// How often a cancel is looked for while waiting.
const TICK: Duration = Duration::from_millis(30);

/// How long a cancelled worker may take to stop before it is killed.
const PATIENCE: Duration = Duration::from_millis(800);

/// How to start a worker: the program, its arguments, and where its stderr goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerCommand {
    pub program: PathBuf,
    pub args: Vec<OsString>,
    pub log: PathBuf,
}

/// A worker process that serves [`super::serve::run`].
#[derive(Debug)]
pub struct ProcessEngine {
    command: WorkerCommand,
    info: EngineInfo,
    state: State,
    last: u64,
}

#[derive(Debug)]
enum State {
    Up(Worker),
    /// Killed, having not heeded a cancel: the next order starts another.
    Down,
    /// Gone by itself: the engine must be made anew, by whoever counts how often that happens.
    Dead(String),
}

#[derive(Debug)]
struct Worker {
    child: Child,
    orders: Option<ChildStdin>,
    reports: Receiver<Report>,
}

impl ProcessEngine {
    /// Starts a worker and waits until its model is loaded.
    pub fn start(command: WorkerCommand, cancel: &Cancel) -> Result<Self, EngineError> {
        let (worker, info) = Worker::start(&command, cancel)?;
        Ok(Self { command, info, state: State::Up(worker), last: 0 })
    }

    /// The same, to be called by whoever will own the engine.
    #[must_use]
    pub fn maker(command: WorkerCommand) -> EngineMaker {
        Box::new(move |cancel| Ok(Box::new(Self::start(command, cancel)?)))
    }

    /// The child's process number, while there is a child.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        match &self.state {
            State::Up(worker) => Some(worker.child.id()),
            State::Down | State::Dead(_) => None,
        }
    }

    /// Sends an order and hands each report of it to `answer`, until its end.
    fn ask(
        &mut self,
        make: impl FnOnce(u64) -> Order,
        cancel: &Cancel,
        answer: &mut dyn FnMut(Report),
    ) -> Result<(), EngineError> {
        if cancel.is_cancelled() {
            return Err(EngineError::Cancelled);
        }
        self.last += 1;
        let id = self.last;
        let mut worker = match std::mem::replace(&mut self.state, State::Down) {
            State::Up(worker) => worker,
            State::Down => Worker::start(&self.command, cancel)?.0,
            State::Dead(why) => {
                self.state = State::Dead(why.clone());
                return Err(EngineError::Died(why));
            }
        };
        match worker.send(&make(id), &self.command) {
            Ok(()) => {}
            Err(error @ EngineError::Request(_)) => {
                self.state = State::Up(worker);
                return Err(error);
            }
            Err(error) => return Err(self.lost(error)),
        }
        match worker.follow(id, cancel, answer, &self.command) {
            Ok(end) => {
                self.state = State::Up(worker);
                end
            }
            Err(error) => Err(self.lost(error)),
        }
    }

    /// Remembers that the worker died. (One that was killed to cancel it has not.)
    fn lost(&mut self, error: EngineError) -> EngineError {
        if let EngineError::Died(why) = &error {
            self.state = State::Dead(why.clone());
        }
        error
    }
}

impl Worker {
    fn start(command: &WorkerCommand, cancel: &Cancel) -> Result<(Self, EngineInfo), EngineError> {
        let load = |what: &str, error: &io::Error| {
            EngineError::Load(format!("{what}: {error}; the model can also run without a process of its own"))
        };
        let log = File::options().create(true).append(true).open(&command.log);
        let log = log.map_err(|error| load(&format!("cannot write {}", command.log.display()), &error))?;
        let mut starting = Command::new(&command.program);
        starting.args(&command.args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        // A group of its own, or Ctrl-C in the terminal would reach the worker too, past the program.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut starting, 0);
        let mut child = starting.spawn().map_err(|error| load("cannot start a worker", &error))?;
        let (Some(orders), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(EngineError::Load("the worker has no pipes".into()));
        };
        let (sender, reports) = channel();
        let mut worker = Self { child, orders: Some(orders), reports };
        std::thread::Builder::new()
            .name("reports".into())
            .spawn(move || listen(BufReader::new(output), &sender))
            .map_err(|error| load("no thread for a worker's answers", &error))?;
        loop {
            if cancel.is_cancelled() {
                return Err(EngineError::Cancelled);
            }
            match worker.reports.recv_timeout(TICK) {
                Ok(Report::Ready { model, digest, adapter, backend }) => {
                    return Ok((worker, EngineInfo { model, digest, adapter, backend }));
                }
                Ok(Report::Refused(error)) => return Err(error.into()),
                Ok(Report::Generated { .. } | Report::Judged { .. } | Report::End { .. })
                | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    let EngineError::Died(why) = worker.died(command) else { continue };
                    return Err(EngineError::Load(format!("the worker ended while loading the model: {why}")));
                }
            }
        }
    }

    fn send(&mut self, order: &Order, command: &WorkerCommand) -> Result<(), EngineError> {
        let Some(orders) = &mut self.orders else { return Err(self.died(command)) };
        match wire::write(orders, order) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Err(EngineError::Request(error.to_string())),
            Err(_) => Err(self.died(command)),
        }
    }

    /// Follows an order to its end. The outer error means that the worker is gone or must go.
    fn follow(
        &mut self,
        id: u64,
        cancel: &Cancel,
        answer: &mut dyn FnMut(Report),
        command: &WorkerCommand,
    ) -> Result<Result<(), EngineError>, EngineError> {
        let mut cancelled: Option<Instant> = None;
        loop {
            if cancelled.is_none() && cancel.is_cancelled() {
                cancelled = Some(Instant::now());
                self.send(&Order::Cancel { id }, command)?;
            }
            match self.reports.recv_timeout(TICK) {
                Ok(Report::End { id: of, end }) if of == id => {
                    let end = end.map_err(EngineError::from);
                    return Ok(if cancelled.is_some() { Err(EngineError::Cancelled) } else { end });
                }
                Ok(report @ (Report::Generated { .. } | Report::Judged { .. })) => {
                    if cancelled.is_none() {
                        answer(report);
                    }
                }
                Ok(Report::End { .. } | Report::Ready { .. } | Report::Refused(_)) | Err(RecvTimeoutError::Timeout) => {
                }
                Err(RecvTimeoutError::Disconnected) => return Err(self.died(command)),
            }
            if cancelled.is_some_and(|since| since.elapsed() > PATIENCE) {
                // Dropping the worker kills it.
                return Err(EngineError::Cancelled);
            }
        }
    }

    /// Why it is gone, in words.
    fn died(&mut self, command: &WorkerCommand) -> EngineError {
        self.orders = None;
        // Its pipe has closed, so that it is ending; one that hangs all the same is ended.
        let waited = Instant::now();
        while waited.elapsed() < PATIENCE {
            if let Ok(Some(status)) = self.child.try_wait() {
                return EngineError::Died(format!("{}; its log is {}", ending(status), command.log.display()));
            }
            std::thread::sleep(TICK);
        }
        EngineError::Died(format!("it closed its pipe and hangs; its log is {}", command.log.display()))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.orders = None;
        // Both may fail for a child that is gone already, which is what is wanted.
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

impl Engine for ProcessEngine {
    fn info(&self) -> EngineInfo {
        self.info.clone()
    }

    fn generate(
        &mut self,
        requests: &[Generation],
        cancel: &Cancel,
        sink: &mut dyn FnMut(usize, Result<Generated, EngineError>),
    ) -> Result<(), EngineError> {
        let requests = requests.iter().map(Into::into).collect();
        self.ask(|id| Order::Generate { id, requests }, cancel, &mut |report| {
            if let Report::Generated { index, answer, .. } = report {
                sink(index, answer.map(Into::into).map_err(Into::into));
            }
        })
    }

    fn judge(
        &mut self,
        requests: &[Judgement],
        cancel: &Cancel,
        sink: &mut dyn FnMut(usize, Result<Judged, EngineError>),
    ) -> Result<(), EngineError> {
        let requests = requests.iter().map(Into::into).collect();
        self.ask(|id| Order::Judge { id, requests }, cancel, &mut |report| {
            if let Report::Judged { index, answer, .. } = report {
                sink(index, answer.map(wire::judged_from_wire).map_err(Into::into));
            }
        })
    }
}

fn listen(mut output: BufReader<impl io::Read>, reports: &Sender<Report>) {
    loop {
        match wire::read::<Report>(&mut output) {
            Ok(Some(report)) => {
                if reports.send(report).is_err() {
                    return;
                }
            }
            Ok(None) => return,
            Err(error) => {
                tracing::error!(%error, "a worker's answers are not understood");
                return;
            }
        }
    }
}

fn ending(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return format!("the worker was ended by signal {signal}");
    }
    match status.code() {
        Some(code) => format!("the worker ended with exit status {code}"),
        None => "the worker ended".into(),
    }
}
