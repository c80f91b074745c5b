//! The status page: what it shows, and how it presents itself.

mod components;
mod groups;
mod page;

use crate::door::Door;
use crate::problem::Problem;
use serde::Deserialize;
use store::status::Way;
use utoipa::ToSchema;

pub(crate) fn doors() -> Vec<Door> {
    let mut doors = components::doors();
    doors.extend(groups::doors());
    doors.extend(page::doors());
    doors
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
