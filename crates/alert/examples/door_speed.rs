//! How many alerts a second each door reads: `cargo run --release -p evenkeel-alert --example door_speed`.

#[allow(dead_code, reason = "the tests need more of it")]
#[path = "../tests/it/corpus.rs"]
mod corpus;

use alert::doors::{Kind, Request, json, opsgenie, pagerduty, sns};
use std::time::{Duration, Instant};

/// Alerts in one body, where a source sends several.
const ALERTS: usize = 10_000;
/// How long each door is measured.
const MEASURED: Duration = Duration::from_secs(2);

fn main() {
    let now = "2026-11-23T05:00:00Z".parse().expect("an instant");
    let body = |name: &str| {
        let captures = corpus::captures();
        captures.into_iter().find(|capture| capture.name == name).expect("it was captured").body
    };
    let webhook = |text: &[u8]| many(text, "alerts");
    let alertmanager = webhook(&body("am_alertmanager_post_am_webhook.1"));
    let prometheus = list(&body("clients_prometheus_post_api_v2_alerts.1"));
    let grafana = webhook(corpus::GRAFANA.as_bytes());
    let kinds = [
        ("alertmanager", Kind::Alertmanager, alertmanager),
        ("prometheus", Kind::Prometheus, prometheus),
        ("grafana", Kind::Grafana, grafana),
        ("uptime_kuma", Kind::UptimeKuma, corpus::KUMA.into()),
        ("zabbix", Kind::Zabbix, corpus::ZABBIX.into()),
        ("sentry", Kind::Sentry, corpus::SENTRY_ISSUE.into()),
        ("datadog", Kind::Datadog, corpus::DATADOG.into()),
        ("victorops", Kind::Victorops, corpus::VICTOROPS.into()),
        ("incident_io", Kind::IncidentIo, corpus::INCIDENT_IO.into()),
    ];
    for (name, kind, body) in kinds {
        let request = Request::post(&body, now, "fresh");
        measure(name, &body, || kind.read(&request).map_or(0, |reading| reading.signals.len()));
    }
    let event = body("am_alertmanager_post_v2_enqueue.1");
    let request = Request::post(&event, now, "fresh");
    measure("pagerduty", &event, || {
        pagerduty::read(&request).map_or(0, |event| event.reading.signals.len())
    });
    let create = body("am_alertmanager_post_v2_alerts.1");
    let request = Request { path: "v2/alerts", ..Request::post(&create, now, "fresh") };
    measure("opsgenie", &create, || usize::from(opsgenie::read(&request).is_ok()));
    let request = Request::post(corpus::SNS_ALARM.as_bytes(), now, "fresh");
    measure("sns", request.body, || usize::from(sns::read(&request).is_ok()));
    let any = body("clients_apprise_post_generic_json.1");
    let request = Request::post(&any, now, "fresh");
    measure("json", &any, || json::read(&request, None).map_or(0, |reading| reading.signals.len()));
}

fn many(text: &[u8], field: &str) -> Vec<u8> {
    let mut value: serde_json::Value = serde_json::from_slice(text).expect("JSON");
    let one = value[field][0].clone();
    value[field] = (0..ALERTS).map(|n| numbered(&one, n)).collect();
    value.to_string().into_bytes()
}

fn list(text: &[u8]) -> Vec<u8> {
    let value: serde_json::Value = serde_json::from_slice(text).expect("JSON");
    let all: serde_json::Value = (0..ALERTS).map(|n| numbered(&value[0], n)).collect();
    all.to_string().into_bytes()
}

fn numbered(one: &serde_json::Value, n: usize) -> serde_json::Value {
    let mut one = one.clone();
    one["labels"]["instance"] = format!("web-{n}").into();
    one["fingerprint"] = format!("{n:016x}").into();
    one
}

fn measure(name: &str, body: &[u8], read: impl Fn() -> usize) {
    let (mut alerts, mut bytes) = (0usize, 0usize);
    let begun = Instant::now();
    while begun.elapsed() < MEASURED {
        alerts += read();
        bytes += body.len();
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "{name:<13} {:>9.0} alerts/s {:>6.0} MB/s, bodies of {} bytes",
        alerts as f64 / seconds,
        bytes as f64 / seconds / 1e6,
        body.len()
    );
}
