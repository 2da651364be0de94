//! The terminal interface: one loop that waits for events, updates the model, performs effects and draws.
//!
//! The only folder that names ratatui and crossterm. `update` is the behaviour and is tested with no terminal;
//! `view` draws the model; `runtime` asks the use cases. Nothing is drawn and nothing wakes while nothing moves.

pub mod action;
pub mod diff;
pub mod effect;
pub mod event;
mod external;
mod input;
pub mod key;
pub mod keymap;
pub mod model;
mod picture;
mod runtime;
pub mod schedule;
pub mod screens;
mod terminal;
pub mod text;
pub mod theme;
pub mod undo;
pub mod update;
pub mod view;
pub mod widgets;

pub use action::Place;
pub use picture::picture;

use crate::app::App;
use crate::domain::quality::rubric::Rubric;
use anyhow::Context as _;
use crossterm::event::EventStream;
use event::Event;
use futures::StreamExt as _;
use keymap::Keymap;
use model::{Model, Tone};
use runtime::{Own, Requests};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use terminal::Guard;
use theme::Theme;

/// Frames are this far apart on average of any three: what a key does at once and what the store says of it a moment
/// later are two, and the second need not wait.
const FRAME: Duration = Duration::from_millis(5);

/// How the interface begins.
#[derive(Debug, Clone)]
pub struct Options {
    pub place: Place,
    /// A built-in theme's name; `mono` if `no_color`.
    pub theme: String,
    pub no_color: bool,
    /// The name of built-in keys, and the text of a user's file over them.
    pub keymap: String,
    pub users_keymap: Option<String>,
    /// The commands that can be typed in the palette, with what each is for.
    pub commands: Vec<(String, String)>,
    /// What the five scores mean, for the help.
    pub rubric: Vec<Rubric>,
    /// Where standard error goes while the interface is up.
    pub log: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            place: Place::Home,
            theme: "dark".into(),
            no_color: false,
            keymap: "default".into(),
            users_keymap: None,
            commands: Vec::new(),
            rubric: Vec::new(),
            log: None,
        }
    }
}

/// Shows the interface until it is left. The terminal is restored before the run is waited for.
///
/// # Errors
/// There is no terminal, or it fails.
pub fn run(app: App, options: &Options) -> anyhow::Result<()> {
    use std::io::IsTerminal as _;
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        anyhow::bail!("the interface needs a terminal; `amalrec --help` lists the commands that do not");
    }
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start the loop")?;
    let result = runtime.block_on(serve(&app, options));
    app.close();
    result
}

/// The model as it begins.
fn model(app: &App, options: &Options) -> Model {
    let (keymap, problems) = Keymap::with(&options.keymap, options.users_keymap.as_deref());
    let theme = Theme::named(if options.no_color { "mono" } else { &options.theme });
    let project = app.project.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let mut model = Model::new(&project, &app.desk.annotator, keymap, theme);
    model.rubric.clone_from(&options.rubric);
    model.commands.clone_from(&options.commands);
    if let Some(problem) = problems.first() {
        model.tell(Tone::Bad, problem, Duration::ZERO);
    }
    model
}

async fn serve(app: &App, options: &Options) -> anyhow::Result<()> {
    let clock = Clock::start();
    let mut model = model(app, options);
    let mut guard = Guard::enter(options.log.as_deref()).context("the terminal cannot be set up")?;
    let mut keys = EventStream::new();
    let mut ends = Ends::new().context("cannot listen to signals")?;
    let mut progress = app.progress();
    let (mut errand, mut output) = (app.errand(), app.commands.output());
    let mut requests = Requests::new();
    let mut drawn: [Option<Duration>; 2] = [None; 2];
    // What runs already is shown in the first frame.
    update::update(&mut model, Event::Progress(progress.borrow_and_update().clone()), clock.now());
    let mut effects = update::start(&mut model, options.place, clock.now());
    loop {
        for effect in effects.drain(..) {
            let Some(own) = runtime::perform(app, effect, &requests) else { continue };
            match own {
                Own::Quit => {
                    drop(guard);
                    finish(&mut requests).await;
                    return Ok(());
                }
                Own::Mouse(on) => guard.mouse(on)?,
                Own::Copy(text) => terminal::copy(&text)?,
                Own::Redraw => guard.redraw()?,
                Own::Suspend => {
                    keys = away(&mut guard, keys, model.mouse, terminal::stop_here)?;
                    model.dirty = true;
                }
                Own::ExternalEditor(text) => {
                    let mut edited = Ok(String::new());
                    keys = away(&mut guard, keys, model.mouse, || edited = external::edit(&text))?;
                    update::update(&mut model, Event::Edited(edited), clock.now());
                }
            }
        }
        let now = clock.now();
        let due = drawn[0].map_or(now, |last_but_one| last_but_one + 2 * FRAME);
        if model.dirty && due <= now {
            if let Some(facts) = guard.draw(|frame| view::draw(frame, &model, now))? {
                model.absorb(facts, clock.now());
            }
            drawn = [drawn[1], Some(clock.now())];
        }
        let wake = if model.dirty { Some(due) } else { schedule::next(&model, now) };
        let event = tokio::select! {
            biased;
            () = ends.wait() => Event::Terminate,
            raw = keys.next() => match raw {
                Some(Ok(raw)) => match input::event(raw) {
                    Some(event) => event,
                    None => continue,
                },
                // The terminal is gone.
                Some(Err(_)) | None => Event::Terminate,
            },
            Some(reply) = requests.next() => reply,
            Ok(()) = progress.changed() => Event::Progress(progress.borrow_and_update().clone()),
            Ok(()) = errand.changed() => Event::Errand(errand.borrow_and_update().clone()),
            Ok(()) = output.changed() => Event::Command(output.borrow_and_update().clone()),
            () = clock.sleep(wake) => {
                if model.dirty {
                    continue;
                }
                Event::Wake
            }
        };
        effects = update::update(&mut model, event, clock.now());
    }
}

/// Hands decisions on their way to the store, which records all it was handed before it closes; the terminal
/// is the user's again by then.
async fn finish(requests: &mut Requests<'_>) {
    let all = async { while requests.next().await.is_some() {} };
    let _ = tokio::time::timeout(Duration::from_millis(300), all).await;
}

/// Gives the terminal away for the time of `work`. The key reader must not compete for its input.
fn away(guard: &mut Guard, keys: EventStream, mouse: bool, work: impl FnOnce()) -> anyhow::Result<EventStream> {
    drop(keys);
    guard.suspend();
    work();
    guard.resume(mouse)?;
    Ok(EventStream::new())
}

/// Time since the interface began: the only clock here.
struct Clock(Instant);

impl Clock {
    fn start() -> Self {
        Self(Instant::now())
    }

    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    /// Until a time since the beginning; for ever if there is none.
    async fn sleep(&self, until: Option<Duration>) {
        match until {
            Some(until) => tokio::time::sleep(until.saturating_sub(self.now())).await,
            None => std::future::pending().await,
        }
    }
}

/// Signals that end the program in order.
#[cfg(unix)]
struct Ends {
    signals: [tokio::signal::unix::Signal; 3],
}

#[cfg(unix)]
impl Ends {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [SignalKind::terminate(), SignalKind::hangup(), SignalKind::interrupt()];
        let [a, b, c] = kinds.map(signal);
        Ok(Self { signals: [a?, b?, c?] })
    }

    async fn wait(&mut self) {
        let [a, b, c] = &mut self.signals;
        tokio::select! { _ = a.recv() => {}, _ = b.recv() => {}, _ = c.recv() => {} }
    }
}

#[cfg(not(unix))]
struct Ends;

#[cfg(not(unix))]
impl Ends {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn wait(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
