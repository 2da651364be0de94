//! Export: which rows, which formats, which splits, where to; a dry run, then the folder.

pub mod update;
pub mod view;

use crate::app::{Exported, Format, Only, Wish};
use crate::domain::split::Plan;
use crate::tui::model::Pending;
use crate::tui::widgets::line::TextLine;
use std::path::PathBuf;

/// A line of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Only,
    Format(Format),
    Splits,
    Least,
    Folder,
}

/// The form, and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Export {
    pub only: Only,
    pub formats: Vec<Format>,
    /// `test=1000,seed=1`, as on the command line.
    pub splits: String,
    /// The least SEI; empty for none.
    pub least: String,
    pub folder: String,
    pub selected: usize,
    /// The value being typed.
    pub typing: Option<TextLine>,
    pub pending: Option<Pending>,
    /// What was written, or would be; or why not. Gone as soon as the form changes.
    pub result: Option<Result<Exported, String>>,
}

impl Default for Export {
    fn default() -> Self {
        Self {
            only: Only::Verified,
            formats: Format::ALL[..1].to_vec(),
            splits: String::new(),
            least: String::new(),
            folder: "export".to_owned(),
            selected: 0,
            typing: None,
            pending: None,
            result: None,
        }
    }
}

impl Export {
    /// The lines of the form.
    #[must_use]
    pub fn fields() -> Vec<Field> {
        let formats = Format::ALL.into_iter().map(Field::Format);
        [Field::Only].into_iter().chain(formats).chain([Field::Splits, Field::Least, Field::Folder]).collect()
    }

    #[must_use]
    pub fn field(&self) -> Field {
        Self::fields().get(self.selected).copied().unwrap_or(Field::Only)
    }

    /// The text of a field that is typed.
    #[must_use]
    pub fn text(&self, field: Field) -> &str {
        match field {
            Field::Splits => &self.splits,
            Field::Least => &self.least,
            Field::Folder => &self.folder,
            Field::Only | Field::Format(_) => "",
        }
    }

    /// What is wrong with a field.
    #[must_use]
    pub fn fault(&self, field: Field) -> Option<String> {
        match field {
            Field::Splits => self.splits.parse::<Plan>().err().map(|error| error.to_string()),
            Field::Least => self.least().err(),
            Field::Folder if self.folder.trim().is_empty() => Some("give a folder".to_owned()),
            Field::Format(_) if self.formats.is_empty() => Some("choose one format at least".to_owned()),
            Field::Only | Field::Format(_) | Field::Folder => None,
        }
    }

    fn least(&self) -> Result<Option<f64>, String> {
        if self.least.trim().is_empty() {
            return Ok(None);
        }
        let least = self.least.trim().parse::<f64>().ok().filter(|least| (0.0..=1.0).contains(least));
        least.map(Some).ok_or_else(|| "this is a number between 0 and 1".to_owned())
    }

    /// The form as an order.
    ///
    /// # Errors
    /// The first fault.
    pub fn wish(&self) -> Result<Wish, String> {
        if let Some(fault) = Self::fields().into_iter().find_map(|field| self.fault(field)) {
            return Err(fault);
        }
        Ok(Wish {
            folder: PathBuf::from(self.folder.trim()),
            only: self.only,
            formats: self.formats.clone(),
            plan: self.splits.parse().map_err(|error: crate::domain::split::SplitError| error.to_string())?,
            min_sei: self.least()?,
        })
    }
}
