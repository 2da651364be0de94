//! Rows that must stand together: groups that grow when a row has a key in common with one of them.

use crate::domain::digest::Digest;
use std::collections::HashMap;

/// A partition of rows, by union and find.
pub(super) struct Groups {
    parent: Vec<usize>,
}

impl Groups {
    /// Rows are in one group if a chain of shared keys leads from one to the other.
    pub(super) fn by_keys(rows: usize, keys: impl Iterator<Item = (usize, Digest)>) -> Self {
        let mut groups = Self { parent: (0..rows).collect() };
        let mut first: HashMap<Digest, usize> = HashMap::new();
        for (row, key) in keys {
            let other = *first.entry(key).or_insert(row);
            groups.join(row, other);
        }
        groups
    }

    fn root(&mut self, mut row: usize) -> usize {
        while self.parent[row] != row {
            // Paths are halved on the way, so that they stay short.
            self.parent[row] = self.parent[self.parent[row]];
            row = self.parent[row];
        }
        row
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        // Paths stay short enough by halving; the smaller index leads, so that nothing depends on the order of joins.
        self.parent[a.max(b)] = a.min(b);
    }

    /// The groups among `rows`, each with its rows in order.
    pub(super) fn of(&mut self, rows: impl Iterator<Item = usize>) -> Vec<Vec<usize>> {
        let mut members: HashMap<usize, Vec<usize>> = HashMap::new();
        for row in rows {
            members.entry(self.root(row)).or_default().push(row);
        }
        let mut groups: Vec<Vec<usize>> = members.into_values().collect();
        groups.sort_unstable();
        groups
    }
}
