//! `amalrec export`: the splits with their manifest and card.

use super::args::{self, ExportArgs, ExportFormat, OnlyName};
use super::failure::{Failure, Kind};
use super::import::bar;
use super::output::{counted, grouped};
use super::session::{Session, cancel_on_interrupt};
use crate::app::Shelf;
use crate::app::publish::{self, Order, PublishError};
use crate::domain::split::Plan;
use crate::export::{Format, Published, Tacred};
use crate::models::Folders;
use crate::store::Only;

impl From<ExportFormat> for Format {
    fn from(name: ExportFormat) -> Self {
        match name {
            ExportFormat::Jsonl => Self::Jsonl,
            ExportFormat::Csv => Self::Csv,
            ExportFormat::Parquet => Self::Parquet,
            ExportFormat::Tacred => Self::Tacred,
            ExportFormat::FewRel => Self::FewRel,
            ExportFormat::DocRed => Self::DocRed,
            ExportFormat::WebNlg => Self::WebNlg,
            ExportFormat::Conll04 => Self::Conll04,
        }
    }
}

pub(super) fn run(session: &Session, args: &ExportArgs) -> Result<(), Failure> {
    let ExportArgs { out, format, only, split, min_sei, licence, anonymise, tacred, ptb_brackets } = args;
    let plan: Plan = split.parse().map_err(|e| Failure::usage(format!("--split: {e}")))?;
    if min_sei.is_some_and(|x| !(0.0..=1.0).contains(&x)) {
        return Err(Failure::usage("--min-sei is between 0 and 1"));
    }
    let mut formats: Vec<Format> = Vec::new();
    for format in format.iter().map(|&name| Format::from(name)) {
        if !formats.contains(&format) {
            formats.push(format);
        }
    }
    let shelf = Shelf { manifest: session.manifest()?, folders: Folders::of_user() };
    let order = Order {
        only: match only {
            OnlyName::Verified => Only::Verified,
            OnlyName::Decided => Only::Decided,
            OnlyName::All => Only::All,
        },
        plan,
        min_sei: *min_sei,
        formats,
        models: shelf.licences(),
        dataset: session.project.file_stem().map_or_else(|| "amalrec".to_owned(), |s| s.to_string_lossy().into_owned()),
        licence: licence.clone(),
        anonymise: *anonymise,
        tacred: match tacred {
            args::Tacred::Raw => Tacred::Raw,
            args::Tacred::Hf => Tacred::Hf,
        },
        escape_brackets: *ptb_brackets,
    };
    let catalogue = session.catalogue()?;
    let mut db = session.open()?;
    let canceller = cancel_on_interrupt();
    let cancel = canceller.start();
    let bar = bar(session, "{spinner} {percent}%, {eta} left");
    let published = publish::publish(&mut db, &catalogue, out, &order, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
        !cancel.is_cancelled()
    });
    bar.finish_and_clear();
    let Published { folder, manifest, resumed } = published.map_err(|error| match error {
        PublishError::Split(e) => Failure::work(format!("--split {split}: {e}")),
        PublishError::Stopped => {
            session
                .output
                .say("interrupted; nothing was exported yet, the same command writes the formats that are left");
            Failure::said(Kind::Interrupted)
        }
        e @ (PublishError::Store(_) | PublishError::Export(_) | PublishError::Nothing(_)) => Failure::work(e),
    })?;
    if !resumed.is_empty() {
        let names: Vec<_> = resumed.iter().map(|format| format.name()).collect();
        session.output.say(&format!("written before this export was stopped, and kept: {}", names.join(", ")));
    }
    if session.output.json {
        let value = serde_json::to_value(&manifest).map_err(Failure::work)?;
        session.output.object(&value)?;
    } else {
        let sizes: Vec<String> =
            manifest.splits.rows.iter().map(|(name, n)| format!("{name} {}", grouped(*n))).collect();
        session.output.say(&format!("{} in {}: {}", counted(manifest.rows, "row"), folder.display(), sizes.join(", ")));
    }
    for warning in &manifest.warnings {
        session.output.warning(warning);
    }
    Ok(())
}
