//! Categories: the tree by which incidents are classified.

use super::editing::{
    self, Problem, buttons, name_field, saved, saved_banner, stale, version_field,
};
use super::{Reads, Section, actor, row_page, section_page};
use crate::app::App;
use crate::auth::{Administrator, SignedIn};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::empty::empty;
use crate::part::form::Field;
use crate::part::icon::icon;
use crate::route::{get, post};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use kernel::{CategoryId, InOrder};
use maud::{Markup, html};
use std::collections::HashMap;
use store::directory::categories::{self, Category};

const SECTION: Section = Section::Categories;
const SUBJECT: &str = "category";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/categories", get(list).merge(post(create)))
        .route("/settings/categories/new", get(new))
        .route("/settings/categories/{id}", get(show).merge(post(change)))
}

async fn list(
    State(app): State<App>,
    Reads(who): Reads,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let all = app.desk.read(categories::list).await?;
    let action = who.viewer().configures().then(
        || html! { a.btn.btn-primary href=(SECTION.of("new")) { (icon("plus")) "New category" } },
    );
    let body = html! {
        (saved_banner(query.as_deref()))
        @if all.is_empty() {
            (empty("No categories yet", "They sort incidents by what they are about, such as “Network › Wireless”.", None))
        } @else {
            div.card { div.scroll-x tabindex="0" role="region" aria-label="Categories" { table.dt {
                thead { tr { th scope="col" { "Category" } th scope="col" { "In use" } } }
                tbody { @for (category, path) in in_order(&all) {
                    tr {
                        th scope="row" { a href=(SECTION.of(category.id)) { (path) } }
                        td { @if category.active { "yes" } @else { span.muted { "no" } } }
                    }
                } }
            } } }
        }
    };
    Ok(section_page(&who, SECTION, html! { "What incidents are about, as a tree." }, action, body))
}

/// Every category with its path, as a tree is read.
fn in_order(all: &[Category]) -> Vec<(&Category, String)> {
    let mut paths: HashMap<CategoryId, String> = categories::paths(all);
    let mut rows: Vec<(&Category, String)> = all
        .iter()
        .map(|category| (category, paths.remove(&category.id).unwrap_or_default()))
        .collect();
    rows.order_by_key(|(_, path)| path.to_lowercase());
    rows
}

async fn new(State(app): State<App>, Administrator(who): Administrator) -> PageResult<Markup> {
    let all = app.desk.read(categories::list).await?;
    Ok(page(&who, &all, None, &Fields::default(), &Problem::default(), html! {}))
}

async fn create(
    State(app): State<App>,
    Administrator(who): Administrator,
    fields: Fields,
) -> PageResult<Response> {
    let id = CategoryId(desk::fresh());
    match insert(&app, &who, id, &fields).await {
        Ok(()) => Ok(saved(&SECTION.address())),
        Err(trouble) => {
            let problem = Problem::of(&app, trouble, SUBJECT, id.to_string(), "name").await?;
            let all = app.desk.read(categories::list).await?;
            Ok((problem.status(), page(&who, &all, None, &fields, &problem, html! {}))
                .into_response())
        }
    }
}

async fn insert(app: &App, who: &SignedIn, id: CategoryId, fields: &Fields) -> Result<(), Trouble> {
    let category = Category {
        id,
        name: editing::name(fields)?,
        parent: editing::id(fields, "parent")?,
        active: true,
        version: 1,
    };
    app.desk
        .change(actor(who), move |sql, audit| {
            categories::insert(sql, &category)?;
            Ok(audit.created(sql, SUBJECT, id, &category)?)
        })
        .await
}

async fn show(
    State(app): State<App>,
    Reads(who): Reads,
    Path(id): Path<CategoryId>,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let all = app.desk.read(categories::list).await?;
    let category = all.iter().find(|category| category.id == id).ok_or(PageError::NotFound)?;
    Ok(page(
        &who,
        &all,
        Some(category),
        &shown(category),
        &Problem::default(),
        saved_banner(query.as_deref()),
    ))
}

async fn change(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<CategoryId>,
    fields: Fields,
) -> PageResult<Response> {
    match update(&app, &who, id, &fields).await {
        Ok(()) => Ok(saved(&SECTION.of(id))),
        Err(trouble) => {
            let problem = Problem::of(&app, trouble, SUBJECT, id.to_string(), "name").await?;
            let all = app.desk.read(categories::list).await?;
            let category =
                all.iter().find(|category| category.id == id).ok_or(PageError::NotFound)?;
            Ok((problem.status(), page(&who, &all, Some(category), &fields, &problem, html! {}))
                .into_response())
        }
    }
}

async fn update(app: &App, who: &SignedIn, id: CategoryId, fields: &Fields) -> Result<(), Trouble> {
    let seen = editing::version(fields)?;
    let (name, parent) = (editing::name(fields)?, editing::id(fields, "parent")?);
    let category =
        Category { id, name, parent, active: fields.ticked("active"), version: seen + 1 };
    app.desk
        .change(actor(who), move |sql, audit| {
            let before = categories::get(sql, id)?;
            let Some(before) = before.filter(|before| before.version == seen) else {
                return stale(seen, categories::get(sql, id)?.map(|now| now.version));
            };
            categories::update(sql, &category, seen)?;
            Ok(audit.changed(sql, SUBJECT, id, &before, &category)?)
        })
        .await
}

fn shown(category: &Category) -> Fields {
    let mut pairs = vec![("name".to_owned(), category.name.clone())];
    pairs.extend(category.parent.map(|parent| ("parent".to_owned(), parent.to_string())));
    pairs.extend(category.active.then(|| ("active".to_owned(), "1".to_owned())));
    Fields::of(pairs)
}

fn page(
    who: &SignedIn,
    all: &[Category],
    stored: Option<&Category>,
    fields: &Fields,
    problem: &Problem,
    banner: Markup,
) -> Markup {
    let address = stored.map_or_else(|| SECTION.address(), |category| SECTION.of(category.id));
    let title = stored.map_or("New category", |category| category.name.as_str());
    let top = std::iter::once((String::new(), "None, it stands at the top".to_owned()));
    let others = in_order(all)
        .into_iter()
        .filter(|(category, _)| stored.is_none_or(|stored| stored.id != category.id));
    let parents: Vec<(String, String)> =
        top.chain(others.map(|(category, path)| (category.id.to_string(), path))).collect();
    let body = html! {
        (banner)
        (problem.banner(who, &address))
        section.card { div.card-b {
            @if who.viewer().configures() {
                form.form method="post" action=(address) {
                    @if let Some(category) = stored { (version_field(problem.version(fields, category.version))) }
                    (name_field(fields, &problem.errors))
                    (Field::new("parent", "Stands below").errors(&problem.errors).select(&parents, fields.text("parent")))
                    @if stored.is_some() {
                        (editing::active_field(fields, "Out of use, it stays on the incidents that have it and is not offered any more."))
                    }
                    (buttons(if stored.is_some() { "Save" } else { "Make the category" }, &SECTION.address()))
                }
            } @else if let Some(category) = stored {
                dl.props {
                    div { dt { "Path" } dd { (categories::paths(all).remove(&category.id).unwrap_or_default()) } }
                    div { dt { "In use" } dd { @if category.active { "yes" } @else { "no" } } }
                }
            }
        } }
    };
    row_page(who, SECTION, title, html! {}, body)
}
