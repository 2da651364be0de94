//! Several people on one project, by the command line; and a picture of a screen.

use crate::support::{ranked_project, run};
use serde_json::Value;

#[test]
fn two_differ_and_a_third_settles() {
    let home = tempfile::tempdir().unwrap();
    drop(ranked_project(&home.path().join("p.db"), 3));
    let by = |who: &str, arguments: &str| {
        let begin = ["--project", "p.db", "--json", "--annotator", who];
        run(home.path(), &begin.into_iter().chain(arguments.split(' ')).collect::<Vec<_>>())
    };
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let told = json(&by("ann", "annotators ann ben --overlap 0.5").out);
    assert_eq!((told["overlap"].as_f64(), told["annotators"][1]["shares"].as_bool()), (Some(0.5), Some(true)));
    assert_eq!(by("ann", "annotators --overlap 7").code, 2);
    assert_eq!(by("ann", "annotators ann ann").code, 2);
    assert_eq!((by("ann", "decide 1 accept").code, by("ben", "decide 1 override 2").code), (0, 0));
    assert_eq!(json(&by("cay", "list tuples --where disagreement:yes").out)["tuple_id"], 1);
    assert_eq!(by("cay", "list tuples --where annotator:ben").out.lines().count(), 1);
    assert_eq!(by("ann", "adjudicate next").out, "", "who answered is shown nothing");
    let item = json(&by("cay", "adjudicate next").out);
    let text = item.to_string();
    assert!(!text.contains("\"ann\"") && !text.contains("\"ben\""), "names are hidden: {text}");
    let at = (0..2).find(|i| item["answers"][*i]["text"].as_str().unwrap().contains("government")).unwrap();
    assert_eq!(by("ben", "adjudicate take 1 1").code, 1);
    assert_eq!(by("cay", "adjudicate take 1 9").code, 1);
    assert_eq!(by("cay", &format!("adjudicate take 1 {}", at + 1)).code, 0);
    assert_eq!(by("cay", "list tuples --where disagreement:yes").out, "");
    let last = by("cay", "list decisions").out;
    let last = json(last.lines().last().unwrap());
    assert_eq!((last["kind"].as_str(), last["arm"].as_str()), (Some("override"), Some("answers")));
    assert_eq!(by("cay", "adjudicate reject 1").code, 0, "who settled may settle anew");
    assert_eq!(by("dee", "adjudicate reject 1").code, 1);
}

#[test]
fn a_screen_is_drawn_as_a_picture() {
    let home = tempfile::tempdir().unwrap();
    drop(ranked_project(&home.path().join("p.db"), 3));
    let picture = ["--project", "p.db", "tui", "--screen", "tuples", "--picture", "x.svg", "--keys", "j"];
    let ran = run(home.path(), &picture);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let svg = std::fs::read_to_string(home.path().join("x.svg")).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains("Peru 2") && svg.contains("sei&lt;.6"), "{svg}");
}
