//! Where a sentence names the entities of its facts, and how much of them it names.

use super::Fact;
use super::raw::{share, to_f64};
use crate::domain::Entity;
use crate::domain::mention::{Match, Span, fold, locate, mentions};
use std::collections::BTreeSet;

/// The entities of a fact, found in one sentence.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    /// Bytes that some name covers: sorted, apart.
    pub(super) spans: Vec<Span>,
    /// Where a name begins that is spelt letter for letter as the fact spells it.
    pub(super) spelt_at: BTreeSet<usize>,
    /// Folded words of all names, whether found or not.
    pub(super) words: BTreeSet<String>,
    /// Names of heads and tails that stand nowhere, as the input spells them.
    pub(super) missing_heads: Vec<String>,
    pub(super) missing_tails: Vec<String>,
    /// Ends found, in 0..=1 of all ends; `None` without tuples.
    pub(super) coverage: Option<f64>,
    /// Mean over ends of the share of a name's words that stand in the text.
    pub(super) recall: Option<f64>,
}

impl Names {
    pub(super) fn find(fact: &Fact<'_>, sentence: &str) -> Self {
        let mut names = Self::default();
        let folded = fold(sentence);
        let said: BTreeSet<&str> = words_of(&folded).collect();
        let (mut found, mut recall) = (0, 0.0);
        for tuple in fact.tuples {
            let pair = locate(sentence, &tuple.head, &tuple.tail);
            let ends = [
                (&tuple.head, pair.head, &mut names.missing_heads),
                (&tuple.tail, pair.tail, &mut names.missing_tails),
            ];
            for (entity, mention, missing) in ends {
                if let Some(mention) = mention {
                    found += 1;
                    recall += if mention.how == Match::Short { MOST } else { 1.0 };
                } else {
                    missing.push(entity.name.clone());
                    recall += word_recall(entity, &said);
                }
                for mention in mentions(sentence, entity) {
                    names.spans.push(mention.span);
                    if matches!(mention.how, Match::Exact | Match::Surface) {
                        names.spelt_at.insert(mention.span.start);
                    }
                }
                names.words.extend(words_of(&fold(&entity.name)).map(str::to_owned));
            }
        }
        let ends = fact.tuples.len() * 2;
        names.coverage = share(found, ends);
        names.recall = (ends > 0).then(|| recall / to_f64(ends));
        names.spans = merged(std::mem::take(&mut names.spans));
        names
    }

    /// Whether a name covers any of these bytes.
    pub(super) fn cover(&self, span: Span) -> bool {
        self.spans.iter().any(|name| name.overlaps(span))
    }

    /// The sentence with each name replaced.
    pub(super) fn masked(&self, sentence: &str, with: &str) -> String {
        let mut out = String::with_capacity(sentence.len());
        let mut at = 0;
        for span in &self.spans {
            out.push_str(sentence.get(at..span.start).unwrap_or_default());
            out.push_str(with);
            at = span.end;
        }
        out.push_str(sentence.get(at..).unwrap_or_default());
        out
    }
}

/// What a name that does not stand there as a whole counts at most.
const MOST: f64 = 0.9;

/// Of a name that stands nowhere as a whole, the share of its words that do; never all, since it is not named.
fn word_recall(entity: &Entity, said: &BTreeSet<&str>) -> f64 {
    let name = fold(entity.surface());
    let words: Vec<&str> = words_of(&name).collect();
    let there = words.iter().filter(|word| said.contains(*word)).count();
    share(there, words.len()).map_or(0.0, |part| part.min(MOST))
}

/// Runs of letters and digits.
pub(super) fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut apart: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match apart.last_mut() {
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            _ => apart.push(span),
        }
    }
    apart
}

#[cfg(test)]
mod tests {
    use super::super::tests::given;
    use super::*;

    #[test]
    fn names_are_found_counted_and_masked() {
        let given = given("Great Britain", "capital", "Greater London");
        let sentence = "London, or Greater London, is the capital of great Britain.";
        let names = Names::find(&given.fact(), sentence);
        assert_eq!(names.coverage, Some(1.0));
        assert_eq!(names.masked(sentence, "it"), "London, or it, is the capital of it.");
        let half = Names::find(&given.fact(), "London is in Great Britain.");
        assert_eq!(half.coverage, Some(0.5));
        assert_eq!(half.recall, Some(0.75));
        assert_eq!(half.missing_tails, ["Greater London"]);
    }

    #[test]
    fn overlapping_names_make_one_span() {
        let given = given("New York", "part of", "New York City");
        let names = Names::find(&given.fact(), "New York City contains New York.");
        assert_eq!(names.spans.len(), 2);
        assert_eq!(names.masked("New York City contains New York.", "X"), "X contains X.");
    }
}
