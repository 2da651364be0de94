//! The relation tuple: head, relation, tail, and the types of both ends.

use super::digest::Digest;
use super::error::TupleError;
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

/// Longest field accepted, in bytes: real entity names end far below, a pasted page far above.
pub const FIELD_LIMIT: usize = 1_000;

/// One end of a tuple. `name` is in normal form (see [`normal`]).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Entity {
    pub name: String,
    /// The type as the input gave it, such as `Person`; `None` when nobody said.
    pub kind: Option<String>,
}

/// A fact: head, relation, tail.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RelationTuple {
    pub head: Entity,
    /// The relation as the input spells it, such as `almaMater`.
    pub relation: String,
    pub tail: Entity,
}

impl RelationTuple {
    /// Brings raw fields to normal form and checks them.
    ///
    /// # Errors
    /// An empty, over-long or control-laden field, named.
    pub fn new(
        head: &str,
        head_kind: Option<&str>,
        relation: &str,
        tail: &str,
        tail_kind: Option<&str>,
    ) -> Result<Self, TupleError> {
        let kind = |raw: Option<&str>, field| match raw.map(str::trim).filter(|raw| !raw.is_empty()) {
            Some(raw) => checked(raw, field).map(Some),
            None => Ok(None),
        };
        Ok(Self {
            head: Entity { name: checked(head, "head")?, kind: kind(head_kind, "head type")? },
            relation: identifier(relation, checked(relation, "relation")?),
            tail: Entity { name: checked(tail, "tail")?, kind: kind(tail_kind, "tail type")? },
        })
    }

    /// What makes two tuples the same fact: head, relation and tail in normal form, types aside.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&[&self.head.name, &self.relation, &self.tail.name])
    }
}

impl Entity {
    /// The name as a sentence would say it: without the parenthesis that only tells namesakes apart
    /// (`Queen (band)` is written `Queen`).
    #[must_use]
    pub fn surface(&self) -> &str {
        match self.name.rfind(" (") {
            Some(at) if at > 0 && self.name.ends_with(')') => &self.name[..at],
            _ => &self.name,
        }
    }
}

/// Normal form of a field: NFC, underscores and runs of white space as one space, no quotes or datatype
/// around a literal (`"2702.0"^^xsd:double` is `2702.0`).
#[must_use]
pub fn normal(raw: &str) -> String {
    let words = |text: &str| {
        let mut spaced = String::with_capacity(text.len());
        for word in text.split(|c: char| c == '_' || c.is_whitespace()).filter(|word| !word.is_empty()) {
            if !spaced.is_empty() {
                spaced.push(' ');
            }
            spaced.push_str(word);
        }
        spaced
    };
    // Nearly all names are in NFC already, and to compose them again is most of the cost of an import.
    let spaced = match is_nfc_quick(raw.chars()) {
        IsNormalized::Yes => words(raw),
        IsNormalized::No | IsNormalized::Maybe => words(&raw.nfc().collect::<String>()),
    };
    // Quotes go last: what white space or underscores hid before them must not come to light at a second reading.
    let inner = unquoted(&spaced).trim();
    if inner.len() == spaced.len() { spaced } else { inner.to_owned() }
}

/// A relation written as one word keeps its underscores: it is an identifier, and goes out as it came in.
fn identifier(raw: &str, normal: String) -> String {
    let word = raw.trim();
    if word.contains('_') && !word.contains(char::is_whitespace) { word.nfc().collect() } else { normal }
}

fn checked(raw: &str, field: &'static str) -> Result<String, TupleError> {
    if raw.len() > FIELD_LIMIT {
        return Err(TupleError::TooLong { field, bytes: raw.len(), limit: FIELD_LIMIT });
    }
    // White space that a file format may leave (tab, newline) is folded by `normal`; the rest is hostile.
    if raw.chars().any(|c| c.is_control() && !c.is_whitespace()) {
        return Err(TupleError::Control(field));
    }
    let text = normal(raw);
    if text.is_empty() { Err(TupleError::Empty(field)) } else { Ok(text) }
}

fn unquoted(raw: &str) -> &str {
    let Some(inner) = raw.strip_prefix('"') else { return raw };
    match inner.rfind('"') {
        Some(end) => {
            let after = &inner[end + 1..];
            let literal = after.is_empty() || after.starts_with("^^") || after.starts_with('@');
            if literal && !inner[..end].contains('"') { &inner[..end] } else { raw }
        }
        None => raw,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tuple(head: &str, tail: &str) -> Result<RelationTuple, TupleError> {
        RelationTuple::new(head, None, "almaMater", tail, Some(" University "))
    }

    #[test]
    fn fields_come_to_normal_form() {
        let t = tuple("Alan_Turing", "\"King's College,  Cambridge\"@en").unwrap();
        assert_eq!(t.head.name, "Alan Turing");
        assert_eq!(t.tail.name, "King's College, Cambridge");
        assert_eq!(t.tail.kind.as_deref(), Some("University"));
        assert_eq!(normal("\"2702.0\"^^xsd:double"), "2702.0");
        assert_eq!(normal("\"Heroes\" (David Bowie album)"), "\"Heroes\" (David Bowie album)");
        assert_eq!(normal("e\u{301}"), "é");
        let relation = |name| RelationTuple::new("a", None, name, "b", None).unwrap().relation;
        assert_eq!(
            (relation("award_nominee"), relation("award  nominee ")),
            ("award_nominee".into(), "award nominee".into())
        );
    }

    #[test]
    fn bad_fields_are_named() {
        assert_eq!(tuple(" ", "x"), Err(TupleError::Empty("head")));
        assert_eq!(tuple("a\u{1b}[2J", "x"), Err(TupleError::Control("head")));
        let long = "x".repeat(1 << 20);
        assert!(matches!(tuple("a", &long), Err(TupleError::TooLong { field: "tail", .. })));
    }

    #[test]
    fn the_surface_drops_what_only_tells_namesakes_apart() {
        let entity = |name: &str| Entity { name: name.into(), kind: None };
        assert_eq!(entity("Queen (band)").surface(), "Queen");
        assert_eq!(entity("(29075) 1950 DA").surface(), "(29075) 1950 DA");
    }

    proptest::proptest! {
        #[test]
        fn normal_twice_is_normal(raw in "[_ \"a^@\\PC\u{301}]{0,12}") {
            let once = normal(&raw);
            proptest::prop_assert_eq!(normal(&once), once);
        }
    }

    #[test]
    fn types_do_not_make_another_fact() {
        let with = tuple("a", "b").unwrap();
        let without = RelationTuple::new("a", None, "almaMater", "b", None).unwrap();
        assert_eq!(with.digest(), without.digest());
    }
}
