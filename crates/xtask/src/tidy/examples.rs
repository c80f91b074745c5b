//! Rooms whose comments are not searched for examples must have none: they would never run.

use toml::Table;

use super::File;
use crate::findings::Finding;

pub(super) fn check(files: &[File], findings: &mut Vec<Finding>) {
    for manifest in files.iter().filter(|file| is_unsearched(file)) {
        let Some(folder) = manifest.path.strip_suffix("Cargo.toml") else { continue };
        let sources = format!("{folder}src/");
        for file in files.iter().filter(|file| file.is_rust() && file.is_in(&sources)) {
            for line in examples(&file.text) {
                let words =
                    format!("this example never runs: {} says doctest = false", manifest.path);
                findings.push(Finding::at(&file.path, line, "examples", words));
            }
        }
    }
}

/// The lines on which comments begin code that would be compiled: fences that name no language,
/// or Rust.
fn examples(text: &str) -> Vec<usize> {
    let (mut found, mut inside) = (Vec::new(), false);
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_start();
        let comment = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"));
        let Some(kind) = comment.and_then(|words| words.trim().strip_prefix("```")) else {
            continue;
        };
        inside = !inside;
        if inside && ["", "rust", "should_panic", "no_run"].contains(&kind) {
            found.push(index + 1);
        }
    }
    found
}

/// Whether a manifest says that comments hold no examples.
fn is_unsearched(file: &File) -> bool {
    file.path.ends_with("/Cargo.toml")
        && file.text.parse::<Table>().is_ok_and(|manifest| {
            let doctest = manifest.get("lib").and_then(|lib| lib.get("doctest"));
            doctest.and_then(toml::Value::as_bool) == Some(false)
        })
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    fn said(manifest: &str, source: &str) -> usize {
        let files =
            [file("crates/desk/Cargo.toml", manifest), file("crates/desk/src/lib.rs", source)];
        let mut findings = Vec::new();
        check(&files, &mut findings);
        findings.len()
    }

    #[test]
    fn an_example_that_never_runs_is_said() {
        let unsearched = "[lib]\ndoctest = false\n";
        assert_eq!(said(unsearched, "/// ```\n/// let a = 1;\n/// ```\n"), 1);
        assert_eq!(said(unsearched, "/// ```text\n/// a = 1\n/// ```\n"), 0);
        assert_eq!(said("[lib]\n", "/// ```rust\n/// ```\n"), 0);
    }
}
