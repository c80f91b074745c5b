//! Surges: more reports of a service than that hour of the week brings, and what people make of
//! them.

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Given, Nothing};
use crate::kept;
use crate::once::{self, Answered, Once};
use crate::page::{Page, PageParams, Params};
use crate::path::Path;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::surges::{Accept, Accepted, Case};
use kernel::{Channel, IncidentNumber, ServiceId, SurgeId, Timestamp, limits};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use store::surges::{Surge, SurgeState};
use utoipa::ToSchema;

/// Surges that a list shows: those that go on and the last of those before.
const SHOWN_MAX: i64 = 200;

/// A surge.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Surge)]
struct Shown {
    #[schema(value_type = String)]
    id: SurgeId,
    /// The service, by id.
    #[schema(value_type = String)]
    service: ServiceId,
    /// Its name; null when it is out of use.
    service_name: Option<String>,
    /// `proposed`, `accepted`, `dismissed`, or `over` when it ended before anybody decided.
    #[schema(value_type = String)]
    state: SurgeState,
    /// Its first report.
    #[schema(value_type = String, format = DateTime)]
    began: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    proposed_at: Timestamp,
    /// Whether it rose slowly, over hours.
    slow: bool,
    /// Reports since it began, each person once an hour.
    counted: u32,
    /// How many usually come in that time.
    expected: f64,
    /// The incident that its reports were linked to.
    #[schema(value_type = Option<String>)]
    parent: Option<IncidentNumber>,
    #[schema(value_type = Option<String>, format = DateTime)]
    decided_at: Option<Timestamp>,
    /// When arrivals were as usual again.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
}

/// A surge with its reports.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SurgeWithReports)]
struct ShownCase {
    #[serde(flatten)]
    surge: Shown,
    /// Its open reports that stand alone, those that you see, the earliest first.
    #[schema(value_type = Vec<String>)]
    reports: Vec<IncidentNumber>,
    /// Open major incidents of the service, which may be the parent.
    #[schema(value_type = Vec<String>)]
    majors: Vec<IncidentNumber>,
}

/// How a surge is accepted.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct AcceptWish {
    /// The open incident that becomes the parent; absent for a new one.
    #[schema(value_type = Option<String>)]
    into: Option<IncidentNumber>,
    /// The title of a new one; absent: "Many reports on" the service.
    title: Option<String>,
    /// The reports that become children; absent for all of them.
    #[schema(value_type = Option<Vec<String>>)]
    reports: Option<BTreeSet<IncidentNumber>>,
    /// Whether the portal says that it is known; absent: yes.
    known: Option<bool>,
    /// A first update, kept as your draft. Nothing is published.
    draft: Option<String>,
}

/// Which reports join the parent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct JoinWish {
    /// The reports that become children; absent for all of them.
    #[schema(value_type = Option<Vec<String>>)]
    reports: Option<BTreeSet<IncidentNumber>>,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AcceptedSurge)]
struct ShownAccepted {
    #[schema(value_type = String)]
    parent: IncidentNumber,
    #[schema(value_type = Vec<String>)]
    linked: Vec<IncidentNumber>,
    /// Those that could not be linked.
    #[schema(value_type = Vec<String>)]
    refused: Vec<IncidentNumber>,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/surges", "listSurges", list)
            .about("incidents", "List surges", "More reports of a service than that hour of the week brings, the latest first.")
            .query::<PageParams>()
            .answers::<Page<Shown>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::get("/api/v1/surges/{id}", "readSurge", read)
            .about("incidents", "Read a surge with its reports", "")
            .answers::<ShownCase>(200, "The surge.")
            .problems(&[401, 403, 404, 503]),
        Door::post("/api/v1/surges/{id}/accept", "acceptSurge", accept)
            .about("incidents", "Make a parent of a surge", "Makes an incident, or takes one that is there, and links the reports to it as children that follow it.")
            .body::<AcceptWish>(json!({ "title": "Label Printing is down", "known": true }))
            .once()
            .answers::<ShownAccepted>(200, "The parent and its children.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
        Door::post("/api/v1/surges/{id}/join", "joinSurge", join)
            .about("incidents", "Link what came since to the parent of a surge", "Once it was accepted: its reports that stand alone become children, too.")
            .body::<JoinWish>(json!({}))
            .once()
            .answers::<ShownAccepted>(200, "The parent and its new children.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
        Door::post("/api/v1/surges/{id}/dismiss", "dismissSurge", dismiss)
            .about("incidents", "Dismiss a surge", "It stays silent until arrivals are as usual again.")
            .body::<Nothing>(json!({}))
            .once()
            .answers::<Shown>(200, "The surge.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<PageParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let all = app.desk().read(|sql| store::surges::list(sql, SHOWN_MAX)).await?;
    let items: Vec<Shown> = all.into_iter().map(|surge| shown(&app, surge)).collect();
    Ok(json::answer(StatusCode::OK, &Page::of(items, &params, |surge| surge.id)?))
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let Case { surge, reports, majors } = app.desk().surge(caller.viewer(), surge_id(&id)?).await?;
    let case = ShownCase {
        surge: shown(&app, surge),
        reports: reports.into_iter().map(|row| row.number).collect(),
        majors: majors.into_iter().map(|row| row.number).collect(),
    };
    Ok(json::answer(StatusCode::OK, &case))
}

async fn accept(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Path(id): Path<String>,
    body: Given<AcceptWish>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let (id, wish) = (surge_id(&id)?, body.value);
    if wish.draft.as_ref().is_some_and(|text| text.chars().count() > limits::BODY_CHARS) {
        let words = format!("is longer than {} characters", limits::BODY_CHARS);
        return Err(Problem::invalid("draft", words));
    }
    let doing = accepted(&app, &caller, id, wish);
    once::done(&app, &caller, once.of(&body.bytes), doing).await
}

async fn accepted(
    app: &App,
    caller: &Caller,
    id: SurgeId,
    wish: AcceptWish,
) -> Result<Answered, Problem> {
    let service = app.desk().surge(caller.viewer(), id).await?.surge.service;
    let named = app.desk().policy().services.get(&service).map(|known| known.name.clone());
    let usual = format!("Many reports on {}", named.as_deref().unwrap_or("a service"));
    let accept = Accept {
        into: wish.into,
        title: wish.title.unwrap_or(usual),
        reports: wish.reports,
        known: wish.known.unwrap_or(true),
        draft: wish.draft.unwrap_or_default(),
    };
    let done = app.desk().accept_surge(caller.viewer(), Channel::Api, id, accept).await?;
    linked(done)
}

fn linked(done: Accepted) -> Result<Answered, Problem> {
    let shown = ShownAccepted { parent: done.parent, linked: done.linked, refused: done.refused };
    Ok(Answered::good(&shown)?)
}

async fn join(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Path(id): Path<String>,
    body: Given<JoinWish>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let (id, wanted) = (surge_id(&id)?, body.value.reports);
    let doing =
        async { linked(app.desk().join_surge(caller.viewer(), Channel::Api, id, wanted).await?) };
    once::done(&app, &caller, once.of(&body.bytes), doing).await
}

async fn dismiss(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Path(id): Path<String>,
    body: Given<Nothing>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let id = surge_id(&id)?;
    let doing = dismissed(&app, &caller, id);
    once::done(&app, &caller, once.of(&body.bytes), doing).await
}

async fn dismissed(app: &App, caller: &Caller, id: SurgeId) -> Result<Answered, Problem> {
    app.desk().dismiss_surge(caller.viewer(), id).await?;
    let surge = app.desk().surge(caller.viewer(), id).await?.surge;
    Ok(Answered::good(&shown(app, surge))?)
}

fn surge_id(text: &str) -> Result<SurgeId, Problem> {
    text.parse().map_err(|_| kept::missing("surge").into())
}

fn shown(app: &App, surge: Surge) -> Shown {
    let policy = app.desk().policy();
    Shown {
        id: surge.id,
        service_name: policy.services.get(&surge.service).map(|service| service.name.clone()),
        service: surge.service,
        state: surge.state,
        began: surge.began,
        proposed_at: surge.proposed_at,
        slow: surge.slow,
        counted: surge.counted,
        expected: surge.expected_milli as f64 / 1_000.0,
        parent: surge.parent,
        decided_at: surge.decided_at,
        ended_at: surge.ended_at,
    }
}
