//! Mappings as administrators write them.

use super::check::now;
use alert::doors::{Request, json};
use alert::mapping::{Field, Mapping};
use alert::{Severity, SignalStatus};
use serde_json::json;

#[test]
fn a_list_of_checks_becomes_signals() {
    let mapping = Mapping::parse([
        ("each", "report.checks[]"),
        ("key", "{{ $.report.site }}/{{ id }}"),
        ("title", "{{ host ?? 'unknown' }}: {{ trim(text) }}"),
        ("status", "match state == 'fine' { 'true' => 'resolved', _ => 'firing' }"),
        ("severity", "match rank { 1 | 2 => 'critical', 3 => 'warning' }"),
        ("labels", "facts"),
        ("links", "refs"),
        ("responders", "who[].name"),
        ("started_at", "since"),
    ])
    .unwrap();
    let document = json!({"report": {"site": "eu1", "checks": [
        {"id": 7, "host": "db1", "text": " full ", "state": "bad", "rank": 2, "since": 1795409531,
         "facts": [{"key": "disk", "value": "/var"}, "env:prod"], "who": [{"name": "dba"}, {"name": "ops"}],
         "refs": [{"url": "https://a.example/", "title": "Graph"}, "ftp://no.example/"]},
        {"id": 8, "text": "fine again", "state": "fine"},
    ]}});
    let reading = mapping.read(&document, now(), "fresh");
    let [first, second] = reading.signals.as_slice() else { panic!("{reading:?}") };
    assert_eq!((first.key.as_str(), first.title.as_str()), ("eu1/7", "db1: full"));
    assert_eq!((first.severity, first.labels["disk"].as_str()), (Severity::Critical, "/var"));
    assert_eq!((first.labels["env"].as_str(), first.links.len()), ("prod", 1));
    assert_eq!(first.responders, ["dba", "ops"]);
    assert_eq!(first.started_at, Some("2026-11-23T04:52:11Z".parse().unwrap()));
    assert_eq!((second.key.as_str(), second.status), ("eu1/8", SignalStatus::Resolved));
}

#[test]
fn an_end_that_is_past_counts_where_no_status_is_said() {
    let mapping = Mapping::parse([("status", "state"), ("ends_at", "until")]).unwrap();
    let status = |document| mapping.read(&document, now(), "fresh").signals[0].status;
    let past = "2020-01-01T00:00:00Z";
    assert_eq!(status(json!({ "until": past })), SignalStatus::Resolved);
    assert_eq!(status(json!({ "until": past, "state": "firing" })), SignalStatus::Firing);
    assert_eq!(status(json!({ "until": "2099-01-01T00:00:00Z" })), SignalStatus::Firing);
}

#[test]
fn faults_name_the_place() {
    let fault = |text: &str| Mapping::parse([("title", text)]).unwrap_err()[0].1.to_string();
    assert_eq!(fault("a ?? "), "ends where a path or a text should be (at character 5)");
    assert_eq!(fault("äö ?? 'x"), "has a text without its closing quotation mark (at character 7)");
    assert_eq!(
        fault("size(a)"),
        "size is no function; there are lower, upper and trim (at character 1)"
    );
    assert_eq!(fault("a b"), "'b' is not expected here (at character 3)");
    assert!(fault(&"(".repeat(40)).contains("deeper than 16"));
    assert!(fault(&"a ?? ".repeat(400)).contains("more than 300 parts"));
    let faults = Mapping::parse([("titel", "a"), ("each", "'x'"), ("key", "[")]).unwrap_err();
    let fields: Vec<&str> = faults.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["titel", "each", "key"]);
}

#[test]
fn a_trial_shows_what_each_field_gave() {
    let mapping =
        Mapping::parse([("title", "a.b"), ("severity", "lower(level)"), ("key", "c")]).unwrap();
    let trial = mapping.attempt(&json!({"a": {"b": [1, 2]}, "level": "CRIT"}), now(), "fresh");
    let given: Vec<_> =
        trial.elements[0].iter().map(|outcome| (outcome.field, outcome.value.as_deref())).collect();
    assert_eq!(
        given,
        [(Field::Key, None), (Field::Severity, Some("crit")), (Field::Title, Some("[1,2]"))]
    );
    assert_eq!(trial.reading.signals[0].severity, Severity::Critical);
}

#[test]
fn alerts_without_a_key_stay_apart() {
    let mapping = Mapping::parse([("each", "$"), ("title", "t")]).unwrap();
    let reading = mapping.read(&json!([{"t": "same"}, {"t": "same"}]), now(), "fresh");
    assert_eq!(reading.signals[0].title, reading.signals[1].title);
    assert_ne!(reading.signals[0].key, reading.signals[1].key);
}

#[test]
fn work_is_bounded() {
    let list: Vec<_> = (0..3_000).map(|n| json!({"n": n, "text": "x".repeat(100)})).collect();
    let whole = "{{ $ }}".repeat(200);
    let mapping = Mapping::parse([("each", "@"), ("title", "n"), ("body", &whole)]).unwrap();
    let begun = std::time::Instant::now();
    let reading = mapping.read(&json!(list), now(), "fresh");
    assert_eq!(reading.signals.len(), 3_000, "no alert is lost for it");
    assert!(reading.warnings.iter().any(|warning| warning.contains("too much work")));
    assert!(begun.elapsed().as_secs() < 20);
}

#[test]
fn usual_names_are_guessed() {
    let read = |document| Mapping::usual().read(&document, now(), "fresh").signals.remove(0);
    let told = read(json!({"title": "Disk full", "message": "99 %", "type": "failure", "id": 5}));
    assert_eq!(
        (told.key.as_str(), told.title.as_str(), told.body.as_str()),
        ("5", "Disk full", "99 %")
    );
    assert_eq!(told.severity, Severity::Error);
    assert_eq!(read(json!({"text": "up", "status": "recovered"})).status, SignalStatus::Resolved);
    assert_eq!(read(json!([1, 2])).title, "Alert without a title");
}

#[test]
fn what_calls_itself_a_text_or_xml_is_read_though_it_is_no_json() {
    let read = |kind: &str, body: &str| {
        let headers = [("content-type", kind)];
        let request = Request { headers: &headers, ..Request::post(body.as_bytes(), now(), "f") };
        json::read(&request, None).map(|reading| {
            let told = &reading.signals[0];
            (told.title.clone(), told.body.clone())
        })
    };
    let told = |title: &str, body: &str| Ok((title.to_owned(), body.to_owned()));
    assert_eq!(
        read("text/plain; charset=utf-8", "\nDisk full\non db1\n"),
        told("Disk full", "Disk full\non db1")
    );
    assert_eq!(read("text/plain", "[CRITICAL] Disk full"), told("[CRITICAL] Disk full", ""));
    let inches = "The 19\" rack\nis hot";
    assert_eq!(read("text/plain", inches), told("The 19\" rack", inches));
    let xml = "<Alert><Subject>Disk full</Subject><Message>on db1</Message></Alert>";
    assert_eq!(read("text/xml", xml), told("Disk full", "on db1"));
    assert_eq!(read("text/plain", r#"{"title": "Disk full"}"#), told("Disk full", ""));
    for (kind, body) in [
        ("application/json", "Disk full"),
        ("text/plain", r#"{"title": "Disk"#),
        ("text/plain", r#"[{"title": "Disk"#),
        ("text/plain", " "),
        ("text/xml", "<a/>"),
    ] {
        assert_eq!(read(kind, body).unwrap_err().field, "body", "{kind} {body}");
    }
}

#[test]
fn alerts_are_found_where_programs_put_them() {
    let read = |document: serde_json::Value| {
        let reading = Mapping::usual_for(&document).read(&document, now(), "fresh");
        let told = reading.signals.into_iter().map(|one| (one.title, one.status));
        told.collect::<Vec<_>>()
    };
    let (firing, over) = (SignalStatus::Firing, SignalStatus::Resolved);
    for (document, title, status) in [
        // A monitoring of a cloud, and another.
        (
            json!({"version": "1.2", "incident": {"summary": "Many errors", "state": "closed"}}),
            "Many errors",
            over,
        ),
        (
            json!({"schemaId": "common", "data": {"essentials": {"alertRule": "CPU", "monitorCondition": "Resolved"}}}),
            "CPU",
            over,
        ),
        // What is around the alert says whether it is over, or of what kind the message is.
        (
            json!({"eventType": "ALERT_NOTIFICATION_CLEAR", "alert": {"ruleName": "Agent away"}}),
            "Agent away",
            over,
        ),
        (
            json!({"event": "alert.opened", "data": {"title": "Lag", "status": "open"}}),
            "Lag",
            firing,
        ),
        (json!({"action": "Closed", "event": {"title": "Queue", "body": "x"}}), "Queue", over),
        // A title of its own counts more than what it holds.
        (json!({"title": "Build", "data": {"title": "x", "status": "ok"}}), "Build", firing),
        (
            json!({"event": "Check #1 recovered", "alert_type": "ALERT_RECOVERY"}),
            "Check #1 recovered",
            over,
        ),
        (json!({"alert": "Disk full"}), "Disk full", firing),
    ] {
        assert_eq!(read(document), [(title.to_owned(), status)]);
    }
    // Each alert of a list is one, whatever is said of all of them.
    let group = json!({"title": "[FIRING:1]", "status": "firing", "alerts": [
        {"status": "firing", "labels": {"alertname": "A"}, "fingerprint": "1"},
        {"status": "resolved", "annotations": {"summary": "B is bad"}, "fingerprint": "2"},
    ]});
    assert_eq!(read(group), [("A".to_owned(), firing), ("B is bad".to_owned(), over)]);
    let list = json!([{"title": "A"}, {"title": "B", "state": "ok"}]);
    assert_eq!(read(list), [("A".to_owned(), firing), ("B".to_owned(), over)]);
}
