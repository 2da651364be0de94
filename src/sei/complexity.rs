//! Is it rich enough to be worth learning from? Length, clauses, readability and variety, each as a band
//! around what people write: the longest candidate is no better than the shortest.

use super::evidence::Finding;
use super::names::Names;
use super::raw::{Feature, RawMeasurements, share, to_f64};
use super::reading::{Reading, Tag, Word};
use std::collections::BTreeSet;

/// Measures complexity. A name counts as one word, however long it is.
pub(super) fn measure(
    sentence: &str,
    names: &Names,
    reading: &Reading,
    raw: &mut RawMeasurements,
    findings: &mut Vec<Finding>,
) {
    let plain: Vec<&Word> = reading.words.iter().filter(|word| !word.named).collect();
    let tagged = |wanted: &[Tag]| plain.iter().filter(|w| w.tag.is_some_and(|tag| wanted.contains(&tag))).count();
    let words = plain.len() + names.spans.len();
    let links = tagged(&[Tag::Preposition, Tag::Conjunction]);
    raw.count(Feature::Words, words);
    raw.count(Feature::Links, links);
    findings.push(Finding::said(&format!("words: {words}, a name being one; those that join phrases: {links}")));
    let different: BTreeSet<&str> = plain.iter().map(|word| word.text.as_str()).collect();
    if let Some(variety) = share(different.len(), plain.len()) {
        raw.set(Feature::Variety, variety);
    }
    indices(&names.masked(sentence, "Name"), raw);
}

/// The two indices that need no syllables, by their published formulas, one sentence taken for granted:
/// sentence counters stumble over "Dr. A.C. Smith", syllable counters over a third of all words.
///
/// ARI: Senter and Smith 1967, 4.71 characters/word + 0.5 words/sentence - 21.43. Coleman-Liau: Coleman
/// and Liau 1975, 0.0588 letters per 100 words - 0.296 sentences per 100 words - 15.8.
fn indices(text: &str, raw: &mut RawMeasurements) {
    let words = textstat::lexicon_count(text);
    if words == 0 {
        return;
    }
    let words = to_f64(words);
    let per_word = |count: usize| to_f64(count) / words;
    raw.set(Feature::Ari, 4.71 * per_word(textstat::char_count(text)) + 0.5 * words - 21.43);
    let letters = 100.0 * per_word(textstat::letter_count(text));
    raw.set(Feature::ColemanLiau, 0.0588 * letters - 0.296 * (100.0 / words) - 15.8);
}
