//! Sources of which there is no capture.

use super::check::now;
use super::corpus;
use alert::doors::{Kind, Request, cloudevents, heartbeat, json, mail, pagerduty, sns};
use alert::{Reading, Severity, Signal, SignalStatus};

fn read(kind: Kind, body: &str) -> Reading {
    kind.read(&Request::post(body.as_bytes(), now(), "fresh")).unwrap()
}

fn signal(kind: Kind, body: &str) -> Signal {
    let reading = read(kind, body);
    assert_eq!(reading.signals.len(), 1, "{reading:?}");
    reading.signals.into_iter().next().unwrap()
}

fn at(text: &str) -> Option<kernel::Timestamp> {
    Some(text.parse().unwrap())
}

#[test]
fn grafana() {
    let told = signal(Kind::Grafana, corpus::GRAFANA);
    assert_eq!((told.key.as_str(), told.title.as_str()), ("c6eadffa33fcdf37", "Disk almost full"));
    assert_eq!(told.severity, Severity::Warning);
    assert_eq!(told.body, "91 % of /var\n\nValues: [ var='A' labels={} value=91.5 ]");
    assert_eq!(told.started_at, at("2026-11-23T04:52:11.2Z"));
    let links: Vec<_> = told.links.iter().map(|link| link.text.as_str()).collect();
    assert_eq!(links, ["Source", "Silence"]);
}

#[test]
fn grafana_before_version_9() {
    let told = signal(Kind::Grafana, corpus::GRAFANA_LEGACY);
    assert_eq!((told.key.as_str(), told.title.as_str()), ("rule:3:17", "Queue is long"));
    assert_eq!((told.severity, told.service.as_deref()), (Severity::Critical, Some("mail")));
    assert_eq!(told.body, "Someone is testing\n\nHigh value: 100");
    let state = |state: &str| corpus::GRAFANA_LEGACY.replace("\"alerting\"", &format!("{state:?}"));
    assert_eq!(signal(Kind::Grafana, &state("ok")).status, SignalStatus::Resolved);
    assert_eq!(signal(Kind::Grafana, &state("no_data")).status, SignalStatus::Firing);
    let paused = read(Kind::Grafana, &state("paused"));
    assert!(paused.signals.is_empty() && paused.warnings.len() == 1);
}

#[test]
fn uptime_kuma() {
    let told = signal(Kind::UptimeKuma, corpus::KUMA);
    assert_eq!((told.key.as_str(), told.title.as_str()), ("monitor:7", "Shop is down"));
    assert_eq!(told.started_at, at("2026-11-23T04:52:11.123Z"));
    assert_eq!((told.service.as_deref(), told.labels["prod"].as_str()), (Some("shop"), "yes"));
    let up = corpus::KUMA.replace("\"status\": 0", "\"status\": 1");
    assert_eq!(signal(Kind::UptimeKuma, &up).status, SignalStatus::Resolved);
    let paused = corpus::KUMA.replace("\"status\": 0", "\"status\": 3");
    assert!(read(Kind::UptimeKuma, &paused).signals.is_empty());
    let test =
        signal(Kind::UptimeKuma, r#"{"heartbeat": null, "monitor": null, "msg": "Testing"}"#);
    assert_eq!((test.severity, test.key.as_str()), (Severity::Info, "fresh"));
    // What else has no heartbeat must reach somebody.
    let expires = r#"{"heartbeat": null, "monitor": null, "msg": "[Shop][https://shop.example] certificate expires in 7 days"}"#;
    assert_eq!(signal(Kind::UptimeKuma, expires).severity, Severity::Warning);
}

#[test]
fn zabbix() {
    let reading = read(Kind::Zabbix, corpus::ZABBIX);
    let told = &reading.signals[0];
    assert_eq!((told.key.as_str(), told.title.as_str()), ("event:4711", "High CPU on db1"));
    assert_eq!(told.severity, Severity::Critical);
    assert_eq!(told.started_at, None, "a local time is not taken as UTC");
    assert_eq!((told.service.as_deref(), told.labels["host"].as_str()), (Some("db"), "db1"));
    assert!(told.links.is_empty(), "a macro is no address");
    assert_eq!(reading.warnings.len(), 2, "{:?}", reading.warnings);
    let over = corpus::ZABBIX.replace("\"event_value\": \"1\"", "\"event_value\": \"0\"");
    assert_eq!(signal(Kind::Zabbix, &over).status, SignalStatus::Resolved);
    let taken =
        corpus::ZABBIX.replace("\"update_action\": \"\"", "\"update_action\": \"acknowledged\"");
    assert_eq!(signal(Kind::Zabbix, &taken).status, SignalStatus::Acknowledged);
    let unix = corpus::ZABBIX.replace("2026.11.23 04:50:00", "1795409531");
    assert_eq!(signal(Kind::Zabbix, &unix).started_at, at("2026-11-23T04:52:11Z"));
}

#[test]
fn a_template_that_escapes_nothing_still_pages() {
    let body = "{\"event_id\": \"1\", \"event_name\": \"Disk\", \"message\": \"line one\nline \"\", \"x\": 1}";
    assert!(Kind::Zabbix.read(&Request::post(body.as_bytes(), now(), "f")).is_err());
    let body = body.replace("line \"\"", "line two\"");
    assert_eq!(signal(Kind::Zabbix, &body).body, "line one\nline two");
}

#[test]
fn sentry() {
    let told = signal(Kind::Sentry, corpus::SENTRY_ISSUE);
    assert_eq!((told.key.as_str(), told.severity), ("issue:1117540176", Severity::Error));
    assert_eq!((told.labels["browser"].as_str(), told.service), ("Chrome", None));
    let told = signal(Kind::Sentry, corpus::SENTRY_METRIC);
    assert_eq!((told.key.as_str(), told.severity), ("metric:4", Severity::Critical));
    let over = corpus::SENTRY_METRIC.replace("\"critical\"", "\"resolved\"");
    assert_eq!(signal(Kind::Sentry, &over).status, SignalStatus::Resolved);
    let issue = r#"{"action": "resolved", "data": {"issue": {"id": "7", "title": "x", "project": {"slug": "shop"}}}}"#;
    let told = signal(Kind::Sentry, issue);
    assert_eq!(
        (told.key.as_str(), told.status, told.service.as_deref()),
        ("issue:7", SignalStatus::Resolved, Some("shop"))
    );
}

#[test]
fn sentry_tells_of_errors_and_of_what_is_no_alert() {
    let error = r#"{"action": "created", "data": {"error": {"issue_id": "9", "title": "Boom", "level": "fatal"}}}"#;
    let told = signal(Kind::Sentry, error);
    assert_eq!((told.key.as_str(), told.severity), ("issue:9", Severity::Critical));
    let body = br#"{"action": "created", "data": {"installation": {"status": "installed"}}}"#;
    let headers = [("Sentry-Hook-Resource", "installation")];
    let request = Request { headers: &headers, ..Request::post(body, now(), "fresh") };
    let reading = Kind::Sentry.read(&request).unwrap();
    assert!(reading.signals.is_empty() && reading.warnings.len() == 1, "{reading:?}");
}

#[test]
fn datadog() {
    let told = signal(Kind::Datadog, corpus::DATADOG);
    assert_eq!((told.key.as_str(), told.title.as_str()), ("9bd4ac", "CPU is high on {host:web-1}"));
    assert_eq!((told.severity, told.service.as_deref()), (Severity::Error, Some("web")));
    assert_eq!(told.started_at, at("2026-11-23T04:52:11Z"));
    let over = corpus::DATADOG.replace("Triggered\",", "Recovered\",");
    assert_eq!(signal(Kind::Datadog, &over).status, SignalStatus::Resolved);
    // A site may have the fields sent as a form.
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let form = b"title=%5BTriggered%5D+CPU+is+high&aggreg_key=9bd4ac&alert_priority=P1&snapshot=%24SNAPSHOT";
    let request = Request { headers: &headers, ..Request::post(form, now(), "fresh") };
    let told = Kind::Datadog.read(&request).unwrap().signals.remove(0);
    assert_eq!((told.key.as_str(), told.title.as_str()), ("9bd4ac", "CPU is high"));
    assert_eq!(told.severity, Severity::Critical);
}

/// The template that Datadog proposes, as it stands.
#[test]
fn datadog_by_its_own_template() {
    let told = |id: &str, title: &str| {
        let body = serde_json::json!({
            "body": "%%%\nThe disk is full\n%%%", "last_updated": "1795409531000",
            "event_type": "query_alert_monitor", "title": title, "date": "1795409531000",
            "org": {"id": "1", "name": "Northwind"}, "id": id,
        });
        signal(Kind::Datadog, &body.to_string())
    };
    let began = told("1", "[P2] [Triggered on {host:web-1,env:prod}] Disk is full");
    assert_eq!((began.title.as_str(), began.status), ("Disk is full", SignalStatus::Firing));
    assert_eq!(began.key, "title:Disk is full:host:web-1,env:prod");
    let over = told("2", "[P2] [Recovered on {host:web-1,env:prod}] Disk is full");
    assert_eq!((over.key == began.key, over.status), (true, SignalStatus::Resolved));
    let long = format!("host:{}", "web-1".repeat(20));
    let began = told("1", &format!("[Triggered on {{{long}}}] Disk is full"));
    let over = told("2", &format!("[Recovered on {{{long}}}] Disk is full"));
    assert_eq!((began.title.as_str(), began.key == over.key), ("Disk is full", true));
    let warned = told("3", "[Warn on {host:web-1,env:prod}] Disk is full");
    assert_eq!((warned.severity, warned.status), (Severity::Warning, SignalStatus::Firing));
    let keys = [
        "[Triggered on {host:web-2,env:prod}] Disk is full",
        "[Triggered] Disk is full",
        "[Triggered] [shop] Disk is full",
        "[Triggered] Disk is slow",
    ];
    let keys: std::collections::BTreeSet<_> =
        keys.iter().map(|title| told("4", title).key).chain([warned.key]).collect();
    assert_eq!(keys.len(), 5, "other places and other words are other alerts: {keys:?}");
    // What says nothing of an alert's life is known by its event.
    assert_eq!(told("5", "[shop] Deploy is done").key, "event:5");
    let alone = told("6", "[Recovered]");
    assert_eq!((alone.status, alone.key.is_empty()), (SignalStatus::Resolved, false));
    let host = r#"{"title": "[Recovered] Disk is full", "hostname": "web-1"}"#;
    assert_eq!(signal(Kind::Datadog, host).key, "title:Disk is full:web-1");
}

#[test]
fn victorops_and_incident_io() {
    let told = signal(Kind::Victorops, corpus::VICTOROPS);
    assert_eq!((told.key.as_str(), told.title.as_str()), ("disk/db1", "Disk of db1 is full"));
    assert_eq!((told.body.as_str(), told.labels["team"].as_str()), ("99 %\nof 1 TB", "dba"));
    let over = signal(Kind::Victorops, r#"{"message_type": "RECOVERY", "entity_id": "disk/db1"}"#);
    assert_eq!((over.key.as_str(), over.status), ("disk/db1", SignalStatus::Resolved));
    let told = signal(Kind::IncidentIo, corpus::INCIDENT_IO);
    assert_eq!((told.key.as_str(), told.severity), ("lag-db2", Severity::Critical));
    assert_eq!(told.labels["nested"], r#"{"a": [1]}"#);
}

#[test]
fn sns_with_an_alarm_of_cloudwatch() {
    let told = |body: &str| sns::read(&Request::post(body.as_bytes(), now(), "fresh")).unwrap();
    let sns::Message::Told(reading) = told(corpus::SNS_ALARM) else { panic!("a notification") };
    let alarm = &reading.signals[0];
    assert_eq!((alarm.key.as_str(), alarm.title.as_str()), ("1/EU (Frankfurt)/cpu", "cpu"));
    assert_eq!(
        (alarm.labels["InstanceId"].as_str(), alarm.once.as_deref()),
        ("i-1", Some("22b80b92"))
    );
    assert_eq!(alarm.started_at, at("2026-11-23T04:52:11Z"));
    assert!(matches!(told(corpus::SNS_CONFIRM), sns::Message::Confirm { .. }));
    let elsewhere = corpus::SNS_CONFIRM.replace("sns.eu-central-1.amazonaws.com", "10.0.0.1");
    let error = sns::read(&Request::post(elsewhere.as_bytes(), now(), "fresh")).unwrap_err();
    assert_eq!(error.field, "SubscribeURL");
    let plain = r#"{"Type": "Notification", "MessageId": "m", "Message": "Disk full\non db1"}"#;
    let sns::Message::Told(reading) = told(plain) else { panic!("a notification") };
    assert_eq!(reading.signals[0].title, "Disk full");
    let bare = r#"{"Message": {"AlarmName": "cpu", "NewStateValue": "ALARM"}}"#;
    let sns::Message::Told(reading) = told(bare) else { panic!("a notification") };
    assert_eq!(reading.signals[0].title, "cpu");
    assert!(sns::read(&Request::post(br#"{"Message": [1]}"#, now(), "fresh")).is_err());
    // As EventBridge tells of an alarm, and of something else.
    let event = |kind: &str, detail: &str| {
        let message = format!(
            r#"{{"detail-type": "{kind}", "resources": ["arn:alarm:cpu"], "detail": {detail}}}"#
        );
        serde_json::json!({"Type": "Notification", "MessageId": "m", "Message": message})
            .to_string()
    };
    let detail = r#"{"alarmName": "cpu", "state": {"value": "OK", "timestamp": "2026-11-23T04:52:11.000+0000"}}"#;
    let sns::Message::Told(reading) = told(&event("CloudWatch Alarm State Change", detail)) else {
        panic!("a notification")
    };
    let alarm = &reading.signals[0];
    assert_eq!((alarm.key.as_str(), alarm.title.as_str()), ("arn:alarm:cpu", "cpu"));
    assert_eq!(alarm.status, SignalStatus::Resolved);
    let sns::Message::Told(reading) = told(&event("GuardDuty Finding", "{}")) else {
        panic!("a notification")
    };
    assert_eq!(reading.signals[0].title, "GuardDuty Finding");
}

#[test]
fn cloudevents_in_all_forms() {
    let structured = [("Content-Type", "application/cloudevents+json; charset=utf-8")];
    let request = Request {
        headers: &structured,
        ..Request::post(corpus::CLOUDEVENT.as_bytes(), now(), "fresh")
    };
    let told = json::read(&request, None).unwrap().signals.remove(0);
    assert_eq!(
        (told.key.as_str(), told.title.as_str()),
        ("/clusters/eu1 pod-7", "Pod is crashing")
    );
    assert_eq!(
        (told.severity, told.once.as_deref()),
        (Severity::Critical, Some("/clusters/eu1 A-1"))
    );
    assert_eq!(told.started_at, at("2026-11-23T04:52:11Z"));

    let batch = format!("[{0}, {0}]", corpus::CLOUDEVENT);
    let headers = [("content-type", "application/cloudevents-batch+json")];
    let request = Request { headers: &headers, ..Request::post(batch.as_bytes(), now(), "fresh") };
    assert_eq!(cloudevents::read(&request, None).unwrap().signals.len(), 2);

    let headers = [
        ("ce-specversion", "1.0"),
        ("CE-Id", "A-1"),
        ("ce-source", "/clusters/eu1"),
        ("ce-type", "disk.full"),
        ("ce-subject", "db1%20disk"),
        ("content-type", "application/json"),
    ];
    let request = Request { headers: &headers, ..Request::post(b"{\"free\": 3}", now(), "fresh") };
    let told = json::read(&request, None).unwrap().signals.remove(0);
    assert_eq!((told.key.as_str(), told.title.as_str()), ("/clusters/eu1 db1 disk", "db1 disk"));

    // Without a subject an event that comes twice is the same.
    let request = Request { headers: &headers[..4], ..Request::post(b"{}", now(), "fresh") };
    let told = json::read(&request, None).unwrap().signals.remove(0);
    assert_eq!(told.key, "/clusters/eu1 A-1");
}

#[test]
fn goalert_by_form_and_address() {
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let body = b"summary=Disk+full&details=99%25&action=close";
    let request = Request { headers: &headers, ..Request::post(body, now(), "fresh") };
    let closed = Kind::Goalert.read(&request).unwrap().signals.remove(0);
    assert_eq!(closed.status, SignalStatus::Resolved);
    let request = Request {
        query: "summary=Disk%20full&details=99%25",
        ..Request::post(b"", now(), "fresh")
    };
    let opened = Kind::Goalert.read(&request).unwrap().signals.remove(0);
    assert_eq!((opened.status, &opened.key), (SignalStatus::Firing, &closed.key));
    assert!(Kind::Goalert.read(&Request::post(b"{}", now(), "fresh")).is_err());
    // Where the address says it all, the body need not.
    let request = Request { body: b"nothing", ..request };
    assert_eq!(Kind::Goalert.read(&request).unwrap().signals[0].key, closed.key);
    let parts =
        b"--x\r\nContent-Disposition: form-data; name=\"summary\"\r\n\r\nDisk full\r\n--x--\r\n";
    let headers = [("content-type", "multipart/form-data; boundary=x")];
    let request = Request { headers: &headers, ..Request::post(parts, now(), "fresh") };
    assert_eq!(Kind::Goalert.read(&request).unwrap().signals[0].title, "Disk full");
}

#[test]
fn pagerduty_refuses_what_it_refuses_but_for_a_severity() {
    let read = |body: &str| pagerduty::read(&Request::post(body.as_bytes(), now(), "fresh"));
    let trigger = |rest: &str| {
        format!(r#"{{"routing_key": "k", "event_action": "trigger", "payload": {{{rest}}}}}"#)
    };
    for severity in ["", r#", "severity": """#, r#", "severity": "bad""#] {
        let event = read(&trigger(&format!(r#""summary": "Lag", "source": "db1"{severity}"#)));
        let event = event.unwrap();
        let told = &event.reading.signals[0];
        assert_eq!((event.dedup_key(), told.title.as_str()), ("fresh", "Lag"));
        assert_eq!(told.severity, Severity::Error);
        assert_eq!(event.reading.warnings.len(), 1, "{:?}", event.reading.warnings);
    }
    let field = |body: &str| read(body).unwrap_err().field;
    assert_eq!(field("{}"), "routing_key");
    assert_eq!(field(r#"{"routing_key": "k", "event_action": "resolve"}"#), "dedup_key");
    assert_eq!(field(r#"{"routing_key": "k", "event_action": "trigger"}"#), "payload.summary");
    assert_eq!(field(&trigger(r#""source": "db1""#)), "payload.summary");
    assert_eq!(field(&trigger(r#""summary": "Lag""#)), "payload.source");
    assert_eq!(field(r#"{"routing_key": "k", "event_action": "boom"}"#), "event_action");
    assert_eq!(field(r#"{"routing_key": "k"}"#), "event_action");
    assert_eq!(field("nonsense"), "body");
    // The first clients in Python have the key in a header.
    let headers = [("X-Routing-Key", "k")];
    let body = br#"{"event_action": "resolve", "dedup_key": "d"}"#;
    let request = Request { headers: &headers, ..Request::post(body, now(), "fresh") };
    assert_eq!(pagerduty::read(&request).unwrap().routing_key, "k");

    let event = pagerduty::read_v1(&Request::post(corpus::PAGERDUTY_V1.as_bytes(), now(), "fresh"))
        .unwrap();
    let told = &event.reading.signals[0];
    assert_eq!((told.key.as_str(), told.links.len()), ("srv01/HTTP", 3));
    assert_eq!(told.labels["load avg"], "0.75");
}

#[test]
fn two_long_keys_with_one_beginning_stay_two() {
    let key = |end: &str| {
        let body = format!(
            r#"{{"routing_key": "k", "event_action": "resolve", "dedup_key": "{}{end}"}}"#,
            "x".repeat(600)
        );
        let event = pagerduty::read(&Request::post(body.as_bytes(), now(), "fresh")).unwrap();
        event.dedup_key().to_owned()
    };
    assert_ne!(key("a"), key("b"));
    assert_eq!(key("a"), key("a"));
}

#[test]
fn clocks_that_cannot_be_right_are_dropped() {
    let told = |start: &str| {
        let body = format!(r#"[{{"labels": {{"alertname": "A"}}, "startsAt": "{start}"}}]"#);
        read(Kind::Prometheus, &body)
    };
    for start in
        ["1970-01-01T00:00:00Z", "2031-01-01T00:00:00Z", "yesterday", "2026-11-23T04:00:00"]
    {
        let reading = told(start);
        assert_eq!(reading.signals[0].started_at, None, "{start}");
        assert_eq!(reading.warnings.len(), 1, "{start}");
    }
    assert_eq!(told("0001-01-01T00:00:00Z").warnings.len(), 0);
    assert_eq!(told("2026-11-23T05:30:00Z").signals[0].started_at, at("2026-11-23T05:30:00Z"));
}

#[test]
fn labels_without_a_fingerprint_are_known_as_alertmanager_knows_them() {
    let body = r#"[{"labels": {"severity": "critical", "alertname": "HighLatency", "service": "checkout",
        "instance": "web-1", "cluster": "eu1", "empty": ""}, "endsAt": "2026-11-23T04:59:00Z"}]"#;
    let told = signal(Kind::Prometheus, body);
    assert_eq!((told.key.as_str(), told.status), ("bdf5e1dbd55ce721", SignalStatus::Resolved));
}

#[test]
fn a_sign_of_life_may_say_that_the_job_failed() {
    let beat = |path: &str, body: &str| {
        heartbeat::read(&Request { path, ..Request::post(body.as_bytes(), now(), "f") })
    };
    assert!(!beat("", "").failed);
    assert_eq!(beat("", "done in 3 s").note.as_deref(), Some("done in 3 s"));
    assert!(beat("/fail", "").failed && beat("2", "").failed && !beat("0", "").failed);
    assert!(beat("", r#"{"status": "error", "message": "disk full"}"#).failed);
}

#[test]
fn mails_of_alertmanager_are_told_apart() {
    let text = "[FIRING:2] X\n\n[1] Firing\nLabels\nalertname = HighLatency\ncluster = eu1\ninstance = web-1\n\
        service = checkout\nseverity = critical\nAnnotations\nsummary = p99\nabove 2s\nrunbook_url = http://r.example/\nSource\n\
        [1] Resolved\nLabels\nalertname = B\nAnnotations\nSource\nSent by Alertmanager";
    let reading = mail::read("[FIRING:1] HighLatency", text, now()).unwrap();
    let [first, second] = reading.signals.as_slice() else { panic!("{reading:?}") };
    assert_eq!((first.key.as_str(), first.title.as_str()), ("bdf5e1dbd55ce721", "p99 above 2s"));
    assert_eq!((second.status, second.title.as_str()), (SignalStatus::Resolved, "B"));
    // As the letter's page is read, of a mail that Alertmanager sent beside a captured webhook.
    let text = "1 alert for alertname=Unicode cluster=日本\nView in Alertmanager <http://vm:28493/#/alerts?receiver=all>\n\
        [1] Resolved\nLabels\nalertname = Unicode\ncluster = 日本\ninstance = host\"quoted\\x\nservice = büro\n\
        severity = info\nAnnotations\nsummary = Ünïcode ✓ newline second line\nSource\nSent by Alertmanager <http://vm:28493>";
    let real =
        mail::read("[RESOLVED] Unicode 日本 (host\"quoted\\x büro info)", text, now()).unwrap();
    let signal = &real.signals[0];
    assert_eq!((signal.key.as_str(), signal.status), ("7b6d1e1d44d7954c", SignalStatus::Resolved));
    assert_eq!(
        (signal.title.as_str(), signal.severity),
        ("Ünïcode ✓ newline second line", Severity::Info)
    );
    assert_eq!(mail::read("Re: [FIRING:1] HighLatency", text, now()), None);
    assert_eq!(mail::read("[FIRING:1] HighLatency", "call me", now()), None);
}
