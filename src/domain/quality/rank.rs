//! The order of a tuple's candidates: total, deterministic, the same on any machine.

use super::index::Index;
use super::score::{Dimension, Score, ScoreCard};
use crate::domain::dedup;
use crate::domain::id::CandidateId;
use std::cmp::Ordering;

/// What the order is made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Entrant<'a> {
    pub id: CandidateId,
    pub text: &'a str,
    pub card: ScoreCard,
    pub index: Index,
}

/// A candidate in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ranked {
    pub id: CandidateId,
    /// 1 is the best.
    pub place: u32,
    /// The better candidate that this one nearly repeats.
    pub repeats: Option<CandidateId>,
}

/// Orders by SEI, then accuracy, then text, then id; what has no SEI comes last. Near-duplicates of a better
/// candidate keep their score but stand behind all that differ, so that the first three are three.
#[must_use]
pub fn rank(entrants: &[Entrant<'_>]) -> Vec<Ranked> {
    let mut order: Vec<&Entrant<'_>> = entrants.iter().collect();
    order.sort_by(|a, b| compare(a, b));
    let texts: Vec<&str> = order.iter().map(|e| e.text).collect();
    let repeats = dedup::repeats(&texts);
    let (copies, originals): (Vec<usize>, Vec<usize>) = (0..order.len()).partition(|&i| repeats[i].is_some());
    let sequence = originals.into_iter().chain(copies);
    (1..)
        .zip(sequence)
        .map(|(place, i)| Ranked { id: order[i].id, place, repeats: repeats[i].map(|j| order[j].id) })
        .collect()
}

fn compare(a: &Entrant<'_>, b: &Entrant<'_>) -> Ordering {
    let accuracy = |e: &Entrant<'_>| e.card.get(Dimension::Accuracy);
    descending(a.index.value, b.index.value)
        .then_with(|| descending(accuracy(a), accuracy(b)))
        .then_with(|| a.text.cmp(b.text))
        .then_with(|| a.id.cmp(&b.id))
}

fn descending(a: Option<Score>, b: Option<Score>) -> Ordering {
    let value = |score: Option<Score>| score.map_or(-1.0, Score::get);
    value(b).total_cmp(&value(a))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entrant(id: i64, text: &str, sei: Option<f64>, accuracy: f64) -> Entrant<'_> {
        let mut card = ScoreCard::default();
        card.set(Dimension::Accuracy, Score::new(accuracy));
        Entrant { id: CandidateId(id), text, card, index: Index { value: sei.and_then(Score::new), vetoes: vec![] } }
    }

    fn ids(ranked: &[Ranked]) -> Vec<i64> {
        ranked.iter().map(|r| r.id.0).collect()
    }

    #[test]
    fn sei_then_accuracy_then_text() {
        let entrants = [
            entrant(1, "one", None, 1.0),
            entrant(2, "b two", Some(0.5), 0.5),
            entrant(3, "a three", Some(0.5), 0.5),
            entrant(4, "four", Some(0.5), 0.9),
            entrant(5, "five", Some(0.9), 0.1),
        ];
        assert_eq!(ids(&rank(&entrants)), [5, 4, 3, 2, 1]);
    }

    #[test]
    fn repeats_stand_behind_what_differs() {
        let entrants = [
            entrant(1, "Lima is the capital of Peru.", Some(0.9), 1.0),
            entrant(2, "Lima is the capital of Peru", Some(0.8), 1.0),
            entrant(3, "Peru is governed from Lima.", Some(0.7), 1.0),
        ];
        let ranked = rank(&entrants);
        assert_eq!(ids(&ranked), [1, 3, 2]);
        assert_eq!(ranked[2].repeats, Some(CandidateId(1)));
    }

    proptest! {
        #[test]
        fn the_order_does_not_depend_on_the_input_order(
            scores in prop::collection::vec((prop::option::of(0u8..4), 0u8..3, "[ab]{1,3}( [ab]){0,5}"), 0..12),
            turn in 0usize..12,
        ) {
            let mut entrants: Vec<_> = scores.iter().enumerate()
                .map(|(i, (sei, acc, text))| {
                    entrant(i64::try_from(i).unwrap(), text, sei.map(|s| f64::from(s) / 4.0), f64::from(*acc) / 3.0)
                })
                .collect();
            let first = rank(&entrants);
            prop_assert_eq!(first.len(), entrants.len());
            if !entrants.is_empty() {
                let turn = turn % entrants.len();
                entrants.rotate_left(turn);
            }
            entrants.reverse();
            prop_assert_eq!(rank(&entrants), first);
        }
    }
}
