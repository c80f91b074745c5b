//! Webhooks: programs elsewhere, and chat rooms, that are told what happens.

pub(crate) mod messages;

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Body, Given, Nothing};
use crate::kept::{self, check_seen, line, name};
use crate::once::{self, Answered, Once};
use crate::page::{ListParams, Page, Params, page_of};
use crate::path::Path;
use crate::problem::Problem;
use crate::version::{Seen, Tries};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::webhooks::{self as hooks, Draft, SUBJECT, usual_events};
use kernel::{Timestamp, WebhookId, limits};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use store::Sql;
use store::directory::webhooks::{self as rows, Health, Wanted, Webhook, WebhookKind};
use store::webhooks::Counts;
use utoipa::ToSchema;

/// All events.
const ALL: &str = "*";
/// What the types of events begin with.
const PREFIX: &str = "incident.";

/// A webhook.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Webhook)]
struct Shown {
    #[schema(value_type = String)]
    id: WebhookId,
    name: String,
    /// `standard`, `slack`, `mattermost`, `teams` or `matrix`.
    #[schema(value_type = String)]
    kind: WebhookKind,
    url: String,
    /// Types of events as in `GET /api/v1/events`, such as `incident.resolved`; `*` is all.
    events: Vec<String>,
    /// The condition its incident meets, in the query language; empty: always.
    condition: String,
    /// Whether it is told of incidents that are restricted to a team.
    restricted: bool,
    /// Whether internal words come along.
    internal: bool,
    /// The room in Matrix.
    room: Option<String>,
    /// Whether it is in use.
    enabled: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    health: ShownHealth,
    version: i64,
}

/// How it goes.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = WebhookHealth)]
struct ShownHealth {
    /// When something last arrived.
    #[schema(value_type = Option<String>, format = DateTime)]
    arrived_at: Option<Timestamp>,
    /// Attempts that failed since.
    failures: i64,
    /// Since when they fail.
    #[schema(value_type = Option<String>, format = DateTime)]
    failing_since: Option<Timestamp>,
    /// Until when it asked to be left alone.
    #[schema(value_type = Option<String>, format = DateTime)]
    rests_until: Option<Timestamp>,
    /// Why it was switched off by itself, if it was.
    off_because: Option<String>,
    /// Messages that wait.
    waiting: i64,
    /// Messages that were given up.
    dead: i64,
}

/// A new webhook with its secret.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookMade {
    #[serde(flatten)]
    webhook: Shown,
    /// What messages are signed with, shown this once; null for chat rooms, and in the answer
    /// to a repetition with the same Idempotency-Key.
    secret: Option<String>,
}

/// A new secret.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookSecret {
    /// What messages are signed with, shown this once. The one before signs for a day, too.
    secret: String,
}

/// One type of events, or several.
#[derive(Debug, Clone)]
struct Events(Vec<String>);

impl<'de> Deserialize<'de> for Events {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrMany)
    }
}

struct OneOrMany;

impl<'de> serde::de::Visitor<'de> for OneOrMany {
    type Value = Events;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a type of events, or a list of them")
    }

    fn visit_str<E>(self, event: &str) -> Result<Events, E> {
        Ok(Events(vec![event.to_owned()]))
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Events, A::Error> {
        let mut events = Vec::new();
        while let Some(event) = seq.next_element()? {
            events.push(event);
        }
        Ok(Events(events))
    }
}

/// What webhook to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewWebhook {
    /// Its name; that of the machine when absent.
    name: Option<String>,
    /// Where: `https://…`.
    url: String,
    /// `standard` when absent, or `slack`, `mattermost`, `teams`, `matrix`.
    #[schema(value_type = Option<String>)]
    kind: Option<WebhookKind>,
    /// Types of events, or `*`; when absent all, for chat rooms those that people want.
    #[schema(value_type = Option<Vec<String>>)]
    events: Option<Events>,
    /// The condition its incident meets, in the query language.
    condition: Option<String>,
    /// Whether it is told of incidents that are restricted to a team; no, when absent.
    restricted: Option<bool>,
    /// Whether internal words come along; no, when absent.
    internal: Option<bool>,
    /// The room in Matrix, by its internal id.
    room: Option<String>,
    /// The access token for Matrix; never shown.
    token: Option<String>,
    /// In use at once, when absent.
    enabled: Option<bool>,
}

/// What to change of a webhook; what is absent stays.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WebhookChange {
    name: Option<String>,
    url: Option<String>,
    #[schema(value_type = Option<Vec<String>>)]
    events: Option<Events>,
    condition: Option<String>,
    restricted: Option<bool>,
    internal: Option<bool>,
    room: Option<String>,
    token: Option<String>,
    /// What waits for a webhook that is switched off is given up; one that is switched on is
    /// told what happens from then on.
    enabled: Option<bool>,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/webhooks", "listWebhooks", list)
            .about("webhooks", "List webhooks", "For administrators, with how each goes.")
            .query::<ListParams>()
            .answers::<Page<Shown>>(200, "A page of them, by name.")
            .problems(&[401, 403, 422, 503]),
        Door::post("/api/v1/webhooks", "createWebhook", create)
            .about("webhooks", "Make a webhook", "For administrators. It is told what happens from now on, signed as Standard Webhooks say: types, order and form of the events are those of GET /api/v1/events.")
            .body::<NewWebhook>(json!({ "url": "https://hooks.northwind.example/evenkeel", "events": ["incident.reported", "incident.resolved"], "condition": "priority:P1,P2" }))
            .once()
            .answers::<WebhookMade>(201, "The webhook with its secret.")
            .problems(&[400, 401, 403, 413, 415, 422, 503]),
        Door::get("/api/v1/webhooks/{id}", "readWebhook", read)
            .about("webhooks", "Read a webhook", "For administrators.")
            .answers::<Shown>(200, "The webhook, without its secret.")
            .problems(&[401, 403, 404, 503]),
        Door::patch("/api/v1/webhooks/{id}", "changeWebhook", change)
            .about("webhooks", "Change a webhook", "For administrators.")
            .body::<WebhookChange>(json!({ "enabled": false }))
            .if_match()
            .answers::<Shown>(200, "The webhook as it is now.")
            .problems(&[400, 401, 403, 404, 412, 413, 415, 422, 503]),
        Door::delete("/api/v1/webhooks/{id}", "removeWebhook", remove)
            .about("webhooks", "Remove a webhook", "For administrators, with the record of what it was told. Refused while an escalation policy pages it.")
            .if_match()
            .answers_plainly(204, "", "It is gone.")
            .problems(&[401, 403, 404, 409, 412, 503]),
        Door::post("/api/v1/webhooks/{id}/rotate-secret", "rotateWebhookSecret", rotate)
            .about("webhooks", "Give a webhook a new secret", "For administrators. Messages are signed with both for a day.")
            .body::<Nothing>(json!({}))
            .once()
            .answers::<WebhookSecret>(200, "The new secret.")
            .problems(&[400, 401, 403, 404, 413, 415, 422, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<ListParams>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let all = app.desk().read(rows::list).await?;
    let (found, next) = page_of(all, &params, |(row, _)| row.id, |(row, _)| &row.name)?;
    let counted = app.desk().read(move |sql| {
        let count = |(row, health): (Webhook, Health)| {
            let counts = store::webhooks::counts(sql, Some(row.id))?;
            Ok(shown(row, health, counts))
        };
        found.into_iter().map(count).collect::<Result<Vec<_>, _>>()
    });
    Ok(json::answer(StatusCode::OK, &Page { items: counted.await?, next }))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<NewWebhook>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let new = body.value;
    let kind = new.kind.unwrap_or(WebhookKind::Standard);
    let events = new.events.map(wanted).transpose()?.unwrap_or_else(|| usual_events(kind));
    let draft = Draft {
        name: new.name.as_deref().map(|text| name("name", text)).transpose()?,
        kind,
        url: new.url,
        active: new.enabled.unwrap_or(true),
        told: Wanted {
            events,
            condition: new.condition.unwrap_or_default(),
            restricted: new.restricted.unwrap_or(false),
            internal: new.internal.unwrap_or(false),
            room: new.room,
        },
        token: new.token,
    };
    let token = draft.token.clone();
    let row = app.desk().webhook(WebhookId(desk::fresh()), draft).await?;
    let me = caller.viewer().person;
    let once = once.of(&body.bytes);
    let made = app
        .desk()
        .change(caller.actor(), move |sql, audit| {
            if let Some(before) = once::before(sql, me, once.as_ref())? {
                return Ok(Err(before));
            }
            let secret = hooks::make(sql, audit, &row, token)?;
            let webhook = shown_now(sql, row)?;
            let kept = WebhookMade { webhook: webhook.clone(), secret: None };
            once::keep(sql, me, once.as_ref(), &Answered::created(&kept)?, audit.now())?;
            Ok(Ok(WebhookMade { webhook, secret }))
        })
        .await?;
    match made {
        Ok(made) => Ok(json::answer(StatusCode::CREATED, &made)),
        Err(before) => Ok(before.into_response()),
    }
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let row = find(&app, &id).await?;
    respond(&app, row).await
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
    body: Body<WebhookChange>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let mut tries = Tries::default();
    loop {
        let before = find(&app, &id).await?;
        seen.check(before.version)?;
        let (draft, token) = (changed(&before, body.value.clone())?, body.value.token.clone());
        let row = app.desk().webhook(before.id, draft).await?;
        let row = Webhook { version: before.version, ..row };
        let change =
            move |sql: &mut dyn Sql, audit: &desk::Audit| hooks::change(sql, audit, row, token);
        let done = app.desk().change(caller.actor(), change).await;
        if !tries.again(seen, &done) {
            return respond(&app, done?).await;
        }
    }
}

fn changed(before: &Webhook, change: WebhookChange) -> Result<Draft, Problem> {
    let mut draft = Draft::of(before);
    if let Some(text) = &change.name {
        draft.name = Some(name("name", text)?);
    }
    let told = &mut draft.told;
    if let Some(events) = change.events {
        told.events = wanted(events)?;
    }
    told.condition = change.condition.unwrap_or_else(|| told.condition.clone());
    told.restricted = change.restricted.unwrap_or(told.restricted);
    told.internal = change.internal.unwrap_or(told.internal);
    told.room = change.room.or_else(|| told.room.clone());
    draft.url = change.url.unwrap_or(draft.url);
    draft.active = change.enabled.unwrap_or(draft.active);
    Ok(draft)
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
) -> Result<StatusCode, Problem> {
    caller.must_configure()?;
    let id = find(&app, &id).await?.id;
    app.desk()
        .change(caller.actor(), move |sql, audit| {
            check_seen(seen.must_be, hooks::stored(sql, id)?.version)?;
            hooks::remove(sql, audit, id)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn rotate(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Path(id): Path<String>,
    body: Given<Nothing>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let id = find(&app, &id).await?.id;
    let rotated =
        app.desk().change(caller.actor(), move |sql, audit| hooks::rotate(sql, audit, id));
    let doing = async { Ok(Answered::good(&WebhookSecret { secret: rotated.await? })?) };
    once::done(&app, &caller, once.of(&body.bytes), doing).await
}

/// The webhook with this id.
async fn find(app: &App, text: &str) -> Result<Webhook, Problem> {
    let id: WebhookId = text.parse().map_err(|_| Problem::from(kept::missing(SUBJECT)))?;
    Ok(app.desk().stored_webhook(id).await?)
}

async fn respond(app: &App, row: Webhook) -> Result<Response, Problem> {
    let version = row.version;
    let shown = app.desk().read(move |sql| shown_now(sql, row)).await?;
    Ok(kept::answer(&shown, version))
}

/// The kinds of events that a list of types names; `None` is all.
fn wanted(Events(given): Events) -> Result<Option<BTreeSet<String>>, Problem> {
    if given.iter().any(|event| matches!(event.trim(), ALL | "incident.*")) {
        return Ok(None);
    }
    if given.len() > limits::PAGE_ROWS_MAX {
        return Err(Problem::invalid("events", "names too many"));
    }
    let kind = |event: &String| {
        let event = line("events", event, limits::NAME_CHARS)?;
        Ok(event.strip_prefix(PREFIX).unwrap_or(&event).to_owned())
    };
    given.iter().map(kind).collect::<Result<BTreeSet<_>, Problem>>().map(Some)
}

fn shown_now(sql: &mut dyn Sql, row: Webhook) -> Result<Shown, store::Failure> {
    let health = rows::health(sql, row.id)?.unwrap_or_default();
    let counts = store::webhooks::counts(sql, Some(row.id))?;
    Ok(shown(row, health, counts))
}

fn shown(row: Webhook, health: Health, counts: Counts) -> Shown {
    let typed = |kind: String| format!("{PREFIX}{kind}");
    let events = match row.told.events {
        None => vec![ALL.to_owned()],
        Some(kinds) => kinds.into_iter().map(typed).collect(),
    };
    Shown {
        id: row.id,
        name: row.name,
        kind: row.kind,
        url: row.url,
        events,
        condition: row.told.condition,
        restricted: row.told.restricted,
        internal: row.told.internal,
        room: row.told.room,
        enabled: row.active,
        created_at: row.created_at,
        health: ShownHealth {
            arrived_at: health.ok_at,
            failures: health.failures,
            failing_since: health.failing_since,
            rests_until: health.rest_until,
            off_because: health.off_because,
            waiting: counts.waiting,
            dead: counts.dead,
        },
        version: row.version,
    }
}
