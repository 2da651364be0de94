//! Would a native speaker write it? Likelihood under the model, names left out, and repetition.

use super::evidence::Finding;
use super::lm::LmEvidence;
use super::names::Names;
use super::raw::{Feature, RawMeasurements, share, to_f64};
use super::reading::Reading;
use crate::domain::mention::Span;
use crate::jobs::engine::{Judged, JudgedToken};
use std::collections::BTreeSet;

/// Measures fluency; without the model only repetition is known.
pub(super) fn measure(
    sentence: &str,
    names: &Names,
    reading: &Reading,
    evidence: Option<&LmEvidence>,
    raw: &mut RawMeasurements,
    findings: &mut Vec<Finding>,
) {
    let pairs: Vec<[&str; 2]> =
        reading.words.windows(2).map(|pair| [pair[0].text.as_str(), pair[1].text.as_str()]).collect();
    let distinct: BTreeSet<_> = pairs.iter().collect();
    // A single word repeats nothing.
    raw.set(Feature::DistinctBigrams, share(distinct.len(), pairs.len()).unwrap_or(1.0));
    let Some(evidence) = evidence else {
        findings.push(Finding::said("no language model: only repetition is measured"));
        return;
    };
    if let Some(judged) = &evidence.fact {
        set(raw, Feature::LmFact, mean_outside(judged, names));
        set(raw, Feature::LmFactAll, judged.mean());
    }
    if let Some(judged) = &evidence.plain {
        let words = sentence.split_whitespace().count();
        set(raw, Feature::LmPlain, (words > 0).then(|| judged.sum() / to_f64(words)));
    }
    if let Some(critic) = &evidence.critic {
        raw.set(Feature::CriticEnglish, critic.english);
        let share = 100.0 * critic.english_chance();
        findings.push(Finding::said(&format!("the critic: {share:.0} in 100 that it is good English")));
    }
    let judged = evidence.fact.as_ref().or(evidence.plain.as_ref());
    if let Some(worst) = judged.and_then(|judged| worst_outside(judged, names)) {
        raw.set(Feature::LmWorst, f64::from(worst.logprob));
        let span = Span { start: worst.start, end: worst.end };
        let said = span.of(sentence).trim();
        // A token of its own may be a space too many, or part of a letter.
        let said = if said.is_empty() { "a space".to_owned() } else { format!("'{said}'") };
        let what = format!("least expected here ({:.1} nats): {said}", worst.logprob);
        findings.push(Finding::at(span, what));
    }
}

fn set(raw: &mut RawMeasurements, feature: Feature, value: Option<f64>) {
    if let Some(value) = value {
        raw.set(feature, value);
    }
}

/// Tokens that no name covers: rare names are no lack of fluency.
fn outside<'j>(judged: &'j Judged, names: &'j Names) -> impl Iterator<Item = &'j JudgedToken> {
    judged.tokens.iter().filter(|token| !names.cover(Span { start: token.start, end: token.end }))
}

fn mean_outside(judged: &Judged, names: &Names) -> Option<f64> {
    let (mut sum, mut n) = (0.0, 0);
    for token in outside(judged, names) {
        sum += f64::from(token.logprob);
        n += 1;
    }
    (n > 0).then(|| sum / to_f64(n))
}

/// The first token is left out: where nothing is told, any beginning is a surprise.
fn worst_outside<'j>(judged: &'j Judged, names: &'j Names) -> Option<&'j JudgedToken> {
    let first = judged.tokens.first().map_or(0, |token| token.start);
    outside(judged, names).filter(|token| token.start > first).min_by(|a, b| a.logprob.total_cmp(&b.logprob))
}
