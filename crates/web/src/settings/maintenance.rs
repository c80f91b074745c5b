//! Maintenance windows: when alerts are recorded and page nobody. Whoever works on incidents
//! plans them, so the page is for everybody of the service desk.

mod draw;
mod form;

use super::editing::{self, Problem, saved, stale};
use super::{Section, actor};
use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use ::alert::maintenance::{Maintenance, Matcher};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use desk::Trouble;
use desk::maintenance::{check, may_plan};
use kernel::MaintenanceId;
use maud::Markup;
use store::alerts::maintenances::{self, Damaged};
use store::directory::integrations::{self, Integration};
use store::directory::services::{self, Service};
use store::{Failure, Sql};

pub(crate) use draw::now_banner;

/// Where they are.
pub(crate) const ADDRESS: &str = "/settings/maintenance";
const SECTION: Section = Section::Maintenance;
const SUBJECT: &str = "maintenance";
/// Windows that are listed: those to come, those that hold and the last of those before.
const LISTED_MAX: i64 = 500;

/// The page of a window.
pub(crate) fn address(id: MaintenanceId) -> String {
    format!("{ADDRESS}/{id}")
}

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(ADDRESS, get(list).post(create))
        .route("/settings/maintenance/new", get(new))
        .route("/settings/maintenance/damaged", post(call_off_damaged))
        .route("/settings/maintenance/{id}", get(show).post(change))
        .route("/settings/maintenance/{id}/end", post(end))
}

/// Everything the pages choose from.
struct All {
    windows: Vec<Maintenance>,
    services: Vec<Service>,
    sources: Vec<Integration>,
    /// Rows that cannot be read.
    damaged: Vec<Damaged>,
}

impl All {
    fn read(sql: &mut dyn Sql) -> Result<All, Failure> {
        let mut sources = integrations::list(sql)?;
        sources.retain(|one| one.kind.alerts());
        let windows = maintenances::list(sql, LISTED_MAX)?;
        let damaged = maintenances::damaged(sql)?;
        Ok(All { windows, services: services::list(sql)?, sources, damaged })
    }
}

async fn list(
    State(app): State<App>,
    Staff(who): Staff,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let all = app.desk.read(All::read).await?;
    Ok(draw::list(&who, &all, editing::saved_banner(query.as_deref())))
}

/// Somebody who plans maintenance.
fn plans(who: &SignedIn) -> PageResult<()> {
    match may_plan(who.viewer()) {
        true => Ok(()),
        false => Err(PageError::forbidden("maintenance is planned by whoever works on incidents")),
    }
}

/// `GET …/new?service=`: for a service, where somebody comes from one.
async fn new(
    State(app): State<App>,
    Staff(who): Staff,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    plans(&who)?;
    let all = app.desk.read(All::read).await?;
    let asked = Fields::parse(query.as_deref().unwrap_or_default());
    let fields = form::blank(&who.here, &who.zone_name, asked.filled("service"));
    Ok(draw::page(&who, &all, None, &fields, &Problem::default()))
}

async fn create(State(app): State<App>, Staff(who): Staff, fields: Fields) -> PageResult<Response> {
    plans(&who)?;
    let id = MaintenanceId(desk::fresh());
    match insert(&app, &who, id, &fields).await {
        Ok(()) => Ok(saved(ADDRESS)),
        Err(trouble) => {
            let problem = Problem::of(&app, trouble, SUBJECT, id.to_string(), "name").await?;
            let all = app.desk.read(All::read).await?;
            let page = draw::page(&who, &all, None, &fields, &problem);
            Ok((problem.status(), page).into_response())
        }
    }
}

async fn insert(
    app: &App,
    who: &SignedIn,
    id: MaintenanceId,
    fields: &Fields,
) -> Result<(), Trouble> {
    let blank = Maintenance {
        id,
        name: String::new(),
        starts_at: app.desk.now(),
        ends_at: None,
        recurrence: None,
        matcher: Matcher::default(),
        created_by: who.viewer().name.clone(),
        cancelled: false,
        version: 1,
    };
    let row = form::typed(blank, fields)?;
    check(&row)?;
    app.desk
        .change(actor(who), move |sql, audit| {
            maintenances::insert(sql, &row)?;
            Ok(audit.created(sql, SUBJECT, id, &row)?)
        })
        .await
}

async fn get_window(app: &App, id: MaintenanceId) -> PageResult<Maintenance> {
    let found = app.desk.read(move |sql| maintenances::get(sql, id)).await?;
    found.ok_or(PageError::NotFound)
}

async fn show(
    State(app): State<App>,
    Staff(who): Staff,
    Path(id): Path<MaintenanceId>,
) -> PageResult<Markup> {
    let window = get_window(&app, id).await?;
    let all = app.desk.read(All::read).await?;
    let fields = form::shown(&window, &who.here, &who.zone_name);
    Ok(draw::page(&who, &all, Some(&window), &fields, &Problem::default()))
}

async fn change(
    State(app): State<App>,
    Staff(who): Staff,
    Path(id): Path<MaintenanceId>,
    fields: Fields,
) -> PageResult<Response> {
    plans(&who)?;
    let (seen, typed) = match editing::version(&fields) {
        Ok(seen) => (Some(seen), fields.clone()),
        Err(trouble) => return refused(&app, &who, id, &fields, trouble).await,
    };
    match alter(&app, &who, id, seen, move |before| form::typed(before, &typed)).await {
        Ok(()) => Ok(saved(ADDRESS)),
        Err(trouble) => refused(&app, &who, id, &fields, trouble).await,
    }
}

async fn refused(
    app: &App,
    who: &SignedIn,
    id: MaintenanceId,
    fields: &Fields,
    trouble: Trouble,
) -> PageResult<Response> {
    let problem = Problem::of(app, trouble, SUBJECT, id.to_string(), "name").await?;
    let window = get_window(app, id).await?;
    let all = app.desk.read(All::read).await?;
    let page = draw::page(who, &all, Some(&window), fields, &problem);
    Ok((problem.status(), page).into_response())
}

/// `POST …/end`: it mutes nothing any more.
async fn end(
    State(app): State<App>,
    Staff(who): Staff,
    Path(id): Path<MaintenanceId>,
) -> PageResult<Response> {
    plans(&who)?;
    let end = |before| Ok(Maintenance { cancelled: true, ..before });
    alter(&app, &who, id, None, end).await?;
    Ok(saved(ADDRESS))
}

/// `POST …/damaged`: one that cannot be read is called off, and named no more.
async fn call_off_damaged(
    State(app): State<App>,
    Staff(who): Staff,
    fields: Fields,
) -> PageResult<Response> {
    plans(&who)?;
    let id = fields.text("id").to_owned();
    app.desk
        .change(actor(&who), move |sql, audit| {
            if maintenances::call_off_damaged(sql, &id)? {
                audit.deleted(sql, SUBJECT, &id, &"cannot be read")?;
            }
            Ok(())
        })
        .await?;
    Ok(saved(ADDRESS))
}

/// Changes a window that is there, if it is still at the version seen.
async fn alter(
    app: &App,
    who: &SignedIn,
    id: MaintenanceId,
    seen: Option<i64>,
    make: impl FnOnce(Maintenance) -> Result<Maintenance, Trouble> + Send + 'static,
) -> Result<(), Trouble> {
    app.desk
        .change(actor(who), move |sql, audit| {
            let missing = || incident::Refusal::not_found("there is no such window");
            let before = maintenances::get(sql, id)?.ok_or_else(missing)?;
            if let Some(seen) = seen.filter(|seen| *seen != before.version) {
                return stale(seen, Some(before.version));
            }
            let after = Maintenance { version: before.version + 1, ..make(before.clone())? };
            check(&after)?;
            maintenances::update(sql, &after, before.version)?;
            Ok(audit.changed(sql, SUBJECT, id, &before, &after)?)
        })
        .await
}
