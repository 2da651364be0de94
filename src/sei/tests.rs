//! Tests of the whole scorer, on sentences of our own.

use super::*;
use crate::domain::quality::{Score, Veto};

/// A fact that owns its parts.
pub(super) struct Given {
    pub(super) tuples: Vec<RelationTuple>,
    pub(super) relations: Vec<Relation>,
}

impl Given {
    pub(super) fn fact(&self) -> Fact<'_> {
        Fact { tuples: &self.tuples, relations: &self.relations }
    }
}

pub(super) fn given(head: &str, relation: &str, tail: &str) -> Given {
    Given {
        tuples: vec![RelationTuple::new(head, None, relation, tail, None).unwrap()],
        relations: vec![Relation::unknown(relation)],
    }
}

fn scorer() -> Scorer {
    Scorer::new(SeiPolicy::built_in().unwrap())
}

fn turing() -> Given {
    given("Alan Turing", "almaMater", "King's College, Cambridge")
}

fn measured(given: &Given, sentence: &str) -> Measured {
    scorer().score(&given.fact(), sentence, None, 0.0)
}

fn value(m: &Measured, feature: Feature) -> f64 {
    m.raw.get(feature).unwrap()
}

fn vetoes(given: &Given, sentence: &str) -> Vec<Veto> {
    measured(given, sentence).index.vetoes
}

#[test]
fn a_good_sentence_beats_each_of_its_spoilt_forms() {
    let given = turing();
    let mut scorer = scorer();
    let mut sei = |text: &str| scorer.score(&given.fact(), text, None, 0.0).index.value.unwrap().get();
    let good = sei("Alan Turing studied at King's College, Cambridge.");
    for bad in [
        "Alan Turing studied at.",
        "Alan Turing King's College, Cambridge.",
        "Alan Turing almaMater King's College, Cambridge.",
        "Sentence: Alan Turing studied at King's College, Cambridge",
        "Alan Turing studied studied at at King's College, Cambridge.",
        "Alan Turing studied at King's College, Cambridge. He was born in London.",
        "Alan Turing studied at King's College, Cambridge, and the",
        "Alan Turing studyed at teh King's College, Cambridge",
        "",
    ] {
        assert!(sei(bad) < good, "{bad}: {} is not below {good}", sei(bad));
    }
}

#[test]
fn faults_of_grammar_are_found_and_good_sentences_have_none() {
    let given = given("Aarhus", "location", "Denmark");
    let mut scorer = scorer();
    let mut faults = |text: &str| {
        let m = scorer.score(&given.fact(), text, None, 0.0);
        let kinds = [Feature::Lints, Feature::Misspelt, Feature::NoStop, Feature::SmallStart, Feature::Leaks];
        let more = [Feature::Leftovers, Feature::Repeats, Feature::NoVerb, Feature::Disagreements];
        kinds.iter().chain(&more).map(|&f| value(&m, f)).sum::<f64>()
    };
    for bad in [
        "The university are in Aarhus, Denmark.",
        "The airports is in Aarhus, Denmark.",
        "Aarhus can lies in Denmark.",
        "Aarhus was locate in Denmark.",
        "Aarhus, Denmark have has a harbour.",
        "aarhus is in Denmark.",
        "The city Aarhus in Denmark.",
        "Aarhus is in Denmark",
        "Here is the sentence about Aarhus in Denmark.",
        "Aarhus is in the the country of Denmark.",
        "The is the of Aarhus in Denmark.",
        "Aarhus is in the [T] Denmark.",
        "Aarhus country_of Denmark is.",
        "A famous citys of Denmark is Aarhus.",
    ] {
        assert!(faults(bad) > 0.0, "{bad}");
    }
    for good in [
        "Aarhus is a city in Denmark.",
        "Aarhus lies in Denmark, where it was founded by the Vikings.",
        "Both Aarhus and its harbour are in Denmark.",
        "the second city of denmark is aarhus.",
        "The name of one of the cities in Denmark is Aarhus.",
        "Aarhus borders no country but lies in Denmark.",
    ] {
        assert!(faults(good) == 0.0, "{good}: {:?}", measured(&given, good).evidence.grammar);
    }
}

#[test]
fn names_set_off_neither_lints_nor_tone() {
    let given = given("Great Britain", "festival", "Happy Days");
    let m = measured(&given, "The concert of Great Britain is called Happy Days.");
    assert_eq!(value(&m, Feature::Compound), 0.0);
    assert_eq!(value(&m, Feature::Lints), 0.0);
    let odd = self::given("the the iphone of of", "maker", "dupont a apple");
    let m = measured(&odd, "The the iphone of of was made by dupont a apple.");
    assert_eq!(value(&m, Feature::Lints) + value(&m, Feature::Misspelt) + value(&m, Feature::Repeats), 0.0);
}

#[test]
fn tone_is_judged_against_that_of_the_relation() {
    let given = given("Ada", "death place", "Rome");
    let mut scorer = scorer();
    let sad = "Ada died a terrible death in Rome.";
    let mut score =
        |text: &str, tone| scorer.score(&given.fact(), text, None, tone).card.get(Dimension::Sentiment).unwrap();
    assert!(score(sad, -0.7) > score(sad, 0.0));
    assert!(score("Ada lived in Rome.", 0.0) > score(sad, 0.0));
    assert!(score(sad, f64::NAN) == score(sad, 0.0));
}

#[test]
fn what_the_fact_does_not_say_is_noticed() {
    let given = turing();
    let plain = measured(&given, "The alma mater of Alan Turing is King's College, Cambridge.");
    let extra =
        measured(&given, "Alan Turing, a famous British athlete born in 1912, attended King's College, Cambridge.");
    assert_eq!(value(&plain, Feature::Unexplained), 0.0);
    assert_eq!(value(&plain, Feature::RelationWords), 1.0);
    assert!(value(&extra, Feature::Unexplained) >= 4.0);
    assert!(value(&extra, Feature::StrangeNames) >= 2.0);
    assert!(plain.card.get(Dimension::Accuracy) > extra.card.get(Dimension::Accuracy));
}

#[test]
fn vetoes_name_their_fault() {
    let given = turing();
    for (text, veto) in [
        ("He studied at King's College, Cambridge.", Veto::HeadMissing),
        ("Alan Turing studied in Cambridge.", Veto::TailMissing),
        ("Alan Turing of King's College, Cambridge.", Veto::NoVerb),
        ("Alan Turing studied at King's College, Cambridge, and the", Veto::CutOff),
        ("Alan Turing studied at King's College, Cambridge...", Veto::CutOff),
        ("Alan Turing studied at King's College, Cambridge. He liked it.", Veto::NotOneSentence),
        ("Alan Turing hat als junger Mann studiert, an der King's College, Cambridge.", Veto::WrongLanguage),
        ("艾伦·图灵曾就读于剑桥大学国王学院 Alan Turing King's College, Cambridge.", Veto::WrongLanguage),
        (" \u{2014} ", Veto::Empty),
    ] {
        assert!(vetoes(&given, text).contains(&veto), "{text}: {:?}", vetoes(&given, text));
    }
}

#[test]
fn full_stops_inside_a_sentence_are_no_second_sentence() {
    for (head, tail, text) in [
        ("Dr. A.C. Smith", "St. Louis", "Dr. A.C. Smith lives in St. Louis."),
        ("Acme Inc.", "Washington, D.C.", "Acme Inc. has its seat in Washington, D.C. and works there."),
        ("J. R. R. Tolkien", "The Hobbit", "J. R. R. Tolkien, who taught Old English, wrote The Hobbit."),
        ("Panic! at the Disco", "Las Vegas", "Panic! at the Disco was formed in Las Vegas."),
        ("Ada Hill", "10.5", "Ada Hill, 10.5 km from the sea, lies near Mt. Blue."),
        ("Ada Hill", "U.S.", "Ada Hill was the first U.S. Senator to visit the moon."),
    ] {
        assert_eq!(vetoes(&given(head, "residence", tail), text), [], "{text}");
    }
}

#[test]
fn a_text_about_two_facts_may_have_two_sentences_but_must_name_all() {
    let mut given = turing();
    let other = self::given("Alan Turing", "birthPlace", "London");
    given.tuples.extend(other.tuples);
    given.relations.extend(other.relations);
    let all = measured(&given, "Alan Turing was born in London. Alan Turing studied at King's College, Cambridge.");
    assert_eq!(all.index.vetoes, []);
    assert_eq!(value(&all, Feature::Coverage), 1.0);
    let half = measured(&given, "Alan Turing was born in London.");
    assert_eq!(half.index.vetoes, [Veto::TailMissing]);
    assert_eq!(value(&half, Feature::Coverage), 0.75);
}

#[test]
fn an_empty_text_is_worth_nothing() {
    let m = measured(&turing(), "");
    assert_eq!(m.card, ScoreCard::default());
    assert_eq!(m.index.value, Some(Score::ZERO));
}

#[test]
fn scores_come_again_from_stored_measurements_alone() {
    let m = measured(&turing(), "Alan Turing studied at King's College, Cambridge.");
    let stored = serde_json::to_string(&m.raw).unwrap();
    let raw: RawMeasurements = serde_json::from_str(&stored).unwrap();
    assert_eq!(SeiPolicy::built_in().unwrap().rescore(&raw), (m.card, m.index));
    let evidence = serde_json::to_string(&m.evidence).unwrap();
    assert_eq!(serde_json::from_str::<Evidence>(&evidence).unwrap(), m.evidence);
}

#[test]
fn the_same_sentence_gives_the_same_numbers_whatever_came_before() {
    let given = turing();
    let text = "Alan Turing was attended the King's College, Cambridge, where they works.";
    let mut scorer = scorer();
    let first = scorer.score(&given.fact(), text, None, 0.1);
    let _other = scorer.score(&self::given("a", "b", "c").fact(), "Some other text about a and c", None, 0.0);
    assert_eq!(scorer.score(&given.fact(), text, None, 0.1), first);
}

#[test]
fn hostile_and_huge_texts_are_measured_like_any_other() {
    let given = turing();
    let mut scorer = scorer();
    let long = "Alan Turing studied very hard and then went to the next room, ".repeat(160);
    for text in [
        long.as_str(),
        "\u{1b}[2J\u{0}\u{7f}",
        "👩‍👩‍👧‍👦🏳️‍🌈 is 👍🏽.",
        "\u{202e}gnirut\u{202c} אלן טיורינג",
        "e\u{301}\u{301}\u{301}",
        "....!!!???",
        "_ _ __ [ ] { } < > |",
        "\n\n\n\t",
        "King's College, Cambridge\u{feff}Alan Turing",
    ] {
        let m = scorer.score(&given.fact(), text, None, 0.0);
        assert!(m.index.value.is_some(), "{text:?}");
    }
}

#[test]
fn any_text_is_scored_without_panic() {
    use proptest::prelude::*;
    let given = turing();
    // One scorer for all cases: harper takes half a second to load.
    let scorer = std::cell::RefCell::new(scorer());
    let run = |text: &str| {
        let m = scorer.borrow_mut().score(&given.fact(), text, None, 0.0);
        m.card.iter().all(|(_, score)| score.is_none_or(|s| (0.0..=1.0).contains(&s.get())))
    };
    proptest!(ProptestConfig::with_cases(64), |(text in "(\\PC|Alan Turing|King's College, Cambridge|[ .,!?_'\"]){0,30}")| {
        prop_assert!(run(&text));
    });
}

/// Answers in which every token of every question has one log-probability, but for those that `change` alters.
fn answered(given: &Given, text: &str, change: impl Fn(&str, &str) -> f32) -> LmEvidence {
    let answer = |judgement: &crate::jobs::Judgement| {
        let mut tokens = Vec::new();
        let mut start = 0;
        for piece in judgement.text.split_inclusive(' ') {
            let logprob = change(&judgement.text, piece.trim());
            tokens.push(crate::jobs::engine::JudgedToken { start, end: start + piece.len(), logprob });
            start += piece.len();
        }
        Some(crate::jobs::Judged { tokens })
    };
    let mut evidence = vec![None];
    for interview in [interview(&given.fact(), &[text]), tuned_interview(&given.fact(), &[text])] {
        let answers = interview.judgements.iter().map(answer).collect();
        interview.add(answers, "it", &mut evidence);
    }
    evidence.remove(0).unwrap()
}

#[test]
fn the_models_word_counts_but_not_for_names() {
    let given = turing();
    let text = "Alan Turing studied at King's College, Cambridge.";
    let mut scorer = scorer();
    let mut fluency =
        |lm: &LmEvidence| scorer.score(&given.fact(), text, Some(lm), 0.0).card.get(Dimension::Fluency).unwrap();
    let even = fluency(&answered(&given, text, |_, _| -1.0));
    let rare_name = fluency(&answered(&given, text, |_, piece| if piece == "Turing" { -12.0 } else { -1.0 }));
    let odd_word = fluency(&answered(&given, text, |_, piece| if piece == "studied" { -12.0 } else { -1.0 }));
    assert_eq!(rare_name, even);
    assert!(odd_word < even);
    let measured = scorer.score(&given.fact(), text, None, 0.0);
    assert_eq!(measured.card.get(Dimension::Fluency), None);
    assert!(measured.card.get(Dimension::Accuracy).is_some());
}

#[test]
fn a_sentence_that_the_critic_doubts_is_less_accurate_and_less_fluent() {
    let given = turing();
    let text = "Alan Turing studied at King's College, Cambridge.";
    let mut scorer = scorer();
    let mut card = |accurate: f64, english: f64| {
        let critic = Some(lm::Criticism { accurate, english, tokens: 3 });
        let lm = LmEvidence { critic, ..answered(&given, text, |_, _| -1.0) };
        scorer.score(&given.fact(), text, Some(&lm), 0.0).card
    };
    let (sure, doubted, clumsy) = (card(4.0, 4.0), card(-4.0, 4.0), card(4.0, -4.0));
    assert!(doubted.get(Dimension::Accuracy) < sure.get(Dimension::Accuracy));
    for dimension in [Dimension::Grammar, Dimension::Fluency] {
        assert!(clumsy.get(dimension) < sure.get(dimension), "{dimension:?}");
    }
    // Where it was not asked, the evidence says so.
    let measured = scorer.score(&given.fact(), text, Some(&answered(&given, text, |_, _| -1.0)), 0.0);
    assert!(measured.evidence.accuracy.iter().any(|finding| finding.what.starts_with("the critic was not asked")));
}
