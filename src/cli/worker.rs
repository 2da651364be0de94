//! Making engines: in this process for batch work, in a child process for the interface.

use super::failure::Failure;
use super::session::Session;
use crate::app::workshop::MakeEngine;
use crate::config::paths;
use crate::jobs::process::{ProcessEngine, WorkerCommand};
use crate::jobs::{Cancel, Engine, EngineError};
use crate::models::Located;
use std::ffi::OsString;
use std::sync::Arc;

/// An engine on the calling thread.
#[must_use]
pub(super) fn in_this_process(located: Located, threads: Option<u32>, parallel: Option<u32>) -> MakeEngine {
    Arc::new(move |cancel| open(&located, threads, parallel, cancel))
}

/// An engine in a child process: a failed assertion in llama.cpp ends the child, not the interface.
///
/// # Errors
/// This program's own path cannot be told.
pub(super) fn in_child_process(session: &Session, located: &Located) -> Result<MakeEngine, Failure> {
    let program = std::env::current_exe()?;
    let mut args: Vec<OsString> = ["worker", "--model"].map(OsString::from).to_vec();
    args.push(std::path::absolute(&located.path)?.into_os_string());
    args.extend(["--name".into(), OsString::from(&located.name)]);
    if let Some(folder) = &session.global.config {
        args.extend(["--config".into(), std::path::absolute(folder)?.into_os_string()]);
    }
    if let Some(threads) = session.threads() {
        args.extend(["--threads".into(), OsString::from(threads.to_string())]);
    }
    let log = paths::log().unwrap_or_else(|| std::env::temp_dir().join("amalrec.log")).with_file_name("worker.log");
    if let Some(folder) = log.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let command = WorkerCommand { program, args, log };
    Ok(Arc::new(move |cancel: &Cancel| {
        let engine = ProcessEngine::start(command.clone(), cancel)?;
        Ok(Box::new(engine) as Box<dyn Engine>)
    }))
}

/// The hidden command: serves an engine over standard input and output until the parent is gone.
pub(super) fn run(session: &Session, name: Option<String>, parallel: Option<u32>) -> Result<(), Failure> {
    let found = session.model();
    let threads = session.threads();
    // A model that is not there is told through the pipe: nobody reads this process's stderr.
    let make = Box::new(move |cancel: &Cancel| {
        let found = found.map_err(|failure| EngineError::Load(failure.message))?;
        let located = Located { name: name.unwrap_or_else(|| found.name.clone()), ..found };
        open(&located, threads, parallel, cancel)
    });
    Ok(crate::jobs::serve::run(std::io::stdin(), std::io::stdout(), make)?)
}

#[cfg(feature = "llama")]
pub(super) fn open(
    located: &Located,
    threads: Option<u32>,
    parallel: Option<u32>,
    cancel: &Cancel,
) -> Result<Box<dyn Engine>, EngineError> {
    use crate::llama::{LlamaEngine, LlamaSettings};
    use crate::models::ModelError;
    use std::num::NonZeroU32;
    let digest = crate::models::digest(&located.path, cancel).map_err(|error| {
        let cancelled = matches!(error, ModelError::Cancelled);
        if cancelled { EngineError::Cancelled } else { EngineError::Load(error.to_string()) }
    })?;
    let mut settings = LlamaSettings::new(&located.path, &located.name, digest);
    if let Some(entry) = &located.entry {
        settings.bytes = Some(entry.bytes);
        settings.chat_template.clone_from(&entry.template);
        if !entry.sha256.is_empty() && entry.sha256 != settings.digest {
            return Err(EngineError::Load(format!(
                "{} is not the file of the manifest (its digest is {}); remove it and run `amalrec models pull {}`",
                located.path.display(),
                settings.digest,
                located.name
            )));
        }
    }
    if let Some(threads) = threads.and_then(NonZeroU32::new) {
        settings.threads = threads;
    }
    if let Some(parallel) = parallel.and_then(NonZeroU32::new) {
        settings.slots = parallel;
    }
    Ok(Box::new(LlamaEngine::open(settings, cancel)?))
}

#[cfg(not(feature = "llama"))]
pub(super) fn open(
    _located: &Located,
    _threads: Option<u32>,
    _parallel: Option<u32>,
    _cancel: &Cancel,
) -> Result<Box<dyn Engine>, EngineError> {
    Err(EngineError::Load("this build has no llama.cpp in it; build with the default features".to_owned()))
}
