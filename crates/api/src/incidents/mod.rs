//! Incidents over HTTP.

mod answer;
mod attachments;
mod bulk;
pub(crate) mod clock;
mod clocks;
mod commands;
mod conduct;
mod expected;
mod needs;
mod paged;
mod promised;
mod read;
mod report;
mod risk;
mod similar;
mod timeline;
mod view;
mod wishes;
mod work;

pub(crate) use answer::{load_rows, open_with};
pub(crate) use commands::unknown_command;
pub(crate) use read::parse as parse_query;
pub(crate) use view::Incident;

use crate::app::App;
use crate::door::Door;
use crate::problem::Problem;
use incident::{Access, Scope, Viewer};
use kernel::IncidentNumber;
use store::incidents::feed;

/// The number in an address; what is none names no incident.
pub(crate) fn number_of(text: &str) -> Result<IncidentNumber, Problem> {
    text.parse().map_err(|_| Problem::no_such_incident())
}

/// Refuses whoever may not see the incident as if there were none.
async fn must_see(app: &App, viewer: &Viewer, number: IncidentNumber) -> Result<(), Problem> {
    let scope = Scope::of(viewer);
    let subjects = app.desk().read(move |sql| feed::subjects(sql, &[number])).await?;
    match subjects.get(&number).map(|subject| scope.access(subject)) {
        None | Some(Access::None) => Err(Problem::no_such_incident()),
        Some(_) => Ok(()),
    }
}

pub(crate) fn doors() -> Vec<Door> {
    let families = [
        report::doors(),
        read::doors(),
        timeline::doors(),
        clocks::doors(),
        attachments::doors(),
        bulk::doors(),
        commands::doors(),
        similar::doors(),
    ];
    families.into_iter().flatten().collect()
}
