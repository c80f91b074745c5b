//! Shadows: who learns, and is told besides whoever is on call.

use super::WHAT;
use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept;
use crate::once::Once;
use crate::page::{Page, PageParams, Params};
use crate::path::Path;
use crate::problem::Problem;
use crate::reference::References;
use crate::whom::Shows;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::rota::{Learner, add_shadow, end_shadow};
use kernel::{ShadowId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::directory::shadows::{self, Shadow};
use utoipa::ToSchema;

/// How long what is over is still listed, in days.
const SHOWN_DAYS: i64 = 30;

/// Somebody who learns for some time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Shadow)]
struct Shown {
    #[schema(value_type = String)]
    id: ShadowId,
    /// Who learns: e-mail address, or name.
    person: String,
    #[schema(value_type = String, format = DateTime)]
    start: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    end: Timestamp,
    /// By whom it was made.
    made_by: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    made_at: Timestamp,
}

/// Somebody who is to learn.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewShadow {
    /// Who is to learn, by e-mail address or id; the caller when absent.
    person: Option<String>,
    /// From when on; from now on when absent.
    #[schema(value_type = Option<String>, format = DateTime)]
    start: Option<Timestamp>,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    end: Timestamp,
}

pub(super) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/schedules/{id}/shadows", "listShadows", list)
            .about("on call", "List who learns by a schedule", "Those to come, those that go on, and those that ended in the last 30 days, by their beginnings.")
            .query::<PageParams>()
            .answers::<Page<Shown>>(200, "A page of them.")
            .problems(&[401, 403, 404, 422, 503]),
        Door::post("/api/v1/schedules/{id}/shadows", "createShadow", create)
            .about("on call", "Let somebody learn for some time", "They are told besides whoever is on call, never alone, and nothing waits for their answer. Responders say so of themselves, managers and administrators of anybody.")
            .body::<NewShadow>(json!({ "person": "yuki.tanabe@northwind.example", "start": "2026-11-26T17:00:00Z", "end": "2026-12-10T17:00:00Z" }))
            .once()
            .answers::<Shown>(201, "Who learns, and when.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
        Door::delete("/api/v1/schedules/{id}/shadows/{shadow}", "endShadow", end)
            .about("on call", "End that somebody learns", "What goes on ends now, what is to come never begins.")
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
    let found = app.desk().read(move |sql| shadows::of_schedule(sql, id, after)).await?;
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
    body: Body<NewShadow>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let references = References::of(&app, caller.viewer()).await?;
    let schedule = references.directory().schedules.find(WHAT, &id)?;
    let new = body.value;
    let person = match new.person.as_deref() {
        Some(text) => references.person("person", text).await?,
        None => caller.viewer().person,
    };
    let learner = Learner { schedule, person, start: new.start, end: new.end };
    let viewer = caller.viewer().clone();
    let shows = Shows::of(&app, vec![person, viewer.person]).await?;
    kept::create(&app, &caller, once.of(&body.bytes), move |sql, audit| {
        Ok(shown(add_shadow(sql, audit, &viewer, learner)?, &shows))
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
    let one: ShadowId = one.parse().map_err(|_| Problem::not_found("nobody learns by this"))?;
    let viewer = caller.viewer().clone();
    let ended = app
        .desk()
        .change(caller.actor(), move |sql, audit| end_shadow(sql, audit, &viewer, (schedule, one)));
    ended.await?;
    Ok(StatusCode::NO_CONTENT)
}

fn shown(one: Shadow, shows: &Shows) -> Shown {
    Shown {
        id: one.id,
        person: shows.person(one.person),
        start: one.start,
        end: one.end,
        made_by: one.made_by.map(|id| shows.person(id)),
        made_at: one.made_at,
    }
}
