//! `generate`, `score`, `rank`, `amalgamate` and `run`: the pipeline with a progress line.

use super::args::RunArgs;
use super::failure::{Failure, Kind};
use super::output::{Output, counted, grouped};
use super::session::{Session, cancel_on_interrupt};
use super::worker;
use crate::app::pipeline::{Plan, Stages, Totals, Watcher};
use crate::app::{Phase, Progress, Workshop};
use crate::http::{ServerEngine, ServerSettings};
use crate::jobs::{Cancel, MakeEngine};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal as _;
use std::sync::Arc;
use std::time::Duration;

/// Which command was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Generate,
    Score,
    Rank,
    Amalgamate,
    All,
}

impl Stage {
    fn stages(self) -> Stages {
        let none = Stages { generate: false, score: false, rank: false, amalgamate: false };
        match self {
            Self::Generate => Stages { generate: true, ..none },
            Self::Score => Stages { score: true, ..none },
            Self::Rank => Stages { rank: true, ..none },
            // A blend without score and place would stand outside the contest.
            Self::Amalgamate => Stages { score: true, rank: true, amalgamate: true, ..none },
            Self::All => Stages::ALL,
        }
    }
}

pub(super) fn run(session: &Session, stage: Stage, args: &RunArgs, rescore: bool) -> Result<(), Failure> {
    let filter = Session::filter(args.filter.as_deref(), args.relation.as_deref())?;
    let stages = stage.stages();
    let methods = session.methods(&args.methods)?;
    // A missing model is told before anything is written.
    drop(session.open()?);
    let elsewhere = args.engine != "local";
    let asks = stages.generate && methods.iter().any(|m| m.asks_model() && !(elsewhere && m.model().is_none()));
    // Requests on their way to a server say nothing of how many sequences a model here should have room for.
    let how = worker::How::of(session, args.parallel.filter(|_| !elsewhere));
    let engine = if elsewhere && !stages.score {
        // What a server writes needs no model here; one that a method names is found when it is asked for.
        Some(worker::in_this_process(session, how)?)
    } else if asks || stages.amalgamate || stages.score {
        match session.model() {
            Ok(_) => Some(worker::in_this_process(session, how)?),
            Err(failure) if asks || stages.amalgamate => {
                let hint = "or do without it: amalrec generate --methods template";
                return Err(Failure { message: format!("{}\n  {hint}", failure.message), ..failure });
            }
            Err(failure) => {
                session.output.warning(&format!("{}; what needs the model stays unscored", failure.message));
                None
            }
        }
    } else {
        None
    };
    let (methods, lacking) = if engine.is_some() { session.able(methods, elsewhere)? } else { (methods, Vec::new()) };
    if stages.generate {
        for (method, lack) in &lacking {
            // What was asked for by name is not left out in silence, nor with a mere word.
            if args.methods.contains(method) {
                return Err(Failure::work(format!("method `{method}` cannot run: {lack}")));
            }
            session.output.warning(&format!("method `{method}` is left out: {lack}"));
        }
    }
    let writer = if stages.generate || stages.amalgamate { server(args)? } else { None };
    let workshop = Workshop { writer, ..session.workshop(methods, engine)? };
    let plan = Plan {
        stages,
        filter,
        limit: args.limit,
        rescore,
        retry_failed: args.retry_failed,
        seed: args.seed,
        ..Plan::default()
    };
    let canceller = cancel_on_interrupt();
    let cancel = canceller.start();
    let mut bar = Bar::new(session.output);
    let totals = workshop.run(&plan, &cancel, &mut bar);
    bar.finish();
    let totals = totals?;
    tell(session.output, &totals, bar.last.elapsed)?;
    if stages.score && !stages.rank && totals.scored > 0 {
        session.output.say("next: amalrec rank, which gives what was scored its place");
    }
    if totals.strange > 0 {
        session.output.warning(&format!(
            "{} had other judges than this version of SEI was fitted to; `amalrec score --rescore` asks today's",
            counted(totals.strange, "sentence")
        ));
    }
    if totals.unjudged > 0 {
        session.output.warning(&format!(
            "{} scored without the model, which died of them twice; `amalrec score` tries again",
            counted(totals.unjudged, "sentence")
        ));
    }
    if totals.cancelled {
        session.output.say("interrupted; everything finished is kept, the same command goes on");
        return Err(Failure::said(Kind::Interrupted));
    }
    if totals.failed > 0 {
        let failed = counted(totals.failed, "candidate");
        session.output.warning(&format!(
            "{failed} failed; `amalrec list candidates --where error:yes` says why, --retry-failed tries again"
        ));
        return Err(Failure::said(Kind::Work));
    }
    Ok(())
}

/// The engine elsewhere that was asked for, reached before anything is begun.
fn server(args: &RunArgs) -> Result<Option<MakeEngine>, Failure> {
    if args.engine == "local" {
        return Ok(None);
    }
    if !args.engine.starts_with("http://") && !args.engine.starts_with("https://") {
        let reason = format!("--engine is `local` or an address such as http://node7:8000, not '{}'", args.engine);
        return Err(Failure::usage(reason));
    }
    let settings = ServerSettings {
        url: args.engine.clone(),
        model: args.engine_model.clone(),
        key: std::env::var("AMALREC_API_KEY").ok().filter(|key| !key.is_empty()),
        parallel: args.parallel.map_or(8, |n| n as usize),
        timeout: Duration::from_mins(5),
    };
    ServerEngine::connect(&settings, &Cancel::never())?;
    Ok(Some(Arc::new(move |_, cancel| Ok(Box::new(ServerEngine::connect(&settings, cancel)?)))))
}

fn tell(output: Output, totals: &Totals, elapsed: Duration) -> Result<(), Failure> {
    let seconds = elapsed.as_secs_f64();
    let again = match totals.rescored {
        0 => String::new(),
        n => format!(", {} scored anew from what was measured", grouped(n)),
    };
    output.say(&format!(
        "{} done in {seconds:.1} s: {} written, {} failed, {} scored{}; {} tokens written, {} of {} prompt tokens evaluated",
        counted(totals.tuples, "tuple"),
        counted(totals.written, "candidate"),
        grouped(totals.failed),
        grouped(totals.scored),
        again,
        grouped(totals.output_tokens),
        grouped(totals.evaluated_tokens),
        grouped(totals.prompt_tokens),
    ));
    if output.json {
        output.object(&serde_json::json!({
            "tuples": totals.tuples, "written": totals.written, "failed": totals.failed, "scored": totals.scored,
            "rescored": totals.rescored, "strange": totals.strange, "unjudged": totals.unjudged,
            "output_tokens": totals.output_tokens, "prompt_tokens": totals.prompt_tokens,
            "evaluated_prompt_tokens": totals.evaluated_tokens, "seconds": seconds, "cancelled": totals.cancelled,
        }))?;
    }
    Ok(())
}

/// A bar on a terminal; elsewhere a line every ten seconds.
struct Bar {
    drawn: ProgressBar,
    output: Output,
    terminal: bool,
    told: Duration,
    last: Progress,
}

impl Bar {
    fn new(output: Output) -> Self {
        let terminal = std::io::stderr().is_terminal() && !output.quiet;
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if terminal {
            let template = "{msg:12} {bar:24} {pos}/{len} tuples · {prefix}";
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
        } else {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        Self { drawn: bar, output, terminal, told: Duration::ZERO, last: Progress::default() }
    }

    fn finish(&self) {
        self.drawn.finish_and_clear();
    }
}

impl Watcher for Bar {
    fn progress(&mut self, progress: &Progress) {
        let left = progress.left().map_or_else(String::new, |left| format!(" · {} left", duration(left)));
        let rate = format!("{} candidates · {:.0} tok/s{left}", progress.written, progress.tokens_per_s);
        if self.terminal {
            self.drawn.set_length(progress.total);
            self.drawn.set_position(progress.done);
            self.drawn.set_message(progress.phase.word());
            self.drawn.set_prefix(rate);
        } else if progress.elapsed.saturating_sub(self.told) > Duration::from_secs(10)
            && progress.phase != Phase::Finished
        {
            self.told = progress.elapsed;
            self.output.say(&format!("{}/{} tuples · {rate}", progress.done, progress.total));
        }
        self.last = progress.clone();
    }
}

/// `3 h 20 min`, `4 min 10 s`, `12 s`.
pub(super) fn duration(d: Duration) -> String {
    let s = d.as_secs();
    match s {
        0..60 => format!("{s} s"),
        60..3600 => format!("{} min {} s", s / 60, s % 60),
        _ => format!("{} h {} min", s / 3600, s % 3600 / 60),
    }
}
