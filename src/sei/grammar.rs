//! Is it well-formed English? harper's lints, checks of structure, and agreement where harper is blind.

use super::Fact;
use super::evidence::Finding;
use super::names::Names;
use super::raw::{Feature, RawMeasurements};
use super::reading::{Lint, Reading, Tag, Word};
use super::veto;
use crate::domain::mention::{Span, fold};
use std::collections::BTreeSet;

/// What prompts and replies leave behind, lower case: at the start of the text, and anywhere in it.
const OPENINGS: [&str; 14] = [
    "here is",
    "here's",
    "here are",
    "sure",
    "certainly",
    "of course",
    "sentence:",
    "output:",
    "answer:",
    "fact:",
    "note:",
    "the sentence is",
    "the sentence \"",
    "as an ai",
];
const LEFTOVERS: [&str; 12] = [
    "sentence:",
    "fact:",
    "relation:",
    "head entity",
    "tail entity",
    "head:",
    "tail:",
    "the tuple",
    "the triple",
    "```",
    "<|",
    "| ",
];

/// Team names and the like take either number in English.
const COLLECTIVES: [&str; 20] = [
    "team",
    "band",
    "group",
    "family",
    "government",
    "police",
    "staff",
    "crew",
    "company",
    "club",
    "couple",
    "duo",
    "trio",
    "pair",
    "majority",
    "rest",
    "public",
    "people",
    "cast",
    "party",
];

/// Measures grammar. Faults are listed with their places.
pub(super) fn measure(
    fact: &Fact<'_>,
    sentence: &str,
    names: &Names,
    reading: &Reading,
    raw: &mut RawMeasurements,
    findings: &mut Vec<Finding>,
) {
    // A text without any capital (WebNLG 2017 is lower-cased) is not judged by capitals.
    let has_capitals = sentence.chars().any(char::is_uppercase);
    // The words of the relation are given, whatever harper thinks of "birth place".
    let labels: Vec<String> = fact.relations.iter().flat_map(|r| [fold(&r.label), fold(r.told())]).collect();
    let given = |span: Span| labels.contains(&fold(span.of(sentence)));
    let wanted = |lint: &&Lint| (has_capitals || !lint.of_case) && !given(lint.span);
    let lints: Vec<&Lint> = reading.lints.iter().filter(wanted).collect();
    raw.count(Feature::Lints, lints.len());
    findings.extend(lints.iter().map(|lint| Finding::at(lint.span, lint.message.clone())));

    let misspelt: Vec<&Word> = reading.words.iter().filter(|word| word.misspelt && !word.named).collect();
    raw.count(Feature::Misspelt, misspelt.len());
    findings.extend(misspelt.iter().map(|word| Finding::at(word.span, format!("'{}' is in no dictionary", word.text))));

    let mut flag = |feature, yes: bool, what: &str| {
        raw.flag(feature, yes);
        if yes {
            findings.push(Finding::said(what));
        }
    };
    flag(Feature::NoStop, !stops(sentence), "no full stop at the end");
    flag(Feature::SmallStart, has_capitals && small_start(sentence, names), "begins with a small letter");
    flag(Feature::NoVerb, veto::no_verb(reading), "no verb");
    flag(Feature::Leftovers, leftovers(sentence, names), "holds parts of a prompt or a reply");

    let leaks = leaks(sentence, names);
    raw.count(Feature::Leaks, leaks.len());
    findings.extend(leaks.into_iter().map(|span| Finding::at(span, "an identifier, not a word".to_owned())));
    let repeats = repeats(&reading.words);
    raw.count(Feature::Repeats, repeats.len());
    findings.extend(repeats.into_iter().map(|span| Finding::at(span, "said twice".to_owned())));
    let disagreements = disagreements(&reading.words);
    raw.count(Feature::Disagreements, disagreements.len());
    findings.extend(disagreements.into_iter().map(|(span, what)| Finding::at(span, what.to_owned())));
}

fn stops(sentence: &str) -> bool {
    let closing = |c: char| matches!(c, '"' | '\'' | ')' | ']' | '\u{201d}' | '\u{2019}');
    sentence.trim_end().trim_end_matches(closing).ends_with(['.', '!', '?', '\u{2026}'])
}

/// Small first letter, unless a name is spelt so ("iOS 8").
fn small_start(sentence: &str, names: &Names) -> bool {
    let first = sentence.char_indices().find(|(_, c)| c.is_alphanumeric());
    first.is_some_and(|(at, c)| c.is_lowercase() && !names.spelt_at.contains(&at))
}

fn leftovers(sentence: &str, names: &Names) -> bool {
    let text = names.masked(sentence, "it").to_lowercase();
    let text = text.trim_start_matches(['"', '*', '-', ' ']);
    OPENINGS.iter().any(|opening| text.starts_with(opening)) || LEFTOVERS.iter().any(|part| text.contains(part))
}

/// `birthPlace`, `birth_place`, `[H]`, `{tail}`, outside names.
fn leaks(sentence: &str, names: &Names) -> Vec<Span> {
    let mut at = 0;
    let mut found = Vec::new();
    for word in sentence.split_inclusive(char::is_whitespace) {
        let span = Span { start: at, end: at + word.trim_end().len() };
        at += word.len();
        if identifier(word.trim()) && !names.cover(span) {
            found.push(span);
        }
    }
    found
}

fn identifier(word: &str) -> bool {
    let underscore = word.split('_').filter(|part| part.chars().any(char::is_alphanumeric)).count() > 1;
    let slot = ["[H]", "[T]", "{head", "{tail", "[HEAD", "[TAIL", "<head", "<tail", "[head", "[tail"];
    // Three small letters and then a capital: "birthPlace", but not "iPhone" or "deVille".
    let small = word.chars().take_while(|c| c.is_lowercase()).count();
    let camel = small >= 3 && word.chars().nth(small).is_some_and(char::is_uppercase);
    underscore || camel || slot.iter().any(|slot| word.contains(slot))
}

/// A word twice in a row ("the the"), or three words that come again.
fn repeats(words: &[Word]) -> Vec<Span> {
    let twice = |pair: &[Word]| match pair {
        // "that that" and "had had" may be right; a name may say a word twice ("Duran Duran").
        [a, b] => a.text == b.text && b.joined && !b.is(&["that", "had"]) && !a.named && !b.named,
        _ => false,
    };
    let mut found: Vec<Span> = words.windows(2).filter(|pair| twice(pair)).map(|pair| pair[1].span).collect();
    let mut seen = BTreeSet::new();
    for three in words.windows(3) {
        let phrase = [three[0].text.as_str(), three[1].text.as_str(), three[2].text.as_str()];
        if !three.iter().any(|word| word.named) && !seen.insert(phrase) {
            found.push(Span { start: three[0].span.start, end: three[2].span.end });
        }
    }
    found
}

/// Agreement checks on neighbouring words, for what harper was measured to miss.
fn disagreements(words: &[Word]) -> Vec<(Span, &'static str)> {
    let mut found = Vec::new();
    for (i, word) in words.iter().enumerate() {
        let next = words.get(i + 1).filter(|next| next.joined && !next.named);
        let before = i.checked_sub(1).map(|j| &words[j]);
        let problem = next.filter(|_| !word.named).and_then(|next| pair(before, word, next));
        // "the of", "a is", and an article at the very end.
        let hanging = word.is(&["the", "a", "an"])
            && !word.named
            && match words.get(i + 1) {
                Some(next) => {
                    next.joined
                        && !next.named
                        && next
                            .is(&["of", "is", "was", "are", "were", "has", "by", "in", "at", "from", "and", "the", "a"])
                }
                None => true,
            };
        if let Some(problem) = problem {
            found.push((word.span, problem));
        } else if hanging {
            found.push((word.span, "an article without its noun"));
        }
    }
    found
}

/// Forms of which a clause has one.
const FINITE: [&str; 6] = ["is", "are", "was", "were", "has", "have"];

fn pair(before: Option<&Word>, word: &Word, next: &Word) -> Option<&'static str> {
    // The subject starts the sentence or follows its article, so that no "of" or "and" hides the real one.
    let subject = before.is_none_or(|before| before.is(&["the", "this", "that", "its", "his", "her", "their"]));
    if subject && word.plural_only && next.is(&["is", "was", "has"]) {
        return Some("a plural subject with a singular verb");
    }
    let collective = word.is(&COLLECTIVES);
    if subject && before.is_some() && word.singular_only && !collective && next.is(&["are", "were", "have"]) {
        return Some("a singular subject with a plural verb");
    }
    if word.is(&["a", "an", "every", "each", "this"]) && next.plural_only {
        return Some("a singular article with a plural noun");
    }
    if word.is(&["can", "could", "will", "would", "may", "might", "must", "should", "shall"])
        && next.tag == Some(Tag::Verb)
        && !next.base_verb
        && (next.text.ends_with('s') && !next.text.ends_with("ss") || next.text.ends_with("ed"))
        && !next.is(&["focus", "need", "feed", "proceed", "succeed", "embed", "discuss"])
    {
        return Some("a modal verb needs the base form");
    }
    if word.is(&["is", "was", "are", "were", "been"]) && next.base_verb {
        return Some("'to be' with the base form of a verb");
    }
    if word.is(&FINITE) && next.is(&FINITE) {
        return Some("two verbs where one belongs");
    }
    if word.is(&["at", "on"]) && next.number && is_year(&next.text) && before.is_some_and(|before| before.participle) {
        return Some("a year needs 'in'");
    }
    None
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit()) && (text.starts_with('1') || text.starts_with("20"))
}
