//! Tuples: a list over all facts, read page by page as the selection comes near the end.

pub mod update;
pub mod view;

use crate::app::{Filter, PageKey, Sort, TupleRow};
use crate::tui::model::Pending;
use crate::tui::widgets::line::TextLine;

/// The list and its filter.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tuples {
    pub line: TextLine,
    /// True while the filter is typed.
    pub typing: bool,
    /// The text to go back to when typing is given up.
    pub before: String,
    /// What is wrong with the filter as it is typed.
    pub fault: Option<String>,
    /// The last filter that was sound: what the rows show.
    pub applied: Filter,
    pub sort: Sort,
    pub rows: Vec<TupleRow>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<PageKey>,
    pub selected: usize,
    pub top: usize,
    pub total: Option<u64>,
    pub error: Option<String>,
    pub pending: Option<Pending>,
    pub counting: Option<Pending>,
    /// The page on its way goes behind the rows; otherwise it takes their place.
    pub growing: bool,
    /// Filter or order changed while a page was on its way.
    pub again: bool,
}
