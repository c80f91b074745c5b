//! People: requesters and everybody who works for the provider.

mod edit;
mod list;
mod skills;

use super::Section;
use crate::app::App;
use axum::Router;
use axum::routing::{get, post};

const SECTION: Section = Section::People;
const SUBJECT: &str = "person";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/people", get(list::show).post(edit::create))
        .route("/settings/people/new", get(edit::new))
        .route("/settings/people/suggest", get(list::suggest))
        .route("/settings/people/{id}", get(edit::show).post(edit::change))
        .route("/settings/people/{id}/password", post(edit::give_password))
}
