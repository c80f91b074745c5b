//! `GET /api/v1/search`: incidents, people, services and teams at once.

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::incidents::{Incident, load_rows, look};
use crate::json;
use crate::page::{Params, limit, words};
use crate::people::Named;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use store::incidents::search::{find_people, find_services, find_teams, search};
use utoipa::{IntoParams, ToSchema};

/// Hits of each kind when nothing is asked.
const HITS: usize = 10;

/// What is searched for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SearchParams {
    /// Words that begin words of the texts, or a number.
    #[param(required = true)]
    q: Option<String>,
    /// Hits of each kind, 1 to 200; 10 when absent.
    #[param(value_type = Option<u16>)]
    limit: Option<String>,
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
struct Found<'a> {
    /// The one with that number first, then those with the words in the title,
    /// then the rest, each the newest first.
    incidents: Vec<Incident<'a>>,
    /// People, for the service desk.
    people: Vec<Named>,
    /// Services in use.
    services: Vec<Named>,
    /// Teams in use, for the service desk.
    teams: Vec<Named>,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/search", "search", find)
            .about("search", "Search everything", "What the caller may see.")
            .query::<SearchParams>()
            .answers::<Found>(200, "The hits.")
            .problems(&[401, 403, 422, 503]),
    ]
}

async fn find(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<SearchParams>,
) -> Result<Response, Problem> {
    caller.must_read()?;
    let limit = limit(params.limit.as_deref(), HITS)?;
    let Some(text) = words("q", params.q.as_deref())?.map(str::to_owned) else {
        return Err(Problem::invalid("q", "is needed"));
    };
    let look = look(&app, &caller);
    let staff = caller.viewer().is_staff();
    let (rows, people, services, teams) = app
        .desk()
        .read(move |sql| {
            let rows = search(sql, &look, &text, limit)?;
            let services = find_services(sql, &text, limit)?;
            if !staff {
                return Ok((rows, vec![], services, vec![]));
            }
            let people = find_people(sql, &text, limit)?;
            Ok((rows, people, services, find_teams(sql, &text, limit)?))
        })
        .await?;
    let loaded = load_rows(&app, caller.viewer(), rows, None).await?;
    let found = Found {
        incidents: loaded.iter().map(|one| one.show(&app)).collect(),
        people: people.into_iter().map(Named::from).collect(),
        services: services.into_iter().map(|s| Named::of(s.id, s.name)).collect(),
        teams: teams.into_iter().map(|t| Named::of(t.id, t.name)).collect(),
    };
    Ok(json::answer(StatusCode::OK, &found))
}
