//! What is measured of monitoring: one alert a request, and a thousand; the same of an Alertmanager.

use crate::http::{Client, post};
use crate::pace::{self, MakeRequest, Measured, spread};
use crate::server::Server;
use desk::{Desk, Options, SystemClock, command_line};
use kernel::{IntegrationId, IntegrationKey};
use std::sync::Arc;
use std::time::Instant;
use store::directory::integrations::{self, Integration, IntegrationKind, Settings};
use store::files::Files;
use store::{Store, Target};

/// The key of the measured source; it lives for minutes on loopback.
const KEY: &str = "10ad10ad10ad10ad10ad10ad10ad10ad";
/// The group that all its alerts are of.
const GROUP: &str = "{}:{alertname=\"HighLatency\"}";
/// Clients that send one alert a request.
const CLIENTS: usize = 32;
/// Clients that send many.
const SENDERS: usize = 4;
/// Alerts that are told of over and over.
const KNOWN: u64 = 1_000;
/// Alerts of one large request.
const MANY: u64 = 1_000;
/// Large requests that are told over and over.
const PARTS: u64 = 8;
/// New alerts that are told in large requests, for each second that is measured.
const NEW_A_SECOND: u64 = 25_000;
/// Alerts that end one after the other.
const ENDED: u64 = 100;

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

/// Who is told.
#[derive(Clone)]
enum Told {
    /// The server that is measured, by what an Alertmanager sends.
    Us(String),
    /// An Alertmanager at this address, by what Prometheus sends.
    Alertmanager(String),
}

impl Told {
    fn address(&self) -> &str {
        let (Told::Us(address) | Told::Alertmanager(address)) = self;
        address
    }

    /// Requests of one alert each.
    fn one(&self, names: &str) -> impl Fn(u64) -> Vec<u8> + Send + Sync + use<> {
        let (told, names) = (self.clone(), names.to_owned());
        move |i| told.request(&[format!("{names}-{i}")], "firing")
    }

    /// Requests of many.
    fn many(&self, names: &str) -> impl Fn(u64) -> Vec<u8> + use<> {
        let (told, names) = (self.clone(), names.to_owned());
        move |i| {
            let names: Vec<_> = (0..MANY).map(|n| format!("{names}-{i}-{n}")).collect();
            told.request(&names, "firing")
        }
    }

    /// A request about these, as long as they are in life.
    fn request(&self, names: &[String], status: &str) -> Vec<u8> {
        let alerts: Vec<_> = names.iter().map(|name| alert(name, "critical", status)).collect();
        let (path, body) = match self {
            Told::Us(_) => {
                (format!("/intake/{KEY}/alertmanager"), notification(GROUP, &alerts, status))
            }
            Told::Alertmanager(_) => ("/api/v2/alerts".to_owned(), alerts.into()),
        };
        post(self.address(), &path, "", "application/json", &body.to_string())
    }
}

/// Repeats and new alerts, one a request and a thousand; then how long it takes to end one.
pub async fn measure(server: &Server, seconds: u64) -> Result<(), String> {
    let us = Told::Us(server.address.clone());
    all(&us, "", seconds, || server.cpu_seconds()).await;
    println!("memory with all these alerts: {:.0} MB", server.memory_mb());
    let mut client = Client::connect(us.address()).await.map_err(|error| error.to_string())?;
    let mut took = Vec::with_capacity(ENDED as usize);
    for n in 0..ENDED {
        let request = us.request(&[format!("known-{n}")], "resolved");
        let started = Instant::now();
        client.send(&request).await.map_err(|error| error.to_string())?;
        took.push(started.elapsed());
    }
    println!("one of them is over, {ENDED} times: {}", spread(took));
    Ok(())
}

/// The same alerts told to an Alertmanager.
pub async fn beside(address: &str, seconds: u64) {
    all(&Told::Alertmanager(address.to_owned()), "Alertmanager: ", seconds, || f64::NAN).await;
}

async fn all(told: &Told, of: &str, seconds: u64, cpu_seconds: impl Fn() -> f64) {
    let known: Vec<Vec<u8>> = (0..KNOWN).map(told.one("known")).collect();
    let known: MakeRequest = Arc::new(move |i| known[(i % KNOWN) as usize].clone());
    let known_many: Vec<Vec<u8>> = (0..PARTS).map(told.many("many")).collect();
    let known_many: MakeRequest = Arc::new(move |i| known_many[(i % PARTS) as usize].clone());
    // Enough for the fastest: made beforehand, because making them is the work of this process.
    let new_many: Vec<Vec<u8>> =
        (0..seconds * NEW_A_SECOND / MANY).map(told.many("fresh")).collect();
    let new: MakeRequest = Arc::new(told.one("new"));
    let runs: [(&str, usize, u64, MakeRequest); 3] = [
        ("one alert a request, known", CLIENTS, 1, known),
        ("one alert a request, new", CLIENTS, 1, new),
        ("a thousand alerts a request, known", SENDERS, MANY, known_many),
    ];
    for (name, clients, alerts, make) in runs {
        let used = cpu_seconds();
        let measured = pace::closed(told.address(), clients, seconds, 200, make).await;
        print(&format!("{of}{name}, {clients} clients"), &measured, alerts, cpu_seconds() - used);
    }
    let used = cpu_seconds();
    let measured = pace::each_once(told.address(), SENDERS, 200, new_many).await;
    let name = format!("{of}a thousand alerts a request, new, {SENDERS} clients");
    print(&name, &measured, MANY, cpu_seconds() - used);
}

fn print(name: &str, measured: &Measured, alerts: u64, used: f64) {
    let each = used * 1_000_000.0 / (measured.answers() as f64 * alerts as f64).max(1.0);
    let each = if each.is_nan() {
        String::new()
    } else {
        format!(", {each:.0} µs of processor an alert")
    };
    println!(
        "{name}: {:.0} alerts/s, p50 {:.1} ms, p99 {:.1} ms{each}, {} FAILED",
        measured.per_second * alerts as f64,
        measured.percentile_ms(0.5),
        measured.percentile_ms(0.99),
        measured.failures,
    );
}

/// An alert as it is told.
pub fn alert(name: &str, severity: &str, status: &str) -> serde_json::Value {
    let over = if status == "resolved" { "2026-11-23T05:52:11Z" } else { "0001-01-01T00:00:00Z" };
    serde_json::json!({
        "status": status,
        "labels": {
            "alertname": "HighLatency", "instance": name, "severity": severity,
            "job": "node", "cluster": "eu1", "team": "network", "namespace": "shop",
        },
        "annotations": {
            "summary": format!("{name} answers slowly"),
            "description": "The 99th percentile is above one second for ten minutes.",
            "runbook_url": "https://runbooks.example/high-latency",
        },
        "startsAt": "2026-11-23T04:52:11.248783551Z",
        "endsAt": over,
        "generatorURL": "http://prometheus.example/graph?g0.expr=latency",
        "fingerprint": name,
    })
}

/// A notification of Alertmanager about alerts of a group.
pub fn notification(group: &str, alerts: &[serde_json::Value], status: &str) -> serde_json::Value {
    serde_json::json!({
        "version": "4", "groupKey": group, "status": status,
        "receiver": "evenkeel", "groupLabels": {}, "commonLabels": {}, "commonAnnotations": {},
        "externalURL": "http://alertmanager.example", "truncatedAlerts": 0, "alerts": alerts,
    })
}
