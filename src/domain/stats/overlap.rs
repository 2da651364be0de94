//! How much one text has of another: chrF, sentence BLEU and ROUGE-L.

use std::collections::HashMap;

/// A text's character n-grams of one to six, spaces left out, as hashes in rising order by length of gram: made
/// once, compared often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grams([Vec<u64>; 6]);

impl Grams {
    #[must_use]
    pub fn of(text: &str) -> Self {
        let characters: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
        Self(std::array::from_fn(|order| {
            let mut grams: Vec<u64> = characters.windows(order + 1).map(hash).collect();
            grams.sort_unstable();
            grams
        }))
    }

    /// chrF (Popović 2015) of this text against a reference, beta 2, in 0..=1: as sacreBLEU's, orders that either
    /// text is too short for left out.
    #[must_use]
    pub fn chrf(&self, reference: &Self) -> f64 {
        let (mut precision, mut recall, mut orders) = (0.0, 0.0, 0.0);
        for (own, other) in self.0.iter().zip(&reference.0) {
            if own.is_empty() || other.is_empty() {
                continue;
            }
            let shared = super::real(common(own, other));
            precision += shared / super::real(own.len());
            recall += shared / super::real(other.len());
            orders += 1.0;
        }
        if orders == 0.0 || precision + recall == 0.0 {
            return 0.0;
        }
        let (precision, recall) = (precision / orders, recall / orders);
        5.0 * precision * recall / (4.0 * precision + recall)
    }
}

/// FNV-1a over the characters: grams of six characters of one sentence do not collide in practice.
fn hash(gram: &[char]) -> u64 {
    gram.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &c| (hash ^ u64::from(c)).wrapping_mul(0x0100_0000_01b3))
}

/// How many two sorted lists share, repetitions counted.
fn common(a: &[u64], b: &[u64]) -> usize {
    let (mut i, mut j, mut shared) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => (i, j, shared) = (i + 1, j + 1, shared + 1),
        }
    }
    shared
}

/// Words and punctuation marks apart, as far as mteval's 13a tokeniser does it for English.
#[must_use]
pub fn tokens(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let digit = |at: Option<usize>| at.and_then(|at| characters.get(at)).is_some_and(char::is_ascii_digit);
    let mut spaced = String::new();
    for (at, &c) in characters.iter().enumerate() {
        let alone = match c {
            '.' | ',' => !(digit(at.checked_sub(1)) && digit(Some(at + 1))),
            '-' => digit(at.checked_sub(1)),
            '\'' => false,
            c => c.is_ascii_punctuation(),
        };
        if alone {
            spaced.extend([' ', c, ' ']);
        } else {
            spaced.push(c);
        }
    }
    spaced.split_whitespace().map(str::to_owned).collect()
}

/// Sentence BLEU (Papineni et al. 2002) in 0..=1 over references: orders up to four that the text has, zero counts
/// smoothed exponentially, as sacreBLEU with `effective_order`.
#[must_use]
pub fn bleu(text: &[String], references: &[Vec<String>]) -> f64 {
    let (mut logs, mut orders, mut smooth) = (0.0, 0.0, 1.0);
    for order in 1..=4 {
        let own = counts(text, order);
        let total: usize = own.values().sum();
        if total == 0 {
            break;
        }
        let others: Vec<_> = references.iter().map(|reference| counts(reference, order)).collect();
        let most = |gram: &[String]| others.iter().map(|other| other.get(gram).copied().unwrap_or(0)).max();
        let shared: usize = own.iter().map(|(gram, &n)| n.min(most(gram).unwrap_or(0))).sum();
        let matched = if shared == 0 {
            smooth *= 2.0;
            1.0 / smooth
        } else {
            super::real(shared)
        };
        if order == 1 && shared == 0 {
            return 0.0;
        }
        logs += (matched / super::real(total)).ln();
        orders += 1.0;
    }
    let length = text.len();
    let nearest = references.iter().map(Vec::len).min_by_key(|&other| (other.abs_diff(length), other));
    let Some(nearest) = nearest.filter(|_| orders > 0.0) else { return 0.0 };
    let brevity = if length < nearest { (1.0 - super::real(nearest) / super::real(length)).exp() } else { 1.0 };
    let geometric: f64 = (logs / orders).exp();
    brevity * geometric
}

fn counts(tokens: &[String], order: usize) -> HashMap<&[String], usize> {
    let mut counts = HashMap::new();
    tokens.windows(order).for_each(|gram| *counts.entry(gram).or_default() += 1);
    counts
}

/// ROUGE-L (Lin 2004) in 0..=1: the harmonic mean of the longest common subsequence's part of either text.
#[must_use]
pub fn rouge_l(text: &[String], reference: &[String]) -> f64 {
    let mut row = vec![0_usize; reference.len() + 1];
    for word in text {
        let mut diagonal = 0;
        for (k, other) in reference.iter().enumerate() {
            let above = row[k + 1];
            row[k + 1] = if word == other { diagonal + 1 } else { above.max(row[k]) };
            diagonal = above;
        }
    }
    let shared = super::real(row[reference.len()]);
    if shared == 0.0 {
        return 0.0;
    }
    2.0 * shared / super::real(text.len() + reference.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// sacreBLEU 2.6: `CHRF().sentence_score`, `BLEU(effective_order=True).sentence_score`.
    #[test]
    fn scores_equal_sacrebleus() {
        let golden = [
            (
                "Alan Turing studied at King's College, Cambridge.",
                "Alan Turing attended King's College, Cambridge.",
                75.990_913,
                51.334_505,
            ),
            ("Lima is the capital of Peru.", "Peru is governed from Lima.", 20.289_228, 9.287_529),
            ("The cat sat.", "A dog ran away fast.", 6.838_553, 9.688_465),
            ("a b c d e", "a b c d e", 100.0, 100.0),
        ];
        for (text, reference, chrf, expected) in golden {
            let found = 100.0 * Grams::of(text).chrf(&Grams::of(reference));
            assert!((found - chrf).abs() < 1e-4, "{text}: chrF {found} is not {chrf}");
            let found = 100.0 * bleu(&tokens(text), &[tokens(reference)]);
            assert!((found - expected).abs() < 1e-4, "{text}: BLEU {found} is not {expected}");
        }
        assert_eq!(Grams::of("").chrf(&Grams::of("a")), 0.0);
        assert_eq!(bleu(&[], &[tokens("a")]), 0.0);
    }

    #[test]
    fn the_longest_common_subsequence() {
        // Lin 2004, section 2: "police kill the gunman" against "police killed the gunman".
        let words = |text: &str| tokens(text);
        assert!((rouge_l(&words("police kill the gunman"), &words("police killed the gunman")) - 0.75).abs() < 1e-12);
        assert!((rouge_l(&words("the gunman kill police"), &words("police killed the gunman")) - 0.5).abs() < 1e-12);
        assert_eq!(rouge_l(&words("x"), &words("y")), 0.0);
    }
}
