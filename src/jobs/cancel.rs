//! Cancel: one atomic read to check; restarting invalidates whoever still works for the previous run.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The side that may cancel. Cloning shares it; a new run begins with [`Canceller::start`].
#[derive(Debug, Clone, Default)]
pub struct Canceller {
    generation: Arc<AtomicU64>,
}

/// The side that works: checked before each token and between prompt batches.
#[derive(Debug, Clone)]
pub struct Cancel {
    generation: Arc<AtomicU64>,
    mine: u64,
}

impl Canceller {
    /// Begins a run: handles of earlier runs become cancelled.
    #[must_use]
    pub fn start(&self) -> Cancel {
        let mine = self.generation.fetch_add(1, Ordering::Relaxed) + 1;
        Cancel { generation: Arc::clone(&self.generation), mine }
    }

    /// Cancels the run in progress, if any.
    pub fn cancel(&self) {
        self.generation.fetch_add(1, Ordering::Relaxed);
    }
}

impl Cancel {
    /// A handle that nothing ever cancels.
    #[must_use]
    pub fn never() -> Self {
        Canceller::default().start()
    }

    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.generation.load(Ordering::Relaxed) != self.mine
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_run_cancels_the_old_one_alone() {
        let canceller = Canceller::default();
        let first = canceller.start();
        assert!(!first.is_cancelled());
        let second = canceller.start();
        assert!(first.is_cancelled());
        assert!(!second.is_cancelled());
        canceller.cancel();
        assert!(second.is_cancelled());
    }
}
