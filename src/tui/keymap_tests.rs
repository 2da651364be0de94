//! The keys that are built in are sound; a user's are checked.

use super::*;

#[test]
fn keys_that_are_built_in_are_sound() {
    for name in Keymap::names() {
        let (keymap, problems) = Keymap::named(name).unwrap();
        assert_eq!(problems, Vec::<String>::new(), "{name}");
        assert_eq!(keymap.lint(), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn every_action_can_be_reached() {
    for (keymap, _) in Keymap::names().filter_map(Keymap::named) {
        for action in Action::all() {
            // Reached by its keys, not only bound: another row might stand before it.
            let reached = Mode::ALL.iter().any(|mode| {
                let mut rows = keymap.rows(*mode).iter();
                rows.any(|row| row.action == Some(action) && keymap.find(*mode, &row.chord) == Found::Action(action))
            });
            assert!(reached, "{}", action.name());
        }
    }
}

#[test]
fn essential_verbs_need_neither_ctrl_nor_alt() {
    for (keymap, _) in Keymap::names().filter_map(Keymap::named) {
        for mode in Mode::ALL.into_iter().filter(|mode| !mode.types() && *mode != Mode::Always) {
            for row in keymap.rows(mode) {
                let mut rows = mode.stack().iter().flat_map(|mode| keymap.rows(*mode));
                let plain = |other: &Row| other.chord.iter().all(|key| !key.ctrl && !key.alt);
                let plain = rows.any(|other| other.action == row.action && plain(other));
                assert!(plain || row.action == Action::named("external-editor"), "{} {row:?}", mode.name());
            }
        }
    }
}

#[test]
fn a_user_rebinds_and_faults_are_named() {
    let (keymap, problems) = Keymap::with(
        "default",
        Some("[[review]]\non = 'x'\nrun = 'skip'\n[[review]]\non = 'z'\nrun = 'acept'\n[[rewiew]]\non='a'\n"),
    );
    assert_eq!(keymap.find(Mode::Review, &[Key::char('x')]), Found::Action(Action::Skip));
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems.iter().any(|p| p.contains("do you mean 'accept'")), "{problems:?}");
}

#[test]
fn hints_follow_the_chord() {
    let keymap = Keymap::built_in();
    let hints = keymap.hints(Mode::Review, &[]);
    assert!(hints.iter().any(|hint| hint.keys == "1-9" && hint.help == "override"));
    let after: Vec<_> = keymap.hints(Mode::Review, &[Key::char('x')]).into_iter().map(|hint| hint.keys).collect();
    assert_eq!(after, ["i", "g", "t", "u", "o"]);
}

#[test]
fn an_unknown_keymap_is_named_and_the_default_stands_in() {
    let (keymap, problems) = Keymap::with("vmi", None);
    assert_eq!(keymap, Keymap::built_in());
    assert_eq!(problems, ["there is no keymap 'vmi'; there are default, vim"]);
}

#[test]
fn every_key_and_action_has_a_line_of_help() {
    for (keymap, _) in Keymap::names().filter_map(Keymap::named) {
        for mode in Mode::ALL {
            assert!(!keymap.rows(mode).is_empty(), "{} has no keys", mode.name());
            assert!(keymap.rows(mode).iter().all(|row| !row.help.is_empty()));
        }
    }
    assert!(Action::all().all(|action| !action.help().is_empty()));
}
