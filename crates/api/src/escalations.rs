//! Escalation policies: who is paged, in which order, after how long.

mod fields;

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept;
use crate::once::Once;
use crate::page::{ListParams, Page, Params, page_of};
use crate::path::Path;
use crate::problem::{FieldError, Problem};
use crate::reference::References;
use crate::version::Seen;
use crate::whom::{Named, Shows, person_of, told};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::Trouble;
use desk::escalations::{blank_escalation, save_escalation};
use desk::rota::webhooks_in_use;
use fields::{EscalationFields, Step};
use incident::Policy;
use incident::escalation::EscalationStep;
use kernel::{EscalationId, PersonId, Priority, WebhookId};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;
use store::directory::escalations::{self, Escalation};
use utoipa::ToSchema;

/// What it is called in refusals.
const WHAT: &str = "escalation policy";

/// An escalation policy.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EscalationPolicy)]
struct Shown {
    #[schema(value_type = String)]
    id: EscalationId,
    name: String,
    /// In their order.
    steps: Vec<Step>,
    /// How often the steps are gone through again when nobody took it.
    repeats: u8,
    /// The least urgent priority for which it begins by itself.
    #[schema(value_type = String)]
    pages_from: Priority,
    /// Seconds after which an acknowledgement of what is still open is worth nothing any more,
    /// and paging begins again; never when null.
    acknowledgement_seconds: Option<i64>,
    /// Who is told when all steps are over and nobody took it; every administrator when empty.
    fallback: Vec<Named>,
    /// Whether it is in use.
    active: bool,
    /// What it names that is not there any more.
    faults: Vec<FieldError>,
    version: i64,
}

pub(crate) fn doors() -> Vec<Door> {
    let steps = json!([
        { "after_seconds": 0, "whom": [{ "schedule": "Network" }] },
        { "after_seconds": 480, "whom": [{ "schedule": "Network, second" }, { "team": "Network" }] },
        { "after_seconds": 900, "whom": [{ "person": "mara.lindqvist@northwind.example" }] },
    ]);
    vec![
        Door::get("/api/v1/escalation-policies", "listEscalationPolicies", list)
            .about("on call", "List escalation policies", "By name, those out of use too.")
            .query::<ListParams>()
            .answers::<Page<Shown>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::post("/api/v1/escalation-policies", "createEscalationPolicy", create)
            .about("on call", "Create an escalation policy", "For administrators and managers. Services and teams name it.")
            .body::<EscalationFields>(json!({ "name": "Network", "steps": steps, "repeats": 1, "pages_from": "P2", "fallback": [{ "person": "mara.lindqvist@northwind.example" }] }))
            .once()
            .answers::<Shown>(201, "The policy.")
            .problems(&[400, 401, 403, 409, 413, 415, 422, 503]),
        Door::get("/api/v1/escalation-policies/{id}", "readEscalationPolicy", read)
            .about("on call", "Read an escalation policy", "By id or name.")
            .answers::<Shown>(200, "The policy.")
            .problems(&[401, 403, 404, 503]),
        Door::patch("/api/v1/escalation-policies/{id}", "changeEscalationPolicy", change)
            .about("on call", "Change an escalation policy", "For administrators and managers.")
            .body::<EscalationFields>(json!({ "steps": steps, "acknowledgement_seconds": 3600 }))
            .if_match()
            .answers::<Shown>(200, "The policy as it is now.")
            .problems(&[400, 401, 403, 404, 409, 412, 413, 415, 422, 503]),
        Door::delete("/api/v1/escalation-policies/{id}", "removeEscalationPolicy", remove)
            .about("on call", "Take an escalation policy out of use", "For administrators and managers. Refused while a service or team names it.")
            .if_match()
            .answers_plainly(204, "", "It is out of use.")
            .problems(&[401, 403, 404, 409, 412, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<ListParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let (all, webhooks) =
        app.desk().read(|sql| Ok((escalations::list(sql)?, webhooks_in_use(sql)?))).await?;
    let (found, next) = page_of(all, &params, |row| row.policy.id, |row| &row.policy.name)?;
    let shows = Shows::of(&app, found.iter().flat_map(people_of).collect()).await?;
    let policy = app.desk().policy();
    let items = found.into_iter().map(|row| shown(row, &shows, &policy, &webhooks)).collect();
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<EscalationFields>,
) -> Result<Response, Problem> {
    caller.must_configure_paging()?;
    let references = References::of(&app, caller.viewer()).await?;
    body.value.needed()?;
    let escalation = body.value.read(&references).await?.over(blank_escalation());
    let shows = Shows::of(&app, people_of(&escalation)).await?;
    let policy = app.desk().policy();
    kept::create(&app, &caller, once.of(&body.bytes), move |sql, audit| {
        let made = save_escalation(sql, audit, escalation)?;
        Ok(shown(made, &shows, &policy, &webhooks_in_use(sql)?))
    })
    .await
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let id = app.directory().await?.escalations.find(WHAT, &id)?;
    let found = app.desk().read(move |sql| escalations::get(sql, id)).await?;
    respond(&app, found.ok_or_else(|| -> Trouble { kept::missing(WHAT) })?).await
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
    body: Body<EscalationFields>,
) -> Result<Response, Problem> {
    caller.must_configure_paging()?;
    let references = References::of(&app, caller.viewer()).await?;
    let change = body.value.read(&references).await?;
    let after = save(&app, &caller, &id, seen, move |before| change.over(before)).await?;
    respond(&app, after).await
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
) -> Result<StatusCode, Problem> {
    caller.must_configure_paging()?;
    let retired = |before| Escalation { active: false, ..before };
    save(&app, &caller, &id, seen, retired).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Saves what `make` makes of the newest version, if that is the version seen.
async fn save(
    app: &App,
    caller: &Caller,
    id: &str,
    seen: Seen,
    make: impl FnOnce(Escalation) -> Escalation + Send + 'static,
) -> Result<Escalation, Problem> {
    let id = app.directory().await?.escalations.find(WHAT, id)?;
    let saved = app.desk().change(caller.actor(), move |sql, audit| {
        let before = escalations::get(sql, id)?.ok_or_else(|| kept::missing(WHAT))?;
        kept::check_seen(seen.must_be, before.policy.version)?;
        save_escalation(sql, audit, make(before))
    });
    Ok(saved.await?)
}

async fn respond(app: &App, row: Escalation) -> Result<Response, Problem> {
    let shows = Shows::of(app, people_of(&row)).await?;
    let webhooks = app.desk().read(webhooks_in_use).await?;
    let version = row.policy.version;
    Ok(kept::answer(&shown(row, &shows, &app.desk().policy(), &webhooks), version))
}

/// Everybody whom a policy names.
fn people_of(row: &Escalation) -> Vec<PersonId> {
    let steps = row.policy.steps.iter().flat_map(|step| &step.whom);
    steps.chain(&row.policy.fallback).filter_map(person_of).collect()
}

fn shown(row: Escalation, shows: &Shows, policy: &Policy, webhooks: &BTreeSet<WebhookId>) -> Shown {
    // One that is out of use may name whom it likes.
    let faults = if row.active { told(row.policy.gone(policy, webhooks)) } else { vec![] };
    let found = row.policy;
    let step = |step: EscalationStep| Step {
        after_seconds: step.after_seconds,
        whom: step.whom.into_iter().map(|whom| shows.whom(whom)).collect(),
        hours: step.hours,
        round_robin: step.round_robin,
        everyone: step.everyone,
    };
    Shown {
        id: found.id,
        name: found.name,
        steps: found.steps.into_iter().map(step).collect(),
        repeats: found.repeats,
        pages_from: found.pages_from,
        acknowledgement_seconds: found.acknowledgement_seconds,
        fallback: found.fallback.into_iter().map(|whom| shows.whom(whom)).collect(),
        active: row.active,
        faults,
        version: found.version,
    }
}
