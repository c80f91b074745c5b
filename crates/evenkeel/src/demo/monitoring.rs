//! What watches the company's systems: its sources of alerts, what they tell, and the windows in
//! which nobody is paged. Everything comes as it would through their doors.

use super::alarms::Alarm;
use super::company::Company;
use super::oncall::{instant, local};
use alert::AlertSettings;
use alert::doors::Request;
use alert::maintenance::{Maintenance, Matcher};
use desk::{AlertsTold, Beat, Desk, Raw, Taken, Trouble};
use incident::Refusal;
use jiff::ToSpan;
use kernel::{IntegrationId, MaintenanceId, ServiceId, Timestamp};
use serde_json::json;
use std::collections::BTreeSet;
use store::alerts::maintenances;
use store::directory::integrations::{self, Integration, IntegrationKind, Settings};

pub(super) const PROMETHEUS: &str = "Prometheus Oslo";
pub(super) const GRAFANA: &str = "Grafana";
const BACKUP: &str = "Nightly backup";
/// A backup that comes two hours late is none.
const BACKUP_SECONDS: i64 = 26 * 3_600;
/// Nights whose backup gave a sign of life.
const NIGHTS: i64 = 7;
const HOUR: i64 = 3_600;

/// Sets the sources up. None names a team: an incident goes to the team of its alert's service.
pub(super) async fn set_up(desk: &Desk, company: &Company) -> Result<(), Trouble> {
    let backup = AlertSettings { heartbeat_seconds: BACKUP_SECONDS, ..AlertSettings::default() };
    let all = [
        (PROMETHEUS, IntegrationKind::Alertmanager, AlertSettings::default()),
        (GRAFANA, IntegrationKind::Grafana, AlertSettings::default()),
        (BACKUP, IntegrationKind::Heartbeat, backup),
    ]
    .map(|(name, kind, alerts)| Integration {
        name: name.to_owned(),
        kind,
        service: (kind == IntegrationKind::Heartbeat).then(|| company.services["Order Database"].0),
        settings: Settings { alerts, ..Settings::default() },
        ..blank(kind)
    });
    keep(desk, all.into()).await
}

/// An integration of which nothing is said.
pub(super) fn blank(kind: IntegrationKind) -> Integration {
    Integration {
        id: IntegrationId(desk::fresh()),
        name: String::new(),
        kind,
        key: desk::integration_key(),
        service: None,
        team: None,
        addresses: vec![],
        settings: Settings::default(),
        new_secrets: None,
        active: true,
        archived: false,
        last_seen_at: None,
        version: 1,
    }
}

/// Keeps integrations, checked as everybody's.
pub(super) async fn keep(desk: &Desk, all: Vec<Integration>) -> Result<(), Trouble> {
    desk.change(desk::command_line(), move |sql, audit| {
        for one in all {
            desk::integrations::check(sql, &one)?;
            integrations::insert(sql, &one)?;
            audit.created(sql, "integration", one.id, &one)?;
        }
        Ok(())
    })
    .await
}

/// The integration of a name.
pub(super) async fn source(desk: &Desk, name: &'static str) -> Result<IntegrationId, Trouble> {
    let all = desk.read(integrations::list).await?;
    let found = all.into_iter().find(|one| one.name == name);
    let missing = || Refusal::not_found("this integration is not there any more").into();
    found.map(|one| one.id).ok_or_else(missing)
}

/// Plans the windows: one that holds now, and one tomorrow evening.
pub(super) async fn plan_windows(
    desk: &Desk,
    company: &Company,
    now: Timestamp,
) -> Result<(), Trouble> {
    let emil = company.person("Emil Sandahl");
    let tomorrow = local(now).date().saturating_add(1.days());
    let evening = |hour| instant(tomorrow.at(hour, 0, 0, 0)).unwrap_or(now);
    let rows = [
        (
            "More disks for the data warehouse",
            now.plus_seconds(-2 * HOUR),
            now.plus_seconds(3 * HOUR),
            "Data Warehouse",
        ),
        ("New firmware for the switches in Hamburg", evening(20), evening(22), "Core Network"),
    ]
    .map(|(name, starts_at, ends_at, service)| Maintenance {
        id: MaintenanceId(desk::fresh()),
        name: name.to_owned(),
        starts_at,
        ends_at: Some(ends_at),
        recurrence: None,
        matcher: for_service(company.services[service].0),
        created_by: emil.name.clone(),
        cancelled: false,
        version: 1,
    });
    desk.change(emil.actor(), move |sql, audit| {
        for row in rows {
            maintenances::insert(sql, &row)?;
            audit.created(sql, "maintenance", row.id, &row)?;
        }
        Ok(())
    })
    .await
}

fn for_service(service: ServiceId) -> Matcher {
    Matcher { services: BTreeSet::from([service]), ..Matcher::default() }
}

/// The nights in which the backup said that it is well.
pub(super) fn nights(now: Timestamp) -> Vec<Timestamp> {
    let today = local(now).date();
    let night = |ago: i64| instant(today.saturating_sub(ago.days()).at(2, 40, 0, 0));
    (0..NIGHTS).rev().filter_map(night).filter(|at| *at < now).collect()
}

/// The backup gives its sign of life.
pub(super) async fn beat(desk: &Desk) -> Result<(), Trouble> {
    let beats = vec![Beat { name: BACKUP.to_owned(), ..Beat::default() }];
    let told = AlertsTold { beats, ..AlertsTold::default() };
    desk.signals(source(desk, BACKUP).await?, told).await.map(drop)
}

/// A source tells that something is so, or that it is over.
pub(super) async fn tell(desk: &Desk, alarm: &Alarm, over: bool) -> Result<Taken, Trouble> {
    let now = desk.now();
    let source = source(desk, alarm.source).await?;
    let door = if alarm.source == GRAFANA { "grafana" } else { "alertmanager" };
    let bytes = body(alarm, over, now).to_string().into_bytes();
    let fresh = desk::fresh().to_string();
    let reading = desk::read_as(door, &Request::post(&bytes, now, &fresh), None);
    let unreadable = || Refusal::invalid("body", "cannot be read").into();
    let Some(Ok(reading)) = reading else { return Err(unreadable()) };
    let content_type = "application/json".to_owned();
    let raw = Some(Raw { door: door.to_owned(), content_type, bytes });
    desk.signals(source, AlertsTold { reading, beats: vec![], raw }).await
}

/// What a source sends.
fn body(alarm: &Alarm, over: bool, now: Timestamp) -> serde_json::Value {
    let status = if over { "resolved" } else { "firing" };
    let began = now.plus_seconds(-90).to_string();
    let (ended, began) = if over {
        (now.to_string(), now.plus_seconds(-900).to_string())
    } else {
        ("0001-01-01T00:00:00Z".to_owned(), began)
    };
    let group = json!({ "alertname": alarm.name });
    let labels = json!({
        "alertname": alarm.name,
        "instance": alarm.instance,
        "service": alarm.service,
        "severity": alarm.severity,
    });
    let words = json!({ "summary": alarm.summary, "description": alarm.description });
    json!({
        "version": "4",
        "receiver": "evenkeel",
        "status": status,
        "groupKey": format!("{{}}:{{alertname=\"{}\"}}", alarm.name),
        "truncatedAlerts": 0,
        "groupLabels": group,
        "commonLabels": labels,
        "commonAnnotations": words,
        "externalURL": "https://alerts.northwind.example",
        "alerts": [{
            "status": status,
            "labels": labels,
            "annotations": words,
            "startsAt": began,
            "endsAt": ended,
            "generatorURL": format!("https://prometheus.northwind.example/graph?alert={}", alarm.name),
            "fingerprint": alarm.fingerprint(),
        }],
    })
}
