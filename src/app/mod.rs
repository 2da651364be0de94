//! Use cases: headless, shared by the interface and the command line.

pub mod adjudicate;
pub mod command;
pub mod desk;
pub mod errand;
pub mod evaluate;
pub mod home;
pub mod intake;
pub mod made;
pub mod pass;
pub mod pipeline;
pub mod progress;
pub mod publish;
pub mod report;
pub mod rescore;
pub mod review;
pub mod runner;
pub mod seat;
pub mod section;
pub mod shelf;
pub mod stroke;
pub mod weights;
pub mod workshop;

pub use adjudicate::{Given, SettleItem};
pub use command::{Commands, Output, Program, Standing};
pub use desk::{App, EXPORT, Exported, Wish};
pub use errand::{Errand, Errands, Unit};
pub use home::{Accuracy, Home, Pace};
pub use made::Made;
pub use progress::{Phase, Progress};
pub use review::{Answer, Desk, Mine, Recorded, ReviewError, ReviewItem, Shown, Touched, VerifyItem};
pub use runner::{Runner, Scope};
pub use section::{Chart, Section, Share};
pub use shelf::{ModelRow, Shelf};
pub use stroke::{Sweep, SweepPreview};
pub use workshop::Workshop;

// What the screens show comes from the store; they reach it by way of the use cases alone.
pub use crate::domain::filter::Filter;
pub use crate::export::{Format, Manifest, Tacred};
pub use crate::store::{
    Circumstance, Column, Counts, FailureCount, Key as PageKey, MethodCount, Only, Page, Settled, Sort, TupleRow,
    VerdictCounts,
};
