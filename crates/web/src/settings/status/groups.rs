//! Headings that components stand under.

use super::components::{ADDRESS as LIST, SECTION};
use super::way;
use crate::app::App;
use crate::auth::{Administrator, SignedIn};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::form::Field;
use crate::part::icon::icon;
use crate::route::{get, post};
use crate::settings::editing::{self, Problem, buttons, name_field, saved, stale, version_field};
use crate::settings::{actor, row_page};
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use desk::status::{WORDS_CHARS, move_group};
use incident::Refusal;
use kernel::{ComponentGroupId, Timestamp};
use maud::{Markup, html};
use store::Failure;
use store::status::groups::{self, Group};

/// Where they are; they are listed with their components.
pub(super) const ADDRESS: &str = "/settings/component-groups";
const SUBJECT: &str = "component group";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(ADDRESS, post(create))
        .route("/settings/component-groups/new", get(new))
        .route("/settings/component-groups/{id}", get(show).merge(post(change)))
        .route("/settings/component-groups/{id}/move", post(shift))
        .route("/settings/component-groups/{id}/remove", post(remove))
}

async fn new(Administrator(who): Administrator) -> Markup {
    page(&who, None, &Fields::default(), &Problem::default())
}

async fn create(
    State(app): State<App>,
    Administrator(who): Administrator,
    fields: Fields,
) -> PageResult<Response> {
    let id = ComponentGroupId(desk::fresh());
    match insert(&app, &who, id, &fields).await {
        Ok(()) => Ok(saved(LIST)),
        Err(trouble) => {
            let problem = Problem::of(&app, trouble, SUBJECT, id.to_string(), "name").await?;
            Ok((problem.status(), page(&who, None, &fields, &problem)).into_response())
        }
    }
}

fn typed(before: Group, fields: &Fields, now: Timestamp) -> Result<Group, Trouble> {
    Ok(Group {
        name: editing::name(fields)?,
        description: editing::text(fields, "description", WORDS_CHARS)?,
        updated_at: now,
        ..before
    })
}

async fn insert(
    app: &App,
    who: &SignedIn,
    id: ComponentGroupId,
    fields: &Fields,
) -> Result<(), Trouble> {
    let now = app.desk.now();
    let blank = Group {
        id,
        name: String::new(),
        description: String::new(),
        position: 0,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let row = typed(blank, fields, now)?;
    app.desk
        .change(actor(who), move |sql, audit| {
            desk::status::check_group_room(sql)?;
            groups::insert(sql, &row)?;
            Ok(audit.created(sql, SUBJECT, id, &row)?)
        })
        .await
}

async fn stored(app: &App, id: ComponentGroupId) -> PageResult<Group> {
    app.desk.read(move |sql| groups::get(sql, id)).await?.ok_or(PageError::NotFound)
}

async fn show(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<ComponentGroupId>,
) -> PageResult<Markup> {
    let group = stored(&app, id).await?;
    let pairs = [("name", group.name.clone()), ("description", group.description.clone())];
    let pairs = pairs.into_iter().map(|(name, value)| (name.to_owned(), value));
    Ok(page(&who, Some(&group), &Fields::of(pairs.collect()), &Problem::default()))
}

async fn change(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<ComponentGroupId>,
    fields: Fields,
) -> PageResult<Response> {
    match update(&app, &who, id, &fields).await {
        Ok(()) => Ok(saved(LIST)),
        Err(trouble) => {
            let problem = Problem::of(&app, trouble, SUBJECT, id.to_string(), "name").await?;
            let group = stored(&app, id).await?;
            Ok((problem.status(), page(&who, Some(&group), &fields, &problem)).into_response())
        }
    }
}

async fn update(
    app: &App,
    who: &SignedIn,
    id: ComponentGroupId,
    fields: &Fields,
) -> Result<(), Trouble> {
    let (seen, now, fields) = (editing::version(fields)?, app.desk.now(), fields.clone());
    app.desk
        .change(actor(who), move |sql, audit| {
            let before = groups::get(sql, id)?.ok_or_else(missing)?;
            let after = typed(before.clone(), &fields, now)?;
            if !groups::update(sql, &after, seen)? {
                return stale(seen, Some(before.version));
            }
            Ok(audit.changed(sql, SUBJECT, id, &before, &after)?)
        })
        .await
}

fn missing() -> Refusal {
    Refusal::not_found("there is no such group any more")
}

async fn shift(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<ComponentGroupId>,
    fields: Fields,
) -> PageResult<Response> {
    let way = way(&fields)?;
    app.desk.change(actor(&who), move |sql, audit| move_group(sql, audit, id, way)).await?;
    Ok(saved(LIST))
}

async fn remove(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<ComponentGroupId>,
) -> PageResult<Response> {
    let removed = app.desk.change(actor(&who), move |sql, audit| {
        let before = groups::get(sql, id)?.ok_or_else(missing)?;
        groups::remove(sql, id)?;
        Ok(audit.deleted(sql, SUBJECT, id, &before)?)
    });
    match removed.await {
        Err(Trouble::Failed(Failure::Exists(_))) => {
            let words = "a component of it has the name of one without a group; rename one first";
            Err(PageError::invalid(words))
        }
        other => {
            other?;
            Ok(saved(LIST))
        }
    }
}

fn page(who: &SignedIn, stored: Option<&Group>, fields: &Fields, problem: &Problem) -> Markup {
    let action =
        stored.map_or_else(|| ADDRESS.to_owned(), |group| format!("{ADDRESS}/{}", group.id));
    let title = stored.map_or("New group", |group| group.name.as_str());
    let errors = &problem.errors;
    let body = html! {
        (problem.banner(who, &action))
        section.card { div.card-b {
            form.form method="post" action=(action) {
                @if let Some(group) = stored { (version_field(problem.version(fields, group.version))) }
                (name_field(fields, errors))
                (Field::new("description", "What it is").hint("For people outside. May be empty.").errors(errors).textarea(2, fields.text("description")))
                (buttons(if stored.is_some() { "Save" } else { "Make the group" }, LIST))
            }
        } }
        @if stored.is_some() {
            form method="post" action={ (action) "/remove" } {
                button.btn.btn-sm type="submit" { (icon("trash")) "Remove the group" }
            }
            p.meta { "Its components stand alone then." }
        }
    };
    row_page(who, SECTION, title, html! {}, body)
}
