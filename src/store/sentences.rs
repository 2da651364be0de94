//! Sentences made elsewhere, taken in with their tuples: known ones are left alone, the others are candidates.

use super::error::StoreError;
use super::refresh::refresh;
use super::words;
use crate::domain::TupleId;
use crate::domain::digest::Digest;
use crate::domain::method::Paradigm;
use rusqlite::{Connection, params};
use std::collections::BTreeMap;

/// The method of a sentence whose file names none.
pub const IMPORTED: &str = "imported";

/// A sentence for a tuple.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    pub text: String,
    /// Who made it, in the file's words; [`IMPORTED`] if it has none.
    pub method: Option<String>,
}

/// What the tuples touched in one transaction have already.
#[derive(Default)]
pub(super) struct Shelf {
    /// By tuple: method, next ordinal, and digests of the texts.
    known: BTreeMap<TupleId, Vec<Kept>>,
    pub(super) new: u64,
    pub(super) known_again: u64,
}

struct Kept {
    method: String,
    text: Digest,
}

impl Shelf {
    /// Adds a tuple's sentences. `fresh`: the tuple was not there before, so that it has none.
    pub(super) fn add(
        &mut self,
        conn: &Connection,
        source: &str,
        tuple: TupleId,
        fresh: bool,
        sentences: &[Foreign],
    ) -> Result<(), StoreError> {
        let mut insert = conn.prepare_cached(
            "INSERT INTO candidate (tuple_id, method, paradigm, ordinal, text, prompt_digest, params, seed, made_at)
             VALUES (?1, ?2, ?3, ?4, ?5, '', ?6, 0, CAST(unixepoch('subsec') * 1000 AS INTEGER))",
        )?;
        let kept = match self.known.entry(tuple) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(if fresh { Vec::new() } else { of_tuple(conn, tuple)? })
            }
        };
        for sentence in sentences {
            let method = sentence.method.as_deref().unwrap_or(IMPORTED);
            let text = Digest::of(&[&sentence.text]);
            let same = kept.iter().filter(|known| known.method == method);
            let (mut ordinal, mut known) = (0_i64, false);
            for other in same {
                ordinal += 1;
                known |= other.text == text;
            }
            if known {
                self.known_again += 1;
                continue;
            }
            insert.execute(params![tuple, method, Paradigm::Imported.name(), ordinal, sentence.text, source])?;
            kept.push(Kept { method: method.to_owned(), text });
            self.new += 1;
        }
        Ok(())
    }

    /// Makes the caches of the tuples anew.
    pub(super) fn close(&self, conn: &Connection) -> Result<(), StoreError> {
        self.known.keys().try_for_each(|&tuple| {
            words::note(conn, tuple)?;
            refresh(conn, tuple)
        })
    }
}

/// Methods and texts of a tuple; a failure counts as an empty text.
fn of_tuple(conn: &Connection, tuple: TupleId) -> Result<Vec<Kept>, StoreError> {
    let mut query = conn.prepare_cached("SELECT method, coalesce(text, '') FROM candidate WHERE tuple_id = ?1")?;
    let rows = query
        .query_map([tuple], |row| Ok(Kept { method: row.get(0)?, text: Digest::of(&[row.get_ref(1)?.as_str()?]) }))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
