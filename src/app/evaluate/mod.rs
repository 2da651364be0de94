//! Is a split learnable, too easy, or broken? Relations classified by baselines, from a guess to a language model.

mod data;
mod floor;
mod linear;
mod llm;
mod measure;

pub use data::DataError;
pub use measure::{Confusion, Estimate, Figures};

use crate::domain::relation::Catalogue;
use crate::jobs::{Cancel, Engine, EngineError};
use data::{Data, Example};
use std::fmt;
use std::path::Path;
use thiserror::Error;

/// A way to say the relation of a sentence, given its two entities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Baseline {
    /// The relation that is most frequent in the training split.
    Majority,
    /// The relation whose template, or whose training sentence, is the sentence but for the entities.
    Template,
    /// Softmax regression on n-grams of the masked sentence.
    LogReg,
    /// Type-compatible relations by likelihood, without an example.
    Llm,
    /// The same after four examples.
    LlmFew,
}

impl Baseline {
    pub const ALL: [Self; 5] = [Self::Majority, Self::Template, Self::LogReg, Self::Llm, Self::LlmFew];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Majority => "majority",
            Self::Template => "template",
            Self::LogReg => "logreg",
            Self::Llm => "llm",
            Self::LlmFew => "llm-few",
        }
    }

    #[must_use]
    pub fn asks_model(self) -> bool {
        matches!(self, Self::Llm | Self::LlmFew)
    }
}

impl fmt::Display for Baseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What is to be evaluated.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    pub baselines: Vec<Baseline>,
    pub train: String,
    pub test: String,
    pub seed: u64,
    /// Rows of the test split that a language model is asked about.
    pub asked: usize,
}

/// What came out.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    pub train_rows: usize,
    pub test_rows: usize,
    pub relations: usize,
    /// Test rows whose relation no training row has: nothing that learns can get them right.
    pub unseen: usize,
    pub results: Vec<(Baseline, Figures)>,
    pub verdict: Verdict,
}

/// What the figures say of the split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Too few figures, or too few rows.
    Unknown,
    /// Words tell no more of the relation than its frequency.
    Broken,
    /// Sentences of the test split stand in training but for the entities.
    TooEasy,
    Learnable,
}

impl Verdict {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Broken => "broken",
            Self::TooEasy => "too-easy",
            Self::Learnable => "learnable",
        }
    }

    /// Why, in a sentence.
    #[must_use]
    pub fn told(self) -> &'static str {
        match self {
            Self::Unknown => "majority, template and logreg are needed for a verdict, on at least 30 test rows",
            Self::Broken => "broken: words tell no more of the relation than its frequency; look at the sentences",
            Self::TooEasy => "too easy: sentence patterns of the training split give most of the test split away",
            Self::Learnable => "learnable: more than a guess, and more than patterns that repeat",
        }
    }
}

/// Share of test rows from which on repeated patterns make a split too easy.
const TOO_EASY: f64 = 0.9;
/// Test rows below which intervals are too wide for a verdict.
const LEAST: usize = 30;

#[derive(Debug, Error)]
pub enum EvaluateError {
    #[error(transparent)]
    Data(#[from] DataError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error("the baseline {0} needs a language model")]
    NoModel(Baseline),
}

/// Runs baselines on an exported folder.
///
/// # Errors
/// A folder that is no export with JSONL, a split without rows, an engine that fails.
pub fn evaluate(
    folder: &Path,
    order: &Order,
    catalogue: &Catalogue,
    mut engine: Option<&mut dyn Engine>,
    cancel: &Cancel,
) -> Result<Evaluation, EvaluateError> {
    let data = Data::read(folder, &order.train, &order.test)?;
    let mut results = Vec::new();
    for &baseline in &order.baselines {
        if cancel.is_cancelled() {
            return Err(EngineError::Cancelled.into());
        }
        let all: Vec<&Example> = data.test.iter().collect();
        let (rows, guesses) = match baseline {
            Baseline::Majority => (all.clone(), vec![floor::majority(&data); all.len()]),
            Baseline::Template => (all.clone(), floor::template(&data, catalogue)),
            Baseline::LogReg => (all.clone(), linear::classify(&data, order.seed, cancel)?),
            Baseline::Llm | Baseline::LlmFew => {
                let engine = engine.as_deref_mut().ok_or(EvaluateError::NoModel(baseline))?;
                let rows = data::sample(&data.test, order.asked, order.seed);
                let shots = if baseline == Baseline::LlmFew { llm::SHOTS } else { 0 };
                let asked = llm::Asked { data: &data, catalogue, shots, seed: order.seed };
                let guesses = asked.classify(&rows, engine, cancel)?;
                (rows, guesses)
            }
        };
        let gold: Vec<usize> = rows.iter().map(|row| row.relation).collect();
        results.push((baseline, measure::figures(&data.relations, catalogue, &gold, &guesses, order.seed)));
    }
    let seen = data.seen();
    Ok(Evaluation {
        train_rows: data.train.len(),
        test_rows: data.test.len(),
        relations: data.relations.len(),
        unseen: data.test.iter().filter(|row| !seen[row.relation]).count(),
        verdict: verdict(&results, data.test.len()),
        results,
    })
}

fn verdict(results: &[(Baseline, Figures)], rows: usize) -> Verdict {
    let accuracy = |wanted| results.iter().find(|(baseline, _)| *baseline == wanted).map(|(_, f)| f.accuracy);
    let (Some(majority), Some(template), Some(learned)) =
        (accuracy(Baseline::Majority), accuracy(Baseline::Template), accuracy(Baseline::LogReg))
    else {
        return Verdict::Unknown;
    };
    if rows < LEAST {
        Verdict::Unknown
    } else if learned.low <= majority.value {
        Verdict::Broken
    } else if template.value >= TOO_EASY {
        Verdict::TooEasy
    } else {
        Verdict::Learnable
    }
}

/// A stream of numbers from a seed, the same everywhere (SplitMix64, Steele and others 2014).
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`, which is at least 1.
    fn below(&mut self, n: usize) -> usize {
        // The high half of the product: as even as 64 bits allow.
        let wide = u128::from(self.next()) * n as u128;
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }
}
