//! Bringing tuples in: rows stream from a file into the project in large transactions.

use crate::domain::tuple::normal;
use crate::import::{Columns, EntityText, EntityTexts, Format, ImportError, Item, Problem, Reader, Row, Suspicion};
use crate::jobs::Cancel;
use crate::store::{Db, StoreError};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use thiserror::Error;

/// Rows a transaction.
const CHUNK: usize = 10_000;

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Intake {
    pub new: u64,
    /// In the project before, or earlier in the file.
    pub known: u64,
    pub refused: u64,
    pub bytes: u64,
    pub cancelled: bool,
}

/// Other people's names of relations, and what each means here.
pub type RelationMap = HashMap<String, String>;

/// How rows are read, and what is noted of them.
pub struct Terms<'a> {
    pub format: Format,
    pub columns: Option<&'a Columns>,
    pub map: &'a RelationMap,
    /// Counts the rows of each relation, as it is kept.
    pub relations: &'a mut BTreeMap<String, u64>,
}

/// Reads a map: a spelling, a tab or comma, the relation's name, line by line; `#` begins a comment.
///
/// # Errors
/// The file cannot be read, or a line has not two fields, with its number.
pub fn relation_map(path: &Path) -> Result<RelationMap, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let mut map = RelationMap::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
    {
        let (from, to) = line
            .split_once('\t')
            .or_else(|| line.split_once(','))
            .ok_or_else(|| format!("{}:{number}: write a spelling, a tab, and the relation's name", path.display()))?;
        if from.trim().is_empty() || to.trim().is_empty() {
            return Err(format!("{}:{number}: one of the two fields is empty", path.display()));
        }
        map.insert(normal(from), to.trim().to_owned());
    }
    Ok(map)
}

/// What is told while an import runs.
pub enum News<'a> {
    Refused(&'a Problem),
    Suspicious(&'a Suspicion),
    /// After each chunk.
    SoFar(Intake),
}

#[derive(Debug, Error)]
pub enum IntakeError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Import(#[from] ImportError),
}

/// Reads texts about entities into the project, adding to `intake`: `new` counts those that were not known so.
///
/// # Errors
/// As for [`import`].
pub fn entity_texts(
    mut db: Option<&mut Db>,
    path: &Path,
    cancel: &Cancel,
    intake: &mut Intake,
    tell: &mut dyn FnMut(News<'_>),
) -> Result<(), IntakeError> {
    let mut chunk: Vec<EntityText> = Vec::with_capacity(CHUNK);
    let mut flush = |chunk: &mut Vec<EntityText>, intake: &mut Intake| -> Result<(), StoreError> {
        let read = chunk.len() as u64;
        let new = match db.as_deref_mut() {
            Some(db) => db.put_entity_texts(chunk.iter().map(|t| (t.entity.as_str(), t.text.as_str())))?,
            None => read,
        };
        chunk.clear();
        intake.new += new;
        intake.known += read - new;
        Ok(())
    };
    for item in EntityTexts::open(path)? {
        match item {
            Ok(Ok(text)) => chunk.push(text),
            Ok(Err(problem)) => {
                intake.refused += 1;
                tell(News::Refused(&problem));
            }
            Err(error) => {
                flush(&mut chunk, intake)?;
                return Err(error.into());
            }
        }
        if chunk.len() == CHUNK {
            flush(&mut chunk, intake)?;
            tell(News::SoFar(*intake));
        }
        if cancel.is_cancelled() {
            intake.cancelled = true;
            break;
        }
    }
    Ok(flush(&mut chunk, intake)?)
}

/// Reads a file (`-` is standard input) into the project, adding to `intake`; without a project, only checks it.
///
/// # Errors
/// A file that cannot be read, or a store that cannot be written: the chunks before stay.
pub fn import(
    mut db: Option<&mut Db>,
    path: &Path,
    terms: &mut Terms<'_>,
    cancel: &Cancel,
    intake: &mut Intake,
    tell: &mut dyn FnMut(News<'_>),
) -> Result<(), IntakeError> {
    let source = path.display().to_string();
    let mut reader = Reader::open(path, terms.format, terms.columns)?;
    let mut chunk: Vec<Row> = Vec::with_capacity(CHUNK);
    let mut flush = |chunk: &mut Vec<Row>, intake: &mut Intake| -> Result<(), StoreError> {
        let rows = chunk.drain(..);
        if let Some(db) = db.as_deref_mut() {
            let inserted = db.insert_tuples(&source, rows.map(|row| (row.line, row.tuple)))?;
            intake.new += inserted.new;
            intake.known += inserted.known;
        } else {
            // Nothing is written, so nobody knows which rows the project has.
            intake.new += rows.len() as u64;
        }
        Ok(())
    };
    for item in reader.by_ref() {
        match item {
            Ok(Item::Row(mut row)) => {
                if !terms.map.is_empty()
                    && let Some(name) = terms.map.get(&normal(&row.tuple.relation))
                {
                    row.tuple.relation.clone_from(name);
                }
                match terms.relations.get_mut(&row.tuple.relation) {
                    Some(count) => *count += 1,
                    None => drop(terms.relations.insert(row.tuple.relation.clone(), 1)),
                }
                chunk.push(row);
            }
            Ok(Item::Problem(problem)) => {
                intake.refused += 1;
                tell(News::Refused(&problem));
            }
            Ok(Item::Suspicion(suspicion)) => tell(News::Suspicious(&suspicion)),
            Err(error) => {
                flush(&mut chunk, intake)?;
                return Err(error.into());
            }
        }
        if chunk.len() == CHUNK {
            flush(&mut chunk, intake)?;
            tell(News::SoFar(*intake));
        }
        if cancel.is_cancelled() {
            intake.cancelled = true;
            break;
        }
    }
    flush(&mut chunk, intake)?;
    intake.bytes += reader.totals().bytes;
    Ok(())
}
