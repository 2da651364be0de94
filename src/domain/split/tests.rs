//! Tests of splitting: sizes to the row, nothing shared, nothing that depends on the order of rows.

use super::*;
use proptest::prelude::*;

/// A row of a relation between two numbered entities.
fn row(head: u16, relation: u16, tail: u16) -> Facts {
    let tuple = RelationTuple::new(&format!("E{head}"), None, &format!("r{relation}"), &format!("E{tail}"), None);
    let tuple = tuple.unwrap();
    Facts::of(&tuple, &format!("E{head} r{relation} E{tail}."))
}

fn plan(text: &str) -> Plan {
    text.parse().unwrap()
}

/// Rows by split.
fn count(places: &[Place], split: usize) -> usize {
    places.iter().filter(|place| **place == Place::Split(split)).count()
}

#[test]
fn pairs_ignore_order_and_case() {
    let tuple = |head, tail| RelationTuple::new(head, None, "r", tail, None).unwrap();
    assert_eq!(pair_key(&tuple("Málaga", "Spain")), pair_key(&tuple("spain", "Malaga")));
    assert_ne!(pair_key(&tuple("a", "b c")), pair_key(&tuple("a b", "c")));
}

#[test]
fn what_cannot_be_had_is_said() {
    let twins = [row(1, 1, 2), row(1, 2, 2)];
    assert_eq!(assign(&twins, &plan("test=3")), Err(SplitError::TooFew { asked: 3, there: 2 }));
    assert!(matches!(assign(&twins, &plan("test=1")), Err(SplitError::Indivisible { nearest: 0, .. })));
    let one = [row(1, 1, 2), row(3, 1, 4)];
    assert_eq!(assign(&one, &plan("unseen_relation=1")), Err(SplitError::Relations { size: 1, there: 0 }));
    let chain = [row(1, 1, 2), row(2, 1, 3), row(4, 1, 5), row(5, 1, 6)];
    assert_eq!(assign(&chain, &plan("unseen_entity=3")), Err(SplitError::Entities { size: 3, nearest: 2 }));
}

#[test]
fn rows_with_one_sentence_stay_together() {
    let (mut a, mut b) = (row(1, 1, 2), row(3, 1, 4));
    let said = sentence_key("Both are told here.");
    (a.sentence, b.sentence) = (said, said);
    assert!(matches!(assign(&[a, b], &plan("test=1")), Err(SplitError::Indivisible { .. })));
}

#[test]
fn a_cap_drops_what_is_too_much_of_a_relation() {
    let rows: Vec<Facts> = (0..30).map(|i| row(2 * i, i % 2, 2 * i + 1)).collect();
    let places = assign(&rows, &plan("cap=10,test=4")).unwrap();
    assert_eq!((count(&places, 0), count(&places, 1)), (16, 4));
    assert_eq!(places.iter().filter(|place| **place == Place::Dropped(Drop::Cap)).count(), 10);
}

fn rows() -> impl Strategy<Value = Vec<Facts>> {
    let triple = (0_u16..60, 0_u16..8, 0_u16..60).prop_map(|(h, r, t)| (h, r, t));
    prop::collection::btree_set(triple, 60..160).prop_map(|set| set.into_iter().map(|(h, r, t)| row(h, r, t)).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn splits_have_their_size_and_share_nothing(
        rows in rows(), test in 0_usize..12, dev in 0_usize..12, relation in 0_usize..12, cap in 8_usize..40, seed: u64,
    ) {
        let plan = plan(&format!("test={test},dev={dev},unseen_relation={relation},cap={cap},seed={seed}"));
        let Ok(places) = assign(&rows, &plan) else { return Ok(()) };
        let names = plan.splits();
        for (name, size) in [("test", test), ("dev", dev), (UNSEEN_RELATION, relation)] {
            if let Some(split) = names.iter().position(|known| known == name) {
                prop_assert_eq!(count(&places, split), size, "{}", name);
            }
        }
        let placed = || rows.iter().zip(&places).filter_map(|(facts, place)| match place {
            Place::Split(split) => Some((facts, *split)),
            Place::Dropped(_) => None,
        });
        let mut of_key = BTreeMap::new();
        let mut of_relation: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        let mut size_of: BTreeMap<&str, usize> = BTreeMap::new();
        for (facts, split) in placed() {
            for key in [facts.pair, facts.sentence] {
                prop_assert_eq!(*of_key.entry(key).or_insert(split), split);
            }
            of_relation.entry(&facts.relation).or_default().insert(split);
            *size_of.entry(&facts.relation).or_default() += 1;
        }
        prop_assert!(size_of.values().all(|&size| size <= cap));
        if let Some(bucket) = names.iter().position(|name| name == UNSEEN_RELATION) {
            prop_assert!(of_relation.values().all(|splits| !splits.contains(&bucket) || splits.len() == 1));
        }
        let mut turned = rows.clone();
        turned.reverse();
        let mut again = assign(&turned, &plan).unwrap();
        again.reverse();
        prop_assert_eq!(again, places);
    }

    #[test]
    fn unseen_entities_are_named_nowhere_else(
        pairs in prop::collection::btree_set((0_u16..400, 0_u16..400), 80..160), size in 1_usize..6, seed: u64,
    ) {
        let rows: Vec<Facts> = pairs.into_iter().map(|(h, t)| row(h, h % 5, t)).collect();
        let plan = plan(&format!("unseen_entity={size},test=3,seed={seed}"));
        let Ok(places) = assign(&rows, &plan) else { return Ok(()) };
        let bucket = plan.splits().iter().position(|name| name == UNSEEN_ENTITY).unwrap();
        let named = |inside: bool| rows.iter().zip(&places)
            .filter(|(_, place)| (**place == Place::Split(bucket)) == inside)
            .flat_map(|(facts, _)| facts.ends)
            .collect::<BTreeSet<_>>();
        prop_assert_eq!(count(&places, bucket), size);
        prop_assert!(named(true).is_disjoint(&named(false)));
    }
}
