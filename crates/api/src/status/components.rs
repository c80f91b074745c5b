//! Components of the status page, and how somebody says that one is.

use super::{Move, shift_once};
use crate::app::App;
use crate::auth::Caller;
use crate::directory::Directory;
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept::{self, Row, block, given, name};
use crate::once::Once;
use crate::page::{ListParams, Page, Params, page_of};
use crate::path::Path;
use crate::problem::Problem;
use crate::reference::References;
use crate::version::Seen;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::{Audit, Trouble};
use kernel::{ComponentGroupId, ComponentId, ServiceId, Timestamp, limits};
use map::Health;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::status::components::{self, Component};
use store::status::conditions::{self, Said};
use store::status::groups::{self, Group};
use store::status::page::{self, StatusPage};
use store::{Failure, Sql};
use utoipa::ToSchema;

/// What is said where a request names a heading that is not there.
const NO_SUCH_GROUP: &str = "is no component group, by name or id";

/// A component.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Component)]
struct Shown {
    #[schema(value_type = String)]
    id: ComponentId,
    name: String,
    description: String,
    /// The service whose outages are its own, by name.
    service: Option<String>,
    #[schema(value_type = Option<String>)]
    service_id: Option<ServiceId>,
    /// The heading it stands under, by name.
    group: Option<String>,
    #[schema(value_type = Option<String>)]
    group_id: Option<ComponentGroupId>,
    /// Where it stands among the others.
    position: i64,
    /// Whether only the internal page shows it.
    internal: bool,
    /// What somebody says of it by hand, while that holds.
    said: Option<SaidOf>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    version: i64,
}

/// What somebody says of a component.
#[derive(Debug, Serialize, ToSchema)]
struct SaidOf {
    /// `level`, `maintenance`, `degraded`, `partial` or `down`.
    #[schema(value_type = String)]
    health: Health,
    /// Why; internal.
    reason: String,
    by: String,
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// Until when; null until somebody ends it.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
}

/// A new component.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewComponent {
    /// Its name outside, unique under its heading whatever the case.
    name: String,
    #[serde(default)]
    description: String,
    /// The service whose outages are its own, by name or id.
    service: Option<String>,
    /// The heading it stands under, by name or id; a name that is not there yet is made one.
    group: Option<String>,
    /// Whether only the internal page shows it.
    #[serde(default)]
    internal: bool,
}

/// What to change of a component; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ComponentChange {
    name: Option<String>,
    description: Option<String>,
    /// Null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    service: Option<Option<String>>,
    /// By name or id; null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    group: Option<Option<String>>,
    internal: Option<bool>,
}

/// How a component is, whatever its outages say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Condition {
    /// `level`, `maintenance`, `degraded`, `partial` or `down`; null ends what was said.
    #[schema(value_type = Option<String>)]
    health: Option<Health>,
    /// Why; internal.
    #[serde(default)]
    reason: String,
    /// Until when; null until somebody ends it.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
}

pub(super) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/components", "listComponents", list)
            .about("status", "List the components of the status page", "In their order, the internal ones too.")
            .query::<ListParams>()
            .answers::<Page<Shown>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::post("/api/v1/components", "createComponent", create)
            .about("status", "Create a component", "For administrators. It stands behind the others. The first one that is not internal makes the page public, unless somebody has set the page up.")
            .body::<NewComponent>(json!({ "name": "Web shop", "service": "Storefront" }))
            .once()
            .answers::<Shown>(201, "The component.")
            .problems(&[400, 401, 403, 409, 413, 415, 422, 503]),
        Door::get("/api/v1/components/{id}", "readComponent", read)
            .about("status", "Read a component", "")
            .answers::<Shown>(200, "The component.")
            .problems(&[401, 403, 404, 503]),
        Door::patch("/api/v1/components/{id}", "changeComponent", change)
            .about("status", "Change a component", "For administrators.")
            .body::<ComponentChange>(json!({ "description": "Where customers order" }))
            .if_match()
            .answers::<Shown>(200, "The component as it is now.")
            .problems(&[400, 401, 403, 404, 409, 412, 413, 415, 422, 503]),
        Door::put("/api/v1/components/{id}/condition", "setComponentCondition", say)
            .about("status", "Say how a component is", "For whoever works on incidents. It holds whatever the outages of its service say, until it ends or somebody ends it.")
            .body::<Condition>(json!({ "health": "degraded", "reason": "The supplier's page says so", "until": "2026-11-23T18:00:00Z" }))
            .answers::<Shown>(200, "The component as it is now.")
            .problems(&[400, 401, 403, 404, 413, 415, 422, 503]),
        Door::post("/api/v1/components/{id}/move", "moveComponent", shift)
            .about("status", "Move a component past its neighbour", "For administrators. Neighbours stand under the same heading; nothing changes at either end.")
            .body::<Move>(json!({ "to": "up" }))
            .once()
            .answers_plainly(204, "", "It stands there.")
            .problems(&[400, 401, 403, 404, 413, 415, 422, 503]),
        Door::delete("/api/v1/components/{id}", "removeComponent", remove)
            .about("status", "Remove a component", "For administrators. What was said of it by hand is gone, too.")
            .if_match()
            .answers_plainly(204, "", "It is gone.")
            .problems(&[401, 403, 404, 412, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<ListParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let now = app.desk().now();
    let read = app.desk().read(move |sql| {
        Ok((components::list(sql)?, groups::list(sql)?, conditions::since(sql, now)?))
    });
    let (all, groups, said) = read.await?;
    let (found, next) = page_of(all, &params, |row| row.id, |row| &row.name)?;
    let names = Names { directory: app.directory().await?, groups };
    // The oldest first: what was said last of a component stays.
    let said = said.into_iter().filter(|one| one.started_at <= now);
    let mut said: BTreeMap<_, _> = said.map(|one| (one.component, one)).collect();
    let items = found.into_iter().map(|row| Shown::of(said.remove(&row.id), row, &names));
    Ok(json::answer(StatusCode::OK, &Page { items: items.collect(), next }))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<NewComponent>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let (new, now) = (body.value, app.desk().now());
    let references = References::of(&app, caller.viewer()).await?;
    let service = new.service.map(|text| references.service("service", &text)).transpose()?;
    let below = new.group.as_deref().map(|text| name("group", text)).transpose()?;
    let directory = references.directory().clone();
    let mut row = Component {
        id: ComponentId(desk::fresh()),
        name: name("name", &new.name)?,
        description: block("description", &new.description, desk::status::WORDS_CHARS)?,
        service,
        group: None,
        position: 0,
        internal: new.internal,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    kept::create(&app, &caller, once.of(&body.bytes), move |sql, audit| {
        desk::status::check_room(sql)?;
        row.group = below.map(|text| heading(sql, audit, text)).transpose()?;
        components::insert(sql, &row)?;
        audit.created(sql, Component::WHAT, row.id, &row)?;
        if !row.internal {
            open(sql, audit)?;
        }
        let made = components::get(sql, row.id)?.ok_or_else(|| kept::missing(Component::WHAT))?;
        Ok(shown(sql, made, now, directory)?)
    })
    .await
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    respond(&app, find(&id)?).await
}

async fn respond(app: &App, id: ComponentId) -> Result<Response, Problem> {
    let row: Component = kept::read(app, id).await?;
    let (version, now) = (row.version, app.desk().now());
    let directory = app.directory().await?;
    let shown = app.desk().read(move |sql| shown(sql, row, now, directory)).await?;
    Ok(kept::answer(&shown, version))
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
    body: Body<ComponentChange>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let (change, now, id) = (body.value, app.desk().now(), find(&id)?);
    let references = References::of(&app, caller.viewer()).await?;
    let new_name = change.name.as_deref().map(|text| name("name", text)).transpose()?;
    let words = change.description.as_deref();
    let words =
        words.map(|text| block("description", text, desk::status::WORDS_CHARS)).transpose()?;
    let of_service = |text: String| references.service("service", &text);
    let service = change.service.map(|text| text.map(of_service).transpose()).transpose()?;
    let groups = app.desk().read(groups::list).await?;
    let of_group = |text: String| known(&groups, &text).ok_or_else(no_such_group);
    let below = change.group.map(|text| text.map(of_group).transpose()).transpose()?;
    kept::change(&app, &caller, id, seen, move |before: &Component| {
        Ok(Component {
            name: new_name.unwrap_or_else(|| before.name.clone()),
            description: words.unwrap_or_else(|| before.description.clone()),
            service: service.unwrap_or(before.service),
            group: below.unwrap_or(before.group),
            internal: change.internal.unwrap_or(before.internal),
            updated_at: now,
            ..before.clone()
        })
    })
    .await?;
    respond(&app, id).await
}

async fn say(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body<Condition>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    if !desk::maintenance::may_plan(caller.viewer()) {
        return Err(Problem::forbidden("whoever works on incidents says how components are"));
    }
    let (said, now, id) = (body.value, app.desk().now(), find(&id)?);
    let reason = block("reason", &said.reason, limits::REASON_CHARS)?;
    if said.until.is_some_and(|until| until <= now) {
        return Err(Problem::invalid("until", "lies in the past"));
    }
    let by = caller.viewer().name.clone();
    let done = app.desk().change(caller.actor(), move |sql, audit| {
        components::get(sql, id)?.ok_or_else(|| kept::missing(Component::WHAT))?;
        let before = conditions::of_component(sql, id, now)?;
        match said.health {
            Some(health) => {
                let row = Said {
                    component: id,
                    health,
                    reason,
                    set_by: by,
                    started_at: now,
                    ended_at: said.until,
                };
                conditions::say(sql, &row)?;
            }
            None => {
                conditions::end(sql, id, now)?;
            }
        }
        let after = conditions::of_component(sql, id, now)?;
        Ok(audit.changed(sql, "component condition", id, &before, &after)?)
    });
    done.await?;
    respond(&app, id).await
}

async fn shift(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Path(id): Path<String>,
    body: Body<Move>,
) -> Result<StatusCode, Problem> {
    caller.must_configure()?;
    let (id, way) = (find(&id)?, body.value.way()?);
    shift_once(&app, &caller, once.of(&body.bytes), move |sql, audit| {
        desk::status::move_component(sql, audit, id, way)
    })
    .await
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
) -> Result<StatusCode, Problem> {
    caller.must_configure()?;
    let id = find(&id)?;
    let removed = app.desk().change(caller.actor(), move |sql, audit| {
        let before = components::get(sql, id)?.ok_or_else(|| kept::missing(Component::WHAT))?;
        kept::check_seen(seen.must_be, before.version)?;
        components::remove(sql, id)?;
        Ok(audit.deleted(sql, Component::WHAT, id, &before)?)
    });
    removed.await?;
    Ok(StatusCode::NO_CONTENT)
}

fn find(text: &str) -> Result<ComponentId, Problem> {
    text.parse().map_err(|_| kept::missing(Component::WHAT).into())
}

/// The heading that a request names, by name or id.
fn known(groups: &[Group], text: &str) -> Option<ComponentGroupId> {
    let (id, name) = (text.trim().parse::<ComponentGroupId>().ok(), text.trim().to_lowercase());
    let named = |group: &&Group| Some(group.id) == id || group.name.to_lowercase() == name;
    groups.iter().find(named).map(|group| group.id)
}

/// The heading that a new component names; one that is not there yet is made.
fn heading(sql: &mut dyn Sql, audit: &Audit, text: String) -> Result<ComponentGroupId, Trouble> {
    if let Some(id) = known(&groups::list(sql)?, &text) {
        return Ok(id);
    }
    if text.parse::<ComponentGroupId>().is_ok() {
        return Err(kept::invalid("group", NO_SUCH_GROUP));
    }
    desk::status::check_group_room(sql)?;
    let row = Group {
        id: ComponentGroupId(desk::fresh()),
        name: text,
        description: String::new(),
        position: 0,
        created_at: audit.now(),
        updated_at: audit.now(),
        version: 1,
    };
    groups::insert(sql, &row)?;
    audit.created(sql, Group::WHAT, row.id, &row)?;
    Ok(row.id)
}

/// Whoever makes something for the outside means it to be read there, unless somebody said how the
/// page is to be.
fn open(sql: &mut dyn Sql, audit: &Audit) -> Result<(), Trouble> {
    let before = page::get(sql)?;
    if before.version > 0 {
        return Ok(());
    }
    let public = StatusPage { public: true, ..before.value.clone() };
    let after = desk::status::accept(public, &before.value);
    kept::unless_stale(page::put(sql, &after, before.version)?, before.version)?;
    Ok(audit.changed(sql, "setting", page::STATUS_PAGE, &before.value, &after)?)
}

fn no_such_group() -> Problem {
    Problem::invalid("group", NO_SUCH_GROUP)
}

impl Row for Component {
    type Id = ComponentId;
    const WHAT: &'static str = "component";

    fn get(sql: &mut dyn Sql, id: ComponentId) -> Result<Option<Self>, Failure> {
        components::get(sql, id)
    }

    fn update(&self, sql: &mut dyn Sql) -> Result<bool, Trouble> {
        Ok(components::update(sql, self, self.version)?)
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn check(&self, sql: &mut dyn Sql, _: &Self, _: Timestamp) -> Result<(), Trouble> {
        match self.group {
            Some(id) if groups::get(sql, id)?.is_none() => {
                Err(kept::invalid("group", NO_SUCH_GROUP))
            }
            _ => Ok(()),
        }
    }
}

fn shown(
    sql: &mut dyn Sql,
    row: Component,
    now: Timestamp,
    directory: Arc<Directory>,
) -> Result<Shown, Failure> {
    let group = row.group.map(|id| groups::get(sql, id)).transpose()?.flatten();
    let names = Names { directory, groups: group.into_iter().collect() };
    Ok(Shown::of(conditions::of_component(sql, row.id, now)?, row, &names))
}

/// What components refer to, by name.
struct Names {
    directory: Arc<Directory>,
    groups: Vec<Group>,
}

impl Shown {
    fn of(said: Option<Said>, row: Component, names: &Names) -> Shown {
        let service = row.service.and_then(|id| names.directory.services.name(id));
        let group = names.groups.iter().find(|group| Some(group.id) == row.group);
        let said = said.map(|said| SaidOf {
            health: said.health,
            reason: said.reason,
            by: said.set_by,
            since: said.started_at,
            until: said.ended_at,
        });
        Shown {
            id: row.id,
            name: row.name,
            description: row.description,
            service: service.map(str::to_owned),
            service_id: row.service,
            group: group.map(|group| group.name.clone()),
            group_id: row.group,
            position: row.position,
            internal: row.internal,
            said,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}
