//! Reports of the quality of the service: all on one page, each on its own, and the incidents
//! behind every figure. What is counted and how is decided by the desk; here it is drawn.

mod asked;
mod behind;
mod cards;
mod frame;
mod mailed;
mod one;
mod overview;
mod read;
mod table;
mod why;
mod words;

pub(crate) use self::table::{behind_of, figure_at};

use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::icon::icon;
use crate::route::get;
use crate::url;
use asked::Asked;
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use behind::Behind;
use desk::Trouble;
use insight::report::{Figure, Name};
use maud::{Markup, html};
use one::Read;
use overview::page as overview_page;
use read::Overview;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(url::REPORTS, get(all))
        .route("/reports/{name}", get(one_report))
        .route("/reports/{name}/behind", get(incidents))
        .merge(mailed::routes())
}

/// `GET /reports`
async fn all(
    State(app): State<App>,
    Staff(who): Staff,
    RawQuery(query): RawQuery,
) -> PageResult<Response> {
    let asked = Asked::read(query.as_deref(), &who);
    if !asked.errors.is_empty() {
        return Ok(wrong(&who, &asked, None));
    }
    match Overview::read(&app, &who, &asked).await {
        Ok(seen) => Ok(overview_page(&who, &asked, &seen).into_response()),
        Err(trouble) => no_figures(&who, asked, None, trouble),
    }
}

/// `GET /reports/{name}`
async fn one_report(
    State(app): State<App>,
    Staff(who): Staff,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> PageResult<Response> {
    let name = named(&name)?;
    let asked = Asked::read(query.as_deref(), &who);
    if !asked.errors.is_empty() {
        return Ok(wrong(&who, &asked, Some(name)));
    }
    match Read::read(&app, &who, &asked, name).await {
        Ok(read) => Ok(one::page(&who, &asked, name, &read).into_response()),
        Err(trouble) => no_figures(&who, asked, Some(name), trouble),
    }
}

/// `GET /reports/{name}/behind?figure=`
async fn incidents(
    State(app): State<App>,
    Staff(who): Staff,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> PageResult<Response> {
    let name = named(&name)?;
    let asked = Asked::read(query.as_deref(), &who);
    if !asked.errors.is_empty() {
        return Ok(wrong(&who, &asked, Some(name)));
    }
    let fields = Fields::parse(query.as_deref().unwrap_or_default());
    let figure: Figure = fields.text("figure").parse().map_err(|_| PageError::NotFound)?;
    let page = fields.filled("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    let behind = Behind::read(&app, &who, &asked, name, (figure, page)).await?;
    Ok(behind::page(&app, &who, &asked, &behind).into_response())
}

/// The report of this name.
fn named(name: &str) -> PageResult<Name> {
    name.parse().map_err(|_| PageError::NotFound)
}

/// The page with what is wrong with the question, and no figures.
fn wrong(who: &SignedIn, asked: &Asked, name: Option<Name>) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, without_figures(who, asked, name, html! {})).into_response()
}

/// What is asked and not told is said beside the question. After an upgrade or an import what was
/// there before is measured first; whoever looks meanwhile is told so. Other troubles are those of
/// any page.
fn no_figures(
    who: &SignedIn,
    mut asked: Asked,
    name: Option<Name>,
    trouble: Trouble,
) -> PageResult<Response> {
    match trouble {
        Trouble::Overloaded => {}
        Trouble::Refused(refusal) if refusal.field == Some("q") => {
            asked.errors.add("q", refusal.message);
            return Ok(wrong(who, &asked, name));
        }
        trouble => return Err(trouble.into()),
    }
    let banner = html! {
        div.banner.banner-info role="status" {
            (icon("clock")) div { "Incidents of the past are still being measured. That takes up to some minutes; open this page again then." }
        }
    };
    Ok(without_figures(who, &asked, name, banner).into_response())
}

fn without_figures(who: &SignedIn, asked: &Asked, name: Option<Name>, banner: Markup) -> Markup {
    let (heading, address) = match name {
        Some(name) => (words::title(name), url::report(name)),
        None => ("Service quality", url::REPORTS.to_owned()),
    };
    let main = html! {
        (frame::head(heading, html! { (frame::days(asked)) }, html! {}))
        div.stack-l {
            (banner)
            (frame::form(who, asked, &address, None))
            @if let Some(name) = name { (one::about(name)) }
        }
    };
    frame::page(who, asked, name, main)
}
