//! Loading a model: the file is looked at first, so that a missing or damaged one is a sentence and not an abort.

use std::cell::RefCell;
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::model::params::LlamaModelParams;
use llama_cpp_2::model::{LlamaLoraAdapter, LlamaModel};
use llama_cpp_2::token::LlamaToken;

use super::settings::LlamaSettings;
use super::template::ChatTemplate;
use crate::jobs::{Cancel, EngineError};

/// A loaded model and what was read from it once.
#[derive(Debug)]
pub(super) struct Model {
    pub llama: LlamaModel,
    pub template: Option<ChatTemplate>,
    /// The texts of control tokens: a prompt must not contain one, it would be obeyed.
    pub controls: Vec<String>,
    /// Whether a sequence's cache may be cut and shared; recurrent models keep a state instead.
    pub divisible: bool,
    /// Whether an encoder reads the prompt (the `t5` architecture), and a decoder writes from its own start.
    pub encoder: bool,
    /// Laid over the model by each context. Above `llama`'s lifetime in no way: llama.cpp frees it with the model.
    pub adapter: Option<RefCell<LlamaLoraAdapter>>,
}

impl Model {
    pub(super) fn load(backend: &LlamaBackend, settings: &LlamaSettings, cancel: &Cancel) -> Result<Self, EngineError> {
        check_file(&settings.path, settings.bytes)?;
        let stop = cancel.clone();
        let mut params = LlamaModelParams::default().with_progress_callback(move |_| !stop.is_cancelled());
        if let Some(layers) = settings.gpu_layers {
            params = params.with_n_gpu_layers(layers);
        }
        let mut llama = LlamaModel::load_from_file(backend, &settings.path, &params).map_err(|_| {
            if cancel.is_cancelled() {
                return EngineError::Cancelled;
            }
            EngineError::Load(format!(
                "{}: llama.cpp cannot load this model: the file is incomplete, damaged, or of an \
                 architecture unknown to this build; fetch it again with `amalrec models pull`, or name another",
                settings.path.display()
            ))
        })?;
        let template = ChatTemplate::choose(&llama, settings.chat_template.as_deref())?;
        let controls = control_texts(&llama);
        let encoder = llama.meta_val_str("general.architecture").is_ok_and(|name| name == "t5");
        // Before anything borrows the model.
        let adapter = match &settings.adapter {
            Some(adapter) => Some(RefCell::new(load_adapter(&mut llama, &adapter.path)?)),
            None => None,
        };
        let divisible = !llama.is_recurrent() && !llama.is_hybrid();
        Ok(Self { llama, template, controls, divisible, encoder, adapter })
    }

    /// Tokens of a text by itself. `special` also reads the names of control tokens as such.
    pub(super) fn tokens(&self, text: &str, special: bool) -> Vec<LlamaToken> {
        self.llama.vocab().tokenize(text.as_bytes(), false, special)
    }

    /// The beginning-of-sequence token, if the model has one at all.
    pub(super) fn bos(&self) -> Option<LlamaToken> {
        let token = self.llama.vocab().bos();
        (token.0 >= 0).then_some(token)
    }

    /// The beginning-of-sequence token, if the model wants its texts to begin with it.
    pub(super) fn wanted_bos(&self) -> Option<LlamaToken> {
        self.bos().filter(|_| self.llama.vocab().should_add_bos())
    }
}

fn load_adapter(llama: &mut LlamaModel, path: &Path) -> Result<LlamaLoraAdapter, EngineError> {
    check_file(path, None)?;
    llama.lora_adapter_init(path).map_err(|_| {
        EngineError::Load(format!(
            "{}: llama.cpp cannot lay this adapter over the model: it is damaged, or was made for another model",
            path.display()
        ))
    })
}

fn control_texts(llama: &LlamaModel) -> Vec<String> {
    let vocab = llama.vocab();
    vocab
        .tokens()
        .filter(|token| vocab.is_control(*token))
        .filter_map(|token| vocab.text(token)?.to_str().ok().map(str::to_owned))
        .filter(|text| !text.is_empty())
        .collect()
}

/// Tells what is wrong with a model file before llama.cpp sees it.
fn check_file(path: &Path, bytes: Option<u64>) -> Result<(), EngineError> {
    let shown = path.display();
    let load = |sentence: String| Err(EngineError::Load(sentence));
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return load(format!("{shown}: no such model file; `amalrec models pull` brings the default model"));
        }
        Err(error) => return load(format!("{shown}: the model file cannot be read: {error}")),
    };
    let size = match file.metadata() {
        Ok(meta) if meta.is_dir() => {
            return load(format!("{shown} is a folder; name the GGUF file inside it"));
        }
        Ok(meta) => meta.len(),
        Err(error) => return load(format!("{shown}: the model file cannot be read: {error}")),
    };
    if let Some(bytes) = bytes
        && size < bytes
    {
        return load(format!(
            "{shown}: the model file is cut short ({size} of {bytes} bytes); delete it and run `amalrec models pull`"
        ));
    }
    let mut magic = [0_u8; 4];
    if file.read_exact(&mut magic).is_err() || magic != *b"GGUF" {
        return load(format!("{shown} is not a GGUF model file; convert it with llama.cpp's tools, or name another"));
    }
    Ok(())
}
