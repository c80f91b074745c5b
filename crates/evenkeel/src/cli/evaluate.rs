//! What is learned and ranked, measured on a file.

use super::examples::{DUPLICATES_EXAMPLES, REMAINING_EXAMPLES, ROUTING_EXAMPLES};
use clap::{Args, Subcommand, ValueHint};
use std::path::PathBuf;

/// What is measured.
#[derive(Debug, Subcommand)]
pub(crate) enum EvaluateCommand {
    /// How often suggestions are right: texts with the label they were given, 4 of 5 to learn from
    #[command(after_help = ROUTING_EXAMPLES)]
    Routing(RoutingArgs),
    /// How far up similar ones are found: reports, and which of them are duplicates
    #[command(after_help = DUPLICATES_EXAMPLES)]
    Duplicates(DuplicatesArgs),
    /// How near expected times are: an event log of cases that are over, folds held out in turn
    #[command(after_help = REMAINING_EXAMPLES)]
    Remaining(RemainingArgs),
}

#[derive(Debug, Clone, Args)]
pub(crate) struct RoutingArgs {
    /// The file with a header, .csv or .csv.gz
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// Column of the text; repeat for title and text [default: found by its name, or the longest]
    #[arg(long = "text", value_name = "COLUMN")]
    pub(crate) texts: Vec<String>,
    /// Column of the label [default: found by its name]
    #[arg(long, value_name = "COLUMN")]
    pub(crate) label: Option<String>,
    /// What chance is drawn from; the same number gives the same figures
    #[arg(long, value_name = "NUMBER", default_value_t = 7)]
    pub(crate) seed: u32,
    /// How often, each time with another fifth held out, drawn anew
    #[arg(long, value_name = "TIMES", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) folds: u32,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct DuplicatesArgs {
    /// The reports with a header: number, title, text, time; .csv or .csv.gz
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) reports: PathBuf,
    /// Which are duplicates, with a header: a number, the numbers of its duplicates
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) links: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct RemainingArgs {
    /// The event log with a header, a line for each event; .csv or .csv.gz
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// Column of the case [default: found by its name]
    #[arg(long, value_name = "COLUMN")]
    pub(crate) case: Option<String>,
    /// Column of what happened, or of the state since [default: found by its name]
    #[arg(long, value_name = "COLUMN")]
    pub(crate) activity: Option<String>,
    /// Column of the time; without a zone it is taken for UTC [default: found by its name]
    #[arg(long, value_name = "COLUMN")]
    pub(crate) time: Option<String>,
    /// Column of a fact that is known at the time; repeat for more [default: found by their names]
    #[arg(long = "fact", value_name = "COLUMN")]
    pub(crate) facts: Vec<String>,
    /// Column for whose values intervals are to hold [default: the priority, found by its name]
    #[arg(long, value_name = "COLUMN")]
    pub(crate) group: Option<String>,
    /// What chance is drawn from; the same number gives the same figures
    #[arg(long, value_name = "NUMBER", default_value_t = 7)]
    pub(crate) seed: u32,
    /// In how many parts cases are held out in turn
    #[arg(long, value_name = "PARTS", default_value_t = 5, value_parser = clap::value_parser!(u32).range(2..=20))]
    pub(crate) folds: u32,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}
