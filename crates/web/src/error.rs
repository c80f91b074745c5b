//! When a page cannot be given: what happened and what to do next, in words.

use crate::app::App;
use crate::auth::language_of_trouble;
use crate::shell;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use incident::{Refusal, RefusalKind};
use kernel::Language;
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
            PageError::Trouble(Trouble::Failed(_)) | PageError::NotFound => None,
            other => Some(sentence(&other.to_string())),
        };
        let mut response = status.into_response();
        if let PageError::Trouble(Trouble::Throttled { seconds }) = &self {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
        } else if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(1));
        }
        response.extensions_mut().insert(Told(words));
        response
    }
}

/// What a page that could not be given says in English, if that is more than its status does.
#[derive(Clone)]
struct Told(Option<String>);

/// Gives errors a page of their own, in the language of whoever asked: those of [`PageError`],
/// and bare answers (no such route, wrong method, form too large).
pub(crate) async fn as_page(State(app): State<App>, request: Request, next: Next) -> Response {
    let headers = request.headers().clone();
    let mut response = next.run(request).await;
    let status = response.status();
    let told = response.extensions_mut().remove::<Told>();
    let bare = (status.is_client_error() || status.is_server_error())
        && status != StatusCode::UNAUTHORIZED
        && !response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| {
            kind.as_bytes().starts_with(b"text/html")
                || kind.as_bytes().starts_with(b"application/json")
        });
    if told.is_none() && !bare {
        return response;
    }
    let language = language_of_trouble(&app, &headers).await;
    let mut page = page(language, status, told.and_then(|told| told.0));
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = response.headers_mut().remove(&name) {
            page.headers_mut().insert(name, value);
        }
    }
    page
}

/// The page, with its words in a header too: scripts that sent a form show them beside it.
fn page(language: Language, status: StatusCode, told: Option<String>) -> Response {
    let (say, kind) = (locale::entry(language), kind_of(status));
    // What doors say of a refusal is in English.
    let told = told.filter(|_| language == Language::En);
    let title = say.error_title(if kind == "method" { "other" } else { kind });
    let words = told.unwrap_or_else(|| say.error_words(kind));
    let mut page = (status, shell::error_page(language, &title, &words)).into_response();
    if let Ok(words) = HeaderValue::from_str(&crate::url::encode(&words)) {
        page.headers_mut().insert("x-trouble", words);
    }
    page
}

/// The word by which the texts choose.
fn kind_of(status: StatusCode) -> &'static str {
    match status {
        StatusCode::FORBIDDEN => "forbidden",
        StatusCode::NOT_FOUND => "missing",
        StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED => "changed",
        StatusCode::METHOD_NOT_ALLOWED => "method",
        StatusCode::PAYLOAD_TOO_LARGE => "large",
        StatusCode::TOO_MANY_REQUESTS => "throttled",
        StatusCode::SERVICE_UNAVAILABLE => "busy",
        status if status.is_client_error() => "other",
        _ => "failed",
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
