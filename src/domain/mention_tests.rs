//! Mentions found, and mentions that only look like one.

use super::*;

fn entity(name: &str) -> Entity {
    Entity { name: name.into(), kind: None }
}

fn found(sentence: &str, name: &str) -> Vec<(String, Match)> {
    let texts = mentions(sentence, &entity(name)).into_iter();
    texts.map(|m| (m.span.of(sentence).to_owned(), m.how)).collect()
}

#[test]
fn names_are_found_in_every_written_form() {
    for (sentence, name, text, how) in [
        ("Alan Turing was here.", "Alan Turing", "Alan Turing", Match::Exact),
        ("Turing's friend met ALAN TURING.", "Alan Turing", "ALAN TURING", Match::Folded),
        ("The band Queen sang.", "Queen (band)", "Queen", Match::Surface),
        ("Born in Malaga.", "Málaga", "Malaga", Match::Folded),
        ("Born in Málaga.", "Malaga", "Málaga", Match::Folded),
        ("Born on March 15, 1932.", "1932-03-15", "March 15, 1932", Match::Form),
        ("It is 2,702 long.", "2702.0", "2,702", Match::Form),
        ("It is 2702 long.", "2702.0", "2702", Match::Form),
        ("The Real Madrid–Barcelona game.", "real madrid-barcelona", "Real Madrid–Barcelona", Match::Folded),
        ("Born on the 27th of April, 1937.", "1937-04-27", "27th of April, 1937", Match::Form),
        ("born on march 01, 1932.", "1932-03-01", "march 01, 1932", Match::Form),
        ("Post - hardcore is loud.", "Post-hardcore", "Post - hardcore", Match::Loose),
        ("She wrote 1634 : the crisis.", "1634: The Crisis", "1634 : the crisis", Match::Loose),
        ("Motor sport Vision came.", "MotorSport Vision", "Motor sport Vision", Match::Loose),
        ("At St. George\u{2019}s Terrace.", "St Georges Terrace", "St. George\u{2019}s Terrace", Match::Loose),
        ("They live in Antioch.", "Antioch, California", "Antioch", Match::Short),
        ("It is written in English.", "English language", "English", Match::Short),
        ("Kesel is American.", "Americans", "American", Match::Short),
        ("Ann\u{2019}s King\u{2019}s College.", "King's College", "King\u{2019}s College", Match::Folded),
    ] {
        assert_eq!(found(sentence, name), [(text.to_owned(), how)], "{name} in {sentence}");
    }
}

#[test]
fn parts_of_words_and_numbers_are_no_mentions() {
    for (sentence, name) in [
        ("The Romans came.", "Roman"),
        ("It has 1200 seats.", "120"),
        ("It is 3.5 m.", "3"),
        ("It has 1,200 seats.", "200"),
        ("Cafe\u{301}s abound.", "Cafe"),
        ("It is 304 m long.", "3.04 m"),
        ("A posthardcorers' club.", "Post-hardcore"),
        ("Go to N Y C.", "NY"),
        ("", "x"),
    ] {
        assert_eq!(found(sentence, name), [], "{name} in {sentence}");
    }
}

#[test]
fn possessives_and_ends_of_sentences_are_mentions() {
    assert_eq!(found("Iron Maiden's album is by Iron Maiden.", "Iron Maiden").len(), 2);
    assert_eq!(found("He came in 1999.", "1999").len(), 1);
}

#[test]
fn one_name_inside_the_other_is_not_counted_twice() {
    let (city, state) = (entity("New York City"), entity("New York"));
    let sentence = "New York City lies in New York.";
    let pair = locate(sentence, &city, &state);
    assert_eq!(pair.head.unwrap().span, Span { start: 0, end: 13 });
    assert_eq!(pair.tail.unwrap().span.of(sentence), "New York");
    assert_eq!(pair.tail.unwrap().span.start, 22);
    let pair = locate("New York City is large.", &city, &state);
    assert!(pair.head.is_some() && pair.tail.is_none());
    let twice = locate("New York City is not like New York City.", &city, &state);
    assert!(twice.head.is_some() && twice.tail.is_none());
}

proptest::proptest! {
    #[test]
    fn spans_are_slices_whatever_the_text(sentence in "\\PC{0,60}", name in "\\PC{0,8}") {
        for mention in mentions(&sentence, &entity(&name)) {
            let span = mention.span;
            proptest::prop_assert!(sentence.get(span.start..span.end).is_some());
            proptest::prop_assert!(span.start < span.end);
        }
    }

    #[test]
    fn a_name_put_into_a_sentence_is_found_there(
        before in "([A-Za-z]{1,8} ){0,4}",
        name in "[A-ZÄÖÅ][a-zäöåé]{1,9}( [A-Z][a-z]{1,8})?",
        after in "( [a-z]{1,8}){1,4}",
    ) {
        let sentence = format!("{before}{name}{after}.");
        let spans: Vec<_> = mentions(&sentence, &entity(&name)).iter().map(|m| m.span).collect();
        proptest::prop_assert!(spans.iter().any(|s| s.start == before.len() && s.of(&sentence) == name));
    }
}
