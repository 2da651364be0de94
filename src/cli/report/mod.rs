//! `amalrec report`: the statistics, for people, as Markdown, as JSON, or as a page with charts.

mod html;
mod json;
mod markdown;
mod svg;
mod text;

use super::args::ReportName;
use super::failure::Failure;
use super::session::Session;
use crate::app::report::{Name, References, Report, report};
use std::path::{Path, PathBuf};

/// Rows of references that are told to be broken.
const SHOWN: usize = 5;

pub(super) fn run(
    session: &Session,
    what: Option<ReportName>,
    pass: Option<&str>,
    references: &[PathBuf],
    as_markdown: bool,
    page: Option<&Path>,
) -> Result<(), Failure> {
    let mut db = session.open()?;
    let catalogue = session.catalogue()?;
    let references = if references.is_empty() { None } else { Some(read(session, references)?) };
    let references = references.as_ref();
    if let Some(path) = page {
        let names = what.map_or(Name::ALL.to_vec(), |what| vec![name(what)]);
        let reports = names
            .into_iter()
            .map(|name| report(&mut db, name, pass, &catalogue, references))
            .collect::<Result<Vec<_>, _>>()?;
        let project = session.project.file_name().unwrap_or_default().to_string_lossy();
        std::fs::write(path, html::page(&project, &reports))
            .map_err(|error| Failure::work(format!("cannot write {}: {error}", path.display())))?;
        session.output.say(&format!("written to {}", path.display()));
        if session.output.json {
            session.output.object(&serde_json::json!({ "path": path.display().to_string() }))?;
        }
        return Ok(());
    }
    let found = report(&mut db, name(what.unwrap_or(ReportName::Accuracy)), pass, &catalogue, references)?;
    if session.output.json {
        return Ok(session.output.object(&json_object(&found))?);
    }
    print(session, &found, as_markdown)
}

/// Reads what people wrote; what cannot be read is told, and the rest counts.
fn read(session: &Session, files: &[PathBuf]) -> Result<References, Failure> {
    let mut references = References::default();
    for file in files {
        references.read(file)?;
    }
    let refused = references.refused.len();
    for problem in references.refused.iter().take(SHOWN) {
        session.output.problem(problem);
    }
    if refused > SHOWN {
        session.output.problem(&format!("and {} more", refused - SHOWN));
    }
    if references.read == 0 {
        return Err(Failure::work("no sentence with its tuple was found in the references"));
    }
    Ok(references)
}

pub(super) fn json_object(report: &Report) -> serde_json::Value {
    json::object(report)
}

/// As text, or as Markdown.
pub(super) fn print(session: &Session, report: &Report, as_markdown: bool) -> Result<(), Failure> {
    let lines = if as_markdown { markdown::lines(report) } else { text::lines(report) };
    lines.iter().try_for_each(|line| session.output.line(line))?;
    Ok(())
}

fn name(what: ReportName) -> Name {
    match what {
        ReportName::Accuracy => Name::Accuracy,
        ReportName::Agreement => Name::Agreement,
        ReportName::Methods => Name::Methods,
        ReportName::Sei => Name::Sei,
        ReportName::Anchoring => Name::Anchoring,
        ReportName::Coverage => Name::Coverage,
    }
}
