//! Shifts from elsewhere: the rota of another program, and holidays. What they come to is shown
//! first; nothing is stored before somebody has seen it.

mod draw;

use super::{NEW, SECTION, SUBJECT, Which, crew, form};
use crate::app::App;
use crate::auth::SignedIn;
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::form::Errors;
use crate::settings::calendars::Filled;
use crate::settings::editing::{self, Problem, saved};
use crate::settings::{ConfiguresPaging, actor, form_page};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use desk::rota::{Reading, Rota, WhatIf, bring_overrides, read_rota, what_if_brought};
use incident::Refusal;
use jiff::civil::{Date, Time};
use kernel::{CalendarId, PersonId, ScheduleId, Timestamp, limits};
use maud::{Markup, html};
use roster::{Override, Span};
use std::collections::BTreeMap;
use store::Sql;
use store::directory::schedules::Schedule;

/// Bytes of a form with a feed: the text goes along until it is taken.
pub(super) const BODY_BYTES: usize = 4 * limits::ROSTER_FEED_BYTES;
/// Days of a feed that are looked at.
const DAYS: i64 = 366;
/// Names of a feed that somebody can say who it is.
const NAMES: usize = 20;
/// The same, with those that were said before.
const NAMES_READ: usize = 10 * NAMES;

/// What a form came to.
#[derive(Default)]
pub(super) struct Found {
    /// The shifts, to be ticked.
    pub(super) shifts: Vec<Override>,
    /// What else the feed says.
    pub(super) rota: Option<Rota>,
    /// What they would change of a schedule that is stored.
    pub(super) what_if: Option<WhatIf>,
    /// The form of the schedule with the rotation that they are, to be opened.
    pub(super) editor: Option<Fields>,
}

/// `GET …/bring`.
pub(super) async fn show(
    State(app): State<App>,
    ConfiguresPaging(who): ConfiguresPaging,
    Path(which): Path<String>,
) -> PageResult<Markup> {
    let which = Which::of(&app, &which).await?;
    let fields = Fields::default();
    Ok(page(&who, &which, &fields, &Problem::default(), &Found::default()))
}

/// `POST …/bring`: what a feed, or holidays, come to.
pub(super) async fn look(
    State(app): State<App>,
    ConfiguresPaging(who): ConfiguresPaging,
    Path(which): Path<String>,
    filled: Filled,
) -> PageResult<Response> {
    let which = Which::of(&app, &which).await?;
    let Filled { fields, file } = filled;
    let found = match fields.ticked("holidays") {
        true => holidays(&which, &fields, &app),
        false => match text_of(&app, &fields, file).await {
            Ok(text) => {
                let fields = fields.clone().with("ical", text);
                return look_into(&app, &who, &which, fields).await;
            }
            Err(trouble) => Err(trouble),
        },
    };
    answer(&app, &who, &which, fields, found).await
}

async fn look_into(
    app: &App,
    who: &SignedIn,
    which: &Which,
    fields: Fields,
) -> PageResult<Response> {
    let found = rota(app, which, &fields).await;
    answer(app, who, which, fields, found).await
}

async fn answer(
    app: &App,
    who: &SignedIn,
    which: &Which,
    fields: Fields,
    found: Result<Found, Trouble>,
) -> PageResult<Response> {
    let found = match found {
        Ok(found) => found,
        Err(trouble) => {
            let problem = Problem::of(app, trouble, SUBJECT, String::new(), "ical").await?;
            let body = page(who, which, &fields, &problem, &Found::default());
            return Ok((problem.status(), body).into_response());
        }
    };
    let found = with_effect(app, who, which, found).await?;
    Ok(page(who, which, &fields, &Problem::default(), &found).into_response())
}

/// The text of the feed: that of the file, of the field, or at the address.
async fn text_of(app: &App, fields: &Fields, file: Option<Vec<u8>>) -> Result<String, Trouble> {
    let bytes = match (file, fields.filled("address")) {
        (Some(bytes), _) => bytes,
        (None, Some(address)) => app.desk.read_rota_at(address).await?,
        (None, None) => return Ok(fields.text("ical").to_owned()),
    };
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Reads a feed with what somebody said about its names.
async fn rota(app: &App, which: &Which, fields: &Fields) -> Result<Found, Trouble> {
    let text = fields.text("ical");
    if text.trim().is_empty() {
        let words = "is needed: choose a file, paste its text, or write an https address";
        return Err(Refusal::invalid("ical", words).into());
    }
    let mut named = BTreeMap::new();
    for at in 0..NAMES_READ {
        let (Some(name), Some(person)) =
            (fields.filled(&format!("name{at}")), fields.filled(&format!("person{at}")))
        else {
            continue;
        };
        let person = which.crew.find(person);
        let person =
            person.map_err(|words| Refusal::invalid("ical", format!("{name}: {words}")))?;
        named.insert(name.trim().to_lowercase(), person);
    }
    let now = app.desk.now();
    let time_zone = which.stored.as_ref().map(|stored| stored.time_zone.clone());
    let reading = Reading {
        bytes: text.as_bytes().to_vec(),
        time_zone: time_zone.unwrap_or_else(|| fields.text("time_zone").to_owned()),
        range: Span::new(now, now.plus_days(DAYS)),
        named,
    };
    let read = app.desk.read(move |sql: &mut dyn Sql| read_rota(sql, &reading)).await?;
    let rota = read.map_err(|error| Refusal::invalid("ical", error.to_string()))?;
    Ok(Found { shifts: rota.shifts.clone(), rota: Some(rota), ..Found::default() })
}

/// Who covers the dates that were typed, and those of a calendar.
fn holidays(which: &Which, fields: &Fields, app: &App) -> Result<Found, Trouble> {
    let Some(stored) = &which.stored else {
        return Err(Refusal::invalid("dates", "need a schedule that is saved").into());
    };
    let people = which.crew.typed(fields.text("people"));
    let people = people.map_err(|words| Refusal::invalid("people", words))?;
    if people.is_empty() {
        return Err(Refusal::invalid("people", "are needed: one a line").into());
    }
    let dates = dates_of(&which.names.policy.calendars, fields, (stored, app.desk.now()))?;
    let from: Time = fields
        .filled("from")
        .unwrap_or("00:00")
        .parse()
        .map_err(|_| Refusal::invalid("from", "is no time of day, such as 09:00"))?;
    let shifts = roster::for_dates(&stored.time_zone, &dates, from, &people)
        .map_err(|error| Refusal::invalid("dates", error.to_string()))?;
    let now = app.desk.now();
    let shifts = shifts.into_iter().filter(|shift| shift.end > now).collect();
    Ok(Found { shifts, ..Found::default() })
}

/// The dates that a form names, from today on.
fn dates_of(
    calendars: &incident::policy::Calendars,
    fields: &Fields,
    (stored, now): (&Schedule, Timestamp),
) -> Result<Vec<Date>, Refusal> {
    let mut texts: Vec<String> = fields
        .text("dates")
        .split_whitespace()
        .map(|text| text.trim_matches(',').to_owned())
        .collect();
    if let Some(id) = fields.filled("calendar").and_then(|text| text.parse::<CalendarId>().ok()) {
        let known = calendars.last(id);
        let holidays = known.into_iter().flat_map(|known| &known.hours.definition.holidays);
        texts.extend(holidays.map(|holiday| holiday.date.clone()));
    }
    let zone = jiff::tz::TimeZone::get(&stored.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let today = now.to_jiff().to_zoned(zone).date();
    let mut dates = Vec::with_capacity(texts.len());
    for text in texts.iter().filter(|text| !text.is_empty()) {
        let date: Date = text.parse().map_err(|_| {
            Refusal::invalid("dates", format!("“{text}” is no date; write 2026-12-25"))
        })?;
        if date >= today {
            dates.push(date);
        }
    }
    dates.sort_unstable();
    dates.dedup();
    if dates.is_empty() {
        return Err(Refusal::invalid("dates", "hold no date from today on"));
    }
    if dates.len() > limits::COVER_DATES {
        let words = format!("hold more than {} dates", limits::COVER_DATES);
        return Err(Refusal::invalid("dates", words));
    }
    Ok(dates)
}

/// With what they would change, and the form that they would make.
async fn with_effect(app: &App, who: &SignedIn, which: &Which, found: Found) -> PageResult<Found> {
    let rotation = found.rota.as_ref().and_then(|rota| rota.rotation.as_ref());
    let editor = rotation.map(|rotation| {
        let fields = which.fields(who);
        let layer = form::count(&fields).saturating_sub(1);
        form::with_rotation(fields, layer, rotation, &which.crew)
    });
    let Some(stored) = which.stored.clone() else { return Ok(Found { editor, ..found }) };
    let (shifts, now) = (found.shifts.clone(), app.desk.now());
    let read = move |sql: &mut dyn Sql| what_if_brought(sql, &stored, &shifts, now);
    let what_if = Some(app.desk.read(read).await?);
    Ok(Found { editor, what_if, ..found })
}

/// `POST …/bring/take`: what was ticked is stored.
pub(super) async fn take(
    State(app): State<App>,
    ConfiguresPaging(who): ConfiguresPaging,
    Path(id): Path<ScheduleId>,
    fields: Fields,
) -> PageResult<Response> {
    let which = Which::of(&app, &id.to_string()).await?;
    let shifts: Option<Vec<Override>> = fields.all("take").map(read_line).collect();
    let reason = editing::text(&fields, "reason", limits::REASON_CHARS);
    let wanted = match (shifts, reason) {
        (Some(shifts), Ok(reason)) if !shifts.is_empty() => Ok((id, shifts, reason)),
        (_, Err(trouble)) => Err(trouble),
        _ => Err(Refusal::invalid("ical", "holds nothing that was ticked").into()),
    };
    let done = match wanted {
        Ok(wanted) => {
            let viewer = who.viewer().clone();
            app.desk
                .change(actor(&who), move |sql, audit| bring_overrides(sql, audit, &viewer, wanted))
                .await
        }
        Err(trouble) => Err(trouble),
    };
    match done {
        Ok(_) => Ok(saved(&SECTION.of(id))),
        Err(trouble) => answer(&app, &who, &which, fields, Err(trouble)).await,
    }
}

/// A shift in the value of a tick.
pub(super) fn line(shift: &Override) -> String {
    format!("{}|{}|{}", shift.person, shift.start, shift.end)
}

fn read_line(text: &str) -> Option<Override> {
    let mut parts = text.split('|');
    let (person, start, end) = (parts.next()?, parts.next()?, parts.next()?);
    let person: PersonId = person.parse().ok()?;
    Some(Override { person, start: start.parse().ok()?, end: end.parse().ok()? })
}

fn page(
    who: &SignedIn,
    which: &Which,
    fields: &Fields,
    problem: &Problem,
    found: &Found,
) -> Markup {
    let title = which.stored.as_ref().map_or("New schedule", |stored| stored.name.as_str());
    let address = match &which.stored {
        Some(stored) => SECTION.of(stored.id),
        None => SECTION.of(NEW),
    };
    let lead = "A rota out of another program, or holidays: first you see what they come to, then you decide.";
    let errors: &Errors = &problem.errors;
    let body = html! {
        (problem.banner(who, &address))
        (draw::result(who, which, fields, found, &address))
        (draw::feed_card(who, which, fields, errors, &address))
        @if which.stored.is_some() { (draw::holidays_card(which, fields, errors, &address)) }
        datalist id="crew" { @for person in which.crew.offered() { option value=(crew::line(person)) {} } }
    };
    form_page(who, SECTION, title, html! { (lead) }, body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tick_says_a_shift() {
        let shift = Override {
            person: "00000000-0000-0000-0000-000000000007".parse().unwrap(),
            start: "2026-12-25T08:00:00Z".parse().unwrap(),
            end: "2026-12-26T08:00:00Z".parse().unwrap(),
        };
        assert_eq!(read_line(&line(&shift)), Some(shift));
        assert_eq!(read_line("nobody|now|then"), None);
        assert_eq!(read_line(""), None);
    }
}
