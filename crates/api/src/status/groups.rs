//! Headings that components of the status page stand under.

use super::{Move, shift_once};
use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept::{self, Row, block, name};
use crate::once::Once;
use crate::page::{ListParams, Page, Params, page_of};
use crate::path::Path;
use crate::problem::Problem;
use crate::version::Seen;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::Trouble;
use kernel::{ComponentGroupId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::status::groups::{self, Group};
use store::{Failure, Sql};
use utoipa::ToSchema;

/// A heading.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ComponentGroup)]
struct Shown {
    #[schema(value_type = String)]
    id: ComponentGroupId,
    name: String,
    description: String,
    /// Where it stands among the others.
    position: i64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    version: i64,
}

/// A new heading.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewComponentGroup {
    /// Its name, unique whatever the case.
    name: String,
    #[serde(default)]
    description: String,
}

/// What to change of a heading; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ComponentGroupChange {
    name: Option<String>,
    description: Option<String>,
}

pub(super) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/component-groups", "listComponentGroups", list)
            .about("status", "List the headings of components", "In their order.")
            .query::<ListParams>()
            .answers::<Page<Shown>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::post("/api/v1/component-groups", "createComponentGroup", create)
            .about("status", "Create a heading of components", "For administrators.")
            .body::<NewComponentGroup>(json!({ "name": "Warehouses" }))
            .once()
            .answers::<Shown>(201, "The heading.")
            .problems(&[400, 401, 403, 409, 413, 415, 422, 503]),
        Door::get("/api/v1/component-groups/{id}", "readComponentGroup", read)
            .about("status", "Read a heading of components", "")
            .answers::<Shown>(200, "The heading.")
            .problems(&[401, 403, 404, 503]),
        Door::patch("/api/v1/component-groups/{id}", "changeComponentGroup", change)
            .about("status", "Change a heading of components", "For administrators.")
            .body::<ComponentGroupChange>(json!({ "name": "Depots" }))
            .if_match()
            .answers::<Shown>(200, "The heading as it is now.")
            .problems(&[400, 401, 403, 404, 409, 412, 413, 415, 422, 503]),
        Door::post("/api/v1/component-groups/{id}/move", "moveComponentGroup", shift)
            .about(
                "status",
                "Move a heading past its neighbour",
                "For administrators. Nothing changes at either end.",
            )
            .body::<Move>(json!({ "to": "up" }))
            .once()
            .answers_plainly(204, "", "It stands there.")
            .problems(&[400, 401, 403, 404, 413, 415, 422, 503]),
        Door::delete("/api/v1/component-groups/{id}", "removeComponentGroup", remove)
            .about(
                "status",
                "Remove a heading",
                "For administrators. Its components stand alone then.",
            )
            .if_match()
            .answers_plainly(204, "", "It is gone.")
            .problems(&[401, 403, 404, 409, 412, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<ListParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let all = app.desk().read(groups::list).await?;
    let (found, next) = page_of(all, &params, |row| row.id, |row| &row.name)?;
    let items: Vec<Shown> = found.into_iter().map(Shown::of).collect();
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<NewComponentGroup>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let now = app.desk().now();
    let row = Group {
        id: ComponentGroupId(desk::fresh()),
        name: name("name", &body.value.name)?,
        description: block("description", &body.value.description, desk::status::WORDS_CHARS)?,
        position: 0,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    kept::create(&app, &caller, once.of(&body.bytes), move |sql, audit| {
        desk::status::check_group_room(sql)?;
        groups::insert(sql, &row)?;
        audit.created(sql, Group::WHAT, row.id, &row)?;
        let made = groups::get(sql, row.id)?.ok_or_else(|| kept::missing(Group::WHAT))?;
        Ok(Shown::of(made))
    })
    .await
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let row: Group = kept::read(&app, find(&id)?).await?;
    let version = row.version;
    Ok(kept::answer(&Shown::of(row), version))
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
    body: Body<ComponentGroupChange>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let (change, now) = (body.value, app.desk().now());
    let new_name = change.name.as_deref().map(|text| name("name", text)).transpose()?;
    let words = change.description.as_deref();
    let words =
        words.map(|text| block("description", text, desk::status::WORDS_CHARS)).transpose()?;
    let row = kept::change(&app, &caller, find(&id)?, seen, move |before: &Group| {
        Ok(Group {
            name: new_name.unwrap_or_else(|| before.name.clone()),
            description: words.unwrap_or_else(|| before.description.clone()),
            updated_at: now,
            ..before.clone()
        })
    })
    .await?;
    let version = row.version;
    Ok(kept::answer(&Shown::of(row), version))
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
        desk::status::move_group(sql, audit, id, way)
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
        let before = groups::get(sql, id)?.ok_or_else(|| kept::missing(Group::WHAT))?;
        kept::check_seen(seen.must_be, before.version)?;
        groups::remove(sql, id)?;
        Ok(audit.deleted(sql, Group::WHAT, id, &before)?)
    });
    removed.await?;
    Ok(StatusCode::NO_CONTENT)
}

fn find(text: &str) -> Result<ComponentGroupId, Problem> {
    text.parse().map_err(|_| kept::missing(Group::WHAT).into())
}

impl Row for Group {
    type Id = ComponentGroupId;
    const WHAT: &'static str = "component group";

    fn get(sql: &mut dyn Sql, id: ComponentGroupId) -> Result<Option<Self>, Failure> {
        groups::get(sql, id)
    }

    fn update(&self, sql: &mut dyn Sql) -> Result<bool, Trouble> {
        Ok(groups::update(sql, self, self.version)?)
    }

    fn version(&self) -> i64 {
        self.version
    }
}

impl Shown {
    fn of(row: Group) -> Shown {
        Shown {
            id: row.id,
            name: row.name,
            description: row.description,
            position: row.position,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}
