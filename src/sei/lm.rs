//! What language models are asked about sentences, and what their answers say.
//!
//! Two are asked. The default model: how likely the sentence is after its fact (how well it is written, and
//! whether it fits). The same model with this project's adapter, which has learnt to write a fact as a sentence
//! with slots for the names: how likely the slotted sentence is after its fact, with the slots exchanged (which
//! end is which), and after the same names with a relation that says nothing (what the relation explains).
//!
//! All questions are likelihoods of the sentence after some prompt, so that a prompt is evaluated once for all
//! candidates of a tuple: the batch goes question by question, not sentence by sentence.

use super::Fact;
use crate::domain::RelationTuple;
use crate::domain::prompt::{HEAD, TAIL, slot_named};
use crate::domain::relation::Relation;
use crate::jobs::engine::{Judged, JudgedToken, Judgement};

/// The adapter's name in `models/manifest.toml`.
pub const TUNED: &str = "rel2text-smollm2-135m";

/// Longest sentence that is asked about, in bytes. Beyond it no candidate is a sentence, and the judging
/// context would overflow.
pub const LONGEST: usize = 2_000;

/// Facts of a text that the adapter is asked about, one by one: it has learnt to write one.
const TUNED_FACTS: usize = 3;

/// A relation between any two things.
const NEUTRAL: &str = "related to";

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
    /// After nothing.
    Plain,
    /// By the adapter, after the tuple.
    Tuned(usize),
    /// The same, the sentence's slots exchanged.
    Exchanged(usize),
    /// The same after the names and a relation that says nothing.
    Neutral(usize),
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
}

/// The adapter's answers about one sentence and one tuple.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tuned {
    /// The sentence with slots, which the places in the answers are places of.
    pub slotted: String,
    pub own: Option<Judged>,
    pub exchanged: Option<Judged>,
    pub neutral: Option<Judged>,
}

/// The questions to the default model about all candidates of a fact. Without a tuple only how likely the words
/// are after nothing; with one that question was measured to add nothing, so it is left out.
#[must_use]
pub fn interview(fact: &Fact<'_>, sentences: &[&str]) -> Interview {
    let mut interview = Interview::default();
    let plain = fact.tuples.is_empty();
    let prefix = if plain { String::new() } else { after_fact(fact) };
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
        let slotted: Vec<(usize, String)> =
            askable(sentences).map(|(i, sentence)| (i, slot_named(sentence, &tuple.head, &tuple.tail))).collect();
        let prefix = tuned_prompt(tuple, &relation.label);
        for (i, text) in &slotted {
            interview.ask(*i, Question::Tuned(nth), &prefix, text.clone());
        }
        if !relation.symmetric {
            for (i, text) in &slotted {
                interview.ask(*i, Question::Exchanged(nth), &prefix, exchanged(text));
            }
        }
        let prefix = tuned_prompt(tuple, NEUTRAL);
        for (i, text) in slotted {
            interview.ask(i, Question::Neutral(nth), &prefix, text);
        }
    }
    interview
}

/// Sentences that say something, and not endlessly, with their places.
fn askable<'s>(sentences: &[&'s str]) -> impl Iterator<Item = (usize, &'s str)> {
    sentences.iter().copied().enumerate().filter(|(_, s)| !s.trim().is_empty() && s.len() <= LONGEST)
}

/// `[H]` and `[T]` in each other's place.
fn exchanged(slotted: &str) -> String {
    slotted.replace(HEAD, "\0").replace(TAIL, HEAD).replace('\0', TAIL)
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
    /// failed is `None`; a sentence about which nothing was answered keeps none.
    pub fn add(self, answers: Vec<Option<Judged>>, evidence: &mut [Option<LmEvidence>]) {
        for (((sentence, question), asked), answer) in self.asked.into_iter().zip(self.judgements).zip(answers) {
            let Some(answer) = answer.filter(|answer| !answer.tokens.is_empty()) else { continue };
            let Some(slot) = evidence.get_mut(sentence) else { continue };
            let evidence = slot.get_or_insert_with(LmEvidence::default);
            match question {
                Question::Fact => evidence.fact = Some(unspaced(&answer)),
                Question::Plain => evidence.plain = Some(answer),
                Question::Tuned(nth) => {
                    let tuned = evidence.tuned(nth);
                    tuned.own = Some(answer);
                    tuned.slotted = asked.text;
                }
                Question::Exchanged(nth) => evidence.tuned(nth).exchanged = Some(answer),
                Question::Neutral(nth) => evidence.tuned(nth).neutral = Some(answer),
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
        let tuned = self.tuned.iter().flat_map(|t| [&t.own, &t.exchanged, &t.neutral]);
        [&self.fact, &self.plain].into_iter().chain(tuned).flatten().map(|judged| judged.tokens.len()).sum()
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
        format!("{} | {} | {}", tuple.head.name, relation.label, tuple.tail.name)
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
        let (fact, neutral) = ("Ada (poet) | birth place | Rome\n", "Ada (poet) | related to | Rome\n");
        assert_eq!(
            shown,
            [
                (fact, "[H] is from [T]."),
                (fact, "[T] bore her."),
                (fact, "[T] is from [H]."),
                (fact, "[H] bore her."),
                (neutral, "[H] is from [T]."),
                (neutral, "[T] bore her."),
            ]
        );
    }

    #[test]
    fn answers_find_their_sentence_and_failed_ones_are_absent() {
        let given = given("Ada", "birthPlace", "Rome");
        let sentences = ["Ada is from Rome.", "", "Rome bore Ada."];
        let mut evidence = vec![None; 3];
        let plain = interview(&given.fact(), &sentences);
        let answers = vec![Some(judged(&plain.judgements[0].text, -1.0)), None];
        plain.add(answers, &mut evidence);
        let tuned = tuned_interview(&given.fact(), &sentences);
        let answer = |(i, judgement): (usize, &Judgement)| (i != 3).then(|| judged(&judgement.text, -2.0));
        let answers = tuned.judgements.iter().enumerate().map(answer).collect();
        tuned.add(answers, &mut evidence);
        assert_eq!(evidence[1], None);
        let [first, last] = [evidence[0].as_ref().unwrap(), evidence[2].as_ref().unwrap()];
        assert_eq!(first.fact.as_ref().unwrap().sum(), -1.0);
        assert_eq!(first.fact.as_ref().unwrap().tokens[0].end, "Ada is from Rome.".len());
        assert_eq!(first.tokens(), 4);
        assert_eq!(last.fact, None);
        assert_eq!(last.tuned[0].slotted, "[T] bore [H].");
        assert_eq!((last.tuned[0].exchanged.is_none(), last.tokens()), (true, 2));
        let mut none = vec![None; 3];
        interview(&given.fact(), &sentences).add(vec![], &mut none);
        assert!(none.iter().all(Option::is_none));
    }

    #[test]
    fn symmetric_relations_have_no_wrong_direction_and_long_texts_are_not_asked() {
        let mut given = given("Ada", "spouse", "Bob");
        given.relations[0].symmetric = true;
        assert_eq!(tuned_interview(&given.fact(), &["Ada married Bob."]).judgements.len(), 2);
        assert_eq!(interview(&given.fact(), &[&"x".repeat(LONGEST + 1)]).judgements.len(), 0);
        let none = Fact { tuples: &[], relations: &[] };
        let asked = interview(&none, &["Rain fell."]).judgements;
        assert_eq!(asked, [Judgement { prefix: String::new(), text: "Rain fell.".into() }]);
        assert!(tuned_interview(&none, &["Rain fell."]).judgements.is_empty());
    }
}
