//! Home: the pipeline, what runs, accuracy and pace, and what to do next.

pub mod update;
pub mod view;

use crate::app::Home;
use crate::tui::model::Pending;

/// What Home knows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HomeScreen {
    pub data: Option<Home>,
    pub error: Option<String>,
    pub pending: Option<Pending>,
    /// It changed again while a reading was on its way.
    pub again: bool,
}
