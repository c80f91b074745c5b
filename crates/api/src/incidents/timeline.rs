//! An incident's timeline.

use super::number_of;
use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json;
use crate::page::{Page, Params, limit};
use crate::path::Path;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::told::{ToldEvent, hidden, tell, words_of};
use incident::{Access, Scope};
use kernel::{IncidentNumber, limits};
use serde::Deserialize;
use std::collections::BTreeSet;
use store::incidents::feed;
use store::incidents::timeline::{self, StoredEvent};
use store::{Failure, Sql};
use utoipa::IntoParams;

/// Which entries.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TimelineParams {
    /// Only entries after this place (`n`).
    #[param(value_type = Option<u32>)]
    after: Option<String>,
    /// Entries of a page, 1 to 200; 200 when absent.
    #[param(value_type = Option<u16>)]
    limit: Option<String>,
    /// Where the page begins: the `next` of the page before. The same as `after`.
    cursor: Option<String>,
}

pub(super) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/incidents/{number}/timeline", "readTimeline", read)
            .about(
                "incidents",
                "Read its timeline",
                "Oldest first. Requesters and watchers get the public entries. Related incidents that the caller may not see are null in them.",
            )
            .query::<TimelineParams>()
            .answers::<Page<ToldEvent>>(200, "A page of it.")
            .problems(&[401, 403, 404, 422, 503]),
    ]
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(number): Path<String>,
    Params(params): Params<TimelineParams>,
) -> Result<Response, Problem> {
    caller.must_read()?;
    let number = number_of(&number)?;
    let limit = limit(params.limit.as_deref(), limits::PAGE_ROWS_MAX)?;
    let after = match (params.cursor.as_deref(), params.after.as_deref()) {
        (Some(cursor), _) => place("cursor", cursor)?,
        (None, Some(after)) => place("after", after)?,
        (None, None) => 0,
    };
    let scope = Scope::of(caller.viewer());
    let page = app.desk().read(move |sql| page(sql, &scope, number, after, limit)).await?;
    match page {
        Some(page) => Ok(json::answer(StatusCode::OK, &page)),
        None => Err(Problem::no_such_incident()),
    }
}

fn place(field: &str, text: &str) -> Result<u32, Problem> {
    text.parse()
        .map_err(|_| Problem::invalid(field, "must be the place of an entry: a number from 0"))
}

/// The next entries that the viewer may see; `None` when they may not see the incident.
fn page(
    sql: &mut dyn Sql,
    scope: &Scope,
    number: IncidentNumber,
    after: u32,
    limit: usize,
) -> Result<Option<Page<ToldEvent>>, Failure> {
    let subjects = feed::subjects(sql, &[number])?;
    let access = subjects.get(&number).map_or(Access::None, |subject| scope.access(subject));
    let full = access == Access::Full;
    if access == Access::None {
        return Ok(None);
    }
    let mut shown: Vec<StoredEvent> = Vec::new();
    let mut from = after;
    while shown.len() <= limit {
        let more = timeline::timeline(sql, number, from, limits::PAGE_ROWS_MAX)?;
        let Some(last) = more.last() else { break };
        from = last.event.n;
        shown.extend(more.into_iter().filter(|stored| full || stored.public));
    }
    let next = shown.get(limit).map(|_| shown[limit - 1].event.n.to_string());
    shown.truncate(limit);
    let ids: Vec<_> = shown.iter().flat_map(|stored| words_of(&stored.event)).collect();
    let contents = timeline::contents_by_id(sql, &ids)?;
    let named: BTreeSet<_> = shown.iter().flat_map(|stored| stored.event.names()).collect();
    let subjects = feed::subjects(sql, &named.into_iter().collect::<Vec<_>>())?;
    let told = |stored: &StoredEvent| {
        let hidden = hidden(&stored.event.names(), &subjects, scope);
        tell(stored.seq, number, &stored.event, stored.public, &contents, full).without(&hidden)
    };
    Ok(Some(Page { items: shown.iter().map(told).collect(), next }))
}
