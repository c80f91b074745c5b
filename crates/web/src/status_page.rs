//! The internal status page, from memory, for whoever is signed in and works here. The public one
//! is answered before any of this.

use crate::app::App;
use crate::auth::SignedIn;
use crate::error::{PageError, PageResult};
use crate::route::get;
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use desk::status::{File, INTERNAL_BASE, Site};
use kernel::Language;

/// Who has seen it may keep it, and asks each time whether it is still so.
const CACHE: HeaderValue = HeaderValue::from_static("private, no-cache");

pub(crate) fn routes() -> Router<App> {
    Router::new().route(INTERNAL_BASE, get(first)).route("/status/internal/{*name}", get(other))
}

async fn first(
    State(app): State<App>,
    who: SignedIn,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> PageResult<Response> {
    answer(&app, &who, "", query.as_deref(), &headers)
}

async fn other(
    State(app): State<App>,
    who: SignedIn,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> PageResult<Response> {
    answer(&app, &who, &name, query.as_deref(), &headers)
}

fn answer(
    app: &App,
    who: &SignedIn,
    name: &str,
    query: Option<&str>,
    headers: &HeaderMap,
) -> PageResult<Response> {
    if !who.viewer().is_staff() {
        return Err(PageError::forbidden("this page is for people who work here"));
    }
    let sites = app.desk.status().sites();
    let site = sites.internal.as_deref().ok_or(PageError::NotFound)?;
    let said = query.and_then(|query| {
        query.split('&').find_map(|part| part.strip_prefix("lang=")?.parse::<Language>().ok())
    });
    let named = Site::in_language(name, said.unwrap_or(who.language));
    let file = site.files.get(&named).or_else(|| site.files.get(name));
    Ok(of_file(file.ok_or(PageError::NotFound)?, headers))
}

fn of_file(file: &File, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", file.etag);
    let known = headers.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    let kind = file.media_type.clone();
    let about = [(header::CONTENT_TYPE, kind), (header::ETAG, tag.clone())];
    let mut response = match known.is_some_and(|known| known.contains(&tag)) {
        true => (axum::http::StatusCode::NOT_MODIFIED, about).into_response(),
        false => (about, file.bytes.clone()).into_response(),
    };
    response.headers_mut().insert(header::CACHE_CONTROL, CACHE);
    response
}
