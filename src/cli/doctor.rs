//! `amalrec doctor`: what works on this machine, and how to mend what does not.

use super::failure::{Failure, Kind};
use super::session::Session;
use super::worker::How;
use crate::config::{method, paths};
use crate::store::Db;
use std::io::IsTerminal as _;

/// One thing looked at: how it is, and what to do if it is not well.
struct Finding {
    what: &'static str,
    well: bool,
    how: String,
}

pub(super) fn run(session: &Session) -> Result<(), Failure> {
    let findings =
        [model(session), backend(session), devices(), project(session), methods(session), terminal(), folders()];
    let mut ill = false;
    for f in &findings {
        ill |= !f.well;
        if session.output.json {
            session.output.object(&serde_json::json!({ "what": f.what, "ok": f.well, "detail": f.how }))?;
        } else {
            let mark = if f.well { "ok " } else { "NO " };
            session.output.line(&format!("{mark} {:<10} {}", f.what, f.how))?;
        }
    }
    if ill { Err(Failure::said(Kind::Work)) } else { Ok(()) }
}

fn model(session: &Session) -> Finding {
    match session.model() {
        Ok(located) => {
            Finding { what: "model", well: true, how: format!("{} at {}", located.name, located.path.display()) }
        }
        Err(failure) => Finding { what: "model", well: false, how: failure.message },
    }
}

/// Loads the model and writes a word with it: nothing less shows that it works.
fn backend(session: &Session) -> Finding {
    use crate::jobs::{Cancel, Generation, Sampling, engine::Prompt};
    let what = "backend";
    let Ok(located) = session.model() else {
        return Finding { what, well: false, how: "not tried: there is no model".to_owned() };
    };
    let cancel = Cancel::never();
    let begun = std::time::Instant::now();
    let mut engine = match super::worker::open(&located, How::of(session, None), &cancel) {
        Ok(engine) => engine,
        Err(error) => return Finding { what, well: false, how: error.to_string() },
    };
    let loaded = begun.elapsed();
    let generation = Generation {
        prompt: Prompt::Raw("The capital of Peru is".to_owned()),
        grammar: None,
        stop: Vec::new(),
        sampling: Sampling { max_tokens: 32, ..Sampling::default() },
        seed: 0,
    };
    let begun = std::time::Instant::now();
    let mut tokens = 0;
    let outcome = engine.generate(&[generation], &cancel, &mut |_, answer| {
        tokens = answer.map_or(0, |g| g.output_tokens);
    });
    match outcome {
        Ok(()) if tokens > 0 => {
            let rate = f64::from(tokens) / begun.elapsed().as_secs_f64();
            let info = engine.info();
            let threads = if session.threads().is_some() {
                "as asked"
            } else {
                "physical cores less one: threads wait for each other in a loop, and a busy core would slow them all"
            };
            let how = format!(
                "{} ({threads}); loaded in {:.1} s, {rate:.0} tokens a second alone",
                info.backend,
                loaded.as_secs_f64()
            );
            Finding { what, well: true, how }
        }
        Ok(()) => Finding { what, well: false, how: "the model wrote nothing".to_owned() },
        Err(error) => Finding { what, well: false, how: error.to_string() },
    }
}

/// What llama.cpp finds to compute on.
#[cfg(feature = "llama")]
fn devices() -> Finding {
    let what = "devices";
    #[expect(clippy::cast_precision_loss, reason = "shown in tenths of gigabytes")]
    let gigabytes = |bytes: usize| bytes as f64 / 1e9;
    match crate::llama::devices() {
        Ok(found) => {
            let shown = |d: &crate::llama::Device| {
                let memory = if d.total > 0 {
                    format!(", {:.1} of {:.1} GB free", gigabytes(d.free), gigabytes(d.total))
                } else {
                    String::new()
                };
                format!("{} ({}{memory})", d.name, d.description)
            };
            let how = found.iter().map(shown).collect::<Vec<_>>().join("; ");
            Finding { what, well: true, how: if how.is_empty() { "none but the CPU".to_owned() } else { how } }
        }
        Err(error) => Finding { what, well: false, how: error.to_string() },
    }
}

#[cfg(not(feature = "llama"))]
fn devices() -> Finding {
    Finding { what: "devices", well: true, how: "this build has no llama.cpp in it".to_owned() }
}

fn project(session: &Session) -> Finding {
    let what = "project";
    if !session.project.exists() {
        let how = format!("{} does not exist yet; amalrec init makes it", session.project.display());
        return Finding { what, well: true, how };
    }
    match Db::open(&session.project).and_then(|db| db.counts()) {
        Ok(counts) => {
            let how = format!(
                "{} with {} tuples, {} candidates",
                session.project.display(),
                counts.tuples(),
                counts.candidates
            );
            Finding { what, well: true, how }
        }
        Err(error) => Finding { what, well: false, how: error.to_string() },
    }
}

fn methods(session: &Session) -> Finding {
    let what = "methods";
    match method::all(&session.assets) {
        Ok((methods, problems)) if problems.is_empty() => {
            let names: Vec<&str> = methods.iter().map(|m| m.name.as_str()).collect();
            Finding { what, well: true, how: names.join(", ") }
        }
        Ok((_, problems)) => {
            let how = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            Finding { what, well: false, how }
        }
        Err(error) => Finding { what, well: false, how: error.to_string() },
    }
}

fn terminal() -> Finding {
    let term = std::env::var("TERM").unwrap_or_default();
    let colors = std::env::var("COLORTERM").unwrap_or_else(|_| "16 colours".to_owned());
    if std::io::stdout().is_terminal() {
        Finding { what: "terminal", well: true, how: format!("{term}, {colors}") }
    } else {
        Finding {
            what: "terminal",
            well: true,
            how: "stdout is no terminal: the interface needs one, commands do not".to_owned(),
        }
    }
}

fn folders() -> Finding {
    let show = |path: Option<std::path::PathBuf>| path.map_or_else(|| "none".to_owned(), |p| p.display().to_string());
    let how =
        format!("configuration {}, data {}, log {}", show(paths::config()), show(paths::data()), show(paths::log()));
    Finding { what: "folders", well: paths::data().is_some(), how }
}
