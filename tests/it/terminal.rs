//! The real program in a real terminal, which a test types into and reads.

use crate::support::program;
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Long enough for a loaded machine; a passing test never waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

const ROWS: NonZeroU16 = NonZeroU16::new(36).unwrap();
const COLUMNS: NonZeroU16 = NonZeroU16::new(120).unwrap();

/// Around each frame: a terminal that knows these shows it at once or not at all, and so does a test.
const FRAME: (&[u8], &[u8]) = (b"\x1b[?2026h", b"\x1b[?2026l");

/// What may be shown of what was written; the beginning of a frame stays until its end has come.
fn whole_frames(held: &mut Vec<u8>) -> Vec<u8> {
    let find = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).rposition(|window| window == part);
    let ended = find(held, FRAME.1).map_or(0, |at| at + FRAME.1.len());
    let open = find(&held[ended..], FRAME.0).map(|at| ended + at);
    let cut = (1..FRAME.0.len()).rev().find(|&n| held.ends_with(&FRAME.0[..n])).map(|n| held.len() - n);
    let rest = held.split_off(open.or(cut).unwrap_or(held.len()).max(ended));
    std::mem::replace(held, rest)
}

/// The program, its keyboard, and what its terminal shows.
pub(crate) struct Terminal {
    screen: Arc<Mutex<vt100::Parser>>,
    /// Bytes that the program has written.
    written: Arc<AtomicU64>,
    input: Box<dyn Write + Send>,
    child: Box<dyn portable_pty::Child + Send + Sync>,
}

impl Terminal {
    pub(crate) fn open(home: &Path, arguments: &[&str]) -> Self {
        let size = PtySize { rows: ROWS.get(), cols: COLUMNS.get(), pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let model = program(home);
        let mut command = CommandBuilder::new(model.get_program());
        command.args(arguments);
        command.cwd(home);
        command.env("TERM", "xterm-256color");
        for (name, value) in model.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            }
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let screen = Arc::new(Mutex::new(vt100::Parser::new(ROWS, COLUMNS, 0)));
        let mut output = pair.master.try_clone_reader().unwrap();
        let input = pair.master.take_writer().unwrap();
        let shared = Arc::clone(&screen);
        let written = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&written);
        std::thread::spawn(move || {
            let _master = pair.master;
            let mut bytes = [0; 4096];
            let mut held = Vec::new();
            while let Ok(n) = output.read(&mut bytes) {
                if n == 0 {
                    break;
                }
                count.fetch_add(n as u64, Ordering::Relaxed);
                held.extend_from_slice(&bytes[..n]);
                shared.lock().unwrap().process(&whole_frames(&mut held));
            }
            shared.lock().unwrap().process(&held);
        });
        Self { screen, written, input, child }
    }

    pub(crate) fn text(&self) -> String {
        self.screen.lock().unwrap().screen().contents()
    }

    pub(crate) fn wait_for(&self, wanted: &str) {
        let begun = Instant::now();
        while !self.text().contains(wanted) {
            assert!(begun.elapsed() < PATIENCE, "'{wanted}' never came; the screen is\n{}", self.text());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    pub(crate) fn keys(&mut self, keys: &str) {
        self.input.write_all(keys.as_bytes()).unwrap();
        self.input.flush().unwrap();
    }

    /// Bytes written since the beginning.
    pub(crate) fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    pub(crate) fn signal(&self, signal: &str) {
        std::process::Command::new("kill").args([signal, &self.pid().to_string()]).status().unwrap();
    }

    pub(crate) fn wait(&mut self) {
        self.child.wait().unwrap();
    }

    /// Waits for the program to end; the alternate screen must be left.
    pub(crate) fn ended(&mut self) -> u32 {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                std::thread::sleep(Duration::from_millis(50));
                assert!(!self.screen.lock().unwrap().screen().alternate_screen(), "the alternate screen is still on");
                assert!(!self.screen.lock().unwrap().screen().hide_cursor(), "the cursor is still hidden");
                return status.exit_code();
            }
            assert!(begun.elapsed() < PATIENCE, "the program does not end; the screen is\n{}", self.text());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}
