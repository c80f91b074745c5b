//! Monitoring at its doors, from the request to the incident.

mod again;
mod asked;
mod proved;
mod sources;
mod stories;
mod suppressed;
mod trusted;
mod windows;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use incident::{Body as Event, State, event};
use kernel::{Actor, IncidentNumber, IntegrationId, IntegrationKey};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use store::directory::integrations::{self, Integration, IntegrationKind, Settings};
use store::directory::services::{self, Service};
use testkit::TestDesk;
use tower::ServiceExt;

/// The key of the source.
const KEY: &str = "0123456789abcdef0123456789abcdef";

/// A desk with a source of alerts, and the router in front of it.
struct Doors {
    t: TestDesk,
    router: Router,
    source: IntegrationId,
}

/// What a door answered.
struct Answer {
    status: StatusCode,
    retry_after: bool,
    json: Value,
}

impl Doors {
    async fn open() -> Doors {
        Doors::with(|_| {}).await
    }

    /// A source whose settings are changed.
    async fn with(change: impl FnOnce(&mut Settings)) -> Doors {
        let t = TestDesk::idle().await;
        let source = IntegrationId(desk::fresh());
        let mut settings = Settings::default();
        change(&mut settings);
        let integration = Integration {
            id: source,
            name: "Prometheus".to_owned(),
            kind: IntegrationKind::Alertmanager,
            key: KEY.parse::<IntegrationKey>().unwrap(),
            service: Some(t.vpn),
            team: None,
            addresses: vec![],
            settings,
            new_secrets: None,
            active: true,
            archived: false,
            last_seen_at: None,
            version: 1,
        };
        let insert = move |sql: &mut dyn store::Sql, _: &desk::Audit| {
            Ok(integrations::insert(sql, &integration)?)
        };
        t.desk.change(Actor::system(), insert).await.unwrap();
        let router = intake::router(t.desk.clone());
        Doors { t, router, source }
    }

    /// A service that needs one of others, which are made with it.
    async fn needs_one_of(&self, name: &str, others: &[&str]) {
        let id = || kernel::ServiceId(desk::fresh());
        let others: Vec<Service> = others
            .iter()
            .map(|name| Service { criticality: 2, ..Service::named(id(), *name) })
            .collect();
        let service = Service { criticality: 2, ..Service::named(id(), name) };
        let group = services::Need {
            of: service.id,
            group: Some("Lines".to_owned()),
            needs: others.iter().map(|other| other.id).collect(),
            at_least: 1,
        };
        let service = Service { needs: vec![group], ..service };
        let insert = move |sql: &mut dyn store::Sql, _: &desk::Audit| {
            for other in &others {
                services::insert(sql, other)?;
            }
            Ok(services::insert(sql, &service)?)
        };
        self.t.desk.change(Actor::system(), insert).await.unwrap();
    }

    /// A service that needs the VPN.
    async fn needs_vpn(&self, name: &str) {
        let service = Service {
            team: Some(self.t.network),
            criticality: 2,
            depends_on: BTreeSet::from([self.t.vpn]),
            ..Service::named(kernel::ServiceId(desk::fresh()), name)
        };
        let insert =
            move |sql: &mut dyn store::Sql, _: &desk::Audit| Ok(services::insert(sql, &service)?);
        self.t.desk.change(Actor::system(), insert).await.unwrap();
    }

    async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let retry_after = response.headers().contains_key("retry-after");
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        let json = serde_json::from_slice(&bytes).unwrap_or_default();
        Answer { status, retry_after, json }
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        let path = path.replace("KEY", KEY);
        let request = Request::post(path).header("content-type", "application/json");
        self.ask(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// With a header of authorization.
    async fn call(&self, method: &str, path: &str, auth: &str, body: &Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = Request::builder().method(method).uri(path).header("authorization", auth);
        self.ask(request.body(Body::from(body)).unwrap()).await
    }

    /// A notification of Alertmanager about the group `web`: names, and whether they fire.
    async fn notifies(&self, alerts: &[(&str, bool)], left_out: u64) -> Answer {
        let answer = self.post("/intake/KEY/alertmanager", &notification(alerts, left_out)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.json);
        answer
    }

    /// One about alerts that began, or ended, just now.
    async fn notifies_anew(&self, alerts: &[(&str, bool)]) -> Answer {
        let mut body = notification(alerts, 0);
        for alert in body["alerts"].as_array_mut().unwrap() {
            alert["startsAt"] = self.t.desk.now().to_string().into();
            if alert["status"] == "resolved" {
                alert["endsAt"] = alert["startsAt"].clone();
            }
        }
        let answer = self.post("/intake/KEY/alertmanager", &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.json);
        answer
    }

    /// A silence of amtool for names like this, between two times of day.
    async fn silences(&self, names: &str, from: &str, until: &str) -> String {
        let silence = json!({
            "matchers": [{ "name": "alertname", "value": names, "isRegex": true, "isEqual": true }],
            "startsAt": format!("2026-11-23T{from}:00Z"),
            "endsAt": format!("2026-11-23T{until}:00Z"),
            "createdBy": "mara",
            "comment": "Firmware",
        });
        let auth = format!("Bearer {KEY}");
        let made = self.call("POST", "/api/v2/silences", &auth, &silence).await;
        assert_eq!(made.status, StatusCode::OK, "{}", made.json);
        made.json["silenceID"].as_str().unwrap().to_owned()
    }

    /// One that fires with this severity, of this service.
    async fn fires(&self, name: &str, severity: &str, service: &str) -> Answer {
        let mut body = notification(&[(name, true)], 0);
        body["groupKey"] = format!("{{}}:{{alertname=\"{name}\"}}").into();
        body["alerts"][0]["labels"]["alertname"] = name.into();
        body["alerts"][0]["labels"]["severity"] = severity.into();
        body["alerts"][0]["labels"]["service"] = service.into();
        let answer = self.post("/intake/KEY/alertmanager", &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.json);
        answer
    }

    async fn state(&self, number: i64) -> State {
        let number = IncidentNumber(number);
        let read = self.t.desk.read(move |sql| store::incidents::load(sql, number)).await;
        read.unwrap().expect("the incident is there").state
    }

    /// How many incidents there are.
    async fn incidents(&self) -> i64 {
        let count = |sql: &mut dyn store::Sql| sql.query("select count(*) from incidents", &[]);
        match self.t.desk.read(count).await.unwrap().remove(0).remove(0) {
            store::Value::Int(count) => count,
            other => panic!("{other:?}"),
        }
    }

    /// What an incident was told of its alerts, the oldest first.
    async fn news(&self, number: i64) -> Vec<event::AlertsChanged> {
        let number = IncidentNumber(number);
        let read = move |sql: &mut dyn store::Sql| {
            store::incidents::timeline::timeline(sql, number, 0, 1_000)
        };
        let stored = self.t.desk.read(read).await.unwrap();
        let mut news: Vec<_> = stored
            .into_iter()
            .filter_map(|stored| match stored.event.body {
                Event::AlertsChanged(data) => Some((stored.event.n, *data)),
                _ => None,
            })
            .collect();
        news.sort_by_key(|(n, _)| *n);
        news.into_iter().map(|(_, data)| data).collect()
    }

    /// What was noted in an incident for the service desk, the oldest first.
    async fn comments(&self, number: IncidentNumber) -> Vec<String> {
        let read = move |sql: &mut dyn store::Sql| {
            let stored = store::incidents::timeline::timeline(sql, number, 0, 1_000)?;
            let mut said = vec![];
            for stored in stored {
                if let Event::Commented(data) = &stored.event.body {
                    said.push((stored.event.n, store::incidents::words_of(sql, data.body)?));
                }
            }
            Ok(said)
        };
        let mut said = self.t.desk.read(read).await.unwrap();
        said.sort_by_key(|(n, _)| *n);
        said.into_iter().map(|(_, words)| words).collect()
    }

    /// Time passes, and what is due rings.
    async fn passes(&self, seconds: i64) {
        self.t.clock.advance(seconds);
        self.t.desk.ring_alerts().await.unwrap();
    }
}

/// A body of Alertmanager's webhook; `status` says what it says over there.
fn notification(alerts: &[(&str, bool)], left_out: u64) -> Value {
    let alert = |(name, fires): &(&str, bool)| {
        json!({
            "status": if *fires { "firing" } else { "resolved" },
            "labels": { "alertname": "HighLatency", "instance": name, "severity": "critical" },
            "annotations": { "summary": format!("{name} is slow") },
            "startsAt": "2026-11-23T12:11:00Z",
            "endsAt": if *fires { "0001-01-01T00:00:00Z" } else { "2026-11-23T12:11:30Z" },
            "generatorURL": "http://prometheus.example/graph",
            "fingerprint": format!("{name:0>16}"),
        })
    };
    let fires = alerts.iter().any(|(_, fires)| *fires);
    json!({
        "version": "4",
        "groupKey": "{}:{alertname=\"HighLatency\"}",
        "status": if fires { "firing" } else { "resolved" },
        "receiver": "evenkeel",
        "groupLabels": { "alertname": "HighLatency" },
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.example",
        "truncatedAlerts": left_out,
        "field_of_the_future": { "anything": [1, 2, 3] },
        "alerts": alerts.iter().map(alert).collect::<Vec<_>>(),
    })
}
