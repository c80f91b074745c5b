//! Flags about where the status page is published besides here.

use clap::{Args, ValueHint};
use std::path::PathBuf;

/// Settings of where the files of the status page go.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
pub(crate) struct StatusArgs {
    /// Folder that the files of the status page are written to, for a web server elsewhere
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) status_dir: Option<PathBuf>,
    /// Bucket that they are written to; endpoint, region and keys are those of --s3-endpoint, --s3-region, --s3-access-key and --s3-secret-key
    #[arg(long, value_name = "NAME")]
    pub(crate) status_s3_bucket: Option<String>,
    /// What their names in that bucket begin with, such as status/
    #[arg(long, value_name = "PREFIX")]
    pub(crate) status_s3_prefix: Option<String>,
}
