//! What the machine could do: the same rows written through the same driver,
//! with nothing decided. Run as a process of its own, in the same run.

use std::path::Path;
use std::process::Command;

/// Where the example of the store crate is built.
const BINARY: &str = "target/release/examples/raw_limits";

/// Runs the raw limits on a fresh database of the same engine and prints them.
pub fn measure(database_url: Option<&str>, folder: &Path, seconds: u64) -> Result<(), String> {
    if !Path::new(BINARY).exists() {
        return Err(format!(
            "{BINARY} is missing: cargo build --release -p evenkeel-store --example raw_limits"
        ));
    }
    let database = match database_url {
        Some(url) => url.to_owned(),
        None => folder.join("raw.db").display().to_string(),
    };
    println!("raw limits of this machine:");
    let status = Command::new(BINARY).arg(seconds.to_string()).arg(database).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{BINARY} ended with {status}")),
        Err(error) => Err(format!("{BINARY}: {error}")),
    }
}
