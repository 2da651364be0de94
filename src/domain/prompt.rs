//! Templates with `{slots}`: parsed once, filled many times; an unknown slot is an error, never a blank.

use super::error::TemplateError;

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

#[cfg(test)]
mod tests {
    use super::*;

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
