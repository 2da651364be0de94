//! Near-duplicates among a tuple's candidates, so that the best three differ.

use super::mention::fold;

/// True if two sentences say the same words but for case, accents and punctuation, or all but one short
/// word of them.
#[must_use]
pub fn near(a: &str, b: &str) -> bool {
    alike(&words(&fold(a)), &words(&fold(b)))
}

fn alike(a: &[&str], b: &[&str]) -> bool {
    if a == b {
        return true;
    }
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    if long.len() - short.len() > 1 || short.len() < 4 {
        return false;
    }
    let prefix = long.iter().zip(short).take_while(|(x, y)| x == y).count();
    let suffix = long.iter().rev().zip(short.iter().rev()).take_while(|(x, y)| x == y).count();
    let odd = |words: &[&str]| words.get(prefix).is_none_or(|word| word.chars().count() <= 3);
    prefix + suffix + 1 >= long.len() && odd(long) && (long.len() > short.len() || odd(short))
}

fn words(folded: &str) -> Vec<&str> {
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect()
}

/// For each sentence, best first, the index of an earlier one it nearly repeats.
#[must_use]
pub fn repeats(sentences: &[&str]) -> Vec<Option<usize>> {
    let folded: Vec<String> = sentences.iter().map(|sentence| fold(sentence)).collect();
    let words: Vec<Vec<&str>> = folded.iter().map(|sentence| words(sentence)).collect();
    (0..words.len()).map(|i| (0..i).find(|&j| alike(&words[i], &words[j]))).collect()
}

/// Puts what nearly repeats an earlier sentence right behind it; else the order stays.
pub fn together<T>(items: &mut Vec<T>, text: impl Fn(&T) -> &str) {
    let sentences: Vec<&str> = items.iter().map(&text).collect();
    let first: Vec<usize> = repeats(&sentences).iter().enumerate().map(|(i, of)| of.unwrap_or(i)).collect();
    let mut sorted: Vec<(usize, T)> = first.into_iter().zip(items.drain(..)).collect();
    sorted.sort_by_key(|(first, _)| *first);
    items.extend(sorted.into_iter().map(|(_, item)| item));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_differences_repeat_and_large_ones_do_not() {
        assert!(near("Alan Turing was born in London.", "Alan Turing was born in London"));
        assert!(near("The capital of Peru is Lima.", "Capital of Peru is Lima."));
        assert!(!near("Alan Turing was born in London.", "Alan Turing died in London."));
        assert!(!near("Peru's capital is Lima.", "Lima is Peru's capital."));
        assert_eq!(repeats(&["A b c d.", "x", "a B c d"]), [None, None, Some(0)]);
        let mut order = vec!["x", "A b c d.", "y", "a B c d", "X."];
        together(&mut order, |text| text);
        assert_eq!(order, ["x", "X.", "A b c d.", "a B c d", "y"]);
    }
}
