//! Swaps: a shift that is offered, and taken by somebody else.

use super::WHAT;
use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Body, Nothing};
use crate::kept::{self, block};
use crate::once::{self, Answered, Once};
use crate::page::{Page, PageParams, Params};
use crate::path::Path;
use crate::problem::Problem;
use crate::reference::References;
use crate::whom::Shows;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::rota::{Answer, Offer, answer_swap, offer_swap};
use kernel::{PersonId, SwapId, Timestamp, limits};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::directory::swaps::{self, Swap, SwapState};
use utoipa::ToSchema;

/// How long what is over is still listed, in days.
const SHOWN_DAYS: i64 = 30;

/// A swap.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Swap)]
struct Shown {
    #[schema(value_type = String)]
    id: SwapId,
    /// Who offers the shift, or asks for cover: e-mail address, or name.
    offered_by: String,
    /// Who is asked; anybody when null.
    asked: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    start: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    end: Timestamp,
    /// Why; may be empty.
    reason: String,
    /// `offered`, `taken` (waits for a manager), `approved`, `declined`, `withdrawn`.
    #[schema(value_type = String)]
    state: SwapState,
    taken_by: Option<String>,
    /// The manager who decided.
    decided_by: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    made_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    changed_at: Timestamp,
}

/// A shift, or a part of one, that is offered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSwap {
    /// Whose shift it is, or who asks for cover, by e-mail address or id; the caller's when absent.
    person: Option<String>,
    /// Who is asked, by e-mail address or id; anybody when absent.
    asked: Option<String>,
    /// From when on; from now on when absent.
    #[schema(value_type = Option<String>, format = DateTime)]
    start: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    end: Timestamp,
    /// Why.
    reason: Option<String>,
}

pub(super) fn doors() -> Vec<Door> {
    let answering = |verb: &'static str, id: &str, summary: &str, description: &str| {
        let path = format!("/api/v1/schedules/{{id}}/swaps/{{swap}}/{verb}");
        let answer = match verb {
            "take" => Answer::Take,
            "approve" => Answer::Approve,
            "decline" => Answer::Decline,
            _ => Answer::Withdraw,
        };
        let handler = move |app: State<App>,
                            caller: Caller,
                            path: Path<(String, String)>,
                            once: Once,
                            body: Body<Nothing>| {
            answered(app, caller, path, once, body, answer)
        };
        Door::post(path, id, handler)
            .about("on call", summary, description)
            .body::<Nothing>(json!({}))
            .once()
            .answers::<Shown>(200, "The swap as it is now.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503])
    };
    vec![
        Door::get("/api/v1/schedules/{id}/swaps", "listSwaps", list)
            .about("on call", "List swaps of a schedule", "Those of shifts to come, and of shifts of the last 30 days.")
            .query::<PageParams>()
            .answers::<Page<Shown>>(200, "A page of them.")
            .problems(&[401, 403, 404, 422, 503]),
        Door::post("/api/v1/schedules/{id}/swaps", "offerSwap", offer)
            .about("on call", "Offer a shift", "Responders offer their own, managers and administrators anybody's. It stays theirs until somebody else has it. Where nobody is on call in that time, it asks for cover.")
            .body::<NewSwap>(json!({ "start": "2026-11-26T17:00:00Z", "end": "2026-11-27T05:00:00Z", "reason": "A wedding" }))
            .once()
            .answers::<Shown>(201, "The offer.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
        answering("take", "takeSwap", "Take a shift that is offered", "For responders, managers and administrators. Where swaps need approval, it waits for a manager."),
        answering("approve", "approveSwap", "Approve a swap", "For managers and administrators."),
        answering("decline", "declineSwap", "Decline a swap", "For managers and administrators. The shift stays with whoever offered it."),
        answering("withdraw", "withdrawSwap", "Withdraw an offer", "For whoever offered it, managers and administrators, until it is approved."),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Params(params): Params<PageParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let id = app.directory().await?.schedules.find(WHAT, &id)?;
    let after = app.desk().now().plus_days(-SHOWN_DAYS);
    let found = app.desk().read(move |sql| swaps::of_schedule(sql, id, after)).await?;
    let shows = Shows::of(&app, found.iter().flat_map(people_of).collect()).await?;
    let items: Vec<Shown> = found.into_iter().map(|swap| shown(swap, &shows)).collect();
    Ok(json::answer(StatusCode::OK, &Page::of(items, &params, |swap| swap.id)?))
}

async fn offer(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    once: Once,
    body: Body<NewSwap>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let references = References::of(&app, caller.viewer()).await?;
    let schedule = references.directory().schedules.find(WHAT, &id)?;
    let new = body.value;
    let person = match new.person.as_deref() {
        Some(text) => references.person("person", text).await?,
        None => caller.viewer().person,
    };
    let asked = references.opt_person("asked", new.asked.as_deref()).await?;
    let reason = block("reason", new.reason.as_deref().unwrap_or_default(), limits::REASON_CHARS)?;
    let offer = Offer { schedule, person, asked, start: new.start, end: new.end, reason };
    let viewer = caller.viewer().clone();
    let shows = Shows::of(&app, asked.into_iter().chain([person]).collect()).await?;
    kept::create(&app, &caller, once.of(&body.bytes), move |sql, audit| {
        Ok(shown(offer_swap(sql, audit, &viewer, offer)?, &shows))
    })
    .await
}

async fn answered(
    State(app): State<App>,
    caller: Caller,
    Path((id, swap)): Path<(String, String)>,
    once: Once,
    body: Body<Nothing>,
    answer: Answer,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let schedule = app.directory().await?.schedules.find(WHAT, &id)?;
    let swap: SwapId = swap.parse().map_err(|_| Problem::not_found("there is no such swap"))?;
    let before = app.desk().read(move |sql| swaps::get(sql, swap)).await?;
    let people = before.iter().flat_map(people_of).chain([caller.viewer().person]);
    let shows = Shows::of(&app, people.collect()).await?;
    let (viewer, once) = (caller.viewer().clone(), once.of(&body.bytes));
    let done = app.desk().change(caller.actor(), move |sql, audit| {
        if let Some(before) = once::before(sql, viewer.person, once.as_ref())? {
            return Ok(before);
        }
        let after = answer_swap(sql, audit, &viewer, (schedule, swap, answer))?;
        let answered = Answered::good(&shown(after, &shows))?;
        once::keep(sql, viewer.person, once.as_ref(), &answered, audit.now())?;
        Ok(answered)
    });
    Ok(done.await?.into_response())
}

fn people_of(swap: &Swap) -> impl Iterator<Item = PersonId> + use<> {
    [Some(swap.offered_by), swap.asked, swap.taken_by, swap.decided_by].into_iter().flatten()
}

fn shown(swap: Swap, shows: &Shows) -> Shown {
    let name = |id: Option<PersonId>| id.map(|id| shows.person(id));
    Shown {
        id: swap.id,
        offered_by: shows.person(swap.offered_by),
        asked: name(swap.asked),
        start: swap.start,
        end: swap.end,
        reason: swap.reason,
        state: swap.state,
        taken_by: name(swap.taken_by),
        decided_by: name(swap.decided_by),
        made_at: swap.made_at,
        changed_at: swap.changed_at,
    }
}
