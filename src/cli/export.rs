//! `amalrec export`: the splits with their manifest and card.

use super::args::{ExportFormat, OnlyName};
use super::failure::Failure;
use super::output::{counted, grouped};
use super::session::Session;
use crate::app::Shelf;
use crate::app::publish::{self, Order, PublishError};
use crate::domain::split::Plan;
use crate::export::Format;
use crate::models::Folders;
use crate::store::Only;
use std::path::Path;

pub(super) fn run(
    session: &Session,
    out: &Path,
    format: ExportFormat,
    only: OnlyName,
    split: &str,
    min_sei: Option<f64>,
) -> Result<(), Failure> {
    let plan: Plan = split.parse().map_err(|e| Failure::usage(format!("--split: {e}")))?;
    if min_sei.is_some_and(|x| !(0.0..=1.0).contains(&x)) {
        return Err(Failure::usage("--min-sei is between 0 and 1"));
    }
    let shelf = Shelf { manifest: session.manifest()?, folders: Folders::of_user() };
    let order = Order {
        only: match only {
            OnlyName::Verified => Only::Verified,
            OnlyName::Decided => Only::Decided,
            OnlyName::All => Only::All,
        },
        plan,
        min_sei,
        formats: match format {
            ExportFormat::Jsonl => vec![Format::Jsonl],
        },
        models: shelf.licences(),
        dataset: session.project.file_stem().map_or_else(|| "amalrec".to_owned(), |s| s.to_string_lossy().into_owned()),
    };
    let mut db = session.open()?;
    let (folder, manifest) = publish::publish(&mut db, out, &order, &mut |_, _| true).map_err(|error| match error {
        PublishError::Split(e) => Failure::work(format!("--split {split}: {e}")),
        e @ (PublishError::Store(_) | PublishError::Export(_) | PublishError::Nothing(_) | PublishError::Stopped) => {
            Failure::work(e)
        }
    })?;
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
