//! Turns `locales/*/*.ftl` into functions, one for each message: a text that is missing in a
//! language, has other arguments there or the wrong plural forms does not compile.

mod check;
mod read;
mod write;

use read::{LANGUAGES, Message};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

/// The messages of one file in every language: by file, language, key.
type Texts = BTreeMap<String, BTreeMap<&'static str, Vec<Message>>>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(faults) => {
            for fault in faults {
                println!("cargo::error={fault}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Vec<String>> {
    let one = |error: String| vec![error];
    let var = |name: &str| std::env::var(name).map_err(|error| one(format!("{name}: {error}")));
    let root = var("CARGO_MANIFEST_DIR")?;
    let locales = Path::new(&root).join("../../locales");
    println!("cargo::rerun-if-changed={}", locales.display());
    println!("cargo::rerun-if-changed=build");
    let (mut texts, mut faults) = (Texts::new(), Vec::new());
    for language in LANGUAGES {
        for (file, messages) in read::folder(&locales.join(language), language, &mut faults) {
            texts.entry(file).or_default().insert(language, messages);
        }
    }
    faults.extend(check::check(&texts));
    if !faults.is_empty() {
        return Err(faults);
    }
    let target = Path::new(&var("OUT_DIR")?).join("texts.rs");
    std::fs::write(&target, write::module(&texts))
        .map_err(|error| one(format!("{}: {error}", target.display())))
}
