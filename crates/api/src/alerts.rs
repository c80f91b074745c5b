//! Alerts: what sources of monitoring told, and what people do with single ones. Those of an
//! incident are for whoever sees all of that.

use crate::app::App;
use crate::auth::Caller;
use crate::directory::Directory;
use crate::door::Door;
use crate::json::{self, Body, Given, Nothing};
use crate::once::{self, Answered, Once};
use crate::page::{Page, Params, cursor, limit, next_of, words};
use crate::path::Path;
use crate::problem::Problem;
use crate::reference::References;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::Act;
use incident::Command;
use kernel::{AlertId, Channel, IncidentNumber, Muted, Severity, Timestamp, limits};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use store::alerts::found::{Found, Wanted};
use store::directory::integrations;
use utoipa::{IntoParams, ToSchema};

/// Which alerts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AlertParams {
    /// Words `name:value`, all of which have to hold: `state:` with `open`, `firing`,
    /// `acknowledged` or `resolved`, `integration:` and `service:` by name or id, `incident:`
    /// by number. Names with spaces stand in quotation marks.
    q: Option<String>,
    /// Alerts of a page, 1 to 200; 50 when absent.
    #[param(value_type = Option<u16>)]
    limit: Option<String>,
    /// Where the page begins: the `next` of the page before.
    cursor: Option<String>,
}

/// An alert.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Alert)]
pub(crate) struct Shown {
    #[schema(value_type = String)]
    id: AlertId,
    /// By which its source knows it.
    key: String,
    /// `firing`, `acknowledged` or `resolved`.
    state: &'static str,
    /// `critical`, `error`, `warning` or `info`.
    #[schema(value_type = String)]
    severity: Severity,
    title: String,
    body: String,
    labels: BTreeMap<String, String>,
    #[schema(value_type = Vec<Object>)]
    links: Vec<alert::Link>,
    /// The integration it came through, by name.
    integration: Option<String>,
    /// The service it is about, by name.
    service: Option<String>,
    /// Its incident; null while it is recorded only.
    #[schema(value_type = Option<String>)]
    incident: Option<IncidentNumber>,
    /// What it has in common with others.
    group: String,
    /// How often it was told of.
    count: i64,
    #[schema(value_type = String, format = DateTime)]
    first_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    last_at: Timestamp,
    /// Since when it is so, by its source's clock.
    #[schema(value_type = Option<String>, format = DateTime)]
    started_at: Option<Timestamp>,
    /// When it is over unless it is told of again.
    #[schema(value_type = Option<String>, format = DateTime)]
    ends_at: Option<Timestamp>,
    /// When it was over.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
    /// Why nobody is paged about it: `maintenance`, `upstream` or `snoozed`.
    #[schema(value_type = Option<String>)]
    muted: Option<Muted>,
    /// When that is looked at again.
    #[schema(value_type = Option<String>, format = DateTime)]
    muted_until: Option<Timestamp>,
    /// Whether it comes and goes.
    flapping: bool,
}

/// Until when an alert is put off.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SnoozeWish {
    /// Nobody is paged about it before; at most 30 days ahead.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/alerts", "listAlerts", list)
            .about("alerts", "List alerts", "The newest first. Alerts of an incident are for whoever sees all of it.")
            .query::<AlertParams>()
            .answers::<Page<Shown>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::get("/api/v1/alerts/{id}", "readAlert", read)
            .about("alerts", "Read an alert", "")
            .answers::<Shown>(200, "The alert.")
            .problems(&[401, 403, 404, 503]),
        Door::post("/api/v1/alerts/{id}/acknowledge", "acknowledgeAlert", acknowledge)
            .about("alerts", "Acknowledge an alert", "Acknowledges its incident; of one that is recorded only there is nothing to acknowledge.")
            .body::<Nothing>(json!({}))
            .once()
            .answers::<Shown>(200, "The alert.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
        Door::post("/api/v1/alerts/{id}/snooze", "snoozeAlert", snooze)
            .about("alerts", "Put an alert off", "Nobody is paged about it until then; if it is firing still, it pages then.")
            .body::<SnoozeWish>(json!({ "until": "2026-11-23T15:00:00Z" }))
            .once()
            .answers::<Shown>(200, "The alert.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
        Door::post("/api/v1/alerts/{id}/unsnooze", "unsnoozeAlert", unsnooze)
            .about("alerts", "Put an alert off no more", "It pages now if it is firing, unless something else keeps it silent.")
            .body::<Nothing>(json!({}))
            .once()
            .answers::<Shown>(200, "The alert.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
        Door::post("/api/v1/alerts/{id}/resolve", "resolveAlert", resolve)
            .about("alerts", "End an alert", "It is over, whatever its source says; if it tells of it again, that is a new one.")
            .body::<Nothing>(json!({}))
            .once()
            .answers::<Shown>(200, "The alert.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<AlertParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let limit = limit(params.limit.as_deref(), limits::PAGE_ROWS)?;
    let names = Names::of(&app).await?;
    let references = References::of(&app, caller.viewer()).await?;
    let mut wanted =
        wanted(words("q", params.q.as_deref())?.unwrap_or_default(), &references, &names)?;
    wanted.before = cursor(params.cursor.as_deref())?;
    let mut found = app.desk().alerts(caller.viewer(), wanted, limit + 1).await?;
    let next = next_of(&mut found, limit, |last| last.alert.id);
    let directory = references.directory();
    let now = app.desk().now();
    let items = found.into_iter().map(|found| names.shown(found, directory, now)).collect();
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let found = app.desk().alert(caller.viewer(), alert_id(&id)?).await?;
    Ok(answered(&app, found).await?.into_response())
}

async fn acknowledge(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Path(id): Path<String>,
    body: Given<Nothing>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let id = alert_id(&id)?;
    let doing = async {
        let found = app.desk().alert(caller.viewer(), id).await?;
        let Some(number) = found.alert.number else {
            return Err(desk::Trouble::from(incident::Refusal::state(
                "not_in_this_state",
                "this alert is recorded only, nobody is paged about it",
            ))
            .into());
        };
        let ask = app.desk().ask(caller.viewer(), Channel::Api).on(number);
        ask.issue(Command::Acknowledge).await?;
        answered(&app, app.desk().alert(caller.viewer(), id).await?).await
    };
    once::done(&app, &caller, once.of(&body.bytes), doing).await
}

async fn snooze(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Path(id): Path<String>,
    body: Body<SnoozeWish>,
) -> Result<Response, Problem> {
    let act = Act::Snooze(body.value.until);
    act_on(&app, &caller, once.of(&body.bytes), &id, act).await
}

async fn unsnooze(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Path(id): Path<String>,
    body: Given<Nothing>,
) -> Result<Response, Problem> {
    act_on(&app, &caller, once.of(&body.bytes), &id, Act::Unsnooze).await
}

async fn resolve(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Path(id): Path<String>,
    body: Given<Nothing>,
) -> Result<Response, Problem> {
    act_on(&app, &caller, once.of(&body.bytes), &id, Act::Resolve).await
}

async fn act_on(
    app: &App,
    caller: &Caller,
    once: Option<desk::Idempotency>,
    id: &str,
    act: Act,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let id = alert_id(id)?;
    let doing = async {
        let found = app.desk().act_on_alert(caller.viewer(), id, act).await?;
        answered(app, found).await
    };
    once::done(app, caller, once, doing).await
}

async fn answered(app: &App, found: Found) -> Result<Answered, Problem> {
    let (names, directory) = (Names::of(app).await?, app.directory().await?);
    Ok(Answered::good(&names.shown(found, &directory, app.desk().now()))?)
}

fn alert_id(text: &str) -> Result<AlertId, Problem> {
    let missing = || crate::kept::missing("alert");
    text.parse().map_err(|_| missing().into())
}

/// Integrations by id, those that were deleted apart.
struct Names(HashMap<kernel::IntegrationId, String>);

impl Names {
    async fn of(app: &App) -> Result<Self, Problem> {
        let all = app.desk().read(integrations::list).await?;
        Ok(Names(all.into_iter().map(|one| (one.id, one.name)).collect()))
    }

    fn find(&self, text: &str) -> Option<kernel::IntegrationId> {
        let same = |name: &str| name.to_lowercase() == text.to_lowercase();
        let named = self.0.iter().find(|(id, name)| same(name) || id.to_string() == text);
        named.map(|(id, _)| *id)
    }

    fn shown(&self, found: Found, directory: &Directory, now: Timestamp) -> Shown {
        let Found { alert, details } = found;
        let service = alert.service.and_then(|id| directory.services.name(id));
        Shown {
            id: alert.id,
            state: alert.state.as_str(),
            severity: alert.severity,
            title: details.title,
            body: details.body,
            labels: details.labels,
            links: details.links,
            integration: self.0.get(&alert.integration).cloned(),
            service: service.map(str::to_owned),
            incident: alert.number,
            count: alert.count,
            first_at: alert.first_at,
            last_at: alert.last_at,
            started_at: alert.started_at,
            ends_at: alert.ends_at,
            ended_at: alert.ended_at,
            muted: alert.muted,
            muted_until: alert.muted_until,
            flapping: alert.is_flapping(now),
            key: alert.key,
            group: alert.group,
        }
    }
}

/// What words `name:value` ask for.
fn wanted(text: &str, references: &References<'_>, names: &Names) -> Result<Wanted, Problem> {
    let mut wanted = Wanted::default();
    for (name, value) in pairs(text)? {
        match name.as_str() {
            "state" if value == "open" => wanted.open = Some(true),
            "state" => {
                let state = value.parse();
                let refused =
                    |_| Problem::invalid("q", "state is open, firing, acknowledged or resolved");
                wanted.state = Some(state.map_err(refused)?);
            }
            "integration" => {
                let found = names.find(&value);
                let missing = || Problem::invalid("q", format!("{value} is no known integration"));
                wanted.integration = Some(found.ok_or_else(missing)?);
            }
            "service" => wanted.service = Some(references.service("q", &value)?),
            "incident" => {
                let refused = |_| Problem::invalid("q", "incident is a number such as INC-12");
                wanted.number = Some(value.parse().map_err(refused)?);
            }
            other => {
                let words = format!(
                    "{other} is not asked for here; state, integration, service and incident are"
                );
                return Err(Problem::invalid("q", words));
            }
        }
    }
    Ok(wanted)
}

/// Words `name:value` between spaces; values may stand in quotation marks.
fn pairs(text: &str) -> Result<Vec<(String, String)>, Problem> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let needs =
            || Problem::invalid("q", "has words of the form name:value, such as state:open");
        let (name, after) = rest.split_once(':').ok_or_else(needs)?;
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').ok_or_else(needs)?,
            None => after.split_once(' ').unwrap_or((after, "")),
        };
        if name.contains(' ') || value.is_empty() {
            return Err(needs());
        }
        found.push((name.to_lowercase(), value.to_owned()));
        rest = after.trim_start();
    }
    Ok(found)
}
