//! Everything a user can mean. Each action has a name for the keymap and one line of help, so that keymap,
//! palette and help know it by construction.

use crate::app::Sweep;
use crate::domain::review::{RejectReason, Verdict};

/// A screen one can go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    Home,
    Tuples,
    Review,
    Verify,
    Adjudicate,
    Jobs,
    Reports,
    Export,
    Models,
}

impl Place {
    pub const ALL: [Self; 9] = [
        Self::Home,
        Self::Tuples,
        Self::Review,
        Self::Verify,
        Self::Adjudicate,
        Self::Jobs,
        Self::Reports,
        Self::Export,
        Self::Models,
    ];

    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Home => "Home",
            Self::Tuples => "Tuples",
            Self::Review => "Review",
            Self::Verify => "Verify",
            Self::Adjudicate => "Adjudicate",
            Self::Jobs => "Jobs",
            Self::Reports => "Reports",
            Self::Export => "Export",
            Self::Models => "Models",
        }
    }
}

/// Moves of a selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
}

/// Changes and moves within a line of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typing {
    Left,
    Right,
    WordLeft,
    WordRight,
    LineUp,
    LineDown,
    Start,
    End,
    Backspace,
    Delete,
    DeleteWord,
    DeleteToStart,
    DeleteToEnd,
    Undo,
    Redo,
    Restore,
}

/// What is done to the item on the review screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Desk {
    Accept,
    Take,
    Pick(u8),
    Edit,
    External,
    Reject(RejectReason),
    Flag,
    Note,
    Mark,
    Compare,
    Regenerate,
    Previous,
    Next,
    Why,
    Bars,
}

/// What a key or a line of the palette means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Go(Place),
    /// Leaves what is on top: a popup, an editor, a screen.
    Back,
    Leave,
    /// Takes what is selected or typed: opens, saves, runs, confirms.
    Submit,
    Quit,
    Suspend,
    Redraw,
    Help,
    Palette,
    Undo,
    Redo,
    Skip,
    Generate,
    Stop,
    /// What failed before, again.
    Retry,
    Filter,
    ClearFilter,
    /// Fills in what is being typed.
    Complete,
    Sort,
    /// Goes between a list and the facets beside it.
    Facets,
    Pivot,
    Sweep(Sweep),
    Copy,
    Rehearse,
    Write,
    Pull,
    Check,
    /// What the last command said.
    Output,
    Theme,
    Mouse,
    Move(Move),
    Typing(Typing),
    Desk(Desk),
    Verdict(Verdict),
}

/// Every action with its name and its help, in the order of the palette.
const TABLE: &[(Action, &str, &str)] = &[
    (Action::Go(Place::Home), "home", "Go to Home: the pipeline, the pace, what to do next"),
    (Action::Go(Place::Tuples), "tuples", "Go to Tuples: list, filter and sort all facts"),
    (Action::Go(Place::Review), "review", "Go to Review: choose a sentence for each fact"),
    (Action::Go(Place::Verify), "verify", "Go to Verify: judge chosen sentences blind"),
    (Action::Go(Place::Adjudicate), "adjudicate", "Go to Adjudicate: settle between answers that differ"),
    (Action::Go(Place::Jobs), "jobs", "Go to Jobs: what runs, how fast, what failed"),
    (Action::Go(Place::Reports), "reports", "Go to Reports: accuracy with its intervals, coverage"),
    (Action::Go(Place::Export), "export", "Go to Export: splits, formats, dry run"),
    (Action::Go(Place::Models), "models", "Go to Models: which are here, bring and check them"),
    (Action::Generate, "generate", "Generate, score and rank in the background"),
    (Action::Stop, "stop", "Stop what runs; all that is done is kept"),
    (Action::Retry, "retry", "Try again what failed"),
    (Action::Undo, "undo", "Undo my last decision, wherever it was"),
    (Action::Redo, "redo", "Redo what was undone last"),
    (
        Action::Desk(Desk::Accept),
        "accept",
        "Accept the selected sentence: the ranker's first choice until you go to another",
    ),
    (Action::Desk(Desk::Take), "take", "Take the selected sentence"),
    (Action::Desk(Desk::Pick(1)), "pick-1", "Take sentence 1"),
    (Action::Desk(Desk::Pick(2)), "pick-2", "Take sentence 2"),
    (Action::Desk(Desk::Pick(3)), "pick-3", "Take sentence 3"),
    (Action::Desk(Desk::Pick(4)), "pick-4", "Take sentence 4"),
    (Action::Desk(Desk::Pick(5)), "pick-5", "Take sentence 5"),
    (Action::Desk(Desk::Pick(6)), "pick-6", "Take sentence 6"),
    (Action::Desk(Desk::Pick(7)), "pick-7", "Take sentence 7"),
    (Action::Desk(Desk::Pick(8)), "pick-8", "Take sentence 8"),
    (Action::Desk(Desk::Pick(9)), "pick-9", "Take sentence 9"),
    (Action::Desk(Desk::Edit), "edit", "Edit the selected sentence in place"),
    (Action::Desk(Desk::External), "external-editor", "Edit the selected sentence in $EDITOR"),
    (Action::Desk(Desk::Reject(RejectReason::Inaccurate)), "reject-inaccurate", "Reject all: none states the tuple"),
    (
        Action::Desk(Desk::Reject(RejectReason::Ungrammatical)),
        "reject-ungrammatical",
        "Reject all: none is good English",
    ),
    (Action::Desk(Desk::Reject(RejectReason::BadTuple)), "reject-bad-tuple", "Reject all: the tuple itself is wrong"),
    (
        Action::Desk(Desk::Reject(RejectReason::Unclear)),
        "reject-unclear",
        "Reject all: one cannot tell what the tuple means",
    ),
    (Action::Desk(Desk::Reject(RejectReason::Other)), "reject-other", "Reject all, for another reason"),
    (Action::Skip, "skip", "Skip this item; it comes back later"),
    (Action::Desk(Desk::Flag), "flag", "Flag this tuple for a second look, and stay"),
    (Action::Desk(Desk::Note), "flag-note", "Flag this tuple with a note, and stay"),
    (Action::Desk(Desk::Mark), "mark", "Mark the selected sentence for comparison"),
    (Action::Desk(Desk::Compare), "compare", "Compare two to four sentences side by side"),
    (Action::Desk(Desk::Regenerate), "regenerate", "Generate again for this tuple while I go on"),
    (Action::Desk(Desk::Previous), "previous", "Go back to the item before, deciding nothing"),
    (Action::Desk(Desk::Next), "next", "Go to the next item, deciding nothing"),
    (Action::Desk(Desk::Why), "why", "Show or hide why the sentence scores as it does"),
    (Action::Desk(Desk::Bars), "bars", "Show scores as bars or as numbers"),
    (Action::Verdict(Verdict::Right), "right", "Verdict: the sentence is right"),
    (Action::Verdict(Verdict::EntityMissing), "wrong-entity", "Verdict: an entity is missing"),
    (Action::Verdict(Verdict::WrongRelation), "wrong-relation", "Verdict: it states another relation"),
    (Action::Verdict(Verdict::WrongDirection), "wrong-direction", "Verdict: head and tail are exchanged"),
    (Action::Verdict(Verdict::ExtraFact), "wrong-extra", "Verdict: it says more than the tuple"),
    (Action::Verdict(Verdict::Ungrammatical), "wrong-grammar", "Verdict: it is ungrammatical"),
    (Action::Verdict(Verdict::NotFluent), "wrong-fluency", "Verdict: it is not fluent"),
    (Action::Filter, "filter", "Filter the tuples as you type"),
    (Action::ClearFilter, "clear-filter", "Show all tuples again"),
    (Action::Complete, "complete", "Fill in what is being typed"),
    (Action::Sort, "sort", "Sort by the next column"),
    (Action::Facets, "facets", "Go to the counts beside the list, or back"),
    (Action::Pivot, "pivot", "Count the tuples of the filter by a column"),
    (Action::Sweep(Sweep::Accept), "accept-these", "Accept the first sentence of each ready tuple of the filter"),
    (Action::Sweep(Sweep::Flag), "flag-these", "Flag each tuple of the filter"),
    (
        Action::Sweep(Sweep::Reject(RejectReason::Inaccurate)),
        "reject-these-inaccurate",
        "Reject each ready tuple of the filter: no sentence states it",
    ),
    (
        Action::Sweep(Sweep::Reject(RejectReason::Ungrammatical)),
        "reject-these-ungrammatical",
        "Reject each ready tuple of the filter: no sentence is good English",
    ),
    (
        Action::Sweep(Sweep::Reject(RejectReason::BadTuple)),
        "reject-these-bad-tuple",
        "Reject each ready tuple of the filter: the tuples are wrong",
    ),
    (
        Action::Sweep(Sweep::Reject(RejectReason::Unclear)),
        "reject-these-unclear",
        "Reject each ready tuple of the filter: one cannot tell what they mean",
    ),
    (
        Action::Sweep(Sweep::Reject(RejectReason::Other)),
        "reject-these-other",
        "Reject each ready tuple of the filter, for another reason",
    ),
    (Action::Copy, "copy", "Copy the selected sentence or tuple to the clipboard, over SSH too"),
    (Action::Rehearse, "dry-run", "Export without writing: sizes, leaks, warnings"),
    (Action::Write, "write", "Write the export"),
    (Action::Pull, "pull", "Bring the selected model"),
    (Action::Check, "check", "Check the selected model's file against its digest"),
    (Action::Submit, "submit", "Take what is selected or typed"),
    (Action::Back, "back", "Leave what is on top; a draft is kept"),
    (Action::Leave, "leave", "The same, but never the program"),
    (Action::Help, "help", "Show all keys, with search"),
    (Action::Palette, "palette", "Run any action by its name, or a command as in a shell"),
    (Action::Output, "output", "Show what the last command said"),
    (Action::Theme, "theme", "Change to the next theme"),
    (Action::Mouse, "mouse", "Let the wheel scroll, or leave the mouse to the terminal"),
    (Action::Redraw, "redraw", "Draw the whole screen again"),
    (Action::Suspend, "suspend", "Suspend to the shell; fg comes back"),
    (Action::Quit, "quit", "Quit; what is done is kept"),
    (Action::Move(Move::Up), "up", "Select the one above"),
    (Action::Move(Move::Down), "down", "Select the one below"),
    (Action::Move(Move::PageUp), "page-up", "Go up a page"),
    (Action::Move(Move::PageDown), "page-down", "Go down a page"),
    (Action::Move(Move::First), "first", "Go to the first"),
    (Action::Move(Move::Last), "last", "Go to the last"),
    (Action::Typing(Typing::Left), "left", "Move left by a character"),
    (Action::Typing(Typing::Right), "right-char", "Move right by a character"),
    (Action::Typing(Typing::WordLeft), "word-left", "Move left by a word"),
    (Action::Typing(Typing::WordRight), "word-right", "Move right by a word"),
    (Action::Typing(Typing::LineUp), "line-up", "Move up by a line"),
    (Action::Typing(Typing::LineDown), "line-down", "Move down by a line"),
    (Action::Typing(Typing::Start), "start", "Move to the start of the text"),
    (Action::Typing(Typing::End), "end", "Move to the end of the text"),
    (Action::Typing(Typing::Backspace), "backspace", "Delete the character before"),
    (Action::Typing(Typing::Delete), "delete", "Delete the character after"),
    (Action::Typing(Typing::DeleteWord), "delete-word", "Delete the word before"),
    (Action::Typing(Typing::DeleteToStart), "delete-to-start", "Delete to the start"),
    (Action::Typing(Typing::DeleteToEnd), "delete-to-end", "Delete to the end"),
    (Action::Typing(Typing::Undo), "text-undo", "Undo a change of the text"),
    (Action::Typing(Typing::Redo), "text-redo", "Redo a change of the text"),
    (Action::Typing(Typing::Restore), "restore", "Put the original text back"),
];

impl Action {
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|(action, _, _)| *action)
    }

    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().1
    }

    #[must_use]
    pub fn help(self) -> &'static str {
        self.row().2
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// Those that make sense as a line of the palette: not moves, not typing.
    #[must_use]
    pub fn is_verb(self) -> bool {
        match self {
            Self::Move(_)
            | Self::Typing(_)
            | Self::Submit
            | Self::Back
            | Self::Leave
            | Self::Palette
            | Self::Complete => false,
            Self::Go(_)
            | Self::Quit
            | Self::Suspend
            | Self::Redraw
            | Self::Help
            | Self::Undo
            | Self::Redo
            | Self::Skip
            | Self::Generate
            | Self::Stop
            | Self::Retry
            | Self::Filter
            | Self::ClearFilter
            | Self::Sort
            | Self::Facets
            | Self::Pivot
            | Self::Sweep(_)
            | Self::Copy
            | Self::Rehearse
            | Self::Write
            | Self::Pull
            | Self::Check
            | Self::Output
            | Self::Theme
            | Self::Mouse
            | Self::Desk(_)
            | Self::Verdict(_) => true,
        }
    }

    fn row(self) -> &'static (Self, &'static str, &'static str) {
        // `every_action_stands_in_the_table` keeps the fallback from ever being used.
        TABLE.iter().find(|row| row.0 == self).unwrap_or(&TABLE[0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_lead_back() {
        for action in Action::all() {
            assert_eq!(Action::named(action.name()), Some(action), "{action:?}");
            assert!(!action.help().is_empty());
        }
    }

    #[test]
    fn every_action_stands_in_the_table() {
        let all: Vec<_> = Action::all().collect();
        for &reason in RejectReason::ALL {
            assert!(all.contains(&Action::Desk(Desk::Reject(reason))));
            assert!(all.contains(&Action::Sweep(Sweep::Reject(reason))));
        }
        for &verdict in Verdict::ALL {
            assert!(all.contains(&Action::Verdict(verdict)));
        }
        for place in Place::ALL {
            assert!(all.contains(&Action::Go(place)));
        }
    }
}
