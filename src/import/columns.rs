//! Which column or key of a file holds which part of the tuple: as the user says, or as headers are usually named.

use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// A part of the tuple that a column may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    Head,
    Relation,
    Tail,
    HeadType,
    TailType,
}

impl Role {
    pub const ALL: [Self; 5] = [Self::Head, Self::Relation, Self::Tail, Self::HeadType, Self::TailType];
    /// Without these there is no tuple.
    pub const NEEDED: [Self; 3] = [Self::Head, Self::Relation, Self::Tail];

    /// The word for it in `--columns`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Relation => "relation",
            Self::Tail => "tail",
            Self::HeadType => "head_type",
            Self::TailType => "tail_type",
        }
    }

    /// Header names that are read without being told, the surest first: lower case, letters and digits alone.
    #[must_use]
    pub fn synonyms(self) -> &'static [&'static str] {
        match self {
            Self::Head => {
                &["head", "subject", "subj", "headentity", "subjectentity", "entity1", "e1", "arg1", "sub", "h", "s"]
            }
            Self::Relation => {
                &["relation", "property", "predicate", "relationtype", "relationname", "rel", "pred", "prop", "r", "p"]
            }
            Self::Tail => &["tail", "object", "obj", "tailentity", "objectentity", "entity2", "e2", "arg2", "t", "o"],
            Self::HeadType => {
                &["headtype", "subjecttype", "subjtype", "entity1type", "e1type", "htype", "headclass", "type1", "t1"]
            }
            Self::TailType => {
                &["tailtype", "objecttype", "objtype", "entity2type", "e2type", "ttype", "tailclass", "type2", "t2"]
            }
        }
    }

    /// How sure a synonym is: 0 is the surest.
    #[must_use]
    pub fn rank(self, cell: &str) -> usize {
        let key = key(cell);
        self.synonyms().iter().position(|known| *known == key).unwrap_or(usize::MAX)
    }

    /// The role that a header cell names, and whether its name is long enough (three letters or more) not to
    /// be a value by chance.
    #[must_use]
    pub fn of_header(cell: &str) -> Option<(Self, bool)> {
        let key = key(cell);
        let role = Self::ALL.into_iter().find(|role| role.synonyms().contains(&key.as_str()))?;
        Some((role, key.len() >= 3))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where a role is found.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    /// The column with this header, or the JSON key (`head.name` for a key inside an object).
    Name(String),
    /// The column with this number, from 1.
    Number(usize),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Number(number) => number.fmt(f),
        }
    }
}

/// What `--columns` says, in one of two forms:
///
/// - `head=subject,relation=property,tail=object[,head_type=..][,tail_type=..]`: header names, or numbers from 1.
///   If all are numbers the file has no header, except where its first row reads like one (`subject`, `object`);
///   then that row is skipped.
/// - `head,relation,tail`: the roles in the order of the columns, `_` for a column to leave out. Each row must
///   have just that many columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// By [`Role`]; the first three are always there.
    places: [Option<Place>; 5],
    /// The number of columns, where the short form told it.
    pub width: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ColumnsError {
    #[error("'{0}' is not a part of a tuple; the parts are head, relation, tail, head_type and tail_type")]
    Role(String),
    #[error("'{0}' names no column; write it as in head=subject or head=1")]
    Syntax(String),
    #[error("{0} is given twice")]
    Twice(Role),
    #[error("column '{0}' is given to two parts of the tuple")]
    Shared(Place),
    #[error("columns are numbered from 1")]
    Zero,
    #[error("the columns lack {0}; pass all three, as in head=1,relation=2,tail=3 or head,relation,tail")]
    Lacking(String),
}

impl Columns {
    /// # Errors
    /// A needed role left out, or a place used twice.
    pub fn new(places: impl IntoIterator<Item = (Role, Place)>) -> Result<Self, ColumnsError> {
        let mut columns = Self { places: [const { None }; 5], width: None };
        for (role, place) in places {
            if columns.get(role).is_some() {
                return Err(ColumnsError::Twice(role));
            }
            if place == Place::Number(0) {
                return Err(ColumnsError::Zero);
            }
            if columns.places.iter().flatten().any(|known| *known == place) {
                return Err(ColumnsError::Shared(place));
            }
            columns.places[role as usize] = Some(place);
        }
        let lacking: Vec<_> = Role::NEEDED.into_iter().filter(|&role| columns.get(role).is_none()).collect();
        if lacking.is_empty() {
            return Ok(columns);
        }
        Err(ColumnsError::Lacking(lacking.iter().map(|role| role.name()).collect::<Vec<_>>().join(" and ")))
    }

    #[must_use]
    pub fn get(&self, role: Role) -> Option<&Place> {
        self.places[role as usize].as_ref()
    }

    /// The roles that have a place, with it.
    pub fn iter(&self) -> impl Iterator<Item = (Role, &Place)> {
        Role::ALL.into_iter().filter_map(|role| self.get(role).map(|place| (role, place)))
    }

    /// True if some column is named, so that there must be a header.
    #[must_use]
    pub fn names_headers(&self) -> bool {
        self.places.iter().flatten().any(|place| matches!(place, Place::Name(_)))
    }

    /// The same columns with two roles exchanged.
    #[must_use]
    pub fn exchanged(&self, a: Role, b: Role) -> Self {
        let mut other = self.clone();
        other.places.swap(a as usize, b as usize);
        other
    }
}

impl Default for Columns {
    /// The order of a file without header: head, relation, tail.
    fn default() -> Self {
        let number = |n| Some(Place::Number(n));
        Self { places: [number(1), number(2), number(3), None, None], width: Some(3) }
    }
}

/// What one would pass to `--columns`.
impl fmt::Display for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (role, place)) in self.iter().enumerate() {
            write!(f, "{}{role}={place}", if i > 0 { "," } else { "" })?;
        }
        Ok(())
    }
}

impl FromStr for Columns {
    type Err = ColumnsError;

    fn from_str(text: &str) -> Result<Self, ColumnsError> {
        let parts: Vec<&str> = text.split(',').map(str::trim).collect();
        if text.contains('=') {
            let pairs: Result<Vec<_>, _> = parts.into_iter().map(pair).collect();
            return Self::new(pairs?);
        }
        let mut places = Vec::new();
        for (at, part) in (1..).zip(&parts) {
            if !matches!(*part, "" | "_" | "-") {
                places.push((role(part)?, Place::Number(at)));
            }
        }
        Ok(Self { width: Some(parts.len()), ..Self::new(places)? })
    }
}

fn pair(part: &str) -> Result<(Role, Place), ColumnsError> {
    let syntax = || ColumnsError::Syntax(part.to_owned());
    let (name, place) = part.split_once('=').ok_or_else(syntax)?;
    let place = place.trim();
    if place.is_empty() {
        return Err(syntax());
    }
    let place = place.parse().map_or_else(|_| Place::Name(place.to_owned()), Place::Number);
    Ok((role(name)?, place))
}

fn role(word: &str) -> Result<Role, ColumnsError> {
    Role::of_header(word).map(|(role, _)| role).ok_or_else(|| ColumnsError::Role(word.trim().to_owned()))
}

/// Letters and digits in lower case: `Head Type`, `head_type` and `"head-type"` are the same.
fn key(cell: &str) -> String {
    // Longer than any synonym: a value, not worth folding.
    if cell.len() > 40 {
        return String::new();
    }
    cell.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(n: usize) -> Place {
        Place::Number(n)
    }

    #[test]
    fn both_forms_are_read() {
        let named: Columns = "head=subject, relation=property,tail=object,head_type=4".parse().unwrap();
        assert_eq!(named.get(Role::Head), Some(&Place::Name("subject".into())));
        assert_eq!(named.get(Role::HeadType), Some(&number(4)));
        assert!(named.names_headers());
        assert_eq!(named.to_string(), "head=subject,relation=property,tail=object,head_type=4");

        let short: Columns = "head,tail,_,relation".parse().unwrap();
        assert_eq!((short.get(Role::Relation), short.width), (Some(&number(4)), Some(4)));
        assert!(!short.names_headers());
        assert_eq!("subj,rel,obj".parse::<Columns>(), "head,relation,tail".parse());
    }

    #[test]
    fn mistakes_are_named() {
        let error = |text: &str| text.parse::<Columns>().unwrap_err().to_string();
        assert_eq!(
            error("head=1,tail=2"),
            "the columns lack relation; pass all three, as in head=1,relation=2,tail=3 or head,relation,tail"
        );
        assert!(error("head,relation").starts_with("the columns lack tail"));
        assert!(error("head,relation,tail,colour").starts_with("'colour' is not a part"));
        assert!(error("head=,relation=2,tail=3").contains("names no column"));
        assert!(error("head=1,relation,tail=3").contains("names no column"));
        assert!(error("head=1,head=2,relation=3,tail=4").contains("head is given twice"));
        assert!(error("head=1,relation=1,tail=3").contains("column '1'"));
        assert!(error("head=0,relation=1,tail=3").contains("from 1"));
        assert!(error("").starts_with("the columns lack head and relation and tail"));
    }

    #[test]
    fn usual_headers_are_known() {
        assert_eq!(Role::of_header("Head Type"), Some((Role::HeadType, true)));
        assert_eq!(Role::of_header("t"), Some((Role::Tail, false)));
        assert_eq!(Role::of_header("Paris"), None);
    }

    #[test]
    fn no_synonym_stands_for_two_roles() {
        let mut all: Vec<_> = Role::ALL.into_iter().flat_map(Role::synonyms).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
