//! What changes, as a stream for open pages.

use crate::app::App;
use axum::Router;

/// Where live streams hear what changed.
#[derive(Default)]
pub(crate) struct Hub {}

/// Starts following the feed.
pub(crate) fn start(_app: &App) {}

pub(crate) fn routes() -> Router<App> {
    Router::new()
}
