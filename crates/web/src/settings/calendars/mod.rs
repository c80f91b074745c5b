//! Business calendars: when a provider works. Every change is a new version; clocks that run
//! keep the version they were started with, unless whoever saves says otherwise.

mod draw;
pub(super) mod feed;
mod form;
mod hours;
mod list;

use self::draw::View;
pub(super) use self::feed::Filled;
use super::editing::{self, Problem, saved, saved_banner};
use super::moves::{self, Moves};
use super::{Reads, Section, actor};
use crate::answer::Answer;
use crate::app::App;
use crate::auth::{Administrator, Live, SignedIn};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::form::Errors;
use crate::route::{get, post};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use calendar::{Definition, Week};
use desk::Trouble;
use desk::terms::{self, Effect};
use incident::impact::Subject;
use incident::policy::{BusinessHours, Calendars, KnownCalendar, Policy};
use incident::state::CalendarRef;
use kernel::CalendarId;
use maud::{Markup, html};
use std::sync::Arc;

const SECTION: Section = Section::Calendars;
const SUBJECT: &str = "calendar";
/// The last part of the address of the form for a new one.
const NEW: &str = "new";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/calendars", get(show_list).merge(post(create)))
        .route("/settings/calendars/{which}", get(show).merge(post(change)))
        .route("/settings/calendars/{which}/underway", get(underway))
        .route("/settings/calendars/{which}/look", post(look))
        .route("/settings/calendars/{which}/feed", post(look_into_feed))
        .route("/settings/calendars/{which}/take", post(take_of_feed))
        .layer(DefaultBodyLimit::max(feed::BODY_BYTES))
}

/// The values and names that a calendar is chosen by: those that are fixed, the calendars in
/// use, and the one that is chosen.
pub(super) fn options(
    calendars: &Calendars,
    fixed: &[(&str, &str)],
    chosen: &str,
) -> Vec<(String, String)> {
    let fixed = fixed.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned()));
    let mut options: Vec<(String, String)> = fixed.collect();
    for known in calendars.latest() {
        let id = known.hours.reference.id.to_string();
        if !known.hours.retired || id == chosen {
            let words = format!("{}, {}", known.hours.name, known.calendar.week_in_words());
            options.push((id, words));
        }
    }
    options
}

/// When somebody works who works by a calendar.
pub(super) fn name(calendars: &Calendars, id: Option<CalendarId>) -> String {
    let known = id.and_then(|id| calendars.last(id));
    known.map_or_else(
        || "round the clock".to_owned(),
        |known| format!("by {}, {}", known.hours.name, known.calendar.week_in_words()),
    )
}

/// The calendar that an address names: one that is stored, or a new one.
struct Which {
    policy: Arc<Policy>,
    id: Option<CalendarId>,
}

impl Which {
    fn of(app: &App, text: &str) -> PageResult<Which> {
        let policy = app.desk.policy();
        if text == NEW {
            return Ok(Which { policy, id: None });
        }
        let id: CalendarId = text.parse().map_err(|_| PageError::NotFound)?;
        policy.calendars.last(id).ok_or(PageError::NotFound)?;
        Ok(Which { policy, id: Some(id) })
    }

    fn stored(&self) -> Option<&KnownCalendar> {
        self.id.and_then(|id| self.policy.calendars.last(id))
    }

    fn address(&self) -> String {
        self.id.map_or_else(|| SECTION.of(NEW), |id| SECTION.of(id))
    }

    /// The fields of a form that nobody has touched.
    fn fields(&self, who: &SignedIn) -> Fields {
        match self.stored().map(|known| &known.hours) {
            Some(hours) => form::shown(&hours.name, &hours.definition, hours.retired),
            None => {
                let zone = who.instance.setting.time_zone.as_str();
                let week = Week::weekdays("09:00", "17:00");
                form::shown("", &Definition::new(zone, week), false)
            }
        }
    }
}

async fn show_list(State(app): State<App>, Reads(who): Reads) -> PageResult<Markup> {
    Ok(list::page(&who, &app.desk.policy(), app.desk.now()))
}

async fn show(
    State(app): State<App>,
    Reads(who): Reads,
    Path(which): Path<String>,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let which = Which::of(&app, &which)?;
    if which.id.is_none() && !who.viewer().configures() {
        return Err(PageError::forbidden("only administrators change this; ask one of them"));
    }
    let underway = underway_of(&app, &who, &which, false).await?;
    let banner = saved_banner(query.as_deref());
    let fields = which.fields(&who);
    let extra = Extra { banner: Some(banner), underway: Some(underway), ..Extra::default() };
    page(&app, &who, &which, &fields, &Problem::default(), extra).await
}

/// `GET …/underway`: how far open incidents are on their way to its newest version.
async fn underway(
    State(app): State<App>,
    Reads(who): Reads,
    Path(which): Path<String>,
) -> PageResult<Markup> {
    let which = Which::of(&app, &which)?;
    underway_of(&app, &who, &which, true).await
}

async fn underway_of(app: &App, who: &SignedIn, which: &Which, patch: bool) -> PageResult<Markup> {
    let Some(id) = which.id else { return Ok(html! {}) };
    moves::underway(app, who, Subject::Calendar(id), &which.address(), patch).await
}

/// What a page shows besides the form.
#[derive(Default)]
struct Extra {
    banner: Option<Markup>,
    underway: Option<Markup>,
    feed: Option<Markup>,
    moves: Option<Markup>,
}

async fn page(
    app: &App,
    who: &SignedIn,
    which: &Which,
    fields: &Fields,
    problem: &Problem,
    extra: Extra,
) -> PageResult<Markup> {
    let (draft, _) = form::read(fields, &who.here);
    let versions = versions(app, which).await?;
    let address = which.address();
    let view = View {
        who,
        which,
        fields,
        draft: &draft,
        problem,
        address: &address,
        versions: &versions,
        extra: &extra,
    };
    Ok(draw::page(&view))
}

/// The versions of a calendar, the newest first, with the instant from which each is in force.
async fn versions(app: &App, which: &Which) -> PageResult<Vec<draw::Version>> {
    let Some(id) = which.id else { return Ok(vec![]) };
    Ok(app.desk.read(move |sql| store::directory::calendars::versions(sql, id)).await?)
}

async fn create(
    State(app): State<App>,
    Administrator(who): Administrator,
    filled: Filled,
) -> PageResult<Response> {
    save(&app, &who, Which::of(&app, NEW)?, filled.fields).await
}

async fn change(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(which): Path<String>,
    filled: Filled,
) -> PageResult<Response> {
    save(&app, &who, Which::of(&app, &which)?, filled.fields).await
}

/// Stores the form as another version. Where open clocks would move, it asks first.
async fn save(app: &App, who: &SignedIn, which: Which, fields: Fields) -> PageResult<Response> {
    let (draft, errors) = form::read(&fields, &who.here);
    if !errors.is_empty() {
        return refused(app, who, &which, &fields, Problem::invalid(errors)).await;
    }
    let reference = match reference(&which, &fields) {
        Ok(reference) => reference,
        Err(trouble) => return in_trouble(app, who, &which, &fields, trouble).await,
    };
    let hours = BusinessHours {
        reference,
        name: draft.name.clone(),
        definition: draft.definition.clone(),
        retired: which.id.is_some() && draft.retired,
    };
    let chosen = moves::chosen(&fields);
    if chosen.is_none() && which.id.is_some() {
        let found = match Moves::of_calendar(app, who, &hours, draft.since).await {
            Ok(found) => found,
            Err(trouble) => return in_trouble(app, who, &which, &fields, trouble).await,
        };
        if !found.is_empty() {
            let extra = Extra { moves: Some(found.card(who)), ..Extra::default() };
            let again = page(app, who, &which, &fields, &Problem::default(), extra).await?;
            return Ok(again.into_response());
        }
    }
    let effect = Effect { since: draft.since, open: chosen.unwrap_or_default() };
    let stored = app
        .desk
        .change(actor(who), move |sql, audit| terms::save_calendar(sql, audit, hours, effect))
        .await;
    match stored {
        Ok(_) => Ok(saved(&SECTION.of(reference.id))),
        Err(trouble) => in_trouble(app, who, &which, &fields, trouble).await,
    }
}

/// The version that the form changes.
fn reference(which: &Which, fields: &Fields) -> Result<CalendarRef, Trouble> {
    match which.stored().map(|known| known.hours.reference) {
        Some(CalendarRef { id, version }) => {
            Ok(CalendarRef { id, version: editing::version_on(fields, version)? })
        }
        None => Ok(terms::new_calendar()),
    }
}

async fn in_trouble(
    app: &App,
    who: &SignedIn,
    which: &Which,
    fields: &Fields,
    trouble: Trouble,
) -> PageResult<Response> {
    let id = which.id.map(|id| id.to_string()).unwrap_or_default();
    let problem = Problem::of(app, trouble, SUBJECT, id, "name").await?;
    refused(app, who, which, fields, problem).await
}

async fn refused(
    app: &App,
    who: &SignedIn,
    which: &Which,
    fields: &Fields,
    problem: Problem,
) -> PageResult<Response> {
    let again = page(app, who, which, fields, &problem, Extra::default()).await?;
    Ok((problem.status(), again).into_response())
}

/// `POST …/look`: the week as the form has it, while it is filled in.
async fn look(
    State(app): State<App>,
    Reads(who): Reads,
    live: Live,
    Path(which): Path<String>,
    filled: Filled,
) -> PageResult<Response> {
    let which = Which::of(&app, &which)?;
    let (draft, errors) = form::read(&filled.fields, &who.here);
    let tried = filled.fields.ticked("tried");
    let problem = Problem::invalid(if tried { errors } else { Errors::default() });
    let versions = versions(&app, &which).await?;
    let (address, extra) = (which.address(), Extra::default());
    let view = View {
        who: &who,
        which: &which,
        fields: &filled.fields,
        draft: &draft,
        problem: &problem,
        address: &address,
        versions: &versions,
        extra: &extra,
    };
    let patch = draw::patch(&view, filled.fields.ticked("typing"));
    Ok(Answer::patch(patch).else_page(draw::page(&view)).reply(live))
}

/// `POST …/feed`: what an iCalendar file would add.
async fn look_into_feed(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(which): Path<String>,
    filled: Filled,
) -> PageResult<Response> {
    let which = Which::of(&app, &which)?;
    let (draft, _) = form::read(&filled.fields, &who.here);
    let mut errors = Errors::default();
    let preview = feed::preview(&filled, &draft, &mut errors, &who.here);
    let problem = Problem::invalid(errors);
    let feed = preview.map(|preview| feed::card(&preview, &which.address()));
    let status = if feed.is_some() { StatusCode::OK } else { problem.status() };
    let extra = Extra { feed, ..Extra::default() };
    let page = page(&app, &who, &which, &filled.fields, &problem, extra).await?;
    Ok((status, page).into_response())
}

/// `POST …/take`: the form with the holidays that were ticked; nothing is stored yet.
async fn take_of_feed(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(which): Path<String>,
    filled: Filled,
) -> PageResult<Response> {
    let which = Which::of(&app, &which)?;
    let (fields, count) = feed::taken(filled.fields);
    let extra = Extra { feed: Some(draw::taken(count)), ..Extra::default() };
    let page = page(&app, &who, &which, &fields, &Problem::default(), extra).await?;
    Ok(page.into_response())
}
