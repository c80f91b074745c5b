//! What the caller was told.

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Body};
use crate::once::{self, Answered, Once};
use crate::page::{Params, cursor, limit, next_of, words};
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::InboxEntry;
use incident::Scope;
use kernel::{IncidentNumber, Timestamp, limits};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::deliveries::inbox::{self, Which};
use utoipa::{IntoParams, ToSchema};

/// Which entries.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct InboxParams {
    /// `true`: only what is unread.
    unread: Option<String>,
    /// Entries of a page, 1 to 200; 50 when absent.
    #[param(value_type = Option<u16>)]
    limit: Option<String>,
    /// Where the page begins: the `next` of the page before.
    cursor: Option<String>,
}

/// Something the caller was told.
#[derive(Debug, Serialize, ToSchema)]
struct Entry {
    /// Higher for later ones.
    id: i64,
    #[schema(value_type = String)]
    number: IncidentNumber,
    /// The incident's title; null where it was removed.
    title: Option<String>,
    /// The entry of the timeline.
    n: u32,
    /// What is told: `reported`, `commented`, `resolved` and so on.
    word: String,
    /// Why to them: `requester`, `watcher`, `person`, `team`, or `rule` (one that was added).
    told_as: &'static str,
    /// The rule by which (`/api/v1/notification-rules`): of a standard one its id.
    rule: String,
    /// Who did it; null where the caller may not read it any more.
    by: Option<String>,
    /// The words of people in it, if there are some that the caller may read.
    said: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    read_at: Option<Timestamp>,
}

/// A page of the inbox.
#[derive(Debug, Serialize, ToSchema)]
struct Inbox {
    items: Vec<Entry>,
    /// The cursor of the next page; null on the last one.
    next: Option<String>,
    /// How many entries are unread, on this page or not; 100 stands for more, too.
    unread: i64,
}

/// Which entries to mark as read: exactly one of these.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ToRead {
    /// One entry.
    id: Option<i64>,
    /// All about an incident.
    #[schema(value_type = Option<String>)]
    number: Option<IncidentNumber>,
    /// All up to this entry.
    until: Option<i64>,
}

/// What was marked.
#[derive(Debug, Serialize, ToSchema)]
struct Marked {
    /// How many entries were unread until now.
    marked: u64,
    /// How many still are.
    unread: i64,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/inbox", "readInbox", list)
            .about(
                "users",
                "Read what the caller was told",
                "For everybody, the newest first; of incidents that the caller may see.",
            )
            .query::<InboxParams>()
            .answers::<Inbox>(200, "A page of it.")
            .problems(&[401, 403, 422, 503]),
        Door::post("/api/v1/inbox/read", "markInboxRead", mark)
            .about(
                "users",
                "Mark what the caller was told as read",
                "One entry, all about an incident, or all up to an entry.",
            )
            .body::<ToRead>(json!({ "until": 4711 }))
            .once()
            .answers::<Marked>(200, "What was marked.")
            .problems(&[400, 401, 403, 413, 415, 422, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<InboxParams>,
) -> Result<Response, Problem> {
    caller.must_read()?;
    let limit = limit(params.limit.as_deref(), limits::PAGE_ROWS)?;
    let unread_only = match words("unread", params.unread.as_deref())? {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(Problem::invalid("unread", "must be true or false")),
    };
    let before = cursor(params.cursor.as_deref())?;
    let viewer = caller.viewer();
    let mut found = app.desk().inbox(viewer, unread_only, before, limit + 1).await?;
    let next = next_of(&mut found, limit, |entry| entry.id);
    let items = found.into_iter().map(shown).collect();
    let unread = app.desk().unread(viewer).await?;
    Ok(json::answer(StatusCode::OK, &Inbox { items, next, unread }))
}

async fn mark(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<ToRead>,
) -> Result<Response, Problem> {
    caller.must_write()?;
    let which = match body.value {
        ToRead { id: Some(id), number: None, until: None } => Which::One(id),
        ToRead { id: None, number: Some(number), until: None } => Which::About(number),
        ToRead { id: None, number: None, until: Some(id) } => Which::UpTo(id),
        _ => return Err(Problem::invalid("id", "give exactly one of id, number and until")),
    };
    let (person, scope) = (caller.viewer().person, Scope::of(caller.viewer()));
    let (once, now) = (once.of(&body.bytes), app.desk().now());
    let answered = app.desk().write(move |sql| {
        if let Some(before) = once::before(sql, person, once.as_ref())? {
            return Ok(before);
        }
        let marked = inbox::mark_read(sql, person, which, now)?;
        let answered = Answered::good(&Marked { marked, unread: inbox::unread(sql, &scope)? })?;
        once::keep(sql, person, once.as_ref(), &answered, now)?;
        Ok(answered)
    });
    Ok(answered.await?.into_response())
}

fn shown(entry: InboxEntry) -> Entry {
    let (by, said) = match entry.told {
        Some(told) => (Some(told.event.event.actor.name), told.said),
        None => (None, None),
    };
    Entry {
        id: entry.id,
        number: entry.number,
        title: entry.title,
        n: entry.n,
        word: entry.word,
        told_as: entry.told_as.as_str(),
        rule: entry.rule,
        by,
        said,
        at: entry.at,
        read_at: entry.read_at,
    }
}
