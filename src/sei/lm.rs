//! What language models are asked about sentences, and what their answers say.
//!
//! Two are asked. The default model: how likely the sentence is after its fact (how well it is written, and
//! whether it fits). The same model with this project's adapter, which has learnt to write a fact as a sentence
//! with slots for the names: how likely the slotted sentence is after its fact. (With its slots exchanged, and after a
//! relation that says nothing, it was asked too, at three times the cost: beside the critic that tells nothing more.)
//!
//! The same model with a second adapter, the critic, has learnt from people's labels to say yes or no: whether a
//! sentence says its fact and nothing else, and whether it is good English. Its answer is the likelihood of two words
//! of yes behind the sentence.
//!
//! All questions are likelihoods of a text after some prompt, so that a prompt is evaluated once for all
//! candidates of a tuple: the batch goes question by question, not sentence by sentence.

use super::{Fact, Judges};
use crate::domain::RelationTuple;
use crate::domain::prompt::slot_named;
use crate::domain::relation::Relation;
use crate::jobs::engine::{Judged, JudgedToken, Judgement};

/// The adapter's name in `models/manifest.toml`.
pub const TUNED: &str = "rel2text-smollm2-135m";

/// The same of the critic (`models/train/critic.py`).
pub const CRITIC: &str = "critic-smollm2-135m";

/// What stands behind a sentence that the critic is asked about. The first yes: it says the fact and nothing else. The
/// second: it is good English.
const YES: &str = "\nyes yes";

/// No likelihood of a yes is told apart from 0 or 1 beyond these odds, in nats.
const SURE: f64 = 8.0;

/// Longest sentence that is asked about, in bytes. Beyond it no candidate is a sentence, and the judging
/// context would overflow.
pub const LONGEST: usize = 2_000;

/// Facts of a text that the adapter is asked about, one by one: it has learnt to write one.
const TUNED_FACTS: usize = 3;

/// Facts of our own, said by us: head, relation, tail, sentence.
const SHOTS: [[&str; 4]; 3] = [
    ["Marie Curie", "field of work", "physics", "Marie Curie worked in the field of physics."],
    ["Lake Victoria", "outflow", "White Nile", "The White Nile flows out of Lake Victoria."],
    ["The Trial", "author", "Franz Kafka", "The Trial is a novel by Franz Kafka."],
];

/// One question about one sentence. A number is the place of a fact's tuple.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Question {
    /// After three shots and the fact.
    Fact,
    /// After a line's end, as a text begins.
    Plain,
    /// By the adapter, after the tuple.
    Tuned(usize),
    /// By the critic, after all facts.
    Critic,
}

impl Criticism {
    /// As a probability.
    #[must_use]
    pub fn accurate_chance(&self) -> f64 {
        1.0 / (1.0 + (-self.accurate).exp())
    }

    /// As a probability.
    #[must_use]
    pub fn english_chance(&self) -> f64 {
        1.0 / (1.0 + (-self.english).exp())
    }
}

/// The questions about the candidates of one fact to one model, in the order in which they cost least.
#[derive(Debug, Clone, Default)]
pub struct Interview {
    pub judgements: Vec<Judgement>,
    /// For each judgement, its sentence and what it asks.
    asked: Vec<(usize, Question)>,
}

/// The answers about one sentence; what was not answered is absent.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LmEvidence {
    pub fact: Option<Judged>,
    pub plain: Option<Judged>,
    /// By tuple of the fact.
    pub tuned: Vec<Tuned>,
    pub critic: Option<Criticism>,
    /// Who answered.
    pub judges: Judges,
}

/// What the critic said of a sentence, as log-odds of yes in nats, within ±8.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Criticism {
    /// It says the fact and nothing else.
    pub accurate: f64,
    /// It is good English.
    pub english: f64,
    /// Tokens that were judged for it.
    pub tokens: usize,
}

/// The adapter's answers about one sentence and one tuple.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tuned {
    /// The sentence with slots, which the places in the answers are places of.
    pub slotted: String,
    pub own: Option<Judged>,
}

/// What stands before a sentence without a fact. Of 1,000 minimal pairs the likelihood tells 79 in 100 after a newline,
/// 78 after the end of a text, 73 after nothing (summed over a sentence's tokens: 81, 79 and 76).
const OPENING: &str = "\n";

/// The questions to the default model about all candidates of a fact. Without a tuple only how likely the words
/// are by themselves; with one that question was measured to add nothing, so it is left out.
#[must_use]
pub fn interview(fact: &Fact<'_>, sentences: &[&str]) -> Interview {
    let mut interview = Interview::default();
    let plain = fact.tuples.is_empty();
    let prefix = if plain { OPENING.to_owned() } else { after_fact(fact) };
    let question = if plain { Question::Plain } else { Question::Fact };
    for (i, sentence) in askable(sentences) {
        let text = if plain { sentence.to_owned() } else { format!(" {sentence}") };
        interview.ask(i, question, &prefix, text);
    }
    interview
}

/// The questions to the adapter about all candidates of a fact.
#[must_use]
pub fn tuned_interview(fact: &Fact<'_>, sentences: &[&str]) -> Interview {
    let mut interview = Interview::default();
    for (nth, (tuple, relation)) in fact.tuples.iter().zip(fact.relations).take(TUNED_FACTS).enumerate() {
        let prefix = tuned_prompt(tuple, relation.told());
        for (i, sentence) in askable(sentences) {
            interview.ask(i, Question::Tuned(nth), &prefix, slot_named(sentence, &tuple.head, &tuple.tail));
        }
    }
    interview
}

/// The questions to the critic about all candidates of a fact; about none where there is no fact.
#[must_use]
pub fn critical_interview(fact: &Fact<'_>, sentences: &[&str]) -> Interview {
    let mut interview = Interview::default();
    if fact.tuples.is_empty() {
        return interview;
    }
    let line = |(tuple, relation): (&RelationTuple, &Relation)| {
        format!("{} | {} | {}", tuple.head.name, relation.told().to_lowercase(), tuple.tail.name)
    };
    let lines: Vec<String> = fact.tuples.iter().zip(fact.relations).map(line).collect();
    let prefix = format!("{}\n", lines.join("; "));
    for (i, sentence) in askable(sentences) {
        let words: Vec<&str> = sentence.split_whitespace().collect();
        interview.ask(i, Question::Critic, &prefix, format!("{}{YES}", words.join(" ")));
    }
    interview
}

/// The critic's answer, from the likelihoods of a sentence and two words of yes; `None` where those two are not the
/// last tokens.
fn criticism(asked: &str, judged: &Judged) -> Option<Criticism> {
    let [.., first, second] = judged.tokens.as_slice() else { return None };
    let yes = asked.len().checked_sub(YES.len() - 1)?;
    let odds = |token: &JudgedToken| {
        let log = f64::from(token.logprob).min(0.0);
        // log p - log(1 - p); at p = 1 the second term has no bound.
        (log - (-log.exp()).ln_1p()).clamp(-SURE, SURE)
    };
    let told = (first.start, first.end, second.end) == (yes, yes + "yes".len(), asked.len());
    told.then(|| Criticism { accurate: odds(first), english: odds(second), tokens: judged.tokens.len() })
}

/// Sentences that say something, and not endlessly, with their places.
fn askable<'s>(sentences: &[&'s str]) -> impl Iterator<Item = (usize, &'s str)> {
    sentences.iter().copied().enumerate().filter(|(_, s)| !s.trim().is_empty() && s.len() <= LONGEST)
}

/// What the adapter was trained to read before it writes (`models/train`).
fn tuned_prompt(tuple: &RelationTuple, label: &str) -> String {
    format!("{} | {} | {}\n", tuple.head.name, label.to_lowercase(), tuple.tail.name)
}

impl Interview {
    fn ask(&mut self, sentence: usize, question: Question, prefix: &str, text: String) {
        self.judgements.push(Judgement { prefix: prefix.to_owned(), text });
        self.asked.push((sentence, question));
    }

    /// Sorts the answers, given in the order of `judgements`, into the evidence of each sentence. An answer that
    /// failed is `None`; a sentence about which nothing was answered keeps none. `mark` tells who answered.
    pub fn add(self, answers: Vec<Option<Judged>>, mark: &str, evidence: &mut [Option<LmEvidence>]) {
        for (((sentence, question), asked), answer) in self.asked.into_iter().zip(self.judgements).zip(answers) {
            let Some(answer) = answer.filter(|answer| !answer.tokens.is_empty()) else { continue };
            let Some(slot) = evidence.get_mut(sentence) else { continue };
            let evidence = slot.get_or_insert_with(LmEvidence::default);
            let judge = match question {
                Question::Fact | Question::Plain => &mut evidence.judges.model,
                Question::Tuned(_) => &mut evidence.judges.tuned,
                Question::Critic => &mut evidence.judges.critic,
            };
            *judge = Some(mark.to_owned());
            match question {
                Question::Fact => evidence.fact = Some(unspaced(&answer)),
                Question::Plain => evidence.plain = Some(answer),
                Question::Tuned(nth) => {
                    let tuned = evidence.tuned(nth);
                    tuned.own = Some(answer);
                    tuned.slotted = asked.text;
                }
                Question::Critic => evidence.critic = criticism(&asked.text, &answer),
            }
        }
    }
}

impl LmEvidence {
    fn tuned(&mut self, nth: usize) -> &mut Tuned {
        if self.tuned.len() <= nth {
            self.tuned.resize(nth + 1, Tuned::default());
        }
        &mut self.tuned[nth]
    }

    /// Tokens judged for this sentence.
    #[must_use]
    pub fn tokens(&self) -> usize {
        let tuned = self.tuned.iter().map(|tuned| &tuned.own);
        let judged = [&self.fact, &self.plain].into_iter().chain(tuned).flatten();
        judged.map(|judged| judged.tokens.len()).chain(self.critic.map(|critic| critic.tokens)).sum()
    }
}

/// Places in the sentence, from places in the sentence behind one space.
fn unspaced(judged: &Judged) -> Judged {
    let shift = |token: &JudgedToken| JudgedToken {
        start: token.start.saturating_sub(1),
        end: token.end.saturating_sub(1),
        ..*token
    };
    Judged { tokens: judged.tokens.iter().map(shift).collect() }
}

/// Three shots, then the fact; several facts stand on one line, parted by semicolons.
fn after_fact(fact: &Fact<'_>) -> String {
    let shot = |[head, relation, tail, sentence]: [&str; 4]| {
        format!("Fact: {head} | {relation} | {tail}\nSentence: {sentence}\n\n")
    };
    let shots: String = SHOTS.into_iter().map(shot).collect();
    let line = |(tuple, relation): (&RelationTuple, &Relation)| {
        format!("{} | {} | {}", tuple.head.name, relation.told(), tuple.tail.name)
    };
    let lines: Vec<String> = fact.tuples.iter().zip(fact.relations).map(line).collect();
    format!("Each fact is written as one fluent English sentence.\n\n{shots}Fact: {}\nSentence:", lines.join("; "))
}

#[cfg(test)]
mod tests {
    use super::super::tests::given;
    use super::*;

    /// One token of the given log-probability over the whole text.
    fn judged(text: &str, logprob: f32) -> Judged {
        Judged { tokens: vec![JudgedToken { start: 0, end: text.len(), logprob }] }
    }

    #[test]
    fn sentences_of_one_question_stand_together_and_share_its_prompt() {
        let given = given("Ada (poet)", "birthPlace", "Rome");
        let sentences = ["Ada is from Rome.", "", "Rome bore her."];
        let plain = interview(&given.fact(), &sentences).judgements;
        assert_eq!(plain.len(), 2);
        assert!(plain[0].prefix.ends_with("Fact: Ada (poet) | birth place | Rome\nSentence:"));
        assert_eq!(plain[0].prefix, plain[1].prefix);
        assert_eq!([plain[0].text.as_str(), plain[1].text.as_str()], [" Ada is from Rome.", " Rome bore her."]);
        let tuned = tuned_interview(&given.fact(), &sentences).judgements;
        let shown: Vec<(&str, &str)> = tuned.iter().map(|j| (j.prefix.as_str(), j.text.as_str())).collect();
        let fact = "Ada (poet) | birth place | Rome\n";
        assert_eq!(shown, [(fact, "[H] is from [T]."), (fact, "[T] bore her.")]);
        let critic = critical_interview(&given.fact(), &["Ada is  from\nRome."]).judgements;
        assert_eq!(critic, [Judgement { prefix: fact.into(), text: "Ada is from Rome.\nyes yes".into() }]);
    }

    #[test]
    fn answers_find_their_sentence_and_failed_ones_are_absent() {
        let given = given("Ada", "birthPlace", "Rome");
        let sentences = ["Ada is from Rome.", "", "Rome bore Ada."];
        let mut evidence = vec![None; 3];
        let plain = interview(&given.fact(), &sentences);
        let answers = vec![Some(judged(&plain.judgements[0].text, -1.0)), None];
        plain.add(answers, "base", &mut evidence);
        let tuned = tuned_interview(&given.fact(), &sentences);
        let answers = tuned.judgements.iter().map(|judgement| Some(judged(&judgement.text, -2.0))).collect();
        tuned.add(answers, "adapter", &mut evidence);
        assert_eq!(evidence[1], None);
        let [first, last] = [evidence[0].as_ref().unwrap(), evidence[2].as_ref().unwrap()];
        assert_eq!(first.fact.as_ref().unwrap().sum(), -1.0);
        assert_eq!(first.fact.as_ref().unwrap().tokens[0].end, "Ada is from Rome.".len());
        assert_eq!(first.tokens(), 2);
        assert_eq!(last.fact, None);
        let by = |model: Option<&str>| Judges {
            model: model.map(str::to_owned),
            tuned: Some("adapter".into()),
            critic: None,
        };
        assert_eq!(
            [&first.judges, &last.judges],
            [&by(Some("base")), &by(None)],
            "who was asked in vain judged nothing"
        );
        assert_eq!(last.tuned[0].slotted, "[T] bore [H].");
        assert_eq!(last.tokens(), 1);
        let mut none = vec![None; 3];
        interview(&given.fact(), &sentences).add(vec![], "base", &mut none);
        assert!(none.iter().all(Option::is_none));
    }

    #[test]
    fn long_texts_are_not_asked_about_and_without_a_fact_only_the_words() {
        let given = given("Ada", "spouse", "Bob");
        assert_eq!(interview(&given.fact(), &[&"x".repeat(LONGEST + 1)]).judgements.len(), 0);
        let none = Fact { tuples: &[], relations: &[] };
        let asked = interview(&none, &["Rain fell."]).judgements;
        assert_eq!(asked, [Judgement { prefix: "\n".into(), text: "Rain fell.".into() }]);
        assert!(tuned_interview(&none, &["Rain fell."]).judgements.is_empty());
        assert!(critical_interview(&none, &["Rain fell."]).judgements.is_empty());
    }

    #[test]
    fn the_critics_answer_is_the_odds_of_two_last_words() {
        let asked = "Rain fell.\nyes yes";
        let token = |start: usize, end: usize, chance: f32| JudgedToken { start, end, logprob: chance.ln() };
        let said = |first: f32, second: f32| Judged {
            tokens: vec![token(0, 10, 0.1), token(10, 11, 0.1), token(11, 14, first), token(14, 18, second)],
        };
        let critic = criticism(asked, &said(0.5, 0.9)).unwrap();
        assert!(critic.accurate.abs() < 1e-6 && (critic.english - 9_f64.ln()).abs() < 1e-5, "{critic:?}");
        assert!((critic.english_chance() - 0.9).abs() < 1e-6 && critic.tokens == 4);
        let sure = criticism(asked, &said(1.0, 0.0)).unwrap();
        assert_eq!((sure.accurate, sure.english), (SURE, -SURE));
        // Tokens of another cut, as another model's tokenizer has them, are no answer.
        let other = Judged { tokens: vec![token(0, 11, 0.1), token(11, 15, 0.5), token(15, 18, 0.5)] };
        assert_eq!(criticism(asked, &other), None);
        assert_eq!(criticism("", &Judged { tokens: Vec::new() }), None);
    }
}
