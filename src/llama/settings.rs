//! What the engine is told when it is opened: which model file, and how much of the machine to use.

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use llama_cpp_2::llama_backend::LlamaBackend;

/// Settings of a [`super::LlamaEngine`]. The file's name and digest come from `models`, which this
/// folder does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LlamaSettings {
    pub path: PathBuf,
    /// The name recorded with every sentence the model writes.
    pub name: String,
    /// SHA-256 of the file, in hexadecimal.
    pub digest: String,
    /// An adapter to lay over the model.
    pub adapter: Option<Adapter>,
    /// Size that the file should have, where the manifest tells: a cut file is then named as such.
    pub bytes: Option<u64>,
    pub threads: NonZeroU32,
    /// Sequences that generate together.
    pub slots: NonZeroU32,
    /// Tokens that prompt and answer of one request may have together. Lowered to what the model was
    /// trained on. Memory goes with this times `slots`: 23 KB a token for the default model.
    pub context: NonZeroU32,
    /// Layers on the GPU; `None` leaves it to llama.cpp, and a CPU build has nowhere to put them.
    pub gpu_layers: Option<u32>,
    /// `chatml`, `plain` or a Jinja template, in place of the model's own. Without it, a model that
    /// carries no template refuses chat prompts.
    pub chat_template: Option<String>,
}

/// A LoRA adapter in GGUF form, made for the very model it is laid over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adapter {
    pub path: PathBuf,
    /// SHA-256 of the file, in hexadecimal.
    pub digest: String,
}

impl LlamaSettings {
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, name: impl Into<String>, digest: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            name: name.into(),
            digest: digest.into(),
            adapter: None,
            bytes: None,
            threads: default_threads(),
            slots: NonZeroU32::MIN.saturating_add(7),
            context: NonZeroU32::MIN.saturating_add(1023),
            gpu_layers: None,
            chat_template: None,
        }
    }

    /// Whether a GPU does the work, as far as this build and these settings tell.
    pub(super) fn offloads(&self, backend: &LlamaBackend) -> bool {
        backend.supports_gpu_offload() && self.gpu_layers != Some(0)
    }
}

/// Physical cores minus one, at least one.
///
/// One is left free on purpose: ggml's threads spin at barriers, so that one busy neighbour on the
/// last core slows all of them thirtyfold (measured: 160 tokens a second fell to 5).
#[must_use]
pub fn default_threads() -> NonZeroU32 {
    let allowed = std::thread::available_parallelism().map_or(1, usize::from);
    let physical = physical_cores().unwrap_or(allowed).min(allowed);
    let threads = u32::try_from(physical.saturating_sub(1)).unwrap_or(1);
    NonZeroU32::new(threads).unwrap_or(NonZeroU32::MIN)
}

/// Cores counted once whatever their hyper-threads, where Linux tells; elsewhere the logical count serves.
fn physical_cores() -> Option<usize> {
    let mut cores = BTreeSet::new();
    for entry in std::fs::read_dir(Path::new("/sys/devices/system/cpu")).ok()?.flatten() {
        if let Ok(siblings) = std::fs::read_to_string(entry.path().join("topology/thread_siblings_list")) {
            cores.insert(siblings.trim().to_owned());
        }
    }
    (!cores.is_empty()).then_some(cores.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_core_is_left_free_but_never_the_last() {
        let logical = std::thread::available_parallelism().unwrap().get();
        let threads = default_threads().get() as usize;
        assert!(threads >= 1);
        assert!(threads == 1 || threads < logical);
    }
}
