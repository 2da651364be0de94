//! The guard against a real pseudo-terminal: a child of this test enters it and panics; the terminal is as it was.

use super::Guard;
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use std::io::Read as _;

const CHILD: &str = "AMALREC_TEST_GUARD_CHILD";
const WORDS: &str = "the reason of this panic";

#[test]
#[expect(clippy::panic, reason = "what is tested")]
fn child() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let _guard = Guard::enter(None).unwrap();
    let worker = std::thread::spawn(|| panic!("a worker's panic leaves the screen alone"));
    assert!(worker.join().is_err());
    print!("still up;");
    panic!("{WORDS}");
}

#[test]
fn a_panic_gives_the_terminal_back_before_it_says_why() {
    let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
    let pair = native_pty_system().openpty(size).unwrap();
    let before = pair.master.get_termios().unwrap();
    let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
    command.args(["--exact", "tui::terminal::tests::child", "--nocapture", "--test-threads=1"]);
    command.env(CHILD, "1");
    command.env("TERM", "xterm-256color");
    let mut child = pair.slave.spawn_command(command).unwrap();
    let mut reader = pair.master.try_clone_reader().unwrap();
    let reading = std::thread::spawn(move || {
        let mut said = Vec::new();
        let mut bytes = [0; 4096];
        while let Ok(n @ 1..) = reader.read(&mut bytes) {
            said.extend_from_slice(&bytes[..n]);
        }
        String::from_utf8_lossy(&said).into_owned()
    });
    assert!(!child.wait().unwrap().success(), "a panic is a failure");
    let after = pair.master.get_termios().unwrap();
    drop(pair);
    let said = reading.join().unwrap();
    let at = |what: &str| said.rfind(what).unwrap_or_else(|| panic!("no {what:?} in {said:?}"));
    let (entered, left, reason) = (at("\u{1b}[?1049h"), at("\u{1b}[?1049l"), at(WORDS));
    assert!(entered < at("still up;") && at("still up;") < left, "a worker's panic left the screen: {said:?}");
    assert!(left < reason, "the reason is written where it stays: {said:?}");
    assert!(at("\u{1b}[?25h") < reason && at("\u{1b}[?2004l") < reason);
    assert_eq!(format!("{before:?}"), format!("{after:?}"), "the modes of the line");
}
