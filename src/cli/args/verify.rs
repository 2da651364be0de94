//! What may be typed behind `amalrec verify`.

use clap::{Subcommand, ValueEnum};

#[derive(Debug, Clone, Subcommand)]
pub(in crate::cli) enum Verify {
    /// How many sentences to verify for an interval of a given width
    Plan {
        /// Half the width of the interval
        #[arg(long, value_name = "X", default_value_t = 0.02, value_parser = part)]
        margin: f64,
        /// The share of right sentences to expect
        #[arg(long, value_name = "X", default_value_t = 0.95, value_parser = part)]
        expect: f64,
        /// Sentences in all. Default: those decided in the project
        #[arg(long, value_name = "N")]
        population: Option<usize>,
        /// The part that two people judge
        #[arg(long, value_name = "X", default_value_t = 0.0, value_parser = part)]
        double: f64,
        /// Seconds a verdict. Default: as measured in the project
        #[arg(long, value_name = "S")]
        seconds: Option<f64>,
    },
    /// Write the frame down and draw a sample from it; people are led through it from then on
    Sample {
        /// Sentences to draw. Default: what --margin needs
        #[arg(long, value_name = "N")]
        size: Option<usize>,
        /// Half the width of the interval to plan for
        #[arg(long, value_name = "X", default_value_t = 0.02, value_parser = part)]
        margin: f64,
        /// The share of right sentences to expect
        #[arg(long, value_name = "X", default_value_t = 0.95, value_parser = part)]
        expect: f64,
        /// Draw by strata: relation, method, split
        #[arg(long, value_enum, default_value_t = StratumName::None)]
        by: StratumName,
        /// As many from each stratum, instead of by its size
        #[arg(long)]
        evenly: bool,
        /// The splits to draw by, as export gets them
        #[arg(long, value_name = "PLAN", default_value = "")]
        split: String,
        /// The part that two people judge
        #[arg(long, value_name = "X", default_value_t = 0.0, value_parser = part)]
        double: f64,
        /// Draws the sample
        #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
        seed: u64,
        /// Only sentences of these tuples: the filter language, as in list
        #[arg(long = "where", value_name = "FILTER")]
        filter: Option<String>,
        /// Default: pass-1, pass-2...
        #[arg(long)]
        name: Option<String>,
    },
    /// List the passes, and how far each is
    Passes,
    /// End a pass: people are no longer led through it, what was found stays
    Close {
        /// Default: the newest open one
        name: Option<String>,
    },
    /// Record a verdict on a tuple's chosen sentence: right, entity-missing, wrong-relation, wrong-direction, extra-fact, ungrammatical, not-fluent
    Record { tuple: i64, verdict: String },
    /// Settle between verdicts that differ, as someone who neither chose nor judged the sentence
    Adjudicate { tuple: i64, verdict: String },
    /// Print the next sentence that needs your verdict
    Next {
        /// The next one whose verdicts differ and that you may settle
        #[arg(long)]
        adjudicate: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum StratumName {
    None,
    Relation,
    Method,
    Split,
}

/// A part of a whole: a number from 0 to 1.
fn part(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| format!("'{text}' is no number"))?;
    if (0.0..=1.0).contains(&number) { Ok(number) } else { Err(format!("{text} is not between 0 and 1")) }
}
