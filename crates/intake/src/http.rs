//! The doors for whoever speaks HTTP: `POST /intake/{key}/email`, and those of monitoring.

use crate::alerts::{self, Doors, problem};
use crate::arrive::{Arrived, MESSAGE_BYTES, NotAccepted, accept};
use crate::mailboxes::Mailboxes;
use crate::outside::{Nobody, Outside};
use crate::pace::Pace;
use crate::room::{Held, Room};
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::header::{CONTENT_LENGTH, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::{Json, Router};
use desk::{Desk, Trouble};
use futures_util::StreamExt;
use serde::Serialize;
use std::sync::Arc;
use store::directory::IntegrationKind;
use store::messages::Door;
use tokio::time::{Instant, timeout_at};

/// Seconds after which trying again may help.
const TRY_AGAIN_SECONDS: HeaderValue = HeaderValue::from_static("5");

#[derive(Clone)]
struct App {
    desk: Desk,
    mailboxes: Mailboxes,
    room: Room,
    doors: Doors,
}

/// What is answered to a message that was kept.
#[derive(Serialize)]
struct Taken {
    id: String,
    /// `waiting` when it is new, `repeated` when the very same was there.
    state: &'static str,
}

/// Everything under `/intake`, and where other products have their doors. It has no fallback of its own, so that it can be merged.
/// Nobody elsewhere is asked anything.
pub fn router(desk: Desk) -> Router {
    router_asking(desk, Arc::new(Nobody))
}

/// The same, where programs elsewhere are asked for what proves a source.
pub fn router_asking(desk: Desk, outside: Arc<dyn Outside>) -> Router {
    let doors = Doors::of(desk.clone(), outside);
    let app = App {
        mailboxes: Mailboxes::of(desk.clone()),
        desk,
        room: Room::default(),
        doors: doors.clone(),
    };
    Router::new()
        .route("/intake/{key}/{kind}", any(come_in))
        .route("/intake/{key}/{kind}/", any(come_in))
        .route("/intake/{key}", any(nothing_here))
        .route("/intake/{key}/{kind}/{*rest}", any(come_in_deeper))
        .with_state(app)
        .merge(alerts::routes(doors))
}

async fn come_in(
    State(app): State<App>,
    path: Result<Path<(String, String)>, PathRejection>,
    request: Request,
) -> Response {
    let Ok(Path((key, kind))) = path else { return nothing_here().await };
    if kind != IntegrationKind::Email.as_str() {
        return alerts::hand_in(app.doors, &key, &kind, "", request).await;
    }
    if request.method() != Method::POST {
        return wrong_method();
    }
    let (parts, body) = request.into_parts();
    hand_in(&app, &key, &parts.headers, body).await
}

async fn come_in_deeper(
    State(app): State<App>,
    path: Result<Path<(String, String, String)>, PathRejection>,
    request: Request,
) -> Response {
    match path {
        Ok(Path((key, kind, rest))) if kind != IntegrationKind::Email.as_str() => {
            alerts::hand_in(app.doors, &key, &kind, &rest, request).await
        }
        _ => nothing_here().await,
    }
}

async fn hand_in(app: &App, key: &str, headers: &HeaderMap, body: Body) -> Response {
    let mailbox = match app.mailboxes.by_key(key).await {
        Ok(Some(mailbox)) => mailbox,
        Ok(None) => return nothing_here().await,
        Err(trouble) => return failed(&trouble),
    };
    let (raw, _held) = match whole(body, headers, &app.room).await {
        Ok(whole) => whole,
        Err(refused) => return refused,
    };
    let arrived = Arrived {
        mailbox: Some(mailbox.id),
        door: Door::Http,
        sender: String::new(),
        recipients: vec![],
        raw,
        own_bytes: 0,
    };
    match accept(&app.desk, arrived).await {
        Ok(kept) => {
            let (status, state) = match kept.repeated {
                true => (StatusCode::OK, "repeated"),
                false => (StatusCode::ACCEPTED, "waiting"),
            };
            (status, Json(Taken { id: kept.id.to_string(), state })).into_response()
        }
        Err(NotAccepted::TooLarge { .. }) => too_large(),
        Err(NotAccepted::Empty) => {
            let words =
                "There is no message in the request; send it as the body, as it was received.";
            problem(StatusCode::UNPROCESSABLE_ENTITY, words)
        }
        Err(NotAccepted::Trouble(trouble)) => failed(&trouble),
    }
}

/// The message, as far as there is room for it.
async fn whole(body: Body, headers: &HeaderMap, room: &Room) -> Result<(Vec<u8>, Held), Response> {
    let said = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if said.is_some_and(|bytes: u64| bytes > MESSAGE_BYTES as u64) {
        return Err(too_large());
    }
    let (mut raw, mut held, mut pace) = (Vec::new(), Held::default(), Pace::start(Instant::now()));
    let mut pieces = body.into_data_stream();
    loop {
        let Ok(piece) = timeout_at(pace.until(), pieces.next()).await else {
            return Err(problem(StatusCode::REQUEST_TIMEOUT, "The message comes too slowly."));
        };
        let Some(piece) = piece else { return Ok((raw, held)) };
        let Ok(piece) = piece else {
            return Err(problem(StatusCode::BAD_REQUEST, "The message did not arrive whole."));
        };
        if raw.len() + piece.len() > MESSAGE_BYTES {
            return Err(too_large());
        }
        let came = Instant::now();
        if !room.make(&mut held, raw.len() + piece.len()).await {
            return Err(later());
        }
        raw.extend_from_slice(&piece);
        pace.waited(came.elapsed());
        pace.came(Instant::now(), raw.len());
    }
}

fn too_large() -> Response {
    let megabytes = MESSAGE_BYTES / 1_048_576;
    problem(
        StatusCode::PAYLOAD_TOO_LARGE,
        &format!("The message is larger than the {megabytes} MB that are taken."),
    )
}

fn failed(trouble: &Trouble) -> Response {
    tracing::warn!(%trouble, "a message was not kept; its sender is told to try again");
    later()
}

/// Nothing was kept; that is never the message's fault, so it can come again.
fn later() -> Response {
    let words = "The message cannot be kept at present. Send it again.";
    let mut response = problem(StatusCode::SERVICE_UNAVAILABLE, words);
    response.headers_mut().insert(RETRY_AFTER, TRY_AGAIN_SECONDS);
    response
}

/// The same for every key that is not known, and for every path.
async fn nothing_here() -> Response {
    alerts::nothing_here()
}

fn wrong_method() -> Response {
    problem(StatusCode::METHOD_NOT_ALLOWED, "Messages are handed in with POST.")
}
