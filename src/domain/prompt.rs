//! Templates with `{slots}`: parsed once, filled many times; an unknown slot is an error, never a blank.

use super::error::TemplateError;
use super::mention;
use super::tuple::Entity;

/// Where the head's name goes in what a model reads and writes.
pub const HEAD: &str = "[H]";
/// Where the tail's name goes.
pub const TAIL: &str = "[T]";

/// A parsed template. `{{` and `}}` stand for the braces themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
    source: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Slot(String),
}

impl Template {
    /// # Errors
    /// A brace left open, or a slot that is not among `known`.
    pub fn parse(source: &str, known: &[&str]) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut chars = source.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '{' if chars.next_if_eq(&'{').is_some() => text.push('{'),
                '}' if chars.next_if_eq(&'}').is_some() => text.push('}'),
                '{' => {
                    let mut slot = String::new();
                    loop {
                        match chars.next() {
                            Some('}') => break,
                            Some(c) => slot.push(c),
                            None => return Err(TemplateError::Unclosed),
                        }
                    }
                    if !known.contains(&slot.as_str()) {
                        return Err(TemplateError::UnknownSlot { slot, known: known.join(", ") });
                    }
                    if !text.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut text)));
                    }
                    parts.push(Part::Slot(slot));
                }
                c => text.push(c),
            }
        }
        if !text.is_empty() {
            parts.push(Part::Text(text));
        }
        Ok(Self { parts, source: source.to_owned() })
    }

    /// The text with every slot replaced.
    ///
    /// # Errors
    /// The name of the first slot for which `value` has nothing.
    pub fn fill<'v>(&self, value: impl Fn(&str) -> Option<&'v str>) -> Result<String, String> {
        let mut filled = String::with_capacity(self.source.len() + 64);
        for part in &self.parts {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::Slot(slot) => filled.push_str(value(slot).ok_or_else(|| slot.clone())?),
            }
        }
        Ok(filled)
    }

    /// The slots in order of appearance, repeated ones as often as they stand.
    pub fn slots(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Slot(slot) => Some(slot.as_str()),
            Part::Text(_) => None,
        })
    }

    /// The template as written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }
}

/// A sentence with `[H]` and `[T]` in place of the names; `None` if it does not name both.
#[must_use]
pub fn slot_names(sentence: &str, head: &Entity, tail: &Entity) -> Option<String> {
    let slotted = slot_named(sentence, head, tail);
    (slotted.contains(HEAD) && slotted.contains(TAIL)).then_some(slotted)
}

/// A sentence with `[H]` and `[T]` in place of those of the names that it has.
#[must_use]
pub fn slot_named(sentence: &str, head: &Entity, tail: &Entity) -> String {
    let pair = mention::locate(sentence, head, tail);
    let mut found: Vec<_> =
        [(pair.head, HEAD), (pair.tail, TAIL)].into_iter().filter_map(|(m, slot)| Some((m?.span, slot))).collect();
    found.sort_unstable();
    let (mut slotted, mut at) = (String::with_capacity(sentence.len()), 0);
    for (span, slot) in found {
        slotted.push_str(sentence.get(at..span.start).unwrap_or_default());
        slotted.push_str(slot);
        at = span.end;
    }
    slotted.push_str(sentence.get(at..).unwrap_or_default());
    slotted
}

/// A model's sentence with the names in place of `[H]` and `[T]`, each of which must be there.
///
/// Names are put in, in one pass: a name that looks like a slot stays a name.
///
/// # Errors
/// The slot that the model left out, in words.
pub fn fill_names(sentence: &str, head: &str, tail: &str) -> Result<String, String> {
    for slot in [HEAD, TAIL] {
        if !sentence.contains(slot) {
            return Err(format!("the model left out {slot}: {sentence}"));
        }
    }
    let mut filled = String::with_capacity(sentence.len() + head.len() + tail.len());
    let mut rest = sentence;
    while let Some(at) = rest.find(HEAD).into_iter().chain(rest.find(TAIL)).min() {
        filled.push_str(&rest[..at]);
        filled.push_str(if rest[at..].starts_with(HEAD) { head } else { tail });
        rest = &rest[at + HEAD.len()..];
    }
    // "founded by Apple Inc.." has one full stop too many.
    if rest == "." && filled.ends_with('.') {
        rest = "";
    }
    filled.push_str(rest);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_out_where_both_stand() {
        let tuple = crate::domain::RelationTuple::new("Solaris (novel)", None, "author", "Lem", None).unwrap();
        let (head, tail) = (tuple.head, tuple.tail);
        assert_eq!(slot_names("Lem wrote Solaris.", &head, &tail).unwrap(), "[T] wrote [H].");
        assert_eq!(slot_names("Lem wrote it.", &head, &tail), None);
        assert_eq!(slot_named("Lem wrote it.", &head, &tail), "[T] wrote it.");
    }

    #[test]
    fn names_are_put_in_once_each_and_as_they_are() {
        assert_eq!(fill_names("[H] was born in [T].", "A [T] B", "C").unwrap(), "A [T] B was born in C.");
        assert_eq!(fill_names("[T], home of [H], is [T].", "x", "y").unwrap(), "y, home of x, is y.");
        assert_eq!(fill_names("[H] works at [T].", "Ann", "Apple Inc.").unwrap(), "Ann works at Apple Inc.");
        assert!(fill_names("[H] was born.", "A", "C").unwrap_err().contains("[T]"));
    }

    #[test]
    fn slots_are_filled_and_braces_kept() {
        let template = Template::parse("{head} {{is}} {tail}", &["head", "tail"]).unwrap();
        let value = |slot: &str| match slot {
            "head" => Some("A"),
            "tail" => Some("{tail}"),
            _ => None,
        };
        assert_eq!(template.fill(value).unwrap(), "A {is} {tail}");
        assert_eq!(template.slots().collect::<Vec<_>>(), ["head", "tail"]);
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(Template::parse("{head", &["head"]), Err(TemplateError::Unclosed));
        assert!(matches!(Template::parse("{haed}", &["head"]), Err(TemplateError::UnknownSlot { .. })));
        let template = Template::parse("{head}", &["head"]).unwrap();
        assert_eq!(template.fill(|_| None), Err("head".into()));
    }
}
