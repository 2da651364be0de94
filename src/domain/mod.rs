//! What a curated relation-extraction dataset is, with no I/O, clock, randomness or serde.
//!
//! A [`RelationTuple`] (head, relation, tail) is written out as [`Candidate`] sentences by
//! [`method::Method`]s; each sentence gets a [`quality::ScoreCard`] and from it an index (SEI);
//! [`quality::rank`] orders a tuple's candidates; people's [`review::Decision`]s choose, edit, reject
//! and verify; [`split`] gives each surviving row to train or test without leaks.
//! All of it is a function of data alone: same input, same output, on any machine.

pub mod candidate;
pub mod clean;
pub mod dedup;
pub mod digest;
pub mod error;
pub mod filter;
pub mod id;
pub mod interval;
pub mod mention;
pub mod method;
pub mod number;
pub mod prompt;
pub mod quality;
pub mod relation;
pub mod review;
pub mod sampling;
pub mod split;
pub mod stats;
pub mod tuple;

pub use candidate::{Candidate, Origin};
pub use id::{CandidateId, DecisionId, TupleId};
pub use mention::Span;
pub use tuple::{Entity, RelationTuple};
