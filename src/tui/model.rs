//! The model: all that the interface knows. `update` alone changes it, `view` alone reads it onto the screen.

use super::action::{Action, Place};
use super::key::Key;
use super::keymap::{Keymap, Mode};
use super::screens::adjudicate::Adjudicate;
use super::screens::confirm::Confirm;
use super::screens::export::Export;
use super::screens::help::Help;
use super::screens::home::HomeScreen;
use super::screens::jobs::Jobs;
use super::screens::models::Models;
use super::screens::note::Note;
use super::screens::output::{Commands, Pager};
use super::screens::palette::Palette;
use super::screens::pivot::Pivot;
use super::screens::reports::Reports;
use super::screens::review::Review;
use super::screens::sweep::Asked;
use super::screens::tuples::Tuples;
use super::screens::verify::VerifyScreen;
use super::theme::Theme;
use crate::app::{Errand, Output, Progress};
use crate::domain::quality::rubric::Rubric;
use std::time::Duration;

/// How long a notice stays.
const NOTICE: Duration = Duration::from_secs(6);

/// How long a request may take before the screen says that it is loading.
pub const PATIENCE: Duration = Duration::from_millis(100);

/// A screen or popup; the top one has the keyboard.
#[derive(Debug, Clone, PartialEq)]
pub enum Layer {
    Base(Place),
    Help(Help),
    Palette(Palette),
    Confirm(Confirm),
    Note(Note),
    Pivot(Pivot),
    Sweep(Asked),
    Output(Pager),
}

/// How a notice is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Good,
    Bad,
}

/// A line told to the user for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub text: String,
    pub tone: Tone,
    pub until: Duration,
}

/// A request that is not answered yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pending {
    pub run: u64,
    pub since: Duration,
}

impl Pending {
    #[must_use]
    pub fn is_slow(&self, now: Duration) -> bool {
        now.saturating_sub(self.since) >= PATIENCE
    }
}

/// True if the reply `run` answers this request; the request is then settled.
pub fn settles(pending: &mut Option<Pending>, run: u64) -> bool {
    let settled = pending.is_some_and(|pending| pending.run == run);
    if settled {
        *pending = None;
    }
    settled
}

/// What the last frame found out, absorbed after it was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts {
    /// Rows that the list on the screen has room for.
    pub rows: u16,
    /// Columns at which the edited text wraps, or the help's.
    pub wrap: u16,
}

/// Everything.
#[derive(Debug, Clone)]
pub struct Model {
    /// The project's file name.
    pub project: String,
    pub annotator: String,
    pub keymap: Keymap,
    pub theme: Theme,
    /// What the five scores mean.
    pub rubric: Vec<Rubric>,
    /// Never empty; popups stand above the screens they were opened from.
    pub layers: Vec<Layer>,
    pub home: HomeScreen,
    pub tuples: Tuples,
    pub review: Review,
    pub verify: VerifyScreen,
    pub adjudicate: Adjudicate,
    pub jobs: Jobs,
    pub reports: Reports,
    pub export: Export,
    pub models: Models,
    /// Keys of a chord that is not complete.
    pub chord: Vec<Key>,
    pub notice: Option<Notice>,
    pub progress: Progress,
    /// Work beside the run.
    pub errand: Errand,
    /// Commands that can be typed, and what the last one said.
    pub commands: Commands,
    pub output: Output,
    /// The request for a decision on many tuples that is on its way.
    pub sweeping: Option<u64>,
    pub facts: Facts,
    pub mouse: bool,
    /// Undo and redo requests on their way.
    pub undoing: Vec<u64>,
    /// True until the next frame.
    pub dirty: bool,
    runs: u64,
}

impl Model {
    /// The interface at its start; `update::start` gives the first requests.
    #[must_use]
    pub fn new(project: &str, annotator: &str, keymap: Keymap, theme: Theme) -> Self {
        Self {
            project: project.to_owned(),
            annotator: annotator.to_owned(),
            keymap,
            theme,
            rubric: Vec::new(),
            layers: vec![Layer::Base(Place::Home)],
            home: HomeScreen::default(),
            tuples: Tuples::default(),
            review: Review::default(),
            verify: VerifyScreen::default(),
            adjudicate: Adjudicate::default(),
            jobs: Jobs::default(),
            reports: Reports::default(),
            export: Export::default(),
            models: Models::default(),
            chord: Vec::new(),
            notice: None,
            progress: Progress::default(),
            errand: Errand::default(),
            commands: Commands::new(),
            output: Output::default(),
            sweeping: None,
            facts: Facts::default(),
            mouse: false,
            undoing: Vec::new(),
            dirty: true,
            runs: 0,
        }
    }

    /// The screen below all popups.
    #[must_use]
    pub fn place(&self) -> Place {
        let base = self.layers.iter().rev().find_map(|layer| match layer {
            Layer::Base(place) => Some(*place),
            Layer::Help(_)
            | Layer::Palette(_)
            | Layer::Confirm(_)
            | Layer::Note(_)
            | Layer::Pivot(_)
            | Layer::Sweep(_)
            | Layer::Output(_) => None,
        });
        base.unwrap_or(Place::Home)
    }

    /// What the keyboard is for.
    #[must_use]
    pub fn mode(&self) -> Mode {
        match self.layers.last() {
            Some(Layer::Help(_) | Layer::Palette(_)) => Mode::Search,
            Some(Layer::Confirm(_) | Layer::Sweep(_)) => Mode::Confirm,
            Some(Layer::Note(_)) => Mode::Line,
            Some(Layer::Pivot(_)) => Mode::Pivot,
            Some(Layer::Output(_)) => Mode::Output,
            Some(Layer::Base(_)) | None => self.place_mode(),
        }
    }

    /// What the keyboard is for on the screen below all popups.
    #[must_use]
    pub fn place_mode(&self) -> Mode {
        match self.place() {
            Place::Home => Mode::Home,
            Place::Tuples if self.tuples.typing => Mode::Filter,
            Place::Tuples if self.tuples.facets.focused => Mode::Facets,
            Place::Tuples => Mode::Tuples,
            Place::Review => self.review.mode(),
            Place::Verify => Mode::Verify,
            Place::Adjudicate => self.adjudicate.mode(),
            Place::Jobs => Mode::Jobs,
            Place::Reports => Mode::Reports,
            Place::Export if self.export.typing.is_some() => Mode::Line,
            Place::Export => Mode::Export,
            Place::Models => Mode::Models,
        }
    }

    /// The number of the next request, and the note that it is on its way.
    pub fn ask(&mut self, now: Duration) -> Pending {
        self.runs += 1;
        Pending { run: self.runs, since: now }
    }

    pub fn tell(&mut self, tone: Tone, text: impl Into<String>, now: Duration) {
        self.notice = Some(Notice { text: text.into(), tone, until: now + NOTICE });
    }

    /// Takes in what a frame found out; the time on an item begins with its first frame.
    pub fn absorb(&mut self, facts: Facts, now: Duration) {
        self.dirty = false;
        self.facts = facts;
        match self.place() {
            Place::Review => self.review.drawn(now),
            Place::Verify => self.verify.drawn(now),
            Place::Adjudicate => self.adjudicate.drawn(now),
            Place::Home | Place::Tuples | Place::Jobs | Place::Reports | Place::Export | Place::Models => {}
        }
    }

    /// The label of an action's hint where it depends on the state; an empty one hides the hint.
    #[must_use]
    pub fn label<'a>(&self, action: Option<Action>, label: &'a str) -> std::borrow::Cow<'a, str> {
        let running = self.progress.running();
        let empty = self.home.data.as_ref().is_some_and(|home| home.counts.tuples() == 0);
        match (self.mode(), action) {
            (Mode::Review, None | Some(Action::Skip | Action::Copy | Action::Move(_)))
                if self.review.desk.is_none() =>
            {
                "".into()
            }
            (Mode::Verify, None | Some(Action::Skip | Action::Verdict(_))) if self.verify.trial.is_none() => "".into(),
            (Mode::Home, Some(Action::Generate | Action::Go(_))) if empty => "".into(),
            // It is another key of what is said already.
            (_, Some(Action::Leave)) => "".into(),
            (Mode::Review, Some(Action::Desk(desk))) => self.review.label(desk, label),
            (Mode::Search, Some(Action::Submit | Action::Complete))
                if matches!(self.layers.last(), Some(Layer::Help(_))) =>
            {
                "".into()
            }
            (Mode::Adjudicate, None | Some(Action::Skip | Action::Copy | Action::Move(_) | Action::Desk(_)))
                if self.adjudicate.bench.is_none() =>
            {
                "".into()
            }
            (Mode::Home, Some(Action::Go(Place::Adjudicate)))
                if self.home.data.as_ref().is_none_or(|home| home.to_settle == 0) =>
            {
                "".into()
            }
            (Mode::Export | Mode::Models, Some(Action::Stop)) if self.errand.going() => label.into(),
            (Mode::Output, Some(Action::Stop)) => if self.output.going() { label } else { "" }.into(),
            (_, Some(Action::Output)) if self.output == Output::default() => "".into(),
            (_, Some(Action::Stop)) if !running => "".into(),
            (Mode::Home | Mode::Jobs, Some(Action::Generate)) if running => "".into(),
            _ => label.into(),
        }
    }
}
