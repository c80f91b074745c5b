//! Every captured request, and what is read from it, word for word.
//!
//! The expected text is `tests/captures.txt`, and was read by a person. To write it anew after a
//! change that is meant: `EVENKEEL_WRITE_CAPTURES=1 cargo nextest run -p evenkeel-alert captures`.

use super::check::now;
use super::corpus::{Capture, captures};
use alert::doors::alertmanager::answers;
use alert::doors::opsgenie::{self, Call};
use alert::doors::{Kind, Request, Unreadable, json, pagerduty};
use alert::{Reading, Signal};
use std::fmt::Write;
use std::path::Path;

#[test]
fn every_capture_says_what_it_said() {
    let mut said = String::new();
    for capture in captures() {
        writeln!(said, "{}", capture.name).unwrap();
        said.push_str(&told(&capture));
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures.txt");
    if std::env::var_os("EVENKEEL_WRITE_CAPTURES").is_some() {
        std::fs::write(&file, &said).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap();
    for (said, expected) in said.lines().zip(expected.lines()) {
        assert_eq!(said, expected);
    }
    assert_eq!(said.lines().count(), expected.lines().count());
}

/// What comes of a captured request at the door of its path.
fn told(capture: &Capture) -> String {
    let (path, query) = capture.path.split_once('?').unwrap_or((&capture.path, ""));
    let headers: Vec<(&str, &str)> =
        capture.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let request = Request {
        method: &capture.method,
        path,
        query,
        headers: &headers,
        ..Request::post(&capture.body, now(), "fresh")
    };
    match path {
        "/am/webhook" | "/am/webhook-max1" => reading(Kind::Alertmanager.read(&request)),
        // Two minutes after it was sent: later it would be over.
        "/api/v2/alerts" => {
            let now = "2026-11-23T04:55:00Z".parse().unwrap();
            reading(Kind::Prometheus.read(&Request { now, ..request }))
        }
        "/api/v2/generic/incoming" => reading(Kind::Goalert.read(&request)),
        "/v2/enqueue" => {
            let event = pagerduty::read(&request).unwrap();
            format!("  for {}\n{}", event.routing_key, reading(Ok(event.reading)))
        }
        "/v2/change/enqueue" => format!("  {:?}\n", pagerduty::changes::read(&request).unwrap()),
        path if path.ends_with(".json") => "  no alert: a question to a status page\n".to_owned(),
        path if path.starts_with("/v2/") => call(opsgenie::read(&request).unwrap()),
        _ => reading(json::read(&request, None)),
    }
}

fn call(call: Call) -> String {
    match call {
        Call::Create(create) => {
            let mut said = reading(Ok(create.reading.clone()));
            writeln!(said, "  tags {:?} actions {:?}", create.tags, create.actions).unwrap();
            writeln!(said, "  responders {:?}", create.responders).unwrap();
            writeln!(said, "  visible to {:?} user {:?}", create.visible_to, create.user).unwrap();
            said
        }
        other => format!("  {other:?}\n"),
    }
}

fn reading(reading: Result<Reading, Unreadable>) -> String {
    let reading = match reading {
        Ok(reading) => reading,
        Err(error) => return format!("  unreadable {error}\n"),
    };
    let mut said = String::new();
    for signal in &reading.signals {
        said.push_str(&one(signal));
    }
    if let Some(group) = &reading.group {
        writeln!(said, "  group {group} left out {}", reading.left_out).unwrap();
    }
    for warning in &reading.warnings {
        writeln!(said, "  warning {warning}").unwrap();
    }
    said
}

fn one(signal: &Signal) -> String {
    let mut said = String::new();
    let Signal { key, status, severity, title, .. } = signal;
    writeln!(said, "  {status} {severity} {key} {title:?}").unwrap();
    writeln!(said, "    labels {:?}", signal.labels).unwrap();
    if !signal.body.is_empty() {
        writeln!(said, "    body {:?}", signal.body).unwrap();
    }
    for link in &signal.links {
        writeln!(said, "    link {} {}", link.text, link.href).unwrap();
    }
    let moments = [("started", signal.started_at), ("ends", signal.ends_at)];
    for (word, at) in moments.into_iter().filter_map(|(word, at)| Some((word, at?))) {
        writeln!(said, "    {word} {at}").unwrap();
    }
    let words = [
        ("service", signal.service.clone()),
        ("group", signal.group.clone()),
        ("priority", signal.priority.map(|priority| priority.to_string())),
        ("note", signal.note.clone()),
        ("once", signal.once.clone()),
    ];
    for (name, value) in words.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        writeln!(said, "    {name} {value:?}").unwrap();
    }
    if !signal.responders.is_empty() {
        writeln!(said, "    responders {:?}", signal.responders).unwrap();
    }
    said
}

#[test]
fn a_cut_group_never_resolves_what_it_left_out() {
    let cut = captures().into_iter().filter(|capture| capture.path == "/am/webhook-max1");
    let mut lied = 0;
    for capture in cut {
        let body: serde_json::Value = serde_json::from_slice(&capture.body).unwrap();
        let request = Request::post(&capture.body, now(), "fresh");
        let reading = Kind::Alertmanager.read(&request).unwrap();
        assert_eq!(reading.left_out, body["truncatedAlerts"].as_u64().unwrap());
        assert_eq!(reading.signals.len(), body["alerts"].as_array().unwrap().len());
        lied += u32::from(body["status"] == "resolved" && reading.left_out > 0);
    }
    assert!(lied > 0, "the captures hold a group that lies");
}

#[test]
fn answers_have_the_shape_that_amtool_was_given() {
    let real = include_str!("../captures/amtool_silence_query.json");
    let at = |text: &str| text.parse().unwrap();
    let ours = answers::Silence {
        id: "a4e16fb0-51ce-484b-955e-4f31e31d418c".into(),
        status: answers::SilenceStatus { state: answers::SilenceState::Active },
        updated_at: at("2026-11-23T04:52:53.571Z"),
        comment: "maint".into(),
        created_by: "me".into(),
        ends_at: at("2026-11-23T05:52:53.568Z"),
        matchers: alert::doors::alertmanager::matchers::parse("alertname=Unicode").unwrap(),
        starts_at: at("2026-11-23T04:52:53.571Z"),
    };
    let real: serde_json::Value = serde_json::from_str(real).unwrap();
    assert_eq!(serde_json::to_value([ours]).unwrap(), real);
    let real: serde_json::Value =
        serde_json::from_str(include_str!("../captures/am_status.json")).unwrap();
    let ours = answers::status("0.1.0", now());
    let keys =
        |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&ours), keys(&real));
    assert_eq!(keys(&ours["versionInfo"]), keys(&real["versionInfo"]));
}
