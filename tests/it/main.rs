//! The only integration-test binary: each further one would link llama.cpp again.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test may fail where it stands, and says why it skips; clippy knows test functions, not what they call"
)]
#![allow(clippy::cast_precision_loss, reason = "figures of tests are for reading")]
#![allow(
    clippy::wildcard_enum_match_arm,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::redundant_closure_for_method_calls,
    clippy::unchecked_time_subtraction,
    clippy::inconsistent_struct_constructor,
    reason = "a test that is wrong here fails, which is its job"
)]

mod architecture;
mod cli;
mod cli_engines;
#[cfg(feature = "llama")]
mod engine;
#[cfg(feature = "llama")]
mod engine_bundled;
#[cfg(feature = "llama")]
mod engine_judge;
#[cfg(feature = "llama")]
mod engine_methods;
#[cfg(all(feature = "llama", unix))]
mod engine_process;
#[cfg(feature = "llama")]
mod engine_speed;
mod evaluate;
mod export;
mod formats_in;
mod formats_out;
mod import;
mod keys;
mod migrations;
mod model_pull;
mod passes;
mod people;
mod pipeline;
#[cfg(unix)]
mod pty;
mod relations;
#[cfg(unix)]
mod scale;
mod screens;
#[cfg(unix)]
mod sitting;
mod sizes;
mod stage;
mod stage_data;
mod store;
mod support;
#[cfg(unix)]
mod terminal;
