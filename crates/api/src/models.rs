//! Incident models: what a kind of incident that comes again needs.

mod fields;

use crate::app::App;
use crate::auth::Caller;
use crate::directory::Directory;
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept::{self, Row};
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
use fields::ModelFields;
use incident::models::{Gives, Model};
use kernel::{Level, ModelId, Timestamp, limits};
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use store::directory::{models, policy};
use store::{Failure, Sql};
use utoipa::ToSchema;

/// An incident model.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Model)]
struct Shown {
    #[schema(value_type = String)]
    id: ModelId,
    name: String,
    /// When to use it.
    about: String,
    /// Models are offered in rising place, from 1.
    place: i64,
    /// Whether it is in use.
    active: bool,
    /// Whether requesters may report with it.
    portal: bool,
    /// A title to start from.
    title: String,
    /// What to ask, as a description that the reporter completes on screen.
    description: String,
    service: Option<String>,
    category: Option<String>,
    #[schema(value_type = Option<u8>, minimum = 1, maximum = 3)]
    impact: Option<Level>,
    #[schema(value_type = Option<u8>, minimum = 1, maximum = 3)]
    urgency: Option<Level>,
    team: Option<String>,
    tags: BTreeSet<String>,
    fields: BTreeMap<String, String>,
    /// Titles of its tasks, in their order.
    tasks: Vec<String>,
    /// How it is restored, step by step.
    runbook: String,
    version: i64,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/models", "listModels", list)
            .about("models", "List incident models", "In the order in which they are offered, those out of use too.")
            .query::<ListParams>()
            .answers::<Page<Shown>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::post("/api/v1/models", "createModel", create)
            .about("models", "Create an incident model", "For administrators. It gives an incident what nobody has said, its tasks, and its runbook as it is when it is applied.")
            .body::<ModelFields>(json!({
                "name": "Label printer prints nothing",
                "about": "One printer; for a whole hall report the warehouse network.",
                "portal": true,
                "title": "Label printer prints nothing",
                "description": "Which printer? What does its display say?",
                "service": "Label Printing",
                "urgency": 2,
                "tags": ["printer"],
                "tasks": ["Print a test page", "Change the head"],
                "runbook": "1. Ask for the code on the display.\n2. Print a test page from the server.",
            }))
            .once()
            .answers::<Shown>(201, "The model.")
            .problems(&[400, 401, 403, 409, 413, 415, 422, 503]),
        Door::get("/api/v1/models/{id}", "readModel", read)
            .about("models", "Read an incident model", "By id or name.")
            .answers::<Shown>(200, "The model.")
            .problems(&[401, 403, 404, 503]),
        Door::patch("/api/v1/models/{id}", "changeModel", change)
            .about("models", "Change an incident model", "For administrators. Incidents keep what they were given.")
            .body::<ModelFields>(json!({ "urgency": 1, "team": null }))
            .if_match()
            .answers::<Shown>(200, "The model as it is now.")
            .problems(&[400, 401, 403, 404, 409, 412, 413, 415, 422, 503]),
        Door::delete("/api/v1/models/{id}", "removeModel", remove)
            .about("models", "Take an incident model out of use", "For administrators.")
            .if_match()
            .answers_plainly(204, "", "It is out of use; incidents keep what it gave them.")
            .problems(&[401, 403, 404, 412, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<ListParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let all = app.desk().read(models::list).await?;
    let (found, next) = page_of(all, &params, |model| model.id, |model| &model.name)?;
    let directory = app.directory().await?;
    let items = found.into_iter().map(|model| show(model, &directory)).collect();
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<ModelFields>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let references = References::of(&app, caller.viewer()).await?;
    let blank = Model {
        id: ModelId(desk::fresh()),
        name: String::new(),
        about: String::new(),
        place: i64::MAX,
        active: true,
        portal: false,
        gives: Gives::default(),
        version: 1,
    };
    let model = body.value.read(&references)?.over(&blank);
    let directory = references.directory().clone();
    kept::create(&app, &caller, once.of(&body.bytes), move |sql, audit| {
        check(sql, &model)?;
        if models::list(sql)?.len() >= limits::MODELS {
            let most = limits::MODELS;
            return Err(kept::invalid("name", format!("is one too many: there are {most} models")));
        }
        models::insert(sql, &model)?;
        models::put_at(sql, model.id, model.place)?;
        let model = models::get(sql, model.id)?.ok_or_else(|| kept::missing(Model::WHAT))?;
        audit.created(sql, Model::WHAT, model.id, &model)?;
        Ok(show(model, &directory))
    })
    .await
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(model): Path<String>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let id = app.directory().await?.models.find(Model::WHAT, &model)?;
    respond(&app, kept::read(&app, id).await?).await
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(model): Path<String>,
    seen: Seen,
    body: Body<ModelFields>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let references = References::of(&app, caller.viewer()).await?;
    let id = references.directory().models.find(Model::WHAT, &model)?;
    let change = body.value.read(&references)?;
    let made = move |before: &Model| Ok(change.over(before));
    respond(&app, kept::change(&app, &caller, id, seen, made).await?).await
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(model): Path<String>,
    seen: Seen,
) -> Result<StatusCode, Problem> {
    caller.must_configure()?;
    let id = app.directory().await?.models.find(Model::WHAT, &model)?;
    kept::retire(&app, &caller, id, seen, |model: &mut Model| model.active = false).await
}

async fn respond(app: &App, model: Model) -> Result<Response, Problem> {
    let version = model.version;
    Ok(kept::answer(&show(model, &*app.directory().await?), version))
}

/// Refuses a model that could not be applied, naming every field at fault.
fn check(sql: &mut dyn Sql, model: &Model) -> Result<(), Trouble> {
    let faults = model.faults(&policy::load(sql)?);
    if faults.is_empty() { Ok(()) } else { Err(Trouble::Faults(faults)) }
}

impl Row for Model {
    type Id = ModelId;
    const WHAT: &'static str = "model";

    fn get(sql: &mut dyn Sql, id: ModelId) -> Result<Option<Self>, Failure> {
        models::get(sql, id)
    }

    fn update(&self, sql: &mut dyn Sql) -> Result<bool, Trouble> {
        let updated = models::update(sql, self, self.version)?;
        models::put_at(sql, self.id, self.place)?;
        Ok(updated)
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn check(&self, sql: &mut dyn Sql, before: &Self, _: Timestamp) -> Result<(), Trouble> {
        // One that names what is gone can be taken out of use as it is.
        let same = self.gives == before.gives && self.name == before.name;
        if !self.active && same { Ok(()) } else { check(sql, self) }
    }
}

fn show(model: Model, directory: &Directory) -> Shown {
    let gives = model.gives;
    let named = |name: Option<&str>, id: String| name.map_or(id, str::to_owned);
    let service = gives.service.map(|id| named(directory.services.name(id), id.to_string()));
    let category =
        gives.category.map(|id| named(directory.category_paths.name(id), id.to_string()));
    let team = gives.team.map(|id| named(directory.teams.name(id), id.to_string()));
    Shown {
        id: model.id,
        name: model.name,
        about: model.about,
        place: model.place,
        active: model.active,
        portal: model.portal,
        title: gives.title,
        description: gives.description,
        service,
        category,
        impact: gives.impact,
        urgency: gives.urgency,
        team,
        tags: gives.tags,
        fields: gives.fields,
        tasks: gives.tasks,
        runbook: gives.runbook,
        version: model.version,
    }
}
