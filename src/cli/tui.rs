//! Opening the terminal interface on the project.

use super::args::ScreenName;
use super::failure::Failure;
use super::session::Session;
use super::worker;
use crate::app::{App, Runner, Shelf, Workshop};
use crate::config::{Assets, paths};
use crate::models::Folders;
use crate::store::Store;
use crate::tui::{self, Options, Place};
use clap::Args;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use tracing_subscriber::EnvFilter;

/// A screen as a file instead of in a terminal; for the pictures of the documentation.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Picture {
    /// Write the screen to this file, as SVG
    #[arg(long = "picture", hide = true, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Press these keys first
    #[arg(long, hide = true, default_value = "", requires = "file")]
    pub keys: String,
    #[arg(long, hide = true, default_value_t = 120, requires = "file")]
    pub columns: u16,
    #[arg(long, hide = true, default_value_t = 36, requires = "file")]
    pub rows: u16,
    /// Show all items in this arm
    #[arg(long, hide = true, requires = "file")]
    pub arm: Option<String>,
}

pub(super) fn run(session: &Session, screen: Option<ScreenName>, picture: Picture) -> Result<(), Failure> {
    // A first start is no error: the empty project says what to do.
    let db = session.open_or_create()?;
    let mut desk = session.desk(&db)?;
    if let Some(arm) = &picture.arm {
        desk.fixed_arm = Some(arm.parse().map_err(Failure::usage)?);
    }
    let store = Store::start(db)?;
    // The interface opens without a model, and says how to get one when a run is asked for.
    let (engine, lack) = match session.model() {
        Ok(_) => (Some(worker::in_child_processes(session)?), String::new()),
        Err(failure) => (None, failure.message),
    };
    let workshop = Workshop { lack, ..session.workshop(session.able(session.methods(&[])?, false)?.0, engine)? };
    let log = paths::log();
    if let Some(log) = &log {
        write_log(log)?;
    }
    let project = std::path::absolute(&session.project)?;
    let shelf = Shelf { manifest: session.manifest()?, folders: Folders::of_user() };
    let app = App::new(project, desk, store, Runner::new(workshop), shelf, log.clone())?;
    let assets: &Assets = &session.assets;
    let options = Options {
        place: screen.map_or(Place::Home, place),
        theme: session.settings.theme.clone().unwrap_or_else(|| "dark".to_owned()),
        no_color: session.global.no_color || std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty()),
        keymap: session.settings.keymap.clone().unwrap_or_else(|| "default".to_owned()),
        users_keymap: assets.users("keymaps/default.toml")?.map(|asset| asset.text.into_owned()),
        rubric: session.rubric()?,
        log,
    };
    if let Some(file) = picture.file {
        let size = (picture.columns, picture.rows);
        let svg = tui::picture(&app, &options, &picture.keys, size).map_err(|e| Failure::work(format!("{e:#}")))?;
        app.close();
        return std::fs::write(&file, svg).map_err(|e| Failure::work(format!("{}: {e}", file.display())));
    }
    tui::run(app, &options).map_err(|e| Failure::work(format!("{e:#}")))
}

fn place(screen: ScreenName) -> Place {
    match screen {
        ScreenName::Home => Place::Home,
        ScreenName::Tuples => Place::Tuples,
        ScreenName::Review => Place::Review,
        ScreenName::Verify => Place::Verify,
        ScreenName::Adjudicate => Place::Adjudicate,
        ScreenName::Jobs => Place::Jobs,
        ScreenName::Reports => Place::Reports,
        ScreenName::Export => Place::Export,
        ScreenName::Models => Place::Models,
    }
}

/// Sends what the program has to say of itself to a file: the screen is taken. `AMALREC_LOG` sets how much.
fn write_log(path: &Path) -> Result<(), Failure> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let unwritable = |e: std::io::Error| Failure::work(format!("cannot write the log {}: {e}", path.display()));
    let file = File::options().create(true).append(true).open(path).map_err(unwritable)?;
    let filter = EnvFilter::try_from_env("AMALREC_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let built = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(Mutex::new(file));
    // A second interface in one process does not happen; if a subscriber is set, it stays.
    drop(built.try_init());
    Ok(())
}
