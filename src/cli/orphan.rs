//! A command that the interface runs ends with it, also when the interface was killed and could not say so.

use std::io;

/// How often the parent is looked for.
#[cfg(unix)]
const PACE: std::time::Duration = std::time::Duration::from_millis(500);
/// How long a command may take to end in order before it is told again, which ends it at once: it may wait for a pipe
/// that nobody will write to.
#[cfg(unix)]
const PATIENCE: std::time::Duration = std::time::Duration::from_mins(1);

/// Watches the process that started this one; when it is gone, this one is told to end as by SIGTERM, so that what it
/// was doing is brought to an end in order. Does nothing where the system does not tell who the parent is.
///
/// # Errors
/// No thread can be started.
pub(super) fn end_with(parent: u32) -> io::Result<()> {
    #[cfg(unix)]
    std::thread::Builder::new().name("orphan".to_owned()).spawn(move || {
        while std::os::unix::process::parent_id() == parent {
            std::thread::sleep(PACE);
        }
        for _ in 0..2 {
            let _told = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TERM);
            std::thread::sleep(PATIENCE);
        }
    })?;
    #[cfg(not(unix))]
    let _ = parent;
    Ok(())
}
