//! Which split a row goes to: by a stable hash of its entity pair, so that no pair stands in two splits.

use super::digest::Digest;
use super::mention::fold;
use super::tuple::RelationTuple;
use std::collections::BTreeMap;
use std::str::FromStr;
use thiserror::Error;

/// What was asked for: `test=15000,dev=1000,seed=1`. All that is not named goes to `train`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// Split names with their sizes in rows, in the order given.
    pub sizes: Vec<(String, usize)>,
    pub seed: u64,
}

/// The split that takes what no other does.
pub const REST: &str = "train";

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SplitError {
    #[error("'{0}' is not NAME=NUMBER, as in test=15000,seed=1")]
    Syntax(String),
    #[error("split '{0}' is named twice")]
    Twice(String),
    #[error("'{REST}' takes all that the other splits leave; give it no size")]
    Rest,
    #[error("the name '{0}' is not made of letters, digits, '-' and '_'")]
    Name(String),
    #[error("{asked} rows are asked for in splits, but only {there} rows are exported; ask for fewer")]
    TooFew { asked: usize, there: usize },
    #[error(
        "split '{name}' cannot have exactly {size} rows: an entity pair with several rows would stand in two splits; ask for {nearest}"
    )]
    Indivisible { name: String, size: usize, nearest: usize },
}

impl FromStr for Plan {
    type Err = SplitError;

    fn from_str(text: &str) -> Result<Self, SplitError> {
        let mut plan = Self::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let syntax = || SplitError::Syntax(part.to_owned());
            let (name, number) = part.split_once('=').ok_or_else(syntax)?;
            let name = name.trim();
            if name == "seed" {
                plan.seed = number.trim().parse().map_err(|_| syntax())?;
                continue;
            }
            let size = number.trim().parse().map_err(|_| syntax())?;
            if name == REST {
                return Err(SplitError::Rest);
            }
            if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
                return Err(SplitError::Name(name.to_owned()));
            }
            if plan.sizes.iter().any(|(known, _)| known == name) {
                return Err(SplitError::Twice(name.to_owned()));
            }
            plan.sizes.push((name.to_owned(), size));
        }
        Ok(plan)
    }
}

/// The pair of entities without order, case or accents: rows that share it go to the same split.
#[must_use]
pub fn pair_key(tuple: &RelationTuple) -> Digest {
    let (head, tail) = (fold(&tuple.head.name), fold(&tuple.tail.name));
    let (a, b) = if head <= tail { (&head, &tail) } else { (&tail, &head) };
    Digest::of(&[a, b])
}

/// The split of each row, by the rows' [`pair_key`]s: a function of keys and plan alone.
///
/// Pairs are walked in the order of a seeded hash; each split takes whole pairs until it is exactly full.
///
/// # Errors
/// More rows asked for than there are, or a size that whole pairs cannot fill.
pub fn assign(keys: &[Digest], plan: &Plan) -> Result<Vec<String>, SplitError> {
    let asked = plan.sizes.iter().fold(0_usize, |sum, (_, size)| sum.saturating_add(*size));
    if asked > keys.len() {
        return Err(SplitError::TooFew { asked, there: keys.len() });
    }
    let mut groups: BTreeMap<Digest, Vec<usize>> = BTreeMap::new();
    for (row, key) in keys.iter().enumerate() {
        groups.entry(*key).or_default().push(row);
    }
    let salt = plan.seed.to_string();
    let mut order: Vec<(Digest, Vec<usize>)> =
        groups.into_iter().map(|(key, rows)| (Digest::of(&["split", &salt, &key.to_string()]), rows)).collect();
    order.sort_unstable();
    let mut splits = vec![REST.to_owned(); keys.len()];
    let mut taken = vec![false; order.len()];
    for (name, size) in &plan.sizes {
        let lengths: Vec<usize> =
            order.iter().zip(&taken).map(|((_, rows), taken)| if *taken { 0 } else { rows.len() }).collect();
        let chosen = fill(&lengths, *size).map_err(|nearest| SplitError::Indivisible {
            name: name.clone(),
            size: *size,
            nearest,
        })?;
        for group in chosen {
            taken[group] = true;
            for &row in &order[group].1 {
                splits[row].clone_from(name);
            }
        }
    }
    Ok(splits)
}

/// Which groups make up exactly `size` rows; those of length 0 are not to be had. The first that fit, in their order;
/// only where these leave a gap, as many of each length as an exact sum needs, the first of each.
///
/// # Errors
/// The largest sum below `size` that there is.
fn fill(lengths: &[usize], size: usize) -> Result<Vec<usize>, usize> {
    let mut filled = 0;
    let mut chosen = Vec::new();
    for (group, &length) in lengths.iter().enumerate() {
        if length > 0 && filled + length <= size {
            filled += length;
            chosen.push(group);
        }
    }
    if filled == size {
        return Ok(chosen);
    }
    let mut stock: BTreeMap<usize, usize> = BTreeMap::new();
    for &length in lengths.iter().filter(|&&length| length > 0 && length <= size) {
        *stock.entry(length).or_default() += 1;
    }
    // For each length in turn, how many of it a sum takes at least, given those before; `None` is out of reach.
    let mut reach: Vec<Option<usize>> = vec![None; size + 1];
    reach[0] = Some(0);
    let mut steps = Vec::with_capacity(stock.len());
    for (&length, &count) in &stock {
        let mut used: Vec<Option<usize>> = reach.iter().map(|before| before.map(|_| 0)).collect();
        for sum in length..=size {
            if used[sum].is_none() {
                used[sum] = used[sum - length].filter(|&n| n < count).map(|n| n + 1);
            }
        }
        reach.clone_from(&used);
        steps.push((length, used));
    }
    if reach[size].is_none() {
        return Err(reach.iter().rposition(Option::is_some).unwrap_or(0));
    }
    let mut wanted: BTreeMap<usize, usize> = BTreeMap::new();
    let mut left = size;
    for (length, used) in steps.iter().rev() {
        let n = used[left].unwrap_or(0);
        wanted.insert(*length, n);
        left -= n * length;
    }
    let mut chosen = Vec::new();
    for (group, length) in lengths.iter().enumerate() {
        if let Some(n) = wanted.get_mut(length).filter(|n| **n > 0) {
            *n -= 1;
            chosen.push(group);
        }
    }
    Ok(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keys(names: &[u16]) -> Vec<Digest> {
        names.iter().map(|n| Digest::of(&[&n.to_string()])).collect()
    }

    #[test]
    fn plans_are_read_and_mistakes_named() {
        let plan: Plan = "test=3,dev=2,seed=9".parse().unwrap();
        assert_eq!(plan, Plan { sizes: vec![("test".into(), 3), ("dev".into(), 2)], seed: 9 });
        for bad in ["test", "test=x", "train=3", "test=1,test=2", "../x=1", "=1"] {
            assert!(bad.parse::<Plan>().is_err(), "{bad}");
        }
    }

    #[test]
    fn pairs_ignore_order_and_case() {
        let tuple = |head, tail| RelationTuple::new(head, None, "r", tail, None).unwrap();
        assert_eq!(pair_key(&tuple("Málaga", "Spain")), pair_key(&tuple("spain", "Malaga")));
        assert_ne!(pair_key(&tuple("a", "b c")), pair_key(&tuple("a b", "c")));
    }

    #[test]
    fn an_exact_sum_is_found_where_the_first_that_fit_leave_a_gap() {
        // 2 first, then 3 does not fit into what is left of 3.
        assert_eq!(fill(&[2, 3], 3), Ok(vec![1]));
        assert_eq!(fill(&[2, 2, 3, 3, 3], 9), Ok(vec![2, 3, 4]));
        assert_eq!(fill(&[0, 2, 2], 3), Err(2));
        assert_eq!(fill(&[5, 7], 4), Err(0));
        assert_eq!(fill(&[1, 1, 1], 2), Ok(vec![0, 1]));
    }

    #[test]
    fn what_cannot_be_had_is_said() {
        let plan = |text: &str| text.parse::<Plan>().unwrap();
        assert_eq!(assign(&keys(&[1, 2]), &plan("test=3")), Err(SplitError::TooFew { asked: 3, there: 2 }));
        assert!(matches!(assign(&keys(&[1, 1]), &plan("test=1")), Err(SplitError::Indivisible { nearest: 0, .. })));
    }

    proptest! {
        #[test]
        fn filling_agrees_with_trying_every_choice(lengths in prop::collection::vec(0usize..6, 0..10), size in 0usize..20) {
            let sums: Vec<usize> = (0..1_u32 << lengths.len())
                .map(|choice| (0..lengths.len()).filter(|at| choice >> at & 1 == 1).map(|at| lengths[at]).sum())
                .collect();
            match fill(&lengths, size) {
                Ok(chosen) => {
                    prop_assert_eq!(chosen.iter().map(|&at| lengths[at]).sum::<usize>(), size);
                    prop_assert!(chosen.windows(2).all(|two| two[0] < two[1]));
                    prop_assert!(chosen.iter().all(|&at| lengths[at] > 0));
                }
                Err(nearest) => {
                    prop_assert!(!sums.contains(&size));
                    prop_assert_eq!(Some(nearest), sums.into_iter().filter(|&sum| sum < size).max());
                }
            }
        }

        #[test]
        fn splits_have_their_size_share_no_pair_and_do_not_depend_on_row_order(
            names in prop::collection::vec(0u16..400, 60..200), test in 0usize..20, dev in 0usize..20, seed: u64,
        ) {
            let plan = Plan { sizes: vec![("test".into(), test), ("dev".into(), dev)], seed };
            let keys = keys(&names);
            let splits = assign(&keys, &plan).unwrap();
            prop_assert_eq!(splits.iter().filter(|s| *s == "test").count(), test);
            prop_assert_eq!(splits.iter().filter(|s| *s == "dev").count(), dev);
            let mut of_pair = BTreeMap::new();
            for (key, split) in keys.iter().zip(&splits) {
                prop_assert_eq!(of_pair.entry(*key).or_insert_with(|| split.clone()), split);
            }
            let mut turned = keys.clone();
            turned.reverse();
            let mut again = assign(&turned, &plan).unwrap();
            again.reverse();
            prop_assert_eq!(again, splits);
        }
    }
}
