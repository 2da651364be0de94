//! The terminal: one guard owns every mode of it. What is entered is left on drop, on panic, on suspending and
//! on error, by one function that may be called as often as one likes.

use crossterm::clipboard::CopyToClipboard;
use crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture};
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen};
use crossterm::{cursor, execute, queue, terminal};
use ratatui::backend::CrosstermBackend;
use ratatui::{Frame, Terminal};
use std::io::{self, Stdout, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Which modes are in force, shared with the panic hook.
#[derive(Default)]
struct Modes {
    up: AtomicBool,
    mouse: AtomicBool,
    /// Standard error as it was, while it goes to the log.
    stderr: Mutex<Option<Stderr>>,
}

/// The guard.
pub(super) struct Guard {
    terminal: Terminal<CrosstermBackend<Stdout>>,
    modes: Arc<Modes>,
    log: Option<PathBuf>,
}

impl Guard {
    /// Enters all modes, and installs a panic hook that leaves them if this very thread panics. A worker's
    /// panic goes to the log and does not touch the screen.
    ///
    /// # Errors
    /// There is no terminal, or it fails.
    pub(super) fn enter(log: Option<&Path>) -> io::Result<Self> {
        let modes = Arc::new(Modes::default());
        let (hooked, mine) = (Arc::clone(&modes), std::thread::current().id());
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current().id() == mine {
                hooked.leave();
            }
            before(panic);
        }));
        let terminal = Terminal::new(CrosstermBackend::new(io::stdout()))?;
        let mut guard = Self { terminal, modes, log: log.map(Path::to_owned) };
        guard.resume(false)?;
        Ok(guard)
    }

    /// Enters all modes (again) and draws the next frame from nothing.
    ///
    /// # Errors
    /// The terminal fails.
    pub(super) fn resume(&mut self, mouse: bool) -> io::Result<()> {
        self.modes.up.store(true, Ordering::SeqCst);
        terminal::enable_raw_mode()?;
        execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste, cursor::Hide)?;
        self.mouse(mouse)?;
        let mut stderr = self.modes.stderr.lock().unwrap_or_else(PoisonError::into_inner);
        *stderr = self.log.as_deref().and_then(Stderr::to);
        drop(stderr);
        self.redraw()
    }

    /// Leaves all modes; `resume` comes back.
    pub(super) fn suspend(&self) {
        self.modes.leave();
    }

    /// # Errors
    /// The terminal fails.
    pub(super) fn mouse(&self, on: bool) -> io::Result<()> {
        match (on, self.modes.mouse.swap(on, Ordering::SeqCst)) {
            (true, false) => execute!(io::stdout(), EnableMouseCapture),
            (false, true) => execute!(io::stdout(), DisableMouseCapture),
            (true, true) | (false, false) => Ok(()),
        }
    }

    /// Forgets what is on the screen, so that the next frame writes all of it. A new `Terminal`, since clearing
    /// the old one would ask the terminal where its cursor stands and wait for the answer.
    ///
    /// # Errors
    /// The terminal fails.
    pub(super) fn redraw(&mut self) -> io::Result<()> {
        execute!(io::stdout(), terminal::Clear(terminal::ClearType::All))?;
        self.terminal = Terminal::new(CrosstermBackend::new(io::stdout()))?;
        Ok(())
    }

    /// Draws a frame as one synchronized update.
    ///
    /// # Errors
    /// The terminal fails.
    pub(super) fn draw<R>(&mut self, draw: impl FnOnce(&mut Frame) -> R) -> io::Result<Option<R>> {
        let mut result = None;
        queue!(io::stdout(), BeginSynchronizedUpdate)?;
        self.terminal.draw(|frame| result = Some(draw(frame)))?;
        execute!(io::stdout(), EndSynchronizedUpdate)?;
        Ok(result)
    }
}

/// Longer texts are not put on a clipboard: terminals drop them, some with a complaint.
const CLIPBOARD: usize = 64 * 1024;

/// Puts a text on the clipboard of whoever sits before the terminal, however far away (OSC 52).
///
/// # Errors
/// The terminal fails.
pub(super) fn copy(text: &str) -> io::Result<()> {
    let end = text.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= CLIPBOARD).last();
    execute!(io::stdout(), CopyToClipboard::to_clipboard_from(&text[..end.unwrap_or(0)]))
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.modes.leave();
    }
}

impl Modes {
    /// Leaves what was entered. Nothing here can be helped if it fails.
    fn leave(&self) {
        if !self.up.swap(false, Ordering::SeqCst) {
            return;
        }
        let mut out = io::stdout();
        if self.mouse.swap(false, Ordering::SeqCst) {
            let _ = execute!(out, DisableMouseCapture);
        }
        let _ = execute!(out, EndSynchronizedUpdate, DisableBracketedPaste, LeaveAlternateScreen, cursor::Show);
        let _ = terminal::disable_raw_mode();
        let _ = out.flush();
        drop(self.stderr.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

/// Standard error turned to a file; turned back on drop. Libraries in C write there as they please.
#[cfg(unix)]
struct Stderr {
    before: std::os::fd::OwnedFd,
}

#[cfg(unix)]
impl Stderr {
    fn to(log: &Path) -> Option<Self> {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(log).ok()?;
        let before = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stderr(), 3).ok()?;
        rustix::stdio::dup2_stderr(&file).ok()?;
        Some(Self { before })
    }
}

#[cfg(unix)]
impl Drop for Stderr {
    fn drop(&mut self) {
        let _ = rustix::stdio::dup2_stderr(&self.before);
    }
}

#[cfg(not(unix))]
struct Stderr;

#[cfg(not(unix))]
impl Stderr {
    fn to(_: &Path) -> Option<Self> {
        None
    }
}

/// Stops this program and its children as the terminal's suspend key would; comes back when it is continued.
#[cfg(unix)]
pub(super) fn stop_here() {
    let _ = rustix::process::kill_current_process_group(rustix::process::Signal::TSTP);
}

#[cfg(not(unix))]
pub(super) fn stop_here() {}

#[cfg(all(test, unix))]
#[path = "terminal_tests.rs"]
mod tests;
