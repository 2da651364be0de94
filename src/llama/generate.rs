//! Continuous batching: texts are written side by side, a finished one's place is taken at once, and a
//! beginning that several prompts have in common is evaluated once.
//!
//! Rule: a text depends on its own request, never on its neighbours or on what was cached. So prompts are
//! evaluated one sequence at a time and never a single token of one, and texts one token each at a time:
//! each kind of product then sums in one order only. (Exact for the default model; with some other
//! quantisations roundings remain.)

use std::collections::VecDeque;

use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::token::LlamaToken;
use llama_cpp_2::token::data_array::LlamaTokenDataArray;

use super::ledger::{Ledger, common};
use super::model::Model;
use super::slot::{Ready, Slot, Step};
use crate::jobs::{Cancel, EngineError, Generated, Generation};

/// Tokens that make it worth waiting for a neighbour to evaluate them.
const WORTH_WAITING: usize = 8;

type Sink<'s> = &'s mut dyn FnMut(usize, Result<Generated, EngineError>);

/// The generating context with its books. Caches outlive a call: the next one with the same
/// instructions finds them evaluated.
#[derive(Debug)]
pub(super) struct Generator<'m> {
    model: &'m Model,
    context: LlamaContext<'m>,
    /// Tokens a sequence holds.
    room: usize,
    batch: LlamaBatch<'static>,
    batch_size: usize,
    ledger: Ledger,
    slots: Vec<Option<Slot>>,
    scratch: LlamaTokenDataArray,
}

impl<'m> Generator<'m> {
    pub(super) fn new(model: &'m Model, context: LlamaContext<'m>, slots: usize, room: usize) -> Self {
        let batch_size = context.n_batch() as usize;
        Self {
            model,
            context,
            room,
            // Never grown: a decode of more tokens than `n_batch` ends the process.
            batch: LlamaBatch::new(batch_size, 1),
            batch_size,
            ledger: Ledger::new(slots),
            slots: std::iter::repeat_with(|| None).take(slots).collect(),
            scratch: LlamaTokenDataArray::new(Vec::new(), false),
        }
    }

    pub(super) fn run(&mut self, requests: &[Generation], cancel: &Cancel, sink: Sink<'_>) -> Result<(), EngineError> {
        let mut waiting: VecDeque<usize> = (0..requests.len()).collect();
        let mut head = None;
        loop {
            if cancel.is_cancelled() {
                self.slots.fill_with(|| None);
                return Err(EngineError::Cancelled);
            }
            self.admit(requests, &mut waiting, &mut head, sink)?;
            let pending = |slot: &Option<Slot>| slot.as_ref().is_some_and(|slot| !slot.pending().is_empty());
            if let Some(sequence) = self.slots.iter().position(pending) {
                self.read(sequence, sink)?;
            } else if self.slots.iter().any(Option::is_some) {
                self.write(sink)?;
            } else {
                return Ok(());
            }
        }
    }

    /// Gives free sequences to waiting requests, in their order.
    fn admit(
        &mut self,
        requests: &[Generation],
        waiting: &mut VecDeque<usize>,
        head: &mut Option<Ready>,
        sink: Sink<'_>,
    ) -> Result<(), EngineError> {
        while self.slots.iter().any(Option::is_none) {
            let ready = if let Some(ready) = head.take() {
                ready
            } else {
                let Some(index) = waiting.pop_front() else { return Ok(()) };
                match Ready::new(self.model, index, &requests[index], self.room) {
                    Ok(ready) => ready,
                    Err(error) => {
                        sink(index, Err(error));
                        continue;
                    }
                }
            };
            let Some((sequence, reused)) = self.place(&ready)? else {
                *head = Some(ready);
                return Ok(());
            };
            self.slots[sequence] = Some(Slot::new(ready, reused));
        }
        Ok(())
    }

    /// Finds a sequence for a request and fills it with what of its prompt is cached anywhere; nothing
    /// while it had better wait. Called when at least one sequence is free.
    fn place(&mut self, ready: &Ready) -> Result<Option<(usize, usize)>, EngineError> {
        let wanted = if self.model.divisible { ready.shareable() } else { &[] };
        let (donor, found) = (0..self.slots.len())
            .map(|sequence| (sequence, self.ledger.common(sequence, wanted)))
            .max_by_key(|(sequence, found)| (*found, self.slots[*sequence].is_none()))
            .unwrap_or((0, 0));
        if self.neighbour_will_have(wanted) > found + WORTH_WAITING {
            return Ok(None);
        }
        let sequence = if self.slots[donor].is_none() {
            donor
        } else {
            // The free sequence whose cache is the least loss.
            let free = (0..self.slots.len()).filter(|sequence| self.slots[*sequence].is_none());
            let free = free.min_by_key(|sequence| self.ledger.len(*sequence)).unwrap_or(donor);
            self.cut(free, 0)?;
            if found > 0 {
                self.copy(donor, free)?;
            }
            free
        };
        self.cut(sequence, found)?;
        Ok(Some((sequence, self.ledger.len(sequence))))
    }

    /// The longest beginning of `wanted` that a sequence is about to have in its cache.
    fn neighbour_will_have(&self, wanted: &[LlamaToken]) -> usize {
        let busy = self.slots.iter().flatten().filter(|slot| !slot.pending().is_empty());
        busy.map(|slot| (common(&slot.ready.prompt, wanted), slot.evaluated))
            .filter(|(common, evaluated)| common > evaluated)
            .map(|(common, _)| common)
            .max()
            .unwrap_or(0)
    }

    /// Shortens a sequence's cache to its first `len` tokens.
    fn cut(&mut self, sequence: usize, len: usize) -> Result<(), EngineError> {
        if self.ledger.len(sequence) == len {
            return Ok(());
        }
        let from = (len > 0).then(|| u32::try_from(len).unwrap_or(u32::MAX));
        let id = Some(u32::try_from(sequence).unwrap_or(u32::MAX));
        let cut = self.context.clear_kv_cache_seq(id, from, None).map_err(|error| cache_error(&error))?;
        if cut {
            self.ledger.truncate(sequence, len);
            return Ok(());
        }
        // A cache that cannot be cut in part is emptied, which always works.
        self.context.clear_kv_cache_seq(id, None, None).map_err(|error| cache_error(&error))?;
        self.ledger.truncate(sequence, 0);
        Ok(())
    }

    /// Copies a sequence's whole cache: a part of one is refused between caches, with an abort.
    fn copy(&mut self, from: usize, to: usize) -> Result<(), EngineError> {
        let id = |sequence: usize| i32::try_from(sequence).unwrap_or(i32::MAX);
        self.context.copy_kv_cache_seq(id(from), id(to), None, None).map_err(|error| cache_error(&error))?;
        self.ledger.copy(from, to);
        Ok(())
    }

    /// Evaluates the next part of a prompt, and draws the text's first token if it is the last part.
    fn read(&mut self, sequence: usize, sink: Sink<'_>) -> Result<(), EngineError> {
        let Some(slot) = &mut self.slots[sequence] else { return Ok(()) };
        let part = slot.part(self.batch_size).to_vec();
        let last = part.len() == slot.pending().len();
        self.batch.clear();
        for (nth, token) in part.iter().enumerate() {
            let logits = last && nth + 1 == part.len();
            add(&mut self.batch, *token, slot.evaluated + nth, sequence, logits)?;
        }
        slot.evaluated += part.len();
        if !self.decode(sink) {
            return Ok(());
        }
        self.ledger.extend(sequence, &part);
        if last {
            self.draw(sequence, part.len() - 1, sink);
        }
        Ok(())
    }

    /// A further token for every text.
    fn write(&mut self, sink: Sink<'_>) -> Result<(), EngineError> {
        self.batch.clear();
        let mut added = Vec::with_capacity(self.slots.len());
        for (sequence, slot) in self.slots.iter_mut().enumerate() {
            if let Some(token) = slot.as_mut().and_then(|slot| slot.next.take()) {
                add(&mut self.batch, token, self.ledger.len(sequence), sequence, true)?;
                added.push((sequence, token));
            }
        }
        if !self.decode(sink) {
            return Ok(());
        }
        for (row, (sequence, token)) in added.into_iter().enumerate() {
            self.ledger.extend(sequence, &[token]);
            self.draw(sequence, row, sink);
        }
        Ok(())
    }

    /// Decodes the batch. If that fails, what the caches hold is unknown: the requests under way fail,
    /// and those still waiting begin afresh.
    fn decode(&mut self, sink: Sink<'_>) -> bool {
        let Err(error) = self.context.decode(&mut self.batch) else { return true };
        self.context.clear_kv_cache();
        self.ledger.clear();
        for slot in self.slots.iter_mut().filter_map(Option::take) {
            let failed = EngineError::Request(format!("llama.cpp could not decode: {error}"));
            sink(slot.ready.index, Err(failed));
        }
        false
    }

    /// Draws a sequence's next token from a row of the last decode; a text at its end is handed over.
    fn draw(&mut self, sequence: usize, row: usize, sink: Sink<'_>) {
        let place = &mut self.slots[sequence];
        let Some(slot) = place else { return };
        let logits = self.context.get_logits_ith(i32::try_from(row).unwrap_or(i32::MAX));
        let truncated = match slot.advance(self.model, logits, &mut self.scratch) {
            Ok(Step::GoesOn) => return,
            Ok(Step::Ended) => Ok(false),
            Ok(Step::Truncated) => Ok(true),
            Err(error) => Err(error),
        };
        if let Some(slot) = place.take() {
            let index = slot.ready.index;
            sink(index, truncated.map(|truncated| slot.finish(truncated)));
        }
    }
}

pub(super) fn add(
    batch: &mut LlamaBatch<'_>,
    token: LlamaToken,
    position: usize,
    sequence: usize,
    logits: bool,
) -> Result<(), EngineError> {
    let id = i32::try_from(sequence).unwrap_or(i32::MAX);
    let position = i32::try_from(position).unwrap_or(i32::MAX);
    batch
        .add(token, position, &[id], logits)
        .map_err(|error| EngineError::Request(format!("a batch came out too large: {error}")))
}

fn cache_error(error: &dyn std::fmt::Display) -> EngineError {
    EngineError::Request(format!("llama.cpp's cache refused: {error}"))
}
