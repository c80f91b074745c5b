//! What changes, as a stream for open pages (server-sent events). One follower
//! reads each change once; what it draws is shared by all streams that show the
//! same thing, so thousands of open pages cost little more than one.

mod change;
mod frame;
mod hub;
mod inboxes;
mod one;
mod presence;
mod record;
mod services;
mod stream;
mod words;

pub(crate) use hub::Hub;

use crate::app::App;
use crate::auth::{self, SignedIn};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::route::get;
use axum::Router;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::IntoResponse;
use incident::{Access, Scope, Subject};
use kernel::IncidentNumber;
use store::incidents::load;
use stream::{Face, Shown, Stream};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/live", get(follow))
}

/// The stream of a page.
async fn follow(
    State(app): State<App>,
    who: SignedIn,
    headers: HeaderMap,
    RawQuery(raw): RawQuery,
) -> PageResult {
    let asked = Fields::parse(raw.as_deref().unwrap_or_default());
    let shown = shown(&app, &who, &asked).await?;
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let after = last.or(asked.get("after")).and_then(|position| position.parse().ok());
    let secret = auth::session_secret(&app, &headers).unwrap_or_default();
    let stream = Stream::open(app, who, secret, shown, after).await?;
    let mut response = Body::from_stream(stream.bytes()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache, no-transform"));
    // Proxies that collect answers would hold back what is live.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// What the page shows, as its stream's address says it.
async fn shown(app: &App, who: &SignedIn, asked: &Fields) -> PageResult<Shown> {
    let number = |name: &str| -> PageResult<Option<IncidentNumber>> {
        asked.get(name).map(|text| text.parse().map_err(|_| PageError::NotFound)).transpose()
    };
    if let Some(number) = number("portal")? {
        visible(app, who, number, Access::Public).await?;
        return Ok(Shown::Portal(number));
    }
    if asked.get("inbox").is_some() {
        return Ok(Shown::Inbox);
    }
    if !who.viewer().is_staff() {
        return Err(PageError::forbidden("this is for the service desk"));
    }
    if asked.get("services").is_some() {
        return Ok(Shown::Services(services::ServicesPage::default()));
    }
    for (name, face) in [("on", Face::Page), ("major", Face::Room)] {
        if let Some(number) = number(name)? {
            visible(app, who, number, Access::Full).await?;
            return Ok(Shown::Incident(number, face));
        }
    }
    let query = query::parse(asked.text("q")).map_err(|error| PageError::invalid(error.message))?;
    Ok(Shown::Queue(stream::Queue::new(query, asked.text("view"))))
}

async fn visible(
    app: &App,
    who: &SignedIn,
    number: IncidentNumber,
    least: Access,
) -> PageResult<()> {
    let stored = app.desk.read(move |sql| load(sql, number)).await?;
    let access = stored.map_or(Access::None, |stored| {
        Scope::of(who.viewer()).access(&Subject::from(&stored.state))
    });
    if access >= least { Ok(()) } else { Err(PageError::NotFound) }
}
