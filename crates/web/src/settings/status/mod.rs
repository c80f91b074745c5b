//! The status page: how it presents itself and how it is doing, and its components.

mod components;
mod draw;
mod groups;

use super::calendars::feed::Filled;
use super::editing::{self, Problem, saved, saved_banner, stale};
use super::{Reads, Section, actor};
use crate::app::App;
use crate::auth::{Administrator, SignedIn};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::route::{get, post};
use axum::Router;
use axum::extract::{DefaultBodyLimit, RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use desk::status::LOGO_BYTES;
use incident::Refusal;
use kernel::Language;
use maud::{Markup, html};
use store::directory::settings::Setting;
use store::status::Way;
use store::status::page::{self, StatusPage};

const SECTION: Section = Section::StatusPage;
const ADDRESS: &str = "/settings/status-page";
const SUBJECT: &str = "setting";
/// Bytes of the form with its picture: more than the picture may have, so that the form can say
/// that it is too large.
const FORM_BYTES: usize = 8 * LOGO_BYTES;
/// Characters of a line; the rules of the page say less where less is needed.
const LINE_CHARS: usize = 300;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(ADDRESS, get(show).merge(post(change)))
        .layer(DefaultBodyLimit::max(FORM_BYTES))
        .merge(components::routes())
        .merge(groups::routes())
}

async fn show(
    State(app): State<App>,
    Reads(who): Reads,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    drawn(&app, &who, None, &Problem::default(), saved_banner(query.as_deref())).await
}

async fn change(
    State(app): State<App>,
    Administrator(who): Administrator,
    headers: HeaderMap,
    filled: Filled,
) -> PageResult<Response> {
    let Filled { fields, file } = filled;
    let usual = app.instance().await?.setting.language;
    match update(&app, &who, &headers, &fields, file, usual).await {
        Ok(()) => Ok(saved(ADDRESS)),
        Err(trouble) => {
            let id = page::STATUS_PAGE.to_owned();
            let problem = Problem::of(&app, trouble, SUBJECT, id, "name").await?;
            let again = drawn(&app, &who, Some(fields), &problem, html! {}).await?;
            Ok((problem.status(), again).into_response())
        }
    }
}

async fn drawn(
    app: &App,
    who: &SignedIn,
    typed: Option<Fields>,
    problem: &Problem,
    banner: Markup,
) -> PageResult<Markup> {
    let Setting { value, version } = app.desk.read(page::get).await?;
    let fields = typed.unwrap_or_else(|| shown(&value));
    let view = draw::View {
        who,
        page: &value,
        version,
        report: app.desk.status().report(),
        sites: app.desk.status().sites(),
    };
    Ok(draw::page(&view, &fields, problem, banner))
}

/// The settings as their form shows them.
fn shown(page: &StatusPage) -> Fields {
    let mut pairs = vec![
        ("name", page.name.clone()),
        ("time_zone", page.time_zone.clone()),
        ("domain", page.domain.clone()),
        ("support", page.support.clone()),
        ("first", page.languages.first().map(Language::to_string).unwrap_or_default()),
    ];
    pairs.extend(page.languages.iter().skip(1).map(|other| ("other", other.to_string())));
    pairs.extend(page.public.then(|| ("public", "1".to_owned())));
    pairs.extend(page.domain_is_ours.then(|| ("domain_is_ours", "1".to_owned())));
    Fields::of(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn typed(fields: &Fields, usual: Language) -> Result<StatusPage, Trouble> {
    let line = |field: &'static str| -> Result<String, Trouble> {
        Ok(editing::one_line(&editing::text(fields, field, LINE_CHARS)?))
    };
    Ok(StatusPage {
        id: String::new(),
        public: fields.ticked("public"),
        name: line("name")?,
        languages: languages(fields, usual)?,
        time_zone: line("time_zone")?,
        domain: line("domain")?.to_ascii_lowercase(),
        domain_is_ours: fields.ticked("domain_is_ours"),
        support: line("support")?,
        logo: None,
    })
}

/// The first one, and the others that were ticked. Where no first one was chosen it is the
/// `usual` one of the instance, which is written down as soon as there are others.
fn languages(fields: &Fields, usual: Language) -> Result<Vec<Language>, Refusal> {
    let unknown = |_| Refusal::invalid("first", "is none of the languages offered");
    let first: Option<Language> =
        fields.filled("first").map(str::parse).transpose().map_err(unknown)?;
    if first.is_none() && fields.all("other").next().is_none() {
        return Ok(Vec::new());
    }
    let others = fields.all("other").map(|text| text.parse::<Language>());
    let mut languages = vec![first.unwrap_or(usual)];
    for other in others {
        let other = other.map_err(unknown)?;
        if !languages.contains(&other) {
            languages.push(other);
        }
    }
    Ok(languages)
}

async fn update(
    app: &App,
    who: &SignedIn,
    headers: &HeaderMap,
    fields: &Fields,
    file: Option<Vec<u8>>,
    usual: Language,
) -> Result<(), Trouble> {
    let (given, seen) = (typed(fields, usual)?, editing::version(fields)?);
    let host = app.options.public_url.as_deref().and_then(desk::status::host_of);
    desk::status::check(&given, host)?;
    // Whoever gave away the name that they came by would not come in again.
    let here = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let here = here.and_then(|host| host.split(':').next());
    desk::status::check(&given, here)?;
    let logo = file.map(desk::status::logo).transpose()?;
    let removes = fields.ticked("no_logo");
    app.desk
        .change(actor(who), move |sql, audit| {
            let before = page::get(sql)?;
            let mut after = desk::status::accept(given, &before.value);
            match &logo {
                Some(logo) => {
                    page::keep_logo(sql, logo, audit.now())?;
                    after.logo = Some(logo.hash.clone());
                }
                None if removes => after.logo = None,
                None => {}
            }
            if !page::put(sql, &after, seen)? {
                return stale(seen, Some(before.version));
            }
            Ok(audit.changed(sql, SUBJECT, page::STATUS_PAGE, &before.value, &after)?)
        })
        .await
}

/// Past which neighbour a form moves something.
fn way(fields: &Fields) -> PageResult<Way> {
    match fields.text("to") {
        "up" => Ok(Way::Up),
        "down" => Ok(Way::Down),
        _ => Err(PageError::invalid("say whether it moves up or down")),
    }
}
