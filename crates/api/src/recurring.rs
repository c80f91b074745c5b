//! Incidents that come again and again, and what people make of them.

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Given, Nothing};
use crate::kept;
use crate::once::{self, Answered, Once};
use crate::page::{Page, PageParams, Params};
use crate::path::Path;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::recurring::Listed;
use insight::recurring::Trend;
use kernel::{Channel, ClusterId, IncidentNumber, ProblemNumber, ServiceId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::recurring::RecurringState;
use utoipa::ToSchema;

/// Clusters that a list shows, those that cost most.
const SHOWN_MAX: usize = 200;

/// Incidents that come again and again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Recurring)]
struct Shown {
    #[schema(value_type = String)]
    id: ClusterId,
    /// The words that most of them say.
    name: String,
    /// Their service, by id.
    #[schema(value_type = Option<String>)]
    service: Option<ServiceId>,
    /// Its name; null when it is out of use.
    service_name: Option<String>,
    /// `proposed`, `problem` or `dismissed`.
    #[schema(value_type = String)]
    state: RecurringState,
    /// The problem behind them.
    #[schema(value_type = Option<String>)]
    problem: Option<ProblemNumber>,
    /// How many came in the last year, those that you see.
    incidents: usize,
    /// How many of them are open.
    open: usize,
    /// How long they lasted together.
    seconds: i64,
    /// When the latest was reported.
    #[schema(value_type = String, format = DateTime)]
    latest: Timestamp,
    /// How many came in each of the last 26 weeks, the oldest first.
    weeks: Vec<u32>,
    /// `rising`, `falling`, `steady`, or `unclear` while too few came to tell.
    #[schema(value_type = String)]
    trend: Trend,
    /// What the trend rests on, in words.
    trend_words: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    decided_at: Option<Timestamp>,
}

/// Which problem lies behind them.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct ProblemWish {
    /// One that is there; absent for a new one.
    #[schema(value_type = Option<String>)]
    problem: Option<ProblemNumber>,
    /// The title of a new one; absent: the service and the words that most of them say.
    title: Option<String>,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecurringProblem)]
struct ShownProblem {
    #[schema(value_type = String)]
    problem: ProblemNumber,
    /// The incidents that were linked to it.
    #[schema(value_type = Vec<String>)]
    linked: Vec<IncidentNumber>,
    /// Those that could not be linked.
    #[schema(value_type = Vec<String>)]
    refused: Vec<IncidentNumber>,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/recurring", "listRecurring", list)
            .about("knowledge", "List recurring incidents", "Incidents of one service that say nearly the same, at least three in the last year; what costs most first. What is restricted to a team counts nowhere.")
            .query::<PageParams>()
            .answers::<Page<Shown>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::post("/api/v1/recurring/{id}/problem", "makeRecurringProblem", problem)
            .about("knowledge", "Make a problem of recurring incidents", "Makes a problem, or takes one that is there, and links the latest 200 incidents to it. Once more it links those that came since.")
            .body::<ProblemWish>(json!({ "title": "Label Printing: labels blank" }))
            .once()
            .answers::<ShownProblem>(200, "The problem and its incidents.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
        Door::post("/api/v1/recurring/{id}/dismiss", "dismissRecurring", dismiss)
            .about("knowledge", "Dismiss recurring incidents", "They stay silent until there are twice as many.")
            .body::<Nothing>(json!({}))
            .once()
            .answers::<Shown>(200, "They.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<PageParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let all = app.desk().recurring(caller.viewer()).await?;
    let items: Vec<Shown> = all.into_iter().take(SHOWN_MAX).map(|one| shown(&app, one)).collect();
    Ok(json::answer(StatusCode::OK, &Page::of(items, &params, |one| one.id)?))
}

async fn problem(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Path(id): Path<String>,
    body: Given<ProblemWish>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let (id, wish) = (cluster_id(&id)?, body.value);
    let doing = behind(&app, &caller, id, wish);
    once::done(&app, &caller, once.of(&body.bytes), doing).await
}

async fn behind(
    app: &App,
    caller: &Caller,
    id: ClusterId,
    wish: ProblemWish,
) -> Result<Answered, Problem> {
    let (desk, viewer) = (app.desk(), caller.viewer());
    let shown = match wish.problem {
        Some(problem) => {
            let (linked, refused) = desk.link_recurring(viewer, Channel::Api, id, problem).await?;
            ShownProblem { problem, linked, refused }
        }
        None => {
            let cluster = desk.recurring_one(viewer, id).await?.listed.cluster;
            let policy = desk.policy();
            let service = cluster.service.and_then(|id| policy.services.get(&id));
            let usual = match service {
                Some(service) => format!("{}: {}", service.name, cluster.name),
                None => cluster.name,
            };
            let title = wish.title.unwrap_or(usual);
            let made = desk.recurring_problem(viewer, Channel::Api, id, &title).await?;
            let (problem, linked, refused) = (made.problem.number, made.linked, made.refused);
            ShownProblem { problem, linked, refused }
        }
    };
    Ok(Answered::good(&shown)?)
}

async fn dismiss(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Path(id): Path<String>,
    body: Given<Nothing>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let id = cluster_id(&id)?;
    let doing = dismissed(&app, &caller, id);
    once::done(&app, &caller, once.of(&body.bytes), doing).await
}

async fn dismissed(app: &App, caller: &Caller, id: ClusterId) -> Result<Answered, Problem> {
    app.desk().dismiss_recurring(caller.viewer(), id).await?;
    let case = app.desk().recurring_one(caller.viewer(), id).await?;
    Ok(Answered::good(&shown(app, case.listed))?)
}

fn cluster_id(text: &str) -> Result<ClusterId, Problem> {
    text.parse().map_err(|_| kept::missing("cluster of recurring incidents").into())
}

fn shown(app: &App, one: Listed) -> Shown {
    let policy = app.desk().policy();
    let cluster = one.cluster;
    let service = cluster.service.and_then(|id| policy.services.get(&id));
    Shown {
        id: cluster.id,
        name: cluster.name,
        service: cluster.service,
        service_name: service.map(|service| service.name.clone()),
        state: cluster.state,
        problem: cluster.problem,
        incidents: one.incidents,
        open: one.open,
        seconds: one.seconds,
        latest: one.latest,
        weeks: one.weeks,
        trend: one.trend,
        trend_words: one.trend.words(&one.compared),
        decided_at: cluster.decided_at,
    }
}
