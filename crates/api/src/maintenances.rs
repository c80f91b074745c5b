//! Windows in which alerts are recorded and page nobody.

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept::{self, Row, given, name};
use crate::once::Once;
use crate::page::Page;
use crate::path::Path;
use crate::problem::Problem;
use crate::version::Seen;
use alert::maintenance::{Maintenance, Matcher, Recurrence};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::Trouble;
use kernel::{MaintenanceId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::alerts::maintenances;
use store::{Failure, Sql};
use utoipa::ToSchema;

/// Windows that a list shows: those to come, those that hold and the last of those before.
const SHOWN_MAX: i64 = 500;

/// A maintenance window.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Maintenance)]
struct Shown {
    #[schema(value_type = String)]
    id: MaintenanceId,
    name: String,
    #[schema(value_type = String, format = DateTime)]
    starts_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    ends_at: Option<Timestamp>,
    /// `{time_zone, days, from, until}`: on these days (1 for Monday to 7; none is every day),
    /// between these local times.
    #[schema(value_type = Option<Object>)]
    recurrence: Option<Recurrence>,
    /// `{services, integrations, labels: [{name, test, value}]}`, all of which hold; `test` is
    /// `is`, `is_not`, `matches` or `matches_not`.
    #[schema(value_type = Object)]
    matcher: Matcher,
    created_by: String,
    /// Whether it was called off.
    cancelled: bool,
    /// Whether it holds now.
    active: bool,
    version: i64,
}

/// A new window.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMaintenance {
    /// What is done in it.
    name: String,
    #[schema(value_type = String, format = DateTime)]
    starts_at: Timestamp,
    /// Needed unless it recurs.
    #[schema(value_type = Option<String>, format = DateTime)]
    ends_at: Option<Timestamp>,
    /// When it comes again between these instants.
    #[schema(value_type = Option<Object>)]
    recurrence: Option<Recurrence>,
    /// For which alerts.
    #[schema(value_type = Option<Object>)]
    matcher: Option<Matcher>,
    /// It is for every alert there is; needed where no matcher names any.
    everything: Option<bool>,
}

/// What to change of a window; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MaintenanceChange {
    name: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    starts_at: Option<Timestamp>,
    /// Null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = DateTime)]
    ends_at: Option<Option<Timestamp>>,
    /// Null for never again.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Object>)]
    recurrence: Option<Option<Recurrence>>,
    #[schema(value_type = Option<Object>)]
    matcher: Option<Matcher>,
    /// It is for every alert there is; needed where the matcher names none.
    everything: Option<bool>,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/maintenances", "listMaintenances", list)
            .about("alerts", "List maintenance windows", "The latest first.")
            .answers::<Page<Shown>>(200, "They.")
            .problems(&[401, 403, 503]),
        Door::post("/api/v1/maintenances", "createMaintenance", create)
            .about("alerts", "Plan a maintenance window", "Alerts that it is for are recorded and page nobody; what is firing still at its end pages then.")
            .body::<NewMaintenance>(json!({ "name": "Router firmware", "starts_at": "2026-11-28T20:00:00Z", "ends_at": "2026-11-28T22:00:00Z", "matcher": { "labels": [{ "name": "site", "test": "is", "value": "north" }] } }))
            .once()
            .answers::<Shown>(201, "The window.")
            .problems(&[400, 401, 403, 413, 415, 422, 503]),
        Door::get("/api/v1/maintenances/{id}", "readMaintenance", read)
            .about("alerts", "Read a maintenance window", "")
            .answers::<Shown>(200, "The window.")
            .problems(&[401, 403, 404, 503]),
        Door::patch("/api/v1/maintenances/{id}", "changeMaintenance", change)
            .about("alerts", "Change a maintenance window", "")
            .body::<MaintenanceChange>(json!({ "ends_at": "2026-11-28T23:00:00Z" }))
            .if_match()
            .answers::<Shown>(200, "The window as it is now.")
            .problems(&[400, 401, 403, 404, 412, 413, 415, 422, 503]),
        Door::delete("/api/v1/maintenances/{id}", "cancelMaintenance", cancel)
            .about("alerts", "Call a maintenance window off", "What it kept silent is looked at again at once, and pages if it is firing still.")
            .if_match()
            .answers_plainly(204, "", "It mutes nothing any more.")
            .problems(&[401, 403, 404, 412, 503]),
    ]
}

async fn list(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let all = app.desk().read(|sql| maintenances::list(sql, SHOWN_MAX)).await?;
    let now = app.desk().now();
    let items = all.into_iter().map(|row| shown(row, now)).collect();
    Ok(json::answer(StatusCode::OK, &Page::whole(items)))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<NewMaintenance>,
) -> Result<Response, Problem> {
    must_plan(&caller)?;
    let new = body.value;
    let row = Maintenance {
        id: MaintenanceId(desk::fresh()),
        name: name("name", &new.name)?,
        starts_at: new.starts_at,
        ends_at: new.ends_at,
        recurrence: new.recurrence,
        matcher: named(new.matcher.unwrap_or_default(), new.everything)?,
        created_by: caller.viewer().name.clone(),
        cancelled: false,
        version: 1,
    };
    desk::maintenance::check(&row)?;
    let now = app.desk().now();
    kept::create(&app, &caller, once.of(&body.bytes), move |sql, audit| {
        maintenances::insert(sql, &row)?;
        audit.created(sql, Maintenance::WHAT, row.id, &row)?;
        Ok(shown(row, now))
    })
    .await
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let row: Maintenance = kept::read(&app, find(&id)?).await?;
    let version = row.version;
    Ok(kept::answer(&shown(row, app.desk().now()), version))
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
    body: Body<MaintenanceChange>,
) -> Result<Response, Problem> {
    must_plan(&caller)?;
    let change = body.value;
    let new_name = change.name.as_deref().map(|text| name("name", text)).transpose()?;
    let matcher = match (change.matcher, change.everything) {
        (None, Some(true)) => Some(Matcher::default()),
        (given, everything) => given.map(|given| named(given, everything)).transpose()?,
    };
    let row = kept::change(&app, &caller, find(&id)?, seen, move |before: &Maintenance| {
        Ok(Maintenance {
            name: new_name.unwrap_or_else(|| before.name.clone()),
            starts_at: change.starts_at.unwrap_or(before.starts_at),
            ends_at: change.ends_at.unwrap_or(before.ends_at),
            recurrence: change.recurrence.clone().unwrap_or_else(|| before.recurrence.clone()),
            matcher: matcher.unwrap_or_else(|| before.matcher.clone()),
            ..before.clone()
        })
    })
    .await?;
    let version = row.version;
    Ok(kept::answer(&shown(row, app.desk().now()), version))
}

async fn cancel(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
) -> Result<StatusCode, Problem> {
    must_plan(&caller)?;
    kept::retire(&app, &caller, find(&id)?, seen, |row: &mut Maintenance| row.cancelled = true)
        .await
}

impl Row for Maintenance {
    type Id = MaintenanceId;
    const WHAT: &'static str = "maintenance";

    fn get(sql: &mut dyn Sql, id: MaintenanceId) -> Result<Option<Self>, Failure> {
        maintenances::get(sql, id)
    }

    fn update(&self, sql: &mut dyn Sql) -> Result<bool, Trouble> {
        Ok(maintenances::update(sql, self, self.version)?)
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn check(&self, _: &mut dyn Sql, _: &Self, _: Timestamp) -> Result<(), Trouble> {
        desk::maintenance::check(self)
    }
}

/// Whoever works here plans; reading alone is no planning.
fn must_plan(caller: &Caller) -> Result<(), Problem> {
    caller.must_be_staff()?;
    caller.must_write()?;
    match desk::maintenance::may_plan(caller.viewer()) {
        true => Ok(()),
        false => Err(Problem::forbidden("maintenance is planned by whoever works on incidents")),
    }
}

/// A matcher that names something, or every alert where that is said: a matcher that was forgotten
/// would keep everybody from being paged.
fn named(matcher: Matcher, everything: Option<bool>) -> Result<Matcher, Problem> {
    let names = matcher != Matcher::default();
    match (names, everything.unwrap_or(false)) {
        (false, false) => {
            let words = "names no alert; say \"everything\": true if every alert is meant";
            Err(Problem::invalid("matcher", words))
        }
        (true, true) => {
            Err(Problem::invalid("everything", "and a matcher that names some exclude each other"))
        }
        _ => Ok(matcher),
    }
}

fn find(text: &str) -> Result<MaintenanceId, Problem> {
    text.parse().map_err(|_| kept::missing(Maintenance::WHAT).into())
}

fn shown(row: Maintenance, now: Timestamp) -> Shown {
    Shown {
        active: row.holds_until(now).is_some(),
        id: row.id,
        name: row.name,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        recurrence: row.recurrence,
        matcher: row.matcher,
        created_by: row.created_by,
        cancelled: row.cancelled,
        version: row.version,
    }
}
