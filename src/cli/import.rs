//! `amalrec import`: tuples in; every refused row with its file, line and reason.

use super::args::{FormatName, Tacred};
use super::failure::{Failure, Kind};
use super::output::{counted, grouped};
use super::session::{Session, cancel_on_interrupt};
use crate::app::intake::{self, Intake, News, Terms};
use crate::import::{Columns, Format};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Refused rows shown one by one; the rest is counted. With --json all of them are given.
const SHOWN: u64 = 100;

/// The format that was asked for.
pub(super) fn format(name: FormatName, tacred: Option<Tacred>) -> Result<Format, Failure> {
    let format = match name {
        FormatName::Auto => Format::Auto,
        FormatName::Jsonl => Format::Jsonl,
        FormatName::Csv => Format::Csv,
        FormatName::Tsv => Format::Tsv,
        FormatName::WebNlg => Format::WebNlg,
        FormatName::NTriples => Format::NTriples,
        FormatName::Turtle => Format::Turtle,
        FormatName::FewRel => Format::FewRel,
        FormatName::Rebel => Format::Rebel,
        FormatName::Tacred => Format::Tacred,
        FormatName::Candidates => Format::Candidates,
    };
    match (format, tacred) {
        (format, None) => Ok(format),
        (Format::Auto | Format::Tacred, Some(Tacred::Raw)) => Ok(Format::TacredRaw),
        (Format::Auto | Format::Tacred, Some(Tacred::Hf)) => Ok(Format::TacredHf),
        (other, Some(_)) => Err(Failure::usage(format!("--tacred is for TACRED files, and --format says {other}"))),
    }
}

pub(super) fn run(
    session: &Session,
    files: &[PathBuf],
    format: Format,
    columns: Option<&str>,
    relation_map: Option<&Path>,
    dry_run: bool,
) -> Result<(), Failure> {
    let columns: Option<Columns> = match columns {
        Some(text) => Some(text.parse().map_err(|e| Failure::usage(format!("--columns: {e}")))?),
        None => None,
    };
    let map = relation_map.map(intake::relation_map).transpose().map_err(Failure::usage)?.unwrap_or_default();
    let mut relations = HashMap::new();
    let mut db = if dry_run { None } else { Some(session.open_or_create()?) };
    let canceller = cancel_on_interrupt();
    let cancel = canceller.start();
    let begun = Instant::now();
    let mut sum = Intake::default();
    let mut told = Told { refused: Vec::new(), suspicions: Vec::new(), failures: Vec::new() };
    if let Some(db) = &mut db {
        db.defer_indexes()?;
    }
    for file in files {
        let bar = bar(session, COUNTING);
        let mut terms = Terms { format, columns: columns.as_ref(), map: &map, relations: &mut relations };
        let read = intake::import(db.as_mut(), file, &mut terms, &cancel, &mut sum, &mut |news| match news {
            News::Refused(problem) => {
                let n = told.refused.len() as u64;
                told.refused.push(json!({
                    "file": problem.file, "line": problem.line, "reason": problem.reason, "excerpt": problem.excerpt,
                }));
                if n < SHOWN && !session.output.json {
                    bar.suspend(|| session.output.problem(&problem.to_string()));
                }
            }
            News::Suspicious(suspicion) => {
                told.suspicions.push(json!(suspicion.to_string()));
                bar.suspend(|| session.output.warning(&suspicion.to_string()));
            }
            News::SoFar(intake) => {
                bar.set_message(format!("{} rows", grouped(intake.new + intake.known)));
                bar.tick();
            }
        });
        bar.finish_and_clear();
        // The other files may well be good.
        if let Err(error) = read {
            session.output.problem(&error.to_string());
            told.failures.push(json!(error.to_string()));
        }
        if sum.cancelled {
            break;
        }
    }
    if let Some(db) = &mut db {
        db.index()?;
    }
    let catalogue = session.catalogue()?;
    relations.retain(|name, _| catalogue.find(name).is_none());
    let mut unknown: Vec<(String, u64)> = relations.into_iter().collect();
    unknown.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    tell(session, &sum, &told, &unknown, dry_run, begun.elapsed().as_secs_f64())
}

/// Texts about entities, for the prompts of the context methods.
pub(super) fn entity_texts(session: &Session, files: &[PathBuf], dry_run: bool) -> Result<(), Failure> {
    let mut db = if dry_run { None } else { Some(session.open_or_create()?) };
    let canceller = cancel_on_interrupt();
    let cancel = canceller.start();
    let out = session.output;
    let (mut sum, mut refused, mut broken) = (Intake::default(), Vec::new(), Vec::new());
    for file in files {
        let read = intake::entity_texts(db.as_mut(), file, &cancel, &mut sum, &mut |news| {
            if let News::Refused(problem) = news {
                if !out.json && (refused.len() as u64) < SHOWN {
                    out.problem(&problem.to_string());
                }
                refused.push(json!({ "file": problem.file, "line": problem.line, "reason": problem.reason }));
            }
        });
        // The other files may well be good.
        if let Err(error) = read {
            out.problem(&error.to_string());
            broken.push(json!(error.to_string()));
        }
        if sum.cancelled {
            break;
        }
    }
    if out.json {
        out.object(&json!({
            "new": sum.new, "known": sum.known, "refused": sum.refused, "dry_run": dry_run, "refused_rows": refused,
            "errors": broken, "cancelled": sum.cancelled,
        }))?;
    } else {
        let (new, known) = (counted(sum.new, "entity text"), grouped(sum.known));
        out.say(&format!("{new} new, {known} known, {} refused", grouped(sum.refused)));
    }
    if sum.cancelled {
        out.say("interrupted; what was read is kept, the same command goes on");
        return Err(Failure::said(Kind::Interrupted));
    }
    if sum.refused > 0 || !broken.is_empty() { Err(Failure::said(Kind::Work)) } else { Ok(()) }
}

/// What has to be in the JSON object besides the counts.
struct Told {
    refused: Vec<Value>,
    suspicions: Vec<Value>,
    failures: Vec<Value>,
}

fn tell(
    session: &Session,
    sum: &Intake,
    told: &Told,
    unknown: &[(String, u64)],
    dry_run: bool,
    seconds: f64,
) -> Result<(), Failure> {
    let out = session.output;
    if out.json {
        out.object(&json!({
            "new": sum.new, "known": sum.known, "refused": sum.refused, "left_aside": sum.aside,
            "new_sentences": sum.new_sentences, "known_sentences": sum.known_sentences, "dry_run": dry_run,
            "refused_rows": told.refused, "unknown_relations": unknown, "warnings": told.suspicions, "errors": told.failures,
            "bytes": sum.bytes, "seconds": seconds, "cancelled": sum.cancelled,
        }))?;
    } else {
        let hidden = (told.refused.len() as u64).saturating_sub(SHOWN);
        if hidden > 0 {
            out.warning(&format!("{} more refused; --json lists them all", counted(hidden, "row")));
        }
        let verb = if dry_run { "would be read" } else { "new" };
        out.say(&format!(
            "{} {verb}, {} known, {} refused in {seconds:.1} s",
            counted(sum.new, "tuple"),
            grouped(sum.known),
            grouped(sum.refused)
        ));
        if sum.new_sentences + sum.known_sentences > 0 {
            let (new, known) = (counted(sum.new_sentences, "sentence"), grouped(sum.known_sentences));
            out.say(&format!("{new} {verb} with them, {known} known"));
        }
        if sum.aside > 0 {
            out.say(&format!("{} left aside that state no tuple", counted(sum.aside, "row")));
        }
        if !unknown.is_empty() {
            let rows: u64 = unknown.iter().map(|(_, n)| n).sum();
            let first: Vec<String> =
                unknown.iter().take(8).map(|(name, n)| format!("{name} ({})", grouped(*n))).collect();
            let more = if unknown.len() > first.len() { ", …" } else { "" };
            out.say(&format!(
                "{} of {} not in the catalogue, and read as the words of their names: {}{more}",
                counted(unknown.len() as u64, "relation"),
                counted(rows, "row"),
                first.join(", ")
            ));
        }
        if sum.new > 0 && !dry_run {
            out.say("next: amalrec run --limit 10, or amalrec to open the interface");
        }
    }
    if sum.cancelled {
        out.say("interrupted; what was read is kept, the same command goes on");
        return Err(Failure::said(Kind::Interrupted));
    }
    if sum.refused > 0 || !told.failures.is_empty() {
        return Err(Failure::said(Kind::Work));
    }
    Ok(())
}

/// How something of unknown length is shown.
pub(super) const COUNTING: &str = "{spinner} {msg} in {elapsed}";

/// A line that says how far something is; on a terminal only.
pub(super) fn bar(session: &Session, template: &str) -> ProgressBar {
    let terminal = std::io::stderr().is_terminal() && !session.output.quiet;
    let target = if terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(None, target);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}
