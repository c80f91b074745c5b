//! The API of Alertmanager, version 2, as a server: Prometheus hands us its alerts, amtool and
//! dashboards see them and silence them.

use super::answer::{nothing_here, problem, say};
use super::asked::Asked;
use super::keys::Source;
use super::webhook::{told, whole};
use super::{Doors, failed};
use alert::doors::Unreadable;
use alert::doors::alertmanager::answers::{
    self, AlertState, AlertStatus, Group, SilenceState, SilenceStatus,
};
use alert::doors::alertmanager::api::{self, Wanted};
use alert::doors::alertmanager::matchers::Matcher;
use alert::maintenance::{LabelMatch, LabelTest, Maintenance, Subject};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::{Silenced, Trouble};
use kernel::{MaintenanceId, Muted, Timestamp};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use store::alerts::found::Found;

/// The name of this door.
const DOOR: &str = "prometheus";
/// The names under which clients look for an alert's texts.
const ANNOTATIONS: [&str; 2] = ["summary", "description"];

/// `/api/v2/…` with the key as a bearer token.
pub(super) async fn with_token(State(doors): State<Doors>, request: Request) -> Response {
    let (asked, body) = Asked::begin(&doors, request);
    let key = asked.authorization("bearer").unwrap_or_default();
    let source = match doors.keys.find(key).await {
        Ok(Some(source)) => source,
        Ok(None) => return problem(StatusCode::UNAUTHORIZED, "The token is nobody's."),
        Err(trouble) => return failed(&trouble),
    };
    let asked = match whole(&doors, &source, DOOR, (asked, body)).await {
        Ok(asked) => asked,
        Err(refused) => return refused,
    };
    let path = asked.path.strip_prefix("api/v2/").unwrap_or_default().to_owned();
    call(&doors, &source, &path, &asked).await
}

/// A call of a source, by what follows `/api/v2/`.
pub(super) async fn call(doors: &Doors, source: &Source, path: &str, asked: &Asked) -> Response {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    match (asked.method.as_str(), segments.as_slice()) {
        ("POST", ["alerts"]) => take(doors, source, asked).await,
        ("GET", ["alerts"]) => match seen(doors, source, asked).await {
            Ok(found) => json(&found),
            Err(refused) => refused,
        },
        ("GET", ["alerts", "groups"]) => groups(doors, source, asked).await,
        ("GET", ["silences"]) => silences(doors, source, asked).await,
        ("POST", ["silences"]) => silence(doors, source, asked).await,
        ("GET", ["silence", id]) => one_silence(doors, source, id).await,
        ("DELETE", ["silence", id]) => end_silence(doors, source, id).await,
        ("GET", ["receivers"]) => json(&answers::receivers(&[&source.integration.name])),
        ("GET", ["status"]) => json(&answers::status(env!("CARGO_PKG_VERSION"), doors.since)),
        _ => nothing_here(),
    }
}

async fn take(doors: &Doors, source: &Source, asked: &Asked) -> Response {
    let reading = match asked.with("", api::read) {
        Ok(reading) => reading,
        Err(error) => {
            return match doors.not_understood(source, DOOR, asked, &error.to_string()).await {
                Ok(()) => refused(&error),
                Err(later) => later,
            };
        }
    };
    match doors.take(source, told(reading, DOOR, asked)).await {
        Ok(_) => StatusCode::OK.into_response(),
        Err(later) => later,
    }
}

/// The alerts of a source that a question asks for.
async fn seen(
    doors: &Doors,
    source: &Source,
    asked: &Asked,
) -> Result<Vec<answers::Alert>, Response> {
    let wanted = api::wanted(&asked.query).map_err(|error| refused(&error))?;
    let filter: Vec<LabelMatch> = wanted.filter.iter().map(label).collect();
    for label in &filter {
        let error = |rule| refused(&Unreadable::new("filter", rule));
        label.pattern().map_err(error)?;
    }
    let found = doors.desk.alerts_of(source.integration.id).await;
    let found = found.map_err(|trouble| failed(&trouble))?;
    let receivers = answers::receivers(&[&source.integration.name]);
    let silences = doors.desk.silences(source.integration.id).await;
    let mut silences = silences.map_err(|trouble| failed(&trouble))?;
    let now = doors.desk.now();
    silences.retain(|one| one.holds_until(now).is_some());
    let asked_for = found.into_iter().filter(|found| {
        let labels = &found.details.labels;
        filter.iter().all(|label| label.holds(labels))
    });
    let told = asked_for.map(|found| (silenced_by(&found, &silences), found));
    let shown = told.filter(|(by, found)| shows(&wanted, found, !by.is_empty()));
    Ok(shown.map(|(by, found)| alert(found, by, &receivers)).collect())
}

/// The silences that hold for an alert: they count from when they are made, paging follows.
fn silenced_by(found: &Found, silences: &[Maintenance]) -> Vec<String> {
    let subject = Subject {
        service: found.alert.service,
        integration: found.alert.integration,
        labels: &found.details.labels,
    };
    let meant = silences.iter().filter(|one| one.matcher.matches(subject));
    meant.map(|one| one.id.to_string()).collect()
}

fn shows(wanted: &Wanted, found: &Found, silenced: bool) -> bool {
    match found.alert.muted {
        _ if silenced => wanted.silenced,
        None => wanted.active,
        Some(Muted::Upstream) => wanted.inhibited,
        Some(Muted::Maintenance | Muted::Snoozed) => wanted.silenced,
    }
}

fn alert(found: Found, by: Vec<String>, receivers: &[answers::Receiver]) -> answers::Alert {
    let Found { alert, details } = found;
    let texts = [details.title.clone(), details.body.clone()];
    let annotations = ANNOTATIONS.iter().map(|name| (*name).to_owned()).zip(texts);
    let muted = |why: &[Muted], word: &str| match alert.muted {
        Some(muted) if why.contains(&muted) => vec![word.to_owned()],
        _ => vec![],
    };
    answers::Alert {
        annotations: annotations.filter(|(_, text)| !text.is_empty()).collect(),
        ends_at: alert.ends_at.unwrap_or_else(|| alert.last_at.plus_days(1)),
        fingerprint: alert.key.clone(),
        receivers: receivers.to_vec(),
        starts_at: alert.started_at.unwrap_or(alert.first_at),
        status: AlertStatus {
            inhibited_by: muted(&[Muted::Upstream], "upstream"),
            state: match alert.muted.is_none() && by.is_empty() {
                true => AlertState::Active,
                false => AlertState::Suppressed,
            },
            silenced_by: match by.is_empty() {
                true => muted(&[Muted::Maintenance, Muted::Snoozed], "maintenance"),
                false => by,
            },
        },
        updated_at: alert.last_at,
        generator_url: details.links.first().map(|link| link.href.clone()).unwrap_or_default(),
        labels: details.labels,
    }
}

async fn groups(doors: &Doors, source: &Source, asked: &Asked) -> Response {
    let found = match seen(doors, source, asked).await {
        Ok(found) => found,
        Err(refused) => return refused,
    };
    let mut by_name: BTreeMap<String, Vec<answers::Alert>> = BTreeMap::new();
    for alert in found {
        let name = alert.labels.get("alertname").cloned().unwrap_or_default();
        by_name.entry(name).or_default().push(alert);
    }
    let receiver = answers::Receiver { name: source.integration.name.clone() };
    let groups = by_name.into_iter().map(|(name, alerts)| {
        let labels = BTreeMap::from([("alertname".to_owned(), name)]);
        Group { alerts, labels, receiver: receiver.clone() }
    });
    json(&groups.collect::<Vec<_>>())
}

async fn silences(doors: &Doors, source: &Source, asked: &Asked) -> Response {
    if let Err(error) = api::wanted(&asked.query) {
        return refused(&error);
    }
    let now = doors.desk.now();
    match doors.desk.silences(source.integration.id).await {
        Ok(all) => json(&all.into_iter().map(|one| shown(one, now)).collect::<Vec<_>>()),
        Err(trouble) => failed(&trouble),
    }
}

async fn silence(doors: &Doors, source: &Source, asked: &Asked) -> Response {
    let wanted = match asked.with("", api::silence) {
        Ok(wanted) => wanted,
        Err(error) => return refused(&error),
    };
    let id = match wanted.id.as_deref().filter(|id| !id.is_empty()).map(str::parse).transpose() {
        Ok(id) => id,
        Err(kernel::Invalid(_)) => return problem(StatusCode::NOT_FOUND, "silence not found"),
    };
    let silenced = Silenced {
        id,
        name: wanted.comment,
        created_by: wanted.created_by,
        starts_at: wanted.starts_at,
        ends_at: wanted.ends_at,
        labels: wanted.matchers.iter().map(label).collect(),
    };
    match doors.desk.silence(&source.integration, silenced).await {
        Ok(id) => json(&answers::SilenceMade { silence_id: id.to_string() }),
        Err(trouble) => turned_down(&trouble),
    }
}

async fn one_silence(doors: &Doors, source: &Source, id: &str) -> Response {
    let now = doors.desk.now();
    match doors.desk.silences(source.integration.id).await {
        Ok(all) => match all.into_iter().find(|one| one.id.to_string() == id) {
            Some(found) => json(&shown(found, now)),
            None => nothing_here(),
        },
        Err(trouble) => failed(&trouble),
    }
}

async fn end_silence(doors: &Doors, source: &Source, id: &str) -> Response {
    let Ok(id) = id.parse::<MaintenanceId>() else { return nothing_here() };
    match doors.desk.end_silence(&source.integration, id).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(trouble) => turned_down(&trouble),
    }
}

fn shown(one: Maintenance, now: Timestamp) -> answers::Silence {
    let ends_at = match one.ends_at {
        // amtool hides what is over by its end, not by its state.
        Some(ends_at) if one.cancelled => ends_at.min(now),
        Some(ends_at) => ends_at,
        None => now,
    };
    let state = match () {
        () if one.cancelled || ends_at <= now => SilenceState::Expired,
        () if one.starts_at > now => SilenceState::Pending,
        () => SilenceState::Active,
    };
    let matchers = one.matcher.labels.into_iter().map(|label| Matcher {
        is_equal: matches!(label.test, LabelTest::Is | LabelTest::Matches),
        is_regex: matches!(label.test, LabelTest::Matches | LabelTest::MatchesNot),
        name: label.name,
        value: label.value,
    });
    answers::Silence {
        id: one.id.to_string(),
        status: SilenceStatus { state },
        updated_at: one.starts_at,
        comment: one.name,
        created_by: one.created_by,
        ends_at,
        matchers: matchers.collect(),
        starts_at: one.starts_at,
    }
}

fn label(matcher: &Matcher) -> LabelMatch {
    let test = match (matcher.is_equal, matcher.is_regex) {
        (true, false) => LabelTest::Is,
        (false, false) => LabelTest::IsNot,
        (true, true) => LabelTest::Matches,
        (false, true) => LabelTest::MatchesNot,
    };
    LabelMatch {
        name: matcher.name.clone(),
        test,
        value: matcher.value.clone(),
        ready: Default::default(),
    }
}

fn json(value: &impl Serialize) -> Response {
    match serde_json::to_value(value) {
        Ok(value) => say(200, &value),
        Err(error) => {
            tracing::error!(%error, "an answer cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A refusal of what was asked; Alertmanager's clients show the text.
fn refused(error: &Unreadable) -> Response {
    say(400, &Value::String(error.to_string()))
}

fn turned_down(trouble: &Trouble) -> Response {
    match trouble {
        Trouble::Refused(refusal) if refusal.kind == incident::RefusalKind::NotFound => {
            nothing_here()
        }
        Trouble::Refused(refusal) => say(400, &Value::String(refusal.to_string())),
        other => failed(other),
    }
}
