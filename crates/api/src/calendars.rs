//! Calendars: business time. Any can be tried before it is saved.

mod feed;
mod fields;
mod stored;

pub(crate) use fields::{CalendarFields, Known, OpenIncidents, effect};

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Body};
use crate::once::{self, Once};
use crate::problem::{FieldError, Problem};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use calendar::{Calendar, CalendarError, Definition, Rule};
use kernel::{Timestamp, limits};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Questions about business time.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CalendarPreview)]
struct Asked {
    /// At most 1,000.
    cases: Vec<Case>,
}

/// A calendar and what is asked of it: when so much is used up, or how much lies between.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CalendarCase)]
struct Case {
    /// `time_zone` (IANA), `week` (`mon` to `sun`, each a list of `["09:00", "17:00"]`;
    /// closing before opening runs past midnight; or `"always"`), `holidays` (local dates,
    /// or objects with `date` and `name`), `special_openings` (objects with `date`, `name`
    /// and `hours`).
    #[schema(value_type = Object)]
    calendar: Definition,
    #[schema(value_type = String, format = DateTime)]
    start: Timestamp,
    /// Asks when this much business time since `start` is used up.
    duration_seconds: Option<i64>,
    /// Asks how much business time lies from `start` up to here.
    #[schema(value_type = Option<String>, format = DateTime)]
    end: Option<Timestamp>,
}

/// The answers, in the order of the cases.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CalendarAnswers)]
struct Answers {
    results: Vec<Answer>,
}

/// The answer to one case.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = CalendarAnswer)]
enum Answer {
    /// To one with `duration_seconds`.
    Due {
        /// The earliest instant at which it is used up; null when there is none within ten years.
        #[schema(value_type = Option<String>, format = DateTime, required = true)]
        due_at: Option<Timestamp>,
    },
    /// To one with `end`.
    Between {
        /// Whole seconds.
        business_seconds: i64,
    },
}

pub(crate) fn doors() -> Vec<Door> {
    let mut doors = stored::doors();
    doors.extend([
        feed::door(),
        Door::post("/api/v1/calendars/preview", "previewCalendars", preview)
            .about("configuration", "Try calendars", "When is a duration used up, how much business time lies between two instants: computed, not saved. A calendar that is never open has no due instant.")
            .body::<Asked>(serde_json::json!({
                "cases": [
                    {
                        "calendar": {
                            "time_zone": "Europe/Amsterdam",
                            "week": { "mon": [["09:00", "17:00"]], "fri": [["09:00", "12:30"], ["13:00", "16:00"]] },
                            "holidays": ["2026-12-25"],
                        },
                        "start": "2026-12-21T10:00:00Z",
                        "duration_seconds": 28_800,
                    },
                    {
                        "calendar": { "time_zone": "UTC", "week": "always" },
                        "start": "2026-12-24T12:00:00Z",
                        "end": "2026-12-25T12:00:00Z",
                    },
                ]
            }))
            .once()
            .answers::<Answers>(200, "One answer for each case.")
            .problems(&[400, 401, 403, 413, 415, 422, 503]),
    ]);
    doors
}

async fn preview(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<Asked>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let cases = body.value.cases;
    if cases.len() > limits::PREVIEW_CASES {
        let words = format!("has more than {} entries", limits::PREVIEW_CASES);
        return Err(Problem::invalid("cases", words).coded("limit"));
    }
    let results = aside(move || cases.iter().enumerate().map(answer).collect()).await?;
    once::claim(&app, &caller, once.of(&body.bytes)).await?;
    Ok(json::answer(StatusCode::OK, &Answers { results }))
}

/// Computes where it keeps nobody else waiting.
pub(crate) async fn aside<T: Send + 'static>(
    compute: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    desk::on_a_thread(compute).await.map_err(|error| {
        tracing::error!(%error, "a preview broke off");
        Problem::internal()
    })?
}

fn answer((at, case): (usize, &Case)) -> Result<Answer, Problem> {
    let place = format!("cases.{at}");
    let wrong = |field: &str, words: &str| Problem::invalid(format!("{place}.{field}"), words);
    let calendar = match Calendar::new(&case.calendar) {
        Ok(calendar) => Some(calendar),
        Err(error) if never_opens(&error) => None,
        Err(error) => return Err(faults(&format!("{place}.calendar"), error)),
    };
    match (case.duration_seconds, case.end) {
        (Some(..0), _) => Err(wrong("duration_seconds", "must not be negative")),
        (Some(seconds), None) => {
            let due_at = match calendar {
                Some(calendar) => calendar.due(case.start, seconds),
                None => (seconds == 0).then_some(case.start),
            };
            Ok(Answer::Due { due_at })
        }
        (None, Some(end)) if end < case.start => Err(wrong("end", "lies before start")),
        (None, Some(end)) => {
            let business_seconds = calendar.map_or(0, |calendar| calendar.elapsed(case.start, end));
            Ok(Answer::Between { business_seconds })
        }
        (None, None) => Err(wrong("duration_seconds", "is needed, or end")),
        (Some(_), Some(_)) => Err(wrong("end", "stands beside duration_seconds; ask one of them")),
    }
}

/// Whether nothing else is wrong with it: of such a calendar there is an answer.
fn never_opens(error: &CalendarError) -> bool {
    error.problems.iter().all(|problem| problem.rule == Rule::NeverOpen)
}

/// Everything that is wrong with a calendar that stands at this path.
pub(crate) fn faults(place: &str, error: CalendarError) -> Problem {
    let errors = error.problems.into_iter().map(|problem| FieldError {
        field: format!("{place}.{}", problem.field),
        message: problem.rule.to_string(),
    });
    Problem::invalid_all(errors.collect())
}
