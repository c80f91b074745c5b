//! Maintenance windows: when alerts are recorded and page nobody. Whoever works on incidents
//! plans them, so the page is for everybody of the service desk.

mod draw;
mod form;

use super::editing::{self, Problem, saved, stale};
use super::many::{self, Names};
use super::{Section, actor};
use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::route::{get, post};
use ::alert::maintenance::{Maintenance, Matcher};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use desk::maintenance::{check, may_plan};
use kernel::{MaintenanceId, Timestamp};
use maud::Markup;
use serde::Serialize;
use store::alerts::maintenances::{self, Damaged};
use store::directory::integrations::{self, Integration};
use store::directory::services::{self, Service};
use store::status::components::{self, Component};
use store::status::works::{self, Words};
use store::{Failure, Sql};

pub(crate) use draw::now_banner;

/// Where they are.
pub(crate) const ADDRESS: &str = "/settings/maintenance";
const SECTION: Section = Section::Maintenance;
const SUBJECT: &str = "maintenance";
/// The fields of the services whose alerts a window is for.
const SERVICES: Names = Names { boxes: "service", more: "service_more" };
/// Windows that are listed: those to come, those that hold and the last of those before.
const LISTED_MAX: i64 = 500;

/// The page of a window.
pub(crate) fn address(id: MaintenanceId) -> String {
    format!("{ADDRESS}/{id}")
}

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(ADDRESS, get(list).merge(post(create)))
        .route("/settings/maintenance/new", get(new))
        .route("/settings/maintenance/damaged", post(call_off_damaged))
        .route("/settings/maintenance/{id}", get(show).merge(post(change)))
        .route("/settings/maintenance/{id}/end", post(end))
}

/// A window with what the outside is told of it, as the audit trail keeps it.
#[derive(Serialize)]
struct Window<'a> {
    #[serde(flatten)]
    row: &'a Maintenance,
    public: Option<&'a Words>,
}

/// Everything the pages choose from.
struct All {
    windows: Vec<Maintenance>,
    services: Vec<Service>,
    sources: Vec<Integration>,
    components: Vec<Component>,
    /// What the outside is told of windows.
    words: Vec<Words>,
    /// Rows that cannot be read.
    damaged: Vec<Damaged>,
}

impl All {
    fn read(sql: &mut dyn Sql) -> Result<All, Failure> {
        let mut sources = integrations::list(sql)?;
        sources.retain(|one| one.kind.alerts());
        let windows = maintenances::list(sql, LISTED_MAX)?;
        Ok(All {
            windows,
            services: services::list(sql)?,
            sources,
            components: components::list(sql)?,
            words: works::list(sql)?,
            damaged: maintenances::damaged(sql)?,
        })
    }

    fn words(&self, id: MaintenanceId) -> Option<&Words> {
        self.words.iter().find(|words| words.maintenance == id)
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
    let fields = &many::found(app, &SERVICES, fields).await?;
    let row = form::typed(blank, fields)?;
    let words = form::outside(id, fields, app.desk.now())?;
    check(&row)?;
    app.desk
        .change(actor(who), move |sql, audit| {
            maintenances::insert(sql, &row)?;
            let made = Window { row: &row, public: words.as_ref() };
            audit.created(sql, SUBJECT, id, &made)?;
            tell(sql, id, words)
        })
        .await
}

/// Tells the outside this of a window, or nothing.
fn tell(sql: &mut dyn Sql, id: MaintenanceId, words: Option<Words>) -> Result<(), Trouble> {
    match words {
        Some(words) => {
            desk::status::check_words(&words)?;
            Ok(works::put(sql, &words)?)
        }
        None => Ok(works::remove(sql, id)?),
    }
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
    let fields = form::shown(&window, all.words(id), &who.here, &who.zone_name);
    Ok(draw::page(&who, &all, Some(&window), &fields, &Problem::default()))
}

async fn change(
    State(app): State<App>,
    Staff(who): Staff,
    Path(id): Path<MaintenanceId>,
    fields: Fields,
) -> PageResult<Response> {
    plans(&who)?;
    let read = match editing::version(&fields) {
        Ok(seen) => many::found(&app, &SERVICES, &fields).await.map(|typed| (Some(seen), typed)),
        Err(trouble) => Err(trouble),
    };
    let (seen, typed) = match read {
        Ok(read) => read,
        Err(trouble) => return refused(&app, &who, id, &fields, trouble).await,
    };
    let now = app.desk.now();
    let make = move |sql: &mut dyn Sql, before: Maintenance| -> Result<Maintenance, Trouble> {
        // When a window was called off stays what its words say.
        let at = match works::get(sql, id)? {
            Some(words) if before.cancelled => words.updated_at,
            _ => now,
        };
        tell(sql, id, form::outside(id, &typed, at)?)?;
        form::typed(before, &typed)
    };
    match alter(&app, &who, id, seen, make).await {
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
    let now = app.desk.now();
    let end = move |sql: &mut dyn Sql, before: Maintenance| -> Result<Maintenance, Trouble> {
        if !before.cancelled {
            touch(sql, id, now)?;
        }
        Ok(Maintenance { cancelled: true, ..before })
    };
    alter(&app, &who, id, None, end).await?;
    Ok(saved(ADDRESS))
}

/// The status page reads from its words when a window was called off.
fn touch(sql: &mut dyn Sql, id: MaintenanceId, now: Timestamp) -> Result<(), Trouble> {
    match works::get(sql, id)? {
        Some(words) => Ok(works::put(sql, &Words { updated_at: now, ..words })?),
        None => Ok(()),
    }
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
    make: impl FnOnce(&mut dyn Sql, Maintenance) -> Result<Maintenance, Trouble> + Send + 'static,
) -> Result<(), Trouble> {
    app.desk
        .change(actor(who), move |sql, audit| {
            let missing = || incident::Refusal::not_found("there is no such window");
            let before = maintenances::get(sql, id)?.ok_or_else(missing)?;
            if let Some(seen) = seen.filter(|seen| *seen != before.version) {
                return stale(seen, Some(before.version));
            }
            let said = works::get(sql, id)?;
            let made = make(sql, before.clone())?;
            let after = Maintenance { version: before.version + 1, ..made };
            check(&after)?;
            maintenances::update(sql, &after, before.version)?;
            let says = works::get(sql, id)?;
            let before = Window { row: &before, public: said.as_ref() };
            let after = Window { row: &after, public: says.as_ref() };
            Ok(audit.changed(sql, SUBJECT, id, &before, &after)?)
        })
        .await
}
