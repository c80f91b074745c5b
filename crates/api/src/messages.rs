//! What came in by mail, what became of it, and decisions about what was kept aside.

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Given};
use crate::once::{self, Answered, Once};
use crate::page::{Page, Params, cursor, limit, next_of, words};
use crate::path::Path;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::{Incoming, LetIn};
use kernel::{IncidentNumber, IntegrationId, Timestamp, limits};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::messages::MessageState;
use utoipa::{IntoParams, ToSchema};

/// Which messages.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MessageParams {
    /// Only in this state: `waiting`, `done`, `quarantined` or `dropped`.
    state: Option<String>,
    /// Messages of a page, 1 to 200; 50 when absent.
    #[param(value_type = Option<u16>)]
    limit: Option<String>,
    /// Where the page begins: the `next` of the page before.
    cursor: Option<String>,
}

/// A message that came in.
#[derive(Debug, Serialize, ToSchema)]
struct Message {
    id: i64,
    /// The mailbox it came to, where that is known.
    #[schema(value_type = Option<String>)]
    mailbox: Option<IntegrationId>,
    /// How: `http`, `smtp`, `lmtp`, `pipe` or `imap`.
    door: &'static str,
    /// Whether it is about an incident that the caller may not see; what it says is left out.
    restricted: bool,
    /// The sender of its envelope.
    sender: String,
    /// The recipients of its envelope.
    recipients: Vec<String>,
    #[schema(value_type = String, format = DateTime)]
    received_at: Timestamp,
    size_bytes: u64,
    /// How often the very same bytes came.
    copies: u32,
    /// Its own Message-ID, once it was read.
    message_id: Option<String>,
    /// The address it is from, once it was read.
    from: Option<String>,
    subject: String,
    /// Whether no person wrote it.
    automatic: bool,
    /// `waiting` (to be understood), `done`, `quarantined` (for a person) or `dropped`.
    state: &'static str,
    /// By which rule that was decided.
    rule: Option<&'static str>,
    /// Why, in words.
    reason: Option<String>,
    /// The incident it became or went to.
    #[schema(value_type = Option<String>)]
    number: Option<IncidentNumber>,
    /// Its entry in that incident's timeline.
    n: Option<u32>,
    /// The incident it may belong to.
    #[schema(value_type = Option<String>)]
    suggested: Option<IncidentNumber>,
    /// How a person let it in: `as_new`, `into` or `again`.
    released: Option<&'static str>,
    /// Attempts that failed.
    attempts: u32,
    /// When that was decided.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
}

/// How a message is let in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MessageRelease {
    /// The incident it becomes an entry of; without it, it becomes an incident.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    into: Option<IncidentNumber>,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/messages", "listMessages", list)
            .about(
                "configuration",
                "Read what came in by mail",
                "For the service desk, the newest first. `state=quarantined` is what waits for somebody.",
            )
            .query::<MessageParams>()
            .answers::<Page<Message>>(200, "A page of it.")
            .problems(&[401, 403, 422, 503]),
        Door::get("/api/v1/messages/{id}", "getMessage", get)
            .about("configuration", "Read what became of a message", "For the service desk.")
            .answers::<Message>(200, "The message, without its text.")
            .problems(&[401, 403, 404, 503]),
        Door::get("/api/v1/messages/{id}/raw", "getMessageRaw", raw)
            .about("configuration", "Download a message as it came", "For the service desk, as RFC 5322 has it.")
            .answers_plainly(200, "application/octet-stream", "Its bytes.")
            .problems(&[401, 403, 404, 503]),
        Door::post("/api/v1/messages/{id}/release", "releaseMessage", release)
            .about(
                "configuration",
                "Let a message in that was kept aside",
                "For agents. It becomes an incident, or an entry of the one that is named, in a moment.",
            )
            .body::<MessageRelease>(json!({ "into": "INC-7" }))
            .once()
            .answers::<Message>(200, "The message; it waits to be understood.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
        Door::delete("/api/v1/messages/{id}", "deleteMessage", delete)
            .about(
                "configuration",
                "Erase a message that was kept aside or dropped",
                "For agents. That it came stays on record, what it says does not.",
            )
            .answers_plainly(204, "", "It is erased.")
            .problems(&[401, 403, 404, 409, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<MessageParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let limit = limit(params.limit.as_deref(), limits::PAGE_ROWS)?;
    let state = words("state", params.state.as_deref())?.map(str::parse::<MessageState>);
    let state = state.transpose().map_err(|error| Problem::invalid("state", error.to_string()))?;
    let before = cursor(params.cursor.as_deref())?;
    let mut found = app.desk().messages(caller.viewer(), state, before, limit + 1).await?;
    let next = next_of(&mut found, limit, |found| found.message.id);
    let items = found.into_iter().map(shown).collect();
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    one(&app, &caller, named(&id)?).await
}

async fn one(app: &App, caller: &Caller, id: i64) -> Result<Response, Problem> {
    Ok(json::answer(StatusCode::OK, &found(app, caller, id).await?))
}

async fn found(app: &App, caller: &Caller, id: i64) -> Result<Message, Problem> {
    let found = app.desk().message(caller.viewer(), id).await?.ok_or_else(none)?;
    Ok(shown(found))
}

async fn raw(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let id = named(&id)?;
    let raw = app.desk().message_bytes(caller.viewer(), id).await?.ok_or_else(none)?;
    let headers = [
        ("content-type", "application/octet-stream".to_owned()),
        ("content-disposition", format!("attachment; filename=\"message-{id}.eml\"")),
        ("content-security-policy", "sandbox; default-src 'none'".to_owned()),
        ("cross-origin-resource-policy", "same-origin".to_owned()),
        ("cache-control", "private, no-store".to_owned()),
    ];
    Ok((headers, raw).into_response())
}

async fn release(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Path(id): Path<String>,
    body: Given<MessageRelease>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let (id, once) = (named(&id)?, once.of(&body.bytes));
    let how = match body.value.into {
        Some(number) => LetIn::Into(Some(number)),
        None => LetIn::AsNew,
    };
    let doing = async {
        app.desk().let_message_in(caller.viewer(), id, how).await?;
        Ok(Answered::good(&found(&app, &caller, id).await?)?)
    };
    once::done(&app, &caller, once, doing).await
}

async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.must_be_staff()?;
    app.desk().erase_message(caller.viewer(), named(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn named(id: &str) -> Result<i64, Problem> {
    id.parse().map_err(|_| none())
}

fn none() -> Problem {
    Problem::not_found("there is no such message, its bytes are gone, or you may not see it")
}

fn shown(found: Incoming) -> Message {
    let Incoming { message, restricted } = found;
    Message {
        id: message.id,
        mailbox: message.mailbox,
        door: message.door.as_str(),
        restricted,
        sender: message.sender,
        recipients: message.recipients,
        received_at: message.received_at,
        size_bytes: message.size_bytes,
        copies: message.copies,
        message_id: message.message_id,
        from: message.from,
        subject: message.subject,
        automatic: message.automatic,
        state: message.state.as_str(),
        rule: message.rule.map(|rule| rule.as_str()),
        reason: message.reason,
        number: message.number,
        n: message.n,
        suggested: message.suggested,
        released: message.released.map(|released| released.as_str()),
        attempts: message.attempts,
        ended_at: message.ended_at,
    }
}
