//! One folder a screen or popup: its state, what its actions do, how it is drawn.

pub mod adjudicate;
pub mod confirm;
pub mod export;
pub mod help;
pub mod home;
pub mod jobs;
pub mod models;
pub mod note;
pub mod output;
pub mod palette;
pub mod pivot;
pub mod reports;
pub mod review;
pub mod sweep;
pub mod tuples;
pub mod verify;
