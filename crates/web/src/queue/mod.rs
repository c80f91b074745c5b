//! The queue: views of incidents.

pub(crate) mod counts;

use crate::app::App;
use axum::Router;

pub(crate) fn routes() -> Router<App> {
    Router::new()
}
