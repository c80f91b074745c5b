//! What the composer tells while somebody writes: the draft, and that they are here.

use super::commands::seen;
use crate::app::App;
use crate::auth::Staff;
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use desk::Doing;
use kernel::{IncidentNumber, limits};
use store::directory::drafts::{Draft, Mode};

/// Keeps a draft; empty words remove it.
pub(super) async fn put(
    State(app): State<App>,
    Staff(who): Staff,
    Path((number, mode)): Path<(String, String)>,
    fields: Fields,
) -> PageResult<StatusCode> {
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
    app.desk.write(move |sql| Ok(store::directory::drafts::put(sql, &draft)?)).await?;
    Ok(StatusCode::NO_CONTENT)
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
    Ok(StatusCode::NO_CONTENT)
}
