//! The life of a tuple under review: decisions are appended, states are folded from them.

pub mod arm;
pub mod decision;
pub mod history;
pub mod sharing;
pub mod state;

pub use arm::Arm;
pub use decision::{Decision, Kind, RejectReason, Verdict};
pub use history::{History, redo_target, undo_target};
pub use sharing::{Portion, Sharing};
pub use state::Status;
