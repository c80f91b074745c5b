//! Components of the status page: listed under their headings, made, moved, and said how they are.

mod draw;

use super::way;
use crate::app::App;
use crate::auth::{Administrator, SignedIn, Staff};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::time::Here;
use crate::route::{get, post};
use crate::settings::editing::{self, Problem, saved, saved_banner, stale};
use crate::settings::{Section, actor};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use desk::maintenance::may_plan;
use desk::status::{WORDS_CHARS, move_component};
use incident::Refusal;
use kernel::{ComponentId, Timestamp, limits};
use map::Health;
use maud::Markup;
use store::directory::services::{self, Service};
use store::status::components::{self, Component};
use store::status::conditions::{self, Said};
use store::status::groups::{self, Group};
use store::{Failure, Sql};

/// Where they are.
pub(super) const ADDRESS: &str = "/settings/components";
pub(super) const SECTION: Section = Section::Components;
const SUBJECT: &str = "component";

/// The page of a component.
fn address(id: ComponentId) -> String {
    format!("{ADDRESS}/{id}")
}

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(ADDRESS, get(list).merge(post(create)))
        .route("/settings/components/new", get(new))
        .route("/settings/components/{id}", get(show).merge(post(change)))
        .route("/settings/components/{id}/move", post(shift))
        .route("/settings/components/{id}/condition", post(say))
        .route("/settings/components/{id}/remove", post(remove))
}

/// Everything the pages choose from.
struct All {
    groups: Vec<Group>,
    components: Vec<Component>,
    services: Vec<Service>,
    /// What is said of components now.
    said: Vec<Said>,
}

impl All {
    fn read(sql: &mut dyn Sql, now: Timestamp) -> Result<All, Failure> {
        let mut said = conditions::since(sql, now)?;
        said.retain(|one| one.started_at <= now);
        Ok(All {
            groups: groups::list(sql)?,
            components: components::list(sql)?,
            services: services::list(sql)?,
            said,
        })
    }

    async fn of(app: &App) -> PageResult<All> {
        let now = app.desk.now();
        Ok(app.desk.read(move |sql| All::read(sql, now)).await?)
    }

    fn get(&self, id: ComponentId) -> PageResult<&Component> {
        self.components.iter().find(|one| one.id == id).ok_or(PageError::NotFound)
    }

    fn said(&self, id: ComponentId) -> Option<&Said> {
        self.said.iter().rev().find(|one| one.component == id)
    }
}

async fn list(
    State(app): State<App>,
    Staff(who): Staff,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    Ok(draw::list(&who, &All::of(&app).await?, saved_banner(query.as_deref())))
}

async fn new(State(app): State<App>, Administrator(who): Administrator) -> PageResult<Markup> {
    let all = All::of(&app).await?;
    Ok(draw::page(&who, &all, None, &Fields::default(), &Problem::default()))
}

async fn create(
    State(app): State<App>,
    Administrator(who): Administrator,
    fields: Fields,
) -> PageResult<Response> {
    let id = ComponentId(desk::fresh());
    match insert(&app, &who, id, &fields).await {
        Ok(()) => Ok(saved(ADDRESS)),
        Err(trouble) => {
            let problem = Problem::of(&app, trouble, SUBJECT, id.to_string(), "name").await?;
            let all = All::of(&app).await?;
            let page = draw::page(&who, &all, None, &fields, &problem);
            Ok((problem.status(), page).into_response())
        }
    }
}

fn typed(before: Component, fields: &Fields, now: Timestamp) -> Result<Component, Trouble> {
    Ok(Component {
        name: editing::name(fields)?,
        description: editing::text(fields, "description", WORDS_CHARS)?,
        service: editing::id(fields, "service")?,
        group: editing::id(fields, "group")?,
        internal: fields.ticked("internal"),
        updated_at: now,
        ..before
    })
}

async fn insert(
    app: &App,
    who: &SignedIn,
    id: ComponentId,
    fields: &Fields,
) -> Result<(), Trouble> {
    let now = app.desk.now();
    let blank = Component {
        id,
        name: String::new(),
        description: String::new(),
        service: None,
        group: None,
        position: 0,
        internal: false,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let row = typed(blank, fields, now)?;
    app.desk
        .change(actor(who), move |sql, audit| {
            desk::status::check_room(sql)?;
            components::insert(sql, &row)?;
            Ok(audit.created(sql, SUBJECT, id, &row)?)
        })
        .await
}

async fn show(
    State(app): State<App>,
    Staff(who): Staff,
    Path(id): Path<ComponentId>,
) -> PageResult<Markup> {
    let all = All::of(&app).await?;
    let component = all.get(id)?;
    let fields = draw::shown(component);
    Ok(draw::page(&who, &all, Some(component), &fields, &Problem::default()))
}

async fn change(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<ComponentId>,
    fields: Fields,
) -> PageResult<Response> {
    match update(&app, &who, id, &fields).await {
        Ok(()) => Ok(saved(ADDRESS)),
        Err(trouble) => again(&app, &who, id, &fields, trouble).await,
    }
}

/// The page of a component once more, with what was wrong.
async fn again(
    app: &App,
    who: &SignedIn,
    id: ComponentId,
    fields: &Fields,
    trouble: Trouble,
) -> PageResult<Response> {
    let problem = Problem::of(app, trouble, SUBJECT, id.to_string(), "name").await?;
    let all = All::of(app).await?;
    let page = draw::page(who, &all, Some(all.get(id)?), fields, &problem);
    Ok((problem.status(), page).into_response())
}

async fn update(
    app: &App,
    who: &SignedIn,
    id: ComponentId,
    fields: &Fields,
) -> Result<(), Trouble> {
    let (seen, now, fields) = (editing::version(fields)?, app.desk.now(), fields.clone());
    app.desk
        .change(actor(who), move |sql, audit| {
            let before = components::get(sql, id)?.ok_or_else(missing)?;
            let after = typed(before.clone(), &fields, now)?;
            if !components::update(sql, &after, seen)? {
                return stale(seen, Some(before.version));
            }
            Ok(audit.changed(sql, SUBJECT, id, &before, &after)?)
        })
        .await
}

fn missing() -> Refusal {
    Refusal::not_found("there is no such component any more")
}

async fn shift(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<ComponentId>,
    fields: Fields,
) -> PageResult<Response> {
    let way = way(&fields)?;
    let change =
        app.desk.change(actor(&who), move |sql, audit| move_component(sql, audit, id, way));
    change.await?;
    Ok(saved(ADDRESS))
}

async fn remove(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<ComponentId>,
) -> PageResult<Response> {
    app.desk
        .change(actor(&who), move |sql, audit| {
            let before = components::get(sql, id)?.ok_or_else(missing)?;
            components::remove(sql, id)?;
            Ok(audit.deleted(sql, SUBJECT, id, &before)?)
        })
        .await?;
    Ok(saved(ADDRESS))
}

/// `POST …/condition`: whoever works on incidents says how a component is, or that nothing is
/// said of it any more.
async fn say(
    State(app): State<App>,
    Staff(who): Staff,
    Path(id): Path<ComponentId>,
    fields: Fields,
) -> PageResult<Response> {
    if !may_plan(who.viewer()) {
        let words = "whoever works on incidents says how components are";
        return Err(PageError::forbidden(words));
    }
    match tell(&app, &who, id, &fields).await {
        Ok(()) => Ok(saved(ADDRESS)),
        Err(trouble) => {
            let mut shown = draw::shown(All::of(&app).await?.get(id)?);
            for field in ["health", "reason", "until"] {
                shown = shown.with(field, fields.text(field));
            }
            again(&app, &who, id, &shown, trouble).await
        }
    }
}

async fn tell(app: &App, who: &SignedIn, id: ComponentId, fields: &Fields) -> Result<(), Trouble> {
    let now = app.desk.now();
    let said = spoken(id, &who.viewer().name, fields, &who.here, now)?;
    app.desk
        .change(actor(who), move |sql, audit| {
            components::get(sql, id)?.ok_or_else(missing)?;
            let before = conditions::of_component(sql, id, now)?;
            match &said {
                Some(said) => conditions::say(sql, said)?,
                None => {
                    conditions::end(sql, id, now)?;
                }
            }
            Ok(audit.changed(sql, "component condition", id, &before, &said)?)
        })
        .await
}

/// What a form says of a component; nothing when it says that its outages say it.
fn spoken(
    component: ComponentId,
    by: &str,
    fields: &Fields,
    here: &Here,
    now: Timestamp,
) -> Result<Option<Said>, Trouble> {
    let odd = |_| Refusal::invalid("health", "Choose one of the list");
    let health: Option<Health> =
        fields.filled("health").map(str::parse).transpose().map_err(odd)?;
    let Some(health) = health else { return Ok(None) };
    let until = fields.instant("until", here)?;
    if until.is_some_and(|until| until <= now) {
        return Err(Refusal::invalid("until", "This lies in the past").into());
    }
    Ok(Some(Said {
        component,
        health,
        reason: editing::text(fields, "reason", limits::REASON_CHARS)?,
        set_by: by.to_owned(),
        started_at: now,
        ended_at: until,
    }))
}
