//! Export: which rows, which formats, which splits, where to; a dry run, then the folder.

pub mod update;
pub mod view;

use crate::app::{Exported, Format, Only, Tacred, Wish};
use crate::domain::split::Plan;
use crate::tui::model::Pending;
use crate::tui::widgets::line::TextLine;
use std::path::PathBuf;

/// A line of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Only,
    Formats,
    Splits,
    Least,
    Licence,
    /// Of the annotators.
    Names,
    /// How TACRED counts, and how it writes brackets.
    Tacred,
    Folder,
}

/// The form, and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Export {
    pub only: Only,
    /// `jsonl,parquet`, as on the command line.
    pub formats: String,
    /// `test=1000,seed=1`, as on the command line.
    pub splits: String,
    /// The least SEI; empty for none.
    pub least: String,
    /// As the hub spells it; empty for none.
    pub licence: String,
    /// Numbers instead of the annotators' names.
    pub anonymise: bool,
    pub tacred: Tacred,
    /// Brackets as the Penn Treebank writes them, in TACRED.
    pub escape_brackets: bool,
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
            formats: Format::Jsonl.name().to_owned(),
            splits: String::new(),
            least: String::new(),
            licence: String::new(),
            anonymise: false,
            tacred: Tacred::Raw,
            escape_brackets: false,
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
    pub const FIELDS: [Field; 8] = [
        Field::Only,
        Field::Formats,
        Field::Splits,
        Field::Least,
        Field::Licence,
        Field::Names,
        Field::Tacred,
        Field::Folder,
    ];

    #[must_use]
    pub fn field(&self) -> Field {
        Self::FIELDS.get(self.selected).copied().unwrap_or(Field::Only)
    }

    /// The text of a field that is typed.
    #[must_use]
    pub fn text(&self, field: Field) -> &str {
        match field {
            Field::Formats => &self.formats,
            Field::Splits => &self.splits,
            Field::Least => &self.least,
            Field::Licence => &self.licence,
            Field::Folder => &self.folder,
            Field::Only | Field::Names | Field::Tacred => "",
        }
    }

    /// The field of a text, to be written.
    pub fn text_mut(&mut self, field: Field) -> Option<&mut String> {
        match field {
            Field::Formats => Some(&mut self.formats),
            Field::Splits => Some(&mut self.splits),
            Field::Least => Some(&mut self.least),
            Field::Licence => Some(&mut self.licence),
            Field::Folder => Some(&mut self.folder),
            Field::Only | Field::Names | Field::Tacred => None,
        }
    }

    /// What is wrong with a field.
    #[must_use]
    pub fn fault(&self, field: Field) -> Option<String> {
        match field {
            Field::Splits => self.splits.parse::<Plan>().err().map(|error| error.to_string()),
            Field::Least => self.least().err(),
            Field::Folder if self.folder.trim().is_empty() => Some("give a folder".to_owned()),
            Field::Formats => self.formats().err(),
            Field::Only | Field::Licence | Field::Names | Field::Tacred | Field::Folder => None,
        }
    }

    fn formats(&self) -> Result<Vec<Format>, String> {
        let names = self.formats.split([',', ' ']).filter(|name| !name.is_empty());
        let mut formats = Vec::new();
        for format in names.map(str::parse) {
            let format = format?;
            if !formats.contains(&format) {
                formats.push(format);
            }
        }
        if formats.is_empty() { Err("name one format at least".to_owned()) } else { Ok(formats) }
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
        if let Some(fault) = Self::FIELDS.into_iter().find_map(|field| self.fault(field)) {
            return Err(fault);
        }
        Ok(Wish {
            folder: PathBuf::from(self.folder.trim()),
            only: self.only,
            formats: self.formats()?,
            plan: self.splits.parse().map_err(|error: crate::domain::split::SplitError| error.to_string())?,
            min_sei: self.least()?,
            licence: Some(self.licence.clone()).filter(|licence| !licence.is_empty()),
            anonymise: self.anonymise,
            tacred: self.tacred,
            escape_brackets: self.escape_brackets,
        })
    }
}
