//! More reports of a service than usual: the banner that says so, and the page on which
//! somebody makes a parent of it, or says that it is nothing.

mod draw;

use crate::answer::Answer;
use crate::app::App;
use crate::auth::{Live, SignedIn, Staff};
use crate::error::{PageError, PageResult, status_of};
use crate::form::Fields;
use crate::part::form::Errors;
use crate::route::{get, post};
use crate::url;
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use desk::surges::{Accept, may_decide};
use incident::Refusal;
use kernel::{Channel, IncidentNumber, ServiceId, SurgeId};
use maud::Markup;
use std::collections::BTreeSet;
use store::surges::SurgeState;

/// The banner alone, as an open page asks for it.
const BANNER: &str = "/surges/banner";

/// The page of a surge, and where it is accepted.
fn address(id: SurgeId) -> String {
    format!("/surges/{id}")
}

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(BANNER, get(poll))
        .route("/surges/{id}", get(show).merge(post(accept)))
        .route("/surges/{id}/link", post(link))
        .route("/surges/{id}/dismiss", post(dismiss))
}

/// What more came of than usual, of one service or of all; nothing is read for it.
pub(crate) fn banner(app: &App, who: &SignedIn, service: Option<ServiceId>) -> Markup {
    let (surges, policy) = (app.desk.surges(), app.desk.policy());
    let shown: Vec<_> = surges
        .iter()
        .filter(|surge| service.is_none_or(|service| service == surge.service))
        .filter(|surge| matches!(surge.state, SurgeState::Proposed | SurgeState::Accepted))
        .collect();
    draw::banner(who, &shown, &policy, service)
}

/// `GET /surges/banner?service=`
async fn poll(
    State(app): State<App>,
    Staff(who): Staff,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let asked = Fields::parse(query.as_deref().unwrap_or_default());
    let service = asked.filled("service").and_then(|text| text.parse().ok());
    Ok(banner(&app, &who, service))
}

/// `GET /surges/{id}`
async fn show(
    State(app): State<App>,
    Staff(who): Staff,
    Path(id): Path<SurgeId>,
) -> PageResult<Markup> {
    page(&app, &who, id, &Fields::default(), &Errors::default()).await
}

async fn page(
    app: &App,
    who: &SignedIn,
    id: SurgeId,
    fields: &Fields,
    errors: &Errors,
) -> PageResult<Markup> {
    let case = app.desk.surge(who.viewer(), id).await?;
    let policy = app.desk.policy();
    let name = draw::service_name(&policy, case.surge.service);
    Ok(draw::page(who, &case, name, fields, errors, may_decide(who.viewer())))
}

/// `POST /surges/{id}`
async fn accept(
    State(app): State<App>,
    Staff(who): Staff,
    live: Live,
    Path(id): Path<SurgeId>,
    fields: Fields,
) -> PageResult<Response> {
    let done = match wish(&fields) {
        Ok(wish) => app.desk.accept_surge(who.viewer(), Channel::Web, id, wish).await,
        Err(refusal) => Err(refusal.into()),
    };
    match done {
        Ok(done) => Ok(Answer::go(url::incident(done.parent)).reply(live)),
        Err(trouble) => again(&app, &who, id, &fields, trouble).await,
    }
}

/// `POST /surges/{id}/link`
async fn link(
    State(app): State<App>,
    Staff(who): Staff,
    live: Live,
    Path(id): Path<SurgeId>,
    fields: Fields,
) -> PageResult<Response> {
    let done = match ticked(&fields) {
        Ok(reports) => app.desk.join_surge(who.viewer(), Channel::Web, id, Some(reports)).await,
        Err(refusal) => Err(refusal.into()),
    };
    match done {
        Ok(done) => Ok(Answer::go(url::incident(done.parent)).reply(live)),
        Err(trouble) => again(&app, &who, id, &fields, trouble).await,
    }
}

/// The page again with what is wrong.
async fn again(
    app: &App,
    who: &SignedIn,
    id: SurgeId,
    fields: &Fields,
    trouble: Trouble,
) -> PageResult<Response> {
    let status = status_of(&trouble);
    let Trouble::Refused(refusal) = trouble else { return Err(trouble.into()) };
    if refusal.field.is_none() && refusal.code != "decided" {
        return Err(PageError::from(Trouble::Refused(refusal)));
    }
    let mut errors = Errors::default();
    errors.add(refusal.field.unwrap_or_default(), words_of(&refusal));
    Ok((status, page(app, who, id, fields, &errors).await?).into_response())
}

/// What is said of a field begins with its name.
fn words_of(refusal: &Refusal) -> String {
    match refusal.field {
        Some("into") => format!("the parent {}", refusal.message),
        Some("title") => format!("the title {}", refusal.message),
        _ => refusal.message.clone(),
    }
}

/// `POST /surges/{id}/dismiss`
async fn dismiss(
    State(app): State<App>,
    Staff(who): Staff,
    live: Live,
    Path(id): Path<SurgeId>,
) -> PageResult<Response> {
    match app.desk.dismiss_surge(who.viewer(), id).await {
        Ok(()) => Ok(Answer::go(url::QUEUE).reply(live)),
        Err(trouble) => again(&app, &who, id, &Fields::default(), trouble).await,
    }
}

/// What the form says. Reports that are not ticked stay as they are, and so do those that came
/// after it was drawn.
fn wish(fields: &Fields) -> Result<Accept, Refusal> {
    let into = match fields.text("into") {
        "" => None,
        "other" => Some(number("into", fields.text("other"))?),
        known => Some(number("into", known)?),
    };
    Ok(Accept {
        into,
        title: fields.text("title").to_owned(),
        reports: Some(ticked(fields)?),
        known: fields.ticked("known"),
        draft: fields.text("draft").to_owned(),
    })
}

/// The reports that are ticked.
fn ticked(fields: &Fields) -> Result<BTreeSet<IncidentNumber>, Refusal> {
    fields.all("report").map(|text| number("report", text)).collect()
}

fn number(field: &'static str, text: &str) -> Result<IncidentNumber, Refusal> {
    let parsed = text.trim().parse::<IncidentNumber>();
    parsed.map_err(|_| Refusal::invalid(field, "is not the number of an incident"))
}
