//! Integrations that tell of alerts: how a tool is connected, whether it is heard, what it
//! sent, and how that becomes incidents.

mod asked;
mod draw;
mod form;
mod mapping;
mod payloads;
mod tools;

use super::editing::{self, Problem, saved, saved_banner, stale};
use super::{Reads, Section, actor};
use crate::app::App;
use crate::auth::{Administrator, SignedIn};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::route::{get, post};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use desk::Trouble;
use draw::Shown;
use kernel::IntegrationId;
use maud::Markup;
use std::collections::HashMap;
use store::alerts::payloads::Kept;
use store::directory::integrations::{self, Integration, IntegrationKind, Settings};
use store::directory::services::{self, Service};
use store::directory::teams::{self, Team};
use store::{Failure, Sql};
use tools::Tool;

const SECTION: Section = Section::Integrations;
const SUBJECT: &str = "integration";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/integrations", get(list).merge(post(create)))
        .route("/settings/integrations/new", get(new))
        .route("/settings/integrations/{id}", get(show).merge(post(change)))
        .route("/settings/integrations/{id}/heard", get(heard))
        .route("/settings/integrations/{id}/new-key", post(new_key))
        .route("/settings/integrations/{id}/delete", post(delete))
        .merge(mapping::routes())
        .merge(payloads::routes())
}

/// Everything the pages choose from.
struct All {
    sources: Vec<Integration>,
    mailboxes: usize,
    services: Vec<Service>,
    teams: Vec<Team>,
    /// What went wrong last, of each.
    wrong: HashMap<IntegrationId, Kept>,
}

impl All {
    fn read(sql: &mut dyn Sql) -> Result<All, Failure> {
        let (sources, mailboxes): (Vec<_>, Vec<_>) =
            integrations::list(sql)?.into_iter().partition(|one| one.kind.alerts());
        Ok(All {
            sources,
            mailboxes: mailboxes.len(),
            services: services::list(sql)?,
            teams: teams::list(sql)?,
            wrong: store::alerts::payloads::last_wrong(sql)?,
        })
    }

    fn get(&self, id: IntegrationId) -> PageResult<&Integration> {
        self.sources.iter().find(|one| one.id == id).ok_or(PageError::NotFound)
    }
}

async fn list(
    State(app): State<App>,
    Reads(who): Reads,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let all = app.desk.read(All::read).await?;
    Ok(draw::list(&who, &all, saved_banner(query.as_deref())))
}

/// `GET …/new?tool=`: which tool, then its form.
async fn new(
    State(app): State<App>,
    Administrator(who): Administrator,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let asked = Fields::parse(query.as_deref().unwrap_or_default());
    let Some(tool) = asked.filled("tool").and_then(Tool::named) else {
        return Ok(draw::choose(&who));
    };
    let all = app.desk.read(All::read).await?;
    let fields = form::blank(tool, &all);
    Ok(draw::new_page(&who, &all, tool, &fields, &Problem::default()))
}

async fn create(
    State(app): State<App>,
    Administrator(who): Administrator,
    fields: Fields,
) -> PageResult<Response> {
    let tool = Tool::named(fields.text("tool"))
        .ok_or_else(|| PageError::invalid("choose one of the tools first"))?;
    let id = IntegrationId(desk::fresh());
    match insert(&app, &who, id, tool, &fields).await {
        Ok(()) => Ok(Redirect::to(&connect(id, tool)).into_response()),
        Err(trouble) => {
            let problem = Problem::of(&app, trouble, SUBJECT, id.to_string(), "name").await?;
            let all = app.desk.read(All::read).await?;
            let page = draw::new_page(&who, &all, tool, &fields, &problem);
            Ok((problem.status(), page).into_response())
        }
    }
}

/// The page of an integration that says how this tool is connected.
fn connect(id: IntegrationId, tool: &Tool) -> String {
    format!("{}?tool={}", SECTION.of(id), tool.key)
}

async fn insert(
    app: &App,
    who: &SignedIn,
    id: IntegrationId,
    tool: &Tool,
    fields: &Fields,
) -> Result<(), Trouble> {
    let blank = Integration {
        id,
        name: String::new(),
        kind: tool.kind,
        key: desk::integration_key(),
        service: None,
        team: None,
        addresses: vec![],
        settings: Settings::default(),
        new_secrets: None,
        active: true,
        archived: false,
        last_seen_at: None,
        version: 1,
    };
    let source = form::typed(blank, fields)?;
    app.desk
        .change(actor(who), move |sql, audit| {
            desk::integrations::check(sql, &source)?;
            integrations::insert(sql, &source)?;
            Ok(audit.created(sql, SUBJECT, id, &source)?)
        })
        .await
}

async fn show(
    State(app): State<App>,
    Reads(who): Reads,
    Path(id): Path<IntegrationId>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> PageResult<Markup> {
    let all = app.desk.read(All::read).await?;
    let source = all.get(id)?;
    let asked = Fields::parse(query.as_deref().unwrap_or_default());
    let (fields, none) = (form::shown(source), Problem::default());
    let mut shown = Shown::of(&app, source, &fields, &none, app.options.base(&headers)).await?;
    if let Some(tool) = asked.filled("tool").and_then(Tool::named) {
        shown.tool = tool;
    }
    shown.banner = payloads::done_banner(&asked, saved_banner(query.as_deref()));
    Ok(draw::page(&who, &app, &all, &shown))
}

/// `GET …/heard`: whether it was heard of, for whoever waits for that.
async fn heard(
    State(app): State<App>,
    Reads(who): Reads,
    Path(id): Path<IntegrationId>,
) -> PageResult<Markup> {
    let source = app.desk.read(move |sql| integrations::get(sql, id)).await?;
    let source = source.filter(|one| !one.archived).ok_or(PageError::NotFound)?;
    Ok(draw::heard(&who, &source, true))
}

async fn change(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<IntegrationId>,
    headers: HeaderMap,
    fields: Fields,
) -> PageResult<Response> {
    match update(&app, &who, id, &fields).await {
        Ok(()) => Ok(saved(&SECTION.of(id))),
        Err(trouble) => {
            let problem = Problem::of(&app, trouble, SUBJECT, id.to_string(), "name").await?;
            let all = app.desk.read(All::read).await?;
            let source = all.get(id)?;
            let shown =
                Shown::of(&app, source, &fields, &problem, app.options.base(&headers)).await?;
            Ok((problem.status(), draw::page(&who, &app, &all, &shown)).into_response())
        }
    }
}

async fn update(
    app: &App,
    who: &SignedIn,
    id: IntegrationId,
    fields: &Fields,
) -> Result<(), Trouble> {
    let (seen, fields) = (editing::version(fields)?, fields.clone());
    alter(app, who, id, Some(seen), move |before| {
        let active = fields.ticked("active");
        Ok(Integration { active, ..form::typed(before, &fields)? })
    })
    .await
}

async fn new_key(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<IntegrationId>,
) -> PageResult<Response> {
    let change = |before| Ok(Integration { key: desk::integration_key(), ..before });
    alter(&app, &who, id, None, change).await?;
    Ok(saved(&SECTION.of(id)))
}

async fn delete(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<IntegrationId>,
) -> PageResult<Response> {
    let change = |mut before: Integration| {
        before.end();
        Ok(before)
    };
    alter(&app, &who, id, None, change).await?;
    Ok(saved(&SECTION.address()))
}

/// Changes an integration that is there, if it is still at the version seen.
async fn alter(
    app: &App,
    who: &SignedIn,
    id: IntegrationId,
    seen: Option<i64>,
    make: impl FnOnce(Integration) -> Result<Integration, Trouble> + Send + 'static,
) -> Result<(), Trouble> {
    app.desk
        .change(actor(who), move |sql, audit| {
            let stored = integrations::get(sql, id)?;
            let missing = || incident::Refusal::not_found("there is no such integration");
            let before = stored
                .filter(|stored| !stored.archived && stored.kind != IntegrationKind::Email)
                .ok_or_else(missing)?;
            if let Some(seen) = seen.filter(|seen| *seen != before.version) {
                return stale(seen, Some(before.version));
            }
            let after = Integration { version: before.version + 1, ..make(before.clone())? };
            desk::integrations::check(sql, &after)?;
            integrations::update(sql, &after, before.version)?;
            Ok(audit.changed(sql, SUBJECT, id, &before, &after)?)
        })
        .await
}
