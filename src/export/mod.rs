//! Files out: rows into splits, each format by its [`Writer`], with a manifest and a card; all of it or nothing.
//!
//! The caller says which rows there are and to which split each goes; this checks that no split gives away
//! another, and refuses if one does.

mod card;
mod conll04;
mod csv;
mod digesting;
mod docred;
mod error;
mod fewrel;
mod files;
mod folder;
mod format;
mod journal;
mod jsonl;
mod leak;
mod leftover;
pub mod manifest;
#[cfg(feature = "parquet")]
mod parquet;
mod press;
pub mod record;
mod row;
mod settings;
mod tacred;
mod tally;
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

use folder::{Folder, Purpose};
use journal::{Finished, Journal};
use leak::Guard;
use manifest::{Counts, FileEntry, LeakCheck, LeftOut, ModelEntry, Splits};
use press::{Ended, Press};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::thread;
use tally::{LEFT_OUT, Names, Tally};

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

/// An export that is in its place.
#[derive(Debug)]
pub struct Published {
    pub folder: PathBuf,
    pub manifest: Manifest,
    /// Formats that the same export, stopped or killed before, had written already.
    pub resumed: Vec<Format>,
}

/// Writes rows into a folder, which appears whole or not at all, and asks now and then whether to go on: `follow` is
/// told how many rows of how many are written, all formats together. Formats that were whole when the same export was
/// stopped or killed are taken over.
///
/// # Errors
/// A folder in use for something else or not writable, a split that cannot be a file name or was not announced, a
/// leak, no rows at all, a file that cannot be written: the folder's place is then as it was. And those of `follow`.
pub fn write<E: From<ExportError>>(
    target: &Path,
    settings: &Settings,
    rows: &[Row],
    follow: impl FnMut(u64, u64) -> Result<(), E>,
) -> Result<Published, E> {
    let Draft { folder, manifest, resumed } = draft(target, settings, rows, Purpose::Publish, follow)?;
    Ok(Published { folder: folder.commit()?, manifest, resumed })
}

/// Does all that [`write`] does but the last step: says what would be written, and leaves everything as it was.
///
/// # Errors
/// As there.
pub fn rehearse<E: From<ExportError>>(
    target: &Path,
    settings: &Settings,
    rows: &[Row],
    follow: impl FnMut(u64, u64) -> Result<(), E>,
) -> Result<Manifest, E> {
    draft(target, settings, rows, Purpose::Rehearse, follow).map(|draft| draft.manifest)
}

/// An export that only has to be put in its place.
struct Draft {
    folder: Folder,
    manifest: Manifest,
    resumed: Vec<Format>,
}

fn draft<E: From<ExportError>>(
    target: &Path,
    settings: &Settings,
    rows: &[Row],
    purpose: Purpose,
    mut follow: impl FnMut(u64, u64) -> Result<(), E>,
) -> Result<Draft, E> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let mut splits = settings.splits.iter().enumerate();
    let bad = splits.find(|(i, s)| s.is_empty() || !s.chars().all(fits) || *s == "left_out" || *i >= leak::SPLIT_LIMIT);
    if let Some((_, split)) = bad {
        return Err(ExportError::SplitName(split.clone()).into());
    }
    if !cfg!(feature = "parquet") && settings.formats.contains(&Format::Parquet) {
        return Err(ExportError::NoParquet.into());
    }
    let folder = Folder::prepare(target, purpose)?;
    let names = Names::of(rows, settings.anonymise);
    let mut journal = Journal::open(&folder, || journal::key(settings, rows, &names))?;
    let mut finished = journal.take();
    let (resumed, left): (Vec<Format>, Vec<Format>) =
        settings.formats.iter().partition(|format| finished.iter().any(|one| one.format == **format));
    let stop = AtomicBool::new(false);
    let ran = thread::scope(|scope| {
        // Leaks are looked for on a thread of its own: that takes as long as the writing.
        let guard = scope.spawn(|| Guard::of(&settings.splits, rows, &stop));
        let tally = scope.spawn(|| Tally::of(settings, rows, &folder));
        let press = Press { folder: &folder, settings, rows, names: &names };
        let written = press.run(&left, &stop, &mut follow, |one| {
            // The last one needs no note: the folder is about to move.
            if purpose == Purpose::Publish && finished.len() + 1 < settings.formats.len() {
                journal.note(&one)?;
            }
            finished.push(one);
            Ok(())
        });
        // A panic there is one here.
        let guard = guard.join().unwrap_or_else(|panic| resume_unwind(panic));
        let tally = tally.join().unwrap_or_else(|panic| resume_unwind(panic));
        let all = (rows.len() * left.len()) as u64;
        written.and_then(|()| follow(all, all).map_err(Ended::Stopped)).map(|()| (guard, tally))
    });
    let (guard, tally) = match ran {
        Ok(ran) => ran,
        Err(Ended::Failed(error)) => return Err(error.into()),
        Err(Ended::Stopped(said)) => {
            if !journal.is_empty() {
                folder.leave();
            }
            return Err(said);
        }
    };
    let manifest = close(&folder, settings, guard, tally?, finished)?;
    journal.close()?;
    Ok(Draft { folder, manifest, resumed })
}

/// Checks for leaks, and writes manifest and card.
fn close(
    folder: &Folder,
    settings: &Settings,
    guard: Guard,
    tally: Tally,
    mut finished: Vec<Finished>,
) -> Result<Manifest, ExportError> {
    let Tally { counts, left_out, rows, models, file } = tally;
    let total: u64 = rows.iter().sum();
    if total == 0 {
        return Err(ExportError::NoRows(left_out.told()));
    }
    let found = guard.finish();
    if !found.passed() {
        return Err(ExportError::Leak(Box::new(found)));
    }
    // In the order asked for, whichever was written first.
    finished.sort_by_key(|one| settings.formats.iter().position(|format| *format == one.format));
    let (files, told): (Vec<_>, Vec<_>) = finished.into_iter().map(|one| (one.files, one.warnings)).unzip();
    let rows: BTreeMap<String, u64> = settings.splits.iter().cloned().zip(rows).collect();
    let warnings = [warnings(settings, &rows, &counts, &left_out, &models, &found), told.concat()].concat();
    let mut manifest = Manifest {
        commit: settings.commit.clone(),
        dataset: settings.dataset.clone(),
        licence: settings.licence.clone(),
        selection: settings.selection.clone(),
        rows: total,
        sei_version: settings.sei_version.clone(),
        warnings,
        splits: Splits::of(settings, rows),
        files: files.into_iter().flatten().chain(file).collect(),
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
    Ok(manifest)
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
