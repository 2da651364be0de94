//! Everything the interface can ask for, as plain data: `update` returns it, `runtime` does it.

use crate::app::{Answer, Circumstance, Column, Filter, PageKey, Scope, Sort, Sweep, Wish};
use crate::domain::review::Verdict;
use crate::domain::{DecisionId, TupleId};

/// Something to do outside the model. `run` numbers the request; the reply carries it back.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    LoadHome {
        run: u64,
    },
    LoadPage {
        run: u64,
        filter: Filter,
        sort: Sort,
        after: Option<PageKey>,
        limit: usize,
    },
    Count {
        run: u64,
        filter: Filter,
    },
    Tally {
        run: u64,
        filter: Filter,
        column: Column,
        limit: usize,
    },
    Preview {
        run: u64,
        filter: Filter,
        sweep: Sweep,
        rows: usize,
    },
    Sweep {
        run: u64,
        filter: Filter,
        sweep: Sweep,
    },
    NextItem {
        run: u64,
        passed: Vec<TupleId>,
    },
    OpenItem {
        run: u64,
        tuple: TupleId,
    },
    Answer {
        run: u64,
        tuple: TupleId,
        answer: Answer,
        how: Circumstance,
    },
    NextToSettle {
        run: u64,
        passed: Vec<TupleId>,
    },
    NextToVerify {
        run: u64,
        passed: Vec<TupleId>,
    },
    Verify {
        run: u64,
        tuple: TupleId,
        of: DecisionId,
        verdict: Verdict,
        how: Circumstance,
    },
    Undo {
        run: u64,
    },
    Redo {
        run: u64,
    },
    Start {
        run: u64,
        scope: Scope,
    },
    Stop,
    LoadReports {
        run: u64,
    },
    LoadMade {
        run: u64,
    },
    LoadModels {
        run: u64,
    },
    Export {
        run: u64,
        wish: Wish,
        rehearse: bool,
    },
    Pull {
        run: u64,
        name: String,
    },
    Check {
        run: u64,
        name: String,
    },
    StopErrand,
    /// Runs a command of the program, as a shell would split the line.
    Command {
        run: u64,
        line: String,
    },
    StopCommand,
    /// Puts a text on the clipboard of the terminal's side.
    Copy(String),
    /// Hands the terminal to `$EDITOR` with this text.
    ExternalEditor {
        text: String,
    },
    Mouse(bool),
    Redraw,
    Suspend,
    Quit,
}
