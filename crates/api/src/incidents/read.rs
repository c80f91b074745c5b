//! Reading: lists, counts, one incident.

use super::answer::{self, look};
use super::number_of;
use super::view::Incident;
use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json;
use crate::page::{Page, Params, limit};
use crate::path::Path;
use crate::problem::Problem;
use crate::version;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use kernel::limits;
use query::Query;
use serde::{Deserialize, Serialize};
use store::incidents::list::{self, Cursor, Order};
use utoipa::{IntoParams, ToSchema};

/// Which incidents.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct IncidentsParams {
    /// A query as in the search bar, such as `state:open priority:P1 team:mine
    /// vpn sort:risk`. Without `sort:` open incidents come by due instant, others
    /// by last change. Pages by risk are all ranked for the instant of the first one.
    #[param(example = "state:open priority:P1,P2")]
    q: Option<String>,
    /// Incidents of a page, 1 to 200; 50 when absent.
    #[param(value_type = Option<u16>)]
    limit: Option<String>,
    /// Where the page begins: the `next` of the page before.
    cursor: Option<String>,
}

/// Which incidents are counted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CountParams {
    /// A query as in the search bar.
    #[param(example = "state:open assignee:none")]
    q: Option<String>,
}

/// How many incidents there are.
#[derive(Debug, Serialize, ToSchema)]
struct Count {
    /// How many; counting stops at 10,000.
    count: i64,
    /// Whether there are as many or more.
    at_least: bool,
}

pub(super) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/incidents", "listIncidents", many)
            .about(
                "incidents",
                "List incidents",
                "Those the caller may see. `description` is null in lists.",
            )
            .query::<IncidentsParams>()
            .answers::<Page<Incident>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::get("/api/v1/incidents/count", "countIncidents", count)
            .about("incidents", "Count incidents", "Those the caller may see.")
            .query::<CountParams>()
            .answers::<Count>(200, "How many.")
            .problems(&[401, 403, 422, 503]),
        Door::get("/api/v1/incidents/{number}", "readIncident", one)
            .about(
                "incidents",
                "Read one incident",
                "ETag is its version. Clocks are read at the instant of the answer.",
            )
            .header(
                "If-None-Match",
                "The version known already; answered with 304 while it is in force.",
            )
            .answers::<Incident>(200, "The incident.")
            .answers_plainly(304, "", "Nothing has happened since that version.")
            .problems(&[401, 403, 404, 503]),
    ]
}

async fn many(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<IncidentsParams>,
) -> Result<Response, Problem> {
    caller.must_read()?;
    let look = look(&app, &caller);
    let query = Order::told_to(parse(params.q.as_deref())?, &look.scope);
    let limit = limit(params.limit.as_deref(), limits::PAGE_ROWS)?;
    let cursor = params.cursor.as_deref().map(|text| Cursor::parse(text, &query));
    let cursor = cursor.transpose().map_err(|error| Problem::invalid("cursor", error.0))?;
    let ranking = app.desk().ranking();
    let page = app
        .desk()
        .read(move |sql| list::ranked(sql, &look, &ranking, &query, limit, cursor.as_ref()))
        .await?;
    let next = page.next.map(|cursor| cursor.to_string());
    let loaded = answer::load_rows(&app, caller.viewer(), page.rows, page.ranked_at).await?;
    Ok(answer::list_of(&app, &loaded, next))
}

async fn count(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<CountParams>,
) -> Result<Response, Problem> {
    caller.must_read()?;
    let query = parse(params.q.as_deref())?;
    let look = look(&app, &caller);
    let count =
        app.desk().read(move |sql| list::count(sql, &look, &query.filter, list::COUNTED)).await?;
    let count = Count { count, at_least: count >= list::COUNTED };
    Ok(json::answer(StatusCode::OK, &count))
}

async fn one(
    State(app): State<App>,
    caller: Caller,
    Path(number): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.must_read()?;
    let loaded = answer::load(&app, caller.viewer(), number_of(&number)?).await?;
    let current = i64::from(loaded.state.version);
    if version::is_known(&headers, current) {
        return Ok(version::not_modified(current));
    }
    Ok(loaded.respond(&app, StatusCode::OK))
}

/// Reads a query; what is wrong with it is said with its place.
pub(crate) fn parse(text: Option<&str>) -> Result<Query, Problem> {
    let text = text.unwrap_or_default();
    if text.contains('\0') {
        return Err(Problem::invalid("q", "holds a character that cannot be searched for"));
    }
    query::parse(text).map_err(|error| {
        let hint = error.suggestion.map(|word| format!(" Did you mean {word}?"));
        let words = format!(
            "{}{} (at character {})",
            error.message,
            hint.unwrap_or_default(),
            error.position + 1
        );
        Problem::invalid("q", words)
    })
}
