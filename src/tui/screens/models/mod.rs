//! Models: which there are, which are here; bring one, check one.

pub mod update;
pub mod view;

use crate::app::ModelRow;
use crate::tui::model::Pending;
use std::collections::BTreeMap;

/// The shelf.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Models {
    pub rows: Vec<ModelRow>,
    pub selected: usize,
    pub pending: Option<Pending>,
    /// What is being brought or checked.
    pub busy: Option<(u64, String, Doing)>,
    /// What was found out of a model in this sitting.
    pub found: BTreeMap<String, Result<Doing, String>>,
}

/// What is done to a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    Pull,
    Check,
}
