//! Bringing tuples in, and the sentences that come with them: rows stream from a file, read on a thread of its own,
//! into the project in large transactions.

use crate::domain::tuple::normal;
use crate::import::{Columns, EntityText, EntityTexts, Format, ImportError, Item, Problem, Reader, Row, Suspicion};
use crate::jobs::Cancel;
use crate::store::{Db, Foreign, Incoming, StoreError};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::mpsc;
use thiserror::Error;

/// Rows a transaction, and bytes of sentences after which it ends sooner. The first ones are shorter: the file is read
/// while they are written.
const CHUNK: usize = 50_000;
const FIRST_CHUNK: usize = 4_000;
const CHUNK_BYTES: usize = 16 << 20;
/// Texts about entities a transaction.
const TEXTS: usize = 10_000;
/// Rows that the reading thread hands over together, bytes of sentences after which it does so sooner, and how many
/// such it may be ahead: as much as a transaction takes, or each would wait for the other.
const BATCH: usize = 2_000;
const BATCH_BYTES: usize = CHUNK_BYTES / BATCHES_AHEAD;
const BATCHES_AHEAD: usize = CHUNK / BATCH;

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Intake {
    pub new: u64,
    /// In the project before, or earlier in the file.
    pub known: u64,
    pub refused: u64,
    /// Sound rows that are no tuples, such as TACRED's `no_relation`.
    pub aside: u64,
    /// Sentences that came with tuples.
    pub new_sentences: u64,
    pub known_sentences: u64,
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
    pub relations: &'a mut HashMap<String, u64>,
}

/// Reads a map: a spelling, a tab or comma, the relation's name, line by line; `#` begins a comment. Or a JSON object
/// of spellings and names, or of spellings and lists that begin with a name, as FewRel's `pid2name.json` is.
///
/// # Errors
/// The file cannot be read, or a line has not two fields, with its number.
pub fn relation_map(path: &Path) -> Result<RelationMap, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let mut map = RelationMap::new();
    if text.trim_start().starts_with('{') {
        let read: BTreeMap<String, serde_json::Value> =
            serde_json::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))?;
        for (from, to) in read {
            let name = to.as_str().or_else(|| to.get(0)?.as_str()).map(str::trim).filter(|name| !name.is_empty());
            let name = name.ok_or_else(|| format!("{}: '{from}' has no name", path.display()))?;
            map.insert(normal(&from), name.to_owned());
        }
        return Ok(map);
    }
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
    #[error("{0}: the program failed while reading it; please report this file")]
    Reader(String),
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
    let mut chunk: Vec<EntityText> = Vec::with_capacity(TEXTS);
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
        if chunk.len() == TEXTS {
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
    let (batches, reading) = read_ahead(Reader::open(path, terms.format, terms.columns)?, terms.map.clone());
    let mut chunk = Chunk::default();
    let mut full = FIRST_CHUNK;
    let before = intake.bytes;
    for Batch { items, bytes } in batches {
        for item in items {
            match item {
                Ok(Read::Tuple(tuple)) => chunk.push(tuple, terms.relations),
                Ok(Read::Problem(problem)) => {
                    intake.refused += 1;
                    tell(News::Refused(&problem));
                }
                Ok(Read::Aside) => intake.aside += 1,
                Ok(Read::Suspicion(suspicion)) => tell(News::Suspicious(&suspicion)),
                Err(error) => {
                    chunk.flush(db.as_deref_mut(), &source, intake)?;
                    return Err(error.into());
                }
            }
        }
        intake.bytes = before + bytes;
        if chunk.rows.len() >= full || chunk.bytes >= CHUNK_BYTES {
            full = CHUNK.min(full * 2);
            chunk.flush(db.as_deref_mut(), &source, intake)?;
            tell(News::SoFar(*intake));
        }
        if cancel.is_cancelled() {
            intake.cancelled = true;
            break;
        }
    }
    chunk.flush(db, &source, intake)?;
    // A thread that waits for a slow pipe is not waited for: it ends with the program.
    if !intake.cancelled && reading.join().is_err() {
        return Err(IntakeError::Reader(source));
    }
    Ok(())
}

/// What was read in one go, and the bytes read of the file until then.
struct Batch {
    items: Vec<Result<Read, ImportError>>,
    bytes: u64,
}

/// An item, ready for the project.
enum Read {
    Tuple(Incoming),
    Problem(Problem),
    Aside,
    Suspicion(Suspicion),
}

/// Reads on a thread of its own, and does there all that needs no project: what writes is the slower one.
fn read_ahead(mut reader: Reader, map: RelationMap) -> (mpsc::IntoIter<Batch>, std::thread::JoinHandle<()>) {
    let (sender, receiver) = mpsc::sync_channel(BATCHES_AHEAD);
    let reading = std::thread::spawn(move || {
        loop {
            let (mut items, mut bytes) = (Vec::new(), 0);
            while items.len() < BATCH && bytes < BATCH_BYTES {
                let Some(item) = reader.next() else { break };
                items.push(item.map(|item| match item {
                    Item::Row(row) => {
                        let tuple = incoming(row, &map);
                        bytes += tuple.length();
                        Read::Tuple(tuple)
                    }
                    Item::Problem(problem) => Read::Problem(problem),
                    Item::Aside(_) => Read::Aside,
                    Item::Suspicion(suspicion) => Read::Suspicion(suspicion),
                }));
            }
            let last = items.is_empty();
            // Nobody listens any more after a cancel or an error.
            if last || sender.send(Batch { items, bytes: reader.totals().bytes }).is_err() {
                return;
            }
        }
    });
    (receiver.into_iter(), reading)
}

/// A row under the name that its relation has here.
fn incoming(row: Row, map: &RelationMap) -> Incoming {
    let Row { line, mut tuple, sentences } = row;
    if !map.is_empty()
        && let Some(name) = map.get(&normal(&tuple.relation))
    {
        tuple.relation.clone_from(name);
    }
    let sentences = sentences.into_iter().map(|s| Foreign { text: s.text, method: s.method }).collect();
    Incoming::new(line, tuple, sentences)
}

/// Rows on their way into one transaction.
#[derive(Default)]
struct Chunk {
    rows: Vec<Incoming>,
    /// Of sentences.
    bytes: usize,
}

impl Chunk {
    fn push(&mut self, tuple: Incoming, relations: &mut HashMap<String, u64>) {
        match relations.get_mut(tuple.relation()) {
            Some(count) => *count += 1,
            None => drop(relations.insert(tuple.relation().to_owned(), 1)),
        }
        self.bytes += tuple.length();
        self.rows.push(tuple);
    }

    fn flush(&mut self, db: Option<&mut Db>, source: &str, intake: &mut Intake) -> Result<(), StoreError> {
        self.bytes = 0;
        let rows = self.rows.drain(..);
        let Some(db) = db else {
            // Nothing is written, so nobody knows which rows the project has.
            intake.new += rows.len() as u64;
            intake.new_sentences += rows.map(|row| row.sentences() as u64).sum::<u64>();
            return Ok(());
        };
        let inserted = db.take_in(source, rows)?;
        intake.new += inserted.new;
        intake.known += inserted.known;
        intake.new_sentences += inserted.new_sentences;
        intake.known_sentences += inserted.known_sentences;
        Ok(())
    }
}
