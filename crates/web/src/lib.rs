//! The screens. Every page is plain HTML that works without scripts; with them,
//! forms are answered by patches and a stream brings what others change.
//!
//! Each screen is a module with `routes()`; [`router`] puts them together and
//! wraps them in what holds for all: assets, security headers, compression, the
//! check that a form comes from our own pages.

mod account;
mod alerts;
mod answer;
mod answer_link;
mod app;
mod articles;
mod assets;
mod auth;
mod cards;
mod error;
mod forecasts;
mod form;
mod inbox;
mod incident;
mod language;
mod live;
mod mail;
mod majors;
mod matched;
mod models;
mod oncall;
mod page_link;
mod palette;
mod part;
mod portal;
mod problems;
mod queue;
mod recurring;
mod reports;
mod reviews;
mod route;
mod search;
mod services;
mod settings;
mod shell;
mod sign_in;
mod status_page;
mod subscribe;
mod suggestions;
mod surges;
mod unfollow;
mod url;
mod wall;

pub use app::{Draw, DrawLetter, DrawnLetter, Mail, Options};
pub use mail::{Original, OriginalFile};
pub use matched::{Matched, matched};

use crate::route::get;
use app::App;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn, from_fn_with_state, map_request};
use axum::response::{Redirect, Response};
use desk::Desk;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::compression::{CompressionLayer, CompressionLevel};

/// Bytes of a form without files: the longest words and all that goes with them.
const FORM_BYTES: usize = 1_048_576;

/// What a page may load and who may frame it: itself, nobody. There is no inline
/// script or style to allow.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

/// All screens of the product.
pub fn router(desk: Desk, options: Options) -> Router {
    let app = App::new(desk, options);
    let pages: Router = Router::new()
        .route("/", get(home))
        .merge(sign_in::routes())
        .merge(account::routes())
        .merge(language::routes())
        .merge(queue::routes())
        .merge(incident::routes())
        .merge(cards::routes())
        .merge(portal::routes())
        .merge(alerts::routes())
        .merge(majors::routes())
        .merge(reports::routes())
        .merge(wall::routes())
        .merge(suggestions::routes())
        .merge(forecasts::routes())
        .merge(surges::routes())
        .merge(problems::routes())
        .merge(recurring::routes())
        .merge(articles::routes())
        .merge(reviews::routes())
        .merge(inbox::routes())
        .merge(oncall::routes())
        .merge(services::routes())
        .merge(settings::routes())
        .merge(status_page::routes())
        .merge(mail::routes())
        .merge(search::routes())
        .merge(palette::routes())
        .fallback(nothing_here)
        .layer(map_request(matched))
        .with_state(app.clone());
    // A layer of a router goes around each of its routes. The pages are hundreds, so what holds for all of
    // them goes around them as one service: else starting takes longer, and more memory is held.
    let pages: Router<App> = Router::new().fallback_service(pages).layer(
        CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worth_it()),
    );
    Router::new()
        .merge(pages)
        .merge(live::routes())
        .merge(assets::routes())
        .layer(from_fn_with_state(app.clone(), auth::own_pages_only))
        // Whoever has the link may say what it lets them say, from wherever they come; pages that
        // send no referrer send no origin either.
        .merge(answer_link::routes())
        .merge(unfollow::routes())
        .merge(subscribe::routes())
        .layer(DefaultBodyLimit::max(FORM_BYTES))
        .layer(from_fn_with_state(app.clone(), error::as_page))
        .layer(from_fn(guarded))
        .with_state(app)
}

/// The way in: agents to the queue, requesters to the portal, and whoever has an
/// instance to set up to its first steps.
async fn home(State(app): State<App>, who: auth::SignedIn) -> Redirect {
    let viewer = who.viewer();
    if viewer.configures() && settings::setup_is_missing(&app.desk.policy()) {
        return Redirect::to(url::SETTINGS);
    }
    Redirect::to(if viewer.is_staff() { url::QUEUE } else { url::PORTAL })
}

async fn nothing_here() -> error::PageError {
    error::PageError::NotFound
}

/// Adds the headers that hold for every answer.
async fn guarded(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
    {
        headers.insert("speculation-rules", assets::speculation());
    }
    let mut add = |name, value| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    add(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    add(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(header::REFERRER_POLICY, "same-origin");
    add(header::X_FRAME_OPTIONS, "DENY");
    // Pages show what only this person may see, and what is true now.
    add(header::CACHE_CONTROL, "no-store");
    response
}

/// Streams must not wait in a compressor; what is small gains nothing.
fn worth_it() -> impl Predicate {
    SizeAbove::new(512).and(NotForContentType::SSE).and(NotForContentType::IMAGES)
}
