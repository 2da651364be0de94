//! One folder a screen or popup: its state, what its actions do, how it is drawn.

pub mod confirm;
pub mod help;
pub mod home;
pub mod jobs;
pub mod note;
pub mod palette;
pub mod review;
pub mod tuples;
pub mod verify;
