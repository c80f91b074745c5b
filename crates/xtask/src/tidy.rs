//! Where things may stand and what they may say.
//!
//! Every rule reads files and returns findings; this module walks the workspace,
//! runs the rules and takes off what `crates/xtask/tidy.toml` allows.

mod allow;
mod assets;
mod code;
mod examples;
mod links;
mod lockfile;
mod markup;
mod rooms;
mod sql;
mod twofold;
mod words;

use std::path::Path;

use crate::findings::Finding;
use crate::source::Source;

/// Folders that hold nothing of ours.
const SKIPPED: [&str; 6] =
    ["target", "node_modules", ".git", "results", "evenkeel-data", "evenkeel-demo"];

/// A text file of the workspace.
#[derive(Debug)]
struct File {
    /// From the workspace root, with forward slashes.
    path: String,
    text: String,
}

impl File {
    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Tests, benchmarks and examples, by where they lie.
    fn is_test(&self) -> bool {
        let folders = ["/tests/", "/benches/", "/examples/"];
        self.path.starts_with("e2e/")
            || folders.iter().any(|folder| self.path.contains(folder))
            || self.path.ends_with("/tests.rs")
            || self.path.ends_with("_tests.rs")
    }

    fn is_in(&self, folder: &str) -> bool {
        self.path.starts_with(folder)
    }
}

/// Runs every rule over the workspace at `root`.
///
/// # Errors
/// Says which file could not be read.
pub fn run(root: &Path) -> Result<Vec<Finding>, String> {
    let mut files = Vec::new();
    walk(root, root, &mut files)?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let mut findings = Vec::new();
    for file in &files {
        check_file(file, &mut findings);
    }
    rooms::check(&files, &mut findings);
    examples::check(&files, &mut findings);
    links::check(&files, &|path| root.join(path).exists(), &mut findings);
    findings.sort();
    allow::apply(root, findings)
}

fn check_file(file: &File, findings: &mut Vec<Finding>) {
    words::check(file, findings);
    lockfile::check(file, findings);
    assets::check(file, findings);
    if file.is_rust() && file.is_in("crates/") {
        let source = Source::read(&file.text);
        code::check(file, &source, findings);
        twofold::check(file, findings);
        sql::check(file, &source, findings);
        markup::check(file, &source, findings);
        words::check_screen_words(file, &source, findings);
    }
}

fn walk(root: &Path, folder: &Path, files: &mut Vec<File>) -> Result<(), String> {
    let entries = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    for entry in entries {
        let entry = entry.map_err(|e| format!("{}: {e}", folder.display()))?;
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type().map_err(|e| format!("{}: {e}", path.display()))?;
        if kind.is_dir() {
            if !SKIPPED.contains(&name.as_str()) && !name.starts_with("target-") {
                walk(root, &path, files)?;
            }
        } else if kind.is_file()
            && let Ok(text) = std::fs::read_to_string(&path)
        {
            // What is not UTF-8 is a picture, and no rule reads pictures.
            let relative = path.strip_prefix(root).unwrap_or(&path);
            files.push(File { path: relative.to_string_lossy().replace('\\', "/"), text });
        }
    }
    Ok(())
}

#[cfg(test)]
fn file(path: &str, text: &str) -> File {
    File { path: path.into(), text: text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_known_by_their_place() {
        assert!(file("crates/store/tests/it/main.rs", "").is_test());
        assert!(file("crates/store/src/chain/tests.rs", "").is_test());
        assert!(file("e2e/support/api.mjs", "").is_test());
        assert!(!file("crates/store/src/chain.rs", "").is_test());
    }

    #[test]
    fn this_workspace_can_be_walked() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = Vec::new();
        walk(root, root, &mut files).unwrap();
        assert!(files.iter().any(|file| file.path == "src/tidy.rs"));
        assert!(files.iter().any(|file| file.path == "tidy.toml"));
    }
}
