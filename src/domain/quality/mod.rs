//! The five dimensions of the Sentence Evaluation Index, their combination, and the order they give.

pub mod index;
pub mod rank;
pub mod rubric;
pub mod score;

pub use index::{Index, Policy, Veto};
pub use rank::{Ranked, rank};
pub use score::{Dimension, Score, ScoreCard};
