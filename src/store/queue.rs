//! What to work on next: the most uncertain tuple to review, the next drawn sentence to verify, the neighbour
//! in a list.

use super::Db;
use super::error::StoreError;
use super::filter::{self, Clause};
use super::pages::{Key, Sort};
use crate::domain::TupleId;
use crate::domain::digest::Digest;
use crate::domain::filter::{Filter, Test};
use crate::domain::review::{Sharing, Status};
use rusqlite::{params, params_from_iter};

/// Which way to walk a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Next,
    Previous,
}

/// Which tuples one is after.
type Wanted<'a> = &'a dyn Fn(TupleId) -> bool;

/// The annotator skipped the tuple, and did not take that back.
const SKIPPED: &str = "EXISTS (SELECT 1 FROM decision d
    WHERE d.tuple_id = t.id AND d.annotator = ? AND d.kind = 'skip'
    AND (SELECT u.kind FROM decision u
         WHERE u.tuple_id = t.id AND u.target = d.id AND u.kind IN ('undo', 'redo')
         ORDER BY u.id DESC LIMIT 1) IS NOT 'undo')";

/// Tuples that one person answered, and not this one.
fn answered_once(annotator: &str) -> Clause {
    let mut clause = Clause::default();
    let by_another =
        "t.answers = 1 AND NOT EXISTS (SELECT 1 FROM answer a WHERE a.tuple_id = t.id AND a.annotator = ?)";
    clause.and(by_another, [annotator.to_owned()]);
    clause
}

impl Db {
    /// The next tuple to review, the most uncertain first, never any of `skip`: second opinions that this annotator
    /// is to give, their own portion of what is ranked, then what others left, and last what they skipped. `None` if
    /// nothing waits. Whose answer it is that a second opinion stands beside is not told.
    pub fn next_for_review(
        &self,
        annotator: &str,
        sharing: &Sharing,
        skip: &[TupleId],
    ) -> Result<Option<TupleId>, StoreError> {
        let portion = sharing.portion(annotator);
        let mine = |id| portion.is_mine(id);
        let anyone = |_| true;
        let second = |id| portion.is_twice(id);
        let second_mine = |id| portion.is_twice(id) && portion.is_mine(id);
        let asked_twice = sharing.overlap > 0.0;
        let shared = !sharing.people.is_empty();
        // Which tuples, whose, and whether those that this annotator skipped.
        let passes: [(bool, bool, Wanted<'_>, bool); 6] = [
            (asked_twice, true, &second_mine, false),
            (shared, false, &mine, false),
            (true, false, &anyone, false),
            (asked_twice && shared, true, &second, false),
            (asked_twice, true, &second, true),
            (true, false, &anyone, true),
        ];
        for (_, again, wanted, skipped) in passes.into_iter().filter(|(worthwhile, ..)| *worthwhile) {
            let mut clause =
                if again { answered_once(annotator) } else { filter::of_tuples(&Test::Status(Status::Ranked).into()) };
            clause.and(&format!("{}{SKIPPED}", if skipped { "" } else { "NOT " }), [annotator.to_owned()]);
            if let Some(id) = self.first(&clause, skip, wanted)? {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// The most uncertain tuple that is wanted and not among `without`.
    fn first(
        &self,
        clause: &Clause,
        without: &[TupleId],
        wanted: impl Fn(TupleId) -> bool,
    ) -> Result<Option<TupleId>, StoreError> {
        // Walked by the index, and left at the first that is wanted. What has no margin is walked on its own, last.
        let mut without_margin = clause.clone();
        without_margin.and("t.margin IS NULL", [] as [i64; 0]);
        let mut with_margin = clause.clone();
        with_margin.and("t.margin IS NOT NULL", [] as [i64; 0]);
        for (clause, order) in [(with_margin, "t.margin, t.id"), (without_margin, "t.id")] {
            let sql = format!("SELECT t.id FROM tuple t WHERE {} ORDER BY {order}", clause.sql);
            let mut query = self.conn.prepare_cached(&sql)?;
            let mut rows = query.query(params_from_iter(clause.params))?;
            while let Some(row) = rows.next()? {
                let id = row.get(0)?;
                if !without.contains(&id) && wanted(id) {
                    return Ok(Some(id));
                }
            }
        }
        Ok(None)
    }

    /// The tuple before or behind another in a list, which need not hold that one itself.
    pub fn neighbour(
        &self,
        filter: &Filter,
        sort: Sort,
        of: TupleId,
        direction: Direction,
    ) -> Result<Option<TupleId>, StoreError> {
        let Some(row) = self.tuple(of)? else { return Ok(None) };
        let rows = self.scan(&self.listed(filter)?, sort, Some(&Key::of(&row, sort)), direction, 1)?;
        Ok(rows.first().map(|row| row.id))
    }

    /// The next tuple whose sentence this annotator has not judged: those that others decided before their own,
    /// in an order that depends on the facts and the seed alone. Never one of `skip`.
    pub fn next_to_verify(&self, annotator: &str, seed: u64, skip: &[TupleId]) -> Result<Option<TupleId>, StoreError> {
        let (own, others): (Vec<_>, Vec<_>) = self.choosers()?.into_iter().partition(|chooser| chooser == annotator);
        for choosers in [others, own] {
            let mut found = None;
            self.draw(&choosers, Some(annotator), seed, |id| {
                found = Some(id).filter(|id| !skip.contains(id));
                found.is_none()
            })?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// The first tuples of the order of verification, whoever decided and judged them.
    pub fn verification_sample(&self, seed: u64, size: usize) -> Result<Vec<TupleId>, StoreError> {
        let mut sample = Vec::new();
        self.draw(&self.choosers()?, None, seed, |id| {
            if sample.len() < size {
                sample.push(id);
            }
            sample.len() < size
        })?;
        Ok(sample)
    }

    /// Who chose sentences that stand: walks the index from one name to the next.
    fn choosers(&self) -> Result<Vec<String>, StoreError> {
        let mut query = self.conn.prepare_cached(
            "WITH RECURSIVE a (name) AS (
                 SELECT min(annotator) FROM settled
                 UNION ALL SELECT (SELECT min(annotator) FROM settled WHERE annotator > a.name) FROM a
                     WHERE a.name IS NOT NULL)
             SELECT name FROM a WHERE name IS NOT NULL",
        )?;
        let names = query.query_map([], |row| row.get(0))?;
        Ok(names.collect::<Result<_, _>>()?)
    }

    /// Hands out these people's sentences in the seed's order as long as `more` says so, without those that
    /// `unjudged_by` judged. The order is shuffled in two steps, so that the next one is found without sorting
    /// all: blocks of draws by the seed's hash of the block, and within a block by that of the draw.
    fn draw(
        &self,
        choosers: &[String],
        unjudged_by: Option<&str>,
        seed: u64,
        mut more: impl FnMut(TupleId) -> bool,
    ) -> Result<(), StoreError> {
        let seed = seed.to_string();
        let mut blocks: Vec<i64> = (0..BLOCKS).collect();
        blocks.sort_by_cached_key(|block| Digest::of(&["verify", &seed, "block", &block.to_string()]));
        let mut query = self.conn.prepare_cached(
            "SELECT x.draw, x.tuple_id FROM settled x WHERE x.annotator = ?1 AND x.draw BETWEEN ?2 AND ?3
             AND NOT EXISTS (SELECT 1 FROM verdict v WHERE v.tuple_id = x.tuple_id AND v.annotator = ?4)",
        )?;
        for block in blocks {
            let (first, last) = (block << BLOCK_BITS, (block << BLOCK_BITS) | ((1 << BLOCK_BITS) - 1));
            let mut drawn: Vec<(Digest, TupleId)> = Vec::new();
            for chooser in choosers {
                let rows = query.query_map(params![chooser, first, last, unjudged_by], |row| {
                    let draw: i64 = row.get(0)?;
                    Ok((Digest::of(&["verify", &seed, &draw.to_string()]), row.get(1)?))
                })?;
                for row in rows {
                    drawn.push(row?);
                }
            }
            drawn.sort_unstable();
            for (_, id) in drawn {
                if !more(id) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// Blocks of the order of verification: few enough to look into all, many enough that one is soon sorted.
const BLOCKS: i64 = 256;
/// A draw has 63 bits, of which the first eight name its block.
const BLOCK_BITS: u32 = 55;
