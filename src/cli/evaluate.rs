//! `amalrec evaluate`: baselines of relation classification on an exported split.

use super::failure::{Failure, Kind};
use super::output::counted;
use super::session::{Session, cancel_on_interrupt};
use super::worker::How;
use crate::app::evaluate::{self, Baseline, Estimate, EvaluateError, Evaluation, Order};
use crate::jobs::{Engine, EngineError};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Confusions shown; with --json all are given.
const SHOWN: usize = 5;

/// What to evaluate, and by what.
#[derive(Debug, Clone, Args)]
pub(super) struct EvaluateArgs {
    /// A folder that export wrote, JSONL among its formats
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// One or several, separated by commas. Default: all, those of a language model where there is one
    #[arg(long, value_enum, value_delimiter = ',', value_name = "A,B")]
    baseline: Vec<BaselineName>,
    /// The split that is learned from
    #[arg(long, value_name = "SPLIT", default_value = "train")]
    train: String,
    /// The split that is classified
    #[arg(long, value_name = "SPLIT", default_value = "test")]
    test: String,
    /// Rows that a language model is asked about, by lot
    #[arg(long, value_name = "N", default_value_t = 200)]
    asked: usize,
    /// Draws samples, and the order of learning
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum BaselineName {
    /// The most frequent relation
    Majority,
    /// Sentence patterns of training and of the catalogue
    Template,
    /// Softmax regression on masked n-grams
    Logreg,
    /// Type-compatible relations by likelihood
    Llm,
    /// The same after four examples
    LlmFew,
}

impl From<BaselineName> for Baseline {
    fn from(name: BaselineName) -> Self {
        match name {
            BaselineName::Majority => Self::Majority,
            BaselineName::Template => Self::Template,
            BaselineName::Logreg => Self::LogReg,
            BaselineName::Llm => Self::Llm,
            BaselineName::LlmFew => Self::LlmFew,
        }
    }
}

pub(super) fn run(session: &Session, args: &EvaluateArgs) -> Result<(), Failure> {
    let asked_for: Vec<Baseline> = args.baseline.iter().map(|&name| name.into()).collect();
    let mut baselines = if asked_for.is_empty() { Baseline::ALL.to_vec() } else { asked_for.clone() };
    let canceller = cancel_on_interrupt();
    let cancel = canceller.start();
    let mut engine: Option<Box<dyn Engine>> = None;
    let mut lack = None;
    if baselines.iter().any(|baseline| baseline.asks_model()) {
        match session.model() {
            Ok(located) => engine = Some(super::worker::open(&located, How::of(session, None), &cancel)?),
            Err(failure) if asked_for.is_empty() => {
                session.output.say(&format!("llm and llm-few are not run: {}", failure.message));
                baselines.retain(|baseline| !baseline.asks_model());
                lack = Some(failure.message);
            }
            Err(failure) => return Err(failure),
        }
    }
    let order = Order {
        baselines,
        train: args.train.clone(),
        test: args.test.clone(),
        seed: args.seed,
        asked: args.asked.max(1),
    };
    let catalogue = session.catalogue()?;
    let engine = engine.as_mut().map(|engine| &mut **engine as &mut dyn Engine);
    let found = evaluate::evaluate(&args.folder, &order, &catalogue, engine, &cancel).map_err(|error| match error {
        EvaluateError::Engine(EngineError::Cancelled) => Failure::said(Kind::Interrupted),
        EvaluateError::Engine(error) => error.into(),
        error @ (EvaluateError::Data(_) | EvaluateError::NoModel(_)) => Failure::work(error),
    })?;
    if session.output.json {
        session.output.object(&as_json(&found, &order, lack.as_deref()))?;
        return Ok(());
    }
    tell(session, &found)
}

fn as_json(found: &Evaluation, order: &Order, lack: Option<&str>) -> Value {
    let estimate = |e: Estimate| json!({ "value": e.value, "low": e.low, "high": e.high });
    let results: Vec<Value> = found
        .results
        .iter()
        .map(|(baseline, figures)| {
            let families: Vec<Value> = figures
                .families
                .iter()
                .map(|c| json!({ "family": c.family, "taken_for": c.taken_for, "rows": c.rows }))
                .collect();
            json!({
                "baseline": baseline.name(), "rows": figures.rows, "accuracy": estimate(figures.accuracy),
                "macro_f1": estimate(figures.macro_f1), "micro_f1": estimate(figures.micro_f1), "families": families,
            })
        })
        .collect();
    json!({
        "train": order.train, "test": order.test, "seed": order.seed, "train_rows": found.train_rows,
        "test_rows": found.test_rows, "relations": found.relations, "unseen_rows": found.unseen, "results": results,
        "not_run": lack, "verdict": found.verdict.name(),
    })
}

fn tell(session: &Session, found: &Evaluation) -> Result<(), Failure> {
    let out = session.output;
    out.line(&format!(
        "{} to learn from, {} to classify, {}",
        counted(found.train_rows as u64, "row"),
        counted(found.test_rows as u64, "row"),
        counted(found.relations as u64, "relation")
    ))?;
    if found.unseen > 0 {
        let unseen = counted(found.unseen as u64, "row");
        out.line(&format!("{unseen} of a relation that is not in training: what learns gets none of them right"))?;
    }
    let percent = |e: Estimate| format!("{:5.1} [{:.1}, {:.1}]", e.value * 100.0, e.low * 100.0, e.high * 100.0);
    out.line(&format!("{:<10}{:>7}  {:<22}{:<22}{:<22}", "baseline", "rows", "accuracy %", "macro F1", "micro F1"))?;
    for (baseline, figures) in &found.results {
        let [accuracy, macro_f1, micro] = [figures.accuracy, figures.macro_f1, figures.micro_f1].map(percent);
        out.line(&format!("{:<10}{:>7}  {accuracy:<22}{macro_f1:<22}{micro:<22}", baseline.name(), figures.rows))?;
    }
    if let Some((baseline, figures)) = found.results.iter().rev().find(|(baseline, _)| *baseline != Baseline::Majority)
    {
        let wrong: Vec<String> = figures
            .families
            .iter()
            .filter(|c| c.family != c.taken_for)
            .take(SHOWN)
            .map(|c| format!("{} for {} ({})", c.family, c.taken_for, c.rows))
            .collect();
        if !wrong.is_empty() {
            out.line(&format!("{baseline} takes {}", wrong.join(", ")))?;
        }
    }
    out.line(found.verdict.told())?;
    Ok(())
}
