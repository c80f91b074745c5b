//! What a webhook was told and what became of it; trying it out; the past once more.

use super::find;
use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Body, Given, Nothing};
use crate::once::{self, Answered, Once};
use crate::page::{Page, Params, cursor, limit, next_of, words};
use crate::path::Path;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::webhooks::{Replay, Seen};
use kernel::{IncidentNumber, Timestamp, limits};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::webhooks::MessageState;
use utoipa::{IntoParams, ToSchema};

/// Which messages.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MessageParams {
    /// Only in this state: `waiting`, `sent`, `dead` or `withdrawn`.
    state: Option<String>,
    /// Messages of a page, 1 to 200; 50 when absent.
    #[param(value_type = Option<u16>)]
    limit: Option<String>,
    /// Where the page begins: the `next` of the page before.
    cursor: Option<String>,
}

/// What a webhook was told of one event.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookMessage)]
struct Shown {
    id: i64,
    /// The `webhook-id` under which it is sent, the same at each attempt.
    webhook_id: String,
    /// The type of the event, or `webhook.test`.
    #[serde(rename = "type")]
    kind: String,
    /// The event's position in the stream; null for a test.
    seq: Option<i64>,
    /// The incident; null for a test, and where `restricted`.
    #[schema(value_type = Option<String>)]
    number: Option<IncidentNumber>,
    /// Whether it is about an incident that the caller may not see.
    restricted: bool,
    /// `waiting`, `sent`, `dead` (given up) or `withdrawn` (not sent).
    state: &'static str,
    /// Attempts that failed.
    attempts: u32,
    /// Not attempted before.
    #[schema(value_type = String, format = DateTime)]
    next_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it was sent, given up or withdrawn.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
    /// The status of the last answer.
    status: Option<i64>,
    /// The beginning of the last answer.
    answer: Option<String>,
    /// Milliseconds that the last attempt took.
    took_ms: Option<i64>,
    /// Why the last attempt failed, or why it was not sent.
    error: Option<String>,
}

/// A message that was asked for.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookTried {
    /// Its id among the messages of the webhook.
    message: i64,
}

/// What is to be sent once more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReplayWish {
    /// Events recorded at this instant or later, at most 14 days ago.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// Events recorded before this one; until now when absent.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// Those that arrived, too; only those that did not, when absent.
    all: Option<bool>,
}

/// How much is sent once more.
#[derive(Debug, Serialize, ToSchema)]
struct Replayed {
    /// Messages that wait now and did not before.
    messages: u64,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/webhooks/{id}/messages", "listWebhookMessages", list)
            .about("webhooks", "Read what a webhook was told", "For administrators, the newest first. What has ended is kept for 30 days.")
            .query::<MessageParams>()
            .answers::<Page<Shown>>(200, "A page of it.")
            .problems(&[401, 403, 404, 422, 503]),
        Door::post("/api/v1/webhooks/{id}/messages/{message}/send-again", "resendWebhookMessage", again)
            .about("webhooks", "Send a message again", "For administrators. It waits again, and is attempted from the beginning under the same webhook-id.")
            .body::<Nothing>(json!({}))
            .once()
            .answers::<WebhookTried>(202, "It is attempted again.")
            .problems(&[400, 401, 403, 404, 413, 415, 422, 503]),
        Door::post("/api/v1/webhooks/{id}/test", "testWebhook", test)
            .about("webhooks", "Try a webhook out", "For administrators. Sends an event of the type webhook.test; its messages tell what became of it.")
            .body::<Nothing>(json!({}))
            .once()
            .answers::<WebhookTried>(202, "It is on its way.")
            .problems(&[400, 401, 403, 404, 413, 415, 422, 503]),
        Door::post("/api/v1/webhooks/{id}/replay", "replayWebhook", replay)
            .about("webhooks", "Tell a webhook of the past", "For administrators. What did not arrive is sent, in order, under the webhook-ids that it has or would have had; at most 10,000 messages.")
            .body::<ReplayWish>(json!({ "since": "2026-11-23T08:00:00Z" }))
            .once()
            .answers::<Replayed>(202, "It is on its way.")
            .problems(&[400, 401, 403, 404, 413, 415, 422, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Params(params): Params<MessageParams>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let id = find(&app, &id).await?.id;
    let limit = limit(params.limit.as_deref(), limits::PAGE_ROWS)?;
    let state = words("state", params.state.as_deref())?.map(str::parse::<MessageState>);
    let state = state.transpose().map_err(|error| Problem::invalid("state", error.to_string()))?;
    let before = cursor(params.cursor.as_deref())?;
    let which = (state, before);
    let mut found = app.desk().webhook_messages(caller.viewer(), id, which, limit + 1).await?;
    let next = next_of(&mut found, limit, |seen| seen.message.id);
    let items = found.into_iter().map(shown).collect();
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

async fn again(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Path((id, message)): Path<(String, String)>,
    body: Given<Nothing>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let id = find(&app, &id).await?.id;
    let none = || Problem::not_found("there is no such message");
    let message: i64 = message.parse().map_err(|_| none())?;
    let doing = async {
        app.desk().send_to_webhook_again(id, message).await?;
        Ok(Answered::of(StatusCode::ACCEPTED, &WebhookTried { message })?)
    };
    once::done(&app, &caller, once.of(&body.bytes), doing).await
}

async fn test(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Path(id): Path<String>,
    body: Given<Nothing>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let id = find(&app, &id).await?.id;
    let doing = async {
        let message = app.desk().try_webhook(id).await?;
        Ok(Answered::of(StatusCode::ACCEPTED, &WebhookTried { message })?)
    };
    once::done(&app, &caller, once.of(&body.bytes), doing).await
}

async fn replay(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Path(id): Path<String>,
    body: Body<ReplayWish>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let id = find(&app, &id).await?.id;
    let ReplayWish { since, until, all } = body.value;
    let replay = Replay { since, until, all: all.unwrap_or(false) };
    let doing = async {
        let messages = app.desk().replay(caller.actor(), id, replay).await?;
        Ok(Answered::of(StatusCode::ACCEPTED, &Replayed { messages })?)
    };
    once::done(&app, &caller, once.of(&body.bytes), doing).await
}

fn shown(Seen { message, restricted }: Seen) -> Shown {
    let room = if message.seq.is_some() { "incident" } else { "webhook" };
    Shown {
        id: message.id,
        webhook_id: message.message_id,
        kind: format!("{room}.{}", message.kind),
        seq: message.seq,
        number: message.number,
        restricted,
        state: message.state.as_str(),
        attempts: message.attempts,
        next_at: message.next_at,
        created_at: message.created_at,
        ended_at: message.ended_at,
        status: message.status,
        answer: message.answer,
        took_ms: message.took_ms,
        error: message.error,
    }
}
