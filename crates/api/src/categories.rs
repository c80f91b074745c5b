//! Categories: the tree that incidents are classified by.

use crate::app::App;
use crate::auth::Caller;
use crate::directory::Directory;
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept::{self, Row, given, name};
use crate::once::Once;
use crate::page::{ListParams, Page, Params, page_of};
use crate::path::Path;
use crate::problem::Problem;
use crate::reference::References;
use crate::version::Seen;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::Trouble;
use kernel::{CategoryId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashMap;
use store::directory::{self as rows, categories};
use store::{Failure, Sql};
use utoipa::ToSchema;

/// A category. Requesters see those in use.
#[derive(Debug, Serialize, ToSchema)]
struct Category {
    #[schema(value_type = String)]
    id: CategoryId,
    name: String,
    /// The name of the category above it.
    parent: Option<String>,
    #[schema(value_type = Option<String>)]
    parent_id: Option<CategoryId>,
    /// Its name with those above it, such as "Network › Wireless".
    path: String,
    /// Whether incidents can name it.
    active: bool,
    version: i64,
}

/// A new category.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCategory {
    /// Its name, unique below its parent whatever the case.
    name: String,
    /// The category above it, by name, path or id.
    parent: Option<String>,
}

/// What to change of a category; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CategoryChange {
    name: Option<String>,
    /// Null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    parent: Option<Option<String>>,
    active: Option<bool>,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/categories", "listCategories", list)
            .about(
                "categories",
                "List categories",
                "By name, those out of use too. Requesters see those in use.",
            )
            .query::<ListParams>()
            .answers::<Page<Category>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::post("/api/v1/categories", "createCategory", create)
            .about("categories", "Create a category", "For administrators.")
            .body::<NewCategory>(json!({ "name": "Wireless", "parent": "Network" }))
            .once()
            .answers::<Category>(201, "The category.")
            .problems(&[400, 401, 403, 409, 413, 415, 422, 503]),
        Door::get("/api/v1/categories/{category}", "readCategory", read)
            .about("categories", "Read a category", "Requesters read those in use.")
            .answers::<Category>(200, "The category.")
            .problems(&[401, 403, 404, 503]),
        Door::patch("/api/v1/categories/{category}", "changeCategory", change)
            .about("categories", "Change a category", "For administrators.")
            .body::<CategoryChange>(json!({ "name": "Wi-Fi" }))
            .if_match()
            .answers::<Category>(200, "The category as it is now.")
            .problems(&[400, 401, 403, 404, 409, 412, 413, 415, 422, 503]),
        Door::delete("/api/v1/categories/{category}", "removeCategory", remove)
            .about(
                "categories",
                "Take a category out of use",
                "For administrators. Refused while categories in use stand below it.",
            )
            .if_match()
            .answers_plainly(204, "", "It is out of use; history keeps its name.")
            .problems(&[401, 403, 404, 409, 412, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<ListParams>,
) -> Result<Response, Problem> {
    caller.must_read()?;
    let staff = caller.viewer().is_staff();
    let all = app.desk().read(categories::list).await?;
    let tree = Tree::of(&all);
    let seen = all.into_iter().filter(|category| staff || category.active).collect();
    let (found, next) = page_of(seen, &params, |row| row.id, |row| &row.name)?;
    let items = found.into_iter().map(|row| tree.shown(row)).collect();
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<NewCategory>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let references = References::of(&app, caller.viewer()).await?;
    let parent = body.value.parent.map(|text| references.category("parent", &text)).transpose()?;
    let row = rows::Category {
        id: CategoryId(desk::fresh()),
        name: name("name", &body.value.name)?,
        parent,
        active: true,
        version: 1,
    };
    kept::create(&app, &caller, once.of(&body.bytes), move |sql, audit| {
        categories::insert(sql, &row)?;
        audit.created(sql, "category", row.id, &row)?;
        Ok(Tree::of(&categories::list(sql)?).shown(row))
    })
    .await
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(category): Path<String>,
) -> Result<Response, Problem> {
    caller.must_read()?;
    let id = find(&*app.directory().await?, &category)?;
    let row: rows::Category = kept::read(&app, id).await?;
    if !caller.viewer().is_staff() && !row.active {
        return Err(kept::missing(rows::Category::WHAT).into());
    }
    respond(&app, row).await
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(category): Path<String>,
    seen: Seen,
    body: Body<CategoryChange>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let references = References::of(&app, caller.viewer()).await?;
    let id = find(references.directory(), &category)?;
    let change = body.value;
    let new_name = change.name.as_deref().map(|text| name("name", text)).transpose()?;
    let parent =
        change.parent.map(|text| text.map(|text| references.category("parent", &text)).transpose());
    let parent = parent.transpose()?;
    let row = kept::change(&app, &caller, id, seen, move |before: &rows::Category| {
        Ok(rows::Category {
            name: new_name.unwrap_or_else(|| before.name.clone()),
            parent: parent.unwrap_or(before.parent),
            active: change.active.unwrap_or(before.active),
            ..before.clone()
        })
    })
    .await?;
    respond(&app, row).await
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(category): Path<String>,
    seen: Seen,
) -> Result<StatusCode, Problem> {
    caller.must_configure()?;
    let id = find(&*app.directory().await?, &category)?;
    kept::retire(&app, &caller, id, seen, |row: &mut rows::Category| row.active = false).await
}

fn find(directory: &Directory, text: &str) -> Result<CategoryId, Problem> {
    match directory.category_paths.any(text) {
        Some(id) => Ok(id),
        None => directory.categories.find(rows::Category::WHAT, text),
    }
}

async fn respond(app: &App, row: rows::Category) -> Result<Response, Problem> {
    let tree = Tree::of(&app.desk().read(categories::list).await?);
    let version = row.version;
    Ok(kept::answer(&tree.shown(row), version))
}

impl Row for rows::Category {
    type Id = CategoryId;
    const WHAT: &'static str = "category";

    fn get(sql: &mut dyn Sql, id: CategoryId) -> Result<Option<Self>, Failure> {
        categories::get(sql, id)
    }

    fn update(&self, sql: &mut dyn Sql) -> Result<bool, Trouble> {
        match categories::update(sql, self, self.version) {
            Err(Failure::Reference(_)) => {
                Err(kept::invalid("parent", "is the category itself, or stands below it"))
            }
            updated => Ok(updated?),
        }
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn check(&self, sql: &mut dyn Sql, before: &Self, _: Timestamp) -> Result<(), Trouble> {
        let ends = before.active && !self.active;
        let below = |other: &rows::Category| other.active && other.parent == Some(self.id);
        match categories::list(sql)?.into_iter().find(|other| ends && below(other)) {
            Some(rows::Category { name, .. }) => {
                Err(kept::conflict(format!("{name} stands below this category; move it first")))
            }
            None => Ok(()),
        }
    }
}

/// Names and paths of all categories.
struct Tree {
    names: HashMap<CategoryId, String>,
    paths: HashMap<CategoryId, String>,
}

impl Tree {
    fn of(all: &[rows::Category]) -> Self {
        let names = all.iter().map(|category| (category.id, category.name.clone())).collect();
        Tree { names, paths: categories::paths(all) }
    }

    fn shown(&self, row: rows::Category) -> Category {
        Category {
            id: row.id,
            parent: row.parent.and_then(|id| self.names.get(&id)).cloned(),
            parent_id: row.parent,
            path: self.paths.get(&row.id).unwrap_or(&row.name).clone(),
            name: row.name,
            active: row.active,
            version: row.version,
        }
    }
}
