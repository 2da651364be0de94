//! `$EDITOR`: a text goes out in a file and comes back from it.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::Command;

/// Lets a person edit a text in `$VISUAL`, `$EDITOR` or `vi`. The terminal is theirs meanwhile.
///
/// # Errors
/// The file or the editor fails, in words.
pub(super) fn edit(text: &str) -> Result<String, String> {
    let editor =
        ["VISUAL", "EDITOR"].into_iter().find_map(|name| std::env::var_os(name).filter(|value| !value.is_empty()));
    let editor = editor.unwrap_or_else(|| OsString::from("vi"));
    let file = File::with(text).map_err(|cause| format!("cannot write a file for the editor: {cause}"))?;
    // A shell splits `code --wait` as its user meant it.
    let status = Command::new("sh")
        .arg("-c")
        .arg("eval \"$AMALREC_EDITOR\" '\"$1\"'")
        .arg("sh")
        .arg(&file.path)
        .env("AMALREC_EDITOR", &editor)
        .status();
    let shown = editor.to_string_lossy();
    match status {
        Ok(status) if status.success() => {}
        Ok(status) => return Err(format!("{shown} failed ({status}); the text is as it was")),
        Err(cause) => return Err(format!("{shown} cannot be started: {cause}; set EDITOR")),
    }
    std::fs::read_to_string(&file.path).map_err(|cause| format!("the edited file cannot be read: {cause}"))
}

/// A file that goes away with its owner.
struct File {
    path: PathBuf,
}

impl File {
    fn with(text: &str) -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("amalrec-{}.txt", std::process::id()));
        let mut options = std::fs::OpenOptions::new();
        // Never through a link that someone else laid there.
        let _ = std::fs::remove_file(&path);
        let mut file = options.write(true).create_new(true).open(&path)?;
        io::Write::write_all(&mut file, format!("{text}\n").as_bytes())?;
        Ok(Self { path })
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}
