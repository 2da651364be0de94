//! Long work: threads, channels and a child process; no SQL, no drawing.
//!
//! The contract: facts (a candidate is ready, a job failed) are lossless and travel by an unbounded
//! channel; progress (how far, how fast) is lossy and only its newest value matters. A worker never
//! touches the store: it reports facts, and `app::pipeline` records them.

pub mod cancel;
pub mod engine;
pub mod engines;
pub mod process;
#[doc(hidden)]
pub mod scripted;
pub mod serve;
mod wire;

pub use cancel::Cancel;
pub use engine::{Engine, EngineError, Generated, Generation, Judged, Judgement, Sampling};
pub use engines::{Engines, MakeEngine};
