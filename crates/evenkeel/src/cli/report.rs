//! A report of service quality.

use clap::{Args, ValueEnum};
use insight::report::{By, Name};
use jiff::civil::Date;

#[derive(Debug, Clone, Args)]
pub(crate) struct ReportArgs {
    /// Which: compliance, times, backlog, arrivals, reopenings, hops, first-contact, workload,
    /// on-call, communication, downtime, satisfaction
    #[arg(value_parser = name)]
    pub(crate) name: Name,
    /// The first day [default: 30 days until the last]
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(crate) from: Option<Date>,
    /// The last day, which counts as a whole [default: today]
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(crate) to: Option<Date>,
    /// What lines are: all, priority, team, service, organisation, category, agreement, person,
    /// week, month, as the report has it
    #[arg(long, value_name = "WHAT", value_parser = by)]
    pub(crate) by: Option<By>,
    /// What to print
    #[arg(long, value_name = "FORM", default_value = "table")]
    pub(crate) format: Form,
    /// The same as --format csv
    #[arg(long, conflicts_with_all = ["json", "format"])]
    pub(crate) csv: bool,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    pub(crate) json: bool,
}

impl ReportArgs {
    /// What to print, however that was said.
    pub(crate) fn form(&self) -> Form {
        match (self.csv, self.json) {
            (true, _) => Form::Csv,
            (_, true) => Form::Json,
            (false, false) => self.format,
        }
    }
}

/// The forms of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// Columns for people
    Table,
    /// Comma-separated values
    Csv,
    /// Lines of JSON, one for each figure
    Json,
    /// What is counted, a typed row for each incident, page or outage
    Parquet,
}

fn name(text: &str) -> Result<Name, String> {
    text.parse().map_err(|error: kernel::Invalid| error.0)
}

fn by(text: &str) -> Result<By, String> {
    text.parse().map_err(|error: kernel::Invalid| error.0)
}

fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "must be a day, such as 2026-11-01".to_owned())
}
