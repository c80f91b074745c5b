//! What integrations sent, as it came, and sending it in again.

use super::find;
use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Given, Nothing};
use crate::once::{self, Answered, Once};
use crate::page::{Page, PageParams, Params};
use crate::path::Path;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kernel::{IncidentNumber, Timestamp};
use serde::Serialize;
use serde_json::json;
use store::alerts::payloads::Kept;
use utoipa::ToSchema;

/// A body as it came.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IntegrationPayload)]
struct Shown {
    id: i64,
    #[schema(value_type = String, format = DateTime)]
    received_at: Timestamp,
    /// The kind of door it came through.
    door: String,
    content_type: String,
    /// Why it is kept: `new`, `failed`, `not_understood`, `waits`, `confirmed` or `too_large`.
    outcome: &'static str,
    /// What had to be guessed, or why it failed.
    note: String,
    size_bytes: i64,
}

/// A body with what it says.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IntegrationPayloadWhole)]
struct Whole {
    #[schema(value_type = String, format = DateTime)]
    received_at: Timestamp,
    door: String,
    content_type: String,
    outcome: &'static str,
    note: String,
    /// As text; what is no text stands as replacement characters.
    body: String,
}

/// What came of sending a body in again.
#[derive(Debug, Serialize, ToSchema)]
struct PayloadReplayed {
    /// Alerts that began.
    new: u32,
    /// Alerts that were known.
    repeated: u32,
    /// Alerts that are over.
    resolved: u32,
    /// Incidents of those that began.
    #[schema(value_type = Vec<String>)]
    incidents: Vec<IncidentNumber>,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/integrations/{integration}/payloads", "listPayloads", list)
            .about("integrations", "See what an integration sent", "For administrators: bodies that brought something new or could not be read, the newest first; 200 of them for 14 days.")
            .query::<PageParams>()
            .answers::<Page<Shown>>(200, "A page of them.")
            .problems(&[401, 403, 404, 422, 503]),
        Door::get("/api/v1/integrations/{integration}/payloads/{payload}", "readPayload", read)
            .about("integrations", "Read what an integration sent", "For administrators.")
            .answers::<Whole>(200, "The body.")
            .problems(&[401, 403, 404, 503]),
        Door::post("/api/v1/integrations/{integration}/payloads/{payload}/replay", "replayPayload", replay)
            .about("integrations", "Take what an integration sent once more", "For administrators. It is read as it would be read now, for instance by a mapping that was mended.")
            .body::<Nothing>(json!({}))
            .once()
            .answers::<PayloadReplayed>(200, "What came of it.")
            .problems(&[400, 401, 403, 404, 413, 415, 422, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(text): Path<String>,
    Params(params): Params<PageParams>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let id = find(&app, &text).await?;
    let items: Vec<Shown> = app.desk().payloads(id).await?.into_iter().map(shown).collect();
    Ok(json::answer(StatusCode::OK, &Page::of(items, &params, |body| body.id)?))
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path((text, payload)): Path<(String, String)>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let id = find(&app, &text).await?;
    let kept = app.desk().payload(id, payload_id(&payload)?).await?;
    let whole = Whole {
        received_at: kept.received_at,
        door: kept.door,
        content_type: kept.content_type,
        outcome: kept.outcome.as_str(),
        note: kept.note,
        body: String::from_utf8_lossy(&kept.bytes).into_owned(),
    };
    Ok(json::answer(StatusCode::OK, &whole))
}

async fn replay(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Path((text, payload)): Path<(String, String)>,
    body: Given<Nothing>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let id = find(&app, &text).await?;
    let payload = payload_id(&payload)?;
    let doing = async {
        let taken = app.desk().replay_payload(id, payload).await?;
        let replayed = PayloadReplayed {
            new: taken.new,
            repeated: taken.repeated,
            resolved: taken.resolved,
            incidents: taken.incidents,
        };
        Ok(Answered::good(&replayed)?)
    };
    once::done(&app, &caller, once.of(&body.bytes), doing).await
}

fn payload_id(text: &str) -> Result<i64, Problem> {
    text.parse().map_err(|_| crate::kept::missing("body").into())
}

fn shown(kept: Kept) -> Shown {
    Shown {
        id: kept.id,
        received_at: kept.received_at,
        door: kept.door,
        content_type: kept.content_type,
        outcome: kept.outcome.as_str(),
        note: kept.note,
        size_bytes: kept.size_bytes,
    }
}
