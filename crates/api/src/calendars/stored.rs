//! The calendars that are kept: every version, and what an instance counts by.

use super::fields::{CalendarFields, Known};
use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept;
use crate::once::Once;
use crate::page::{ListParams, Page, PageParams, Params, page_of};
use crate::path::Path;
use crate::problem::Problem;
use crate::version::{Seen, tagged};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use calendar::{Definition, Holiday, SpecialOpening, Week};
use desk::terms::{Effect, Saved, save_calendar};
use incident::policy::BusinessHours;
use kernel::{CalendarId, InOrder, RecomputationId, Timestamp};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use store::directory::calendars;
use utoipa::ToSchema;

/// What it is called in refusals.
const WHAT: &str = "calendar";

/// One version of a calendar.
#[derive(Debug, Serialize, ToSchema)]
struct Calendar {
    #[schema(value_type = String)]
    id: CalendarId,
    version: i64,
    name: String,
    /// In force from.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// A name of the IANA time zone database.
    time_zone: String,
    /// Opening hours by weekday, `mon` to `sun`.
    #[schema(value_type = Object)]
    week: Week,
    /// Local dates, or objects with `date` and `name`.
    #[schema(value_type = Vec<Value>)]
    holidays: Vec<Holiday>,
    /// Local dates with hours of their own.
    #[schema(value_type = Vec<Object>)]
    special_openings: Vec<SpecialOpening>,
    /// Whether agreements and teams can name it.
    active: bool,
    /// The job that brings open incidents over to this version, when it was just saved so.
    #[schema(value_type = Option<String>)]
    recomputation: Option<RecomputationId>,
}

pub(super) fn doors() -> Vec<Door> {
    let example = json!({
        "name": "Office Rotterdam",
        "time_zone": "Europe/Amsterdam",
        "week": { "mon": [["08:00", "18:00"]], "fri": [["08:00", "12:00"], ["13:00", "17:00"]] },
        "holidays": [{ "date": "2026-12-25", "name": "Christmas Day" }, "2027-01-01"],
        "special_openings": [{ "date": "2026-12-24", "name": "Christmas Eve", "hours": [["08:00", "12:00"]] }],
    });
    vec![
        Door::get("/api/v1/calendars", "listCalendars", list)
            .about("configuration", "List calendars", "By name, the newest version of each, those out of use too.")
            .query::<ListParams>()
            .answers::<Page<Calendar>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::post("/api/v1/calendars", "createCalendar", create)
            .about("configuration", "Create a calendar", "For administrators.")
            .body::<CalendarFields>(example)
            .once()
            .answers::<Calendar>(201, "The calendar.")
            .problems(&[400, 401, 403, 409, 413, 415, 422, 503]),
        Door::get("/api/v1/calendars/{id}", "readCalendar", read)
            .about("configuration", "Read a calendar", "Every version, the newest first.")
            .query::<PageParams>()
            .answers::<Page<Calendar>>(200, "A page of its versions.")
            .problems(&[401, 403, 404, 422, 503]),
        Door::patch("/api/v1/calendars/{id}", "changeCalendar", change)
            .about("configuration", "Change a calendar", "For administrators. Saves another version, in force from `since`; earlier ones stay. Open incidents keep their hours unless `open` is `follow`.")
            .body::<CalendarFields>(json!({ "holidays": ["2026-12-25", "2026-12-26"], "open": "follow" }))
            .if_match()
            .answers::<Calendar>(200, "The new version.")
            .problems(&[400, 401, 403, 404, 409, 412, 413, 415, 422, 503]),
        Door::delete("/api/v1/calendars/{id}", "removeCalendar", remove)
            .about("configuration", "Take a calendar out of use", "For administrators. Refused while an agreement or a team counts by it. What counts by it already goes on.")
            .if_match()
            .answers_plainly(204, "", "It is out of use.")
            .problems(&[401, 403, 404, 409, 412, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<ListParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let mut newest = BTreeMap::new();
    for (hours, since) in app.desk().read(calendars::all).await? {
        newest.insert(hours.reference.id, (hours, since));
    }
    let mut all: Vec<_> = newest.into_values().collect();
    all.order_by_key(|(hours, _)| (hours.name.to_lowercase(), hours.reference));
    let (found, next) = page_of(all, &params, |(h, _)| h.reference.id, |(hours, _)| &hours.name)?;
    let items = found.into_iter().map(|(hours, since)| shown(hours, since, None)).collect();
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<CalendarFields>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let effect = body.value.effect();
    let hours = body.value.new_one("")?;
    kept::create(&app, &caller, once.of(&body.bytes), move |sql, audit| {
        Ok(of_saved(save_calendar(sql, audit, hours, effect)?))
    })
    .await
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Params(params): Params<PageParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let id = Known::of(&app).any(&id)?;
    let versions = app.desk().read(move |sql| calendars::versions(sql, id)).await?;
    let version = versions.first().map_or(0, |(hours, _)| hours.reference.version);
    let items = versions.into_iter().map(|(hours, since)| shown(hours, since, None)).collect();
    let page = Page::of(items, &params, |one: &Calendar| one.version)?;
    Ok(tagged(json::answer(StatusCode::OK, &page), version))
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
    body: Body<CalendarFields>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let fields = body.value;
    let effect = fields.effect();
    let saved = save(&app, &caller, &id, seen, effect, move |before| fields.over(before)).await?;
    let version = saved.value.reference.version;
    Ok(kept::answer(&of_saved(saved), version))
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
) -> Result<StatusCode, Problem> {
    caller.must_configure()?;
    let retired = |before| BusinessHours { retired: true, ..before };
    save(&app, &caller, &id, seen, Effect::default(), retired).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Saves what `make` makes of the newest version, if that is the version seen.
async fn save(
    app: &App,
    caller: &Caller,
    id: &str,
    seen: Seen,
    effect: Effect,
    make: impl FnOnce(BusinessHours) -> BusinessHours + Send + 'static,
) -> Result<Saved<BusinessHours>, Problem> {
    let id = Known::of(app).any(id)?;
    let saved = app.desk().change(caller.actor(), move |sql, audit| {
        let versions = calendars::versions(sql, id)?;
        let (before, _) = versions.into_iter().next().ok_or_else(|| kept::missing(WHAT))?;
        kept::check_seen(seen.must_be, before.reference.version)?;
        save_calendar(sql, audit, make(before), effect)
    });
    Ok(saved.await?)
}

fn of_saved(saved: Saved<BusinessHours>) -> Calendar {
    shown(saved.value, saved.since, saved.recomputation)
}

fn shown(
    hours: BusinessHours,
    since: Timestamp,
    recomputation: Option<RecomputationId>,
) -> Calendar {
    let Definition { time_zone, week, holidays, special_openings } = hours.definition;
    Calendar {
        id: hours.reference.id,
        version: hours.reference.version,
        name: hours.name,
        since,
        time_zone,
        week,
        holidays,
        special_openings,
        active: !hours.retired,
        recomputation,
    }
}
