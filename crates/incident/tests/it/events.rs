//! Whatever was written once can be read for ever.

use crate::case::kinds;
use incident::{Body, Command, CommandName};
use serde_json::Value;
use std::collections::BTreeMap;

/// Every body ever written, by kind, version, and which of several forms, if there are several.
fn golden() -> BTreeMap<(String, u32, String), Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let read = files.map(|file| {
        let text = std::fs::read_to_string(file.path()).unwrap();
        let body: Value = serde_json::from_str(&text).unwrap();
        let kind = body["kind"].as_str().unwrap().to_owned();
        let version = u32::try_from(body["version"].as_u64().unwrap()).unwrap();
        let name = file.file_name().into_string().unwrap();
        let form = name.strip_prefix(&format!("{kind}.v{version}"));
        let form = form.and_then(|rest| rest.strip_suffix("json")?.strip_suffix('.'));
        let form = form.expect("a file is named for what it holds");
        assert!(form.is_empty() || form.starts_with('.'), "{name}");
        ((kind, version, form.to_owned()), body["data"].clone())
    });
    read.collect()
}

fn version_of(kind: &str) -> Option<u32> {
    Body::KINDS.iter().find(|(known, _)| *known == kind).map(|(_, version)| *version)
}

#[test]
fn every_kind_has_a_golden_file_of_its_current_version() {
    let golden = golden();
    for (kind, version) in Body::KINDS {
        assert!(
            golden.contains_key(&((*kind).to_owned(), *version, String::new())),
            "write tests/golden/{kind}.v{version}.json, and keep the older ones"
        );
    }
}

#[test]
fn every_version_up_to_the_current_one_has_a_golden_file() {
    let golden = golden();
    for (kind, current) in Body::KINDS {
        for version in 1..=*current {
            assert!(
                golden.contains_key(&((*kind).to_owned(), version, String::new())),
                "{kind} v{version}"
            );
        }
    }
}

#[test]
fn every_golden_body_is_known_and_the_current_ones_are_written_as_they_were() {
    for ((kind, version, form), data) in golden() {
        let body = Body::decode(&kind, version, &data.to_string());
        assert!(!matches!(body, Body::Unknown { .. }), "{kind} v{version} reads as unknown");
        assert_eq!(body.kind(), kind);
        let current = version_of(&kind).expect("kinds are never dropped");
        assert_eq!(body.version(), current, "what was read is in the current form");
        if version == current {
            let written: Value = serde_json::from_str(&body.data_json()).unwrap();
            assert_eq!(written, data, "{kind} v{version}{form}");
        }
    }
}

#[test]
fn minutes_of_work_became_seconds() {
    let body = Body::decode("work_logged", 1, r#"{"minutes":15,"person":"p"}"#);
    let Body::WorkLogged(work) = body else { panic!("{body:?}") };
    assert_eq!((work.seconds, work.person.as_str()), (900, "p"));
    let huge = Body::decode("work_logged", 1, r#"{"minutes":18446744073709551615,"person":"p"}"#);
    let Body::WorkLogged(work) = huge else { panic!("{huge:?}") };
    assert_eq!(work.seconds, u32::MAX);
}

#[test]
fn what_is_newer_or_broken_is_kept_as_it_was() {
    let cases = [
        ("teleported", 1, r#"{"to": "Mars"}"#),
        ("commented", 99, r#"{"body":"x","mood":"calm"}"#),
        ("commented", 1, r#"{"body": 5}"#),
        ("commented", 0, "{}"),
        ("work_logged", 1, "not json"),
    ];
    for (kind, version, data) in cases {
        let body = Body::decode(kind, version, data);
        assert!(matches!(body, Body::Unknown { .. }), "{kind} v{version}");
        assert_eq!(
            (body.kind(), body.version(), body.data_json()),
            (kind, version, data.to_owned())
        );
        let again = Body::decode(body.kind(), body.version(), &body.data_json());
        assert_eq!(again, body);
    }
}

#[test]
fn an_unknown_event_counts_and_changes_nothing_else() {
    let mut case = crate::case::Case::new();
    case.does(crate::case::Who::Agent, Command::Acknowledge);
    let record = &case.records[&crate::case::inc(1)];
    let mut event = record.events.last().unwrap().clone();
    event.n += 1;
    event.body = Body::Unknown { kind: "teleported".into(), version: 1, data: "{}".into() };
    let after = incident::apply(Some(record.state.clone()), &event).unwrap();
    let expected = incident::State { version: event.n, ..record.state.clone() };
    assert_eq!(after, expected);
}

#[test]
fn a_timeline_begins_with_a_report() {
    let case = crate::case::Case::new();
    let events = &case.records[&crate::case::inc(1)].events;
    assert_eq!(kinds(events)[0], "reported");
    assert_eq!(incident::fold(&events[1..]), None);
}

#[test]
fn every_command_reads_back() {
    for name in CommandName::ALL.iter().copied() {
        let command = crate::sample::of(name);
        let json = serde_json::to_value(&command).unwrap();
        assert_eq!(json["command"], name.as_str());
        assert_eq!(serde_json::from_value::<Command>(json.clone()).unwrap(), command, "{json}");
        let text = json.to_string();
        assert_eq!(serde_json::from_str::<Command>(&text).unwrap(), command, "{text}");
    }
}
