//! Use cases: headless, shared by the interface and the command line.

pub mod desk;
pub mod intake;
pub mod pass;
pub mod pipeline;
pub mod progress;
pub mod publish;
pub mod report;
pub mod review;
pub mod runner;
pub mod weights;
pub mod workshop;

pub use desk::{Accuracy, App, Home, Pace};
pub use progress::{Phase, Progress};
pub use review::{Answer, Desk, ReviewError, ReviewItem, Shown, Touched, VerifyItem};
pub use runner::{Runner, Scope};
pub use workshop::Workshop;

// What the screens show comes from the store; they reach it by way of the use cases alone.
pub use crate::domain::filter::Filter;
pub use crate::store::{Circumstance, Counts, Key as PageKey, Page, Settled, Sort, TupleRow, VerdictCounts};
