//! Trying a schedule before it is saved. People are whatever somebody writes for them.

use crate::app::App;
use crate::auth::Caller;
use crate::calendars::aside;
use crate::door::Door;
use crate::json::{self, Body};
use crate::once::{self, Once};
use crate::problem::{FieldError, Problem};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kernel::{Timestamp, limits};
use roster::{Roster, Schedule, Shadow, Source, Span};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// A schedule, and the time that is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ScheduleToTry)]
struct Asked {
    /// `time_zone` (IANA), `layers` (each a `rotation` with `unit`, `every`, `start_local` and
    /// `people`, and perhaps `restrictions` with `days`, `from` and `to`; a later layer wins),
    /// `overrides` (`person`, `start`, `end`; a later one wins, and all win over layers). People
    /// are any words.
    #[schema(value_type = Object)]
    schedule: Schedule<String>,
    /// Who learns: `person`, `start`, `end`. Told besides whoever is on call.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    shadows: Vec<Shadow<String>>,
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// Until just before this instant; at most ten years after `from`.
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
}

/// Who would be on call in that time.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = ScheduleTried)]
struct Answer {
    /// In order; each of one turn or override, those at the edges cut.
    shifts: Vec<Shift>,
    /// When turns of the first layer meet, strictly between `from` and `to`, also before its
    /// start and where something wins over it.
    #[schema(value_type = Vec<String>)]
    handovers: Vec<Timestamp>,
    /// When nobody is on call.
    gaps: Vec<Gap>,
    /// When who of `shadows` is told besides; two that overlap are one. Absent where nobody learns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    besides: Vec<Shadow<String>>,
}

/// Somebody is on call from `start` until just before `end`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScheduleTriedShift)]
struct Shift {
    person: String,
    #[schema(value_type = String, format = DateTime)]
    start: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    end: Timestamp,
    /// The place of the layer in `layers`, from 0; null when an override says so.
    layer: Option<usize>,
}

/// Nobody is on call from `start` until just before `end`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScheduleTriedGap)]
struct Gap {
    #[schema(value_type = String, format = DateTime)]
    start: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    end: Timestamp,
}

pub(super) fn door() -> Door {
    Door::post("/api/v1/schedules/preview", "previewSchedule", preview)
        .about("on call", "Try a schedule", "Who would be on call, when the first layer hands over, and when nobody would be: computed, not saved.")
        .body::<Asked>(json!({
            "schedule": {
                "time_zone": "Europe/Amsterdam",
                "layers": [
                    { "rotation": {
                        "unit": "week", "every": 1, "start_local": "2026-11-02T09:00:00",
                        "people": ["ines@example.com", "yuki@example.com"],
                    } },
                    {
                        "rotation": {
                            "unit": "day", "every": 1, "start_local": "2026-11-02T00:00:00",
                            "people": ["nadia@example.com"],
                        },
                        "restrictions": [{ "days": ["sat", "sun"], "from": "08:00", "to": "20:00" }],
                    },
                ],
                "overrides": [{
                    "person": "yuki@example.com",
                    "start": "2026-11-26T17:00:00Z", "end": "2026-11-27T05:00:00Z",
                }],
            },
            "from": "2026-11-23T00:00:00Z",
            "to": "2026-12-21T00:00:00Z",
        }))
        .once()
        .answers::<Answer>(200, "Who would be on call.")
        .problems(&[400, 401, 403, 413, 415, 422, 503])
}

async fn preview(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<Asked>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let asked = body.value;
    let answer = aside(move || answer(&asked)).await?;
    once::claim(&app, &caller, once.of(&body.bytes)).await?;
    Ok(json::answer(StatusCode::OK, &answer))
}

fn answer(asked: &Asked) -> Result<Answer, Problem> {
    let Asked { schedule, shadows, from, to } = asked;
    let mut faults = faults(schedule);
    faults.extend(of_shadows(shadows));
    if !faults.is_empty() {
        return Err(Problem::invalid_all(faults));
    }
    if to <= from {
        return Err(Problem::invalid("to", "is not after from"));
    }
    if *to > from.plus_days(limits::ROSTER_DAYS) {
        let words = format!("lies more than {} days after from", limits::ROSTER_DAYS);
        return Err(Problem::invalid("to", words).coded("limit"));
    }
    let roster = Roster::new(schedule)
        .map_err(|error| Problem::invalid("schedule.time_zone", error.to_string()))?;
    let looked = look(&roster, Span::new(*from, *to))
        .map(|looked| Answer { besides: roster.besides(*from, *to, shadows), ..looked });
    looked.ok_or_else(|| {
        let most = limits::ROSTER_SHIFTS;
        let words = format!("gives more than {most} shifts, gaps or hand-overs; ask for less time");
        Problem::invalid("to", words).coded("limit")
    })
}

/// Nothing when it is more than one answer holds.
fn look(roster: &Roster<String>, range: Span) -> Option<Answer> {
    let most = limits::ROSTER_SHIFTS;
    let handovers = roster.handovers(range.start, range.end).take(most + 1).collect();
    let mut answer = Answer { handovers, ..Answer::default() };
    for stretch in roster.stretches(range.start, range.end).take(most + 1) {
        let Span { start, end } = stretch.span;
        match stretch.shift {
            None => answer.gaps.push(Gap { start, end }),
            Some(shift) => {
                let layer = match shift.source {
                    Source::Layer(place) => Some(place),
                    Source::Override(_) => None,
                };
                answer.shifts.push(Shift { person: shift.person, start, end, layer });
            }
        }
    }
    let fits = answer.handovers.len().max(answer.shifts.len() + answer.gaps.len()) <= most;
    fits.then_some(answer)
}

/// Everything that is wrong with who learns.
fn of_shadows(shadows: &[Shadow<String>]) -> Vec<FieldError> {
    if shadows.len() > limits::SHADOWS_AHEAD {
        let message = format!("has more than {} entries", limits::SHADOWS_AHEAD);
        return vec![FieldError { field: "shadows".to_owned(), message }];
    }
    let mut found = vec![];
    for (at, shadow) in shadows.iter().enumerate() {
        let named = !shadow.person.trim().is_empty();
        if !named || shadow.person.chars().count() > limits::EMAIL_CHARS {
            let message = format!("must have 1 to {} characters", limits::EMAIL_CHARS);
            found.push(FieldError { field: format!("shadows.{at}.person"), message });
        }
        if shadow.end <= shadow.start {
            let message = "is not after start".to_owned();
            found.push(FieldError { field: format!("shadows.{at}.end"), message });
        }
    }
    found
}

/// Everything that is wrong with a schedule, each with its path in the request.
fn faults(schedule: &Schedule<String>) -> Vec<FieldError> {
    let field = |name: String| format!("schedule.{name}");
    let broken = schedule.faults().into_iter();
    let broken = broken.map(|fault| (fault.field, fault.rule.to_string()));
    let taking_turns = schedule.layers.iter().enumerate().flat_map(|(layer, known)| {
        let people = known.rotation.people.iter().enumerate();
        people.map(move |(at, name)| (format!("layers.{layer}.rotation.people.{at}"), name))
    });
    let standing_in = schedule.overrides.iter().enumerate();
    let standing_in =
        standing_in.map(|(at, known)| (format!("overrides.{at}.person"), &known.person));
    let unnamed = taking_turns
        .chain(standing_in)
        .filter(|(_, name)| name.trim().is_empty() || name.chars().count() > limits::EMAIL_CHARS)
        .map(|(place, _)| (place, format!("must have 1 to {} characters", limits::EMAIL_CHARS)));
    let all = broken.chain(unnamed.take(limits::PAGE_ROWS));
    all.map(|(name, message)| FieldError { field: field(name), message }).collect()
}
