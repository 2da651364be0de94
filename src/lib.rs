//! amalrec: relation tuples in; candidate sentences, scores, human decisions and verified splits out.
//!
//! Modules from the bottom layer up; ARCHITECTURE.md has the table of who may import whom.

pub mod domain;

pub mod jobs;

pub mod config;
pub mod export;
pub mod http;
pub mod import;
#[cfg(feature = "llama")]
pub mod llama;
pub mod models;
pub mod sei;
pub mod store;

pub mod app;

pub mod tui;

pub mod cli;
