//! What an export's rows are: counted, models and annotators named, those without their entities' places listed apart.

use super::error::ExportError;
use super::folder::{Folder, OutFile};
use super::manifest::{Counts, FileEntry, LeftOut, ModelEntry};
use super::row::{Gap, Row, Source};
use super::settings::{Model, Settings};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write as _};

pub(super) const LEFT_OUT: &str = "left_out.jsonl";

/// Published names of annotators: their own, or numbers in order of appearance.
pub(super) struct Names(Option<HashMap<String, String>>);

impl Names {
    pub(super) fn of(rows: &[Row], anonymise: bool) -> Self {
        Self(anonymise.then(|| {
            let mut names = HashMap::new();
            for name in rows.iter().filter(|row| row.gap().is_none()).flat_map(|row| &row.annotators) {
                let next = names.len() + 1;
                names.entry(name.clone()).or_insert_with(|| format!("annotator-{next}"));
            }
            names
        }))
    }

    /// Of one row.
    pub(super) fn published(&self, row: &Row) -> Vec<String> {
        let published = |name: &String| self.0.as_ref().and_then(|names| names.get(name)).unwrap_or(name).clone();
        row.annotators.iter().map(published).collect()
    }
}

/// The rows in numbers.
pub(super) struct Tally {
    pub(super) counts: Counts,
    pub(super) left_out: LeftOut,
    /// By split, as in [`Settings::splits`].
    pub(super) rows: Vec<u64>,
    pub(super) models: Vec<ModelEntry>,
    /// The list of rows left out, if there are any.
    pub(super) file: Option<FileEntry>,
}

impl Tally {
    /// Counts the rows, and lists those that are left out in a file of `folder`.
    ///
    /// # Errors
    /// A split that was not announced, or a file that cannot be written.
    pub(super) fn of(settings: &Settings, rows: &[Row], folder: &Folder) -> Result<Self, ExportError> {
        let (mut counts, mut left_out) = (Counts::default(), LeftOut::default());
        let mut by_split = vec![0; settings.splits.len()];
        let mut models: BTreeMap<(&str, Option<&str>), u64> = BTreeMap::new();
        let mut file = None;
        for row in rows {
            if let Some(gap) = row.gap() {
                let file = match &mut file {
                    Some(file) => file,
                    none => none.insert(folder.create(LEFT_OUT)?),
                };
                list(file, row, gap).map_err(|e| file.failed(e))?;
                left_out.add(gap);
                continue;
            }
            by_split[split_of(row, settings)?] += 1;
            counts.add(row, row.source == Source::Human { edited: true });
            if let Some((model, origin)) = row.origin.as_ref().and_then(|o| Some((o.model.as_deref()?, o))) {
                *models.entry((model, origin.model_digest.as_deref())).or_default() += 1;
            }
        }
        let entry = |file: OutFile| Ok(FileEntry::new(file.close()?, "left-out", None, left_out.rows));
        let file = file.map(entry).transpose()?;
        Ok(Self { counts, file, rows: by_split, models: entries(models, &settings.models), left_out })
    }
}

/// The number of a row's split.
///
/// # Errors
/// It was not announced.
pub(super) fn split_of(row: &Row, settings: &Settings) -> Result<usize, ExportError> {
    let unknown = || ExportError::Split { split: row.split.clone(), known: settings.splits.join(", ") };
    settings.splits.iter().position(|split| *split == row.split).ok_or_else(unknown)
}

fn list(file: &mut OutFile, row: &Row, gap: Gap) -> io::Result<()> {
    #[derive(Serialize)]
    struct Line<'a> {
        id: String,
        head: &'a str,
        relation: &'a str,
        tail: &'a str,
        sentence: &'a str,
        status: &'a str,
        reason: &'a str,
    }
    let line = Line {
        id: row.tuple.digest().to_string(),
        head: &row.tuple.head.name,
        relation: &row.tuple.relation,
        tail: &row.tuple.tail.name,
        sentence: &row.sentence,
        status: row.status.name(),
        reason: gap.name(),
    };
    serde_json::to_writer(&mut *file, &line)?;
    file.write_all(b"\n")
}

fn entries(used: BTreeMap<(&str, Option<&str>), u64>, known: &[Model]) -> Vec<ModelEntry> {
    let entry = |((name, sha256), rows): ((&str, Option<&str>), u64)| {
        // The digest says which file it was; a name alone may be shared by several.
        let model = known.iter().find(|model| sha256.map_or(model.name == name, |digest| model.sha256 == digest));
        let licence = model.and_then(|model| model.licence.clone());
        ModelEntry { licence, name: name.to_owned(), sha256: sha256.map(str::to_owned), rows }
    };
    used.into_iter().map(entry).collect()
}
