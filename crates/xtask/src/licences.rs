//! What may be linked into the product, by the lists of `deny.toml`: licences,
//! packages that must not be there, and where packages may come from. The
//! same file drives `cargo deny`; this reading of it needs nothing but cargo.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use toml::Table;

use crate::findings::Finding;
use crate::spdx;

/// Checks every package of the lock file for the platforms of `deny.toml`.
///
/// # Errors
/// Says which file or command could not be used.
pub fn run(root: &Path) -> Result<Vec<Finding>, String> {
    let text = std::fs::read_to_string(root.join("deny.toml"))
        .map_err(|error| format!("deny.toml cannot be read: {error}"))?;
    let lists = Lists::parse(&text)?;
    let metadata = metadata(root, &lists.targets)?;
    Ok(check(&lists, &metadata))
}

/// The parts of `deny.toml` that are checked here.
#[derive(Debug, Default)]
struct Lists {
    targets: Vec<String>,
    licences: Vec<String>,
    banned: Vec<(String, String)>,
    registries: Vec<String>,
}

impl Lists {
    fn parse(text: &str) -> Result<Self, String> {
        let table: Table = text.parse().map_err(|error| format!("deny.toml: {error}"))?;
        let banned = array(&table, "bans", "deny")
            .iter()
            .filter_map(|entry| {
                let name = entry.get("crate")?.as_str()?;
                let reason = entry.get("reason").and_then(toml::Value::as_str).unwrap_or("banned");
                Some((name.to_owned(), reason.to_owned()))
            })
            .collect();
        Ok(Self {
            targets: strings(&table, "graph", "targets"),
            licences: strings(&table, "licenses", "allow"),
            banned,
            registries: strings(&table, "sources", "allow-registry"),
        })
    }
}

fn array<'a>(table: &'a Table, section: &str, key: &str) -> &'a [toml::Value] {
    table
        .get(section)
        .and_then(|section| section.get(key))
        .and_then(toml::Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn strings(table: &Table, section: &str, key: &str) -> Vec<String> {
    array(table, section, key).iter().filter_map(|v| v.as_str().map(str::to_owned)).collect()
}

fn metadata(root: &Path, targets: &[String]) -> Result<Value, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(root).args(["metadata", "--format-version", "1"]);
    for target in targets {
        command.args(["--filter-platform", target]);
    }
    let output = command.output().map_err(|error| format!("cargo metadata: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| format!("cargo metadata: {error}"))
}

fn check(lists: &Lists, metadata: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    let used = resolved_ids(metadata);
    let packages = metadata["packages"].as_array().map_or(&[][..], Vec::as_slice);
    for package in packages {
        let id = package["id"].as_str().unwrap_or_default();
        if used.contains(&id) && !package["source"].is_null() {
            check_package(lists, package, &mut findings);
        }
    }
    findings.sort();
    findings
}

/// Only what is reachable on the chosen platforms counts.
fn resolved_ids(metadata: &Value) -> Vec<&str> {
    let nodes = metadata["resolve"]["nodes"].as_array().map_or(&[][..], Vec::as_slice);
    nodes.iter().filter_map(|node| node["id"].as_str()).collect()
}

fn check_package(lists: &Lists, package: &Value, findings: &mut Vec<Finding>) {
    let name = package["name"].as_str().unwrap_or_default();
    let version = package["version"].as_str().unwrap_or_default();
    let mut say = |rule, words: String| findings.push(Finding::at("Cargo.lock", 0, rule, words));

    if let Some((_, reason)) = lists.banned.iter().find(|(banned, _)| banned == name) {
        say("bans", format!("{name} {version} must not be used: {reason}"));
    }
    let source = package["source"].as_str().unwrap_or_default();
    let registry = source.strip_prefix("registry+").unwrap_or(source);
    if !lists.registries.iter().any(|allowed| allowed == registry) {
        say(
            "sources",
            format!("{name} {version} comes from {source}, which deny.toml does not list"),
        );
    }
    let allowed = |licence: &str| lists.licences.iter().any(|listed| listed == licence);
    match package["license"].as_str() {
        None => say("licenses", format!("{name} {version} names no licence")),
        Some(expression) => match spdx::is_met(expression, &allowed) {
            Ok(true) => {}
            Ok(false) => say(
                "licenses",
                format!("{name} {version} is under {expression}, which deny.toml does not allow"),
            ),
            Err(problem) => say("licenses", format!("{name} {version}: {problem}")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const DENY: &str = r#"
        [graph]
        targets = ["x86_64-unknown-linux-gnu"]
        [licenses]
        allow = ["MIT", "Apache-2.0"]
        [bans]
        deny = [{ crate = "second-tls", reason = "one TLS provider" }]
        [sources]
        allow-registry = ["https://registry.example/index"]
    "#;

    fn package(name: &str, licence: Option<&str>, source: &str) -> Value {
        json!({"id": name, "name": name, "version": "1.0.0", "license": licence, "source": source})
    }

    fn findings(packages: &[Value]) -> Vec<String> {
        let nodes: Vec<Value> = packages.iter().map(|p| json!({"id": p["id"]})).collect();
        let metadata = json!({"packages": packages, "resolve": {"nodes": nodes}});
        let lists = Lists::parse(DENY).unwrap();
        check(&lists, &metadata).iter().map(ToString::to_string).collect()
    }

    const HOME: &str = "registry+https://registry.example/index";

    #[test]
    fn an_allowed_package_passes() {
        assert_eq!(findings(&[package("fine", Some("MIT OR GPL-2.0-only"), HOME)]), [""; 0]);
    }

    #[test]
    fn a_licence_that_is_not_listed_is_named() {
        let found = findings(&[package("copyleft", Some("GPL-3.0-only"), HOME)]);
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("copyleft 1.0.0 is under GPL-3.0-only"), "{found:?}");
        assert!(findings(&[package("silent", None, HOME)])[0].contains("names no licence"));
    }

    #[test]
    fn a_second_tls_provider_and_a_strange_source_are_refused() {
        let found =
            findings(&[package("second-tls", Some("MIT"), "git+https://elsewhere.example")]);
        assert_eq!(found.len(), 2);
        assert!(found[0].contains("one TLS provider"));
        assert!(found[1].contains("git+https://elsewhere.example"));
    }

    #[test]
    fn what_no_chosen_platform_uses_does_not_count() {
        let stray = package("stray", Some("GPL-3.0-only"), HOME);
        let metadata = json!({"packages": [stray], "resolve": {"nodes": []}});
        assert!(check(&Lists::parse(DENY).unwrap(), &metadata).is_empty());
    }
}
