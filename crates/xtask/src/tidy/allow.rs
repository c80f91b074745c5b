//! The exceptions, each with a reason, in `crates/xtask/tidy.toml`.

use std::path::Path;

use toml::Table;

use crate::findings::Finding;

const LIST: &str = "crates/xtask/tidy.toml";

/// Takes off what the list allows and adds a finding for every entry of the list
/// that is not needed or says no reason.
///
/// # Errors
/// Says what is wrong with the list.
pub(super) fn apply(root: &Path, findings: Vec<Finding>) -> Result<Vec<Finding>, String> {
    let text = std::fs::read_to_string(root.join(LIST)).map_err(|e| format!("{LIST}: {e}"))?;
    Ok(subtract(&parse(&text)?, findings))
}

struct Exception {
    rule: String,
    path: String,
    reason: String,
}

fn parse(text: &str) -> Result<Vec<Exception>, String> {
    let table: Table = text.parse().map_err(|error| format!("{LIST}: {error}"))?;
    let Some(entries) = table.get("allow").and_then(toml::Value::as_array) else {
        return Ok(Vec::new());
    };
    entries
        .iter()
        .map(|entry| {
            let field = |name: &str| {
                let value = entry.get(name).and_then(toml::Value::as_str).map(str::trim);
                value
                    .filter(|value| !value.is_empty())
                    .map(str::to_owned)
                    .ok_or_else(|| format!("{LIST}: an entry has no {name}"))
            };
            Ok(Exception { rule: field("rule")?, path: field("path")?, reason: field("reason")? })
        })
        .collect()
}

fn subtract(exceptions: &[Exception], findings: Vec<Finding>) -> Vec<Finding> {
    let mut used = vec![false; exceptions.len()];
    let mut left: Vec<Finding> = findings
        .into_iter()
        .filter(|finding| {
            let covering = exceptions.iter().position(|exception| {
                exception.rule == finding.rule && exception.path == finding.path
            });
            if let Some(index) = covering {
                used[index] = true;
            }
            covering.is_none()
        })
        .collect();
    for (exception, _) in exceptions.iter().zip(used).filter(|(_, used)| !used) {
        let words = format!(
            "the exception for {} ({}) is no longer needed, take it out",
            exception.path, exception.reason
        );
        left.push(Finding::at(LIST, 0, "allow", words));
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> Vec<Exception> {
        parse("[[allow]]\nrule = \"length\"\npath = \"a.rs\"\nreason = \"one table\"\n").unwrap()
    }

    #[test]
    fn an_exception_covers_its_rule_and_path_alone() {
        let found = vec![
            Finding::at("a.rs", 0, "length", "too long"),
            Finding::at("a.rs", 3, "sql", "SQL here"),
        ];
        let left = subtract(&list(), found);
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].rule, "sql");
    }

    #[test]
    fn an_exception_without_use_is_found() {
        let left = subtract(&list(), Vec::new());
        assert_eq!(left.len(), 1);
        assert!(left[0].words.contains("no longer needed"));
    }

    #[test]
    fn an_exception_needs_a_reason() {
        let text = "[[allow]]\nrule = \"length\"\npath = \"a.rs\"\nreason = \" \"\n";
        assert!(parse(text).is_err());
        assert!(parse("").unwrap().is_empty());
    }
}
