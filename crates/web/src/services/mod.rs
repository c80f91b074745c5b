//! Services: how all of them are, and one with what stands around it, who owns it, what was
//! promised of it, what happened to it.

mod all;
mod around;
mod calls;
mod days;
mod facts;
mod graph;
mod one;
mod recent;
mod side;
mod sight;
mod twin;

pub(crate) use calls::on_call;

use crate::app::App;
use crate::route::get;
use crate::url;
use axum::Router;
use query::value_text;
use store::directory::services::Service;

pub(crate) fn routes() -> Router<App> {
    Router::new().route(url::SERVICES, get(all::show)).route("/services/{id}", get(one::show))
}

/// The query of the queue for what is open of a service.
fn open_query(service: &Service) -> String {
    format!("service:{} state:open", value_text(&service.name))
}
