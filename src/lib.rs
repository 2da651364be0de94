//! amalrec: relation tuples in; candidate sentences, scores, human decisions and verified splits out.
//!
//! Modules from the bottom layer up; ARCHITECTURE.md has the table of who may import whom.

pub mod domain;
pub mod jobs;
