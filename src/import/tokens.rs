//! Tokens put together to a sentence again, as people write it.

use crate::domain::clean;

/// The sentence of a list of tokens. Penn Treebank brackets and quotes become what they stand for.
pub(super) fn sentence<T: AsRef<str>>(tokens: &[T]) -> String {
    let mut out = String::new();
    // A space is due before the next token.
    let mut apart = false;
    let mut quoted = false;
    for token in tokens {
        let token = plain(token.as_ref().trim());
        if token.is_empty() {
            continue;
        }
        let (before, after) = match token {
            "." | "," | ";" | ":" | "!" | "?" | ")" | "]" | "}" | "%" | "…" | "\u{201d}" => (false, true),
            "(" | "[" | "{" | "$" | "£" | "€" | "\u{201c}" => (true, false),
            "\"" => {
                quoted = !quoted;
                (quoted, !quoted)
            }
            _ if clitic(token) => (false, true),
            _ => (true, true),
        };
        if apart && before {
            out.push(' ');
        }
        out.push_str(token);
        apart = after;
    }
    clean::sentence(&out)
}

/// `-LRB-` is a bracket, two backquotes are a quote.
fn plain(token: &str) -> &str {
    match token {
        "-LRB-" => "(",
        "-RRB-" => ")",
        "-LSB-" => "[",
        "-RSB-" => "]",
        "-LCB-" => "{",
        "-RCB-" => "}",
        "``" | "''" => "\"",
        token => token,
    }
}

/// The second half of `Peru's`, `don't` and the like.
fn clitic(token: &str) -> bool {
    const CLITICS: [&str; 8] = ["'s", "'re", "'ve", "'ll", "'d", "'m", "n't", "'"];
    let straight = token.replace('\u{2019}', "'");
    CLITICS.iter().any(|clitic| straight.eq_ignore_ascii_case(clitic))
}

#[cfg(test)]
mod tests {
    #[test]
    fn punctuation_stands_where_people_write_it() {
        let said = |text: &str| super::sentence(&text.split(' ').collect::<Vec<_>>());
        assert_eq!(
            said("Peru 's capital , Lima ( a city ) , is n't small ."),
            "Peru's capital, Lima (a city), isn't small."
        );
        assert_eq!(said("He sang `` Heroes '' -LRB- 1977 -RRB- !"), "He sang \"Heroes\" (1977)!");
        assert_eq!(said("5 % of $ 3  "), "5% of $3");
    }
}
