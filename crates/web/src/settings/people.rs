//! People: requesters and everybody who works for the provider.

mod edit;
mod list;
mod skills;

use super::Section;
use crate::app::App;
use crate::route::{get, post};
use axum::Router;

const SECTION: Section = Section::People;
const SUBJECT: &str = "person";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/people", get(list::show).merge(post(edit::create)))
        .route("/settings/people/new", get(edit::new))
        .route("/settings/people/suggest", get(list::suggest))
        .route("/settings/people/{id}", get(edit::show).merge(post(edit::change)))
        .route("/settings/people/{id}/password", post(edit::give_password))
}
