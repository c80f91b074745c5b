//! The service map: how a service is and why, what it needs and who needs it, and catalogues of
//! services that are taken over.

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept;
use crate::once::{self, Answered, Once};
use crate::path::Path;
use crate::problem::{FieldError, Problem};
use crate::services::{Needed, needed};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::Response;
use desk::map::{NotImported, Plan, Reason, Sight};
use incident::Viewer;
use incident::conduct::Degree;
use kernel::{IncidentNumber, Priority, ServiceId, Timestamp};
use map::catalogue::{self, Fault, TEXT_BYTES};
use map::{Health, Hit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use utoipa::ToSchema;

/// Bytes of a body with a catalogue: JSON writes line ends and quotation marks with two bytes.
const IMPORT_BYTES: usize = 2 * TEXT_BYTES;

/// How a service is, and what stands around it.
#[derive(Debug, Serialize, ToSchema)]
struct ServiceMap {
    service: String,
    #[schema(value_type = String)]
    service_id: ServiceId,
    /// How it is with all that it needs: `level`, `maintenance`, `degraded`, `partial` or `down`.
    #[schema(value_type = String)]
    health: Health,
    /// How it is by itself.
    #[schema(value_type = String)]
    own_health: Health,
    /// Why it is so by itself. Incidents that the caller may not see are not named.
    reasons: Vec<HealthReason>,
    /// What it needs itself and makes it worse than it is by itself, by name.
    because: Vec<String>,
    /// Where that begins: what is bad by itself, by name, the nearest first.
    causes: Vec<String>,
    /// What it needs itself.
    needs: Vec<Needed>,
    /// What it needs, directly or not, the nearest first.
    upstream: Vec<MapHit>,
    /// Who is hit if it is down, the nearest first.
    downstream: Vec<MapHit>,
}

/// A service upstream or downstream.
#[derive(Debug, Serialize, ToSchema)]
struct MapHit {
    service: String,
    #[schema(value_type = String)]
    service_id: ServiceId,
    criticality: u8,
    /// How it is now, with all that it needs.
    #[schema(value_type = String)]
    health: Health,
    /// Steps away, from 1.
    depth: u32,
    /// Downstream: whether it is down then, else it is degraded. Upstream: whether its loss alone
    /// is enough.
    certain: bool,
}

/// Why a service is by itself as it is.
#[derive(Debug, Default, Serialize, ToSchema)]
struct HealthReason {
    /// `outage`, `incident`, `alerts` or `maintenance`.
    kind: &'static str,
    /// How bad that makes it.
    #[schema(value_type = String)]
    health: &'static str,
    #[schema(value_type = Option<String>)]
    incident: Option<IncidentNumber>,
    /// Of an outage: `degraded`, `partial` or `full`.
    #[schema(value_type = Option<String>)]
    degree: Option<Degree>,
    #[schema(value_type = Option<String>)]
    priority: Option<Priority>,
    /// Of alerts: how many.
    count: Option<u64>,
    /// Of maintenance: what is done.
    name: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
}

/// A catalogue to take over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CatalogueWish {
    /// Its text: our YAML, entities of Backstage, or a Compose file.
    catalogue: String,
    /// Whether only to say what it would do.
    dry_run: Option<bool>,
}

/// What taking over a catalogue did, or would do.
#[derive(Debug, Serialize, ToSchema)]
struct CatalogueTaken {
    /// The form it is written in: `evenkeel`, `backstage` or `compose`.
    #[schema(value_type = String)]
    form: catalogue::Form,
    dry_run: bool,
    /// Teams that were made, because the catalogue names them.
    teams: Vec<String>,
    services: Vec<ServiceTaken>,
    /// How many services are as it says already.
    unchanged: usize,
    /// What was passed over.
    notes: Vec<CatalogueNote>,
}

/// What happened to one service.
#[derive(Debug, Serialize, ToSchema)]
struct ServiceTaken {
    name: String,
    /// `create` or `change`.
    action: &'static str,
    /// What of it changed.
    fields: Vec<&'static str>,
}

/// Something that was passed over.
#[derive(Debug, Serialize, ToSchema)]
struct CatalogueNote {
    /// From 1; 0 for the catalogue as a whole.
    line: usize,
    message: String,
}

pub(crate) fn doors() -> Vec<Door> {
    let mut import = Door::post("/api/v1/services/import", "importServices", take)
        .about("services", "Take over a catalogue", "For administrators. Our YAML, entities of Backstage or a Compose file, up to 8 MB: services are made or changed by name, teams that own them are made where they are missing, and nothing is taken away. All of it or nothing; repeated, it changes nothing.")
        .body::<CatalogueWish>(json!({ "catalogue": "services:\n  - name: Label Printing\n    owner: Field service\n    needs: [Warehouse network]\n  - name: Warehouse network\n", "dry_run": true }))
        .once()
        .answers::<CatalogueTaken>(200, "What it did, or would do.")
        .problems(&[400, 401, 403, 412, 413, 415, 422, 503]);
    import.handler = import.handler.layer(DefaultBodyLimit::max(IMPORT_BYTES));
    vec![
        Door::get("/api/v1/services/{service}/map", "readServiceMap", read)
            .about(
                "services",
                "Read how a service is and what stands around it",
                "Health with its reasons, everything it needs and everybody who needs it.",
            )
            .answers::<ServiceMap>(200, "The service among the others.")
            .problems(&[401, 403, 404, 503]),
        import,
    ]
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(service): Path<String>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let what = "service in use";
    let id = app.directory().await?.services.find(what, &service)?;
    let sight = app.desk().service_map().await?;
    let viewer = caller.viewer().clone();
    // Where it takes time, nobody waits for it.
    let shown = app.desk().read(move |_| Ok(shown(&sight, &viewer, id))).await?;
    let shown = shown.ok_or_else(|| Problem::from(kept::missing(what)))?;
    Ok(json::answer(StatusCode::OK, &shown))
}

async fn take(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<CatalogueWish>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let once = once.of(&body.bytes);
    let dry_run = body.value.dry_run.unwrap_or_default();
    let text = body.value.catalogue;
    let doing = async {
        // Long catalogues take time to read, which the others do not wait for.
        let read = app.desk().read(move |_| Ok(catalogue::read(&text))).await?;
        let catalogue = read.map_err(|faults| faulty(&faults))?;
        let plan = app.desk().import_services(caller.actor(), catalogue, dry_run).await;
        let plan = plan.map_err(|why| match why {
            NotImported::Faults(faults) => faulty(&faults),
            NotImported::Trouble(trouble) => trouble.into(),
        })?;
        Ok::<_, Problem>(Answered::good(&taken(plan, dry_run))?)
    };
    once::done(&app, &caller, once, doing).await
}

fn faulty(faults: &[Fault]) -> Problem {
    let field =
        |fault: &Fault| FieldError { field: "catalogue".to_owned(), message: fault.to_string() };
    Problem::invalid_all(faults.iter().map(field).collect())
}

fn taken(plan: Plan, dry_run: bool) -> CatalogueTaken {
    let services = plan.services.into_iter().map(|step| ServiceTaken {
        name: step.name,
        action: if step.is_new { "create" } else { "change" },
        fields: step.fields,
    });
    let notes = plan.notes.into_iter();
    CatalogueTaken {
        form: plan.form,
        dry_run,
        teams: plan.teams,
        services: services.collect(),
        unchanged: plan.unchanged,
        notes: notes.map(|note| CatalogueNote { line: note.line, message: note.message }).collect(),
    }
}

fn shown(sight: &Arc<Sight>, viewer: &Viewer, id: ServiceId) -> Option<ServiceMap> {
    let service = sight.services.get(&id)?;
    let felt = sight.felt.get(&id)?;
    let name = |id: &ServiceId| sight.name(id).unwrap_or_default().to_owned();
    let hits = |hits: Vec<Hit>| hits.into_iter().filter_map(|hit| map_hit(sight, hit)).collect();
    let reasons = sight.reasons(viewer, &id);
    Some(ServiceMap {
        service: service.name.clone(),
        service_id: id,
        health: felt.felt,
        own_health: felt.own,
        reasons: reasons.into_iter().map(reason).collect(),
        because: felt.because.iter().map(name).collect(),
        causes: sight.causes(&id).iter().map(name).collect(),
        needs: service.all_needs().map(|need| needed(&need, name)).collect(),
        upstream: hits(sight.graph.upstream(&id)),
        downstream: hits(sight.graph.impact(&id)),
    })
}

fn map_hit(sight: &Sight, hit: Hit) -> Option<MapHit> {
    let service = sight.services.get(&hit.service)?;
    Some(MapHit {
        service: service.name.clone(),
        service_id: service.id,
        criticality: service.criticality,
        health: sight.health(&service.id),
        depth: hit.depth,
        certain: hit.certain,
    })
}

fn reason(reason: Reason) -> HealthReason {
    let health = reason.health().as_str();
    match reason {
        Reason::Outage { number, degree, since } => HealthReason {
            kind: "outage",
            health,
            incident: Some(number),
            degree: Some(degree),
            since: Some(since),
            ..HealthReason::default()
        },
        Reason::Incident { number, priority } => HealthReason {
            kind: "incident",
            health,
            incident: Some(number),
            priority: Some(priority),
            ..HealthReason::default()
        },
        Reason::Alerts { count } => {
            HealthReason { kind: "alerts", health, count: Some(count), ..HealthReason::default() }
        }
        Reason::Maintenance { name, until, .. } => HealthReason {
            kind: "maintenance",
            health,
            name: Some(name),
            until: Some(until),
            ..HealthReason::default()
        },
    }
}
