//! How many keys the work costs. These numbers may fall, never rise.

use super::{answered, two};
use crate::stage::{Stage, settle};
use amalrec::app::Answer;
use amalrec::domain::CandidateId;
use amalrec::domain::review::{RejectReason, Verdict};
use amalrec::tui::Place;
use amalrec::tui::effect::Effect;
use amalrec::tui::keymap::Keymap;

/// Both keymaps that are built in.
fn keymaps() -> [Keymap; 2] {
    ["default", "vim"].map(|name| Keymap::named(name).unwrap().0)
}

/// Presses keys that come to one answer, and counts them.
fn cost(keymap: &Keymap, keys: &str, expected: &Answer) -> usize {
    let mut stage = two();
    stage.model.keymap = keymap.clone();
    stage.press(keys);
    assert_eq!(answered(&mut stage).1, *expected, "{keys}");
    keys.split(' ').count()
}

#[test]
fn a_decision_is_one_key_and_a_reason_one_more() {
    for keymap in keymaps() {
        assert_eq!(cost(&keymap, "enter", &Answer::Take(CandidateId(101))), 1);
        assert_eq!(cost(&keymap, "3", &Answer::Take(CandidateId(103))), 1);
        for (keys, reason) in [
            ("x i", RejectReason::Inaccurate),
            ("x g", RejectReason::Ungrammatical),
            ("x t", RejectReason::BadTuple),
            ("x u", RejectReason::Unclear),
            ("x o", RejectReason::Other),
        ] {
            assert_eq!(cost(&keymap, keys, &Answer::Reject(reason)), 2);
        }
    }
}

#[test]
fn a_verdict_is_one_key_and_its_kind_at_most_one_more() {
    for keymap in keymaps() {
        for &verdict in Verdict::ALL {
            let least =
                ["y", "m", "r", "d", "x", "g", "f"].into_iter().chain(["n m", "n r", "n d", "n x", "n g", "n f"]);
            let costs = least.filter(|keys| {
                let mut stage = Stage::at(Place::Verify);
                stage.model.keymap = keymap.clone();
                settle(&mut stage);
                stage.taken();
                stage.press(keys);
                let given = stage.taken().into_iter().find_map(|effect| match effect {
                    Effect::Verify { verdict, .. } => Some(verdict),
                    _ => None,
                });
                given == Some(verdict)
            });
            let least = costs.map(|keys| keys.split(' ').count()).min();
            assert!(least.is_some_and(|n| n <= if verdict == Verdict::Right { 1 } else { 2 }), "{verdict}: {least:?}");
        }
    }
}

#[test]
fn a_newcomer_accepts_a_first_sentence_within_three_keys_that_the_screen_tells() {
    let mut stage = Stage::at(Place::Home);
    settle(&mut stage);
    let told = stage.draw(80, 24).to_string();
    assert!(told.contains("next       enter  review"), "{told}");
    stage.press("enter");
    stage.answer_next(Some(crate::stage::item(1, amalrec::domain::review::Arm::RankedScores)));
    let told = stage.draw(80, 24).to_string();
    assert!(told.contains("enter accept"), "{told}");
    stage.press("enter");
    assert_eq!(answered(&mut stage).1, Answer::Take(CandidateId(101)));
}
