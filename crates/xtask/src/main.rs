//! House checks that neither the compiler nor clippy can make.
//!
//! ```text
//! cargo run -p evenkeel-xtask -- tidy        where things may stand and what they may say
//! cargo run -p evenkeel-xtask -- licences    what may be linked in, as deny.toml says
//! ```
//!
//! Each prints one line per finding and fails if there is any.

mod findings;
mod licences;
mod source;
mod spdx;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use findings::Finding;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let task = arguments.first().map(String::as_str);
    let outcome = match task {
        Some("tidy") => tidy::run(&workspace_root()),
        Some("licences") => licences::run(&workspace_root()),
        _ => {
            println!("usage: cargo run -p evenkeel-xtask -- tidy | licences");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(findings) => report(task.unwrap_or_default(), &findings),
        Err(problem) => {
            println!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn report(task: &str, findings: &[Finding]) -> ExitCode {
    for finding in findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => {
            println!("{task}: nothing to say");
            ExitCode::SUCCESS
        }
        n => {
            println!("{task}: {n} found");
            ExitCode::FAILURE
        }
    }
}

fn workspace_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("crates/xtask lies two folders below the workspace")
        .to_path_buf()
}
