//! What a change would do before it is saved: to open incidents, and to the promises of
//! the past.

use super::fields::AgreementFields;
use super::stored;
use crate::app::App;
use crate::auth::Caller;
use crate::calendars::{CalendarFields, Known};
use crate::door::Door;
use crate::json::{self, Body};
use crate::once::{self, Once};
use crate::path::Path;
use crate::problem::Problem;
use crate::reference::References;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::terms::blank_agreement;
use desk::what_if::{Backtest, BacktestRow, ImpactReport, ImpactRow, Tally, Unsaved};
use incident::clocks::Clock;
use incident::impact::Move;
use incident::policy::{Agreement, BusinessHours};
use kernel::{IncidentNumber, Priority, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// What a change would do to open incidents if they followed it when it comes in force. The
/// figures count all of them; `items` shows what the caller may see.
#[derive(Debug, Serialize, ToSchema)]
struct Impact {
    /// Incidents that are open.
    open_incidents: i64,
    /// Of those, incidents that cannot be read; the log says why.
    damaged_incidents: i64,
    /// Of those, incidents that would be promised something else.
    moved_incidents: i64,
    /// Clocks that would move.
    moved_clocks: i64,
    /// Clocks that would be due earlier.
    earlier: i64,
    /// Clocks that would be due later.
    later: i64,
    /// Promises that would be broken at once.
    breaches: i64,
    /// The first 100 of those incidents that the caller may see.
    items: Vec<ImpactItem>,
}

/// What it would do to one.
#[derive(Debug, Serialize, ToSchema)]
struct ImpactItem {
    #[schema(value_type = String)]
    number: IncidentNumber,
    title: String,
    #[schema(value_type = String)]
    priority: Priority,
    /// The clocks that would move; empty where another agreement applies and nothing moves.
    clocks: Vec<MovedClock>,
}

/// A clock before and after.
#[derive(Debug, Serialize, ToSchema)]
struct MovedClock {
    kind: &'static str,
    /// Null where it would only start.
    before: Option<ClockTerms>,
    after: ClockTerms,
    /// By how many seconds it would be due later; negative is earlier. Null where it is
    /// not due before or after.
    later_seconds: Option<i64>,
    /// Whether its promise would be broken at once.
    breaches: bool,
}

/// What a clock was told.
#[derive(Debug, Serialize, ToSchema)]
struct ClockTerms {
    status: &'static str,
    target_seconds: i64,
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    breached_at: Option<Timestamp>,
}

/// Terms that are not saved and the time to try them on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BacktestRequest)]
struct Asked {
    /// Name or id of the agreement that `agreement` changes; a new one when absent.
    agreement_id: Option<String>,
    agreement: Option<AgreementFields>,
    /// Name or id of the calendar that `calendar` changes; a new one when absent.
    calendar_id: Option<String>,
    calendar: Option<CalendarFields>,
    /// Incidents reported from here.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// Until before here.
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
}

/// What became of promises, and what would have become of them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Backtest)]
struct Tested {
    /// Incidents reported in that time.
    incidents: i64,
    /// By priority and clock.
    clocks: Vec<TestedClock>,
    /// Clocks that would have ended otherwise.
    differing: i64,
    /// The first 100 of those that the caller may see.
    items: Vec<TestedItem>,
}

/// The clocks of one kind at one priority.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BacktestClock)]
struct TestedClock {
    #[schema(value_type = String)]
    priority: Priority,
    kind: &'static str,
    before: Ended,
    after: Ended,
}

/// How promises ended; cancelled ones are not counted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BacktestTally)]
struct Ended {
    met: i64,
    /// Broken, whether it was made good later or not.
    breached: i64,
    /// Neither yet.
    open: i64,
}

/// A promise that would have ended otherwise.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BacktestItem)]
struct TestedItem {
    #[schema(value_type = String)]
    number: IncidentNumber,
    title: String,
    #[schema(value_type = String)]
    priority: Priority,
    kind: &'static str,
    /// When it was broken first; null where it was not.
    #[schema(value_type = Option<String>, format = DateTime)]
    breached_before: Option<Timestamp>,
    /// When it would have been.
    #[schema(value_type = Option<String>, format = DateTime)]
    breached_after: Option<Timestamp>,
}

pub(super) fn doors() -> Vec<Door> {
    let about = "Not saved: which clocks of open incidents would move, and which promises would be broken at once, if they went over to it at `since`, or now where that is absent, and nothing else happened until then. For administrators, managers and auditors. 429 when others are computed for long.";
    vec![
        Door::post("/api/v1/agreements/{id}/impact", "previewAgreementImpact", of_agreement)
            .about("configuration", "What a change of an agreement would do", about)
            .body::<AgreementFields>(json!({ "targets": { "P1": { "response": 600, "resolution": 7_200 } } }))
            .once()
            .answers::<Impact>(200, "What would move.")
            .problems(&[400, 401, 403, 404, 413, 415, 422, 429, 503]),
        Door::post("/api/v1/calendars/{id}/impact", "previewCalendarImpact", of_calendar)
            .about("configuration", "What a change of a calendar would do", about)
            .body::<CalendarFields>(json!({ "holidays": ["2026-12-24", "2026-12-25"] }))
            .once()
            .answers::<Impact>(200, "What would move.")
            .problems(&[400, 401, 403, 404, 413, 415, 422, 429, 503]),
        Door::post("/api/v1/agreements/backtest", "backtestAgreements", backtest)
            .about("configuration", "Try terms on the past", "What would have become of the promises of incidents reported in a time, at most 100,000, under an agreement, a calendar or both that are not saved. What people did stays as it was. For administrators, managers and auditors. 429 while another one is computed.")
            .body::<Asked>(json!({
                "agreement": {
                    "name": "Gold",
                    "applies_to": { "services": ["VPN"] },
                    "targets": { "P1": { "response": 900, "resolution": 14_400 } },
                },
                "from": "2026-10-01T00:00:00Z",
                "to": "2026-11-01T00:00:00Z",
            }))
            .once()
            .answers::<Tested>(200, "Before and after.")
            .problems(&[400, 401, 403, 413, 415, 422, 429, 503]),
    ]
}

async fn of_agreement(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    once: Once,
    body: Body<AgreementFields>,
) -> Result<Response, Problem> {
    caller.must_read_settings()?;
    let since = body.value.since;
    let agreement = agreement(&app, &caller, "", Some(&id), body.value, &Known::of(&app)).await?;
    let unsaved = Unsaved { agreement: Some(agreement), calendar: None };
    impact(&app, &caller, unsaved, since, once.of(&body.bytes)).await
}

async fn of_calendar(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    once: Once,
    body: Body<CalendarFields>,
) -> Result<Response, Problem> {
    caller.must_read_settings()?;
    let since = body.value.since;
    let unsaved =
        Unsaved { agreement: None, calendar: Some(calendar(&app, Some(&id), body.value)?) };
    impact(&app, &caller, unsaved, since, once.of(&body.bytes)).await
}

async fn impact(
    app: &App,
    caller: &Caller,
    unsaved: Unsaved,
    since: Option<Timestamp>,
    once: Option<desk::Idempotency>,
) -> Result<Response, Problem> {
    let report = app.desk().impact(caller.viewer(), unsaved, since).await?;
    once::claim(app, caller, once).await?;
    Ok(json::answer(StatusCode::OK, &shown(report)))
}

async fn backtest(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<Asked>,
) -> Result<Response, Problem> {
    caller.must_read_settings()?;
    let Asked { agreement_id, agreement: fields, calendar_id, calendar: hours, from, to } =
        body.value;
    if fields.is_none() && hours.is_none() {
        return Err(Problem::invalid("agreement", "is needed, or calendar"));
    }
    let unknown = |field: &'static str, what: &str| {
        let words = format!("is not a known {what}");
        move |_: Problem| Problem::invalid(field, words)
    };
    if let Some(id) = &agreement_id {
        stored::find(&app, id).map_err(unknown("agreement_id", "agreement"))?;
    }
    if let Some(id) = &calendar_id {
        Known::of(&app).any(id).map_err(unknown("calendar_id", "calendar"))?;
    }
    let hours = hours.map(|fields| calendar(&app, calendar_id.as_deref(), fields)).transpose()?;
    let known = match &hours {
        Some(hours) => Known::of(&app).and(hours),
        None => Known::of(&app),
    };
    let agreement = match fields {
        Some(fields) => {
            let id = agreement_id.as_deref();
            Some(agreement(&app, &caller, "agreement.", id, fields, &known).await?)
        }
        None => None,
    };
    let unsaved = Unsaved { agreement, calendar: hours };
    let result = app.desk().backtest(caller.viewer(), unsaved, (from, to)).await?;
    once::claim(&app, &caller, once.of(&body.bytes)).await?;
    Ok(json::answer(StatusCode::OK, &tested(result)))
}

/// The agreement with the changes that are not saved, or a new one.
async fn agreement(
    app: &App,
    caller: &Caller,
    place: &str,
    id: Option<&str>,
    fields: AgreementFields,
    known: &Known,
) -> Result<Agreement, Problem> {
    let before = match id {
        None => blank_agreement(),
        Some(id) => {
            let id = stored::find(app, id)?;
            let policy = app.desk().policy();
            policy.agreements.last(id).cloned().ok_or_else(stored::missing)?
        }
    };
    let references = References::of(app, caller.viewer()).await?;
    Ok(fields.resolve(place, &references, known).await?.over(before))
}

/// The calendar with the changes that are not saved, or a new one.
fn calendar(app: &App, id: Option<&str>, fields: CalendarFields) -> Result<BusinessHours, Problem> {
    let Some(id) = id else { return fields.new_one("calendar.") };
    let id = Known::of(app).any(id)?;
    let policy = app.desk().policy();
    let before = policy.calendars.last(id).map(|known| known.hours.clone());
    let before = before.ok_or_else(|| Problem::not_found("there is no such calendar"))?;
    Ok(fields.over(before))
}

fn shown(report: ImpactReport) -> Impact {
    let clock = |clock: &Clock| ClockTerms {
        status: clock.status.as_str(),
        target_seconds: clock.target_seconds,
        due_at: clock.due_at,
        breached_at: clock.breached_at,
    };
    let moved = |one: &Move| MovedClock {
        kind: one.kind().as_str(),
        before: one.before.as_ref().map(clock),
        after: clock(&one.after),
        later_seconds: one.later_seconds(),
        breaches: one.breaches(),
    };
    let item = |ImpactRow { number, title, priority, moves }: ImpactRow| ImpactItem {
        number,
        title,
        priority,
        clocks: moves.iter().map(moved).collect(),
    };
    Impact {
        open_incidents: report.open,
        damaged_incidents: report.damaged,
        moved_incidents: report.incidents,
        moved_clocks: report.clocks,
        earlier: report.earlier,
        later: report.later,
        breaches: report.breaches,
        items: report.rows.into_iter().map(item).collect(),
    }
}

fn tested(result: Backtest) -> Tested {
    let ended = |Tally { met, breached, open }| Ended { met, breached, open };
    let clocks = result.tallies.into_iter().map(|((priority, kind), (before, after))| {
        TestedClock { priority, kind: kind.as_str(), before: ended(before), after: ended(after) }
    });
    let item = |row: BacktestRow| TestedItem {
        number: row.number,
        title: row.title,
        priority: row.priority,
        kind: row.kind.as_str(),
        breached_before: row.breached_before,
        breached_after: row.breached_after,
    };
    Tested {
        incidents: result.incidents,
        clocks: clocks.collect(),
        differing: result.differing,
        items: result.rows.into_iter().map(item).collect(),
    }
}
