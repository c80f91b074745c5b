//! What is taken over from elsewhere.

use super::examples::{IMPORT_EXAMPLES, SERVICES_EXAMPLES};
use clap::{Args, Subcommand, ValueHint};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum ImportCommand {
    /// Replay a ServiceNow audit log (CSV, also gzipped)
    #[command(name = "servicenow-audit", after_help = IMPORT_EXAMPLES)]
    ServicenowAudit(ServicenowAuditArgs),
    /// Take over a catalogue of services: our YAML, entities of Backstage, a Compose file
    #[command(after_help = SERVICES_EXAMPLES)]
    Services(ServicesArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ServicesArgs {
    /// The file, or - for standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// Only say what it would do
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ServicenowAuditArgs {
    /// The file, .csv or .csv.gz
    #[arg(required_unless_present = "print_mapping", value_hint = ValueHint::FilePath)]
    pub(crate) file: Option<PathBuf>,
    /// Time zone of the times in the file, which name none
    #[arg(long, value_name = "ZONE", default_value = "UTC", value_parser = parse_zone)]
    pub(crate) time_zone: String,
    /// Which column means what, as TOML
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) mapping: Option<PathBuf>,
    /// Read at most this many rows
    #[arg(long, value_name = "ROWS")]
    pub(crate) limit: Option<u64>,
    /// Print the figures as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Print the built-in mapping and do nothing else
    #[arg(long)]
    pub(crate) print_mapping: bool,
}

pub(super) fn parse_zone(name: &str) -> Result<String, String> {
    jiff::tz::TimeZone::get(name)
        .map(|_| name.to_owned())
        .map_err(|_| "is not a known time zone such as Europe/Berlin".to_owned())
}
