//! `amalrec init`: a new project, empty or with the bundled tuples; these may also fill one that is still empty.

use super::failure::Failure;
use super::output::counted;
use super::session::Session;
use crate::config::Assets;
use crate::import::{Format, Item, Reader};
use crate::store::Db;

pub(super) fn run(session: &Session, demo: bool) -> Result<(), Failure> {
    let mut db = match demo.then(|| still_empty(session)).transpose()?.flatten() {
        Some(db) => db,
        None => Db::create(&session.project)?,
    };
    session.seed(&mut db)?;
    if demo {
        // The demo shows what the program can do: with scores.
        if db.meta("arm")?.is_none() {
            db.set_meta("arm", "ranked+scores")?;
        }
        let totals = fill(&mut db)?;
        session.output.say(&format!("{} with {}", session.project.display(), counted(totals, "bundled tuple")));
    } else {
        session.output.say(&format!("{} is ready; next: amalrec import FILE", session.project.display()));
    }
    if session.output.json {
        let tuples = db.counts()?.tuples();
        session
            .output
            .object(&serde_json::json!({ "project": session.project.display().to_string(), "tuples": tuples }))?;
    }
    Ok(())
}

/// A project without tuples, such as the interface makes at its first start: the demo may fill it.
fn still_empty(session: &Session) -> Result<Option<Db>, Failure> {
    // An empty file is no project yet, and is made one.
    if std::fs::metadata(&session.project).map_or(0, |file| file.len()) == 0 {
        return Ok(None);
    }
    let db = session.open()?;
    Ok((db.counts()?.tuples() == 0).then_some(db))
}

fn fill(db: &mut Db) -> Result<u64, Failure> {
    let file = "assets/demo/tuples.jsonl";
    let bytes = Assets::embedded("demo/tuples.jsonl").as_bytes();
    let mut rows = Vec::new();
    for item in Reader::new(file, bytes, Format::Jsonl, None).map_err(Failure::work)? {
        match item.map_err(Failure::work)? {
            Item::Row(row) => rows.push((row.line, row.tuple)),
            Item::Problem(problem) => return Err(Failure::work(problem)),
            Item::Aside(_) | Item::Suspicion(_) => {}
        }
    }
    let counts = db.insert_tuples(file, rows)?;
    Ok(counts.new)
}
