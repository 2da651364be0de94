//! Which models judged a sentence: measurements of one are worth little beside those of another.

use serde::{Deserialize, Serialize};

/// The first 12 digits of the digest of each model that answered, `None` of one that did not.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judges {
    /// Of the model that is asked how likely a sentence is after its fact, or by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Of the adapter that writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tuned: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub critic: Option<String>,
}

impl Judges {
    #[must_use]
    pub fn nobody(&self) -> bool {
        *self == Self::default()
    }
}
