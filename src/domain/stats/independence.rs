//! Does a method do better on some relations than on others: a table of counts tested against independence.

use super::random::SplitMix;
use super::{Undefined, real};
use statrs::distribution::{ChiSquared, ContinuousCDF as _};

/// Pearson's test of a table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Test {
    pub statistic: f64,
    pub freedom: usize,
    pub p: f64,
    /// True if `p` comes from permutations, the table being too thin for the chi-squared distribution.
    pub permuted: bool,
    /// Cramér's V with Bergsma's correction (2013): 0 independent, 1 determined.
    pub strength: f64,
    pub n: usize,
}

const PERMUTATIONS: usize = 500;

/// Tests whether rows and columns are independent; empty rows and columns are left out. Where Cochran's rule (1954:
/// none expected below 1, a fifth below 5) does not hold, `p` is by permutations drawn with `seed`.
///
/// # Errors
/// Fewer than two rows or columns with counts.
pub fn test(table: &[Vec<usize>], seed: u64) -> Result<Test, Undefined> {
    let width = table.iter().map(Vec::len).max().unwrap_or(0);
    let cell = |row: &Vec<usize>, k: usize| row.get(k).copied().unwrap_or(0);
    let filled: Vec<usize> = (0..width).filter(|&k| table.iter().any(|row| cell(row, k) > 0)).collect();
    let rows = table.iter().map(|row| filled.iter().map(|&k| cell(row, k)).collect::<Vec<usize>>());
    let rows: Vec<Vec<usize>> = rows.filter(|row| row.iter().any(|&count| count > 0)).collect();
    let (r, c) = (rows.len(), filled.len());
    if r < 2 || c < 2 {
        return Err(Undefined::Constant);
    }
    let row_sums: Vec<usize> = rows.iter().map(|row| row.iter().sum()).collect();
    let column_sums: Vec<usize> = (0..c).map(|k| rows.iter().map(|row| row[k]).sum()).collect();
    let n: usize = row_sums.iter().sum();
    let expected = |i: usize, k: usize| real(row_sums[i]) * real(column_sums[k]) / real(n);
    let statistic = |rows: &[Vec<usize>]| -> f64 {
        let cells = rows.iter().enumerate().flat_map(|(i, row)| row.iter().enumerate().map(move |(k, &x)| (i, k, x)));
        cells.map(|(i, k, x)| (real(x) - expected(i, k)).powi(2) / expected(i, k)).sum()
    };
    let found = statistic(&rows);
    let freedom = (r - 1) * (c - 1);
    let all: Vec<f64> = (0..r).flat_map(|i| (0..c).map(move |k| (i, k))).map(|(i, k)| expected(i, k)).collect();
    let thin = all.iter().filter(|e| **e < 5.0).count() * 5 > all.len() || all.iter().any(|e| *e < 1.0);
    let p = if thin {
        let mut labels: Vec<usize> = (0..c).flat_map(|k| std::iter::repeat_n(k, column_sums[k])).collect();
        let mut random = SplitMix::new(seed);
        let mut extreme = 0;
        for _ in 0..PERMUTATIONS {
            random.shuffle(&mut labels);
            let mut drawn = vec![vec![0; c]; r];
            let mut at = 0;
            for (row, &sum) in drawn.iter_mut().zip(&row_sums) {
                labels[at..at + sum].iter().for_each(|&k| row[k] += 1);
                at += sum;
            }
            extreme += usize::from(statistic(&drawn) >= found - 1e-9);
        }
        real(extreme + 1) / real(PERMUTATIONS + 1)
    } else {
        1.0 - ChiSquared::new(real(freedom)).map_err(|_| Undefined::Contradiction)?.cdf(found)
    };
    let phi = (found / real(n) - real(freedom) / real(n - 1).max(1.0)).max(0.0);
    let shrunk = |k: usize| real(k) - real(k - 1).powi(2) / real(n - 1).max(1.0);
    let reach = shrunk(r).min(shrunk(c)) - 1.0;
    let strength = if reach > 0.0 { (phi / reach).sqrt().min(1.0) } else { 0.0 };
    Ok(Test { statistic: found, freedom, p, permuted: thin, strength, n })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// scipy 1.17's `chi2_contingency`.
    #[test]
    fn the_test_equals_scipys() {
        let found = test(&[vec![20, 15, 5], vec![10, 25, 12], vec![0, 0, 0]], 1).unwrap();
        assert!((found.statistic - 8.205_589_017_5).abs() < 1e-9, "{found:?}");
        assert_eq!((found.freedom, found.permuted, found.n), (2, false, 87));
        assert!((found.p - 0.016_526_427_6).abs() < 1e-9, "{found:?}");
        assert!(found.strength > 0.2 && found.strength < 0.3);
    }

    #[test]
    fn thin_tables_are_permuted() {
        let same = test(&[vec![3, 3], vec![3, 3]], 1).unwrap();
        assert!(same.permuted && same.p > 0.9 && same.strength == 0.0, "{same:?}");
        let apart = test(&[vec![8, 0], vec![0, 8]], 1).unwrap();
        assert!(apart.p < 0.01 && apart.strength > 0.9, "{apart:?}");
        assert_eq!(test(&[vec![1, 2], vec![0, 0]], 1), Err(Undefined::Constant));
    }
}
