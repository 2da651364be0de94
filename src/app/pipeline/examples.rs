//! Examples for a prompt: sentences that people chose for tuples of the same relation, the nearest first.

use crate::domain::prompt;
use crate::domain::relation::Relation;
use crate::domain::{RelationTuple, relation};
use std::cmp::Reverse;

/// How many stand in a prompt.
const EXAMPLES: usize = 3;

/// Lines for a prompt, and where they come from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Examples {
    /// Sentences with `[H]` and `[T]` for the names, a line each, the nearest last: next to the question.
    pub text: String,
    /// How many people chose.
    pub chosen: usize,
    /// How many are the catalogue's own, where people have not chosen enough yet.
    pub catalogue: usize,
}

impl Examples {
    /// The nearest are those whose entities are of the same types; among equals, in the order given.
    pub(super) fn nearest(tuple: &RelationTuple, relation: &Relation, chosen: Vec<(RelationTuple, String)>) -> Self {
        let near = |other: &RelationTuple| {
            usize::from(other.head.kind == tuple.head.kind) + usize::from(other.tail.kind == tuple.tail.kind)
        };
        let mut chosen = chosen;
        chosen.sort_by_key(|(other, _)| Reverse(near(other)));
        let mut lines: Vec<String> = Vec::new();
        for (other, sentence) in chosen {
            if let Some(line) = prompt::slot_names(&sentence, &other.head, &other.tail)
                && !lines.contains(&line)
            {
                lines.push(line);
            }
        }
        lines.truncate(EXAMPLES);
        let people = lines.len();
        for template in &relation.templates {
            if lines.len() == EXAMPLES {
                break;
            }
            let line = template.replace("{head}", "[H]").replace("{tail}", "[T]");
            let line = line.replace("{head_type}", &kind(relation.head_type.as_deref()));
            let line = line.replace("{tail_type}", &kind(relation.tail_type.as_deref()));
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        let catalogue = lines.len() - people;
        if lines.is_empty() {
            // A relation that nobody has described yet.
            lines.push(format!("The {} of [H] is [T].", relation.label));
        }
        lines.reverse();
        Self { text: lines.join("\n"), chosen: people, catalogue }
    }
}

fn kind(name: Option<&str>) -> String {
    name.map_or_else(|| "thing".to_owned(), relation::split_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tuple(head: &str, kind: &str, tail: &str) -> RelationTuple {
        RelationTuple::new(head, Some(kind), "author", tail, Some("Writer")).unwrap()
    }

    #[test]
    fn the_nearest_choice_stands_next_to_the_question() {
        let relation = Relation { templates: vec!["{head} is by {tail}.".into()], ..Relation::unknown("author") };
        let chosen = vec![
            (tuple("Guernica", "Painting", "Ann"), "Ann painted Guernica.".to_owned()),
            (tuple("Ulysses", "Book", "Joyce"), "Joyce wrote Ulysses.".to_owned()),
            (tuple("Emma", "Book", "Austen"), "A sentence that names neither.".to_owned()),
        ];
        let examples = Examples::nearest(&tuple("Solaris", "Book", "Lem"), &relation, chosen);
        assert_eq!(examples.text, "[H] is by [T].\n[T] painted [H].\n[T] wrote [H].");
        assert_eq!((examples.chosen, examples.catalogue), (2, 1));
    }
}
