//! Versions in headers: `ETag`, `If-Match`, `If-None-Match`.

use crate::problem::Problem;
use axum::extract::FromRequestParts;
use axum::http::header::{ETAG, IF_MATCH, IF_NONE_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use desk::{Trouble, check_seen};

/// What a request says about versions it has seen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    /// The version it must still have.
    pub(crate) must_be: Option<i64>,
}

impl<S: Send + Sync> FromRequestParts<S> for Seen {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(given) = parts.headers.get(IF_MATCH) else { return Ok(Seen { must_be: None }) };
        match given.to_str().map(str::trim) {
            Ok("*") => Ok(Seen { must_be: None }),
            Ok(tag) => match version_of(tag) {
                Some(version) => Ok(Seen { must_be: Some(version) }),
                None => Err(Problem::stale(
                    "If-Match must be one version as ETag gives it, such as \"3\"",
                )),
            },
            Err(_) => Err(Problem::malformed("the header If-Match cannot be read")),
        }
    }
}

impl Seen {
    /// Refuses when a plain versioned row is not at the version seen.
    pub(crate) fn check(self, current: i64) -> Result<(), Problem> {
        Ok(check_seen(self.must_be, current)?)
    }
}

/// Changes of one thing that are tried while others are faster.
const TRIES_MAX: u8 = 50;

/// The tries of a change that reads, decides and writes in steps of their own.
#[derive(Debug, Default)]
pub(crate) struct Tries(u8);

impl Tries {
    /// Whether to try anew: somebody was faster, and the caller named no version that it had to be of.
    pub(crate) fn again<T>(&mut self, seen: Seen, done: &Result<T, Trouble>) -> bool {
        self.0 += 1;
        let stale = matches!(done, Err(Trouble::Stale { .. }));
        stale && seen.must_be.is_none() && self.0 < TRIES_MAX
    }
}

/// Whether the caller has this version already.
pub(crate) fn is_known(headers: &HeaderMap, version: i64) -> bool {
    let Some(Ok(given)) = headers.get(IF_NONE_MATCH).map(|value| value.to_str()) else {
        return false;
    };
    given.split(',').map(str::trim).any(|tag| tag == "*" || version_of(tag) == Some(version))
}

/// Adds the version to an answer.
pub(crate) fn tagged(mut response: Response, version: i64) -> Response {
    if let Ok(tag) = HeaderValue::try_from(format!("\"{version}\"")) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

/// "You have it already."
pub(crate) fn not_modified(version: i64) -> Response {
    tagged(StatusCode::NOT_MODIFIED.into_response(), version)
}

fn version_of(tag: &str) -> Option<i64> {
    tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_strictly() {
        assert_eq!(version_of("\"12\""), Some(12));
        assert_eq!(version_of("W/\"12\""), Some(12));
        for bad in ["", "12", "\"\"", "\"x\"", "\"1\", \"2\""] {
            assert_eq!(version_of(bad), None, "{bad}");
        }
    }
}
