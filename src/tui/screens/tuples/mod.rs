//! Tuples: a list over all facts, read page by page as the selection comes near the end, with counts beside it.

pub mod complete;
pub mod facets;
pub mod update;
pub mod view;

use crate::app::{Filter, PageKey, Sort, TupleRow};
use crate::domain::filter::FilterError;
use crate::tui::model::Pending;
use crate::tui::widgets::line::TextLine;
use complete::Completion;
use facets::Facets;

/// The list and its filter.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tuples {
    pub line: TextLine,
    /// True while the filter is typed.
    pub typing: bool,
    /// The text to go back to when typing is given up.
    pub before: String,
    /// What is wrong with the filter as it is typed.
    pub fault: Option<FilterError>,
    /// What was filled in last, so that the same key fills in the next.
    pub completion: Option<Completion>,
    /// The last filter that was sound: what the rows show.
    pub applied: Filter,
    pub sort: Sort,
    pub rows: Vec<TupleRow>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<PageKey>,
    pub selected: usize,
    pub top: usize,
    pub total: Option<u64>,
    pub facets: Facets,
    pub error: Option<String>,
    pub pending: Option<Pending>,
    pub counting: Option<Pending>,
    /// The page on its way goes behind the rows; otherwise it takes their place.
    pub growing: bool,
    /// Filter or order changed while a page was on its way.
    pub again: bool,
}
