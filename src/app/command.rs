//! A command of the program, typed inside the interface: run by the program itself in a process of its own, on the
//! same project, so that it does there just what it does in a shell.

use std::ffi::OsString;
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// What is said is told at most so often, and a stop is looked for as often.
const PACE: Duration = Duration::from_millis(100);
/// How long a command that was told to end may take when the interface closes, before it is killed.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long after its end a command's last words are waited for.
const LAST_WORDS: Duration = Duration::from_millis(300);
/// Lines that are kept, the last ones.
const KEPT: usize = 2_000;
/// Bytes of a line; the rest of a longer one begins another.
const LONGEST: u64 = 1_024;

/// How a command stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Standing {
    /// None was run yet.
    #[default]
    None,
    Going,
    /// Ended with this exit status; `None` if a signal ended it.
    Ended(Option<i32>),
    /// It could not be started, or not be waited for.
    Failed(String),
}

/// What was typed, and what it said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Output {
    pub line: String,
    /// Standard output and error, as they came.
    pub lines: Vec<String>,
    /// Earlier lines that are no longer kept.
    pub passed: usize,
    pub standing: Standing,
    pub seconds: u64,
}

impl Output {
    #[must_use]
    pub fn going(&self) -> bool {
        self.standing == Standing::Going
    }

    fn push(&mut self, line: String) {
        if self.lines.len() == KEPT {
            // Rarely, and many at once: the front of a vector is dear to move.
            self.lines.drain(..KEPT / 4);
            self.passed += KEPT / 4;
        }
        self.lines.push(line);
    }
}

/// The program, and what it is told before each command: project, annotator, settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    pub path: PathBuf,
    pub args: Vec<OsString>,
    /// What `~/` stands for.
    pub home: Option<PathBuf>,
}

/// What a command is asked.
#[derive(Default)]
struct Stop {
    asked: AtomicBool,
    /// The interface waits for its end.
    closing: AtomicBool,
}

/// At most one command at a time.
pub struct Commands {
    program: Program,
    stop: Arc<Stop>,
    said: watch::Sender<Output>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Commands {
    #[must_use]
    pub fn new(program: Program) -> Self {
        let (stop, said) = (Arc::default(), watch::Sender::default());
        Self { program, stop, said, thread: Mutex::default() }
    }

    /// Runs a line as a shell would split it; what it says comes by `output`.
    ///
    /// # Errors
    /// Another is going on, a quote is not closed, no process can be started.
    pub fn begin(&self, line: &str) -> Result<(), String> {
        if self.said.borrow().going() {
            return Err(format!("{} is still going on; stop it, or wait", self.said.borrow().line));
        }
        let words = shell_words::split(line).map_err(|_| "a quote is not closed".to_owned())?;
        let mut command = Command::new(&self.program.path);
        command.args(&self.program.args).args(words.into_iter().map(|word| self.expanded(word)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // A group of its own: what the terminal sends to the interface is not meant for it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let child = command.spawn().map_err(|error| format!("{}: {error}", self.program.path.display()))?;
        self.stop.asked.store(false, Ordering::Relaxed);
        self.said.send_replace(Output { line: line.to_owned(), standing: Standing::Going, ..Output::default() });
        let (stop, said) = (Arc::clone(&self.stop), self.said.clone());
        let thread = std::thread::Builder::new().name("command".to_owned()).spawn(move || {
            let mut child = child;
            let standing = match follow(&mut child, &stop, &said) {
                Ok(status) => Standing::Ended(status),
                Err(error) => {
                    // What cannot be followed must not go on unseen.
                    end(&mut child);
                    Standing::Failed(error.to_string())
                }
            };
            said.send_modify(|output| output.standing = standing);
        });
        match thread {
            Ok(thread) => *self.thread.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread),
            Err(error) => {
                let why = format!("cannot start a thread: {error}");
                self.said.send_modify(|output| output.standing = Standing::Failed(why.clone()));
                return Err(why);
            }
        }
        Ok(())
    }

    fn expanded(&self, word: String) -> OsString {
        match (word.strip_prefix("~/"), &self.program.home) {
            (Some(rest), Some(home)) => home.join(rest).into_os_string(),
            _ => word.into(),
        }
    }

    /// Asks the command to end, as Ctrl-C does in a shell.
    pub fn stop(&self) {
        self.stop.asked.store(true, Ordering::Relaxed);
    }

    #[must_use]
    pub fn output(&self) -> watch::Receiver<Output> {
        self.said.subscribe()
    }

    /// Ends the command, and waits until it has.
    pub fn close(&self) {
        self.stop.closing.store(true, Ordering::Relaxed);
        self.stop();
        if let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // A panic there is in the log.
            let _panic = thread.join();
        }
    }
}

/// Hands on what the child says until it has ended.
fn follow(child: &mut Child, stop: &Stop, said: &watch::Sender<Output>) -> io::Result<Option<i32>> {
    let began = Instant::now();
    let (sender, lines) = channel();
    if let Some(output) = child.stdout.take() {
        read(output, sender.clone())?;
    }
    if let Some(errors) = child.stderr.take() {
        read(errors, sender)?;
    }
    let (mut told, mut asked, mut exited): (Option<Instant>, Option<Instant>, Option<Instant>) = (None, None, None);
    let mut looked = began;
    let mut waiting: Vec<String> = Vec::new();
    loop {
        let over = match lines.recv_timeout(PACE) {
            Ok(line) => {
                waiting.push(line);
                false
            }
            Err(RecvTimeoutError::Timeout) => false,
            Err(RecvTimeoutError::Disconnected) => true,
        };
        if exited.is_none() && looked.elapsed() >= PACE {
            looked = Instant::now();
            exited = child.try_wait()?.map(|_| looked);
        }
        // What it started may live on with its pipes: its last words are waited for, and no more.
        let over = over || exited.is_some_and(|exited| exited.elapsed() >= LAST_WORDS);
        let seconds = began.elapsed().as_secs();
        let due = told.is_none_or(|told| told.elapsed() >= PACE);
        if over || due && (!waiting.is_empty() || said.borrow().seconds != seconds) {
            told = Some(Instant::now());
            said.send_modify(|output| {
                output.seconds = seconds;
                waiting.drain(..).for_each(|line| output.push(line));
            });
        }
        if over {
            return Ok(child.wait()?.code());
        }
        match asked {
            None if stop.asked.load(Ordering::Relaxed) => {
                asked = Some(Instant::now());
                terminate(child)?;
            }
            // An import that was stopped may have to index what it has: it is given its time, but for a quit.
            Some(at) if stop.closing.load(Ordering::Relaxed) && at.elapsed() > PATIENCE => child.kill()?,
            _ => {}
        }
    }
}

/// Reads lines on a thread of its own; a carriage return ends one too.
fn read(from: impl Read + Send + 'static, to: Sender<String>) -> io::Result<()> {
    std::thread::Builder::new().name("command output".to_owned()).spawn(move || {
        let mut from = BufReader::new(from);
        let mut bytes = Vec::new();
        while from.by_ref().take(LONGEST).read_until(b'\n', &mut bytes).is_ok_and(|n| n > 0) {
            let text = String::from_utf8_lossy(&bytes);
            for line in text.trim_end_matches(['\r', '\n']).split('\r') {
                if to.send(line.to_owned()).is_err() {
                    return;
                }
            }
            bytes.clear();
        }
    })?;
    Ok(())
}

/// Kills it, and takes note of its end.
fn end(child: &mut Child) {
    let _gone = child.kill();
    let _reaped = child.wait();
}

/// Asks for the end in order, where the system knows how.
fn terminate(child: &mut Child) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        rustix::process::kill_process_group(pid, rustix::process::Signal::TERM)?;
        return Ok(());
    }
    child.kill()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell() -> Commands {
        Commands::new(Program { path: "/bin/sh".into(), args: vec!["-c".into()], home: Some("/somewhere".into()) })
    }

    fn ended(commands: &Commands) -> Output {
        let mut output = commands.output();
        let deadline = Instant::now() + Duration::from_secs(20);
        while output.borrow().going() {
            assert!(Instant::now() < deadline, "{:?}", output.borrow());
            std::thread::sleep(Duration::from_millis(5));
        }
        output.borrow_and_update().clone()
    }

    #[test]
    fn what_a_command_says_and_how_it_ended_are_told() {
        let commands = shell();
        commands.begin("'echo one; echo two >&2; printf \"three\\rfour\"; exit 3'").unwrap();
        let mut output = ended(&commands);
        output.lines.sort();
        assert_eq!(output.lines, ["four", "one", "three", "two"]);
        assert_eq!(output.standing, Standing::Ended(Some(3)));
        // The shell's `$0` is the word after the script.
        commands.begin("'echo $0 $1' ~/file 'two words'").unwrap();
        assert_eq!(ended(&commands).lines, ["/somewhere/file two words"]);
    }

    #[test]
    fn one_at_a_time_and_a_stop_ends_it() {
        let commands = shell();
        commands.begin("'trap \"echo told; exit 4\" TERM; sleep 60 & echo up; wait'").unwrap();
        assert!(commands.begin("'echo two'").unwrap_err().contains("is still going on"));
        while commands.output().borrow().lines.is_empty() {
            std::thread::sleep(Duration::from_millis(5));
        }
        commands.close();
        let output = commands.output().borrow().clone();
        assert_eq!((output.lines, output.standing), (vec!["up".into(), "told".into()], Standing::Ended(Some(4))));
        assert!(commands.begin("'no end").unwrap_err().contains("quote"));
    }

    #[test]
    fn of_a_flood_the_last_lines_are_kept() {
        let commands = shell();
        commands.begin("'seq 1 9999; head -c 40000 /dev/zero | tr \"\\0\" x'").unwrap();
        let output = ended(&commands);
        assert!(output.lines.len() <= KEPT);
        assert_eq!(output.passed + output.lines.len(), 9_999 + 40, "a long line is cut into several");
        assert!(output.lines.iter().any(|line| line == "9999"));
    }
}
