//! The status page: what it shows, and how it presents itself.

mod components;
mod groups;
mod page;

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::once::{self, Answered};
use crate::problem::Problem;
use axum::http::StatusCode;
use desk::{Audit, Idempotency, Trouble};
use serde::Deserialize;
use store::Sql;
use store::status::Way;
use utoipa::ToSchema;

pub(crate) fn doors() -> Vec<Door> {
    let mut doors = components::doors();
    doors.extend(groups::doors());
    doors.extend(page::doors());
    doors
}

/// Moves something past its neighbour once, however often it is asked for with this key.
async fn shift_once(
    app: &App,
    caller: &Caller,
    once: Option<Idempotency>,
    shift: impl FnOnce(&mut dyn Sql, &Audit) -> Result<(), Trouble> + Send + 'static,
) -> Result<StatusCode, Problem> {
    let person = caller.viewer().person;
    let shifted = app.desk().change(caller.actor(), move |sql, audit| {
        if once::before(sql, person, once.as_ref())?.is_some() {
            return Ok(());
        }
        shift(sql, audit)?;
        let answered = Answered { status: StatusCode::NO_CONTENT.as_u16(), body: String::new() };
        Ok(once::keep(sql, person, once.as_ref(), &answered, audit.now())?)
    });
    shifted.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Past which neighbour.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Move {
    /// `up` or `down`.
    to: String,
}

impl Move {
    fn way(&self) -> Result<Way, Problem> {
        match self.to.as_str() {
            "up" => Ok(Way::Up),
            "down" => Ok(Way::Down),
            _ => Err(Problem::invalid("to", "must be one of up, down")),
        }
    }
}
