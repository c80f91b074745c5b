//! Subscribers of the status page, for administrators: they subscribe by themselves, at
//! `/status/subscribe`.

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json;
use crate::kept;
use crate::page::{Page, Params, cursor, limit, next_of, words};
use crate::path::Path;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kernel::{ComponentId, Language, SubscriberId, Timestamp, limits};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use store::Sql;
use store::subscribers::{self, Filter, Subscriber, SubscriberKind};
use utoipa::{IntoParams, ToSchema};

/// A subscriber.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Subscriber)]
struct Shown {
    #[schema(value_type = String)]
    id: SubscriberId,
    /// `mail` or `webhook`.
    #[schema(value_type = String)]
    kind: SubscriberKind,
    address: String,
    #[schema(value_type = String)]
    language: Language,
    /// Whether it hears of all components.
    everything: bool,
    /// The components otherwise.
    #[schema(value_type = Vec<String>)]
    components: BTreeSet<ComponentId>,
    #[schema(value_type = String, format = DateTime)]
    asked_at: Timestamp,
    /// Null until it confirmed.
    #[schema(value_type = Option<String>, format = DateTime)]
    confirmed_at: Option<Timestamp>,
    /// Letters that came back.
    bounces: i64,
}

/// How many there are.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SubscriberCounts)]
struct Counts {
    /// Confirmed.
    confirmed: i64,
    /// Those of them that hear of everything.
    everything: i64,
    /// Those of them that chose a component, by its id.
    #[schema(value_type = Object)]
    components: BTreeMap<String, i64>,
    /// Those that have not confirmed.
    unconfirmed: i64,
}

/// Which subscribers.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SubscriberParams {
    /// What stands in the address.
    q: Option<String>,
    /// Only who hears of this component.
    component: Option<String>,
    /// Subscribers of a page, 1 to 200; 50 when absent.
    #[param(value_type = Option<u16>)]
    limit: Option<String>,
    /// Where the page begins: the `next` of the page before.
    cursor: Option<String>,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/subscribers", "listSubscribers", list)
            .about("subscribers", "List subscribers of the status page", "For administrators.")
            .query::<SubscriberParams>()
            .answers::<Page<Shown>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::get("/api/v1/subscribers/counts", "countSubscribers", counts)
            .about("subscribers", "Count subscribers of the status page", "")
            .answers::<Counts>(200, "How many there are.")
            .problems(&[401, 403, 503]),
        Door::get("/api/v1/subscribers/{id}", "readSubscriber", read)
            .about("subscribers", "Read a subscriber", "For administrators.")
            .answers::<Shown>(200, "The subscriber.")
            .problems(&[401, 403, 404, 503]),
        Door::delete("/api/v1/subscribers/{id}", "removeSubscriber", remove)
            .about(
                "subscribers",
                "Remove a subscriber",
                "For administrators. What waits to be sent to it is not sent.",
            )
            .answers_plainly(204, "", "It is told nothing any more.")
            .problems(&[401, 403, 404, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<SubscriberParams>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let most = limit(params.limit.as_deref(), limits::PAGE_ROWS)?;
    let component = params.component.as_deref().map(|id| {
        id.parse().map_err(|_| Problem::invalid("component", "is not the id of a component"))
    });
    let filter = Filter {
        text: words("q", params.q.as_deref())?.unwrap_or_default().to_owned(),
        component: component.transpose()?,
        after: cursor(params.cursor.as_deref())?,
    };
    let mut found =
        app.desk().read(move |sql| subscribers::list(sql, &filter, most as i64 + 1)).await?;
    let next = next_of(&mut found, most, |last| last.id);
    let items: Vec<Shown> = found.into_iter().map(shown).collect();
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

async fn counts(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let found = app.desk().read(subscribers::counts).await?;
    let components = found.chose.into_iter().map(|(id, count)| (id.to_string(), count)).collect();
    let (confirmed, everything, unconfirmed) =
        (found.confirmed, found.everything, found.unconfirmed);
    let counts = Counts { confirmed, everything, components, unconfirmed };
    Ok(json::answer(StatusCode::OK, &counts))
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let id = find(&id)?;
    let found = app.desk().read(move |sql| subscribers::get(sql, id)).await?;
    let found = found.filter(|one| one.ended_at.is_none());
    let found = found.ok_or_else(|| kept::missing(Subscriber::WHAT))?;
    Ok(json::answer(StatusCode::OK, &shown(found)))
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.must_configure()?;
    let id = find(&id)?;
    let remove =
        move |sql: &mut dyn Sql, audit: &desk::Audit| desk::subscribers::remove(sql, audit, id);
    app.desk().change(caller.actor(), remove).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn find(text: &str) -> Result<SubscriberId, Problem> {
    text.parse().map_err(|_| kept::missing(Subscriber::WHAT).into())
}

fn shown(one: Subscriber) -> Shown {
    Shown {
        id: one.id,
        kind: one.kind,
        address: one.address,
        language: one.language,
        everything: one.everything,
        components: one.components,
        asked_at: one.asked_at,
        confirmed_at: one.confirmed_at,
        bounces: one.bounces,
    }
}
