//! Exact sums: which groups fill a split to the row.

use std::collections::BTreeMap;

/// Which groups make up exactly `size` rows; those of length 0 are not to be had. The first that fit, in their order;
/// only where these leave a gap, as many of each length as an exact sum needs, the first of each.
///
/// # Errors
/// The largest sum below `size` that there is.
pub(super) fn fill(lengths: &[usize], size: usize) -> Result<Vec<usize>, usize> {
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

    #[test]
    fn an_exact_sum_is_found_where_the_first_that_fit_leave_a_gap() {
        // 2 first, then 3 does not fit into what is left of 3.
        assert_eq!(fill(&[2, 3], 3), Ok(vec![1]));
        assert_eq!(fill(&[2, 2, 3, 3, 3], 9), Ok(vec![2, 3, 4]));
        assert_eq!(fill(&[0, 2, 2], 3), Err(2));
        assert_eq!(fill(&[5, 7], 4), Err(0));
        assert_eq!(fill(&[1, 1, 1], 2), Ok(vec![0, 1]));
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
    }
}
