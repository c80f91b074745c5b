//! A report of service quality.

use clap::Args;
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
    /// Print comma-separated values
    #[arg(long, conflicts_with = "json")]
    pub(crate) csv: bool,
    /// Print lines of JSON, one for each figure
    #[arg(long)]
    pub(crate) json: bool,
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
