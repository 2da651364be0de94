//! The llama.cpp backend: initialised once a process, its logs sent to `tracing` and never to the terminal.

use std::sync::OnceLock;

use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::{LogOptions, list_llama_ggml_backend_devices, send_logs_to_tracing};

use crate::jobs::EngineError;

/// Proof that the backend is up. Global because llama.cpp's own state is: a second `init` is an error.
///
/// # Errors
/// llama.cpp does not start.
pub fn backend() -> Result<&'static LlamaBackend, EngineError> {
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

/// Something that llama.cpp can compute on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Such as `CUDA0`, `Metal`, `CPU`.
    pub name: String,
    /// The maker's words for it.
    pub description: String,
    /// Bytes.
    pub free: usize,
    pub total: usize,
}

/// What this build of llama.cpp finds on this machine.
///
/// # Errors
/// llama.cpp does not start.
pub fn devices() -> Result<Vec<Device>, EngineError> {
    backend()?;
    Ok(list_llama_ggml_backend_devices()
        .into_iter()
        .map(|d| Device { name: d.name, description: d.description, free: d.memory_free, total: d.memory_total })
        .collect())
}
