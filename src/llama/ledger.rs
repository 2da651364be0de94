//! What each sequence's cache holds, kept beside llama.cpp's own books, which cannot be read.

use llama_cpp_2::token::LlamaToken;

/// The tokens evaluated in every sequence.
#[derive(Debug)]
pub(super) struct Ledger {
    sequences: Vec<Vec<LlamaToken>>,
}

impl Ledger {
    pub(super) fn new(sequences: usize) -> Self {
        Self { sequences: vec![Vec::new(); sequences] }
    }

    pub(super) fn len(&self, sequence: usize) -> usize {
        self.sequences[sequence].len()
    }

    /// How many of `tokens` a sequence begins with.
    pub(super) fn common(&self, sequence: usize, tokens: &[LlamaToken]) -> usize {
        common(&self.sequences[sequence], tokens)
    }

    pub(super) fn extend(&mut self, sequence: usize, tokens: &[LlamaToken]) {
        self.sequences[sequence].extend_from_slice(tokens);
    }

    pub(super) fn truncate(&mut self, sequence: usize, len: usize) {
        self.sequences[sequence].truncate(len);
    }

    pub(super) fn copy(&mut self, from: usize, to: usize) {
        self.sequences[to] = self.sequences[from].clone();
    }

    pub(super) fn clear(&mut self) {
        self.sequences.iter_mut().for_each(Vec::clear);
    }
}

/// How many tokens two texts have in common at the beginning.
pub(super) fn common(one: &[LlamaToken], other: &[LlamaToken]) -> usize {
    one.iter().zip(other).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(ids: &[i32]) -> Vec<LlamaToken> {
        ids.iter().copied().map(LlamaToken::new).collect()
    }

    #[test]
    fn a_copied_sequence_goes_its_own_way() {
        let mut ledger = Ledger::new(2);
        ledger.extend(0, &tokens(&[1, 2, 3]));
        ledger.copy(0, 1);
        ledger.truncate(1, 2);
        ledger.extend(1, &tokens(&[9]));
        assert_eq!(ledger.common(1, &tokens(&[1, 2, 9, 4])), 3);
        assert_eq!(ledger.common(0, &tokens(&[1, 2, 9, 4])), 2);
        ledger.clear();
        assert_eq!((ledger.len(0), ledger.len(1)), (0, 0));
    }
}
