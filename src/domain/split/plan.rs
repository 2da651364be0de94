//! What was asked for: `test=15000,dev=1000,seed=1,cap=2000`, read from the command line.

use std::str::FromStr;
use thiserror::Error;

/// The split that takes what no other does.
pub const REST: &str = "train";
/// The bucket of relations that no other split has.
pub const UNSEEN_RELATION: &str = "test_unseen_relation";
/// The bucket of entities that no other split names.
pub const UNSEEN_ENTITY: &str = "test_unseen_entity";

/// Sizes in rows. All that is not named goes to `train`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// Split names with their sizes in rows, in the order given.
    pub sizes: Vec<(String, usize)>,
    pub seed: u64,
    /// At most so many rows of a relation are published, over all splits.
    pub cap: Option<usize>,
    /// Rows of [`UNSEEN_RELATION`]; 0 for no such split.
    pub unseen_relation: usize,
    /// Rows of [`UNSEEN_ENTITY`]; 0 for no such split.
    pub unseen_entity: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SplitError {
    #[error("'{0}' is not NAME=NUMBER, as in test=15000,seed=1")]
    Syntax(String),
    #[error("'{0}' is named twice")]
    Twice(String),
    #[error("'{REST}' takes all that the other splits leave; give it no size")]
    Rest,
    #[error("the name '{0}' is not made of letters, digits, '-' and '_'")]
    Name(String),
    #[error("cap=0 would leave no row; give the most rows a relation may have")]
    Cap,
    #[error("{asked} rows are asked for in splits, but only {there} rows are exported; ask for fewer")]
    TooFew { asked: usize, there: usize },
    #[error(
        "split '{name}' cannot have exactly {size} rows: rows that share an entity pair or a sentence would stand in two splits; ask for {nearest}"
    )]
    Indivisible { name: String, size: usize, nearest: usize },
    #[error(
        "split '{UNSEEN_RELATION}' cannot have {size} rows: all relations but one have {there} together, and one has to stay for the other splits"
    )]
    Relations { size: usize, there: usize },
    #[error(
        "split '{UNSEEN_ENTITY}' cannot have exactly {size} rows: their entities would be named in other splits too; ask for {nearest}"
    )]
    Entities { size: usize, nearest: usize },
}

impl Plan {
    /// All splits there may be, `train` first.
    #[must_use]
    pub fn splits(&self) -> Vec<String> {
        let named = self.sizes.iter().map(|(name, _)| name.as_str());
        let buckets = [(self.unseen_relation, UNSEEN_RELATION), (self.unseen_entity, UNSEEN_ENTITY)];
        let buckets = buckets.into_iter().filter(|(size, _)| *size > 0).map(|(_, name)| name);
        std::iter::once(REST).chain(named).chain(buckets).map(str::to_owned).collect()
    }
}

impl FromStr for Plan {
    type Err = SplitError;

    fn from_str(text: &str) -> Result<Self, SplitError> {
        let mut plan = Self::default();
        let mut named: Vec<&str> = Vec::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let syntax = || SplitError::Syntax(part.to_owned());
            let (name, number) = part.split_once('=').ok_or_else(syntax)?;
            let (name, number) = (name.trim(), number.trim());
            let size = || number.parse().map_err(|_| syntax());
            if named.contains(&name) {
                return Err(SplitError::Twice(name.to_owned()));
            }
            named.push(name);
            match name {
                "seed" => plan.seed = number.parse().map_err(|_| syntax())?,
                "cap" if size()? == 0 => return Err(SplitError::Cap),
                "cap" => plan.cap = Some(size()?),
                "unseen_relation" | "unseen-relation" => plan.unseen_relation = size()?,
                "unseen_entity" | "unseen-entity" => plan.unseen_entity = size()?,
                REST => {
                    size()?;
                    return Err(SplitError::Rest);
                }
                UNSEEN_RELATION | UNSEEN_ENTITY => return Err(SplitError::Twice(name.to_owned())),
                _ if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') => {
                    size()?;
                    return Err(SplitError::Name(name.to_owned()));
                }
                _ => plan.sizes.push((name.to_owned(), size()?)),
            }
        }
        Ok(plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_are_read_and_mistakes_named() {
        let plan: Plan = "test=3,dev=2,seed=9,cap=2000,unseen_relation=5".parse().unwrap();
        let sizes = vec![("test".into(), 3), ("dev".into(), 2)];
        assert_eq!(plan, Plan { sizes, seed: 9, cap: Some(2000), unseen_relation: 5, unseen_entity: 0 });
        assert_eq!(plan.splits(), ["train", "test", "dev", "test_unseen_relation"]);
        for bad in ["test", "test=x", "train=3", "test=1,test=2", "../x=1", "=1", "cap=0", "seed=1,seed=2"] {
            assert!(bad.parse::<Plan>().is_err(), "{bad}");
        }
    }
}
