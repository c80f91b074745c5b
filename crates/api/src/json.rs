//! Bodies of requests: JSON, strictly. What does not fit is said by field.

use crate::field;
use crate::problem::Problem;
use crate::twice::key_twice;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use kernel::limits;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// The body of a request of which it is not known yet what it must say: JSON, or nothing at all.
pub(crate) struct Raw(pub(crate) Bytes);

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        collect(request).await.map(Raw)
    }
}

impl Raw {
    /// What is made of it; nothing at all is an object without fields.
    pub(crate) fn read_by<T>(&self, make: Make<T>) -> Result<T, Problem> {
        read_by(if self.0.is_empty() { b"{}" } else { &self.0 }, make)
    }
}

/// What is made of a document.
type Make<T> = fn(&Value) -> Result<T, Problem>;

/// The body of a request, as bytes and as what they say.
pub(crate) struct Body<T> {
    /// What it says.
    pub(crate) value: T,
    /// As it came; what makes a repeated request the same.
    pub(crate) bytes: Bytes,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let bytes = collect(request).await?;
        if bytes.is_empty() {
            return Err(Problem::malformed("the body is empty; send a JSON object"));
        }
        Ok(Body { value: read(&bytes)?, bytes })
    }
}

/// As [`Body`], but nothing at all is an object without fields.
pub(crate) struct Given<T> {
    /// What it says.
    pub(crate) value: T,
    /// As it came.
    pub(crate) bytes: Bytes,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Given<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let raw = collect(request).await.map(Raw)?;
        Ok(Given { value: raw.read_by(read_value)?, bytes: raw.0 })
    }
}

/// The body of a request that says all with its address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// Reads a value from JSON text.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    read_by(bytes, read_value)
}

fn read_by<T>(bytes: &[u8], make: Make<T>) -> Result<T, Problem> {
    let value = make(&document(bytes)?)?;
    each_once(bytes)?;
    Ok(value)
}

/// What JSON text says. All text is read as this first: the reader of each type would be compiled
/// once more for text, and names no field.
fn document(bytes: &[u8]) -> Result<Value, Problem> {
    match serde_json::from_slice(bytes) {
        // Readers would take values in the order of the fields for an object.
        Ok(Value::Array(_)) => Err(Problem::invalid("", "must be an object, not a list")),
        Ok(document) => Ok(document),
        Err(error) => Err(malformed(&error)),
    }
}

/// Of keys that stand twice a document has only the last.
fn each_once(bytes: &[u8]) -> Result<(), Problem> {
    match key_twice(bytes) {
        Some(path) => Err(Problem::invalid(path, "stands twice; say it once")),
        None => Ok(()),
    }
}

/// Reads a value from JSON that was read already.
pub(crate) fn read_value<T: DeserializeOwned>(value: &Value) -> Result<T, Problem> {
    T::deserialize(value).map_err(|error| field::explain::<T>(value, &error.to_string()))
}

/// What most answers take at least.
const SMALL_BYTES: usize = 512;

/// A JSON answer.
pub(crate) fn answer(status: StatusCode, value: &impl Serialize) -> Response {
    answer_of(status, value, SMALL_BYTES)
}

/// A JSON answer of about so many bytes: memory that grows is copied at each step.
pub(crate) fn answer_of(status: StatusCode, value: &impl Serialize, bytes: usize) -> Response {
    let mut written = Vec::with_capacity(bytes);
    let done = serde_json::to_writer(&mut written, value);
    finished(status, done.map(|()| written))
}

fn finished(status: StatusCode, written: serde_json::Result<Vec<u8>>) -> Response {
    match written {
        Ok(written) => raw(status, written),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            Problem::internal().into_response()
        }
    }
}

/// A JSON answer that is written already.
pub(crate) fn raw(status: StatusCode, bytes: impl Into<axum::body::Body>) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], bytes.into()).into_response()
}

/// Boxed, so that not each type of body has its own copy.
fn collect(request: Request) -> BoxFuture<'static, Result<Bytes, Problem>> {
    Box::pin(async move {
        let is_json = is_json(request.headers());
        let bytes = Bytes::from_request(request, &()).await.map_err(|rejection| match rejection
            .status()
        {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(format!(
                "the body is larger than {} bytes",
                limits::JSON_BODY_BYTES
            )),
            _ => Problem::malformed("the body broke off; send it again"),
        })?;
        if !is_json && !bytes.is_empty() {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "the body must be JSON, with the header Content-Type: application/json",
            ));
        }
        Ok(bytes)
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(given) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let essence = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}

fn malformed(error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    let words = error.to_string();
    let words = words.split(" at line ").next().unwrap_or_default();
    Problem::malformed(format!("the body is not JSON: {words} at line {line}, column {column}"))
}
