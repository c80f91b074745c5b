//! Errors as RFC 9457 says them: `application/problem+json`, never anything else.

use axum::Json;
use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use incident::policy::Fault;
use incident::{CommandName, Refusal, RefusalKind};
use serde::{Serialize, Serializer};
use std::any::Any;
use store::Failure;
use utoipa::ToSchema;

/// The code of conflicts that no command of an incident is about.
pub(crate) const CONFLICT: &str = "conflict";
/// Seconds after which a caller may try again when too much waits.
const OVERLOADED_SECONDS: u64 = 1;
/// Seconds after which a caller may try again when the database is away.
const AWAY_SECONDS: u64 = 5;

/// What went wrong with one field of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FieldError {
    /// The field, as a path: `title`, `fields.site`, `commands.3.team`.
    pub(crate) field: String,
    /// The rule it breaks.
    pub(crate) message: String,
}

/// Why a request was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The HTTP status.
    pub(crate) status: u16,
    /// What is wrong with this request and what to do.
    detail: String,
    /// The sort of problem as a stable word.
    code: &'static str,
    /// The fields at fault, if fields are.
    pub(crate) errors: Vec<FieldError>,
    /// With status 409: the commands that the caller could issue instead.
    allowed: Option<Vec<CommandName>>,
    retry_after_seconds: Option<u64>,
}

/// A problem as RFC 9457 writes it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemJson<'a> {
    /// The sort of problem as a URI; it ends in the code.
    #[serde(rename = "type")]
    #[schema(example = "urn:evenkeel:problem:invalid")]
    kind: String,
    /// The status in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What is wrong with this request and what to do.
    detail: &'a str,
    /// The sort of problem as a stable word.
    code: &'static str,
    /// The fields at fault, if fields are.
    errors: &'a [FieldError],
    /// With status 409: the commands that the caller could issue instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    allowed: Option<&'a [CommandName]>,
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let status = StatusCode::from_u16(self.status).ok();
        let shown = ProblemJson {
            kind: format!("urn:evenkeel:problem:{}", self.code),
            title: status.and_then(|status| status.canonical_reason()).unwrap_or("Error"),
            status: self.status,
            detail: &self.detail,
            code: self.code,
            errors: &self.errors,
            allowed: self.allowed.as_deref(),
        };
        shown.serialize(serializer)
    }
}

impl Problem {
    /// A problem without more to it.
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Problem {
            status: status.as_u16(),
            detail: sentence(detail.into()),
            code,
            errors: vec![],
            allowed: None,
            retry_after_seconds: None,
        }
    }

    /// The same under a more exact code.
    pub(crate) fn coded(self, code: &'static str) -> Self {
        Problem { code, ..self }
    }

    /// A field that breaks a rule.
    pub(crate) fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        let error = FieldError { field: field.into(), message: message.into() };
        let words = match error.field.as_str() {
            "" => error.message.clone(),
            field => format!("{field}: {}", error.message),
        };
        let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", String::new());
        Problem { errors: vec![error], detail: words, ..problem }
    }

    /// Fields that break rules, at least one.
    pub(crate) fn invalid_all(errors: Vec<FieldError>) -> Self {
        let words = errors.first().map(|first| format!("{}: {}", first.field, first.message));
        let detail = words.unwrap_or_default();
        Problem { errors, detail, ..Problem::invalid("", "") }
    }

    /// A request that cannot be read at all.
    pub(crate) fn malformed(words: impl Into<String>) -> Self {
        Problem::new(StatusCode::BAD_REQUEST, "malformed", words)
    }

    /// Something the caller may not do.
    pub(crate) fn forbidden(words: impl Into<String>) -> Self {
        Problem::new(StatusCode::FORBIDDEN, "forbidden", words)
    }

    /// Something that is not there, or not for the caller.
    pub(crate) fn not_found(words: impl Into<String>) -> Self {
        Problem::new(StatusCode::NOT_FOUND, "not_found", words)
    }

    /// No such incident, or not for the caller.
    pub(crate) fn no_such_incident() -> Self {
        Problem::not_found("there is no such incident, or you may not see it")
    }

    /// Something else stands against it.
    pub(crate) fn conflict(words: impl Into<String>) -> Self {
        Problem::new(StatusCode::CONFLICT, CONFLICT, words)
    }

    /// Changed since the caller looked.
    pub(crate) fn stale(words: impl Into<String>) -> Self {
        Problem::new(StatusCode::PRECONDITION_FAILED, "stale", words)
    }

    /// Nobody known asks.
    pub(crate) fn unauthenticated(words: impl Into<String>) -> Self {
        Problem::new(StatusCode::UNAUTHORIZED, "unauthenticated", words)
    }

    /// More than the limit.
    pub(crate) fn too_large(words: impl Into<String>) -> Self {
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", words)
    }

    /// The request that this one repeats has no answer yet.
    pub(crate) fn at_work() -> Self {
        let words =
            "the first request with this Idempotency-Key is still at work; ask again in a second";
        let status = StatusCode::SERVICE_UNAVAILABLE;
        Problem::later(status, "at_work", words.to_owned(), OVERLOADED_SECONDS)
    }

    fn later(status: StatusCode, code: &'static str, words: String, seconds: u64) -> Self {
        Problem { retry_after_seconds: Some(seconds), ..Problem::new(status, code, words) }
    }

    /// Our own mistake; the cause goes to the log alone.
    pub(crate) fn internal() -> Self {
        let words = "something went wrong here; the cause is in the log of the server";
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", words)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal.kind {
            RefusalKind::Invalid if !refusal.missing.is_empty() => {
                let error = |field: &&'static str| FieldError {
                    field: (*field).to_owned(),
                    message: incident::policy::needed(field).to_owned(),
                };
                let errors = refusal.missing.iter().map(error).collect();
                let problem = Problem::invalid_all(errors).coded(refusal.code);
                Problem { detail: sentence(refusal.message), ..problem }
            }
            RefusalKind::Invalid => {
                Problem::invalid(refusal.field.unwrap_or_default(), refusal.message)
            }
            RefusalKind::Forbidden => Problem::forbidden(refusal.message),
            RefusalKind::NotFound => Problem::not_found(refusal.message),
            RefusalKind::Limit => {
                let field = refusal.field.unwrap_or_default();
                Problem::invalid(field, refusal.message).coded("limit")
            }
            RefusalKind::State => Problem {
                allowed: (refusal.code != CONFLICT).then_some(refusal.allowed),
                ..Problem::new(StatusCode::CONFLICT, refusal.code, refusal.message)
            },
        }
    }
}

impl From<Trouble> for Problem {
    fn from(trouble: Trouble) -> Self {
        let words = trouble.to_string();
        match trouble {
            Trouble::Refused(refusal) => refusal.into(),
            Trouble::Faults(faults) => {
                let named = |Fault { field, message }| FieldError { field, message };
                Problem::invalid_all(faults.into_iter().map(named).collect())
            }
            Trouble::Stale { .. } => Problem::stale(words),
            Trouble::KeyReused => Problem::invalid("Idempotency-Key", words).coded("key_reused"),
            Trouble::Overloaded => Problem::later(
                StatusCode::SERVICE_UNAVAILABLE,
                "overloaded",
                words,
                OVERLOADED_SECONDS,
            ),
            Trouble::Throttled { seconds } => {
                Problem::later(StatusCode::TOO_MANY_REQUESTS, "throttled", words, seconds)
            }
            Trouble::Unknown => Problem::unauthenticated(words),
            Trouble::Failed(failure) => failure.into(),
        }
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Exists(_) => {
                Problem::conflict("there is one with that name or address already")
            }
            Failure::Reference(_) => {
                Problem::conflict("something it refers to is missing, or something refers to it")
            }
            Failure::Unavailable(_) => {
                tracing::warn!(%failure, "a request was turned away");
                let words = "the database does not answer; try again in a few seconds".to_owned();
                Problem::later(StatusCode::SERVICE_UNAVAILABLE, "unavailable", words, AWAY_SECONDS)
            }
            Failure::Files(_) => {
                tracing::warn!(%failure, "a file could not be stored or read");
                let words =
                    "files cannot be stored or read at the moment; try again in a few seconds"
                        .to_owned();
                Problem::later(StatusCode::SERVICE_UNAVAILABLE, "unavailable", words, AWAY_SECONDS)
            }
            Failure::Damaged(_)
            | Failure::Unusable(_)
            | Failure::Broken(_)
            | Failure::Statement(_) => {
                tracing::error!(%failure, "a request failed");
                Problem::internal()
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry = self.retry_after_seconds.map(HeaderValue::from);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry {
            headers.insert(RETRY_AFTER, seconds);
        }
        if status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer realm=\"Evenkeel\"");
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// The answer of an address that is none.
pub(crate) async fn no_such_path(uri: Uri) -> Problem {
    let path: String = uri.path().chars().take(200).collect();
    Problem::not_found(format!("there is nothing at {path}; /openapi.json lists what there is"))
}

/// The answer to a method that an address does not take. The router adds which it takes.
pub(crate) async fn wrong_method() -> Response {
    let words =
        format!("this address does not take that method; the header {ALLOW} names those it takes");
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "wrong_method", words).into_response()
}

/// The answer when our own code broke off.
pub(crate) fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let words = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no words");
    tracing::error!(words, "a request broke off");
    Problem::internal().into_response()
}

/// With a capital letter at the beginning.
fn sentence(words: String) -> String {
    let mut letters = words.chars();
    match letters.next() {
        Some(first) if first.is_lowercase() => first.to_uppercase().chain(letters).collect(),
        _ => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_show_nothing_of_the_inside() {
        for failure in [
            Failure::Damaged("row 7 of people".into()),
            Failure::Statement("select 1".into()),
            Failure::Unavailable("/var/lib/x is full".into()),
            Failure::Files("/var/lib/x/files is full".into()),
            Failure::Exists("people.email".into()),
        ] {
            let shown = serde_json::to_string(&Problem::from(failure)).unwrap();
            for inside in ["row 7", "select", "/var", "people.email"] {
                assert!(!shown.contains(inside), "{shown}");
            }
        }
    }

    #[test]
    fn waiting_is_said_in_seconds() {
        let response = Problem::from(Trouble::Throttled { seconds: 7 }).into_response();
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers()[RETRY_AFTER], "7");
    }
}
