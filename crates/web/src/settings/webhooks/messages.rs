//! What a webhook was told and what became of it: read, sent again, tried out, replayed.

use super::{SECTION, draw};
use crate::app::App;
use crate::auth::{Administrator, SignedIn};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::route::{get, post};
use crate::settings::{Reads, actor, row_page};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use desk::webhooks::{Payload, Replay, Seen, Silence};
use incident::Refusal;
use kernel::WebhookId;
use maud::{Markup, html};
use store::directory::Webhook;
use store::webhooks::MessageState;

/// Messages on one page.
const ROWS: usize = 50;
/// Characters of a message that are shown.
const SHOWN_CHARS: usize = 20_000;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/webhooks/{id}/messages", get(list))
        .route("/settings/webhooks/{id}/messages/{message}", get(show))
        .route("/settings/webhooks/{id}/messages/{message}/send-again", post(send_again))
        .route("/settings/webhooks/{id}/test", post(test))
        .route("/settings/webhooks/{id}/replay", post(replay))
}

/// `GET /settings/webhooks/{id}/messages?state=&before=`
async fn list(
    State(app): State<App>,
    Reads(who): Reads,
    Path(id): Path<WebhookId>,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let fields = Fields::parse(query.as_deref().unwrap_or_default());
    let state = fields.filled("state").and_then(|word| word.parse::<MessageState>().ok());
    let before = fields.filled("before").and_then(|id| id.parse::<i64>().ok());
    let webhook = app.desk.stored_webhook(id).await?;
    let which = (state, before);
    let mut rows = app.desk.webhook_messages(who.viewer(), id, which, ROWS + 1).await?;
    let more = rows.len() > ROWS;
    rows.truncate(ROWS);
    let address = format!("{}/messages", SECTION.of(id));
    let states = std::iter::once(None).chain(MessageState::ALL.iter().copied().map(Some));
    let body = html! {
        nav.seg aria-label="Which messages" {
            @for other in states {
                @let to = other.map_or_else(|| address.clone(), |other| format!("{address}?state={other}"));
                a href=(to) aria-current=[(other == state).then_some("page")] { (other.map_or("All", draw::state_words)) }
            }
        }
        div.card { (draw::messages(&who, &webhook, &rows, who.viewer().configures())) }
        @if more && let Some(last) = rows.last() {
            p { a.btn href=(older(&address, state, last.message.id)) { "Older messages" } }
        }
    };
    let lead = html! { a.link href=(SECTION.of(id)) { (webhook.name) } ": what it was told. What has ended is kept for 30 days." };
    Ok(row_page(&who, SECTION, "Messages", lead, body))
}

fn older(address: &str, state: Option<MessageState>, before: i64) -> String {
    let state = state.map(|state| format!("state={state}&")).unwrap_or_default();
    format!("{address}?{state}before={before}")
}

/// `GET /settings/webhooks/{id}/messages/{message}`: what it says, and what came back.
async fn show(
    State(app): State<App>,
    Reads(who): Reads,
    Path((id, message)): Path<(WebhookId, i64)>,
) -> PageResult<Markup> {
    let webhook = app.desk.stored_webhook(id).await?;
    let public_url = app.options.public_url.clone();
    let found = app.desk.webhook_message(who.viewer(), (id, message), public_url).await?;
    let (seen, says) = found.ok_or(PageError::NotFound)?;
    let lead = html! { a.link href=(SECTION.of(id)) { (webhook.name) } };
    let title = format!("Message {message}");
    Ok(row_page(&who, SECTION, &title, lead, one(&who, &webhook, &seen, says)))
}

fn one(who: &SignedIn, webhook: &Webhook, seen: &Seen, says: Result<Payload, Silence>) -> Markup {
    let Seen { message, restricted } = seen;
    html! {
        section.card { div.card-b.stack-s {
            dl.props {
                div { dt { "What" } dd { (message.kind.replace('_', " ")) } }
                div { dt { "About" } dd { (draw::about(message, *restricted)) } }
                div { dt { "State" } dd { (draw::state_words(message.state)) } }
                div { dt { "When" } dd { (draw::when(who, message)) } }
                div { dt { "Id at the other end" } dd { code { (message.message_id) } } }
                @if let Some(error) = &message.error { div { dt { "Why" } dd { (error) } } }
                @if let Some(status) = message.status { div { dt { "Status" } dd { (status) } } }
                @if let Some(took) = message.took_ms { div { dt { "Took" } dd { (took) " ms" } } }
            }
            @if who.viewer().configures() { (draw::send_again(webhook, message)) }
        } }
        @if let Some(answer) = &message.answer {
            section.card aria-labelledby="answer" {
                div.card-h { h2 id="answer" { "What came back" } }
                div.card-b { pre.secret tabindex="0" { (answer) } }
            }
        }
        section.card aria-labelledby="says" {
            div.card-h { h2 id="says" { "What it says" } }
            div.card-b.stack-s {
                p.hint { "It is written when it is sent, so that words that were erased do not leave. This is what it would say now" @if webhook.kind.is_chat() { ", before it takes the form of the chat room" } "." }
                @match says {
                    Ok(payload) => pre.secret tabindex="0" { (pretty(&payload)) },
                    Err(why) => p.muted { "It says nothing any more: " (why) "." },
                }
            }
        }
    }
}

fn pretty(payload: &Payload) -> String {
    let text = serde_json::to_string_pretty(payload).unwrap_or_default();
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// `POST /settings/webhooks/{id}/messages/{message}/send-again`
async fn send_again(
    State(app): State<App>,
    Administrator(_): Administrator,
    Path((id, message)): Path<(WebhookId, i64)>,
) -> PageResult<Response> {
    app.desk.send_to_webhook_again(id, message).await?;
    Ok(done(id, "again"))
}

/// `POST /settings/webhooks/{id}/test`
async fn test(
    State(app): State<App>,
    Administrator(_): Administrator,
    Path(id): Path<WebhookId>,
) -> PageResult<Response> {
    app.desk.try_webhook(id).await?;
    Ok(done(id, "test"))
}

/// `POST /settings/webhooks/{id}/replay`
async fn replay(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<WebhookId>,
    fields: Fields,
) -> PageResult<Response> {
    let since = fields.instant("since", &who.here).map_err(desk::Trouble::from)?;
    let since =
        since.ok_or_else(|| desk::Trouble::from(Refusal::invalid("since", "say since when")))?;
    let replay = Replay { since, until: None, all: fields.ticked("all") };
    let messages = app.desk.replay(actor(&who), id, replay).await?;
    Ok(done(id, &format!("replay&messages={messages}")))
}

fn done(id: WebhookId, what: &str) -> Response {
    Redirect::to(&format!("{}?done={what}", SECTION.of(id))).into_response()
}
