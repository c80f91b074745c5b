//! Holidays out of an iCalendar feed: shown before they are taken.

use super::aside;
use super::fields::Known;
use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Body};
use crate::once::{self, Once};
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use calendar::ical::{Feed, LeftOut, Preview};
use calendar::{Calendar, Definition, Holiday, Week};
use jiff::civil::Date;
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::ops::RangeInclusive;
use utoipa::ToSchema;

/// Years from this one on of which dates are shown where nothing is said.
const YEARS: i16 = 3;

/// A feed and the calendar that it is for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = HolidayFeed)]
struct Asked {
    /// The text of the feed.
    ical: String,
    /// Name or id of the calendar whose holidays are known already.
    calendar: Option<String>,
    /// The first date to show, `YYYY-MM-DD`; the first of this year when absent.
    from: Option<String>,
    /// The last date to show; the last of the year after next when absent.
    to: Option<String>,
}

/// What the feed would add.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HolidayFeedPreview)]
struct Answer {
    /// Dates that it would add, in order, as a calendar takes them.
    #[schema(value_type = Vec<serde_json::Value>)]
    new: Vec<Holiday>,
    /// Dates that are holidays already.
    #[schema(value_type = Vec<serde_json::Value>)]
    present: Vec<Holiday>,
    /// Events outside the dates shown, each by its first day.
    #[schema(value_type = Vec<serde_json::Value>)]
    outside: Vec<Holiday>,
    /// Events that give no holiday.
    left_out: Vec<Left>,
}

/// An event that gives no holiday.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HolidayFeedLeftOut)]
struct Left {
    /// The line of the feed at which it begins.
    line: usize,
    name: Option<String>,
    /// Why.
    reason: String,
}

pub(super) fn door() -> Door {
    Door::post("/api/v1/calendars/holidays-preview", "previewHolidays", preview)
        .about("configuration", "Look into a holiday feed", "What an iCalendar feed would add to a calendar, folk holidays and all, before anything is taken: copy from `new` to the calendar's `holidays` what you do close on.")
        .body::<Asked>(json!({
            "ical": "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261225\r\nSUMMARY:Christmas Day\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            "from": "2026-01-01",
            "to": "2027-12-31",
        }))
        .once()
        .answers::<Answer>(200, "What it would add.")
        .problems(&[400, 401, 403, 413, 415, 422, 503])
}

async fn preview(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<Asked>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let Asked { ical, calendar, from, to } = body.value;
    let policy = app.desk().policy();
    let id = calendar.map(|text| Known::of(&app).find("calendar".to_owned(), &text)).transpose()?;
    let known = id.and_then(|id| policy.calendars.last(id));
    let definition = known.map_or_else(none_yet, |known| known.hours.definition.clone());
    let range = dates(from, to, app.desk().now())?;
    let answer = aside(move || look(&ical, &definition, range)).await?;
    once::claim(&app, &caller, once.of(&body.bytes)).await?;
    Ok(json::answer(StatusCode::OK, &answer))
}

fn none_yet() -> Definition {
    Definition::new("UTC", Week::always())
}

fn look(
    ical: &str,
    definition: &Definition,
    dates: RangeInclusive<Date>,
) -> Result<Answer, Problem> {
    let wrong = |error: &dyn std::fmt::Display| Problem::invalid("ical", error.to_string());
    let feed = Feed::read(ical.as_bytes()).map_err(|error| wrong(&error))?;
    let calendar = Calendar::new(definition).map_err(|error| wrong(&error))?;
    let Preview { new, present, outside, left_out } =
        feed.preview(&calendar, dates).map_err(|error| wrong(&error))?;
    let left = |LeftOut { line, name, reason }| Left { line, name, reason: reason.to_string() };
    Ok(Answer { new, present, outside, left_out: left_out.into_iter().map(left).collect() })
}

fn dates(
    from: Option<String>,
    to: Option<String>,
    now: Timestamp,
) -> Result<RangeInclusive<Date>, Problem> {
    let date = |field: &str, text: &str| {
        text.parse::<Date>().map_err(|_| {
            Problem::invalid(field, "is no date; write YYYY-MM-DD, such as 2026-12-25")
        })
    };
    let year = now.to_string().get(..4).and_then(|year| year.parse::<i16>().ok());
    let year = year.unwrap_or(1970);
    let first = from.map_or_else(|| Ok(jan(year)), |text| date("from", &text))?;
    let after = jan(year.saturating_add(YEARS));
    let last =
        to.map_or_else(|| Ok(after.yesterday().unwrap_or(after)), |text| date("to", &text))?;
    if last < first {
        return Err(Problem::invalid("to", "lies before from"));
    }
    Ok(first..=last)
}

fn jan(year: i16) -> Date {
    Date::new(year, 1, 1).unwrap_or(Date::MAX)
}
