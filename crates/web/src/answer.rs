//! How a form is answered: scripts get patches, plain browsers a redirect or the page again.

use crate::auth::Live;
use crate::url::encode;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::Markup;

/// An answer in the making; [`Answer::reply`] ends it.
pub(crate) struct Answer {
    status: StatusCode,
    patch: Option<Markup>,
    location: Option<String>,
    page: Option<Markup>,
    toast: Option<String>,
    undo: Option<String>,
}

impl Answer {
    fn new(status: StatusCode) -> Answer {
        Answer { status, patch: None, location: None, page: None, toast: None, undo: None }
    }

    /// It is done: scripts apply this, others go to [`Answer::else_go`].
    pub(crate) fn patch(markup: Markup) -> Answer {
        Answer { patch: Some(markup), ..Answer::new(StatusCode::OK) }
    }

    /// It is done: everybody goes there.
    pub(crate) fn go(path: impl Into<String>) -> Answer {
        Answer { location: Some(path.into()), ..Answer::new(StatusCode::OK) }
    }

    /// It was refused with a status such as 422, 409 or 412: scripts apply the
    /// patch (the form with its errors), others get [`Answer::else_page`].
    pub(crate) fn refused(status: StatusCode, patch: Markup) -> Answer {
        Answer { patch: Some(patch), ..Answer::new(status) }
    }

    /// Where browsers without scripts go.
    #[must_use]
    pub(crate) fn else_go(mut self, path: impl Into<String>) -> Answer {
        self.location = Some(path.into());
        self
    }

    /// The page that browsers without scripts get.
    #[must_use]
    pub(crate) fn else_page(mut self, page: Markup) -> Answer {
        self.page = Some(page);
        self
    }

    /// Words that tell what was done, for scripts.
    #[must_use]
    pub(crate) fn toast(mut self, words: impl Into<String>) -> Answer {
        self.toast = Some(words.into());
        self
    }

    /// Where the toast's undo button posts.
    #[must_use]
    pub(crate) fn undo(mut self, path: Option<String>) -> Answer {
        self.undo = path;
        self
    }

    /// The answer for whoever asked.
    pub(crate) fn reply(self, live: Live) -> Response {
        if !live.0 {
            return match (self.page, self.location) {
                (Some(page), _) => (self.status, page).into_response(),
                (None, Some(path)) => Redirect::to(&path).into_response(),
                (None, None) => (self.status, self.patch.unwrap_or_default()).into_response(),
            };
        }
        let only_goes = self.patch.is_none();
        let mut response = (self.status, self.patch.unwrap_or_default()).into_response();
        let headers = response.headers_mut();
        let mut put = |name: &'static str, value: String| {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        };
        if let Some(path) = self.location.filter(|_| only_goes) {
            put("x-location", path);
        }
        if let Some(words) = self.toast {
            put("x-toast", encode(&words));
            if let Some(path) = self.undo {
                put("x-undo", path);
            }
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}
