//! What was made so far, what failed, and what the program had to say meanwhile.

use super::desk::App;
use super::review::ReviewError;
use crate::domain::clean::shown;
use crate::store::{FailureCount, MethodCount};
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

/// Lines of the log that are shown, and bytes that they are looked for in.
const LINES: usize = 200;
const BYTES: u64 = 64 << 10;

/// By method and by cause, and the newest lines of the log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Made {
    pub methods: Vec<MethodCount>,
    pub failures: Vec<FailureCount>,
    /// Oldest first; empty where no log is kept.
    pub log: Vec<String>,
}

impl App {
    /// # Errors
    /// The store's. A log that cannot be read says so in its place.
    pub async fn made(&self) -> Result<Made, ReviewError> {
        let log = self.log.clone();
        let read = move |path: &Path| tail(path).unwrap_or_else(|e| vec![format!("{}: {e}", path.display())]);
        self.sums
            .call(move |db| {
                let log = log.as_deref().map(read).unwrap_or_default();
                Ok(Made { methods: db.method_counts()?, failures: db.failures()?, log })
            })
            .await
    }
}

/// The last lines of a file of any size, as they may be shown.
fn tail(path: &Path) -> std::io::Result<Vec<String>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(BYTES)))?;
    let mut bytes = Vec::new();
    file.take(BYTES).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    // The first line may be the end of one.
    let cut = if length > BYTES { text.find('\n').map_or(0, |at| at + 1) } else { 0 };
    let mut lines: Vec<String> = text[cut..].lines().rev().take(LINES).map(|line| shown(line).into_owned()).collect();
    lines.reverse();
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_long_log_is_read_whole_line_by_whole_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        assert!(tail(&path).is_err());
        std::fs::write(&path, "one\n\x1b[31mtwo\n").unwrap();
        assert_eq!(tail(&path).unwrap(), ["one", "␛[31mtwo"]);
        let long: Vec<String> = (0..20_000).map(|i| format!("line {i} of it\n")).collect();
        std::fs::write(&path, long.concat()).unwrap();
        let lines = tail(&path).unwrap();
        assert_eq!((lines.len(), lines[0].as_str()), (LINES, "line 19800 of it"));
        std::fs::write(&path, "x".repeat(100_000)).unwrap();
        assert_eq!(tail(&path).unwrap().len(), 1);
    }
}
