//! Does it state this fact, all of it, nothing else, in the right direction?

use super::Fact;
use super::evidence::Finding;
use super::lm::{LmEvidence, Tuned};
use super::names::{Names, words_of};
use super::raw::{Feature, RawMeasurements, to_f64};
use super::reading::{Reading, Tag, Word};
use crate::domain::mention::{Span, fold};
use crate::domain::prompt::{HEAD, TAIL};
use crate::domain::relation::Relation;
use crate::jobs::Judged;
use std::collections::BTreeSet;

/// Words that say nothing of their own, beyond those that part of speech tells.
const STOP: [&str; 40] = [
    "be", "is", "are", "was", "were", "been", "being", "has", "have", "had", "having", "do", "does", "did", "also",
    "not", "called", "known", "named", "located", "found", "given", "made", "one", "who", "which", "that", "where",
    "whose", "there", "its", "his", "her", "their", "he", "she", "it", "they", "this", "s",
];

/// Measures accuracy.
pub(super) fn measure(
    fact: &Fact<'_>,
    sentence: &str,
    names: &Names,
    reading: &Reading,
    evidence: Option<&LmEvidence>,
    raw: &mut RawMeasurements,
    findings: &mut Vec<Finding>,
) {
    if let (Some(coverage), Some(recall)) = (names.coverage, names.recall) {
        raw.set(Feature::Coverage, coverage);
        raw.set(Feature::NameRecall, recall);
    }
    let missing = names.missing_heads.iter().chain(&names.missing_tails);
    findings.extend(missing.map(|name| Finding::said(&format!("does not name '{name}'"))));
    words(fact, sentence, names, reading, raw, findings);
    match evidence {
        Some(evidence) if !fact.tuples.is_empty() => {
            if let Some(critic) = &evidence.critic {
                raw.set(Feature::CriticAccurate, critic.accurate);
                let share = 100.0 * critic.accurate_chance();
                findings.push(Finding::said(&format!("the critic: {share:.0} in 100 that it says this and no more")));
            } else {
                findings.push(Finding::said("the critic was not asked: relation and direction are not measured"));
            }
            likelihood(evidence, raw, findings);
        }
        Some(_) => {}
        None => findings.push(Finding::said("no language model: relation and direction are not measured")),
    }
}

/// Precision: what the sentence says beyond names and relation; and whether it says the relation's words.
fn words(
    fact: &Fact<'_>,
    sentence: &str,
    names: &Names,
    reading: &Reading,
    raw: &mut RawMeasurements,
    findings: &mut Vec<Finding>,
) {
    let vocabulary: Vec<BTreeSet<String>> = fact.relations.iter().map(vocabulary).collect();
    let has_capitals = sentence.chars().any(char::is_uppercase);
    let mut heard = vec![false; vocabulary.len()];
    let (mut unexplained, mut strange) = (0, 0);
    for (i, word) in reading.words.iter().enumerate().filter(|(_, word)| !word.named) {
        let text = fold(&word.text);
        let mut explained = !content(word) || words_of(&text).all(|part| names.words.contains(part));
        for (heard, vocabulary) in heard.iter_mut().zip(&vocabulary) {
            if vocabulary.iter().any(|known| akin(known, &text)) {
                *heard = true;
                explained = true;
            }
        }
        if !explained {
            unexplained += 1;
            let name = word.number || has_capitals && word.capital && i > 0;
            strange += usize::from(name);
            let what = if name { "a name or number that the fact does not have" } else { "beyond the fact" };
            findings.push(Finding::at(word.span, what.to_owned()));
        }
    }
    raw.count(Feature::Unexplained, unexplained);
    raw.count(Feature::StrangeNames, strange);
    if !heard.is_empty() {
        let all = heard.iter().filter(|heard| **heard).count();
        raw.set(Feature::RelationWords, super::raw::share(all, heard.len()).unwrap_or_default());
    }
}

/// What the adapter's likelihoods say, as means over the tuples of the fact.
fn likelihood(evidence: &LmEvidence, raw: &mut RawMeasurements, findings: &mut Vec<Finding>) {
    let own: Vec<(&Tuned, &Judged)> = evidence.tuned.iter().filter_map(|t| Some((t, t.own.as_ref()?))).collect();
    let mean = |values: Vec<f64>| (!values.is_empty()).then(|| values.iter().sum::<f64>() / to_f64(values.len()));
    let Some(likelihood) = mean(own.iter().filter_map(|(_, judged)| judged.mean()).collect()) else {
        findings.push(Finding::said("the adapter was not asked how likely it is as this fact"));
        return;
    };
    raw.set(Feature::Tuned, likelihood);
    findings.push(Finding::said(&format!("likely as this fact: {likelihood:.1} nats a token")));
    if let Some(worst) = mean(own.iter().filter_map(|(tuned, judged)| worst(tuned, judged)).collect()) {
        raw.set(Feature::TunedWorst, worst);
    }
}

/// The least likely token outside the slots, in nats.
fn worst(tuned: &Tuned, judged: &Judged) -> Option<f64> {
    let slots: Vec<Span> = [HEAD, TAIL]
        .into_iter()
        .flat_map(|slot| tuned.slotted.match_indices(slot))
        .map(|(start, slot)| Span { start, end: start + slot.len() })
        .collect();
    let outside = judged.tokens.iter().filter(|token| {
        let span = Span { start: token.start, end: token.end };
        !slots.iter().any(|slot| slot.overlaps(span))
    });
    outside.map(|token| f64::from(token.logprob)).min_by(f64::total_cmp)
}

/// Words that carry meaning.
fn content(word: &Word) -> bool {
    let tagged = match word.tag {
        Some(Tag::Noun | Tag::Name | Tag::Verb | Tag::Adjective | Tag::Number) | None => true,
        Some(
            Tag::Pronoun
            | Tag::Auxiliary
            | Tag::Adverb
            | Tag::Preposition
            | Tag::Conjunction
            | Tag::Determiner
            | Tag::Other,
        ) => word.number,
    };
    tagged && !word.is(&STOP)
}

/// All words by which a relation is told: the tuple's own, its label, aliases, gloss, types and templates.
fn vocabulary(relation: &Relation) -> BTreeSet<String> {
    let texts = [&relation.label].into_iter().chain(&relation.told).chain(&relation.aliases).chain(&relation.gloss);
    let types = relation.head_type.iter().chain(&relation.tail_type);
    let all = texts.chain(types).chain(&relation.templates).map(|text| fold(text)).collect::<Vec<_>>().join(" ");
    let slots = ["head", "tail", "type", "name"];
    let said = words_of(&all).filter(|word| word.len() > 2 && !STOP.contains(word) && !slots.contains(word));
    said.map(str::to_owned).collect()
}

/// Forms of one word, roughly: they share their first four letters and three fifths of the longer one's
/// (direct, director, directed). Verbs that change their vowel stand in a table.
fn akin(a: &str, b: &str) -> bool {
    const KIN: [[&str; 2]; 12] = [
        ["birth", "born"],
        ["death", "died"],
        ["dead", "died"],
        ["spouse", "married"],
        ["spouse", "wife"],
        ["spouse", "husband"],
        ["author", "wrote"],
        ["author", "written"],
        ["writer", "wrote"],
        ["write", "wrote"],
        ["build", "built"],
        ["runway", "runways"],
    ];
    if a == b || KIN.iter().any(|[x, y]| a == *x && b == *y || a == *y && b == *x) {
        return true;
    }
    let shared = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    let longer = a.chars().count().max(b.chars().count());
    shared >= 4 && shared * 5 >= longer * 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tuples_own_words_are_no_addition() {
        let relation = Relation { told: Some("city served".into()), ..Relation::unknown("regionServed") };
        let words = vocabulary(&relation);
        assert!(["region", "city", "served"].iter().all(|word| words.contains(*word)), "{words:?}");
    }

    #[test]
    fn forms_of_a_word_are_akin_and_others_are_not() {
        assert!(akin("director", "directed"));
        assert!(akin("birth", "born"));
        assert!(!akin("college", "colour"));
        assert!(!akin("place", "player"));
    }
}
