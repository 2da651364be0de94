//! Writing the rows in every format, as many formats at a time as there are cores.

use super::error::ExportError;
use super::folder::Folder;
use super::format::Format;
use super::journal::Finished;
use super::record::Record;
use super::row::Row;
use super::settings::Settings;
use super::tally::{Names, split_of};
use super::{Outcome, writer};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

/// How often is asked whether to go on.
const ASKING: Duration = Duration::from_millis(40);
/// Rows between two looks at whether somebody said to stop.
const STEP: usize = 64;

/// What is to be written, and where.
#[derive(Clone, Copy)]
pub(super) struct Press<'a> {
    pub(super) folder: &'a Folder,
    pub(super) settings: &'a Settings,
    pub(super) rows: &'a [Row],
    pub(super) names: &'a Names,
}

/// Why the writing ended early.
pub(super) enum Ended<E> {
    /// Somebody said so.
    Stopped(E),
    Failed(ExportError),
}

impl Press<'_> {
    /// Writes the formats; `follow` is told how many rows of how many are written, all formats together, and says
    /// whether to go on; `done` gets each format that is whole. Sets `stop` when it ends early.
    ///
    /// # Errors
    /// Those of `follow` and `done`, a row of an unknown split, a file that cannot be written.
    pub(super) fn run<E>(
        self,
        formats: &[Format],
        stop: &AtomicBool,
        follow: &mut impl FnMut(u64, u64) -> Result<(), E>,
        mut done: impl FnMut(Finished) -> Result<(), ExportError>,
    ) -> Result<(), Ended<E>> {
        let (next, written) = (AtomicUsize::new(0), AtomicU64::new(0));
        let total = (self.rows.len() * formats.len()) as u64;
        let cores = thread::available_parallelism().map_or(1, usize::from);
        thread::scope(|scope| {
            let (send, finished) = channel();
            for _ in 0..cores.min(formats.len()) {
                let (send, next, written) = (send.clone(), &next, &written);
                scope.spawn(move || self.work(formats, next, written, stop, &send));
            }
            drop(send);
            let ended = loop {
                let news = match finished.recv_timeout(ASKING) {
                    Ok(one) => one.and_then(&mut done),
                    Err(RecvTimeoutError::Timeout) => Ok(()),
                    Err(RecvTimeoutError::Disconnected) => break Ok(()),
                };
                if let Err(error) = news {
                    break Err(Ended::Failed(error));
                }
                if let Err(said) = follow(written.load(Relaxed), total) {
                    break Err(Ended::Stopped(said));
                }
            };
            stop.store(ended.is_err(), Relaxed);
            ended
        })
    }

    /// Takes one format after the other until there is none left.
    fn work(
        self,
        formats: &[Format],
        next: &AtomicUsize,
        written: &AtomicU64,
        stop: &AtomicBool,
        send: &Sender<Result<Finished, ExportError>>,
    ) {
        while let Some(&format) = formats.get(next.fetch_add(1, Relaxed)) {
            let Some(one) = self.one(format, written, stop).transpose() else { return };
            let failed = one.is_err();
            // Who no longer listens has said to stop.
            if send.send(one).is_err() || failed {
                return;
            }
        }
    }

    /// `None`: somebody said to stop.
    fn one(self, format: Format, written: &AtomicU64, stop: &AtomicBool) -> Result<Option<Finished>, ExportError> {
        let mut writer = writer(format, self.folder, self.settings)?;
        for rows in self.rows.chunks(STEP) {
            if stop.load(Relaxed) {
                return Ok(None);
            }
            for row in rows.iter().filter(|row| row.gap().is_none()) {
                let split = split_of(row, self.settings)?;
                writer.write(&Record::of(row, self.names.published(row)), split)?;
            }
            written.fetch_add(rows.len() as u64, Relaxed);
        }
        let Outcome { files, warnings } = writer.finish(self.folder)?;
        Ok(Some(Finished { format, files, warnings }))
    }
}
