//! What is measured of monitoring: one alert a request, and a thousand.

use crate::http::post;
use crate::pace::{self, MakeRequest, Measured};
use crate::server::Server;
use desk::{Desk, Options, SystemClock, command_line};
use kernel::{IntegrationId, IntegrationKey};
use std::sync::Arc;
use store::directory::integrations::{self, Integration, IntegrationKind, Settings};
use store::files::Files;
use store::{Store, Target};

/// The key of the measured source; it lives for minutes on loopback.
const KEY: &str = "10ad10ad10ad10ad10ad10ad10ad10ad";
/// Clients that send one alert a request.
const CLIENTS: usize = 32;
/// Clients that send many.
const SENDERS: usize = 4;
/// Alerts that are told of over and over.
const KNOWN: u64 = 1_000;
/// Alerts of one large request.
const MANY: u64 = 1_000;

/// Gives a store the source, unless it has it.
pub async fn prepare(target: &Target) -> Result<(), String> {
    let target = target.clone();
    let opened = tokio::task::spawn_blocking(move || {
        let options =
            Options { clock: Arc::new(SystemClock), files: Files::local("files"), serve: false };
        Desk::open(Store::open(&target)?, options)
    });
    let words = |error: &dyn std::fmt::Display| error.to_string();
    let desk = opened.await.map_err(|error| words(&error))?.map_err(|error| words(&error))?;
    let key: IntegrationKey = KEY.parse().map_err(|kernel::Invalid(words)| words)?;
    let source = Integration {
        id: IntegrationId(desk::fresh()),
        name: "Measured source".to_owned(),
        kind: IntegrationKind::Alertmanager,
        key: key.clone(),
        service: None,
        team: None,
        addresses: vec![],
        settings: Settings::default(),
        new_secrets: None,
        active: true,
        archived: false,
        last_seen_at: None,
        version: 1,
    };
    let insert = desk.change(command_line(), move |sql, _| {
        let missing = integrations::by_key(sql, &key)?.is_none();
        if missing {
            integrations::insert(sql, &source)?;
        }
        Ok::<(), desk::Trouble>(())
    });
    insert.await.map_err(|error| words(&error))?;
    desk.close().await;
    Ok(())
}

/// Repeats and new alerts, one a request and a thousand.
pub async fn measure(server: &Server, seconds: u64) {
    let address = server.address.clone();
    let repeat: MakeRequest = {
        let made: Vec<Vec<u8>> =
            (0..KNOWN).map(|n| request(&address, &[format!("known-{n}")])).collect();
        Arc::new(move |i| made[(i % KNOWN) as usize].clone())
    };
    run(server, "one alert a request, known", CLIENTS, seconds, 1, repeat).await;
    let new: MakeRequest = {
        let address = address.clone();
        Arc::new(move |i| request(&address, &[format!("new-{i}")]))
    };
    run(server, "one alert a request, new", CLIENTS, seconds, 1, new).await;
    let many: MakeRequest = {
        let made: Vec<Vec<u8>> = (0..8)
            .map(|part| {
                let names: Vec<_> = (0..MANY).map(|n| format!("many-{part}-{n}")).collect();
                request(&address, &names)
            })
            .collect();
        Arc::new(move |i| made[(i % 8) as usize].clone())
    };
    run(server, "a thousand alerts a request", SENDERS, seconds, MANY, many).await;
}

async fn run(
    server: &Server,
    name: &str,
    clients: usize,
    seconds: u64,
    alerts: u64,
    make: MakeRequest,
) {
    let used = server.cpu_seconds();
    let measured: Measured = pace::closed(&server.address, clients, seconds, 200, make).await;
    let each = (server.cpu_seconds() - used) * 1_000_000.0
        / (measured.answers() as f64 * alerts as f64).max(1.0);
    println!(
        "{name}, {clients} clients: {:.0} alerts/s, p50 {:.1} ms, p99 {:.1} ms, {each:.0} µs of processor an alert, {} FAILED",
        measured.per_second * alerts as f64,
        measured.percentile_ms(0.5),
        measured.percentile_ms(0.99),
        measured.failures,
    );
}

/// A notification of Alertmanager about these, as long as they are in life.
fn request(address: &str, names: &[String]) -> Vec<u8> {
    let alerts: Vec<_> = names
        .iter()
        .map(|name| {
            serde_json::json!({
                "status": "firing",
                "labels": {
                    "alertname": "HighLatency", "instance": name, "severity": "critical",
                    "job": "node", "cluster": "eu1", "team": "network", "namespace": "shop",
                },
                "annotations": {
                    "summary": format!("{name} answers slowly"),
                    "description": "The 99th percentile is above one second for ten minutes.",
                    "runbook_url": "https://runbooks.example/high-latency",
                },
                "startsAt": "2026-11-23T04:52:11.248783551Z",
                "endsAt": "0001-01-01T00:00:00Z",
                "generatorURL": "http://prometheus.example/graph?g0.expr=latency",
                "fingerprint": name,
            })
        })
        .collect();
    let body = serde_json::json!({
        "version": "4", "groupKey": "{}:{alertname=\"HighLatency\"}", "status": "firing",
        "receiver": "evenkeel", "groupLabels": {}, "commonLabels": {}, "commonAnnotations": {},
        "externalURL": "http://alertmanager.example", "truncatedAlerts": 0, "alerts": alerts,
    });
    let path = format!("/intake/{KEY}/alertmanager");
    post(address, &path, "", "application/json", &body.to_string())
}
