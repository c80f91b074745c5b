//! Answers that all doors share.

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Seconds after which trying again may help.
const TRY_AGAIN_SECONDS: HeaderValue = HeaderValue::from_static("5");

/// JSON with a status.
pub(super) fn say(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = HeaderValue::from_static("application/json");
    (status, [(CONTENT_TYPE, kind)], body.to_string()).into_response()
}

/// Nothing was taken; that is never the fault of what came, so it can come again. Of all
/// refusals this is the one that every source tries again at once.
pub(super) fn later() -> Response {
    let body = json!({
        "status": "unavailable",
        "message": "This cannot be taken at present. Send it again.",
        "errors": ["too much is waiting, or the database does not answer"],
    });
    let mut response = say(503, &body);
    response.headers_mut().insert(RETRY_AFTER, TRY_AGAIN_SECONDS);
    response
}

/// An answer in the form of RFC 9457.
pub(crate) fn problem(status: StatusCode, detail: &str) -> Response {
    let body = json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or_default(),
        "status": status.as_u16(),
        "detail": detail,
    });
    let kind = HeaderValue::from_static("application/problem+json");
    (status, [(CONTENT_TYPE, kind)], body.to_string()).into_response()
}

/// The same for every key that is not known, and for every path.
pub(crate) fn nothing_here() -> Response {
    problem(StatusCode::NOT_FOUND, "There is nothing at this address.")
}
