//! JSONL: one file a split, one [`Record`] a line.

use super::error::ExportError;
use super::folder::{Folder, OutFile};
use super::manifest::FileEntry;
use super::record::Record;
use super::{Format, Writer};
use std::io::Write as _;

pub(super) struct Jsonl {
    files: Vec<(String, OutFile, u64)>,
}

impl Jsonl {
    pub(super) fn create(folder: &Folder, splits: &[String]) -> Result<Self, ExportError> {
        let open = |split: &String| Ok((split.clone(), folder.create(&format!("{split}.jsonl"))?, 0));
        Ok(Self { files: splits.iter().map(open).collect::<Result<_, ExportError>>()? })
    }
}

impl Writer for Jsonl {
    fn write(&mut self, record: &Record, split: usize) -> Result<(), ExportError> {
        let (_, file, rows) = &mut self.files[split];
        let written = serde_json::to_writer(&mut *file, record).map_err(std::io::Error::from);
        written.and_then(|()| file.write_all(b"\n")).map_err(|e| file.failed(e))?;
        *rows += 1;
        Ok(())
    }

    fn finish(self: Box<Self>, _: &Folder) -> Result<Vec<FileEntry>, ExportError> {
        let close = |(split, file, rows): (String, OutFile, u64)| {
            Ok(FileEntry::new(file.close()?, Format::Jsonl.name(), Some(split), rows))
        };
        self.files.into_iter().map(close).collect()
    }
}
