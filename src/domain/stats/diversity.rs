//! Do the sentences of a relation differ: overlap with each other, distinct n-grams, one template's share.

use super::overlap::Grams;
use super::random::SplitMix;
use super::{Undefined, real};
use std::collections::{HashMap, HashSet};

/// Mean chrF of pairs of texts, in 0..=1: high where all are cut from one cloth. At most `pairs` pairs, drawn with
/// `seed`.
///
/// # Errors
/// Fewer than two texts.
pub fn self_chrf(texts: &[&str], pairs: usize, seed: u64) -> Result<f64, Undefined> {
    let n = texts.len();
    if n < 2 {
        return Err(Undefined::TooFew { n, least: 2 });
    }
    let mut drawn: Vec<(usize, usize)> = Vec::new();
    if n * (n - 1) / 2 <= pairs {
        drawn.extend((0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b))));
    } else {
        let mut random = SplitMix::new(seed);
        while drawn.len() < pairs {
            let (a, b) = (random.below(n), random.below(n));
            if a != b {
                drawn.push((a, b));
            }
        }
    }
    let mut grams: HashMap<usize, Grams> = HashMap::new();
    for &(a, b) in &drawn {
        for i in [a, b] {
            grams.entry(i).or_insert_with(|| Grams::of(texts[i]));
        }
    }
    // Either text is once the reference: the mean does not depend on the order.
    let both = |&(a, b): &(usize, usize)| f64::midpoint(grams[&a].chrf(&grams[&b]), grams[&b].chrf(&grams[&a]));
    Ok(drawn.iter().map(both).sum::<f64>() / real(drawn.len()))
}

/// Different n-grams of words as a part of all (Li et al. 2016), in 0..=1.
///
/// # Errors
/// No text of n words.
pub fn distinct(texts: &[&str], n: usize) -> Result<f64, Undefined> {
    let mut words: HashMap<String, usize> = HashMap::new();
    let numbered: Vec<Vec<usize>> = texts
        .iter()
        .map(|text| {
            let number = |word: &str| {
                let next = words.len();
                *words.entry(word.to_lowercase()).or_insert(next)
            };
            text.split_whitespace().map(number).collect()
        })
        .collect();
    let grams = || numbered.iter().flat_map(|text| text.windows(n.max(1)));
    let (all, seen) = (grams().count(), grams().collect::<HashSet<_>>());
    if all == 0 { Err(Undefined::Nothing) } else { Ok(real(seen.len()) / real(all)) }
}

/// How many share the commonest of these forms, and which that is; the first in order of equal ones.
#[must_use]
pub fn commonest<'a>(forms: &[&'a str]) -> Option<(&'a str, usize)> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for form in forms {
        *counts.entry(form).or_default() += 1;
    }
    counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(a.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_overlap_and_strangers_do_not() {
        let copies = ["Lima is the capital of Peru."; 5];
        assert!((self_chrf(&copies, 100, 1).unwrap() - 1.0).abs() < 1e-12);
        let strangers = ["Lima is the capital of Peru.", "Who won?", "xyz"];
        assert!(self_chrf(&strangers, 100, 1).unwrap() < 0.1);
        assert_eq!(self_chrf(&strangers[..1], 100, 1), Err(Undefined::TooFew { n: 1, least: 2 }));
        let many: Vec<&str> = copies.iter().chain(&strangers).copied().cycle().take(100).collect();
        assert_eq!(self_chrf(&many, 20, 9), self_chrf(&many, 20, 9));
    }

    #[test]
    fn grams_and_forms_are_counted() {
        assert_eq!(distinct(&["a b a", "A b"], 1), Ok(0.4));
        assert_eq!(distinct(&["a b a", "A b"], 2), Ok(2.0 / 3.0));
        assert_eq!(distinct(&["a"], 2), Err(Undefined::Nothing));
        assert_eq!(commonest(&["x", "y", "y", "x", "z"]), Some(("x", 2)));
        assert_eq!(commonest(&[]), None);
    }
}
