//! Which crate may know which: pure ← store ← desk ← {intake, notify, web, api} ← evenkeel.

use toml::Table;

use super::File;
use crate::findings::Finding;

/// Every room and the rooms it may use. A new crate takes its place here first.
const ROOMS: [(&str, &[&str]); 21] = [
    ("kernel", &[]),
    ("calendar", &["kernel"]),
    ("locale", &["kernel"]),
    ("query", &["kernel"]),
    ("roster", &["kernel"]),
    ("alert", &["kernel", "query"]),
    ("map", &["kernel"]),
    ("status", &["kernel", "locale", "map"]),
    ("incident", &["kernel", "calendar", "query", "roster"]),
    ("insight", &["kernel", "calendar", "query", "incident"]),
    ("search", &["kernel", "query", "incident"]),
    ("store", &["kernel", "query", "roster", "alert", "map", "incident", "insight"]),
    (
        "desk",
        &[
            "kernel", "locale", "query", "roster", "alert", "map", "status", "incident", "insight",
            "search", "store",
        ],
    ),
    (
        "web",
        &[
            "kernel", "calendar", "locale", "query", "roster", "alert", "map", "status",
            "incident", "insight", "search", "store", "desk",
        ],
    ),
    (
        "api",
        &[
            "kernel", "calendar", "query", "roster", "alert", "map", "status", "incident",
            "insight", "search", "store", "desk",
        ],
    ),
    (
        "notify",
        &["kernel", "locale", "query", "map", "status", "incident", "insight", "store", "desk"],
    ),
    ("intake", &["kernel", "query", "alert", "incident", "store", "desk"]),
    (
        "evenkeel",
        &[
            "kernel", "calendar", "locale", "query", "roster", "alert", "map", "status",
            "incident", "insight", "search", "store", "desk", "web", "api", "notify", "intake",
        ],
    ),
    ("load", &["kernel", "incident", "store", "desk"]),
    ("testkit", &["kernel", "incident", "store", "desk"]),
    ("xtask", &[]),
];

/// Rooms that know neither clock nor chance nor the outside world, so that what
/// they decide can be replayed.
const PURE: [&str; 10] = [
    "kernel", "calendar", "locale", "query", "roster", "alert", "map", "status", "incident",
    "insight",
];

/// What a pure room must not bring in.
const WORLDLY: [&str; 8] = [
    "axum",
    "getrandom",
    "rusqlite",
    "tokio",
    "tokio-postgres",
    "tower-http",
    "tracing-subscriber",
    "ureq",
];

pub(super) fn check(files: &[File], findings: &mut Vec<Finding>) {
    for file in files {
        let Some(room) = room_of(&file.path) else {
            continue;
        };
        match file.text.parse::<Table>() {
            Ok(manifest) => check_manifest(&file.path, room, &manifest, findings),
            Err(error) => findings.push(Finding::at(&file.path, 0, "rooms", error.to_string())),
        }
    }
}

fn room_of(path: &str) -> Option<&str> {
    let room = path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml")?;
    (!room.contains('/')).then_some(room)
}

fn check_manifest(path: &str, room: &str, manifest: &Table, findings: &mut Vec<Finding>) {
    let mut say = |words: String| findings.push(Finding::at(path, 0, "rooms", words));
    let Some((_, may_use)) = ROOMS.iter().find(|(name, _)| *name == room) else {
        say(format!("{room} has no place in the house yet: give it one in crates/xtask"));
        return;
    };
    let has_house_lints = manifest
        .get("lints")
        .and_then(|lints| lints.get("workspace"))
        .and_then(toml::Value::as_bool)
        == Some(true);
    if !has_house_lints {
        say("the lints of the workspace are not taken over: add [lints] workspace = true".into());
    }
    for used in dependencies(manifest) {
        let other = used.strip_prefix("evenkeel-").unwrap_or(&used);
        if ROOMS.iter().any(|(name, _)| *name == other) && !may_use.contains(&other) {
            say(format!("{room} must not know {other}: it may use {}", listed(may_use)));
        }
        if PURE.contains(&room) && WORLDLY.contains(&used.as_str()) {
            say(format!("{room} decides and computes only; {used} belongs to store or desk"));
        }
    }
}

fn dependencies(manifest: &Table) -> Vec<String> {
    ["dependencies", "build-dependencies"]
        .iter()
        .filter_map(|section| manifest.get(*section)?.as_table())
        .flat_map(|table| table.keys().cloned())
        .collect()
}

fn listed(rooms: &[&str]) -> String {
    if rooms.is_empty() { "none of the others".into() } else { rooms.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    fn found(room: &str, dependencies: &str) -> Vec<String> {
        let text = format!("[dependencies]\n{dependencies}\n[lints]\nworkspace = true\n");
        let mut findings = Vec::new();
        check(&[file(&format!("crates/{room}/Cargo.toml"), &text)], &mut findings);
        findings.into_iter().map(|finding| finding.words).collect()
    }

    #[test]
    fn the_direction_of_the_house_passes() {
        assert!(found("web", "desk.workspace = true\nmaud.workspace = true").is_empty());
        assert!(found("store", "incident.workspace = true").is_empty());
    }

    #[test]
    fn edges_do_not_know_each_other_and_nobody_looks_up() {
        assert_eq!(found("web", "api.workspace = true").len(), 1);
        assert_eq!(found("store", "desk.workspace = true").len(), 1);
        assert_eq!(found("kernel", "query.workspace = true").len(), 1);
        assert_eq!(found("api", "evenkeel-web = { path = \"../web\" }").len(), 1);
    }

    #[test]
    fn pure_rooms_stay_pure() {
        assert_eq!(found("incident", "tokio.workspace = true").len(), 1);
        assert!(found("store", "tokio.workspace = true").is_empty());
    }

    #[test]
    fn a_room_without_a_place_or_without_lints_is_found() {
        assert_eq!(found("utils", "").len(), 1);
        let mut findings = Vec::new();
        check(&[file("crates/web/Cargo.toml", "[package]\nname = \"x\"\n")], &mut findings);
        assert_eq!(findings.len(), 1);
    }
}
