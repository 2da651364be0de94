//! Reports: sections, each a few lines and a chart; a further report is one more of them.

pub mod charts;
pub mod update;
pub mod view;

use crate::app::Section;
use crate::tui::model::Pending;

/// The reports.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reports {
    pub sections: Vec<Section>,
    pub selected: usize,
    /// Rows of the chart that are scrolled past.
    pub top: usize,
    pub pending: Option<Pending>,
    pub error: Option<String>,
}
