//! Tests of the whole scorer, on sentences of our own.

use super::*;

/// A fact that owns its parts.
pub(super) struct Given {
    tuples: Vec<RelationTuple>,
    relations: Vec<Relation>,
}

impl Given {
    pub(super) fn fact(&self) -> Fact<'_> {
        Fact { tuples: &self.tuples, relations: &self.relations }
    }
}

pub(super) fn given(head: &str, relation: &str, tail: &str) -> Given {
    Given {
        tuples: vec![RelationTuple::new(head, None, relation, tail, None).unwrap()],
        relations: vec![Relation::unknown(relation)],
    }
}
