//! Links between our documents lead somewhere.

use std::collections::BTreeSet;

use super::File;
use crate::findings::Finding;

/// `exists` says whether a path from the workspace root is there; pictures are
/// not among `files`.
pub(super) fn check(files: &[File], exists: &dyn Fn(&str) -> bool, findings: &mut Vec<Finding>) {
    for file in files.iter().filter(|file| file.path.ends_with(".md")) {
        let mut in_code = false;
        for (index, line) in file.text.lines().enumerate() {
            if line.trim_start().starts_with("```") {
                in_code = !in_code;
            }
            for target in targets(line).filter(|_| !in_code) {
                if let Some(words) = broken(file, files, target, exists) {
                    findings.push(Finding::at(&file.path, index + 1, "links", words));
                }
            }
        }
    }
}

/// What stands in the round brackets of `[words](target)`.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target)
}

fn broken(
    file: &File,
    files: &[File],
    target: &str,
    exists: &dyn Fn(&str) -> bool,
) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let resolved = if path.is_empty() { file.path.clone() } else { resolve(&file.path, path) };
    if !exists(&resolved) {
        return Some(format!("{target} does not exist"));
    }
    let page = files.iter().find(|other| other.path == resolved)?;
    let known = anchor.is_empty() || headings(&page.text).contains(anchor);
    (!known).then(|| format!("{resolved} has no heading for #{anchor}"))
}

fn resolve(from: &str, path: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// Anchors as the usual renderers make them from headings.
fn headings(text: &str) -> BTreeSet<String> {
    text.lines()
        .filter_map(|line| line.strip_prefix('#'))
        .map(|line| {
            line.trim_start_matches('#')
                .trim()
                .to_lowercase()
                .chars()
                .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
                .map(|c| if c == ' ' { '-' } else { c })
                .collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let files = [
            file("docs/user.md", text),
            file("README.md", "# Start\n"),
            file("docs/api.md", "# The API\n\n## The query language\n"),
        ];
        let mut findings = Vec::new();
        let exists = |path: &str| files.iter().any(|f| f.path == path) || path == "docs/a.png";
        check(&files, &exists, &mut findings);
        findings.into_iter().map(|finding| finding.words).collect()
    }

    #[test]
    fn what_is_there_passes() {
        let text =
            "[a](../README.md) [b](api.md#the-query-language) ![c](a.png) [d](#user)\n# User\n";
        assert_eq!(found(text), [""; 0]);
        assert_eq!(found("[a](https://elsewhere.example/x)"), [""; 0]);
        assert_eq!(found("```\n[a](nothing.md)\n```\n"), [""; 0]);
    }

    #[test]
    fn what_is_not_there_is_found() {
        assert_eq!(found("[a](nothing.md)"), ["nothing.md does not exist"]);
        assert_eq!(found("[a](api.md#nowhere)"), ["docs/api.md has no heading for #nowhere"]);
    }
}
