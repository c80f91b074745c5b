//! Overrides: somebody else on call for some time.

use super::WHAT;
use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept::{self, block};
use crate::once::Once;
use crate::page::{Page, PageParams, Params};
use crate::path::Path;
use crate::problem::Problem;
use crate::reference::References;
use crate::whom::Shows;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::rota::{Wanted, add_override, end_override};
use kernel::{OverrideId, Timestamp, limits};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::directory::schedules::{self, Override};
use utoipa::ToSchema;

/// How long what is over is still listed, in days.
const SHOWN_DAYS: i64 = 30;

/// An override.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Override)]
struct Shown {
    #[schema(value_type = String)]
    id: OverrideId,
    /// Who is on call: e-mail address, or name.
    person: String,
    #[schema(value_type = String, format = DateTime)]
    start: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    end: Timestamp,
    /// Why; may be empty.
    reason: String,
    /// By whom it was made.
    made_by: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    made_at: Timestamp,
}

/// A new override.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewOverride {
    /// Who is to be on call, by e-mail address or id; the caller when absent.
    person: Option<String>,
    /// From when on; from now on when absent.
    #[schema(value_type = Option<String>, format = DateTime)]
    start: Option<Timestamp>,
    /// Until when; when absent, until the shift ends that goes on then.
    #[schema(value_type = Option<String>, format = DateTime)]
    end: Option<Timestamp>,
    /// Why.
    reason: Option<String>,
}

pub(super) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/schedules/{id}/overrides", "listOverrides", list)
            .about("on call", "List overrides of a schedule", "Those to come, those that go on, and those that ended in the last 30 days, in the order in which they were made: a later one wins.")
            .query::<PageParams>()
            .answers::<Page<Shown>>(200, "A page of them.")
            .problems(&[401, 403, 404, 422, 503]),
        Door::post("/api/v1/schedules/{id}/overrides", "createOverride", create)
            .about("on call", "Put somebody on call for some time", "Responders put themselves, managers and administrators anybody. Without start and end: take this shift now.")
            .body::<NewOverride>(json!({ "person": "yuki.tanabe@northwind.example", "start": "2026-11-26T17:00:00Z", "end": "2026-11-27T05:00:00Z", "reason": "Ines is at a wedding" }))
            .once()
            .answers::<Shown>(201, "The override.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
        Door::delete("/api/v1/schedules/{id}/overrides/{override}", "endOverride", end)
            .about("on call", "End an override", "One that goes on ends now, one that is to come never begins. Responders end those that they made for themselves.")
            .answers_plainly(204, "", "It is ended.")
            .problems(&[401, 403, 404, 409, 503]),
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
    let found = app.desk().read(move |sql| schedules::overrides(sql, id, after)).await?;
    let people = found.iter().flat_map(|one| [Some(one.person), one.made_by]).flatten().collect();
    let shows = Shows::of(&app, people).await?;
    let items: Vec<Shown> = found.into_iter().map(|one| shown(one, &shows)).collect();
    Ok(json::answer(StatusCode::OK, &Page::of(items, &params, |one| one.id)?))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    once: Once,
    body: Body<NewOverride>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let references = References::of(&app, caller.viewer()).await?;
    let schedule = references.directory().schedules.find(WHAT, &id)?;
    let new = body.value;
    let person = match new.person.as_deref() {
        Some(text) => references.person("person", text).await?,
        None => caller.viewer().person,
    };
    let reason = block("reason", new.reason.as_deref().unwrap_or_default(), limits::REASON_CHARS)?;
    let wanted = Wanted { schedule, person, start: new.start, end: new.end, reason };
    let viewer = caller.viewer().clone();
    let shows = Shows::of(&app, vec![person, viewer.person]).await?;
    kept::create(&app, &caller, once.of(&body.bytes), move |sql, audit| {
        Ok(shown(add_override(sql, audit, &viewer, wanted)?, &shows))
    })
    .await
}

async fn end(
    State(app): State<App>,
    caller: Caller,
    Path((id, one)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    caller.must_edit()?;
    let schedule = app.directory().await?.schedules.find(WHAT, &id)?;
    let one: OverrideId =
        one.parse().map_err(|_| Problem::not_found("there is no such override"))?;
    let viewer = caller.viewer().clone();
    let ended = app.desk().change(caller.actor(), move |sql, audit| {
        end_override(sql, audit, &viewer, (schedule, one))
    });
    ended.await?;
    Ok(StatusCode::NO_CONTENT)
}

fn shown(one: Override, shows: &Shows) -> Shown {
    Shown {
        id: one.id,
        person: shows.person(one.person),
        start: one.start,
        end: one.end,
        reason: one.reason,
        made_by: one.made_by.map(|id| shows.person(id)),
        made_at: one.made_at,
    }
}
