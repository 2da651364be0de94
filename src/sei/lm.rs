//! What the language model is asked about sentences, and what its answers say.
//!
//! All questions are likelihoods of the sentence itself after some prompt, so that a prompt is evaluated
//! once for all candidates of a tuple: the batch goes question by question, not sentence by sentence.

use super::Fact;
use crate::domain::RelationTuple;
use crate::domain::relation::Relation;
use crate::jobs::engine::{Judged, JudgedToken, Judgement};

/// Longest sentence that is asked about, in bytes. Beyond it no candidate is a sentence, and the judging
/// context would overflow.
pub const LONGEST: usize = 2_000;

/// Facts of our own, said by us: head, relation, tail, sentence.
const SHOTS: [[&str; 4]; 3] = [
    ["Marie Curie", "field of work", "physics", "Marie Curie worked in the field of physics."],
    ["Lake Victoria", "outflow", "White Nile", "The White Nile flows out of Lake Victoria."],
    ["The Trial", "author", "Franz Kafka", "The Trial is a novel by Franz Kafka."],
];

/// One question about one sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Question {
    /// After three shots and the fact.
    Fact,
    /// The same, head and tail exchanged.
    Reversed,
    /// The same with another relation, by its place among the alternatives.
    Rival(usize),
    /// After three shots and the names without any relation.
    NamesAlone,
    /// After nothing.
    Plain,
}

/// The questions about the candidates of one fact, in the order in which they cost least.
#[derive(Debug, Clone)]
pub struct Interview {
    pub judgements: Vec<Judgement>,
    /// For each judgement, its sentence and what it asks.
    asked: Vec<(usize, Question)>,
    sentences: usize,
    /// Names of the alternatives.
    rivals: Vec<String>,
}

/// The answers about one sentence; what was not answered is absent.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LmEvidence {
    pub fact: Option<Judged>,
    pub reversed: Option<Judged>,
    pub names_alone: Option<Judged>,
    pub plain: Option<Judged>,
    /// Another relation's name, and the sentence's likelihood under it.
    pub rivals: Vec<(String, Judged)>,
}

/// The questions about one sentence, as they stand in [`interview`] for many.
#[must_use]
pub fn questions(fact: &Fact<'_>, alternatives: &[Relation], sentence: &str) -> Vec<Judgement> {
    interview(fact, alternatives, &[sentence]).judgements
}

/// The questions about all candidates of a fact. `alternatives` are relations that the types of its
/// entities allow as well; one or two are enough, and each costs a sentence's tokens.
#[must_use]
pub fn interview(fact: &Fact<'_>, alternatives: &[Relation], sentences: &[&str]) -> Interview {
    let rivals: Vec<&Relation> = alternatives
        .iter()
        .filter(|rival| !fact.relations.iter().any(|own| own.name == rival.name || own.label == rival.label))
        .collect();
    let kinds = kinds(fact, &rivals);
    let mut interview = Interview {
        judgements: Vec::new(),
        asked: Vec::new(),
        sentences: sentences.len(),
        rivals: rivals.iter().map(|rival| rival.name.clone()).collect(),
    };
    for (kind, prefix) in kinds {
        for (i, sentence) in sentences.iter().enumerate() {
            if !sentence.trim().is_empty() && sentence.len() <= LONGEST {
                let text = if kind == Question::Plain { (*sentence).to_owned() } else { format!(" {sentence}") };
                interview.judgements.push(Judgement { prefix: prefix.clone(), text });
                interview.asked.push((i, kind));
            }
        }
    }
    interview
}

/// What is asked, with its prompt. Without a tuple only how likely the words are after nothing; with one
/// that question was measured to add nothing to the others, so it is left out.
fn kinds(fact: &Fact<'_>, rivals: &[&Relation]) -> Vec<(Question, String)> {
    if fact.tuples.is_empty() {
        return vec![(Question::Plain, String::new())];
    }
    let mut kinds = vec![(Question::Fact, after_fact(fact, None, false))];
    if !fact.relations.iter().any(|relation| relation.symmetric) {
        kinds.push((Question::Reversed, after_fact(fact, None, true)));
    }
    for (i, rival) in rivals.iter().enumerate() {
        kinds.push((Question::Rival(i), after_fact(fact, Some(&rival.label), false)));
    }
    kinds.push((Question::NamesAlone, after_names(fact)));
    kinds
}

impl Interview {
    /// Sorts the answers, given in the order of `judgements`, by sentence. An answer that failed is `None`;
    /// a sentence about which nothing was answered has no evidence.
    #[must_use]
    pub fn evidence(&self, answers: Vec<Option<Judged>>) -> Vec<Option<LmEvidence>> {
        let mut all: Vec<Option<LmEvidence>> = vec![None; self.sentences];
        for (&(sentence, question), answer) in self.asked.iter().zip(answers) {
            let Some(answer) = answer.filter(|answer| !answer.tokens.is_empty()) else { continue };
            let Some(slot) = all.get_mut(sentence) else { continue };
            let evidence = slot.get_or_insert_with(LmEvidence::default);
            match question {
                Question::Fact => evidence.fact = Some(unspaced(&answer)),
                Question::Reversed => evidence.reversed = Some(unspaced(&answer)),
                Question::NamesAlone => evidence.names_alone = Some(unspaced(&answer)),
                Question::Plain => evidence.plain = Some(answer),
                Question::Rival(i) => {
                    let name = self.rivals.get(i).cloned().unwrap_or_default();
                    evidence.rivals.push((name, unspaced(&answer)));
                }
            }
        }
        all
    }
}

impl LmEvidence {
    /// Tokens judged for this sentence.
    #[must_use]
    pub fn tokens(&self) -> usize {
        let own = [&self.fact, &self.reversed, &self.names_alone, &self.plain].into_iter().flatten();
        own.chain(self.rivals.iter().map(|(_, judged)| judged)).map(|judged| judged.tokens.len()).sum()
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

/// Trial A's prompt. Several facts stand on one line, parted by semicolons; a rival takes the first's place.
fn after_fact(fact: &Fact<'_>, rival: Option<&str>, reversed: bool) -> String {
    let shot = |[head, relation, tail, sentence]: [&str; 4]| {
        format!("Fact: {head} | {relation} | {tail}\nSentence: {sentence}\n\n")
    };
    let shots: String = SHOTS.into_iter().map(shot).collect();
    let line = |(i, (tuple, relation)): (usize, (&RelationTuple, &Relation))| {
        let label = rival.filter(|_| i == 0).unwrap_or(&relation.label);
        let (head, tail) = if reversed { (&tuple.tail, &tuple.head) } else { (&tuple.head, &tuple.tail) };
        format!("{} | {label} | {}", head.name, tail.name)
    };
    let lines: Vec<String> = fact.tuples.iter().zip(fact.relations).enumerate().map(line).collect();
    format!("Each fact is written as one fluent English sentence.\n\n{shots}Fact: {}\nSentence:", lines.join("; "))
}

/// The same shots without their relations.
fn after_names(fact: &Fact<'_>) -> String {
    let shot = |[head, _, tail, sentence]: [&str; 4]| format!("Pair: {head} | {tail}\nSentence: {sentence}\n\n");
    let shots: String = SHOTS.into_iter().map(shot).collect();
    let lines: Vec<String> =
        fact.tuples.iter().map(|tuple| format!("{} | {}", tuple.head.name, tuple.tail.name)).collect();
    format!("Each pair is written as one fluent English sentence.\n\n{shots}Pair: {}\nSentence:", lines.join("; "))
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
        let given = given("Ada", "birthPlace", "Rome");
        let rivals = [Relation::unknown("deathPlace"), Relation::unknown("birthPlace")];
        let interview = interview(&given.fact(), &rivals, &["Ada is from Rome.", "", "Rome bore Ada."]);
        // Fact, reversed, one true rival (not the relation itself), names alone; two sentences each.
        assert_eq!(interview.judgements.len(), 8);
        for pair in interview.judgements.chunks(2) {
            assert_eq!(pair[0].prefix, pair[1].prefix);
            assert_eq!([pair[0].text.as_str(), pair[1].text.as_str()], [" Ada is from Rome.", " Rome bore Ada."]);
        }
        let prefixes: std::collections::BTreeSet<_> = interview.judgements.iter().map(|j| &j.prefix).collect();
        assert_eq!(prefixes.len(), 4);
        assert!(interview.judgements[0].prefix.ends_with("Fact: Ada | birth place | Rome\nSentence:"));
        assert!(interview.judgements[2].prefix.ends_with("Fact: Rome | birth place | Ada\nSentence:"));
        assert_eq!(questions(&given.fact(), &[], "Ada is from Rome.").len(), 3);
    }

    #[test]
    fn answers_find_their_sentence_and_failed_ones_are_absent() {
        let given = given("Ada", "birthPlace", "Rome");
        let interview = interview(&given.fact(), &[], &["Ada is from Rome.", "", "Rome bore Ada."]);
        let answer = |(i, judgement): (usize, &Judgement)| {
            (i != 3).then(|| judged(&judgement.text, if i == 0 { -1.0 } else { -2.0 }))
        };
        let answers = interview.judgements.iter().enumerate().map(answer).collect();
        let evidence = interview.evidence(answers);
        assert_eq!(evidence[1], None);
        let last = evidence[2].as_ref().unwrap();
        assert_eq!(last.fact.as_ref().unwrap().sum(), -2.0);
        assert_eq!(last.fact.as_ref().unwrap().tokens[0].end, "Rome bore Ada.".len());
        assert_eq!(last.reversed, None);
        assert_eq!(last.tokens(), 2);
        assert!(interview.evidence(vec![]).iter().all(Option::is_none));
    }

    #[test]
    fn symmetric_relations_have_no_wrong_direction_and_long_texts_are_not_asked() {
        let mut given = given("Ada", "spouse", "Bob");
        given.relations[0].symmetric = true;
        assert_eq!(questions(&given.fact(), &[], "Ada married Bob.").len(), 2);
        assert_eq!(questions(&given.fact(), &[], &"x".repeat(LONGEST + 1)).len(), 0);
        let none = Fact { tuples: &[], relations: &[] };
        let asked = questions(&none, &[], "Rain fell.");
        assert_eq!(asked, [Judgement { prefix: String::new(), text: "Rain fell.".into() }]);
    }
}
