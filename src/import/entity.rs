//! Texts about entities: one JSON object a line with `entity` and `text`, such as the abstracts of an encyclopedia.

use super::input::{self, Stream};
use super::line::{Line, Lines};
use super::{Format, ImportError, Problem};
use crate::domain::clean;
use crate::domain::tuple::normal;
use serde::Deserialize;
use std::path::Path;

/// Characters of a text that are kept: prompts have room for its beginning only.
const KEPT: usize = 1_000;

/// What is known of an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityText {
    /// In normal form, as in tuples.
    pub entity: String,
    pub text: String,
}

#[derive(Deserialize)]
struct Object {
    entity: String,
    text: String,
}

/// Reads a file of entity texts line by line.
pub struct EntityTexts {
    file: String,
    lines: Lines<Stream>,
}

impl EntityTexts {
    /// # Errors
    /// The file cannot be read, or is not text.
    pub fn open(path: &Path) -> Result<Self, ImportError> {
        let input = input::open(path, Format::Jsonl)?;
        Ok(Self { file: input.file, lines: Lines::new(input.stream) })
    }

    fn problem(&self, reason: impl Into<String>, line: &[u8]) -> Problem {
        let start: String = String::from_utf8_lossy(line).chars().take(80).collect();
        let excerpt = clean::shown(&start).into_owned();
        Problem { file: self.file.clone(), line: self.lines.number, reason: reason.into(), excerpt }
    }

    fn read(line: &[u8]) -> Result<EntityText, String> {
        let object: Object = serde_json::from_slice(line)
            .map_err(|error| format!("is not an object with `entity` and `text`: {error}"))?;
        let entity = normal(&object.entity);
        let text: String = clean::sentence(&object.text).chars().take(KEPT).collect();
        if entity.is_empty() || text.is_empty() {
            return Err("`entity` or `text` is empty".into());
        }
        Ok(EntityText { entity, text })
    }
}

impl Iterator for EntityTexts {
    type Item = Result<Result<EntityText, Problem>, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.lines.next() {
                Err(source) => {
                    return Some(Err(ImportError::Read { file: self.file.clone(), line: self.lines.number, source }));
                }
                Ok(None) => return None,
                Ok(Some(Line::TooLong(start))) => {
                    return Some(Ok(Err(self.problem("is longer than 4 MiB; it was skipped", &start))));
                }
                Ok(Some(Line::Whole(line))) if line.trim_ascii().is_empty() => {}
                Ok(Some(Line::Whole(line))) => {
                    return Some(Ok(Self::read(&line).map_err(|reason| self.problem(reason, &line))));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_texts_are_kept_and_bad_lines_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("texts.jsonl");
        let lines = [
            r#"{"entity": "Alan_Turing", "text": "Alan Turing was\na  mathematician."}"#,
            "",
            r#"{"entity": "x"}"#,
            r#"{"entity": " ", "text": "y"}"#,
        ];
        std::fs::write(&path, lines.join("\n")).unwrap();
        let read: Vec<_> = EntityTexts::open(&path).unwrap().map(Result::unwrap).collect();
        assert_eq!(read.len(), 3);
        let first = read[0].as_ref().unwrap();
        assert_eq!((first.entity.as_str(), first.text.as_str()), ("Alan Turing", "Alan Turing was a mathematician."));
        let problems: Vec<u64> = read.iter().filter_map(|item| item.as_ref().err()).map(|p| p.line).collect();
        assert_eq!(problems, [3, 4]);
        assert!(matches!(EntityTexts::open(&folder.path().join("no.jsonl")), Err(ImportError::Missing { .. })));
    }
}
