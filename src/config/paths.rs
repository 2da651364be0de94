//! Where this platform keeps configuration, data and logs.

use directories::{BaseDirs, ProjectDirs};
use std::path::PathBuf;

/// The program's folders; `None` on a platform without a home folder.
fn dirs() -> Option<ProjectDirs> {
    ProjectDirs::from("", "", "amalrec")
}

/// The folder of the user's files: `AMALREC_CONFIG_DIR`, else the platform's.
#[must_use]
pub fn config() -> Option<PathBuf> {
    from_environment("AMALREC_CONFIG_DIR").or_else(|| dirs().map(|d| d.config_dir().to_owned()))
}

/// The folder of projects and models: `AMALREC_DATA_DIR`, else the platform's.
#[must_use]
pub fn data() -> Option<PathBuf> {
    from_environment("AMALREC_DATA_DIR").or_else(|| dirs().map(|d| d.data_dir().to_owned()))
}

/// The log file, in the platform's state folder where there is one.
#[must_use]
pub fn log() -> Option<PathBuf> {
    let state = dirs().map(|d| d.state_dir().unwrap_or_else(|| d.data_local_dir()).to_owned());
    from_environment("AMALREC_DATA_DIR").or(state).map(|folder| folder.join("amalrec.log"))
}

/// The project used when none is named: `amalrec.db` here if there is one, else in the data folder.
#[must_use]
pub fn default_project() -> PathBuf {
    let here = PathBuf::from("amalrec.db");
    if here.exists() {
        return here;
    }
    data().map_or(here, |folder| folder.join("amalrec.db"))
}

/// The user's home folder.
#[must_use]
pub fn home() -> Option<PathBuf> {
    BaseDirs::new().map(|dirs| dirs.home_dir().to_owned())
}

fn from_environment(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}
