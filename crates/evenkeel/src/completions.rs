//! Completion scripts for shells.

use crate::failed::Failed;
use crate::output;

/// Prints the script for a shell.
pub(crate) fn print(shell: clap_complete::Shell) -> Result<(), Failed> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut crate::cli::command(), "evenkeel", &mut script);
    output::line(String::from_utf8_lossy(&script).trim_end())
}
