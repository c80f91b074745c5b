//! What the composer tells while somebody writes: the draft, and that they are here.

use super::commands::seen;
use crate::app::App;
use crate::auth::Staff;
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use desk::Doing;
use kernel::{IncidentNumber, limits};
use serde::Serialize;
use store::Sql;
use store::directory::drafts::{self, Draft, Mode};

/// The draft that the page knows, as [`DRAFT`] named it; absent: whatever is stored gives way.
const KNOWN: &str = "x-draft-known";
/// The draft that is stored now.
const DRAFT: &str = "x-draft";

/// What somebody stored in another tab.
#[derive(Serialize)]
struct Other {
    body: String,
    known: String,
}

/// Keeps a draft; empty words remove it. Another one of the same person that the page does
/// not know stays and is told.
pub(super) async fn put(
    State(app): State<App>,
    Staff(who): Staff,
    Path((number, mode)): Path<(String, String)>,
    headers: HeaderMap,
    fields: Fields,
) -> PageResult<Response> {
    let number: IncidentNumber = number.parse().map_err(|_| PageError::NotFound)?;
    let mode: Mode = mode.parse().map_err(|_| PageError::NotFound)?;
    seen(&app, &who, number).await?;
    let body = fields.get("body").unwrap_or_default().to_owned();
    if body.chars().count() > limits::BODY_CHARS {
        return Err(PageError::invalid(format!(
            "the draft is longer than {} characters",
            limits::BODY_CHARS
        )));
    }
    let draft = Draft { person: who.person().id, number, mode, body, updated_at: who.here.now };
    let known = headers.get(KNOWN).map(|known| known.to_str().unwrap_or_default().to_owned());
    let now = name(&draft);
    let write = move |sql: &mut dyn Sql| {
        let stored = drafts::of_incident(sql, draft.person, number)?;
        let other = stored.into_iter().find(|stored| {
            let unknown = known.as_ref().is_some_and(|known| *known != name(stored));
            stored.mode == mode && stored.body != draft.body && unknown
        });
        if other.is_none() {
            drafts::put(sql, &draft)?;
        }
        Ok(other)
    };
    Ok(match app.desk.write(write).await? {
        None => (StatusCode::NO_CONTENT, [(DRAFT, now)]).into_response(),
        Some(other) => {
            let known = name(&other);
            (StatusCode::CONFLICT, Json(Other { body: other.body, known })).into_response()
        }
    })
}

/// What a page knows a draft by: the instant it was stored.
pub(super) fn name(draft: &Draft) -> String {
    draft.updated_at.micros().to_string()
}

/// Notes that somebody is here and what they do.
pub(super) async fn presence(
    State(app): State<App>,
    Staff(who): Staff,
    Path(number): Path<String>,
    fields: Fields,
) -> PageResult<StatusCode> {
    let number: IncidentNumber = number.parse().map_err(|_| PageError::NotFound)?;
    let doing: Doing = fields
        .text("doing")
        .parse()
        .map_err(|error: kernel::Invalid| PageError::invalid(format!("doing {error}")))?;
    seen(&app, &who, number).await?;
    app.desk.is_present(number, who.person().id, &who.person().name, doing);
    let at_work = fields.ticked("active") && who.viewer().works();
    if at_work && who.instance.setting.gathers_time {
        app.desk.attends(number, who.person().id);
    }
    Ok(StatusCode::NO_CONTENT)
}
