//! What people do with an alert.

use crate::app::App;
use crate::auth::Staff;
use crate::error::PageResult;
use crate::form::Fields;
use crate::url;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use desk::{Act, Trouble};
use incident::{Command, Refusal};
use kernel::{AlertId, Channel};

/// `POST /alerts/{id}/acknowledge`: whoever acknowledges an alert has its incident.
pub(super) async fn acknowledge(
    State(app): State<App>,
    Staff(who): Staff,
    Path(id): Path<AlertId>,
) -> PageResult<Response> {
    let found = app.desk.alert(who.viewer(), id).await?;
    let number = found.alert.number.ok_or_else(|| {
        let words = "this alert is recorded only, nobody is paged about it";
        Trouble::from(Refusal::state("not_in_this_state", words))
    })?;
    app.desk.ask(who.viewer(), Channel::Web).on(number).issue(Command::Acknowledge).await?;
    Ok(done(id, "acknowledged"))
}

/// `POST /alerts/{id}/snooze`: for some hours, or until an instant.
pub(super) async fn snooze(
    State(app): State<App>,
    Staff(who): Staff,
    Path(id): Path<AlertId>,
    fields: Fields,
) -> PageResult<Response> {
    let hours = fields.filled("hours").and_then(|text| text.parse::<u16>().ok());
    let until = match hours {
        Some(hours) => Some(app.desk.now().plus_seconds(i64::from(hours) * 3_600)),
        None => fields.instant("until", &who.here)?,
    };
    let until = until.ok_or_else(|| Refusal::invalid("until", "say until when it is put off"))?;
    app.desk.act_on_alert(who.viewer(), id, Act::Snooze(until)).await?;
    Ok(done(id, "snoozed"))
}

/// `POST /alerts/{id}/unsnooze`: it is put off no longer.
pub(super) async fn unsnooze(
    State(app): State<App>,
    Staff(who): Staff,
    Path(id): Path<AlertId>,
) -> PageResult<Response> {
    app.desk.act_on_alert(who.viewer(), id, Act::Unsnooze).await?;
    Ok(done(id, "unsnoozed"))
}

/// `POST /alerts/{id}/resolve`
pub(super) async fn resolve(
    State(app): State<App>,
    Staff(who): Staff,
    Path(id): Path<AlertId>,
) -> PageResult<Response> {
    app.desk.act_on_alert(who.viewer(), id, Act::Resolve).await?;
    Ok(done(id, "resolved"))
}

fn done(id: AlertId, what: &str) -> Response {
    Redirect::to(&format!("{}?done={what}", url::alert(id))).into_response()
}
