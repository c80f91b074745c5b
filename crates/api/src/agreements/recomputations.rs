//! The jobs that bring open incidents over to changed terms.

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json;
use crate::page::{Page, PageParams, Params};
use crate::path::Path;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use incident::impact::Subject;
use kernel::{RecomputationId, Timestamp, limits};
use serde::Serialize;
use store::directory::recomputations;
use utoipa::ToSchema;

/// A job that brings open incidents over to changed terms.
#[derive(Debug, Serialize, ToSchema)]
struct Recomputation {
    #[schema(value_type = String)]
    id: RecomputationId,
    /// What changed: `agreement`, `calendar` or `rule` (one that waits).
    subject: &'static str,
    subject_id: String,
    /// What it was called.
    name: String,
    /// The version that open incidents go over to.
    version: i64,
    /// `waiting` until that version is in force, `running` or `done`.
    state: &'static str,
    /// When that version comes in force.
    #[schema(value_type = String, format = DateTime)]
    not_before: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    started_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    finished_at: Option<Timestamp>,
    /// Incidents that were open when it began.
    total: i64,
    /// Incidents looked at so far.
    looked_at: i64,
    /// Incidents whose promises changed.
    changed: i64,
    /// Incidents that could not be changed; the server's log says why.
    failed: i64,
}

pub(super) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/recomputations", "listRecomputations", list)
            .about("configuration", "List recomputations", "The jobs that bring open incidents over to changed agreements and calendars, and that try rules that wait on them, the newest first, at most 200.")
            .query::<PageParams>()
            .answers::<Page<Recomputation>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::get("/api/v1/recomputations/{id}", "readRecomputation", read)
            .about("configuration", "Read a recomputation", "How far it is.")
            .answers::<Recomputation>(200, "The job.")
            .problems(&[401, 403, 404, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<PageParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let found = app.desk().read(|sql| recomputations::list(sql, limits::PAGE_ROWS_MAX)).await?;
    let items: Vec<Recomputation> = found.into_iter().map(shown).collect();
    Ok(json::answer(StatusCode::OK, &Page::of(items, &params, |job| job.id)?))
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let missing = || Problem::not_found("there is no such recomputation");
    let id: RecomputationId = id.parse().map_err(|_| missing())?;
    let found = app.desk().read(move |sql| recomputations::get(sql, id)).await?;
    Ok(json::answer(StatusCode::OK, &shown(found.ok_or_else(missing)?)))
}

fn shown(job: recomputations::Recomputation) -> Recomputation {
    let (subject, subject_id) = match job.subject {
        Subject::Agreement(id) => ("agreement", id.to_string()),
        Subject::Calendar(id) => ("calendar", id.to_string()),
        Subject::Rule(id) => ("rule", id.to_string()),
    };
    let state = match (job.started_at, job.finished_at) {
        (_, Some(_)) => "done",
        (Some(_), None) => "running",
        (None, None) => "waiting",
    };
    Recomputation {
        id: job.id,
        subject,
        subject_id,
        name: job.name,
        version: job.version,
        state,
        not_before: job.not_before,
        created_at: job.created_at,
        started_at: job.started_at,
        finished_at: job.finished_at,
        total: job.progress.total,
        looked_at: job.progress.looked,
        changed: job.progress.changed,
        failed: job.progress.failed,
    }
}
