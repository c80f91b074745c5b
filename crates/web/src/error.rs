//! When a page cannot be given: what happened and what to do next, in words.

use crate::shell;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use incident::{Refusal, RefusalKind};
use store::Failure;

/// Why a page cannot be given.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PageError {
    /// Not done, and why.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// There is nothing at this address, or not for this person.
    #[error("there is nothing here, or you may not see it")]
    NotFound,
    /// A status with words of its own.
    #[error("{1}")]
    Status(StatusCode, String),
}

/// What handlers give back.
pub(crate) type PageResult<T = Response> = Result<T, PageError>;

impl PageError {
    /// Something this person may not do.
    pub(crate) fn forbidden(words: impl Into<String>) -> Self {
        PageError::Status(StatusCode::FORBIDDEN, words.into())
    }

    /// A request that makes no sense.
    pub(crate) fn invalid(words: impl Into<String>) -> Self {
        PageError::Status(StatusCode::UNPROCESSABLE_ENTITY, words.into())
    }

    /// The HTTP status it is answered with.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            PageError::Trouble(trouble) => status_of(trouble),
            PageError::NotFound => StatusCode::NOT_FOUND,
            PageError::Status(status, _) => *status,
        }
    }
}

impl From<Refusal> for PageError {
    fn from(refusal: Refusal) -> Self {
        PageError::Trouble(Trouble::Refused(refusal))
    }
}

impl From<Failure> for PageError {
    fn from(failure: Failure) -> Self {
        PageError::Trouble(Trouble::Failed(failure))
    }
}

/// The HTTP status for a trouble.
pub(crate) fn status_of(trouble: &Trouble) -> StatusCode {
    match trouble {
        Trouble::Refused(refusal) => match refusal.kind {
            RefusalKind::Forbidden => StatusCode::FORBIDDEN,
            RefusalKind::State => StatusCode::CONFLICT,
            RefusalKind::Invalid | RefusalKind::Limit => StatusCode::UNPROCESSABLE_ENTITY,
            RefusalKind::NotFound => StatusCode::NOT_FOUND,
        },
        Trouble::Stale { .. } => StatusCode::PRECONDITION_FAILED,
        Trouble::Faults(_) | Trouble::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
        Trouble::Overloaded | Trouble::Failed(Failure::Unavailable(_) | Failure::Files(_)) => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Trouble::Throttled { .. } => StatusCode::TOO_MANY_REQUESTS,
        Trouble::Unknown => StatusCode::UNAUTHORIZED,
        Trouble::Failed(Failure::Exists(_) | Failure::Reference(_)) => StatusCode::CONFLICT,
        Trouble::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let status = self.status();
        if status.is_server_error() {
            tracing::error!(error = %self, "a page could not be given");
        }
        let words = match &self {
            // What is wrong with the store is for the log, not for everybody.
            PageError::Trouble(Trouble::Failed(_)) | PageError::NotFound => {
                default_words(status).to_owned()
            }
            other => sentence(&other.to_string()),
        };
        let mut response = page(status, &words);
        if let PageError::Trouble(Trouble::Throttled { seconds }) = &self {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
        } else if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(1));
        }
        response
    }
}

/// Gives bare error answers (no such route, wrong method, form too large) a page of their own.
pub(crate) async fn as_page(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let bare = (status.is_client_error() || status.is_server_error())
        && status != StatusCode::UNAUTHORIZED
        && !response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| {
            kind.as_bytes().starts_with(b"text/html")
                || kind.as_bytes().starts_with(b"application/json")
        });
    if !bare {
        return response;
    }
    let allow = response.headers().get(header::ALLOW).cloned();
    let mut page = page(status, default_words(status));
    if let Some(allow) = allow {
        page.headers_mut().insert(header::ALLOW, allow);
    }
    page
}

/// The page, with its words in a header too: scripts that sent a form show them beside it.
fn page(status: StatusCode, words: &str) -> Response {
    let mut page = (status, shell::error_page(title_of(status), words)).into_response();
    if let Ok(words) = HeaderValue::from_str(&crate::url::encode(words)) {
        page.headers_mut().insert("x-trouble", words);
    }
    page
}

fn title_of(status: StatusCode) -> &'static str {
    match status {
        StatusCode::FORBIDDEN => "This is not yours to do",
        StatusCode::NOT_FOUND => "Nothing is here",
        StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED => "It changed meanwhile",
        StatusCode::PAYLOAD_TOO_LARGE => "That is too large",
        StatusCode::TOO_MANY_REQUESTS => "Too many tries",
        StatusCode::SERVICE_UNAVAILABLE => "The server is busy",
        status if status.is_client_error() => "This did not work",
        _ => "Something failed here",
    }
}

fn default_words(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => {
            "There is nothing at this address, or you may not see it. Check the address, or search for it."
        }
        StatusCode::METHOD_NOT_ALLOWED => {
            "This address does not take what was sent. Go back and try it from the page."
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            "What was sent is larger than this form takes. Files may have 25 MB each."
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            "Nothing is lost that was stored. Try again in a few seconds."
        }
        status if status.is_client_error() => {
            "The request could not be understood. Go back and try again."
        }
        _ => {
            "It is written in the log. What was stored is safe. Try again, and tell an administrator if it stays."
        }
    }
}

/// Words of an error as a sentence of a page.
pub(crate) fn sentence(words: &str) -> String {
    let mut chars = words.chars();
    let first: String =
        chars.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    let end = if words.ends_with(['.', '?']) { "" } else { "." };
    format!("{first}{}{end}", chars.as_str())
}
