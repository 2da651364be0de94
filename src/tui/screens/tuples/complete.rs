//! Filling in a filter: fields, and the values that the project has.

use super::facets::Known;
use crate::app::Column;
use crate::domain::filter::{FIELDS, quoted};
use crate::domain::quality::Veto;
use crate::domain::review::Status;

/// What may stand where the cursor is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The byte at which the words go in.
    pub start: usize,
    /// The best first.
    pub words: Vec<String>,
    /// Which of them stands there.
    pub at: usize,
}

/// What can be filled in at the end of `typed`, the text before the cursor.
#[must_use]
pub fn find(typed: &str, known: &Known) -> Option<Completion> {
    let start = token(typed)?;
    let minus = usize::from(typed[start..].starts_with('-'));
    let token = &typed[start + minus..];
    let (start, words) = match token.split_once([':', '=']) {
        None => {
            let begun = token.to_lowercase();
            let fields = FIELDS.iter().filter(|field| field.starts_with(&begun) && !begun.is_empty());
            (start + minus, fields.map(|&field| field.to_owned()).collect())
        }
        Some((field, value)) => {
            let begun = value.trim_start_matches('"').to_lowercase();
            let at = start + minus + field.len() + 1;
            (at, ranked(values(&field.to_lowercase(), known), &begun))
        }
    };
    // What stands there already is no news.
    let words: Vec<String> = words.into_iter().filter(|word| typed[start..] != **word).collect();
    (!words.is_empty()).then_some(Completion { start, words, at: 0 })
}

/// Where the token begins that the text ends in; white space in quotes belongs to it.
fn token(typed: &str) -> Option<usize> {
    let mut start = 0;
    let mut quoted = false;
    for (at, c) in typed.char_indices() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => start = at + c.len_utf8(),
            _ => {}
        }
    }
    (start < typed.len()).then_some(start)
}

fn values(field: &str, known: &Known) -> Vec<String> {
    let of = |column| known.get(&column).cloned().unwrap_or_default();
    match field {
        "relation" => of(Column::Relation),
        "method" | "first" => of(Column::First),
        "annotator" => of(Column::Annotator),
        "status" => Status::ALL.iter().map(|status| status.name().to_owned()).collect(),
        "veto" => Veto::ALL.iter().map(|veto| veto.name().to_owned()).collect(),
        "flag" | "disagreement" | "error" => vec!["yes".to_owned(), "no".to_owned()],
        _ => Vec::new(),
    }
}

/// Values that begin so, then those that hold it elsewhere.
fn ranked(values: Vec<String>, begun: &str) -> Vec<String> {
    let place = |value: &String| value.to_lowercase().find(begun);
    let mut found: Vec<(bool, String)> =
        values.into_iter().filter_map(|value| Some((place(&value)? > 0, value))).collect();
    found.sort_by_key(|(inside, _)| *inside);
    found.into_iter().map(|(_, value)| quoted(&value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(typed: &str) -> Vec<String> {
        let known = Known::from([
            (Column::Relation, vec!["country".into(), "almaMater".into(), "birthPlace".into()]),
            (Column::Annotator, vec!["Ben K.".into()]),
        ]);
        find(typed, &known).map_or_else(Vec::new, |completion| completion.words)
    }

    #[test]
    fn fields_and_values_are_known() {
        assert_eq!(words("rel"), ["relation:"]);
        assert_eq!(words("x -s"), ["status:", "sei<"]);
        assert_eq!(words("relation:"), ["country", "almaMater", "birthPlace"]);
        assert_eq!(words("relation:p"), ["birthPlace"]);
        assert_eq!(words("-status:re"), ["rejected", "refuted", "scored"]);
        assert_eq!(words("annotator:\"ben k"), ["\"Ben K.\""]);
        assert_eq!(words("disagreement:y"), ["yes"]);
        for nothing in ["", "rel ", "text:bor", "sei<.", "relation:country", "zzz"] {
            assert_eq!(words(nothing), Vec::<String>::new(), "{nothing}");
        }
    }
}
