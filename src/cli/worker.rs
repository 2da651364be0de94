//! Making engines: in this process for batch work, in a child process for the interface.

use super::failure::Failure;
use super::session::Session;
use crate::config::paths;
use crate::jobs::process::{ProcessEngine, WorkerCommand};
use crate::jobs::{Cancel, Engine, EngineError, MakeEngine};
use crate::models::Located;
use std::ffi::OsString;
use std::sync::Arc;

/// How engines are opened: threads, sequences at a time, layers on the GPU.
#[derive(Debug, Clone, Copy, Default)]
#[cfg_attr(not(feature = "llama"), expect(dead_code, reason = "there is nothing to open without llama.cpp"))]
pub(super) struct How {
    pub threads: Option<u32>,
    pub parallel: Option<u32>,
    pub gpu_layers: Option<u32>,
}

impl How {
    /// As the session's flags and settings say.
    pub(super) fn of(session: &Session, parallel: Option<u32>) -> Self {
        Self { threads: session.threads(), parallel, gpu_layers: session.global.gpu_layers }
    }
}

/// Engines on the calling thread, each model found when it is first asked for.
pub(super) fn in_this_process(session: &Session, how: How) -> Result<MakeEngine, Failure> {
    let finder = session.finder()?;
    Ok(Arc::new(move |model, cancel| open(&finder.find(model)?, how, cancel)))
}

/// Engines in child processes: a failed assertion in llama.cpp ends the child, not the interface.
///
/// # Errors
/// This program's own path cannot be told.
pub(super) fn in_child_processes(session: &Session) -> Result<MakeEngine, Failure> {
    let program = std::env::current_exe()?;
    let finder = session.finder()?;
    let mut common: Vec<OsString> = Vec::new();
    if let Some(folder) = &session.global.config {
        common.extend(["--config".into(), std::path::absolute(folder)?.into_os_string()]);
    }
    if let Some(threads) = session.threads() {
        common.extend(["--threads".into(), OsString::from(threads.to_string())]);
    }
    if let Some(layers) = session.global.gpu_layers {
        common.extend(["--gpu-layers".into(), OsString::from(layers.to_string())]);
    }
    let log = paths::log().unwrap_or_else(|| std::env::temp_dir().join("amalrec.log")).with_file_name("worker.log");
    if let Some(folder) = log.parent() {
        std::fs::create_dir_all(folder)?;
    }
    Ok(Arc::new(move |model: Option<&str>, cancel: &Cancel| {
        let located = finder.find(model)?;
        // By name where it has one: the worker then knows its template and its base too.
        let named = match &located.entry {
            Some(_) => OsString::from(&located.name),
            None => std::path::absolute(&located.path)
                .map_err(|error| EngineError::Load(format!("{}: {error}", located.path.display())))?
                .into_os_string(),
        };
        let mut args: Vec<OsString> = vec!["worker".into(), "--model".into(), named];
        args.extend(common.iter().cloned());
        let command = WorkerCommand { program: program.clone(), args, log: log.clone() };
        Ok(Box::new(ProcessEngine::start(command, cancel)?) as Box<dyn Engine>)
    }))
}

/// The hidden command: serves an engine over standard input and output until the parent is gone.
pub(super) fn run(session: &Session, parallel: Option<u32>) -> Result<(), Failure> {
    let found = session.model();
    let how = How::of(session, parallel);
    // A model that is not there is told through the pipe: nobody reads this process's stderr.
    let make = Box::new(move |cancel: &Cancel| {
        let found = found.map_err(|failure| EngineError::Load(failure.message))?;
        open(&found, how, cancel)
    });
    Ok(crate::jobs::serve::run(std::io::stdin(), std::io::stdout(), make)?)
}

#[cfg(feature = "llama")]
pub(super) fn open(located: &Located, how: How, cancel: &Cancel) -> Result<Box<dyn Engine>, EngineError> {
    use crate::llama::{Adapter, LlamaEngine, LlamaSettings};
    use std::num::NonZeroU32;
    // An adapter is laid over its base, whose file, size and template are what is loaded.
    let model = located.base.as_deref().unwrap_or(located);
    let mut settings = LlamaSettings::new(&model.path, &located.name, checked_digest(model, cancel)?);
    if located.base.is_some() {
        settings.adapter = Some(Adapter { path: located.path.clone(), digest: checked_digest(located, cancel)? });
    }
    if let Some(entry) = &model.entry {
        settings.bytes = Some(entry.bytes);
        settings.chat_template.clone_from(&entry.template);
    }
    if let Some(threads) = how.threads.and_then(NonZeroU32::new) {
        settings.threads = threads;
    }
    if let Some(parallel) = how.parallel.and_then(NonZeroU32::new) {
        settings.slots = parallel;
    }
    settings.gpu_layers = how.gpu_layers;
    Ok(Box::new(LlamaEngine::open(settings, cancel)?))
}

/// The file's digest, which must be the manifest's if it is there.
#[cfg(feature = "llama")]
fn checked_digest(located: &Located, cancel: &Cancel) -> Result<String, EngineError> {
    use crate::models::ModelError;
    let digest = crate::models::digest(&located.path, cancel).map_err(|error| {
        let cancelled = matches!(error, ModelError::Cancelled);
        if cancelled { EngineError::Cancelled } else { EngineError::Load(error.to_string()) }
    })?;
    match &located.entry {
        Some(entry) if entry.sha256 != digest => Err(EngineError::Load(format!(
            "{} is not the file of the manifest (its digest is {digest}); remove it and run `amalrec models pull {}`",
            located.path.display(),
            located.name
        ))),
        _ => Ok(digest),
    }
}

#[cfg(not(feature = "llama"))]
pub(super) fn open(_located: &Located, _how: How, _cancel: &Cancel) -> Result<Box<dyn Engine>, EngineError> {
    Err(EngineError::Load("this build has no llama.cpp in it; build with the default features".to_owned()))
}
