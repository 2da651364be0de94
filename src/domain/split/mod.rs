//! Which split a row goes to: a function of the rows and a seed alone, such that no split gives away another.
//!
//! Rows that share an entity pair or a sentence stay together. On request there are two buckets more: rows of relations
//! that no other split has, and rows of entities that no other split names.

mod fill;
mod groups;
mod plan;

pub use plan::{Plan, REST, SplitError, UNSEEN_ENTITY, UNSEEN_RELATION};

use super::digest::Digest;
use super::mention::fold;
use super::tuple::RelationTuple;
use fill::fill;
use groups::Groups;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// What splitting has to know of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Of the row itself, and of no other.
    pub id: Digest,
    pub relation: String,
    pub pair: Digest,
    pub sentence: Digest,
    /// Head and tail.
    pub ends: [Digest; 2],
}

impl Facts {
    #[must_use]
    pub fn of(tuple: &RelationTuple, sentence: &str) -> Self {
        Self {
            id: tuple.digest(),
            relation: tuple.relation.clone(),
            pair: pair_key(tuple),
            sentence: sentence_key(sentence),
            ends: [entity_key(&tuple.head.name), entity_key(&tuple.tail.name)],
        }
    }
}

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The number of its split in [`Plan::splits`].
    Split(usize),
    /// Published nowhere, and why.
    Dropped(Drop),
}

/// Why a row is published nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Drop {
    /// Its relation has more rows than the cap.
    Cap,
    /// Of a relation that was held out, beyond the size asked for.
    Surplus,
    /// It shares an entity pair or a sentence with a row of a relation that was held out.
    NearHeldOut,
}

impl Drop {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cap => "over the cap of its relation",
            Self::Surplus => "of a held-out relation, beyond the size asked for",
            Self::NearHeldOut => "shares a pair or sentence with a held-out relation",
        }
    }
}

/// The pair of entities without order, case or accents: rows that share it go to the same split.
#[must_use]
pub fn pair_key(tuple: &RelationTuple) -> Digest {
    let (head, tail) = (fold(&tuple.head.name), fold(&tuple.tail.name));
    let (a, b) = if head <= tail { (&head, &tail) } else { (&tail, &head) };
    Digest::of(&[a, b])
}

/// An entity without case or accents.
#[must_use]
pub fn entity_key(name: &str) -> Digest {
    Digest::of(&[&fold(name)])
}

/// A sentence without case, accents, or how its words are spaced.
#[must_use]
pub fn sentence_key(sentence: &str) -> Digest {
    Digest::of(&[&fold(sentence).split_whitespace().collect::<Vec<_>>().join(" ")])
}

/// The place of each row, in their order; which one it is does not depend on that order.
///
/// # Errors
/// More rows asked for than there are, or a size that cannot be had without a leak.
pub fn assign(rows: &[Facts], plan: &Plan) -> Result<Vec<Place>, SplitError> {
    let mut draft = Draft::new(rows, plan.seed);
    if let Some(cap) = plan.cap {
        draft.cap(cap);
    }
    let asked = plan.sizes.iter().map(|(_, size)| *size).chain([plan.unseen_relation, plan.unseen_entity]);
    let asked = asked.fold(0_usize, usize::saturating_add);
    let there = draft.free().count();
    if asked > there {
        return Err(SplitError::TooFew { asked, there });
    }
    let names = plan.splits();
    let number = |name: &str| names.iter().position(|known| known == name).unwrap_or_default();
    if plan.unseen_relation > 0 {
        draft.hold_out_relations(plan.unseen_relation, number(UNSEEN_RELATION))?;
    }
    if plan.unseen_entity > 0 {
        draft.hold_out_entities(plan.unseen_entity, number(UNSEEN_ENTITY))?;
    }
    for (name, size) in &plan.sizes {
        draft.fill(name, *size, number(name))?;
    }
    Ok(draft.places.into_iter().map(|place| place.unwrap_or(Place::Split(0))).collect())
}

/// Splits being made.
struct Draft<'r> {
    rows: &'r [Facts],
    /// `None` for rows that are still to be had.
    places: Vec<Option<Place>>,
    salt: String,
}

impl<'r> Draft<'r> {
    fn new(rows: &'r [Facts], seed: u64) -> Self {
        Self { rows, places: vec![None; rows.len()], salt: seed.to_string() }
    }

    /// Rows without a place.
    fn free(&self) -> impl Iterator<Item = usize> {
        self.places.iter().enumerate().filter(|(_, place)| place.is_none()).map(|(row, _)| row)
    }

    /// Where a key stands in the seeded order.
    fn turn(&self, what: &str, key: &str) -> Digest {
        Digest::of(&[what, &self.salt, key])
    }

    /// Rows by relation, each relation's in seeded order.
    fn by_relation(&self) -> BTreeMap<&'r str, Vec<usize>> {
        let mut relations: BTreeMap<&str, Vec<(Digest, usize)>> = BTreeMap::new();
        for row in self.free() {
            let facts = &self.rows[row];
            let turn = self.turn("row", &facts.id.to_string());
            relations.entry(&facts.relation).or_default().push((turn, row));
        }
        let sorted = |mut rows: Vec<(Digest, usize)>| {
            rows.sort_unstable();
            rows.into_iter().map(|(_, row)| row).collect()
        };
        relations.into_iter().map(|(relation, rows)| (relation, sorted(rows))).collect()
    }

    fn cap(&mut self, cap: usize) {
        for rows in self.by_relation().into_values() {
            for &row in rows.iter().skip(cap) {
                self.places[row] = Some(Place::Dropped(Drop::Cap));
            }
        }
    }

    /// Whole relations, in seeded order, until `size` rows are held out. What is left of the last one, and rows
    /// that would give a held-out row away, are dropped.
    fn hold_out_relations(&mut self, size: usize, split: usize) -> Result<(), SplitError> {
        let mut relations: Vec<(Digest, &str, Vec<usize>)> = self
            .by_relation()
            .into_iter()
            .map(|(relation, rows)| (self.turn("relation", relation), relation, rows))
            .collect();
        relations.sort_unstable();
        let all: usize = relations.iter().map(|(.., rows)| rows.len()).sum();
        let most = all - relations.iter().map(|(.., rows)| rows.len()).min().unwrap_or_default();
        let lengths: Vec<usize> = relations.iter().map(|(.., rows)| rows.len()).collect();
        // Exactly, if whole relations give that; else as many as fit and a part of one more.
        let chosen = fill(&lengths, size).unwrap_or_else(|_| {
            let mut sum = 0;
            let mut chosen = Vec::new();
            for (at, length) in lengths.iter().enumerate() {
                if sum < size && chosen.len() + 1 < lengths.len() {
                    sum += length;
                    chosen.push(at);
                }
            }
            chosen
        });
        let mut held: HashSet<usize> = HashSet::new();
        let mut left = size;
        for at in &chosen {
            for &row in &relations[*at].2 {
                let place = if left > 0 { Place::Split(split) } else { Place::Dropped(Drop::Surplus) };
                left = left.saturating_sub(1);
                if place == Place::Split(split) {
                    held.insert(row);
                }
                self.places[row] = Some(place);
            }
        }
        if left > 0 || chosen.len() == relations.len() {
            return Err(SplitError::Relations { size, there: most });
        }
        let keys = |row: usize| [self.rows[row].pair, self.rows[row].sentence];
        let away: BTreeSet<Digest> = held.iter().flat_map(|&row| keys(row)).collect();
        let near: Vec<usize> = self.free().filter(|&row| keys(row).iter().any(|key| away.contains(key))).collect();
        for row in near {
            self.places[row] = Some(Place::Dropped(Drop::NearHeldOut));
        }
        Ok(())
    }

    /// Rows whose entities no row outside the bucket names.
    fn hold_out_entities(&mut self, size: usize, split: usize) -> Result<(), SplitError> {
        let published = |row: &usize| !matches!(self.places[*row], Some(Place::Dropped(_)));
        let rows: Vec<usize> = (0..self.rows.len()).filter(published).collect();
        let keys = rows.iter().flat_map(|&row| {
            let Facts { ends: [head, tail], sentence, .. } = self.rows[row];
            [(row, head), (row, tail), (row, sentence)]
        });
        let mut groups = Groups::by_keys(self.rows.len(), keys);
        let whole = groups.of(rows.iter().copied());
        let free = whole.into_iter().filter(|rows| rows.iter().all(|&row| self.places[row].is_none())).collect();
        let nearest = |nearest| SplitError::Entities { size, nearest };
        self.take(free, size, split).map_err(nearest)
    }

    /// Rows that share no pair and no sentence with what other splits get.
    fn fill(&mut self, name: &str, size: usize, split: usize) -> Result<(), SplitError> {
        let keys = self.free().flat_map(|row| [(row, self.rows[row].pair), (row, self.rows[row].sentence)]);
        let mut groups = Groups::by_keys(self.rows.len(), keys);
        let free = groups.of(self.free());
        let nearest = |nearest| SplitError::Indivisible { name: name.to_owned(), size, nearest };
        self.take(free, size, split).map_err(nearest)
    }

    /// Takes whole groups in seeded order until the split is exactly full.
    ///
    /// # Errors
    /// The largest size below it that there is.
    fn take(&mut self, groups: Vec<Vec<usize>>, size: usize, split: usize) -> Result<(), usize> {
        let mut order: Vec<(Digest, Vec<usize>)> = groups
            .into_iter()
            .map(|rows| {
                let first = rows.iter().map(|&row| self.rows[row].id).min().unwrap_or(Digest([0; 32]));
                (self.turn("split", &first.to_string()), rows)
            })
            .collect();
        order.sort_unstable();
        let lengths: Vec<usize> = order.iter().map(|(_, rows)| rows.len()).collect();
        for group in fill(&lengths, size)? {
            for &row in &order[group].1 {
                self.places[row] = Some(Place::Split(split));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
