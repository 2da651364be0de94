//! Faults that no average may hide: each is checked on its own and caps the index.

use super::names::Names;
use super::reading::{Reading, Tag, Word};
use crate::domain::mention::Span;
use crate::domain::quality::Veto;

/// Abbreviations whose full stop ends no sentence, lower case. Single letters are treated alike.
const ABBREVIATIONS: [&str; 44] = [
    "dr", "mr", "mrs", "ms", "st", "mt", "ft", "prof", "gen", "col", "capt", "lt", "sgt", "maj", "adm", "rev", "hon",
    "sr", "jr", "inc", "ltd", "co", "corp", "bros", "dept", "univ", "vs", "etc", "no", "nos", "vol", "ed", "op", "cf",
    "ca", "approx", "al", "fig", "sen", "gov", "rep", "pres", "km", "sq",
];

/// The vetoes of a sentence, in the order of [`Veto::ALL`]. `facts` is the number of tuples it tells: a text
/// about several may have several sentences.
pub(super) fn vetoes(sentence: &str, facts: usize, names: &Names, reading: &Reading) -> Vec<Veto> {
    if !sentence.chars().any(char::is_alphanumeric) {
        return vec![Veto::Empty];
    }
    let mut found = Vec::new();
    let mut check = |veto, yes: bool| {
        if yes {
            found.push(veto);
        }
    };
    check(Veto::HeadMissing, !names.missing_heads.is_empty());
    check(Veto::TailMissing, !names.missing_tails.is_empty());
    check(Veto::NoVerb, no_verb(reading));
    check(Veto::CutOff, cut_off(sentence, names, reading));
    check(Veto::NotOneSentence, facts <= 1 && sentences(sentence, names) > 1);
    check(Veto::WrongLanguage, foreign(sentence, names, reading));
    found
}

/// Forms that are verbs whatever the tagger makes of them.
const SURE_VERBS: [&str; 23] = [
    "is", "are", "was", "were", "be", "been", "being", "has", "have", "had", "does", "do", "did", "can", "could",
    "will", "would", "may", "might", "must", "shall", "should", "became",
];

/// Nothing is tagged as a verb, and nothing else could be one: an unknown lower-case word might, and the
/// tagger takes some verbs for nouns ("borders", or "cost" after a name).
pub(super) fn no_verb(reading: &Reading) -> bool {
    !reading.words.iter().enumerate().any(|(i, word)| {
        let after_name = i.checked_sub(1).and_then(|j| reading.words.get(j)).is_some_and(|before| before.named);
        let likely = after_name || word.text.ends_with('s') || word.text.ends_with("ed");
        !word.named
            && (matches!(word.tag, Some(Tag::Verb | Tag::Auxiliary))
                || !word.known && !word.capital
                || word.is(&SURE_VERBS)
                || word.may_be_verb && likely)
    })
}

/// Ends in the middle: on a comma, dots, an open bracket, or a word that calls for another.
fn cut_off(sentence: &str, names: &Names, reading: &Reading) -> bool {
    let end = sentence.trim_end();
    if end.ends_with("...") || end.ends_with(['\u{2026}', ',', ';', ':', '(', '-', '\u{2013}', '/']) {
        // A name may end so: "Panic! at the Disco..." is not cut off.
        let last = end.chars().next_back().map_or(0, char::len_utf8);
        return !names.cover(Span { start: end.len() - last, end: end.len() });
    }
    if end.ends_with(['.', '!', '?', '"', '\'', ')', '\u{201d}', '\u{2019}']) {
        return false;
    }
    let hangs = |word: &Word| {
        matches!(word.tag, Some(Tag::Determiner | Tag::Conjunction | Tag::Auxiliary))
            || word.is(&[
                "of", "in", "at", "to", "by", "for", "from", "with", "as", "into", "between", "his", "her", "its",
            ])
    };
    reading.words.last().is_some_and(|word| !word.named && word.span.end == end.len() && hangs(word))
}

/// Sentences in the text, by full stops that end one: not those of initials, abbreviations, numbers, names.
pub(super) fn sentences(sentence: &str, names: &Names) -> usize {
    let ends = sentence.char_indices().filter(|&(at, c)| matches!(c, '.' | '!' | '?') && ends_one(sentence, at, names));
    1 + ends.count()
}

/// Whether the mark at `at` ends a sentence that another one follows.
fn ends_one(sentence: &str, at: usize, names: &Names) -> bool {
    let (before, after) = (&sentence[..at], &sentence[at + 1..]);
    let rest = after.trim_start_matches(['"', '\'', ')', '\u{201d}', '\u{2019}', '.', '!', '?']);
    let next = rest.trim_start().chars().next();
    let starts = rest.starts_with(char::is_whitespace) && next.is_some_and(char::is_alphanumeric);
    // "U.S. state": after a stop that ends no sentence people go on in lower case. All-lower-case texts have
    // no such sign, and there the word before must look like no abbreviation.
    let lower_text = !sentence.chars().any(char::is_uppercase);
    if !starts || after.starts_with(['.', '!', '?']) || next.is_some_and(char::is_lowercase) && !lower_text {
        return false;
    }
    if names.cover(Span { start: at, end: at + 1 }) {
        return false;
    }
    let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let initial = word.chars().count() <= 1;
    let abbreviation = ABBREVIATIONS.contains(&word.to_lowercase().as_str());
    // "89. 0" is a number that a tokenizer took apart.
    let number = word.chars().all(|c| c.is_ascii_digit()) && next.is_some_and(|c| c.is_ascii_digit());
    sentence[at..].starts_with(['!', '?']) || !initial && !abbreviation && !number
}

/// Outside names: mostly letters of another script, or words that English does not have.
fn foreign(sentence: &str, names: &Names, reading: &Reading) -> bool {
    let outside = names.masked(sentence, " ");
    let letters = outside.chars().filter(|c| c.is_alphabetic()).count();
    let latin = outside.chars().filter(|&c| c.is_alphabetic() && c < '\u{250}').count();
    if letters >= 4 && latin * 2 < letters {
        return true;
    }
    let plain = reading.words.iter().filter(|word| !word.named && !word.capital && !word.number);
    let (mut all, mut unknown) = (0, 0);
    for word in plain {
        all += 1;
        unknown += usize::from(!word.known);
    }
    all >= 4 && unknown * 2 > all
}
