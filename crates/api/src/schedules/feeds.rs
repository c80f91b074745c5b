//! Calendars elsewhere that read a schedule, by an address with a secret in it.

use super::WHAT;
use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Body};
use crate::once::{self, Answered, Once};
use crate::page::{Page, PageParams, Params};
use crate::path::Path;
use crate::problem::Problem;
use crate::whom::Shows;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use desk::rota::{self, make_feed, revoke_feed};
use kernel::{FeedId, ScheduleId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::directory::feeds::{self, ScheduleFeed};
use utoipa::{IntoParams, ToSchema};

/// A feed.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ScheduleFeed)]
struct Shown {
    #[schema(value_type = String)]
    id: FeedId,
    /// For whom it was made: e-mail address, or name.
    person: String,
    /// Whether it shows only their own shifts.
    own: bool,
    #[schema(value_type = String, format = DateTime)]
    made_at: Timestamp,
}

/// A new feed with its address.
#[derive(Debug, Serialize, ToSchema)]
struct FeedMade {
    #[serde(flatten)]
    feed: Shown,
    /// Where a calendar reads it. Shown this once: whoever knows it reads the schedule. Null in
    /// the answer to a repetition with the same Idempotency-Key.
    url: Option<String>,
}

/// What feed to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewFeed {
    /// Only the caller's own shifts; everybody's when absent.
    own: Option<bool>,
}

/// The secret of a feed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TokenParams {
    /// The secret, as the address of the feed has it.
    token: String,
}

pub(super) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/schedules/{id}/feeds", "listFeeds", list)
            .about("on call", "List feeds of a schedule", "One's own; managers and administrators see all.")
            .query::<PageParams>()
            .answers::<Page<Shown>>(200, "A page of them.")
            .problems(&[401, 403, 404, 422, 503]),
        Door::post("/api/v1/schedules/{id}/feeds", "createFeed", create)
            .about("on call", "Make a feed", "An address by which a calendar elsewhere reads the schedule, for whoever makes it.")
            .body::<NewFeed>(json!({ "own": true }))
            .once()
            .answers::<FeedMade>(201, "The feed with its address.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
        Door::delete("/api/v1/schedules/{id}/feeds/{feed}", "revokeFeed", revoke)
            .about("on call", "Revoke a feed", "One's own; managers and administrators revoke all.")
            .answers_plainly(204, "", "Its address does not work any more.")
            .problems(&[401, 403, 404, 503]),
        Door::get("/api/v1/schedules/{id}/calendar.ics", "readFeed", calendar)
            .about("on call", "Read a feed", "iCalendar, for calendars elsewhere. The token in the address is all it needs.")
            .query::<TokenParams>()
            .answers_plainly(200, "text/calendar", "Shifts of the last 30 days and of the coming year.")
            .problems(&[404, 422, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Params(params): Params<PageParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let id = app.directory().await?.schedules.find(WHAT, &id)?;
    let mut found = app.desk().read(move |sql| feeds::of_schedule(sql, id)).await?;
    let viewer = caller.viewer();
    found.retain(|feed| feed.person == viewer.person || viewer.arranges_shifts());
    let shows = Shows::of(&app, found.iter().map(|feed| feed.person).collect()).await?;
    let items: Vec<Shown> = found.into_iter().map(|feed| shown(feed, &shows)).collect();
    Ok(json::answer(StatusCode::OK, &Page::of(items, &params, |feed| feed.id)?))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    once: Once,
    headers: HeaderMap,
    body: Body<NewFeed>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let id: ScheduleId = app.directory().await?.schedules.find(WHAT, &id)?;
    let (viewer, once) = (caller.viewer().clone(), once.of(&body.bytes));
    let shows = Shows::of(&app, vec![viewer.person]).await?;
    let own = body.value.own.unwrap_or(false);
    let made = app.desk().change(caller.actor(), move |sql, audit| {
        if let Some(before) = once::before(sql, viewer.person, once.as_ref())? {
            return Ok(Err(before));
        }
        let (feed, secret) = make_feed(sql, audit, &viewer, (id, own))?;
        let feed = shown(feed, &shows);
        let kept = Answered::created(&FeedMade { feed: feed.clone(), url: None })?;
        once::keep(sql, viewer.person, once.as_ref(), &kept, audit.now())?;
        Ok(Ok((feed, secret)))
    });
    match made.await? {
        Err(before) => Ok(before.into_response()),
        Ok((feed, secret)) => {
            let base = app.base(&headers);
            let url = format!("{base}/api/v1/schedules/{id}/calendar.ics?token={secret}");
            Ok(json::answer(StatusCode::CREATED, &FeedMade { feed, url: Some(url) }))
        }
    }
}

async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Path((id, feed)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    caller.must_edit()?;
    let schedule = app.directory().await?.schedules.find(WHAT, &id)?;
    let feed: FeedId = feed.parse().map_err(|_| no_feed())?;
    let viewer = caller.viewer().clone();
    let revoked = app.desk().change(caller.actor(), move |sql, audit| {
        revoke_feed(sql, audit, &viewer, (schedule, feed))
    });
    revoked.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET …/calendar.ics`: no sign-in, calendars have none.
async fn calendar(
    State(app): State<App>,
    Path(id): Path<String>,
    Params(params): Params<TokenParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id: ScheduleId = id.parse().map_err(|_| no_feed())?;
    let text = rota::feed(app.desk(), id, &params.token).await?.ok_or_else(no_feed)?;
    let tag = format!("\"{}\"", hex(&desk::secret_hash(&text)[..8]));
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let facts = [(ETAG, tag.clone()), (CACHE_CONTROL, "private, no-cache".to_owned())];
    if known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag)) {
        return Ok((StatusCode::NOT_MODIFIED, facts).into_response());
    }
    Ok((facts, [(CONTENT_TYPE, "text/calendar; charset=utf-8")], text).into_response())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn no_feed() -> Problem {
    Problem::not_found("there is no such feed, or it was revoked")
}

fn shown(feed: ScheduleFeed, shows: &Shows) -> Shown {
    Shown { id: feed.id, person: shows.person(feed.person), own: feed.own, made_at: feed.made_at }
}
