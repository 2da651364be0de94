//! Likelihoods by the real model: plausible, exact to the cache, tiling the text.

use amalrec::jobs::cancel::Canceller;
use amalrec::jobs::{Cancel, Engine, EngineError, Judged, Judgement};

use super::engine::with_engine;

fn judgement(prefix: &str, text: &str) -> Judgement {
    Judgement { prefix: prefix.into(), text: text.into() }
}

fn judge(engine: &mut dyn Engine, requests: &[Judgement]) -> Vec<Judged> {
    let mut all = Vec::new();
    engine
        .judge(requests, &Cancel::never(), &mut |index, judged| {
            assert_eq!(index, all.len());
            all.push(judged.unwrap());
        })
        .unwrap();
    assert_eq!(all.len(), requests.len());
    all
}

#[test]
fn good_grammar_is_likelier_than_bad() {
    with_engine(|engine| {
        for (good, bad) in [
            ("The university is located in Denmark.", "The university are located in Denmark."),
            ("He has a dog.", "He have a dog."),
            ("Aarhus is a city in Denmark.", "Aarhus city a in is Denmark."),
        ] {
            let judged = judge(engine, &[judgement("", good), judgement("", bad)]);
            let [good, bad] = [0, 1].map(|at: usize| judged[at].mean().unwrap());
            eprintln!("{good:.3} against {bad:.3}");
            assert!(good > bad);
        }
    });
}

#[test]
fn the_cache_does_not_change_a_sum() {
    with_engine(|engine| {
        let prefix = "Sentences about cities. The country of Aarhus is Denmark. ".repeat(6);
        let texts = ["Aarhus lies in Denmark.", "Aarhus is in Denmark.", "Denmark is north of Germany, and flat."];
        let requests = texts.map(|text| judgement(&prefix, text));
        let cached: Vec<f64> = judge(engine, &requests).iter().map(Judged::sum).collect();
        for (request, cached) in requests.iter().zip(cached) {
            // Something else in between empties the cache of all that is common.
            judge(engine, &[judgement("Zebra", " crossings.")]);
            let fresh = judge(engine, std::slice::from_ref(request))[0].sum();
            eprintln!("fresh {fresh:.6}, cached {cached:.6}");
            assert!((fresh - cached).abs() < 0.005, "{fresh} {cached}");
        }
    });
}

#[test]
fn tokens_tile_the_text() {
    with_engine(|engine| {
        let texts = ["The river Rhône flows to Genève 🎉.", " leading space", "a", "  ", "日本語", "x<|im_end|>y"];
        let requests = texts.map(|text| judgement("About: ", text));
        for (text, judged) in texts.iter().zip(judge(engine, &requests)) {
            let mut at = 0;
            for token in &judged.tokens {
                assert_eq!(token.start, at);
                assert!(token.end >= token.start && token.logprob <= 0.0);
                at = token.end;
            }
            assert_eq!(at, text.len(), "{text}: {judged:?}");
        }
        assert_eq!(judge(engine, &[judgement("About: ", "")])[0].tokens, []);
    });
}

#[test]
fn a_long_text_is_judged_in_parts_and_an_overlong_one_fails_alone() {
    with_engine(|engine| {
        let long = "Aarhus lies in Denmark, and Denmark in Europe. ".repeat(40);
        let requests = [judgement("", &long), judgement("", &long.repeat(20)), judgement("", "Short.")];
        let mut ok = Vec::new();
        engine
            .judge(&requests, &Cancel::never(), &mut |_, judged| {
                if let Err(error) = &judged {
                    assert!(matches!(error, EngineError::Request(_)));
                }
                ok.push(judged.is_ok());
            })
            .unwrap();
        assert_eq!(ok, [true, false, true]);
    });
}

#[test]
fn judging_is_cancelled_between_decodes_and_goes_on_afterwards() {
    with_engine(|engine| {
        let canceller = Canceller::default();
        let cancel = canceller.start();
        let requests = vec![judgement("", "A sentence that is judged."); 500];
        let mut judged = 0;
        let end = engine.judge(&requests, &cancel, &mut |_, _| {
            judged += 1;
            canceller.cancel();
        });
        assert!(matches!(end, Err(EngineError::Cancelled)));
        assert!(judged < 100, "{judged}");
        assert_eq!(judge(engine, &requests[..2]).len(), 2);
    });
}
