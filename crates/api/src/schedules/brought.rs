//! Shifts from elsewhere: the rota of another program, and holidays. Looked at first; what is
//! taken becomes overrides.

use super::{fields, find};
use crate::app::App;
use crate::auth::Caller;
use crate::calendars::Known;
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept::{self, block};
use crate::once::{self, Once};
use crate::path::Path;
use crate::problem::Problem;
use crate::reference::References;
use crate::whom::Shows;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::Trouble;
use desk::rota::{Reading, Rota, WhatIf, bring_overrides, read_rota, what_if_brought};
use jiff::civil::{Date, Time};
use kernel::{PersonId, Timestamp, limits};
use roster::{Layer, Override, Span};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use store::Sql;
use store::directory::schedules::Schedule;
use utoipa::ToSchema;

/// Days of a feed that are looked at where nothing is said.
const DAYS: i64 = 366;
/// Names of a feed that one request says who they are.
const NAMES_MAX: usize = 200;

/// A rota to be looked into.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RotaToRead {
    /// The text of an iCalendar feed.
    ical: Option<String>,
    /// Instead of the text: an https address, read once and not kept. Nobody is followed elsewhere.
    address: Option<String>,
    /// Name or id of the schedule that it is for: gives the zone, and what would change.
    schedule: Option<String>,
    /// The zone of times without one; that of the schedule, or UTC, when absent.
    time_zone: Option<String>,
    /// What is looked at begins then; now when absent.
    #[schema(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// And ends then; a year later when absent, at most ten.
    #[schema(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// Who is meant by words of the feed: words to e-mail address or id. Others are found by
    /// e-mail address and name.
    #[serde(default)]
    people: BTreeMap<String, String>,
}

/// What a rota comes to.
#[derive(Debug, Serialize, ToSchema)]
struct RotaRead {
    /// Shifts of people who are known, as `POST …/overrides-import` takes them.
    #[schema(value_type = Vec<Object>)]
    overrides: Vec<Override<String>>,
    /// Names of whom nobody is known: in their shifts nobody would be paged by these.
    unmatched: Vec<NameUnmatched>,
    /// Events that give no shift.
    left_out: Vec<EventLeftOut>,
    /// The layer of which all of them are turns, as a schedule takes it; null where they are not.
    #[schema(value_type = Option<Object>)]
    layer: Option<Layer<String>>,
    /// What they would change of the schedule, in one sentence; null without one.
    summary: Option<String>,
    /// The days on which another person would be paged.
    days: Vec<String>,
}

/// A name of whom nobody is known.
#[derive(Debug, Serialize, ToSchema)]
struct NameUnmatched {
    name: String,
    /// How many shifts are theirs.
    shifts: usize,
    /// When the first begins.
    #[schema(value_type = String, format = DateTime)]
    first: Timestamp,
}

/// An event that gives no shift.
#[derive(Debug, Serialize, ToSchema)]
struct EventLeftOut {
    /// The line of the feed at which it begins.
    line: usize,
    name: Option<String>,
    /// Why.
    reason: String,
}

/// Shifts to be put into a schedule.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OverridesToBring {
    /// `person` by e-mail address or id, `start`, `end`. What is over is left out, and what is
    /// there already is not made twice.
    #[schema(value_type = Vec<Object>)]
    overrides: Vec<Override<String>>,
    /// Why.
    reason: Option<String>,
}

/// Days on which others are on call than usual.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HolidaysToCover {
    /// Name or id of a calendar whose holidays are covered, from today on.
    calendar: Option<String>,
    /// Dates, `YYYY-MM-DD`.
    #[serde(default)]
    dates: Vec<String>,
    /// From this time of day to the same of the next; midnight when absent.
    from: Option<String>,
    /// Who has them in turn, by e-mail address or id: the first has the first day.
    people: Vec<String>,
    /// Why.
    reason: Option<String>,
    /// Whether it is only looked at.
    #[serde(default)]
    preview: bool,
}

/// What was put into a schedule, or would be.
#[derive(Debug, Serialize, ToSchema)]
struct Brought {
    /// `person`, `start`, `end`.
    #[schema(value_type = Vec<Object>)]
    overrides: Vec<Override<String>>,
    /// What that changes, in one sentence.
    summary: String,
}

pub(super) fn doors() -> Vec<Door> {
    vec![
        Door::post("/api/v1/schedules/rota-preview", "previewRota", preview)
            .about("on call", "Look into a rota", "What an iCalendar feed of another program comes to: shifts, names of whom nobody is known, and the layer where they are turns of one rotation. Nothing is saved. For administrators and managers.")
            .body::<RotaToRead>(json!({
                "ical": "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Ines\r\nDTSTART:20261130T080000Z\r\nDTEND:20261207T080000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
                "people": { "Ines": "ines.carvalhal@northwind.example" },
            }))
            .once()
            .answers::<RotaRead>(200, "What it comes to.")
            .problems(&[400, 401, 403, 404, 413, 415, 422, 503]),
        Door::post("/api/v1/schedules/{id}/overrides-import", "importOverrides", import)
            .about("on call", "Put several shifts into a schedule", "All or none, as overrides. For administrators and managers.")
            .body::<OverridesToBring>(json!({ "overrides": [{ "person": "yuki.tanabe@northwind.example", "start": "2026-11-30T08:00:00Z", "end": "2026-12-07T08:00:00Z" }], "reason": "From the old tool" }))
            .once()
            .answers::<Brought>(201, "What was put into it.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
        Door::post("/api/v1/schedules/{id}/holidays", "coverHolidays", holidays)
            .about("on call", "Cover holidays", "On each of these days the next of these people has the shift, as an override. For administrators and managers.")
            .body::<HolidaysToCover>(json!({ "dates": ["2026-12-25", "2026-12-26"], "from": "09:00", "people": ["ines.carvalhal@northwind.example", "yuki.tanabe@northwind.example"] }))
            .once()
            .answers::<Brought>(201, "What was put into it, or would be.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
    ]
}

async fn preview(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<RotaToRead>,
) -> Result<Response, Problem> {
    caller.must_configure_paging()?;
    let references = References::of(&app, caller.viewer()).await?;
    let asked = body.value;
    let schedule = match &asked.schedule {
        Some(text) => Some(find(&app, text).await?),
        None => None,
    };
    let named = people_of(&references, &asked.people).await?;
    let now = app.desk().now();
    let range = range(asked.from.unwrap_or(now), asked.to)?;
    let bytes = match (asked.ical, asked.address) {
        (Some(text), None) => text.into_bytes(),
        (None, Some(address)) => app.desk().read_rota_at(&address).await.map_err(Trouble::from)?,
        _ => return Err(Problem::invalid("ical", "or address is needed, one of them")),
    };
    let zone = asked.time_zone.or(schedule.as_ref().map(|known| known.time_zone.clone()));
    let time_zone = zone.unwrap_or_else(|| "UTC".to_owned());
    let reading = Reading { bytes, time_zone, range, named };
    let read = move |sql: &mut dyn Sql| {
        let rota = match read_rota(sql, &reading)? {
            Ok(rota) => rota,
            Err(error) => return Ok(Err(error)),
        };
        let effect = match &schedule {
            Some(schedule) => Some(what_if_brought(sql, schedule, &rota.shifts, now)?),
            None => None,
        };
        Ok(Ok((rota, effect)))
    };
    let read = app.desk().read(read).await?;
    let (rota, effect) = read.map_err(|error| Problem::invalid("ical", error.to_string()))?;
    let people = rota.shifts.iter().map(|shift| shift.person).collect();
    let shows = Shows::of(&app, people).await?;
    once::claim(&app, &caller, once.of(&body.bytes)).await?;
    Ok(json::answer(StatusCode::OK, &shown(rota, effect, &shows)))
}

/// Who is meant by words of a feed.
async fn people_of(
    references: &References<'_>,
    people: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, PersonId>, Problem> {
    if people.len() > NAMES_MAX {
        return Err(Problem::invalid("people", format!("has more than {NAMES_MAX} entries")));
    }
    let mut named = BTreeMap::new();
    for (words, person) in people {
        let person = references.person(&format!("people.{words}"), person).await?;
        named.insert(words.trim().to_lowercase(), person);
    }
    Ok(named)
}

fn range(from: Timestamp, to: Option<Timestamp>) -> Result<Span, Problem> {
    let to = to.unwrap_or(from.plus_days(DAYS));
    if to <= from {
        return Err(Problem::invalid("to", "is not after from"));
    }
    if to > from.plus_days(limits::ROSTER_DAYS) {
        let words = format!("lies more than {} days after from", limits::ROSTER_DAYS);
        return Err(Problem::invalid("to", words));
    }
    Ok(Span::new(from, to))
}

fn shown(rota: Rota, effect: Option<WhatIf>, shows: &Shows) -> RotaRead {
    let layer =
        rota.rotation.map(|rotation| Layer { name: String::new(), rotation, restrictions: vec![] });
    let days = effect.iter().flat_map(|effect| &effect.days).map(ToString::to_string).collect();
    RotaRead {
        overrides: rota.shifts.into_iter().map(|shift| with_name(shift, shows)).collect(),
        unmatched: rota
            .unmatched
            .into_iter()
            .map(|one| NameUnmatched {
                name: one.summary,
                shifts: one.shifts,
                first: one.first.start,
            })
            .collect(),
        left_out: rota
            .left_out
            .into_iter()
            .map(|left| EventLeftOut {
                line: left.line,
                name: left.summary,
                reason: left.reason.to_string(),
            })
            .collect(),
        layer: layer.map(|layer| fields::named(layer, |id| shows.person(id))),
        summary: effect.map(|effect| effect.in_words()),
        days,
    }
}

fn with_name(shift: Override, shows: &Shows) -> Override<String> {
    Override { person: shows.person(shift.person), start: shift.start, end: shift.end }
}

async fn import(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    once: Once,
    body: Body<OverridesToBring>,
) -> Result<Response, Problem> {
    caller.must_configure_paging()?;
    let references = References::of(&app, caller.viewer()).await?;
    let schedule = find(&app, &id).await?;
    let asked = body.value;
    if asked.overrides.is_empty() || asked.overrides.len() > limits::OVERRIDES_AHEAD {
        let words = format!("must have 1 to {} entries", limits::OVERRIDES_AHEAD);
        return Err(Problem::invalid("overrides", words));
    }
    let mut known: BTreeMap<&str, PersonId> = BTreeMap::new();
    let mut shifts = Vec::with_capacity(asked.overrides.len());
    for (at, Override { person, start, end }) in asked.overrides.iter().enumerate() {
        let found = match known.get(person.as_str()) {
            Some(found) => *found,
            None => references.person(&format!("overrides.{at}.person"), person).await?,
        };
        known.insert(person, found);
        shifts.push(Override { person: found, start: *start, end: *end });
    }
    let reason = asked.reason.unwrap_or_default();
    bring(&app, &caller, once.of(&body.bytes), (schedule, shifts, &reason)).await
}

async fn holidays(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    once: Once,
    body: Body<HolidaysToCover>,
) -> Result<Response, Problem> {
    caller.must_configure_paging()?;
    let references = References::of(&app, caller.viewer()).await?;
    let schedule = find(&app, &id).await?;
    let asked = body.value;
    if asked.people.is_empty() || asked.people.len() > limits::ROTATION_PEOPLE {
        let words = format!("must have 1 to {} entries", limits::ROTATION_PEOPLE);
        return Err(Problem::invalid("people", words));
    }
    let mut people = Vec::with_capacity(asked.people.len());
    for (at, text) in asked.people.iter().enumerate() {
        people.push(references.person(&format!("people.{at}"), text).await?);
    }
    let now = app.desk().now();
    let dates = dates_of(&app, &schedule, (asked.calendar, asked.dates), now)?;
    let from: Time = asked
        .from
        .as_deref()
        .unwrap_or("00:00")
        .parse()
        .map_err(|_| Problem::invalid("from", "is no time of day, such as 09:00"))?;
    let shifts = roster::for_dates(&schedule.time_zone, &dates, from, &people)
        .map_err(|error| Problem::invalid("dates", error.to_string()))?;
    let shifts: Vec<Override> = shifts.into_iter().filter(|shift| shift.end > now).collect();
    if !asked.preview {
        let reason = asked.reason.unwrap_or_default();
        return bring(&app, &caller, once.of(&body.bytes), (schedule, shifts, &reason)).await;
    }
    let looked = shifts.clone();
    let read = move |sql: &mut dyn Sql| what_if_brought(sql, &schedule, &looked, now);
    let effect = app.desk().read(read).await?;
    let shows = Shows::of(&app, people).await?;
    once::claim(&app, &caller, once.of(&body.bytes)).await?;
    let overrides = shifts.into_iter().map(|shift| with_name(shift, &shows)).collect();
    let answer = Brought { overrides, summary: effect.in_words() };
    Ok(json::answer(StatusCode::OK, &answer))
}

/// The dates that were named, from today on.
fn dates_of(
    app: &App,
    schedule: &Schedule,
    (calendar, mut texts): (Option<String>, Vec<String>),
    now: Timestamp,
) -> Result<Vec<Date>, Problem> {
    if let Some(text) = calendar {
        let id = Known::of(app).find("calendar".to_owned(), &text)?;
        let policy = app.desk().policy();
        let known = policy.calendars.last(id);
        let holidays = known.into_iter().flat_map(|known| &known.hours.definition.holidays);
        texts.extend(holidays.map(|holiday| holiday.date.clone()));
    }
    let zone = jiff::tz::TimeZone::get(&schedule.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let today = now.to_jiff().to_zoned(zone).date();
    let mut dates = Vec::with_capacity(texts.len());
    for text in &texts {
        let date: Date = text.parse().map_err(|_| {
            Problem::invalid("dates", "hold what is no date; write YYYY-MM-DD, such as 2026-12-25")
        })?;
        if date >= today {
            dates.push(date);
        }
    }
    dates.sort_unstable();
    dates.dedup();
    if dates.is_empty() || dates.len() > limits::COVER_DATES {
        let words = format!("must be 1 to {} from today on", limits::COVER_DATES);
        return Err(Problem::invalid("dates", words));
    }
    Ok(dates)
}

/// Stores them, and says what that changed.
async fn bring(
    app: &App,
    caller: &Caller,
    once: Option<desk::Idempotency>,
    (schedule, shifts, reason): (Schedule, Vec<Override>, &str),
) -> Result<Response, Problem> {
    let reason = block("reason", reason, limits::REASON_CHARS)?;
    let shows = Shows::of(app, shifts.iter().map(|shift| shift.person).collect()).await?;
    let (viewer, now) = (caller.viewer().clone(), app.desk().now());
    kept::create(app, caller, once, move |sql, audit| {
        let effect = what_if_brought(sql, &schedule, &shifts, now)?;
        let made = bring_overrides(sql, audit, &viewer, (schedule.id, shifts, reason))?;
        let overrides = made.into_iter().map(|one| with_name(one.plain(), &shows)).collect();
        Ok(Brought { overrides, summary: effect.in_words() })
    })
    .await
}
