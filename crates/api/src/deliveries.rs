//! What people are told by mail, and what became of it.

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Body};
use crate::page::{Page, Params, cursor, limit, next_of, words};
use crate::path::Path;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::Told;
use kernel::{IncidentNumber, Role, Timestamp, limits};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::deliveries::{DeliveryState, Held};
use utoipa::{IntoParams, ToSchema};

/// Which deliveries.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DeliveryParams {
    /// Only in this state: `waiting`, `sent`, `dead` or `withdrawn`.
    state: Option<String>,
    /// Deliveries of a page, 1 to 200; 50 when absent.
    #[param(value_type = Option<u16>)]
    limit: Option<String>,
    /// Where the page begins: the `next` of the page before.
    cursor: Option<String>,
}

/// What one person is told.
#[derive(Debug, Serialize, ToSchema)]
struct Delivery {
    id: i64,
    /// The incident; null where the letter is about none, and where `restricted`.
    #[schema(value_type = Option<String>)]
    number: Option<IncidentNumber>,
    /// Whether it is about an incident that the caller may not see.
    restricted: bool,
    /// What is told: `reported`, `commented`, `resolved` and so on; `trial` is a test letter, `webhook_off` that one was switched off, `report` a report that is sent by itself.
    word: String,
    /// Why to them: `requester`, `watcher`, `person`, `team`, or `rule` (one that was added).
    told_as: &'static str,
    /// How: `email`.
    channel: &'static str,
    /// The name of whom it is for.
    name: String,
    /// Where they are reached.
    address: String,
    /// `waiting`, `sent`, `dead` (given up) or `withdrawn` (not sent).
    state: &'static str,
    /// Attempts that failed.
    attempts: u32,
    /// Not attempted before.
    #[schema(value_type = String, format = DateTime)]
    next_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it was sent, given up or withdrawn.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
    /// What the last attempt ended with, or why it was not sent.
    error: Option<String>,
    /// Why it waits or waited: `folding`, `quiet`, `digest`, `cap` or `crowd`; or that it
    /// never does: `urgent`.
    held: Option<&'static str>,
    /// The rule by which they are told (`/api/v1/notification-rules`): of a standard one its id.
    rule: String,
}

/// What to change of a delivery.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DeliveryChange {
    /// `waiting`: what was given up is attempted again.
    #[schema(value_type = String)]
    state: DeliveryState,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/deliveries", "listDeliveries", list)
            .about(
                "configuration",
                "Read who was told what by mail",
                "For administrators, managers and auditors, the newest first.",
            )
            .query::<DeliveryParams>()
            .answers::<Page<Delivery>>(200, "A page of it.")
            .problems(&[401, 403, 422, 503]),
        Door::patch("/api/v1/deliveries/{id}", "changeDelivery", change)
            .about(
                "configuration",
                "Send again what was given up",
                "For administrators. It waits again, and is attempted from the beginning under the same Message-ID.",
            )
            .body::<DeliveryChange>(json!({ "state": "waiting" }))
            .answers_plainly(204, "", "It is attempted again.")
            .problems(&[400, 401, 403, 404, 413, 415, 422, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<DeliveryParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    if !caller.viewer().has(&[Role::Administrator, Role::Manager, Role::Auditor]) {
        return Err(Problem::forbidden("this is for administrators, managers and auditors"));
    }
    let limit = limit(params.limit.as_deref(), limits::PAGE_ROWS)?;
    let state = words("state", params.state.as_deref())?.map(str::parse::<DeliveryState>);
    let state = state.transpose().map_err(|error| Problem::invalid("state", error.to_string()))?;
    let before = cursor(params.cursor.as_deref())?;
    let mut found = app.desk().deliveries(caller.viewer(), state, before, limit + 1).await?;
    let next = next_of(&mut found, limit, |told| told.delivery.id);
    let items = found.into_iter().map(shown).collect();
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body<DeliveryChange>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    if body.value.state != DeliveryState::Waiting {
        return Err(Problem::invalid("state", "can be set to waiting alone"));
    }
    let none = || Problem::not_found("there is no delivery of this id that was given up");
    let id: i64 = id.parse().map_err(|_| none())?;
    if app.desk().send_again(caller.actor(), id).await? {
        Ok(StatusCode::NO_CONTENT.into_response())
    } else {
        Err(none())
    }
}

fn shown(told: Told) -> Delivery {
    let Told { delivery, name, restricted } = told;
    Delivery {
        id: delivery.id,
        number: delivery.number,
        restricted,
        word: delivery.word,
        told_as: delivery.told_as.as_str(),
        channel: delivery.by.as_str(),
        name,
        address: delivery.address,
        state: delivery.state.as_str(),
        attempts: delivery.attempts,
        next_at: delivery.next_at,
        created_at: delivery.created_at,
        ended_at: delivery.ended_at,
        error: delivery.error,
        held: delivery.held.map(Held::as_str),
        rule: delivery.rule,
    }
}
