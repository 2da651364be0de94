//! Jobs: what runs, what each method has made, and why it failed where it did.

pub mod update;
pub mod view;

use crate::app::Made;
use crate::tui::model::Pending;

/// What the methods have made.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Jobs {
    pub made: Made,
    /// Rows that are scrolled past.
    pub top: usize,
    pub pending: Option<Pending>,
    pub error: Option<String>,
}

impl Jobs {
    /// Lines of the tables: each part has a heading, and all but the first an empty line before it.
    #[must_use]
    pub fn rows(&self) -> usize {
        let Made { methods, failures, log } = &self.made;
        let part = |rows: usize| if rows > 0 { rows + 2 } else { 0 };
        methods.len().max(1) + 1 + part(failures.len()) + part(log.len())
    }
}
