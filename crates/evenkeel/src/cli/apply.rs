//! Configuration as code.

use crate::apply::KIND_NAMES;
use clap::builder::PossibleValuesParser;
use clap::{Args, ValueHint};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct ApplyArgs {
    /// Files of YAML or JSON, folders of which all *.yaml and *.yml are read, or - for standard input
    #[arg(required = true, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,
    /// Only say what it would do
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// Files of YAML or JSON, folders of which all *.yaml and *.yml are read, or - for standard input
    #[arg(required = true, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// What to print [default: all of it]
    #[arg(value_name = "KIND", value_parser = PossibleValuesParser::new(KIND_NAMES))]
    pub(crate) kinds: Vec<String>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}
