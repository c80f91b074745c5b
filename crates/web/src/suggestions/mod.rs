//! How good suggestions are, for everybody of the service desk, and how they are made, for
//! administrators.

mod draw;

use crate::app::App;
use crate::auth::{Administrator, SignedIn, Staff};
use crate::error::PageResult;
use crate::form::Fields;
use crate::route::{get, post};
use crate::settings::actor;
use crate::settings::editing::{self, Problem, saved, saved_banner};
use crate::url;
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use desk::Trouble;
use desk::suggest::suggestion_settings;
use incident::Refusal;
use maud::{Markup, html};
use store::suggestions::{FieldSettings, SETTINGS, Settings, Suggested};

/// Where suggestions are learned again.
const LEARN: &str = "/reports/suggestions/learn";
/// How the audit trail calls what is changed here.
const SUBJECT: &str = "setting";

pub(crate) fn routes() -> Router<App> {
    Router::new().route(url::SUGGESTIONS, get(show).merge(post(change))).route(LEARN, post(learn))
}

/// `GET /reports/suggestions`
async fn show(
    State(app): State<App>,
    Staff(who): Staff,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let asked = Fields::parse(query.as_deref().unwrap_or_default());
    let banner = html! {
        (saved_banner(query.as_deref()))
        @if asked.ticked("learning") { div.banner.banner-info role="status" { div { "They are being learned again. That takes up to some minutes; open this page again then." } } }
    };
    page(&app, &who, None, &Problem::default(), banner).await
}

/// `POST /reports/suggestions`
async fn change(
    State(app): State<App>,
    Administrator(who): Administrator,
    fields: Fields,
) -> PageResult<Response> {
    match update(&app, &who, &fields).await {
        Ok(()) => Ok(saved(url::SUGGESTIONS)),
        Err(trouble) => {
            let problem = Problem::of(&app, trouble, SUBJECT, SETTINGS.to_owned(), "").await?;
            let again = page(&app, &who, Some(fields), &problem, html! {}).await?;
            Ok((problem.status(), again).into_response())
        }
    }
}

/// `POST /reports/suggestions/learn`
async fn learn(State(app): State<App>, Administrator(who): Administrator) -> PageResult<Response> {
    app.desk.want_learning(who.viewer())?;
    Ok(Redirect::to(&format!("{}?learning=1", url::SUGGESTIONS)).into_response())
}

async fn update(app: &App, who: &SignedIn, fields: &Fields) -> Result<(), Trouble> {
    let (wanted, seen) = (typed(fields)?, editing::version(fields)?);
    app.desk.set_suggestions(actor(who), wanted, Some(seen)).await
}

/// What the form says.
fn typed(fields: &Fields) -> Result<Settings, Refusal> {
    let per_cent = |name: String, of: &'static str| match fields.filled(&name) {
        None => Ok(None),
        Some(text) => match text.trim().parse::<u8>() {
            Ok(value) => Ok(Some(value)),
            Err(_) => Err(Refusal::invalid(of, "must be whole per cents")),
        },
    };
    let mut settings = Settings::default();
    for field in Suggested::ALL.iter().copied() {
        let usual = FieldSettings::default();
        let precision = per_cent(draw::name(field, "precision"), "precision")?;
        let by_itself = per_cent(draw::name(field, "by_itself"), "by_itself")?;
        let on = fields.ticked(&draw::name(field, "on"));
        let precision = precision.unwrap_or(usual.precision);
        settings.fields.insert(field, FieldSettings { on, precision, by_itself });
    }
    Ok(settings)
}

async fn page(
    app: &App,
    who: &SignedIn,
    sent: Option<Fields>,
    problem: &Problem,
    banner: Markup,
) -> PageResult<Markup> {
    let quality = app.desk.suggestion_quality(who.viewer()).await?;
    let stored = app.desk.read(suggestion_settings).await?;
    let version = problem.version(sent.as_ref().unwrap_or(&Fields::default()), stored.version);
    let form = draw::Form { settings: stored.value, sent, version, problem };
    Ok(draw::page(who, &quality, &form, banner))
}
