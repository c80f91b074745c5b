//! What is to come: how many people it takes at each hour of the week, and how often expected times
//! were right.

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json;
use crate::page::{Params, words};
use crate::problem::Problem;
use crate::reference::References;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::expected::{Quality, Tally};
use desk::planning::{Asked, Handling, Hour, Plan, Staffed};
use insight::line::Went;
use kernel::{CalendarId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::str::FromStr;
use utoipa::{IntoParams, ToSchema};

/// The days of a week, as it begins.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Hours of a day.
const HOURS: usize = 24;

/// What is planned for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct PlanParams {
    /// Of which team, by name or id; of all when absent.
    team: Option<String>,
    /// How long one takes, in seconds; as measured when absent.
    handling: Option<String>,
    /// Per cent that should be answered in time, 1 to 99; 80 when absent.
    per_cent: Option<String>,
    /// In time is within so many seconds; 900 when absent.
    within: Option<String>,
    /// After how many seconds people give up on average; never when absent.
    patience: Option<String>,
    /// Per cent that may give up, 1 to 99; 5 when absent.
    lost: Option<String>,
    /// How many people there are at each hour of the week, 168 numbers with commas between them
    /// from Monday 00:00 on; no what-if when absent.
    staff: Option<String>,
    /// How many weeks of the past the what-if is run on, 1 to 26; 8 when absent.
    weeks: Option<String>,
    /// The calendar, by name or id, while which is open they are there, in the what-if on the past;
    /// round the clock when absent.
    calendar: Option<String>,
}

/// How many people it takes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StaffingPlan)]
struct ShownPlan {
    /// Since when reports are counted.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// How many they are. Confidential incidents are left out.
    counted: usize,
    /// How long one takes.
    handling_seconds: i64,
    /// Who says so: `given` by you, `measured` of logged work, or `assumed`.
    handling_source: &'static str,
    /// Incidents whose logged work tells it; null where it is not measured.
    handling_measured_on: Option<usize>,
    /// Weeks that must have been seen before anything is told.
    weeks_min: u32,
    /// Each hour of the week from Monday 00:00 on by the instance's clock; empty while too few
    /// weeks are known.
    hours: Vec<ShownHour>,
    /// What came, run with those of `staff`; null where nobody named them.
    rehearsed: Option<ShownRehearsed>,
}

/// What came in the past, run with other people: all wait, and are taken in turn.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StaffingRehearsal)]
struct ShownRehearsed {
    /// What came since then was run.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// All of it.
    whole: ShownWent,
    /// The longest that something waited.
    longest_seconds: f64,
    /// What nobody took.
    untaken: u32,
    /// What came at each hour of the week from Monday 00:00 on.
    hours: Vec<ShownWent>,
}

/// How it went with what came.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StaffingRehearsalHour)]
struct ShownWent {
    came: u32,
    /// Seconds that it waited on average; null where nothing came.
    mean_wait_seconds: Option<f64>,
    /// The share that waited no longer than `within`; null where nothing came.
    in_time: Option<f64>,
    /// How many waited then on average.
    queue: f64,
}

/// An hour of the week.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StaffingHour)]
struct ShownHour {
    /// `mon` to `sun`.
    day: &'static str,
    /// 0 to 23.
    hour: usize,
    /// Reports on average.
    mean: f64,
    /// Fewer come in one of ten such hours at most.
    low: u32,
    /// More come in one of ten such hours at most.
    high: u32,
    /// The fewest people that reach the goal (Erlang C).
    agents: u32,
    /// The share that they answer in time.
    in_time: f64,
    /// The fewest when as many come as `high`.
    agents_high: u32,
    /// The fewest with whom few enough give up (Erlang A); null where nobody does.
    agents_patient: Option<u32>,
    /// With those of `staff`; null where nobody named them.
    staffed: Option<ShownStaffed>,
}

/// How it goes with so many people.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StaffedHour)]
struct ShownStaffed {
    agents: u32,
    /// Seconds that people wait on average; null when the line grows without end.
    mean_wait_seconds: Option<f64>,
    /// The share answered in time; null where people give up, or the line grows without end.
    in_time: Option<f64>,
    /// The share that gives up; null when the line grows without end.
    abandons: Option<f64>,
}

/// How often expected times were right.
#[derive(Debug, Serialize, ToSchema)]
struct ExpectedQuality {
    /// How many times it was learned; null while too few incidents are over.
    version: Option<i64>,
    #[schema(value_type = Option<String>, format = DateTime)]
    learned_at: Option<Timestamp>,
    /// Incidents that it was learned from.
    learned_from: u32,
    /// When the earliest of them was reported.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// The newest of them, on which it was measured when only the older ones were known.
    held_out: u32,
    /// At the steps of those that were held out, by priority.
    measured: Vec<ExpectedTally>,
    /// Of times that the service desk looked at, by priority; they count once the incident is
    /// closed.
    shown: Vec<ExpectedTally>,
}

/// How often it was right, of those of one priority.
#[derive(Debug, Serialize, ToSchema)]
struct ExpectedTally {
    priority: String,
    /// Times that were told.
    told: u32,
    /// Those that ended within the interval, which should be four of five.
    within: u32,
    /// Where it was silent.
    silent: u32,
    /// The share that ended within the interval; null where nothing was told.
    coverage: Option<f64>,
    /// How far the likely time was off on average.
    mean_error_seconds: Option<i64>,
    /// How far the usual time of the priority was off.
    simple_error_seconds: Option<i64>,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/planning", "readStaffingPlan", plan)
            .about("reports", "How many people it takes", "What comes at each hour of the week, from the last half year, and the people it takes to answer in time. For managers and administrators. 429 while others are computed for long.")
            .query::<PlanParams>()
            .answers::<ShownPlan>(200, "The plan.")
            .problems(&[401, 403, 422, 429, 503]),
        Door::get("/api/v1/expected-times", "readExpectedQuality", quality)
            .about("reports", "How often expected times were right", "Measured on past incidents, and on times that were really shown. Confidential incidents are left out.")
            .answers::<ExpectedQuality>(200, "How good they are.")
            .problems(&[401, 403, 503]),
    ]
}

async fn plan(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<PlanParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let asked = asked(&app, &caller, &params).await?;
    let plan = app.desk().plan(caller.viewer(), asked).await?;
    Ok(json::answer(StatusCode::OK, &shown(&plan)))
}

async fn quality(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let quality = app.desk().expected_quality(caller.viewer()).await?;
    Ok(json::answer(StatusCode::OK, &shown_quality(&quality)))
}

async fn asked(app: &App, caller: &Caller, params: &PlanParams) -> Result<Asked, Problem> {
    let team = match words("team", params.team.as_deref())? {
        Some(text) => Some(References::of(app, caller.viewer()).await?.team("team", text)?),
        None => None,
    };
    let usual = Asked::default();
    let per_cent = number("per_cent", params.per_cent.as_deref())?;
    let within = number("within", params.within.as_deref())?;
    let lost = number("lost", params.lost.as_deref())?;
    let weeks = number("weeks", params.weeks.as_deref())?;
    Ok(Asked {
        team,
        handling_seconds: number("handling", params.handling.as_deref())?,
        per_cent: per_cent.unwrap_or(usual.per_cent),
        within_seconds: within.unwrap_or(usual.within_seconds),
        patience_seconds: number("patience", params.patience.as_deref())?,
        lost_per_cent: lost.unwrap_or(usual.lost_per_cent),
        staff: staff(params.staff.as_deref())?,
        weeks: weeks.unwrap_or(usual.weeks),
        calendar: calendar(app, params.calendar.as_deref())?,
    })
}

fn number<T: FromStr>(field: &'static str, given: Option<&str>) -> Result<Option<T>, Problem> {
    let parsed = words(field, given)?.map(str::parse::<T>).transpose();
    parsed.map_err(|_| Problem::invalid(field, "must be a whole number, not too large"))
}

fn calendar(app: &App, given: Option<&str>) -> Result<Option<CalendarId>, Problem> {
    let Some(text) = words("calendar", given)? else { return Ok(None) };
    let policy = app.desk().policy();
    let named = policy.calendars.latest().into_iter().find(|known| {
        let id = known.hours.reference.id.to_string();
        id == text || known.hours.name.eq_ignore_ascii_case(text)
    });
    let unknown = || Problem::invalid("calendar", "must be the id or the name of a calendar");
    named.map(|known| Some(known.hours.reference.id)).ok_or_else(unknown)
}

/// How many there are of them is checked by the desk.
fn staff(given: Option<&str>) -> Result<Option<Vec<u32>>, Problem> {
    let Some(text) = words("staff", given)? else { return Ok(None) };
    let read: Result<Vec<u32>, _> = text.split(',').map(|one| one.trim().parse()).collect();
    let wrong = "must be 168 numbers with commas between them, an hour each from Monday 00:00 on";
    read.map(Some).map_err(|_| Problem::invalid("staff", wrong))
}

fn shown(plan: &Plan) -> ShownPlan {
    let (source, measured_on) = match plan.handling.1 {
        Handling::Given => ("given", None),
        Handling::Measured(of) => ("measured", Some(of)),
        Handling::Assumed => ("assumed", None),
    };
    ShownPlan {
        since: plan.since,
        counted: plan.counted,
        handling_seconds: plan.handling.0,
        handling_source: source,
        handling_measured_on: measured_on,
        weeks_min: plan.weeks_min,
        hours: plan.hours.iter().enumerate().map(|(place, hour)| shown_hour(place, hour)).collect(),
        rehearsed: plan.rehearsed.as_ref().map(|(since, went)| ShownRehearsed {
            since: *since,
            whole: shown_went(&went.whole),
            longest_seconds: went.longest_seconds,
            untaken: went.untaken,
            hours: went.hours.iter().map(shown_went).collect(),
        }),
    }
}

fn shown_went(went: &Went) -> ShownWent {
    ShownWent {
        came: went.came,
        mean_wait_seconds: went.mean_seconds,
        in_time: went.in_time,
        queue: went.queue,
    }
}

fn shown_hour(place: usize, hour: &Hour) -> ShownHour {
    ShownHour {
        day: DAYS.get(place / HOURS).copied().unwrap_or_default(),
        hour: place % HOURS,
        mean: hour.demand.mean,
        low: hour.demand.low,
        high: hour.demand.high,
        agents: hour.agents.0,
        in_time: hour.agents.1,
        agents_high: hour.agents_high,
        agents_patient: hour.agents_patient,
        staffed: hour.staffed.map(|Staffed { agents, goes }| ShownStaffed {
            agents,
            mean_wait_seconds: goes.map(|goes| goes.mean_seconds),
            in_time: goes.and_then(|goes| goes.in_time),
            abandons: goes.map(|goes| goes.abandons),
        }),
    }
}

fn shown_quality(quality: &Quality) -> ExpectedQuality {
    let measured = quality.measured.as_ref();
    ExpectedQuality {
        version: quality.trained.map(|(version, _)| version),
        learned_at: quality.trained.map(|(_, at)| at),
        learned_from: measured.map_or(0, |measured| measured.learned),
        since: measured.map(|measured| measured.since),
        held_out: measured.map_or(0, |measured| measured.held_out),
        measured: measured.map(|measured| tallies(&measured.tallies)).unwrap_or_default(),
        shown: tallies(&quality.shown),
    }
}

fn tallies(all: &BTreeMap<String, Tally>) -> Vec<ExpectedTally> {
    let shown = all.iter().map(|(priority, tally)| ExpectedTally {
        priority: priority.clone(),
        told: tally.told,
        within: tally.within,
        silent: tally.silent,
        coverage: tally.coverage(),
        mean_error_seconds: tally.mean_errors().map(|(likely, _)| likely),
        simple_error_seconds: tally.mean_errors().map(|(_, usual)| usual),
    });
    shown.collect()
}
