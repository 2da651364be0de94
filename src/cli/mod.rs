//! The composition root: builds settings, store, engine and use cases, and is the only folder that prints.

mod args;
mod decide;
mod doctor;
mod evaluate;
mod exchange;
mod export;
mod failure;
mod fit_weights;
mod import;
mod init;
mod list;
mod models;
mod orphan;
mod output;
mod people;
mod plan;
mod replay;
mod report;
mod run;
mod sei;
mod session;
mod show;
mod tui;
mod verify;
mod worker;

use args::{Cli, Command};
use clap::{CommandFactory as _, FromArgMatches as _};
use failure::{Failure, Kind};
use output::Output;
use session::Session;
use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the command line.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let parsed = command().try_get_matches_from(arguments).and_then(|found| Cli::from_arg_matches(&found));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are asked for; anything else is wrong usage.
            let code = if error.use_stderr() { Kind::Usage as u8 } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let output = Output::new(cli.global.json, cli.global.quiet, cli.global.no_color);
    match dispatch(cli, output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.message.is_empty() {
                output.problem(&failure.message);
            }
            failure.code()
        }
    }
}

/// The command line. A variable that is set to nothing is as good as not set, as everywhere else.
fn command() -> clap::Command {
    Cli::command().mut_args(|arg| {
        let empty = arg.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
        if empty { arg.env(clap::builder::Resettable::Reset) } else { arg }
    })
}

fn dispatch(cli: Cli, output: Output) -> Result<(), Failure> {
    match cli.command {
        // These need neither settings nor a project, and must work when either is broken.
        Some(Command::Completions { shell }) => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "amalrec", &mut script);
            output.raw(&String::from_utf8_lossy(&script))?;
            Ok(())
        }
        Some(Command::Man) => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut page)?;
            output.raw(&String::from_utf8_lossy(&page))?;
            Ok(())
        }
        command => {
            if let Some(parent) = cli.global.end_with {
                orphan::end_with(parent)?;
            }
            let session = Session::new(cli.global, output)?;
            perform(command.unwrap_or(Command::Tui { screen: None, picture: tui::Picture::default() }), &session)
        }
    }
}

fn perform(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Tui { screen, picture } => tui::run(session, screen, picture),
        Command::Init { demo } => init::run(session, demo),
        Command::Import { files, entity_text: true, dry_run, .. } => import::entity_texts(session, &files, dry_run),
        Command::Import { files, format, tacred, columns, relation_map, dry_run, .. } => {
            let format = import::format(format, tacred)?;
            import::run(session, &files, format, columns.as_deref(), relation_map.as_deref(), dry_run)
        }
        Command::Generate(args) => run::run(session, run::Stage::Generate, &args, false),
        Command::Score { run: args, rescore } => run::run(session, run::Stage::Score, &args, rescore),
        Command::Rank(args) => run::run(session, run::Stage::Rank, &args, false),
        Command::Amalgamate(args) => run::run(session, run::Stage::Amalgamate, &args, false),
        Command::Run(args) => run::run(session, run::Stage::All, &args, false),
        Command::Sei { file, no_model, measurements } => sei::run(session, &file, no_model, measurements),
        Command::List { what, filter, limit } => list::run(session, what, filter.as_deref(), limit),
        Command::Show { what, name } => show::run(session, what, &name),
        Command::Decide { tuple, how } => decide::run(session, tuple, how),
        Command::Verify { how } => verify::run(session, how),
        Command::Adjudicate { how } => people::adjudicate(session, how),
        Command::Annotators { names, overlap } => people::annotators(session, &names, overlap),
        Command::Report { what, pass, references, markdown, html } => {
            report::run(session, what, pass.as_deref(), &references, markdown, html.as_deref())
        }
        Command::FitWeights { apply, markdown } => fit_weights::run(session, apply, markdown),
        Command::Export(args) => export::run(session, &args),
        Command::Evaluate(args) => evaluate::run(session, &args),
        Command::Models { how } => models::run(session, how),
        Command::Doctor => doctor::run(session),
        Command::Backup { to } => {
            session.open()?.backup(&to)?;
            session.output.say(&format!("copied to {}", to.display()));
            if session.output.json {
                session.output.object(&serde_json::json!({ "path": to.display().to_string() }))?;
            }
            Ok(())
        }
        Command::Replay { sample, seed, filter } => replay::run(session, sample, seed, filter.as_deref()),
        Command::VerifyLog => verify::log(session),
        Command::Worker { parallel } => worker::run(session, parallel),
        // Dispatched above, before there was a session.
        Command::Completions { .. } | Command::Man => Ok(()),
    }
}
