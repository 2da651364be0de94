//! Softmax regression on hashed n-grams of the masked sentence: what words alone tell of the relation.
//!
//! One to three tokens in a row, those between the entities marked as such, and the types of the entities; AdaGrad
//! (Duchi and others 2011), rows in a seeded order. Small enough to be read, and as good here as a library's.

use super::Draws;
use super::data::{Data, Example};
use crate::jobs::{Cancel, EngineError};

/// Weights at most: features times relations.
const WEIGHTS: usize = 1 << 24;
const FEATURES: usize = 1 << 18;
const RATE: f32 = 0.3;
/// Updates that training takes at least, and passes at most.
const UPDATES: usize = 60_000;
const PASSES: usize = 20;

/// The relation of each test row.
///
/// # Errors
/// Cancelled.
pub(super) fn classify(data: &Data, seed: u64, cancel: &Cancel) -> Result<Vec<usize>, EngineError> {
    let classes = data.relations.len();
    let features = (WEIGHTS / classes.max(1)).next_power_of_two().min(FEATURES);
    let train: Vec<Vec<u32>> = data.train.iter().map(|row| hashed(row, features)).collect();
    let mut model = Model::new(features, classes);
    let passes = (UPDATES / data.train.len().max(1)).clamp(2, PASSES);
    let mut order: Vec<usize> = (0..train.len()).collect();
    let mut draws = Draws(seed);
    for _ in 0..passes {
        draws.shuffle(&mut order);
        for (n, &row) in order.iter().enumerate() {
            if n % 1_000 == 0 && cancel.is_cancelled() {
                return Err(EngineError::Cancelled);
            }
            model.learn(&train[row], data.train[row].relation);
        }
    }
    Ok(data.test.iter().map(|row| model.best(&hashed(row, features))).collect())
}

/// The features of a row, each once, sorted.
fn hashed(row: &Example, features: usize) -> Vec<u32> {
    let mut out = Vec::with_capacity(row.masked.len() * 4 + 4);
    let mask = features as u64 - 1;
    let mut add = |parts: &[&str]| {
        // FNV-1a.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in parts.iter().flat_map(|part| part.bytes().chain([0])) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        out.push(u32::try_from((hash ^ (hash >> 32)) & mask).unwrap_or_default());
    };
    let words: Vec<&str> = row.masked.iter().map(String::as_str).collect();
    let at = |mark: &str| words.iter().position(|word| *word == mark);
    let between = at("[h]").zip(at("[t]")).map(|(h, t)| (h.min(t), h.max(t)));
    for n in 1..=3 {
        for (start, gram) in words.windows(n).enumerate() {
            add(gram);
            if between.is_some_and(|(from, to)| start >= from && start + n <= to + 1) {
                add(&[&["between"], gram].concat());
            }
        }
    }
    let (head, tail) = (row.kinds.0.as_str(), row.kinds.1.as_str());
    add(&["head", head]);
    add(&["tail", tail]);
    add(&["both", head, tail]);
    out.sort_unstable();
    out.dedup();
    out
}

struct Model {
    classes: usize,
    /// By feature, then class; the last feature is the bias.
    weights: Vec<f32>,
    /// Sums of squared gradients, in the same order.
    squares: Vec<f32>,
}

impl Model {
    fn new(features: usize, classes: usize) -> Self {
        let size = (features + 1) * classes;
        Self { classes, weights: vec![0.0; size], squares: vec![1e-6; size] }
    }

    /// Where the weights of each feature, the bias among them, begin.
    fn rows<'f>(&self, features: &'f [u32]) -> impl Iterator<Item = usize> + use<'f> {
        let (classes, bias) = (self.classes, self.weights.len() - self.classes);
        features.iter().map(move |&feature| feature as usize * classes).chain([bias])
    }

    fn scores(&self, features: &[u32]) -> Vec<f32> {
        let mut scores = vec![0.0; self.classes];
        for row in self.rows(features) {
            for (score, weight) in scores.iter_mut().zip(&self.weights[row..]) {
                *score += weight;
            }
        }
        scores
    }

    fn best(&self, features: &[u32]) -> usize {
        let scores = self.scores(features);
        let better = |best: usize, at: usize| if scores[at] > scores[best] { at } else { best };
        (0..scores.len()).fold(0, better)
    }

    /// One step down the gradient of the log-likelihood.
    fn learn(&mut self, features: &[u32], class: usize) {
        let mut gradient = self.scores(features);
        let top = gradient.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        for score in &mut gradient {
            *score = (*score - top).exp();
        }
        let sum: f32 = gradient.iter().sum();
        for share in &mut gradient {
            *share /= sum;
        }
        gradient[class] -= 1.0;
        let rows: Vec<usize> = self.rows(features).collect();
        for row in rows {
            let squares = &mut self.squares[row..row + self.classes];
            let weights = &mut self.weights[row..row + self.classes];
            for ((weight, square), slope) in weights.iter_mut().zip(squares).zip(&gradient) {
                // What moves a weight by nothing costs a square root for nothing.
                if slope.abs() > 1e-4 {
                    *square += slope * slope;
                    *weight -= RATE * slope / square.sqrt();
                }
            }
        }
    }
}
