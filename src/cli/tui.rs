//! Opening the terminal interface on the project.

use super::args::{Cli, Global, ScreenName};
use super::failure::Failure;
use super::session::Session;
use super::worker;
use crate::app::{App, Program, Runner, Shelf, Workshop};
use crate::config::{Assets, paths};
use crate::models::Folders;
use crate::store::Store;
use crate::tui::{self, Options, Place};
use clap::{Args, CommandFactory as _};
use std::ffi::OsString;
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
        desk.own_arm = Some(arm.parse().map_err(Failure::usage)?);
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
    let program = program(session, &project)?;
    let app = App::new(project, desk, store, Runner::new(workshop), shelf, program, log.clone())?;
    let assets: &Assets = &session.assets;
    let options = Options {
        place: screen.map_or(Place::Home, place),
        theme: session.settings.theme.clone().unwrap_or_else(|| "dark".to_owned()),
        no_color: session.global.no_color || std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty()),
        keymap: session.settings.keymap.clone().unwrap_or_else(|| "default".to_owned()),
        users_keymap: assets.users("keymaps/default.toml")?.map(|asset| asset.text.into_owned()),
        commands: commands(),
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

/// The program, told beforehand what this interface was told: the same project, annotator and settings.
fn program(session: &Session, project: &Path) -> Result<Program, Failure> {
    let Global {
        project: _,
        annotator: _,
        config,
        model,
        threads,
        gpu_layers,
        json: _,
        quiet: _,
        no_color: _,
        end_with: _,
    } = &session.global;
    let mut args: Vec<OsString> = vec!["--no-color".into(), "--project".into(), project.into()];
    args.extend(["--end-with".into(), std::process::id().to_string().into()]);
    args.extend(["--annotator".into(), session.annotator().into()]);
    let mut add = |option: &str, value: Option<OsString>| {
        args.extend(value.into_iter().flat_map(|value| [option.into(), value]));
    };
    add("--config", config.clone().map(Into::into));
    add("--model", model.clone().map(Into::into));
    add("--threads", threads.map(|n| n.to_string().into()));
    add("--gpu-layers", gpu_layers.map(|n| n.to_string().into()));
    Ok(Program { path: std::env::current_exe()?, args, home: paths::home() })
}

/// What can be typed in the palette: everything but the interface itself and what only a shell or a program wants.
fn commands() -> Vec<(String, String)> {
    let only_outside = ["tui", "worker", "completions", "man"];
    let cli = Cli::command();
    let commands = cli.get_subcommands().filter(|command| !only_outside.contains(&command.get_name()));
    let about = |command: &clap::Command| command.get_about().map(ToString::to_string).unwrap_or_default();
    commands.map(|command| (command.get_name().to_owned(), about(command))).collect()
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
