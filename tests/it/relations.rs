//! The catalogue read aloud: every template filled with a real tuple of its relation, where there is one.

use amalrec::app::pipeline::writer::fill_one;
use amalrec::config::{Assets, relations};
use amalrec::domain::RelationTuple;
use amalrec::domain::mention;
use amalrec::domain::quality::Dimension;
use amalrec::domain::relation::{Catalogue, Relation, split_label};
use amalrec::sei::{Fact, Scorer, SeiPolicy};
use std::collections::{HashMap, HashSet};
use std::path::Path;

fn catalogue() -> Catalogue {
    relations::catalogue(&Assets::default()).unwrap()
}

/// What harper or a rule of ours holds against a good sentence, after a look at each.
const NO_FAULT: [(&str, &str); 4] = [
    // DBpedia's class is spelt in two words, and so are its kin.
    ("officeholder", "office holder"),
    // Both ends are of one type, and naming it twice is what the template is for.
    ("said twice", "the "),
    // `run` is a participle here.
    ("base form of a verb", " is run"),
    // The verb belongs to the head, not to its clocks.
    ("plural subject", "sets its clocks"),
];

/// A real tuple for each relation, or two plain names where the data folder is absent or has none that fits.
fn examples(catalogue: &Catalogue) -> HashMap<String, RelationTuple> {
    let mut found = HashMap::new();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/tuples.tsv");
    if let Ok(text) = std::fs::read_to_string(path) {
        for line in text.lines().skip(1) {
            let [head, relation, tail] = line.split('\t').take(3).collect::<Vec<_>>()[..] else { continue };
            let Some(known) = catalogue.find(relation) else { continue };
            // A name that holds the other would stand twice whatever the template; one in a foreign script, in
            // small letters or with a full stop says nothing about the template's own English.
            let plain = |name: &str| {
                name.is_ascii() && name.starts_with(|c: char| c.is_ascii_uppercase()) && !name.contains('.')
            };
            if !plain(head) || !plain(tail) || head.contains(tail) || tail.contains(head) || head.contains("__") {
                continue;
            }
            let Ok(tuple) = RelationTuple::new(head, None, relation, tail, None) else { continue };
            found.entry(known.name.clone()).or_insert(tuple);
        }
    } else {
        eprintln!("SKIPPED: real tuples; ../shared/data/tuples.tsv is absent, plain names stand in");
    }
    for relation in catalogue.all() {
        let plain = || RelationTuple::new("Alpha Centre", None, &relation.name, "Omega House", None).unwrap();
        found.entry(relation.name.clone()).or_insert_with(plain);
    }
    found
}

fn kinds(relation: &Relation) -> (String, String) {
    let kind = |kind: &Option<String>| split_label(kind.as_deref().unwrap_or("thing"));
    (kind(&relation.head_type), kind(&relation.tail_type))
}

#[test]
fn there_are_255_relations_each_known_by_its_spellings() {
    let catalogue = catalogue();
    assert_eq!(catalogue.all().len(), 255);
    let names: HashSet<&str> = catalogue.all().iter().map(|r| r.name.as_str()).collect();
    let mut templates = HashSet::new();
    for relation in catalogue.all() {
        let name = &relation.name;
        assert!(relation.templates.len() >= 3, "{name}");
        for spelling in [Some(name), relation.iri.as_ref(), Some(&relation.label)].into_iter().flatten() {
            assert_eq!(catalogue.find(spelling).map(|r| &r.name), Some(name), "{spelling}");
        }
        for alias in &relation.aliases {
            assert_eq!(catalogue.find(alias).map(|r| &r.name), Some(name), "{alias}");
        }
        assert!(relation.gloss.is_some() && relation.head_type.is_some() && relation.tail_type.is_some(), "{name}");
        assert!(relation.path.is_some(), "{name}");
        if let Some(inverse) = &relation.inverse {
            assert!(names.contains(inverse.as_str()), "{name}: {inverse}");
            let back = catalogue.find(inverse).and_then(|r| r.inverse.as_ref());
            assert_eq!(back, Some(name), "the inverse of {name} does not point back");
            assert!(!relation.symmetric, "{name}");
        }
        for template in &relation.templates {
            let (head, tail) = (template.find("{head}"), template.find("{tail}"));
            assert!(head.is_some() && tail.is_some(), "{name}: {template}");
            assert!(!template.contains("a {") && !template.contains("A {"), "{name}: {template}");
            templates.insert(template.clone());
        }
        // One begins with the head, another brings the tail first.
        let inverted = |t: &&String| t.find("{tail}") < t.find("{head}");
        let both_ways = relation.templates.iter().any(|t| inverted(&t)) || relation.symmetric;
        assert!(both_ways, "{name}: no template brings the tail first");
        assert!(relation.templates.iter().any(|t| !inverted(&t)), "{name}: no template begins with the head");
    }
    assert!(templates.len() >= 765, "{}", templates.len());
}

#[test]
fn every_template_reads_well_on_a_real_tuple() {
    let catalogue = catalogue();
    let examples = examples(&catalogue);
    let mut scorer = Scorer::new(SeiPolicy::built_in().unwrap());
    let mut faults = Vec::new();
    for relation in catalogue.all() {
        let tuple = &examples[&relation.name];
        let (head_type, tail_type) = kinds(relation);
        for template in &relation.templates {
            let sentence = fill_one(template, tuple, &head_type, &tail_type).unwrap();
            let mut fault = |what: &str| faults.push(format!("{}: {what}: {sentence}", relation.name));
            if sentence.contains(['{', '}']) {
                fault("a slot is left over");
            }
            for entity in [&tuple.head, &tuple.tail] {
                if mention::mentions(&sentence, entity).len() != 1 {
                    fault("an entity does not stand once");
                }
            }
            if !sentence.ends_with('.') || sentence.ends_with("..") {
                fault("does not end in one full stop");
            }
            let fact = Fact { tuples: std::slice::from_ref(tuple), relations: std::slice::from_ref(relation) };
            let measured = scorer.score(&fact, &sentence, None, 0.0);
            for veto in &measured.index.vetoes {
                fault(veto.name());
            }
            for finding in measured.evidence.of(Dimension::Grammar) {
                let known =
                    |(lint, text): &(&str, &str)| finding.what.contains(lint) && sentence.to_lowercase().contains(text);
                if !NO_FAULT.iter().any(known) {
                    fault(&finding.what);
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}
