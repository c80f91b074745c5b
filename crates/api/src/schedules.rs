//! Schedules: who is on call when.

mod brought;
mod feeds;
mod fields;
mod looks;
mod overrides;
mod preview;
mod shadows;
mod swaps;

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept;
use crate::once::Once;
use crate::page::{ListParams, Page, Params, page_of};
use crate::path::Path;
use crate::problem::{FieldError, Problem};
use crate::reference::References;
use crate::version::Seen;
use crate::whom::{Named, Shows, person_of, told};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::Trouble;
use desk::rota::{blank_schedule, save_schedule, to_save, webhooks_in_use};
use fields::ScheduleFields;
use incident::Policy;
use kernel::{PersonId, ScheduleId, Timestamp, WebhookId};
use roster::Layer;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;
use store::directory::schedules::{self, Schedule};
use utoipa::ToSchema;

/// What it is called in refusals.
const WHAT: &str = "schedule";

/// A schedule with its newest layers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Schedule)]
struct Shown {
    #[schema(value_type = String)]
    id: ScheduleId,
    name: String,
    /// A name of the IANA time zone database.
    time_zone: String,
    /// A later one wins over those before it.
    #[schema(value_type = Vec<Object>)]
    layers: Vec<Layer<String>>,
    /// From when on these layers are in force; earlier ones until then.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// Who is paged where nobody is on call.
    fallback: Option<Named>,
    /// Whether a manager approves swaps.
    swaps_need_approval: bool,
    /// Whether it is in use.
    active: bool,
    /// What it names that is not there any more, such as somebody whose account is out of use.
    faults: Vec<FieldError>,
    version: i64,
}

pub(crate) fn doors() -> Vec<Door> {
    let example = json!({
        "name": "Network",
        "time_zone": "Europe/Amsterdam",
        "layers": [
            { "name": "First", "rotation": { "unit": "week", "every": 1, "start_local": "2026-11-23T09:00:00",
                "people": ["ines.carvalhal@northwind.example", "yuki.tanabe@northwind.example"] } },
            { "name": "Office", "rotation": { "unit": "day", "every": 1, "start_local": "2026-11-23T00:00:00",
                "people": ["emil.sandahl@northwind.example"] },
              "restrictions": [{ "days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00", "to": "18:00" }] },
        ],
        "fallback": { "team": "Network" },
    });
    let mut doors = vec![
        Door::get("/api/v1/schedules", "listSchedules", list)
            .about("on call", "List schedules", "By name, those out of use too.")
            .query::<ListParams>()
            .answers::<Page<Shown>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::post("/api/v1/schedules", "createSchedule", create)
            .about("on call", "Create a schedule", "For administrators and managers. Its time zone stays: another one would move shifts of the past.")
            .body::<ScheduleFields>(example.clone())
            .once()
            .answers::<Shown>(201, "The schedule.")
            .problems(&[400, 401, 403, 409, 413, 415, 422, 503]),
        Door::get("/api/v1/schedules/{id}", "readSchedule", read)
            .about("on call", "Read a schedule", "By id or name.")
            .answers::<Shown>(200, "The schedule.")
            .problems(&[401, 403, 404, 503]),
        Door::patch("/api/v1/schedules/{id}", "changeSchedule", change)
            .about("on call", "Change a schedule", "For administrators and managers. Other layers are in force from `since`; who was on call until then stays as it was.")
            .body::<ScheduleFields>(json!({ "layers": example["layers"], "since": "2026-12-01T09:00:00Z" }))
            .if_match()
            .answers::<Shown>(200, "The schedule as it is now.")
            .problems(&[400, 401, 403, 404, 409, 412, 413, 415, 422, 503]),
        Door::delete("/api/v1/schedules/{id}", "removeSchedule", remove)
            .about("on call", "Take a schedule out of use", "For administrators and managers. Refused while an escalation policy or another schedule pages by it.")
            .if_match()
            .answers_plainly(204, "", "It is out of use; who was on call stays known.")
            .problems(&[401, 403, 404, 409, 412, 503]),
    ];
    doors.push(preview::door());
    doors.extend(looks::doors(&example));
    doors.extend(brought::doors());
    doors.extend(overrides::doors());
    doors.extend(shadows::doors());
    doors.extend(swaps::doors());
    doors.extend(feeds::doors());
    doors
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<ListParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let (all, webhooks) =
        app.desk().read(|sql| Ok((schedules::list(sql)?, webhooks_in_use(sql)?))).await?;
    let (found, next) = page_of(all, &params, |row| row.id, |row| &row.name)?;
    let shows = Shows::of(&app, found.iter().flat_map(people_of).collect()).await?;
    let policy = app.desk().policy();
    let items = found.into_iter().map(|row| shown(row, &shows, &policy, &webhooks)).collect();
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<ScheduleFields>,
) -> Result<Response, Problem> {
    caller.must_configure_paging()?;
    let references = References::of(&app, caller.viewer()).await?;
    let fields = body.value;
    fields.needed()?;
    let since = fields.since;
    let schedule = fields.read(&references).await?.over(blank_schedule());
    let shows = Shows::of(&app, people_of(&schedule)).await?;
    let policy = app.desk().policy();
    kept::create(&app, &caller, once.of(&body.bytes), move |sql, audit| {
        let made = save_schedule(sql, audit, schedule, since)?;
        Ok(shown(made, &shows, &policy, &webhooks_in_use(sql)?))
    })
    .await
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let schedule = find(&app, &id).await?;
    respond(&app, schedule).await
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
    body: Body<ScheduleFields>,
) -> Result<Response, Problem> {
    caller.must_configure_paging()?;
    let references = References::of(&app, caller.viewer()).await?;
    let since = body.value.since;
    let change = body.value.read(&references).await?;
    let after = save(&app, &caller, &id, (seen, since), move |before| change.over(before)).await?;
    respond(&app, after).await
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
) -> Result<StatusCode, Problem> {
    caller.must_configure_paging()?;
    let retired = |before| Schedule { active: false, ..before };
    save(&app, &caller, &id, (seen, None), retired).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Saves what `make` makes of the newest version, if that is the version seen.
async fn save(
    app: &App,
    caller: &Caller,
    id: &str,
    (seen, since): (Seen, Option<Timestamp>),
    make: impl FnOnce(Schedule) -> Schedule + Send + 'static,
) -> Result<Schedule, Problem> {
    let id = app.directory().await?.schedules.find(WHAT, id)?;
    let saved = app.desk().change(caller.actor(), move |sql, audit| {
        let before = schedules::get(sql, id)?.ok_or_else(|| kept::missing(WHAT))?;
        kept::check_seen(seen.must_be, before.version)?;
        save_schedule(sql, audit, make(before), since)
    });
    Ok(saved.await?)
}

/// The schedule with this id or name.
async fn find(app: &App, text: &str) -> Result<Schedule, Problem> {
    let id = app.directory().await?.schedules.find(WHAT, text)?;
    let found = app.desk().read(move |sql| schedules::get(sql, id)).await?;
    Ok(found.ok_or_else(|| -> Trouble { kept::missing(WHAT) })?)
}

async fn respond(app: &App, schedule: Schedule) -> Result<Response, Problem> {
    let shows = Shows::of(app, people_of(&schedule)).await?;
    let webhooks = app.desk().read(webhooks_in_use).await?;
    let version = schedule.version;
    Ok(kept::answer(&shown(schedule, &shows, &app.desk().policy(), &webhooks), version))
}

/// Everybody whom a schedule names.
fn people_of(schedule: &Schedule) -> Vec<PersonId> {
    let layers = schedule.layers.iter().flat_map(|layer| &layer.rotation.people).copied();
    layers.chain(schedule.fallback.as_ref().and_then(person_of)).collect()
}

fn shown(
    schedule: Schedule,
    shows: &Shows,
    policy: &Policy,
    webhooks: &BTreeSet<WebhookId>,
) -> Shown {
    // One that is out of use may name whom it likes.
    let faults = match schedule.active {
        true => told(to_save(&schedule).faults(policy, webhooks)),
        false => vec![],
    };
    let layers = schedule.layers.into_iter();
    Shown {
        id: schedule.id,
        name: schedule.name,
        time_zone: schedule.time_zone,
        layers: layers.map(|layer| fields::named(layer, |id| shows.person(id))).collect(),
        since: schedule.since,
        fallback: schedule.fallback.map(|whom| shows.whom(whom)),
        swaps_need_approval: schedule.approval,
        active: schedule.active,
        faults,
        version: schedule.version,
    }
}
