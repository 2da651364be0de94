//! Bringing one file: into a part beside its name, gone on with after a break, renamed when whole.

use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use super::agent;
use crate::jobs::Cancel;

const CHUNK: usize = 1 << 16;

/// Broken connections that bring no new byte, one after another, before giving up.
const BARREN: u32 = 4;

/// How often a running transfer is looked after, and how long one may stand still.
const TICK: Duration = Duration::from_millis(100);
const STILL: Duration = Duration::from_mins(1);

/// Why a file did not come.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error("{}: {source}", .path.display())]
    Disk { path: PathBuf, source: io::Error },
    #[error("{0}")]
    Network(String),
    #[error("cancelled")]
    Cancelled,
}

/// How far a transfer is, in bytes; the second is 0 where the server does not say.
type Report<'r> = &'r mut dyn FnMut(u64, u64);

/// Brings `url` into the file `to`. What an earlier call left in `to.part` is gone on with, where the server
/// can; a connection that breaks is taken up again as long as each brings something.
///
/// The bytes are not checked here: a part may be of an older file, so compare a digest.
pub fn fetch(url: &str, to: &Path, cancel: &Cancel, report: Report<'_>) -> Result<(), FetchError> {
    let part = part(to);
    let disk = |source| FetchError::Disk { path: part.clone(), source };
    let mut barren = 0;
    loop {
        let before = fs::metadata(&part).map_or(0, |meta| meta.len());
        let reason = match attempt(url, &part, before, cancel, report)? {
            Outcome::Whole => return fs::rename(&part, to).map_err(disk),
            Outcome::Refused(reason) => return Err(FetchError::Network(reason)),
            Outcome::Broken(reason) => reason,
        };
        let after = fs::metadata(&part).map_or(0, |meta| meta.len());
        barren = if after > before { 0 } else { barren + 1 };
        if barren == BARREN {
            return Err(FetchError::Network(format!("{reason} ({after} bytes are kept, and gone on with next time)")));
        }
        pause(Duration::from_millis(250 << barren), cancel)?;
    }
}

/// Where the bytes wait until all are there.
pub fn part(to: &Path) -> PathBuf {
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    to.with_file_name(name)
}

enum Outcome {
    Whole,
    /// Worth another try.
    Broken(String),
    /// Not worth one.
    Refused(String),
}

fn attempt(url: &str, part: &Path, have: u64, cancel: &Cancel, report: Report<'_>) -> Result<Outcome, FetchError> {
    let disk = |source| FetchError::Disk { path: part.to_owned(), source };
    let mut request = agent().get(url);
    if have > 0 {
        request = request.header("Range", format!("bytes={have}-"));
    }
    let response = match request.call() {
        Ok(response) => response,
        Err(error) => return Ok(Outcome::Broken(error.to_string())),
    };
    let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (start, total) = match response.status().as_u16() {
        206 => match header("content-range").as_deref().and_then(range) {
            Some((start, total)) if start == have => (start, total),
            _ => return Ok(Outcome::Refused("the server sent another range than it was asked for".into())),
        },
        200 => (0, header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0)),
        416 => {
            // The part is as long as the file, or longer: of no use without knowing which.
            fs::remove_file(part).map_err(disk)?;
            return Ok(Outcome::Broken("the server has less than what was kept".into()));
        }
        status @ (408 | 425 | 429 | 500..=599) => return Ok(Outcome::Broken(format!("the server answered {status}"))),
        status => return Ok(Outcome::Refused(format!("the server answered {status}"))),
    };
    let mut file =
        OpenOptions::new().create(true).append(start > 0).write(true).truncate(start == 0).open(part).map_err(disk)?;
    let chunks = read_aside(response.into_body().into_reader());
    let mut done = start;
    let mut last = Instant::now();
    let outcome = loop {
        if cancel.is_cancelled() {
            return Err(FetchError::Cancelled);
        }
        match chunks.recv_timeout(TICK) {
            Ok(Ok(chunk)) => {
                file.write_all(&chunk).map_err(disk)?;
                done += chunk.len() as u64;
                last = Instant::now();
                report(done, total);
            }
            Ok(Err(error)) => break Outcome::Broken(error.to_string()),
            Err(RecvTimeoutError::Disconnected) if total > 0 && done != total => {
                break Outcome::Broken("the connection broke".into());
            }
            Err(RecvTimeoutError::Disconnected) => break Outcome::Whole,
            Err(RecvTimeoutError::Timeout) if last.elapsed() > STILL => {
                break Outcome::Broken("nothing came for a minute".into());
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
    };
    file.sync_all().map_err(disk)?;
    Ok(outcome)
}

/// Reads on a thread of its own, so that a connection that stands still can be left.
fn read_aside(mut body: ureq::BodyReader<'static>) -> Receiver<io::Result<Vec<u8>>> {
    let (sender, chunks) = sync_channel(4);
    thread::spawn(move || {
        loop {
            let mut chunk = vec![0; CHUNK];
            let read = body.read(&mut chunk).map(|n| {
                chunk.truncate(n);
                chunk
            });
            let last = !matches!(&read, Ok(chunk) if !chunk.is_empty());
            if matches!(&read, Ok(chunk) if chunk.is_empty()) || sender.send(read).is_err() || last {
                return;
            }
        }
    });
    chunks
}

/// The first byte and the length of the whole of `bytes 5-9/10`; 0 for a length that is not told.
fn range(header: &str) -> Option<(u64, u64)> {
    let (span, total) = header.strip_prefix("bytes ")?.split_once('/')?;
    let start = span.split_once('-')?.0.parse().ok()?;
    Some((start, total.parse().unwrap_or(0)))
}

fn pause(time: Duration, cancel: &Cancel) -> Result<(), FetchError> {
    let begun = Instant::now();
    while begun.elapsed() < time {
        if cancel.is_cancelled() {
            return Err(FetchError::Cancelled);
        }
        thread::sleep(TICK.min(time));
    }
    Ok(())
}

#[cfg(test)]
#[path = "fetch_tests.rs"]
mod tests;
