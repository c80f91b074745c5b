//! Incident models: what a kind of incident that comes again needs, and in which order
//! they are offered.

mod draw;
mod form;

use super::editing::{self, Problem, saved, saved_banner, stale};
use super::{Reads, Section, actor, section_page};
use crate::app::App;
use crate::auth::{Administrator, SignedIn};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::empty::empty;
use crate::part::icon::icon;
use crate::route::{get, post};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use draw::page;
use incident::Refusal;
use incident::models::Model;
use kernel::{ModelId, limits};
use maud::{Markup, html};
use store::Sql;
use store::directory::{models, policy};

const SECTION: Section = Section::Models;
const SUBJECT: &str = "model";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/models", get(list).merge(post(create)))
        .route("/settings/models/new", get(new))
        .route("/settings/models/{id}", get(show).merge(post(change)))
        .route("/settings/models/{id}/move", post(move_it))
}

async fn list(State(app): State<App>, Reads(who): Reads) -> PageResult<Markup> {
    let all = app.desk.read(models::list).await?;
    let edits = who.viewer().configures();
    let action = edits.then(
        || html! { a.btn.btn-primary href=(SECTION.of("new")) { (icon("plus")) "New model" } },
    );
    let body = html! {
        @if all.is_empty() {
            (empty("No incident models yet", "A model holds what the same kind of incident needs each time: service, category, tasks, runbook.", None))
        } @else {
            div.card { (table(&all, edits)) }
        }
    };
    let lead = html! { "What a kind of incident that comes again needs: who gets it, what to ask, the tasks and the runbook. In the order in which they are offered." };
    Ok(section_page(&who, SECTION, lead, action, body))
}

fn table(all: &[Model], edits: bool) -> Markup {
    html! {
        div.scroll-x tabindex="0" role="region" aria-label="Incident models in their order" {
            table.dt {
                thead { tr {
                    th.num scope="col" { "Order" } th scope="col" { "Model" } th scope="col" { "When to use it" }
                    th.num scope="col" { "Tasks" } th scope="col" { "Runbook" } th scope="col" { "Portal" } th scope="col" { "In use" }
                    @if edits { th scope="col" { span.vh { "Actions" } } }
                } }
                tbody { @for (at, model) in all.iter().enumerate() {
                    tr {
                        td.num { (at + 1) }
                        th scope="row" { a href=(SECTION.of(model.id)) { (model.name) } }
                        td { (model.about) }
                        td.num { (model.gives.tasks.len()) }
                        td { (yes(!model.gives.runbook.is_empty())) }
                        td { (yes(model.portal)) }
                        td { (yes(model.active)) }
                        @if edits { td.num { (movers(model, at, all.len())) } }
                    }
                } }
            }
        }
    }
}

fn yes(it_is: bool) -> Markup {
    html! { @if it_is { "yes" } @else { span.muted { "no" } } }
}

fn movers(model: &Model, at: usize, count: usize) -> Markup {
    let button = |to: &str, symbol: &'static str, place: usize| {
        html! {
            form method="post" action={ (SECTION.of(model.id)) "/move" } {
                input type="hidden" name="place" value=(place);
                button.btn.btn-sm.btn-quiet.btn-ic type="submit" aria-label={ "Move " (model.name) " " (to) } { (icon(symbol)) }
            }
        }
    };
    html! {
        div.btns.btns-n {
            @if at > 0 { (button("up", "up", at)) }
            @if at + 1 < count { (button("down", "down", at + 2)) }
        }
    }
}

async fn new(State(app): State<App>, Administrator(who): Administrator) -> Markup {
    let none = Problem::default();
    page(&who, &app.desk.policy(), None, &Fields::default(), &none, html! {})
}

async fn create(
    State(app): State<App>,
    Administrator(who): Administrator,
    fields: Fields,
) -> PageResult<Response> {
    let id = ModelId(desk::fresh());
    match insert(&app, &who, id, &fields).await {
        Ok(()) => Ok(saved(&SECTION.of(id))),
        Err(trouble) => again(&app, &who, None, &fields, trouble).await,
    }
}

async fn insert(app: &App, who: &SignedIn, id: ModelId, fields: &Fields) -> Result<(), Trouble> {
    let typed = form::typed(id, fields, 1)?;
    let model = Model { active: true, place: i64::MAX, ..typed };
    app.desk
        .change(actor(who), move |sql, audit| {
            check(sql, &model)?;
            if models::list(sql)?.len() >= limits::MODELS {
                let words = format!("There are {} models, the most there can be", limits::MODELS);
                return Err(Refusal::invalid("name", words).into());
            }
            models::insert(sql, &model)?;
            models::put_at(sql, id, model.place)?;
            let made = models::get(sql, id)?;
            Ok(audit.created(sql, SUBJECT, id, &made)?)
        })
        .await
}

/// Refuses a model that could not be applied, with every field at fault.
fn check(sql: &mut dyn Sql, model: &Model) -> Result<(), Trouble> {
    let mut faults = model.faults(&policy::load(sql)?);
    for fault in &mut faults {
        // The tasks are one field of the form.
        if let Some(("tasks", at)) = fault.field.split_once('.') {
            let line =
                at.parse::<usize>().map_or_else(|_| at.to_owned(), |at| (at + 1).to_string());
            fault.message = format!("line {line} {}", fault.message);
            fault.field = "tasks".to_owned();
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Trouble::Faults(faults)) }
}

/// The form again, with what is wrong.
async fn again(
    app: &App,
    who: &SignedIn,
    id: Option<ModelId>,
    fields: &Fields,
    trouble: Trouble,
) -> PageResult<Response> {
    let name = id.map(|id| id.to_string()).unwrap_or_default();
    let problem = Problem::of(app, trouble, SUBJECT, name, "name").await?;
    let stored = match id {
        Some(id) => Some(read(app, id).await?),
        None => None,
    };
    let page = page(who, &app.desk.policy(), stored.as_ref(), fields, &problem, html! {});
    Ok((problem.status(), page).into_response())
}

async fn read(app: &App, id: ModelId) -> PageResult<Model> {
    app.desk.read(move |sql| models::get(sql, id)).await?.ok_or(PageError::NotFound)
}

async fn show(
    State(app): State<App>,
    Reads(who): Reads,
    Path(id): Path<ModelId>,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let stored = read(&app, id).await?;
    let above = saved_banner(query.as_deref());
    let fields = form::shown(&stored);
    let none = Problem::default();
    Ok(page(&who, &app.desk.policy(), Some(&stored), &fields, &none, above))
}

async fn change(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<ModelId>,
    fields: Fields,
) -> PageResult<Response> {
    match update(&app, &who, id, &fields).await {
        Ok(()) => Ok(saved(&SECTION.of(id))),
        Err(trouble) => again(&app, &who, Some(id), &fields, trouble).await,
    }
}

async fn update(app: &App, who: &SignedIn, id: ModelId, fields: &Fields) -> Result<(), Trouble> {
    let seen = editing::version(fields)?;
    let model = form::typed(id, fields, seen + 1)?;
    app.desk
        .change(actor(who), move |sql, audit| {
            let before = models::get(sql, id)?;
            let Some(before) = before.filter(|before| before.version == seen) else {
                return stale(seen, models::get(sql, id)?.map(|now| now.version));
            };
            // One that names what is gone can be taken out of use as it is.
            if model.active || model.gives != before.gives {
                check(sql, &model)?;
            }
            let model = Model { place: before.place, ..model };
            models::update(sql, &model, seen)?;
            Ok(audit.changed(sql, SUBJECT, id, &before, &model)?)
        })
        .await
}

async fn move_it(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<ModelId>,
    fields: Fields,
) -> PageResult<Response> {
    let place: i64 = fields.text("place").parse().unwrap_or(i64::MAX);
    app.desk
        .change(actor(&who), move |sql, audit| {
            let missing = || Refusal::not_found("there is no such incident model");
            let before = models::get(sql, id)?.ok_or_else(missing)?;
            models::put_at(sql, id, place)?;
            let after = models::get(sql, id)?;
            Ok(audit.changed(sql, SUBJECT, id, &before, &after)?)
        })
        .await?;
    Ok(saved(&SECTION.address()))
}
