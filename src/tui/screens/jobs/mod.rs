//! Jobs: what runs and what it has done. It has no state of its own; all of it is in the progress.

pub mod view;
