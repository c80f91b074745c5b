//! A strict schema of the JSON of Statuspage v2: every field, its type, whether it may be null,
//! and nothing else.

#![allow(clippy::unwrap_used)]

mod sample;

use sample::{at, component, demo, empty, going_on, work};
use serde_json::{Map, Value};
use status::snapshot::{Condition, Phase, WorkPhase};
use status::{Snapshot, render};

/// What a field may hold.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Address,
    /// RFC 3339 with an offset.
    Time,
    Date,
    Flag,
    Place,
    OneOf(&'static [&'static str]),
    Nullable(&'static Kind),
    Texts,
    List(&'static Fields),
    Object(&'static Fields),
}

use Kind::{Address, Date, Flag, List, Nullable, Object, OneOf, Place, Text, Texts, Time};

type Fields = [(&'static str, Kind)];

const CONDITION: Kind = OneOf(&[
    "operational",
    "degraded_performance",
    "partial_outage",
    "major_outage",
    "under_maintenance",
]);

const PAGE: &Fields =
    &[("id", Text), ("name", Text), ("url", Address), ("time_zone", Text), ("updated_at", Time)];

const STATUS: &Fields =
    &[("indicator", OneOf(&["none", "minor", "major", "critical"])), ("description", Text)];

const COMPONENT: &Fields = &[
    ("id", Text),
    ("name", Text),
    ("status", CONDITION),
    ("created_at", Time),
    ("updated_at", Time),
    ("position", Place),
    ("description", Nullable(&Text)),
    ("showcase", Flag),
    ("start_date", Nullable(&Date)),
    ("group_id", Nullable(&Text)),
    ("page_id", Text),
    ("group", Flag),
    ("only_show_if_degraded", Flag),
];

const GROUP: &Fields = &[
    ("id", Text),
    ("name", Text),
    ("status", CONDITION),
    ("created_at", Time),
    ("updated_at", Time),
    ("position", Place),
    ("description", Nullable(&Text)),
    ("showcase", Flag),
    ("start_date", Nullable(&Date)),
    ("group_id", Nullable(&Text)),
    ("page_id", Text),
    ("group", Flag),
    ("only_show_if_degraded", Flag),
    ("components", Texts),
];

const AFFECTED: &Fields =
    &[("code", Text), ("name", Text), ("old_status", CONDITION), ("new_status", CONDITION)];

const INCIDENT_UPDATE: &Fields = &[
    ("id", Text),
    ("status", OneOf(&["investigating", "identified", "monitoring", "resolved"])),
    ("body", Text),
    ("incident_id", Text),
    ("created_at", Time),
    ("updated_at", Time),
    ("display_at", Time),
    ("affected_components", List(AFFECTED)),
];

const INCIDENT: &Fields = &[
    ("id", Text),
    ("name", Text),
    ("status", OneOf(&["investigating", "identified", "monitoring", "resolved", "postmortem"])),
    ("created_at", Time),
    ("updated_at", Time),
    ("monitoring_at", Nullable(&Time)),
    ("resolved_at", Nullable(&Time)),
    ("impact", OneOf(&["none", "minor", "major", "critical"])),
    ("shortlink", Address),
    ("started_at", Time),
    ("page_id", Text),
    ("incident_updates", List(INCIDENT_UPDATE)),
    ("components", List(COMPONENT)),
];

const WORK_PHASE: Kind = OneOf(&["scheduled", "in_progress", "verifying", "completed"]);

const WORK_UPDATE: &Fields = &[
    ("id", Text),
    ("status", WORK_PHASE),
    ("body", Text),
    ("incident_id", Text),
    ("created_at", Time),
    ("updated_at", Time),
    ("display_at", Time),
    ("affected_components", List(AFFECTED)),
];

const WORK: &Fields = &[
    ("id", Text),
    ("name", Text),
    ("status", WORK_PHASE),
    ("created_at", Time),
    ("updated_at", Time),
    ("monitoring_at", Nullable(&Time)),
    ("resolved_at", Nullable(&Time)),
    ("impact", OneOf(&["maintenance"])),
    ("shortlink", Address),
    ("started_at", Time),
    ("page_id", Text),
    ("incident_updates", List(WORK_UPDATE)),
    ("components", List(COMPONENT)),
    ("scheduled_for", Time),
    ("scheduled_until", Time),
];

/// Every document and what stands in it.
const DOCUMENTS: [(&str, &Fields); 8] = [
    (
        "summary.json",
        &[
            ("page", Object(PAGE)),
            ("components", List(COMPONENT)),
            ("incidents", List(INCIDENT)),
            ("scheduled_maintenances", List(WORK)),
            ("status", Object(STATUS)),
        ],
    ),
    ("status.json", &[("page", Object(PAGE)), ("status", Object(STATUS))]),
    ("components.json", &[("page", Object(PAGE)), ("components", List(COMPONENT))]),
    ("incidents.json", &[("page", Object(PAGE)), ("incidents", List(INCIDENT))]),
    ("incidents/unresolved.json", &[("page", Object(PAGE)), ("incidents", List(INCIDENT))]),
    ("scheduled-maintenances.json", WORKS),
    ("scheduled-maintenances/upcoming.json", WORKS),
    ("scheduled-maintenances/active.json", WORKS),
];

const WORKS: &Fields = &[("page", Object(PAGE)), ("scheduled_maintenances", List(WORK))];

fn check(value: &Value, kind: Kind, place: &str) {
    let text = value.as_str();
    let fine = match kind {
        Text => text.is_some_and(|text| !text.is_empty()),
        Address => text.is_some_and(|text| text.starts_with("https://")),
        Time => text.is_some_and(is_time),
        Date => text.is_some_and(|text| text.parse::<jiff::civil::Date>().is_ok()),
        Flag => value.is_boolean(),
        Place => value.as_u64().is_some_and(|place| place > 0),
        OneOf(words) => text.is_some_and(|text| words.contains(&text)),
        Nullable(kind) => {
            if !value.is_null() {
                check(value, *kind, place);
            }
            true
        }
        Texts => value.as_array().is_some_and(|all| all.iter().all(Value::is_string)),
        Object(fields) => return check_object(value.as_object().expect(place), fields, place),
        List(fields) => {
            for (at, item) in value.as_array().expect(place).iter().enumerate() {
                let item = item.as_object().expect(place);
                // Among components stand groups, which have a field more.
                let is_group = item.get("group") == Some(&Value::Bool(true));
                check_object(
                    item,
                    if is_group { GROUP } else { fields },
                    &format!("{place}[{at}]"),
                );
            }
            true
        }
    };
    assert!(fine, "{place}: {value}");
}

fn check_object(object: &Map<String, Value>, fields: &Fields, place: &str) {
    for (name, kind) in fields {
        let value = object.get(*name).unwrap_or_else(|| panic!("{place}.{name} is missing"));
        check(value, *kind, &format!("{place}.{name}"));
    }
    for name in object.keys() {
        assert!(
            fields.iter().any(|(known, _)| known == name),
            "{place}.{name} is not in the schema"
        );
    }
}

/// As strict readers want it: with seconds and an offset.
fn is_time(text: &str) -> bool {
    let offset = text.len() > 19 && (text.ends_with('Z') || text[19..].contains(['+', '-']));
    offset && text.as_bytes()[10] == b'T' && text.parse::<jiff::Timestamp>().is_ok()
}

fn documents(page: &Snapshot) -> Vec<(&'static str, Value)> {
    let bundle = render(page);
    let read = |(path, fields): (&'static str, &Fields)| {
        let file = &bundle.files[&format!("api/v2/{path}")];
        assert_eq!(file.media_type, "application/json; charset=utf-8");
        let document: Value = serde_json::from_slice(&file.bytes).unwrap();
        check_object(document.as_object().unwrap(), fields, path);
        (path, document)
    };
    DOCUMENTS.map(read).to_vec()
}

fn document(page: &Snapshot, path: &str) -> Value {
    documents(page).into_iter().find(|(found, _)| *found == path).unwrap().1
}

#[test]
fn every_document_keeps_to_the_schema() {
    for page in [empty(), demo()] {
        documents(&page);
    }
}

#[test]
fn what_stands_in_them_is_what_the_page_says() {
    let page = demo();
    let summary = document(&page, "summary.json");
    assert_eq!(summary["page"]["updated_at"], "2026-11-23T13:12:00.000+01:00");
    assert_eq!(summary["components"].as_array().unwrap().len(), 46);
    assert_eq!(summary["status"]["indicator"], "minor");
    assert_eq!(summary["status"]["description"], "Minor Service Outage");
    let incident = &summary["incidents"][0];
    assert_eq!(summary["incidents"].as_array().unwrap().len(), 1);
    assert_eq!(incident["shortlink"], "https://help.example.org/status/incidents/b7k2m9");
    assert_eq!(incident["impact"], "major");
    assert_eq!(incident["updated_at"], "2026-11-23T13:00:00.000+01:00");
    let first = &incident["incident_updates"][1]["affected_components"][0];
    assert_eq!(first["old_status"], "operational");
    assert_eq!(first["new_status"], "partial_outage");
    // A change of clocks lies between: the offset is that of the day.
    let all = document(&page, "incidents.json");
    assert_eq!(all["incidents"][3]["started_at"], "2026-10-07T12:02:00.000+02:00");
    assert_eq!(all["incidents"].as_array().unwrap().len(), 5);
}

#[test]
fn groups_hold_their_components() {
    let listed = document(&demo(), "components.json");
    let components = listed["components"].as_array().unwrap();
    for group in components.iter().filter(|of| of["group"] == true) {
        let within: Vec<&Value> = components
            .iter()
            .filter(|of| of["group_id"] == group["id"])
            .map(|of| &of["id"])
            .collect();
        let named: Vec<&Value> = group["components"].as_array().unwrap().iter().collect();
        assert_eq!(within, named);
    }
    assert_eq!(components[0]["status"], "partial_outage", "a group is as its worst component");
}

#[test]
fn planned_work_is_listed_where_it_stands() {
    let mut page = demo();
    page.works.push(work(7, WorkPhase::InProgress, "2026-11-23T12:00:00Z", "2026-11-23T13:00:00Z"));
    let ids = |path: &str| -> Vec<String> {
        let listed = document(&page, path);
        let works = listed["scheduled_maintenances"].as_array().unwrap().clone();
        works.iter().map(|work| work["status"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids("scheduled-maintenances/upcoming.json"), ["scheduled"]);
    assert_eq!(ids("scheduled-maintenances/active.json"), ["in_progress"]);
    assert_eq!(ids("summary.json"), ["scheduled", "in_progress"]);
    // What was called off is not listed: there is no word for it.
    assert_eq!(ids("scheduled-maintenances.json"), ["in_progress", "scheduled", "completed"]);
}

#[test]
fn the_indicator_is_weighed() {
    use Condition::{Degraded, Maintenance, Major, Operational, Partial};
    for (conditions, indicator, description) in [
        (&[][..], "none", "All Systems Operational"),
        (&[Operational, Operational], "none", "All Systems Operational"),
        (&[Operational, Maintenance], "none", "Service Under Maintenance"),
        (&[Operational, Degraded], "minor", "Partially Degraded Service"),
        (&[Degraded, Degraded], "minor", "Degraded System Service"),
        (&[Operational, Partial], "minor", "Minor Service Outage"),
        (&[Partial, Partial], "major", "Partial System Outage"),
        (&[Major, Partial], "major", "Partial System Outage"),
        (&[Major], "critical", "Major System Outage"),
    ] {
        let mut page = empty();
        let made =
            conditions.iter().zip(0..).map(|(condition, at)| component(at, "Mail", *condition));
        page.components = made.collect();
        let status = document(&page, "status.json")["status"].clone();
        assert_eq!(status["indicator"], indicator, "{conditions:?}");
        assert_eq!(status["description"], description, "{conditions:?}");
    }
    let mut page = empty();
    page.incidents.push(going_on());
    assert_eq!(document(&page, "status.json")["status"]["indicator"], "minor");
}

#[test]
fn an_incident_without_a_word_yet_is_readable() {
    let mut page = empty();
    page.incidents.push(going_on());
    page.incidents[0].updates.clear();
    page.incidents[0].phase = Phase::Resolved;
    page.incidents[0].monitoring_at = Some(at("2026-11-23T12:00:00Z"));
    let all = document(&page, "incidents.json");
    assert_eq!(all["incidents"][0]["resolved_at"], "2026-11-23T12:46:00.000+01:00");
}
