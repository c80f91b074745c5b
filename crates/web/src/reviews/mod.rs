//! Reviews of incidents that are over: the list, the document, its forms, and what has to be done
//! after them.

mod act;
mod actions;
mod edit;
mod list;
mod one;
mod phases;
mod pick;
mod words;

pub(crate) use actions::own;
pub(crate) use one::{heading, in_short};

use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::incident::record;
use crate::part::form::Errors;
use crate::route::{get, post};
use crate::settings::editing::saved_banner;
use crate::url;
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use kernel::{ActionId, IncidentNumber, ReviewNumber};
use maud::{Markup, html};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(url::REVIEWS, get(list::show).merge(post(open)))
        .route(url::REVIEW_ACTIONS, get(actions::show))
        .route("/reviews/actions/{id}", get(actions::edit).merge(post(actions::change)))
        .route("/reviews/actions/{id}/state", post(actions::state))
        .route("/reviews/{number}", get(show))
        .route("/reviews/{number}/paper", get(paper))
        .route("/reviews/{number}/markdown", get(markdown))
        .route("/reviews/{number}/state", post(act::state))
        .route("/reviews/{number}/actions", post(act::add))
        .route("/reviews/{number}/edit/{part}", get(edit::show).merge(post(edit::save)))
}

fn number(text: &str) -> PageResult<ReviewNumber> {
    text.parse().map_err(|_| PageError::NotFound)
}

fn action_id(text: &str) -> PageResult<ActionId> {
    text.parse().map_err(|_| PageError::NotFound)
}

/// `GET /reviews/{number}`
async fn show(
    State(app): State<App>,
    Staff(who): Staff,
    Path(number): Path<String>,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let number = self::number(&number)?;
    let (fields, errors) = (Fields::default(), Errors::default());
    page(&app, &who, number, &fields, &errors, saved_banner(query.as_deref())).await
}

async fn page(
    app: &App,
    who: &SignedIn,
    number: ReviewNumber,
    fields: &Fields,
    errors: &Errors,
    said: Markup,
) -> PageResult<Markup> {
    let case = app.desk.review(who.viewer(), number).await?;
    let record = record(app, who, case.review.incident).await?;
    let policy = app.desk.policy();
    let (case, record) = (&case, &record[..]);
    Ok(one::View { who, policy: &policy, case, record, fields, errors, said }.page())
}

/// `GET /reviews/{number}/paper`: the document alone, to be printed or kept as PDF.
async fn paper(
    State(app): State<App>,
    Staff(who): Staff,
    Path(number): Path<String>,
) -> PageResult<Markup> {
    let case = app.desk.review(who.viewer(), self::number(&number)?).await?;
    let record = record(&app, &who, case.review.incident).await?;
    let policy = app.desk.policy();
    let (fields, errors) = (Fields::default(), Errors::default());
    let view = one::View {
        who: &who,
        policy: &policy,
        case: &case,
        record: &record,
        fields: &fields,
        errors: &errors,
        said: html! {},
    };
    Ok(view.paper())
}

/// `POST /reviews`: opens the review of an incident, or finds the one that there is.
async fn open(State(app): State<App>, Staff(who): Staff, fields: Fields) -> PageResult<Response> {
    let incident: IncidentNumber = fields
        .text("incident")
        .parse()
        .map_err(|_| PageError::invalid("say which incident is to be reviewed"))?;
    let opened = app.desk.open_review(who.viewer(), incident).await?;
    Ok(Redirect::to(&url::review(opened.review.number)).into_response())
}

/// `GET /reviews/{number}/markdown`
async fn markdown(
    State(app): State<App>,
    Staff(who): Staff,
    Path(number): Path<String>,
) -> PageResult<Response> {
    let number = self::number(&number)?;
    let text = app.desk.review_markdown(who.viewer(), number, &who.here.zone).await?;
    let name = format!("attachment; filename=\"{number}.md\"");
    let mut response = text.into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("text/markdown; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, kind);
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
