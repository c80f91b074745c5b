//! What paging promised and what came of it.

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::incidents::number_of;
use crate::json;
use crate::page::{Page, Params, bad_cursor, limit, next_of, words};
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::{PagingLedger, PromisedPage};
use incident::Policy;
use incident::escalation::Whom;
use kernel::{IncidentNumber, PersonId, Role, Timestamp, limits};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use store::pages::ledger::{After, PromiseState};
use store::pages::send;
use utoipa::{IntoParams, ToSchema};

/// Which promises.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LedgerParams {
    /// Only those of this incident, all of them, the first first.
    incident: Option<String>,
    /// Only in this state: `promised`, `kept`, `called_off` or `broken`.
    state: Option<String>,
    /// Promises of a page, 1 to 200; 50 when absent.
    #[param(value_type = Option<u16>)]
    limit: Option<String>,
    /// Where the page begins: the `next` of the page before.
    cursor: Option<String>,
}

/// Whom a step pages.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PagingTarget)]
struct Target {
    /// `person`, `team`, `schedule` or `webhook`; `administrators` when nobody is named.
    kind: &'static str,
    /// Its id.
    id: Option<String>,
    /// Its name; null when it is not known any more.
    name: Option<String>,
}

/// An attempt to reach somebody.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PageAttempt)]
struct Attempt {
    /// The name of whom it is for.
    name: String,
    /// How: `email`, `sms`, `voice`, `web_push` and so on.
    channel: &'static str,
    /// `waiting`, `sent`, `failed` (given up) or `called_off` (not needed any more).
    state: &'static str,
    /// Attempts that failed.
    attempts: i64,
    /// Not attempted before.
    #[schema(value_type = String, format = DateTime)]
    due_at: Timestamp,
    /// When a provider took it.
    #[schema(value_type = Option<String>, format = DateTime)]
    sent_at: Option<Timestamp>,
    /// When it is known to have arrived.
    #[schema(value_type = Option<String>, format = DateTime)]
    received_at: Option<Timestamp>,
    /// When its person acted on it.
    #[schema(value_type = Option<String>, format = DateTime)]
    answered_at: Option<Timestamp>,
    /// What the last attempt ended with.
    error: Option<String>,
}

/// A step of paging that was promised, and what came of it.
#[derive(Debug, Serialize, ToSchema)]
struct PagingPromise {
    /// The incident; null where `restricted`.
    #[schema(value_type = Option<String>)]
    number: Option<IncidentNumber>,
    /// Whether it is about an incident that the caller may not see.
    restricted: bool,
    /// The entry with which paging began.
    began_n: i64,
    /// From 1 through all rounds.
    step: i64,
    /// From 1.
    round: i64,
    /// Whom it pages.
    whom: Vec<Target>,
    /// When it comes, unless somebody takes the incident before.
    #[schema(value_type = String, format = DateTime)]
    latest_at: Timestamp,
    /// `promised`, `kept`, `called_off` (not needed any more) or `broken` (it came late, not at
    /// all, or reached nobody).
    state: &'static str,
    /// The entry that says whom it paged.
    kept_n: Option<i64>,
    /// When that was settled.
    #[schema(value_type = Option<String>, format = DateTime)]
    settled_at: Option<Timestamp>,
    /// The attempts that were to keep it.
    pages: Vec<Attempt>,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/paging/ledger", "listPagingPromises", list)
            .about(
                "incidents",
                "Read what paging promised and what came of it",
                "Of one incident for whoever sees all of it; of all of them for administrators, managers and auditors, the latest first.",
            )
            .query::<LedgerParams>()
            .answers::<Page<PagingPromise>>(200, "A page of it.")
            .problems(&[401, 403, 404, 422, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<LedgerParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let policy = app.desk().policy();
    if let Some(text) = params.incident.as_deref() {
        let found = app.desk().paging_of(caller.viewer(), number_of(text)?).await?;
        let items = shown(found, &policy);
        return Ok(json::answer(StatusCode::OK, &Page { items, next: None }));
    }
    if !caller.viewer().has(&[Role::Administrator, Role::Manager, Role::Auditor]) {
        return Err(Problem::forbidden(
            "name an incident; all of them are for administrators, managers and auditors",
        ));
    }
    let limit = limit(params.limit.as_deref(), limits::PAGE_ROWS)?;
    let state = words("state", params.state.as_deref())?.map(str::parse::<PromiseState>);
    let state = state.transpose().map_err(|error| Problem::invalid("state", error.to_string()))?;
    let after = params.cursor.as_deref().map(place).transpose()?;
    let mut found = app.desk().paging_ledger(caller.viewer(), state, after, limit + 1).await?;
    let next = next_of(&mut found.promises, limit, cursor);
    Ok(json::answer(StatusCode::OK, &Page { items: shown(found, &policy), next }))
}

/// A cursor says after which promise a page begins.
fn cursor(last: &PromisedPage) -> String {
    let promise = &last.promise;
    let (at, number) = (promise.latest_at.micros(), promise.number.0);
    format!("{at}.{number}.{}.{}", promise.began_n, promise.step)
}

fn place(cursor: &str) -> Result<After, Problem> {
    let parts: Result<Vec<i64>, _> = cursor.split('.').map(str::parse::<i64>).collect();
    match parts.map_err(|_| bad_cursor())?.as_slice() {
        [at, number, began_n, step] => {
            Ok((Timestamp::from_micros(*at), IncidentNumber(*number), *began_n, *step))
        }
        _ => Err(bad_cursor()),
    }
}

fn shown(found: PagingLedger, policy: &Policy) -> Vec<PagingPromise> {
    let PagingLedger { promises, names } = found;
    promises.into_iter().map(|one| promise(one, &names, policy)).collect()
}

fn promise(one: PromisedPage, names: &HashMap<PersonId, String>, policy: &Policy) -> PagingPromise {
    let PromisedPage { promise, pages, restricted } = one;
    let whom = match promise.whom.as_slice() {
        _ if restricted => vec![],
        [] => vec![Target { kind: "administrators", id: None, name: None }],
        whom => whom.iter().map(|whom| target(*whom, policy)).collect(),
    };
    PagingPromise {
        number: Some(promise.number).filter(|_| !restricted),
        restricted,
        began_n: promise.began_n,
        step: promise.step + 1,
        round: promise.round + 1,
        whom,
        latest_at: promise.latest_at,
        state: promise.state.as_str(),
        kept_n: promise.kept_n,
        settled_at: promise.settled_at,
        pages: pages.into_iter().map(|page| attempt(page, names)).collect(),
    }
}

fn target(whom: Whom, policy: &Policy) -> Target {
    let paging = &policy.paging;
    let (kind, id, name) = match whom {
        Whom::Person(id) => {
            ("person", id.to_string(), policy.staff.get(&id).map(|staff| staff.name.clone()))
        }
        Whom::Team(id) => {
            ("team", id.to_string(), policy.teams.get(&id).map(|team| team.name.clone()))
        }
        Whom::Schedule(id) => {
            let name = paging.schedules.get(&id).map(|schedule| schedule.name.clone());
            ("schedule", id.to_string(), name)
        }
        Whom::Webhook(id) => ("webhook", id.to_string(), None),
    };
    Target { kind, id: Some(id), name }
}

fn attempt(page: send::Page, names: &HashMap<PersonId, String>) -> Attempt {
    Attempt {
        name: names.get(&page.person).cloned().unwrap_or_default(),
        channel: page.channel.as_str(),
        state: page.state.as_str(),
        attempts: page.attempts,
        due_at: page.due_at,
        sent_at: page.sent_at,
        received_at: page.received_at,
        answered_at: page.answered_at,
        error: page.error,
    }
}
