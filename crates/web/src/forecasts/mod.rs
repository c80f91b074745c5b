//! How often expected times were right, and planning: what comes, how many people it takes, how
//! long people wait.

mod asked;
mod draw;
mod planning;

use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::form::Errors;
use crate::route::get;
use crate::url;
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use desk::planning::{Asked, may_plan};
use maud::Markup;

pub(crate) fn routes() -> Router<App> {
    Router::new().route(url::EXPECTED, get(expected)).route(url::PLANNING, get(plan))
}

/// `GET /reports/expected`
async fn expected(State(app): State<App>, Staff(who): Staff) -> PageResult<Markup> {
    let quality = app.desk.expected_quality(who.viewer()).await?;
    Ok(draw::page(&who, &quality))
}

/// `GET /reports/planning?team=&handling=&per_cent=&within=&patience=&lost=&weekday=&weekend=`
async fn plan(
    State(app): State<App>,
    Staff(who): Staff,
    RawQuery(query): RawQuery,
) -> PageResult<Response> {
    if !may_plan(who.viewer()) {
        return Err(PageError::forbidden("managers and administrators plan; ask one of them"));
    }
    let fields = Fields::parse(query.as_deref().unwrap_or_default());
    let (asked, mut errors) = asked::read(&fields);
    let plan = match errors.is_empty() {
        true => match app.desk.plan(who.viewer(), asked.clone()).await {
            Ok(plan) => Some(plan),
            Err(Trouble::Refused(refusal)) if refusal.field.is_some() => {
                errors.add(refusal.field.unwrap_or_default(), refusal.message);
                None
            }
            Err(trouble) => return Err(trouble.into()),
        },
        false => None,
    };
    let status = match plan {
        Some(_) => StatusCode::OK,
        None => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let page = planning::page(&app, &who, &Form { fields, asked, errors }, plan.as_ref());
    Ok((status, page).into_response())
}

/// What the form shows.
struct Form {
    fields: Fields,
    asked: Asked,
    errors: Errors,
}

/// Whether somebody may open the planning.
pub(crate) fn plans(who: &SignedIn) -> bool {
    may_plan(who.viewer())
}
