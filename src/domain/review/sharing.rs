//! How several people share the tuples of a project: derived from the seed, so that nobody hands anything out.

use crate::domain::digest::Digest;
use crate::domain::id::TupleId;

/// Who shares, and how much is done twice.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sharing {
    pub seed: u64,
    /// Those who share. Nobody named means that everything is everybody's.
    pub people: Vec<String>,
    /// The share of tuples that two people answer, in 0..=1.
    pub overlap: f64,
}

/// What one person is offered, cheap to ask of hundreds of thousands of tuples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portion {
    /// One key for each person.
    keys: Vec<u64>,
    /// This person's among them; `None` for one who is not named.
    mine: Option<usize>,
    twice_key: u64,
    /// Hashes below this are of tuples that two people answer.
    twice_below: u64,
}

impl Sharing {
    /// Which tuples are whose. It depends on the seed, the names and the tuple, not on who came first.
    #[must_use]
    pub fn portion(&self, annotator: &str) -> Portion {
        let key = |role: &str, name: &str| Digest::of(&["share", role, &self.seed.to_string(), name]).as_u64();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 0..=2^64 by the clamp")]
        #[expect(clippy::cast_precision_loss, reason = "the share need not be exact to the last bit")]
        let twice_below = (self.overlap.clamp(0.0, 1.0) * u64::MAX as f64) as u64;
        Portion {
            keys: self.people.iter().map(|name| key("of", name)).collect(),
            mine: self.people.iter().position(|name| name == annotator),
            twice_key: key("twice", ""),
            twice_below,
        }
    }
}

impl Portion {
    /// True if two people answer this tuple.
    #[must_use]
    pub fn is_twice(&self, tuple: TupleId) -> bool {
        self.twice_below > 0 && mixed(self.twice_key, tuple) <= self.twice_below
    }

    /// True if this person is to answer the tuple: one of the one or two whose hashes of it are the highest.
    #[must_use]
    pub fn is_mine(&self, tuple: TupleId) -> bool {
        let Some(mine) = self.mine else { return self.keys.is_empty() };
        let hash = mixed(self.keys[mine], tuple);
        let before = self.keys.iter().filter(|key| mixed(**key, tuple) > hash).count();
        before < if self.is_twice(tuple) { 2 } else { 1 }
    }
}

/// Finaliser of splitmix64 (Steele, Lea, Flood 2014): every bit of either depends on every bit of the key.
fn mixed(key: u64, tuple: TupleId) -> u64 {
    let mut z = key ^ tuple.0.unsigned_abs().wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared(people: &[&str], overlap: f64) -> Sharing {
        Sharing { seed: 7, people: people.iter().map(|&name| name.to_owned()).collect(), overlap }
    }

    #[test]
    fn each_tuple_is_one_persons_or_two_peoples() {
        let names = ["ann", "ben", "cay"];
        let sharing = shared(&names, 0.2);
        let portions = names.map(|name| sharing.portion(name));
        let (mut each, mut twice) = ([0; 3], 0);
        for id in (1..=6_000).map(TupleId) {
            let owners: Vec<usize> = (0..3).filter(|i| portions[*i].is_mine(id)).collect();
            assert_eq!(owners.len(), if portions[0].is_twice(id) { 2 } else { 1 });
            twice += i32::from(owners.len() == 2);
            for i in owners {
                each[i] += 1;
            }
        }
        assert!((1_080..1_320).contains(&twice), "{twice}");
        assert!(each.iter().all(|n| (2_280..2_520).contains(n)), "{each:?}");
    }

    #[test]
    fn with_nobody_named_all_is_everybodys_and_a_stranger_is_owed_nothing() {
        let open = shared(&[], 0.0);
        assert!(
            (1..50).all(|id| open.portion("ann").is_mine(TupleId(id)) && !open.portion("ann").is_twice(TupleId(id)))
        );
        let closed = shared(&["ann", "ben"], 1.0);
        assert!(
            (1..50).all(|id| closed.portion("ann").is_mine(TupleId(id)) && !closed.portion("cay").is_mine(TupleId(id)))
        );
    }

    #[test]
    fn one_more_person_takes_from_all_and_moves_nothing_between_the_others() {
        let (two, three) = (shared(&["ann", "ben"], 0.0), shared(&["ann", "ben", "cay"], 0.0));
        let moved =
            (1..2_000).map(TupleId).filter(|id| !two.portion("ann").is_mine(*id) && three.portion("ann").is_mine(*id));
        assert_eq!(moved.count(), 0);
    }
}
