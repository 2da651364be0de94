//! A sentence as harper reads it: words with part of speech, and lints. The only file that names `harper_core`.
//!
//! Policy (measured on forty bad and forty good sentences: 28 caught, 2 false alarms, against 26 and 25 by
//! harper's defaults): spelling is checked here and only for lower-case ASCII words, which spares names and
//! disposes of dialects; lints of style are dropped, since style is no error; two rules that fire on
//! surnames and unknown words are switched off; lints inside names are dropped by the caller.

use crate::domain::mention::Span;
use harper_core::linting::{LintGroup, LintKind, Linter as _};
use harper_core::parsers::PlainEnglish;
use harper_core::spell::{Dictionary as _, FstDictionary};
use harper_core::{Dialect, Document, Token, TokenKind};
use std::sync::Arc;

/// Rules that mostly fire on names (47 times in 500 template sentences),
/// and the one that takes "Inc." for the end of a sentence. Spelling and first letters are checked here.
const NOISY: [&str; 4] = ["OrthographicConsistency", "SplitWords", "SpellCheck", "SentenceCapitalization"];

/// harper with its rules and dictionary: half a second to load, 155 MB, one for each thread.
pub(super) struct Reader {
    dictionary: Arc<FstDictionary>,
    rules: LintGroup,
}

/// Universal part of speech, by the Brill tagger in harper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    Noun,
    Name,
    Pronoun,
    Verb,
    Auxiliary,
    Adjective,
    Adverb,
    Preposition,
    Conjunction,
    Determiner,
    Number,
    Other,
}

/// A word or number of the sentence.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Word {
    pub(super) span: Span,
    /// Lower case.
    pub(super) text: String,
    pub(super) capital: bool,
    /// `None` where the tagger is at a loss, as for words that no dictionary has.
    pub(super) tag: Option<Tag>,
    pub(super) number: bool,
    /// The dictionary has it.
    pub(super) known: bool,
    pub(super) misspelt: bool,
    /// Some reading of it is a verb.
    pub(super) may_be_verb: bool,
    pub(super) plural_only: bool,
    pub(super) singular_only: bool,
    /// The form under which a dictionary lists a verb: "locate".
    pub(super) base_verb: bool,
    /// "located", "locating".
    pub(super) participle: bool,
    /// True if a name of the fact covers it.
    pub(super) named: bool,
    /// What stands between it and the word before is white space alone.
    pub(super) joined: bool,
}

/// An error in a place of the sentence, in harper's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lint {
    pub(super) span: Span,
    pub(super) message: String,
    /// It is about capital letters.
    pub(super) of_case: bool,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Reading {
    pub(super) words: Vec<Word>,
    pub(super) lints: Vec<Lint>,
}

impl Reader {
    pub(super) fn load() -> Self {
        let dictionary = FstDictionary::curated();
        let mut rules = LintGroup::new_curated(Arc::clone(&dictionary), Dialect::American);
        for rule in NOISY {
            rules.config.set_rule_enabled(rule, false);
        }
        Self { dictionary, rules }
    }

    /// Reads a sentence; `named` tells which bytes are names.
    pub(super) fn read(&mut self, sentence: &str, named: impl Fn(Span) -> bool) -> Reading {
        let document = Document::new(sentence, &PlainEnglish, &self.dictionary);
        // harper counts characters, we count bytes.
        let mut bytes: Vec<usize> = sentence.char_indices().map(|(at, _)| at).collect();
        bytes.push(sentence.len());
        let place = |span: harper_core::Span<char>| Span {
            start: bytes.get(span.start).copied().unwrap_or(sentence.len()),
            end: bytes.get(span.end).copied().unwrap_or(sentence.len()),
        };
        let mut words: Vec<Word> = Vec::new();
        for token in document.get_tokens() {
            let span = place(token.span);
            if let Some(mut word) = self.word(token, span, sentence) {
                let gap = words.last().map(|last| Span { start: last.span.end, end: span.start });
                word.joined = gap.is_some_and(|gap| gap.of(sentence).chars().all(char::is_whitespace));
                word.named = named(span);
                words.push(word);
            }
        }
        let lints = self.rules.lint(&document).into_iter().filter(|lint| is_error(lint.lint_kind));
        let mut lints: Vec<Lint> = lints
            .map(|lint| Lint {
                span: place(lint.span),
                message: lint.message,
                of_case: lint.lint_kind == LintKind::Capitalization,
            })
            .filter(|lint| !named(lint.span))
            .collect();
        // The order in which rules fire is harper's business; two rules on one place are one error.
        lints.sort_by(|a, b| a.span.cmp(&b.span).then_with(|| a.message.cmp(&b.message)));
        lints.dedup_by(|b, a| a.span.overlaps(b.span));
        Reading { words, lints }
    }

    fn word(&self, token: &Token, span: Span, sentence: &str) -> Option<Word> {
        let written = span.of(sentence);
        let number = matches!(token.kind, TokenKind::Number(_) | TokenKind::Decade);
        let TokenKind::Word(meta) = &token.kind else {
            return number.then(|| Word::bare(span, written, Some(Tag::Number)));
        };
        let kind = &token.kind;
        let lower = !written.is_empty() && written.bytes().all(|b| b.is_ascii_lowercase());
        let tag = meta.as_ref().and_then(|meta| meta.pos_tag).map(|tag| Tag::of(tag.as_ref()));
        let verb = tag == Some(Tag::Verb);
        Some(Word {
            known: meta.is_some(),
            misspelt: lower && written.len() > 1 && !self.dictionary.contains_word_str(written),
            may_be_verb: kind.is_verb() || kind.is_auxiliary_verb(),
            plural_only: kind.is_plural_noun_only() && !verb,
            singular_only: kind.is_singular_noun() && !kind.is_plural_noun() && !kind.is_verb() && !kind.is_adjective(),
            base_verb: verb
                && kind.is_verb_lemma()
                && !kind.is_adjective()
                && !kind.is_adverb()
                && !kind.is_preposition()
                && !kind.is_verb_past_form(),
            participle: kind.is_verb_past_form() || kind.is_verb_progressive_form(),
            ..Word::bare(span, written, tag)
        })
    }
}

impl Word {
    fn bare(span: Span, written: &str, tag: Option<Tag>) -> Self {
        Self {
            span,
            text: written.to_lowercase(),
            capital: written.starts_with(char::is_uppercase),
            tag,
            number: tag == Some(Tag::Number) || written.starts_with(|c: char| c.is_numeric()),
            known: true,
            misspelt: false,
            may_be_verb: false,
            plural_only: false,
            singular_only: false,
            base_verb: false,
            participle: false,
            named: false,
            joined: false,
        }
    }

    pub(super) fn is(&self, any: &[&str]) -> bool {
        any.contains(&self.text.as_str())
    }
}

impl Tag {
    /// harper's tags belong to a crate that it does not re-export; their names do.
    fn of(upos: &str) -> Self {
        match upos {
            "NOUN" => Self::Noun,
            "PROPN" => Self::Name,
            "PRON" => Self::Pronoun,
            "VERB" => Self::Verb,
            "AUX" => Self::Auxiliary,
            "ADJ" => Self::Adjective,
            "ADV" => Self::Adverb,
            "ADP" => Self::Preposition,
            "CCONJ" | "SCONJ" => Self::Conjunction,
            "DET" => Self::Determiner,
            "NUM" => Self::Number,
            _ => Self::Other,
        }
    }
}

/// Whether a kind of lint is about errors, as against taste.
fn is_error(kind: LintKind) -> bool {
    match kind {
        LintKind::Agreement
        | LintKind::BoundaryError
        | LintKind::Capitalization
        | LintKind::Eggcorn
        | LintKind::Grammar
        | LintKind::Malapropism
        | LintKind::Miscellaneous
        | LintKind::Punctuation
        | LintKind::Repetition
        | LintKind::Typo
        | LintKind::Usage
        | LintKind::WordChoice
        | LintKind::WordOrder => true,
        LintKind::Enhancement
        | LintKind::Formatting
        | LintKind::Nonstandard
        | LintKind::Readability
        | LintKind::Redundancy
        | LintKind::Regionalism
        | LintKind::Spelling
        | LintKind::Style => false,
    }
}
