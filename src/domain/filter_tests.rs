//! What can be typed into a filter, and what is said of mistakes.

use super::Comparison::{AtLeast, Equal, Less};
use super::*;
use proptest::prelude::*;

fn parsed(source: &str) -> Filter {
    source.parse().unwrap()
}

fn said(source: &str) -> String {
    source.parse::<Filter>().unwrap_err().to_string()
}

fn yes(test: Test) -> Term {
    Term { negated: false, test }
}

#[test]
fn every_field_is_understood() {
    let terms = parsed(
        r#"relation:almaMater sei<.6 sei>=0.9 margin<.05 method:llm-cot status:Ranked flag:yes
           text:"born in" head:Turing tail:"King's" id:12 candidates=0 veto:no-verb
           disagreement:yes annotator:"Ben K." first:t5 answers>=2 Cambridge"#,
    )
    .terms;
    let expected = [
        Test::Relation("almaMater".into()),
        Test::Number(Number::Sei, Less, 0.6),
        Test::Number(Number::Sei, AtLeast, 0.9),
        Test::Number(Number::Margin, Less, 0.05),
        Test::Method("llm-cot".into()),
        Test::Status(Status::Ranked),
        Test::Flagged(true),
        Test::Text("born in".into()),
        Test::Head("Turing".into()),
        Test::Tail("King's".into()),
        Test::Id(TupleId(12)),
        Test::Number(Number::Candidates, Equal, 0.0),
        Test::Veto(Veto::NoVerb),
        Test::Disagreement(true),
        Test::Annotator("Ben K.".into()),
        Test::First("t5".into()),
        Test::Number(Number::Answers, AtLeast, 2.0),
        Test::Word("Cambridge".into()),
    ];
    assert_eq!(terms, expected.map(yes));
    assert!(parsed("  ").is_empty());
}

#[test]
fn minus_turns_a_term_round_and_quotes_keep_signs() {
    let no = |test| Term { negated: true, test };
    assert_eq!(parsed("-status:decided").terms, [no(Test::Status(Status::Decided))]);
    assert_eq!(parsed("-\"-x\"").terms, [no(Test::Word("-x".into()))]);
    assert_eq!(parsed("\"-x\" \"a:b\"").terms, [yes(Test::Word("-x".into())), yes(Test::Word("a:b".into()))]);
    assert_eq!(
        parsed("1:2 Saint-Denis").terms,
        [yes(Test::Word("1:2".into())), yes(Test::Word("Saint-Denis".into())),]
    );
}

#[test]
fn mistakes_are_told_with_their_place_and_what_is_known() {
    assert!(
        said("a rleation:x").starts_with("at character 3 of the filter: 'rleation:' is not known; there are relation:")
    );
    assert!(said("sei<high").contains("'high' is not a number; write for example sei<.6"));
    assert!(said("sei<nan").contains("not a number"));
    assert!(said("status:done").contains("one of new, generated"));
    assert!(said("veto:x").contains("head-missing"));
    assert!(said("x \"open").starts_with("at character 3 of the filter: this double quote is not closed"));
    assert!(said("relation<x").contains("relation:x"));
    assert!(said("relation:").contains("needs a value"));
    assert!(said("flag:maybe").contains("neither yes nor no"));
    assert!(said("-").contains("missing"));
}

proptest! {
    #[test]
    fn anything_typed_is_parsed_or_refused(source in any::<String>()) {
        let _either: Result<Filter, _> = source.parse();
    }

    #[test]
    fn what_is_shown_can_be_typed_again(
        source in "(-?(relation|head|text|method):\"?[a-z -]{1,9}\"? |-?sei[<>]=?0?\\.[0-9]{1,3} |\"[^\"]{1,5}\" |id[:>][0-9]{1,4} ){0,5}"
    ) {
        if let Ok(filter) = source.parse::<Filter>() {
            prop_assert_eq!(filter.to_string().parse::<Filter>(), Ok(filter));
        }
    }
}
