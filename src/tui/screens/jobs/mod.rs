//! Jobs: what runs, what each method has made, and why it failed where it did.

pub mod update;
pub mod view;

use crate::app::{FailureCount, MethodCount};
use crate::tui::model::Pending;

/// What the methods have made.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Jobs {
    pub methods: Vec<MethodCount>,
    pub failures: Vec<FailureCount>,
    /// Rows that are scrolled past.
    pub top: usize,
    pub pending: Option<Pending>,
    pub error: Option<String>,
}
