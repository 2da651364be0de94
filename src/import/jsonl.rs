//! JSON, one object a line: the keys `head`, `relation`, `tail` and their usual names, flat or as objects with a name.
//!
//! With sentences (`candidates`) each object has a `text` or `sentence` too, and may name its `method`; the tuple may
//! stand under `tuple`, as `amalrec list candidates --json` prints it.

use super::columns::{Columns, Place, Role};
use super::input::{Input, Stream};
use super::line::{Line, Lines, excerpt};
use super::{ImportError, Item, Row, Sentence, Source};
use crate::domain::{RelationTuple, clean};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::io;

/// Keys remembered with their roles; a file with more distinct keys than this is not asked to be fast.
const KEYS_KEPT: usize = 256;

/// Reads one file.
pub(super) struct Jsonl {
    lines: Lines<Stream>,
    keys: Keys,
    sentences: bool,
}

/// Under which the sentence stands.
const TEXT: [&str; 2] = ["text", "sentence"];

/// Where in an object the roles are.
enum Keys {
    /// By `--columns`.
    Given(Columns),
    /// By their names; what each key means, and how surely.
    Known(HashMap<String, Option<(Role, usize)>>),
}

impl Jsonl {
    pub(super) fn open(input: Input, columns: Option<&Columns>, sentences: bool) -> Result<Self, ImportError> {
        let mut keys = match columns {
            None => Keys::Known(HashMap::new()),
            Some(columns) if columns.iter().all(|(_, place)| matches!(place, Place::Name(_))) => {
                Keys::Given(columns.clone())
            }
            Some(_) => {
                return Err(ImportError::Shape {
                    file: input.file,
                    what: "JSON has keys, not numbered columns".into(),
                    advice: "pass --columns head=KEY,relation=KEY,tail=KEY".into(),
                });
            }
        };
        keys.check(&input)?;
        Ok(Self { lines: Lines::new(input.stream), keys, sentences })
    }
}

impl Source for Jsonl {
    /// The keys in use, as one would pass them.
    fn columns(&self) -> Option<Columns> {
        match &self.keys {
            Keys::Given(columns) => Some(columns.clone()),
            Keys::Known(known) => {
                let mut best: [Option<(usize, &String)>; 5] = [None; 5];
                for (key, meaning) in known {
                    let Some((role, rank)) = meaning else { continue };
                    let place = &mut best[*role as usize];
                    if place.is_none_or(|(other, _)| *rank < other) {
                        *place = Some((*rank, key));
                    }
                }
                let place = |role: Role| best[role as usize].map(|(_, key)| (role, Place::Name(key.clone())));
                Some(Columns::new(Role::ALL.into_iter().filter_map(place)).unwrap_or_default())
            }
        }
    }

    fn position(&self) -> (u64, u64) {
        (self.lines.number, self.lines.bytes)
    }

    fn next(&mut self) -> io::Result<Option<Item>> {
        loop {
            let (line, whole) = match self.lines.next()? {
                None => return Ok(None),
                Some(Line::Whole(line)) => (line, true),
                Some(Line::TooLong(start)) => (start, false),
            };
            if whole && line.trim_ascii().is_empty() {
                self.lines.recycle(line);
                continue;
            }
            let number = self.lines.number;
            let read = if whole {
                self.keys.row(number, &line, self.sentences)
            } else {
                Err("is longer than 4 MiB; it was skipped".into())
            };
            let item = match read {
                Ok(item) => item,
                Err(reason) => Item::problem(number, reason, excerpt(&line)),
            };
            self.lines.recycle(line);
            return Ok(Some(item));
        }
    }
}

impl Keys {
    /// Refuses a file in whose first rows no object has the needed keys: the file is then meant otherwise.
    fn check(&mut self, input: &Input) -> Result<(), ImportError> {
        let mut first: Option<Map<String, Value>> = None;
        let lines = input.sample.split(|&b| b == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
        for (at, line) in lines.enumerate() {
            if at == 0 && matches!(line, b"{" | b"[") || line.starts_with(b"[{") {
                return Err(ImportError::Shape {
                    file: input.file.clone(),
                    what: "is JSON over several lines or in one array, and one object a line is needed".into(),
                    advice: format!("convert it first: jq -c '.[]' {} > tuples.jsonl", input.file),
                });
            }
            let Ok(Value::Object(object)) = serde_json::from_slice(line) else { continue };
            let found = self.find(tuple_of(&object));
            if Role::NEEDED.iter().all(|&role| found[role as usize].is_some()) {
                return Ok(());
            }
            first.get_or_insert(object);
        }
        let Some(object) = first else { return Ok(()) };
        let found = self.find(&object);
        let lacking: Vec<Role> = Role::NEEDED.into_iter().filter(|&role| found[role as usize].is_none()).collect();
        let (file, there) = (input.file.clone(), keys_of(&object));
        Err(match self {
            Self::Known(_) => ImportError::Header { file, lacking: names(&lacking), there },
            Self::Given(columns) => {
                let column = lacking.iter().find_map(|&role| columns.get(role)).map(Place::to_string);
                ImportError::NoColumn { file, column: column.unwrap_or_default(), there }
            }
        })
    }

    fn find<'o>(&mut self, object: &'o Map<String, Value>) -> [Option<&'o Value>; 5] {
        let mut found = [None; 5];
        match self {
            Self::Given(columns) => {
                for (role, place) in columns.iter() {
                    if let Place::Name(name) = place {
                        found[role as usize] = at_path(object, name);
                    }
                }
            }
            Self::Known(known) => {
                let mut rank = [usize::MAX; 5];
                for (key, value) in object {
                    let Some((role, place)) = meaning(known, key) else { continue };
                    if place < rank[role as usize] {
                        rank[role as usize] = place;
                        found[role as usize] = Some(value);
                    }
                }
            }
        }
        found
    }

    fn row(&mut self, number: u64, line: &[u8], sentences: bool) -> Result<Item, String> {
        let value: Value = super::json(line)?;
        let Value::Object(object) = value else {
            return Err(format!("is {}, not a JSON object", kind(&value)));
        };
        if sentences && object.get("error").is_some_and(|error| !error.is_null()) {
            return Ok(Item::Aside("failed candidates"));
        }
        let tuple = self.tuple(if sentences { tuple_of(&object) } else { &object })?;
        let sentences = if sentences { vec![sentence(&object)?] } else { Vec::new() };
        Ok(Item::Row(Row { line: number, tuple, sentences }))
    }

    fn tuple(&mut self, object: &Map<String, Value>) -> Result<RelationTuple, String> {
        let found = self.find(object);
        let needed = |role: Role| match found[role as usize] {
            Some(value) => name(value, role),
            None => Err(format!("has no {role}; its keys are {}", keys_of(object))),
        };
        let entity_type = |role: Role, entity: Role| match found[role as usize] {
            None | Some(Value::Null) => Ok(found[entity as usize].and_then(inner_type)),
            Some(Value::String(text)) => Ok(Some(text.as_str())),
            Some(other) => Err(wrong(role, other)),
        };
        RelationTuple::new(
            needed(Role::Head)?,
            entity_type(Role::HeadType, Role::Head)?,
            needed(Role::Relation)?,
            needed(Role::Tail)?,
            entity_type(Role::TailType, Role::Tail)?,
        )
        .map_err(|e| e.to_string())
    }
}

/// A key's role, remembered.
fn meaning(known: &mut HashMap<String, Option<(Role, usize)>>, key: &str) -> Option<(Role, usize)> {
    if let Some(meaning) = known.get(key) {
        return *meaning;
    }
    let meaning = Role::of_header(key).map(|(role, _)| (role, role.rank(key)));
    if known.len() < KEYS_KEPT {
        known.insert(key.to_owned(), meaning);
    }
    meaning
}

/// The value under a key, or under keys of nested objects joined by dots.
fn at_path<'o>(object: &'o Map<String, Value>, path: &str) -> Option<&'o Value> {
    object.get(path).or_else(|| {
        let (outer, inner) = path.split_once('.')?;
        at_path(object.get(outer)?.as_object()?, inner)
    })
}

/// A name given as a string, or as an object that has one.
fn name(value: &Value, role: Role) -> Result<&str, String> {
    match value {
        Value::String(text) => Ok(text),
        Value::Object(object) => {
            let named = ["name", "text", "label"].into_iter().find_map(|key| object.get(key));
            match named {
                Some(Value::String(text)) => Ok(text),
                Some(other) => Err(wrong(role, other)),
                None => Err(format!("the {role} is an object without a name; its keys are {}", keys_of(object))),
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => Err(wrong(role, value)),
    }
}

fn inner_type(entity: &Value) -> Option<&str> {
    let object = entity.as_object()?;
    ["type", "kind", "class"].into_iter().find_map(|key| object.get(key)?.as_str())
}

fn wrong(role: Role, value: &Value) -> String {
    format!("the {} is {}, and a string in quotes is needed", role.name().replace('_', " "), kind(value))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// Where the tuple stands: under `tuple`, or beside all else.
fn tuple_of(object: &Map<String, Value>) -> &Map<String, Value> {
    object.get("tuple").and_then(Value::as_object).unwrap_or(object)
}

fn sentence(object: &Map<String, Value>) -> Result<Sentence, String> {
    let text = match TEXT.into_iter().find_map(|key| object.get(key)) {
        Some(Value::String(text)) => text,
        Some(other) => return Err(format!("the text is {}, and a string in quotes is needed", kind(other))),
        None => return Err(format!("has no text; its keys are {}", keys_of(object))),
    };
    let method = match object.get("method") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) => Some(method_name(name)?),
        Some(other) => return Err(format!("the method is {}, and a string in quotes is needed", kind(other))),
    };
    let cleaned = Sentence::of(clean::sentence(text))?.pop().ok_or("the text is empty")?;
    Ok(Sentence { method, ..cleaned })
}

fn method_name(name: &str) -> Result<String, String> {
    let name = clean::sentence(name);
    if name.is_empty() || name.len() > 100 {
        return Err("the method's name is empty or longer than 100 bytes".into());
    }
    Ok(name)
}

/// True if a line is a tuple with a sentence.
pub(super) fn has_sentence(line: &[u8]) -> bool {
    let Ok(Value::Object(object)) = serde_json::from_slice(line) else { return false };
    let found = Keys::Known(HashMap::new()).find(tuple_of(&object)).map(|value| value.is_some());
    Role::NEEDED.iter().all(|&role| found[role as usize]) && TEXT.iter().any(|key| object.contains_key(*key))
}

fn keys_of(object: &Map<String, Value>) -> String {
    const SHOWN: usize = 12;
    let mut keys: Vec<String> = object.keys().take(SHOWN).map(|key| excerpt(key.as_bytes())).collect();
    if object.len() > SHOWN {
        keys.push(format!("and {} more", object.len() - SHOWN));
    }
    if keys.is_empty() { "none".into() } else { keys.join(", ") }
}

fn names(roles: &[Role]) -> String {
    roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<RelationTuple, String> {
        match Keys::Known(HashMap::new()).row(1, line.as_bytes(), false)? {
            Item::Row(row) => Ok(row.tuple),
            other @ (Item::Problem(_) | Item::Aside(_) | Item::Suspicion(_)) => panic!("{other:?}"),
        }
    }

    #[test]
    fn flat_and_nested_rows_are_read() {
        let flat = r#"{"head":"Alan_Turing","head_type":"Person","relation":"almaMater","tail":"King's","extra":[1]}"#;
        let tuple = read(flat).unwrap();
        assert_eq!((tuple.head.name.as_str(), tuple.head.kind.as_deref()), ("Alan Turing", Some("Person")));
        let nested =
            r#"{"h":{"name":"Alan Turing","type":"Person"},"Relation":"almaMater","object":{"text":"King's"}}"#;
        assert_eq!(read(nested).unwrap(), tuple);
        assert_eq!(
            read(r#"{"subject":"x","head":"Alan Turing","head_type":"Person","rel":"almaMater","tail":"King's"}"#)
                .unwrap(),
            tuple
        );
    }

    #[test]
    fn what_is_wrong_is_said() {
        let reason = |line: &str| read(line).unwrap_err();
        assert_eq!(
            reason(r#"{"head":"a","relation":"r","tail":1954}"#),
            "the tail is a number, and a string in quotes is needed"
        );
        assert_eq!(reason(r#"{"head":"a","relation":"r"}"#), "has no tail; its keys are head, relation");
        assert_eq!(reason(r#"{"head":" ","relation":"r","tail":"b"}"#), "the head is empty");
        assert_eq!(
            reason(r#"{"head":"a","relation":"r","tail":"b","tail_type":[]}"#),
            "the tail type is an array, and a string in quotes is needed"
        );
        assert!(reason(r#"{"head":"a","relation":"r","tail":"b""#).starts_with("is broken JSON at column 37: EOF"));
        assert!(reason(r#"{"head":"\ud800","relation":"r","tail":"b"}"#).starts_with("is broken JSON"));
        assert_eq!(reason("[1]"), "is an array, not a JSON object");
        assert!(reason(&"[".repeat(10_000)).starts_with("is broken JSON"));
        assert!(reason(r#"{"head":{"id":"Q1"},"relation":"r","tail":"b"}"#).contains("without a name"));
    }
}
