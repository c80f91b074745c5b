//! Looking at schedules: who is on call, who will be, and what a change would change.

use super::fields::ScheduleFields;
use super::{WHAT, find};
use crate::app::App;
use crate::auth::Caller;
use crate::calendars::aside;
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept;
use crate::once::{self, Once};
use crate::page::Params;
use crate::path::Path;
use crate::problem::Problem;
use crate::reference::References;
use crate::whom::{Named, Shows, person_of};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::rota::{compare, learning, planned, ready, roster_of};
use kernel::{PersonId, Timestamp, limits};
use roster::{Roster, Source, Span};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::directory::schedules;
use utoipa::{IntoParams, ToSchema};

/// Days of shifts when nobody says until when.
const DAYS: i64 = 28;

/// An instant.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AtParams {
    /// When; now when absent.
    #[param(value_type = Option<String>, format = DateTime)]
    at: Option<String>,
}

/// A stretch of time.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SpanParams {
    /// From this instant; from now on when absent.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<String>,
    /// Until before this instant; four weeks later when absent, at most a year.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<String>,
}

/// Who is on call at an instant.
#[derive(Debug, Serialize, ToSchema)]
struct OnCall {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Whoever is on call: e-mail address, or name. Null in a gap.
    person: Option<String>,
    name: Option<String>,
    /// Since when they are, by this turn or override.
    #[schema(value_type = Option<String>, format = DateTime)]
    start: Option<Timestamp>,
    /// Until when.
    #[schema(value_type = Option<String>, format = DateTime)]
    end: Option<Timestamp>,
    /// Whether an override put them there.
    r#override: bool,
    /// Who learns, and is told besides: e-mail addresses, or names.
    besides: Vec<String>,
    /// Who is paged in a gap.
    fallback: Option<Named>,
}

/// A shift.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Shift)]
struct Shift {
    /// Who: e-mail address, or name.
    person: String,
    #[schema(value_type = String, format = DateTime)]
    start: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    end: Timestamp,
    /// The place of the layer in the list, from 0; null for an override.
    layer: Option<usize>,
}

/// A time at which nobody is on call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScheduleGap)]
struct Gap {
    #[schema(value_type = String, format = DateTime)]
    start: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    end: Timestamp,
}

/// Who is on call when.
#[derive(Debug, Serialize, ToSchema)]
struct Shifts {
    /// In order; those at the edges are cut.
    shifts: Vec<Shift>,
    /// When the first layer hands over, whoever is on call then.
    #[schema(value_type = Vec<String>)]
    handovers: Vec<Timestamp>,
    gaps: Vec<Gap>,
}

/// What a change would change.
#[derive(Debug, Serialize, ToSchema)]
struct ScheduleWhatIf {
    /// In one sentence.
    summary: String,
    /// The days on which another person would be paged, on the clocks of the schedule.
    days: Vec<String>,
    /// How many days were looked at.
    of: i64,
    changes: Vec<ShiftChange>,
}

/// Another person on call for some time.
#[derive(Debug, Serialize, ToSchema)]
struct ShiftChange {
    #[schema(value_type = String, format = DateTime)]
    start: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    end: Timestamp,
    /// Who is on call then as it is; null is nobody.
    before: Option<String>,
    /// Who would be.
    after: Option<String>,
}

pub(super) fn doors(example: &Value) -> Vec<Door> {
    let layers = &example["layers"];
    vec![
        Door::get("/api/v1/schedules/{id}/on-call", "whoIsOnCall", on_call)
            .about("on call", "Who is on call", "Now, or at another instant, through all changes of the schedule.")
            .query::<AtParams>()
            .answers::<OnCall>(200, "Who is.")
            .problems(&[401, 403, 404, 422, 503]),
        Door::get("/api/v1/schedules/{id}/shifts", "listShifts", shifts)
            .about("on call", "List shifts of a schedule", "Layers and overrides laid over each other, as pages go by them.")
            .query::<SpanParams>()
            .answers::<Shifts>(200, "All of that time.")
            .problems(&[401, 403, 404, 422, 503]),
        Door::post("/api/v1/schedules/{id}/what-if", "whatIfSchedule", what_if)
            .about("on call", "What a change of a schedule would change", "On which of the next 90 days another person would be paged if it were saved. Takes what a change takes.")
            .body::<ScheduleFields>(json!({ "layers": layers, "since": "2026-12-01T09:00:00Z" }))
            .once()
            .answers::<ScheduleWhatIf>(200, "What it would change.")
            .problems(&[400, 401, 403, 404, 413, 415, 422, 503]),
    ]
}

async fn on_call(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Params(params): Params<AtParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let schedule = find(&app, &id).await?;
    let at = instant("at", params.at.as_deref())?.unwrap_or_else(|| app.desk().now());
    let asked = schedule.clone();
    // What was before says since when they are.
    let from = at.plus_days(-limits::SHIFT_DAYS);
    let read = move |sql: &mut dyn store::Sql| {
        Ok((roster_of(sql, &asked, from)?, learning(sql, asked.id, at)?))
    };
    let (roster, shadows) = app.desk().read(read).await?;
    let shift = roster.shift_at(at);
    let besides = roster.told(at, &shadows).besides;
    let people = shift.iter().map(|shift| shift.person).chain(besides.iter().copied());
    let people: Vec<_> = people.chain(schedule.fallback.as_ref().and_then(person_of)).collect();
    let shows = Shows::of(&app, people).await?;
    let answer = OnCall {
        at,
        person: shift.as_ref().map(|shift| shows.person(shift.person)),
        name: shift.as_ref().map(|shift| shows.name(shift.person)),
        start: shift.as_ref().map(|shift| shift.start),
        end: shift.as_ref().map(|shift| shift.end),
        r#override: shift.is_some_and(|shift| matches!(shift.source, Source::Override(_))),
        besides: besides.into_iter().map(|id| shows.person(id)).collect(),
        fallback: schedule.fallback.map(|whom| shows.whom(whom)),
    };
    Ok(json::answer(StatusCode::OK, &answer))
}

async fn shifts(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Params(params): Params<SpanParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let schedule = find(&app, &id).await?;
    let from = instant("from", params.from.as_deref())?.unwrap_or_else(|| app.desk().now());
    let to = instant("to", params.to.as_deref())?.unwrap_or_else(|| from.plus_days(DAYS));
    let span = span(from, to)?;
    let roster = app.desk().read(move |sql| roster_of(sql, &schedule, from)).await?;
    let looked = aside(move || look(&roster, span)).await?;
    let shows = Shows::of(&app, looked.iter_people()).await?;
    Ok(json::answer(StatusCode::OK, &looked.named(|id| shows.person(id))))
}

async fn what_if(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    once: Once,
    body: Body<ScheduleFields>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let references = References::of(&app, caller.viewer()).await?;
    let id = references.directory().schedules.find(WHAT, &id)?;
    let now = app.desk().now();
    let since = body.value.since.unwrap_or(now).max(now);
    let change = body.value.read(&references).await?;
    let read = app.desk().read(move |sql| {
        let Some(before) = schedules::get(sql, id)? else { return Ok(None) };
        let after = change.over(before.clone());
        let was = schedules::roster(sql, &before, now)?;
        let will = match after.layers == before.layers {
            true => schedules::roster(sql, &after, now)?,
            false => planned(sql, &after, (since, now))?,
        };
        Ok(Some((was, will, after.fallback != before.fallback)))
    });
    let (was, will, differs) = read.await?.ok_or_else(|| Problem::from(kept::missing(WHAT)))?;
    ready(&will).map_err(|error| Problem::invalid("time_zone", error.to_string()))?;
    let found = aside(move || Ok(compare(Some(&was), &will, differs, now)?)).await?;
    let people = found.changes.iter().flat_map(|change| [change.before, change.after]).flatten();
    let shows = Shows::of(&app, people.collect()).await?;
    once::claim(&app, &caller, once.of(&body.bytes)).await?;
    let name = |id: Option<PersonId>| id.map(|id| shows.person(id));
    let answer = ScheduleWhatIf {
        summary: found.in_words(),
        days: found.days.iter().map(ToString::to_string).collect(),
        of: found.of,
        changes: found
            .changes
            .into_iter()
            .map(|change| ShiftChange {
                start: change.span.start,
                end: change.span.end,
                before: name(change.before),
                after: name(change.after),
            })
            .collect(),
    };
    Ok(json::answer(StatusCode::OK, &answer))
}

/// What was found, with people as they are known.
struct Looked<P> {
    shifts: Vec<roster::Shift<P>>,
    handovers: Vec<Timestamp>,
    gaps: Vec<Span>,
}

fn look<P: Clone + Eq>(roster: &Roster<P>, span: Span) -> Result<Looked<P>, Problem> {
    let most = limits::ROSTER_SHIFTS;
    let shifts: Vec<_> = roster.shifts(span.start, span.end).take(most + 1).collect();
    let handovers: Vec<_> = roster.handovers(span.start, span.end).take(most + 1).collect();
    let gaps: Vec<_> = roster.gaps(span.start, span.end).take(most + 1).collect();
    if shifts.len().max(handovers.len()).max(gaps.len()) > most {
        let words = format!("holds more than {most} shifts; ask for a shorter time");
        return Err(Problem::invalid("to", words));
    }
    Ok(Looked { shifts, handovers, gaps })
}

impl Looked<PersonId> {
    fn iter_people(&self) -> Vec<PersonId> {
        self.shifts.iter().map(|shift| shift.person).collect()
    }
}

impl<P> Looked<P> {
    fn named(self, name: impl Fn(P) -> String) -> Shifts {
        let shift = |shift: roster::Shift<P>| Shift {
            start: shift.start,
            end: shift.end,
            layer: match shift.source {
                Source::Layer(place) => Some(place),
                Source::Override(_) => None,
            },
            person: name(shift.person),
        };
        let gap = |Span { start, end }| Gap { start, end };
        Shifts {
            shifts: self.shifts.into_iter().map(shift).collect(),
            handovers: self.handovers,
            gaps: self.gaps.into_iter().map(gap).collect(),
        }
    }
}

fn instant(field: &str, text: Option<&str>) -> Result<Option<Timestamp>, Problem> {
    let wrong = |kernel::Invalid(words)| Problem::invalid(field, words);
    text.map(str::parse::<Timestamp>).transpose().map_err(wrong)
}

fn span(from: Timestamp, to: Timestamp) -> Result<Span, Problem> {
    if to <= from {
        return Err(Problem::invalid("to", "must lie after from"));
    }
    if to > from.plus_days(limits::SHIFT_DAYS) {
        let words = format!("lies more than {} days after from", limits::SHIFT_DAYS);
        return Err(Problem::invalid("to", words));
    }
    Ok(Span::new(from, to))
}
