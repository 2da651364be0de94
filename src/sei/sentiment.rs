//! Is its tone the one people use to state such a fact? VADER over the sentence, names masked.

use super::evidence::Finding;
use super::names::Names;
use super::raw::{Feature, RawMeasurements};
use vader_parity::SentimentIntensityAnalyzer;

/// A word without tone, case or number for VADER to weigh: "Happy Days" and "Great Britain" are only names.
const MASK: &str = "it";

/// Measures the tone against `reference`, a compound in -1..=1.
///
/// The compound is Hutto and Gilbert's (ICWSM 2014): summed valences over sqrt(sum^2 + 15).
pub(super) fn measure(
    analyzer: &SentimentIntensityAnalyzer,
    sentence: &str,
    names: &Names,
    reference: f64,
    raw: &mut RawMeasurements,
    findings: &mut Vec<Finding>,
) {
    let compound = analyzer.polarity_scores(&names.masked(sentence, MASK)).compound;
    let reference = if reference.is_finite() { reference.clamp(-1.0, 1.0) } else { 0.0 };
    raw.set(Feature::Compound, compound);
    raw.set(Feature::ReferenceTone, reference);
    raw.set(Feature::ToneGap, (compound - reference).abs());
    findings.push(Finding::said(&format!("tone {compound:+.2} where {reference:+.2} is usual")));
}
