//! The llama.cpp backend: initialised once a process, its logs sent to `tracing` and never to the terminal.

use std::sync::OnceLock;

use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::{LogOptions, send_logs_to_tracing};

use crate::jobs::EngineError;

/// Proof that the backend is up. Global because llama.cpp's own state is: a second `init` is an error.
pub(super) fn backend() -> Result<&'static LlamaBackend, EngineError> {
    static BACKEND: OnceLock<Result<LlamaBackend, String>> = OnceLock::new();
    BACKEND
        .get_or_init(|| {
            // Before anything else: by default a model and a context write 154 KB to stderr, over the screen.
            send_logs_to_tracing(LogOptions::default());
            LlamaBackend::init().map_err(|error| error.to_string())
        })
        .as_ref()
        .map_err(|error| EngineError::Load(format!("llama.cpp could not be started: {error}")))
}
