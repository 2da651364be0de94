//! Files out: rows into splits, each format by its [`Writer`], with a manifest and a card; all of it or nothing.
//!
//! The caller says which rows there are and to which split each goes; this checks that no split gives away
//! another, and refuses if one does.

mod card;
mod conll04;
mod csv;
mod docred;
mod error;
mod fewrel;
mod files;
mod folder;
mod format;
mod jsonl;
mod leak;
mod leftover;
pub mod manifest;
#[cfg(feature = "parquet")]
mod parquet;
pub mod record;
mod row;
mod settings;
mod tacred;
mod tokens;
mod webnlg;

pub use error::ExportError;
pub use format::Format;
pub use leak::{Check, Example, Finding};
pub use manifest::Manifest;
pub use record::Record;
pub use row::{Gap, Named, Row, Source};
pub use settings::{About, Model, Settings};
pub use tacred::Variant as Tacred;

use folder::{Folder, OutFile};
use leak::Guard;
use manifest::{Counts, FileEntry, LeakCheck, LeftOut, ModelEntry, Splits};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Writes the rows of all splits in one format. Splits are numbered as in [`Settings::splits`].
trait Writer {
    fn write(&mut self, record: &Record, split: usize) -> Result<(), ExportError>;

    /// Closes the files, and writes those that need all rows.
    fn finish(self: Box<Self>, folder: &Folder) -> Result<Outcome, ExportError>;
}

/// What a writer leaves.
struct Outcome {
    files: Vec<FileEntry>,
    /// What its users have to know.
    warnings: Vec<String>,
}

impl From<Vec<FileEntry>> for Outcome {
    fn from(files: Vec<FileEntry>) -> Self {
        Self { files, warnings: Vec::new() }
    }
}

/// What a format that points to entities says of rows it cannot hold.
fn unnamed(format: &str, rows: u64) -> Vec<String> {
    let text = format!("rows that are not in {format}, since their sentence does not name both ends apart: {rows}");
    if rows > 0 { vec![text] } else { Vec::new() }
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Written,
    /// It is listed in `left_out.jsonl` instead.
    LeftOut(Gap),
}

const LEFT_OUT: &str = "left_out.jsonl";

/// An export under way. Dropped before [`Export::finish`], it leaves nothing behind.
pub struct Export {
    settings: Settings,
    /// Before the folder: files are closed before it is removed.
    writers: Vec<Box<dyn Writer>>,
    left_out_file: Option<OutFile>,
    guard: Guard,
    counts: Counts,
    left_out: LeftOut,
    rows: Vec<u64>,
    /// Rows by model name and digest.
    models: BTreeMap<(String, Option<String>), u64>,
    /// Published names of annotators.
    aliases: HashMap<String, String>,
    folder: Folder,
}

impl Export {
    /// Makes sure that the folder can be written, before any row is.
    ///
    /// # Errors
    /// A folder in use for something else or not writable, or a split that cannot be a file name.
    pub fn begin(target: &Path, settings: Settings) -> Result<Self, ExportError> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let mut splits = settings.splits.iter().enumerate();
        let bad =
            splits.find(|(i, s)| s.is_empty() || !s.chars().all(fits) || *s == "left_out" || *i >= leak::SPLIT_LIMIT);
        if let Some((_, split)) = bad {
            return Err(ExportError::SplitName(split.clone()));
        }
        let folder = Folder::prepare(target)?;
        let writers = settings.formats.iter().map(|&format| writer(format, &folder, &settings));
        Ok(Self {
            writers: writers.collect::<Result<_, _>>()?,
            left_out_file: None,
            guard: Guard::new(&settings.splits),
            counts: Counts::default(),
            left_out: LeftOut::default(),
            rows: vec![0; settings.splits.len()],
            models: BTreeMap::new(),
            aliases: HashMap::new(),
            folder,
            settings,
        })
    }

    /// Writes a row, or lists it among those left out.
    ///
    /// # Errors
    /// A file that cannot be written, or a split that was not announced.
    pub fn push(&mut self, row: &Row) -> Result<Fate, ExportError> {
        let fate = self.write(row)?;
        if fate == Fate::Written {
            self.guard.add(row);
        }
        Ok(fate)
    }

    /// Writes rows as [`Self::push`] does, and asks after each whether to go on. Leaks are looked for on a thread of
    /// its own: that takes as long as the writing.
    ///
    /// # Errors
    /// As there, and those of `follow`.
    pub fn extend<'r, E: From<ExportError>>(
        &mut self,
        rows: impl Iterator<Item = &'r Row> + Clone + Send,
        mut follow: impl FnMut() -> Result<(), E>,
    ) -> Result<(), E> {
        let mut guard = std::mem::take(&mut self.guard);
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let again = rows.clone();
            let looking = scope.spawn(|| {
                again
                    .filter(|row| row.gap().is_none())
                    .take_while(|_| !stop.load(Relaxed))
                    .for_each(|row| guard.add(row));
                guard
            });
            let written = rows.into_iter().try_for_each(|row| {
                follow()?;
                self.write(row)?;
                Ok(())
            });
            stop.store(written.is_err(), Relaxed);
            // A panic there is one here.
            self.guard = looking.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            written
        })
    }

    fn write(&mut self, row: &Row) -> Result<Fate, ExportError> {
        if let Some(gap) = row.gap() {
            self.leave_out(row, gap)?;
            return Ok(Fate::LeftOut(gap));
        }
        let Some(split) = self.settings.splits.iter().position(|split| *split == row.split) else {
            return Err(ExportError::Split { split: row.split.clone(), known: self.settings.splits.join(", ") });
        };
        let annotators = row.annotators.iter().map(|name| self.published(name)).collect();
        let record = Record::of(row, annotators);
        for writer in &mut self.writers {
            writer.write(&record, split)?;
        }
        self.counts.add(row, record.edited);
        self.rows[split] += 1;
        if let Some((model, origin)) = row.origin.as_ref().and_then(|origin| Some((origin.model.clone()?, origin))) {
            *self.models.entry((model, origin.model_digest.clone())).or_default() += 1;
        }
        Ok(Fate::Written)
    }

    /// Checks for leaks, writes manifest and card, and puts the folder in its place.
    ///
    /// # Errors
    /// A leak, no rows at all, or a file that cannot be written. The folder's place is then as it was.
    pub fn finish(self) -> Result<(PathBuf, Manifest), ExportError> {
        let (folder, manifest) = self.close()?;
        Ok((folder.commit()?, manifest))
    }

    /// Does all that [`Self::finish`] does but the last step: says what would be written, and leaves nothing behind.
    ///
    /// # Errors
    /// As there.
    pub fn rehearse(self) -> Result<Manifest, ExportError> {
        self.close().map(|(_, manifest)| manifest)
    }

    fn close(self) -> Result<(Folder, Manifest), ExportError> {
        let Self { settings, writers, left_out_file, guard, counts, left_out, rows, models, folder, .. } = self;
        let total: u64 = rows.iter().sum();
        if total == 0 {
            return Err(ExportError::NoRows(left_out.told()));
        }
        let found = guard.finish();
        if !found.passed() {
            return Err(ExportError::Leak(Box::new(found)));
        }
        let mut files = Vec::new();
        let mut told = Vec::new();
        for writer in writers {
            let outcome = writer.finish(&folder)?;
            files.extend(outcome.files);
            told.extend(outcome.warnings);
        }
        if let Some(file) = left_out_file {
            files.push(FileEntry::new(file.close()?, "left-out", None, left_out.rows));
        }
        let rows: BTreeMap<String, u64> = settings.splits.iter().cloned().zip(rows).collect();
        let models = model_entries(models, &settings.models);
        let mut manifest = Manifest {
            commit: settings.commit.clone(),
            dataset: settings.dataset.clone(),
            licence: settings.licence.clone(),
            selection: settings.selection.clone(),
            rows: total,
            sei_version: settings.sei_version.clone(),
            warnings: [warnings(&settings, &rows, &counts, &left_out, &models, &found), told].concat(),
            splits: Splits::of(&settings, rows),
            files,
            counts,
            left_out,
            models,
            leak_check: LeakCheck { passed: true, found },
            ..Manifest::header(settings.program.clone())
        };
        let mut file = folder.create(card::NAME)?;
        file.write_all(card::card(&manifest).as_bytes()).map_err(|e| file.failed(e))?;
        manifest.files.push(FileEntry::new(file.close()?, "card", None, 0));
        let mut file = folder.create(manifest::NAME)?;
        let written = serde_json::to_writer_pretty(&mut file, &manifest).map_err(std::io::Error::from);
        written.and_then(|()| file.write_all(b"\n")).map_err(|e| file.failed(e))?;
        file.close()?;
        Ok((folder, manifest))
    }

    fn published(&mut self, name: &str) -> String {
        if !self.settings.anonymise {
            return name.to_owned();
        }
        let next = self.aliases.len() + 1;
        self.aliases.entry(name.to_owned()).or_insert_with(|| format!("annotator-{next}")).clone()
    }

    fn leave_out(&mut self, row: &Row, gap: Gap) -> Result<(), ExportError> {
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
        let mut file = match self.left_out_file.take() {
            Some(file) => file,
            None => self.folder.create(LEFT_OUT)?,
        };
        let written = serde_json::to_writer(&mut file, &line).map_err(std::io::Error::from);
        written.and_then(|()| file.write_all(b"\n")).map_err(|e| file.failed(e))?;
        self.left_out_file = Some(file);
        self.left_out.add(gap);
        Ok(())
    }
}

fn writer(format: Format, folder: &Folder, settings: &Settings) -> Result<Box<dyn Writer>, ExportError> {
    let Settings { splits, relations, tacred, escape_brackets, .. } = settings;
    let names = relations.keys().cloned();
    Ok(match format {
        Format::Jsonl => Box::new(jsonl::Jsonl::create(folder, splits)?),
        Format::Csv => Box::new(csv::Csv::create(folder, splits)?),
        Format::Tacred => Box::new(tacred::Tacred::create(folder, splits, *tacred, *escape_brackets, names)?),
        Format::FewRel => Box::new(fewrel::FewRel::new(splits, relations)),
        Format::DocRed => Box::new(docred::DocRed::create(folder, splits, relations)?),
        Format::WebNlg => Box::new(webnlg::WebNlg::create(folder, splits)?),
        Format::Conll04 => Box::new(conll04::Conll04::create(folder, splits, relations)?),
        #[cfg(feature = "parquet")]
        Format::Parquet => Box::new(parquet::Parquet::create(folder, splits, names)?),
        #[cfg(not(feature = "parquet"))]
        Format::Parquet => return Err(ExportError::NoParquet),
    })
}

fn model_entries(used: BTreeMap<(String, Option<String>), u64>, known: &[Model]) -> Vec<ModelEntry> {
    let entry = |((name, sha256), rows): ((String, Option<String>), u64)| {
        // The digest says which file it was; a name alone may be shared by several.
        let model = known.iter().find(|model| sha256.as_ref().map_or(model.name == name, |d| model.sha256 == *d));
        ModelEntry { licence: model.and_then(|model| model.licence.clone()), name, sha256, rows }
    };
    used.into_iter().map(entry).collect()
}

fn warnings(
    settings: &Settings,
    rows: &BTreeMap<String, u64>,
    counts: &Counts,
    left_out: &LeftOut,
    models: &[ModelEntry],
    found: &Check,
) -> Vec<String> {
    let mut warnings = settings.warnings.clone();
    for (split, _) in rows.iter().filter(|(_, count)| **count == 0) {
        warnings.push(format!("split '{split}' has no rows"));
    }
    if let Some(&count) = counts.source.get("ranker") {
        warnings.push(format!("rows with the ranker's choice, which no person has decided on: {count}"));
    }
    if counts.disagreed > 0 {
        warnings
            .push(format!("rows on which annotators disagree, and nobody settled between them: {}", counts.disagreed));
    }
    if counts.unnamed > 0 {
        warnings
            .push(format!("rows whose sentence names not both ends, as an annotator confirmed: {}", counts.unnamed));
    }
    for (reason, count) in &settings.dropped {
        warnings.push(format!("rows in no split, {reason}: {count}"));
    }
    if left_out.rows > 0 {
        warnings.push(format!("rows left out, and listed with the reason in {LEFT_OUT}: {}", left_out.rows));
    }
    if found.repeated_tuples > 0 {
        warnings.push(format!("rows that repeat a tuple of their split: {}", found.repeated_tuples));
    }
    for (split, count) in found.near_duplicate_rows.iter().filter(|(_, count)| **count > 0) {
        warnings.push(format!(
            "sentences of split '{split}' that stand in another split too but for the two entities: {count}"
        ));
    }
    for model in models.iter().filter(|model| model.licence.is_none()) {
        warnings.push(format!("the licence of model '{}' is not known", model.name));
    }
    warnings
}
