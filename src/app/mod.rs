//! Use cases: headless, shared by the interface and the command line.

pub mod desk;
pub mod progress;
pub mod review;
pub mod runner;

pub use desk::{Accuracy, App, Home, Pace};
pub use progress::{Phase, Progress};
pub use review::{Answer, Desk, ReviewError, ReviewItem, Shown, Touched, VerifyItem};
pub use runner::{Runner, Scope};
