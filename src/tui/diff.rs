//! Which words changed between two sentences.

/// What became of some words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Same,
    Gone,
    New,
}

/// Tables larger than this are not filled: the differing middle is then told as one change.
const LARGEST: usize = 250_000;

/// Runs of words with their change, in reading order; what goes stands before what comes.
#[must_use]
pub fn words(old: &str, new: &str) -> Vec<(Change, String)> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.split_whitespace().collect(), new.split_whitespace().collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (&old[head..], &new[head..]);
    let tail = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old_middle, new_middle) = (&old_rest[..old_rest.len() - tail], &new_rest[..new_rest.len() - tail]);
    let mut runs = Vec::new();
    push(&mut runs, Change::Same, &old[..head]);
    middle(&mut runs, old_middle, new_middle);
    push(&mut runs, Change::Same, &old[old.len() - tail..]);
    runs
}

fn middle(runs: &mut Vec<(Change, String)>, old: &[&str], new: &[&str]) {
    if old.len().saturating_mul(new.len()) > LARGEST {
        push(runs, Change::Gone, old);
        push(runs, Change::New, new);
        return;
    }
    // common[i][j] is the length of the longest common subsequence of old[i..] and new[j..].
    let mut common = vec![vec![0_u32; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] =
                if old[i] == new[j] { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            push(runs, Change::Same, &old[i..=i]);
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || i < old.len() && common[i + 1][j] >= common[i][j + 1] {
            push(runs, Change::Gone, &old[i..=i]);
            i += 1;
        } else {
            push(runs, Change::New, &new[j..=j]);
            j += 1;
        }
    }
}

fn push(runs: &mut Vec<(Change, String)>, change: Change, words: &[&str]) {
    if words.is_empty() {
        return;
    }
    let text = words.join(" ");
    match runs.last_mut() {
        Some((last, run)) if *last == change => {
            run.push(' ');
            run.push_str(&text);
        }
        _ => runs.push((change, text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_words_are_told() {
        assert_eq!(
            words("Alan Turing attended King's College.", "Alan Turing studied at King's College."),
            [
                (Change::Same, "Alan Turing".into()),
                (Change::Gone, "attended".into()),
                (Change::New, "studied at".into()),
                (Change::Same, "King's College.".into()),
            ]
        );
        assert_eq!(words("a b", "a b"), [(Change::Same, "a b".into())]);
        assert_eq!(words("", "a"), [(Change::New, "a".into())]);
        assert_eq!(words("", ""), []);
    }

    proptest::proptest! {
        #[test]
        fn both_sides_can_be_read_back(old in "[ab ]{0,20}", new in "[ab ]{0,20}") {
            let runs = words(&old, &new);
            let side = |gone: Change| runs.iter().filter(|r| r.0 != gone).map(|r| r.1.as_str()).collect::<Vec<_>>().join(" ");
            proptest::prop_assert_eq!(side(Change::New), old.split_whitespace().collect::<Vec<_>>().join(" "));
            proptest::prop_assert_eq!(side(Change::Gone), new.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
}
