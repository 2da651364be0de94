//! The filter language of lists: `relation:almaMater sei<.6 -status:decided "King's College"`.
//!
//! Terms stand side by side and must all hold; `-` before a term turns it round. A word alone looks into head,
//! relation and tail. Double quotes keep spaces and signs together; case and accents are of no account.

use super::id::TupleId;
use super::quality::Veto;
use super::review::Status;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// All that must hold; empty means everything.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filter {
    pub terms: Vec<Term>,
}

/// One test, or its opposite.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    pub negated: bool,
    pub test: Test,
}

/// What can be asked. Where a list shows tuples, `Method`, `Text` and `Veto` hold if any candidate of the
/// tuple meets them, and `Sei` is that of the best one.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// Part of the head, the relation or the tail.
    Word(String),
    /// The whole name of the relation.
    Relation(String),
    /// Part of the head.
    Head(String),
    /// Part of the tail.
    Tail(String),
    /// Words of a sentence, the last of which may be only begun.
    Text(String),
    /// The whole name of a method.
    Method(String),
    /// The whole name of the method whose sentence ranks first.
    First(String),
    /// The whole name of someone whose answer stands.
    Annotator(String),
    /// Answers differ, and nobody has settled between them.
    Disagreement(bool),
    Veto(Veto),
    Status(Status),
    Flagged(bool),
    /// A method failed; `false`: a method wrote a sentence.
    Failed(bool),
    Id(TupleId),
    Number(Number, Comparison, f64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    Sei,
    Margin,
    Candidates,
    /// People whose answer stands.
    Answers,
    Id,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Less,
    AtMost,
    Equal,
    AtLeast,
    More,
}

/// What is wrong with a filter, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("at character {at} of the filter: {what}")]
pub struct FilterError {
    /// Character, from 1.
    pub at: usize,
    pub what: String,
}

/// Every field with its sign, in the order in which they are told and completed.
pub const FIELDS: [&str; 17] = [
    "relation:",
    "status:",
    "sei<",
    "margin<",
    "method:",
    "first:",
    "text:",
    "disagreement:",
    "annotator:",
    "flag:",
    "error:",
    "veto:",
    "head:",
    "tail:",
    "id:",
    "candidates<",
    "answers<",
];

impl Filter {
    /// This filter and one more condition.
    #[must_use]
    pub fn and(mut self, test: Test) -> Self {
        self.terms.push(Term { negated: false, test });
        self
    }

    /// True if it lets everything through.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }
}

impl From<Test> for Filter {
    fn from(test: Test) -> Self {
        Self::default().and(test)
    }
}

impl Number {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Sei, "sei"),
        (Self::Margin, "margin"),
        (Self::Candidates, "candidates"),
        (Self::Answers, "answers"),
        (Self::Id, "id"),
    ];

    fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(number, _)| *number == self).map_or("", |(_, name)| name)
    }
}

impl Comparison {
    /// Longer signs first, so that `<=` is not read as `<`.
    const ALL: [(Self, &'static str); 6] = [
        (Self::AtMost, "<="),
        (Self::AtLeast, ">="),
        (Self::Less, "<"),
        (Self::More, ">"),
        (Self::Equal, "="),
        (Self::Equal, ":"),
    ];

    /// The sign, which is also SQL's.
    #[must_use]
    pub fn sign(self) -> &'static str {
        Self::ALL.into_iter().find(|(comparison, _)| *comparison == self).map_or("=", |(_, sign)| sign)
    }
}

impl FromStr for Filter {
    type Err = FilterError;

    fn from_str(source: &str) -> Result<Self, FilterError> {
        let mut terms = Vec::new();
        for (at, token) in tokens(source)? {
            let what = |what| FilterError { at, what };
            terms.push(term(&token).map_err(what)?);
        }
        Ok(Self { terms })
    }
}

/// A term as typed: quotes taken off, and which bytes stood in quotes remembered.
struct Token {
    text: String,
    /// Bytes before this position stood outside quotes: signs count only there.
    bare: usize,
}

/// Splits at white space outside quotes; each token with the character where it begins, from 1.
fn tokens(source: &str) -> Result<Vec<(usize, Token)>, FilterError> {
    let mut tokens: Vec<(usize, Token)> = Vec::new();
    let mut quote = None;
    let mut inside = false;
    for (at, c) in (1..).zip(source.chars()) {
        if c.is_whitespace() && quote.is_none() {
            inside = false;
            continue;
        }
        if !inside {
            inside = true;
            tokens.push((at, Token { text: String::new(), bare: usize::MAX }));
        }
        let Some((_, token)) = tokens.last_mut() else { continue };
        if c == '"' {
            token.bare = token.bare.min(token.text.len());
            quote = if quote.is_some() { None } else { Some(at) };
        } else {
            token.text.push(c);
        }
    }
    match quote {
        Some(at) => Err(FilterError { at, what: "this double quote is not closed".into() }),
        None => Ok(tokens),
    }
}

fn term(token: &Token) -> Result<Term, String> {
    let bare = &token.text[..token.bare.min(token.text.len())];
    let (negated, skipped) = if bare.starts_with('-') { (true, 1) } else { (false, 0) };
    let (bare, whole) = (&bare[skipped..], &token.text[skipped..]);
    let field_end = bare.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(bare.len());
    let (field, rest) = bare.split_at(field_end);
    let sign = Comparison::ALL.into_iter().find(|(_, sign)| rest.starts_with(sign));
    let test = match sign {
        Some((comparison, sign)) if !field.is_empty() => {
            test(&field.to_lowercase(), comparison, sign, &whole[field_end + sign.len()..])?
        }
        _ if whole.is_empty() => return Err("a word is missing here".into()),
        _ => Test::Word(whole.to_owned()),
    };
    Ok(Term { negated, test })
}

fn test(field: &str, comparison: Comparison, sign: &str, value: &str) -> Result<Test, String> {
    if let Some((number, _)) = Number::ALL.into_iter().find(|(_, name)| *name == field) {
        let id = value.parse().map(TupleId);
        return match (number, comparison, id) {
            (Number::Id, Comparison::Equal, Ok(id)) => Ok(Test::Id(id)),
            _ => match value.parse::<f64>() {
                Ok(value) if value.is_finite() => Ok(Test::Number(number, comparison, value)),
                _ => Err(format!("'{value}' is not a number; write for example {field}{sign}.6")),
            },
        };
    }
    let make: fn(String) -> Result<Test, String> = match field {
        "relation" => |value| Ok(Test::Relation(value)),
        "head" => |value| Ok(Test::Head(value)),
        "tail" => |value| Ok(Test::Tail(value)),
        "text" => |value| Ok(Test::Text(value)),
        "method" => |value| Ok(Test::Method(value)),
        "veto" => |value| value.parse().map(Test::Veto).map_err(|error| known(&error, Veto::ALL.map(Veto::name))),
        "status" => |value| value.to_lowercase().parse().map(Test::Status),
        "first" => |value| Ok(Test::First(value)),
        "annotator" => |value| Ok(Test::Annotator(value)),
        "flag" => |value| yes(&value).map(Test::Flagged),
        "error" => |value| yes(&value).map(Test::Failed),
        "disagreement" => |value| yes(&value).map(Test::Disagreement),
        _ => {
            let fields = FIELDS.join(" ");
            return Err(format!("'{field}{sign}' is not known; there are {fields} (quote what is meant literally)"));
        }
    };
    if comparison != Comparison::Equal {
        return Err(format!("'{field}' cannot be compared by '{sign}'; write {field}:{value}"));
    }
    if value.is_empty() { Err(format!("'{field}{sign}' needs a value")) } else { make(value.to_owned()) }
}

fn yes(value: &str) -> Result<bool, String> {
    match value {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(format!("'{value}' is neither yes nor no")),
    }
}

fn known<const N: usize>(error: &str, names: [&str; N]) -> String {
    format!("{error}; one of {}", names.join(", "))
}

/// The filter as it can be typed again.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, term) in self.terms.iter().enumerate() {
            let space = if i > 0 { " " } else { "" };
            let minus = if term.negated { "-" } else { "" };
            write!(f, "{space}{minus}{}", term.test)?;
        }
        Ok(())
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(&quoted(word)),
            Self::Relation(name) => write!(f, "relation:{}", quoted(name)),
            Self::Head(part) => write!(f, "head:{}", quoted(part)),
            Self::Tail(part) => write!(f, "tail:{}", quoted(part)),
            Self::Text(part) => write!(f, "text:{}", quoted(part)),
            Self::Method(name) => write!(f, "method:{}", quoted(name)),
            Self::Veto(veto) => write!(f, "veto:{veto}"),
            Self::Status(status) => write!(f, "status:{status}"),
            Self::First(name) => write!(f, "first:{}", quoted(name)),
            Self::Annotator(name) => write!(f, "annotator:{}", quoted(name)),
            Self::Flagged(flagged) => write!(f, "flag:{}", if *flagged { "yes" } else { "no" }),
            Self::Failed(failed) => write!(f, "error:{}", if *failed { "yes" } else { "no" }),
            Self::Disagreement(differ) => write!(f, "disagreement:{}", if *differ { "yes" } else { "no" }),
            Self::Id(id) => write!(f, "id:{id}"),
            Self::Number(number, comparison, value) => {
                write!(f, "{}{}{value}", number.name(), comparison.sign())
            }
        }
    }
}

/// A value as it can be typed: in quotes unless it is one plain word.
#[must_use]
pub fn quoted(text: &str) -> String {
    let plain = !text.is_empty()
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-') && !text.starts_with('-'));
    if plain { text.to_owned() } else { format!("\"{text}\"") }
}

#[cfg(test)]
#[path = "filter_tests.rs"]
mod tests;
