//! JSONL: one file a split, one [`Record`] a line.

use super::error::ExportError;
use super::files::{Files, json};
use super::folder::Folder;
use super::record::Record;
use super::{Outcome, Writer};
use std::io::Write as _;

pub(super) struct Jsonl(Files);

impl Jsonl {
    pub(super) fn create(folder: &Folder, splits: &[String]) -> Result<Self, ExportError> {
        Ok(Self(Files::create(folder, "jsonl", splits, |split| format!("{split}.jsonl"))?))
    }
}

impl Writer for Jsonl {
    fn write(&mut self, record: &Record, split: usize) -> Result<(), ExportError> {
        self.0.row(split, |file| {
            json(file, record)?;
            file.write_all(b"\n")
        })
    }

    fn finish(self: Box<Self>, _: &Folder) -> Result<Outcome, ExportError> {
        Ok(self.0.finish(|_, _| Ok(()))?.into())
    }
}
