//! Problems and known errors: what lies behind incidents, and the workaround until it is gone.

pub(crate) mod linked;

use crate::app::App;
use crate::auth::Caller;
use crate::directory::{Cards, Directory};
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept::{self, given};
use crate::once::{self, Answered, Once};
use crate::page::{ListParams, Page, Params, page_of};
use crate::path::Path;
use crate::problem::Problem;
use crate::reference::{Place, References, or_before};
use crate::version::{Seen, Tries};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::problems::Listed;
use jiff::civil::Date;
use kernel::{Channel, IncidentNumber, PersonId, ProblemNumber, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::directory::problems::{self as rows, ProblemState};
use store::knowledge::Success;
use utoipa::ToSchema;

/// A problem. It is a known error once its cause is written down and it has a workaround.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProblemRecord)]
struct Shown {
    #[schema(value_type = String)]
    number: ProblemNumber,
    title: String,
    /// `open`, `known_error`, `resolved` or `closed`.
    #[schema(value_type = String)]
    state: ProblemState,
    description: String,
    cause: String,
    workaround: String,
    /// The workaround step by step; they become tasks where it is applied.
    steps: Vec<String>,
    /// What makes it go away.
    fix: String,
    /// The service, by name.
    service: Option<String>,
    /// The category, by name.
    category: Option<String>,
    /// The team, by name.
    team: Option<String>,
    /// The person who has it, by e-mail address.
    owner: Option<String>,
    /// When somebody looks at it again.
    #[schema(value_type = Option<String>, format = Date)]
    review_on: Option<Date>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    cost: ShownCost,
    success: ShownSuccess,
    version: i64,
}

/// What the incidents of a problem have cost, those that you see.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProblemCost)]
struct ShownCost {
    incidents: i64,
    open: i64,
    /// How long they lasted, in seconds: outages where there were some, else from report to
    /// resolution.
    seconds: i64,
    #[schema(value_type = Option<String>, format = DateTime)]
    latest: Option<Timestamp>,
}

/// How often it was used, how many of these can be judged, and in how many it helped: the
/// incident was resolved and not reopened within a week.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Success)]
pub(crate) struct ShownSuccess {
    used: u32,
    judged: u32,
    helped: u32,
}

impl From<Success> for ShownSuccess {
    fn from(success: Success) -> Self {
        let Success { used, judged, helped } = success;
        ShownSuccess { used, judged, helped }
    }
}

/// A problem with its incidents.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProblemWithIncidents)]
struct ShownCase {
    #[serde(flatten)]
    problem: Shown,
    /// Its incidents that you see, the latest first.
    #[schema(value_type = Vec<String>)]
    incidents: Vec<IncidentNumber>,
    /// Incidents that could not be linked; only after linking.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    refused: Vec<IncidentNumber>,
}

/// A new problem.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewProblem {
    title: String,
    /// `open` when absent; `known_error` needs a cause and a workaround.
    #[schema(value_type = Option<String>)]
    state: Option<ProblemState>,
    description: Option<String>,
    cause: Option<String>,
    workaround: Option<String>,
    /// Up to 50 lines.
    steps: Option<Vec<String>>,
    fix: Option<String>,
    /// By name or id.
    service: Option<String>,
    /// By name, path or id.
    category: Option<String>,
    /// By name or id.
    team: Option<String>,
    /// By e-mail address or id.
    owner: Option<String>,
    #[schema(value_type = Option<String>, format = Date)]
    review_on: Option<Date>,
    /// Incidents that are linked to it, up to 200.
    #[schema(value_type = Option<Vec<String>>)]
    incidents: Option<Vec<IncidentNumber>>,
}

/// What to change of a problem; what is absent stays.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProblemChange {
    title: Option<String>,
    /// Managers and administrators close, and take up again what is closed.
    #[schema(value_type = Option<String>)]
    state: Option<ProblemState>,
    description: Option<String>,
    cause: Option<String>,
    workaround: Option<String>,
    /// These and only these.
    steps: Option<Vec<String>>,
    fix: Option<String>,
    /// Null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    service: Option<Option<String>>,
    /// Null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    category: Option<Option<String>>,
    /// Null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    team: Option<Option<String>>,
    /// Null for nobody.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    owner: Option<Option<String>>,
    /// Null for no day.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = Date)]
    review_on: Option<Option<Date>>,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/problems", "listProblems", list)
            .about("knowledge", "List problems", "For the service desk, those changed last first; `q` looks in the title.")
            .query::<ListParams>()
            .answers::<Page<Shown>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::post("/api/v1/problems", "createProblem", create)
            .about("knowledge", "Create a problem", "For whoever works on incidents. Several incidents can be linked at once.")
            .body::<NewProblem>(json!({ "title": "Yellow scanners drop off the Wi-Fi", "workaround": "Turn fast roaming off.", "incidents": ["INC-7"] }))
            .once()
            .answers::<ShownCase>(201, "The problem.")
            .problems(&[400, 401, 403, 409, 413, 415, 422, 503]),
        Door::get("/api/v1/problems/{id}", "readProblem", read)
            .about("knowledge", "Read a problem", "By its number, with its incidents that you see.")
            .answers::<ShownCase>(200, "The problem.")
            .problems(&[401, 403, 404, 503]),
        Door::patch("/api/v1/problems/{id}", "changeProblem", change)
            .about("knowledge", "Change a problem", "For whoever works on incidents; managers and administrators close.")
            .body::<ProblemChange>(json!({ "state": "known_error", "cause": "Firmware 8.10 turns fast roaming on." }))
            .if_match()
            .answers::<ShownCase>(200, "The problem as it is now.")
            .problems(&[400, 401, 403, 404, 409, 412, 413, 415, 422, 503]),
        Door::delete("/api/v1/problems/{id}", "closeProblem", close)
            .about("knowledge", "Close a problem", "For managers and administrators. It stays readable.")
            .if_match()
            .answers_plainly(204, "", "It is closed.")
            .problems(&[401, 403, 404, 409, 412, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<ListParams>,
) -> Result<Response, Problem> {
    let all = app.desk().problems(caller.viewer()).await?;
    let (found, next) = page_of(all, &params, |one| one.problem.number, |one| &one.problem.title)?;
    let directory = app.directory().await?;
    let owners: Vec<PersonId> = found.iter().filter_map(|one| one.problem.owner).collect();
    let cards = directory.people(app.desk(), owners).await?;
    let items = found.into_iter().map(|one| shown(one, &directory, &cards)).collect();
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<NewProblem>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let references = References::of(&app, caller.viewer()).await?;
    let new = body.value;
    let service = new.service.map(|text| references.service("service", &text)).transpose()?;
    let named = [&new.category, &new.team, &new.owner].map(|named| named.as_deref().map(Some));
    let Place { category, team, owner } = references.place(named, Place::default()).await?;
    let row = rows::Problem {
        state: new.state.unwrap_or(ProblemState::Open),
        description: new.description.unwrap_or_default(),
        cause: new.cause.unwrap_or_default(),
        workaround: new.workaround.unwrap_or_default(),
        steps: new.steps.unwrap_or_default(),
        fix: new.fix.unwrap_or_default(),
        service,
        category,
        team,
        owner,
        review_on: new.review_on,
        ..rows::Problem::titled(ProblemNumber(0), new.title.trim(), app.desk().now())
    };
    let incidents = new.incidents.unwrap_or_default();
    let doing = async {
        let viewer = caller.viewer();
        let made = app.desk().make_problem(viewer, Channel::Api, row, &incidents).await?;
        let mut case = case(&app, &caller, made.problem.number).await?;
        case.refused = made.refused;
        Ok::<_, Problem>(Answered::created(&case)?)
    };
    once::done(&app, &caller, once.of(&body.bytes), doing).await
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let case = case(&app, &caller, number_of(&id)?).await?;
    let version = case.problem.version;
    Ok(kept::answer(&case, version))
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
    body: Body<ProblemChange>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let number = number_of(&id)?;
    let references = References::of(&app, caller.viewer()).await?;
    let mut tries = Tries::default();
    loop {
        let before = app.desk().bare_problem(caller.viewer(), number).await?;
        seen.check(before.version)?;
        let row = changed(&references, before, body.value.clone()).await?;
        let done = app.desk().change_problem(caller.viewer(), row).await;
        if !tries.again(seen, &done) {
            done?;
            break;
        }
    }
    let case = case(&app, &caller, number).await?;
    let version = case.problem.version;
    Ok(kept::answer(&case, version))
}

async fn changed(
    references: &References<'_>,
    before: rows::Problem,
    wish: ProblemChange,
) -> Result<rows::Problem, Problem> {
    let service = wish.service.as_ref().map(Option::as_deref);
    let service = or_before(service, before.service, |text| references.service("service", text))?;
    let named = [&wish.category, &wish.team, &wish.owner];
    let named = named.map(|named| named.as_ref().map(Option::as_deref));
    let was = Place { category: before.category, team: before.team, owner: before.owner };
    let Place { category, team, owner } = references.place(named, was).await?;
    Ok(rows::Problem {
        title: wish.title.map_or(before.title, |title| title.trim().to_owned()),
        state: wish.state.unwrap_or(before.state),
        description: wish.description.unwrap_or(before.description),
        cause: wish.cause.unwrap_or(before.cause),
        workaround: wish.workaround.unwrap_or(before.workaround),
        steps: wish.steps.unwrap_or(before.steps),
        fix: wish.fix.unwrap_or(before.fix),
        service,
        category,
        team,
        owner,
        review_on: wish.review_on.unwrap_or(before.review_on),
        number: before.number,
        created_by: before.created_by,
        created_at: before.created_at,
        updated_at: before.updated_at,
        version: before.version,
    })
}

async fn close(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    seen: Seen,
) -> Result<StatusCode, Problem> {
    caller.must_edit()?;
    let (number, mut tries) = (number_of(&id)?, Tries::default());
    loop {
        let before = app.desk().bare_problem(caller.viewer(), number).await?;
        seen.check(before.version)?;
        let row = rows::Problem { state: ProblemState::Closed, ..before };
        let done = app.desk().change_problem(caller.viewer(), row).await;
        if !tries.again(seen, &done) {
            done?;
            return Ok(StatusCode::NO_CONTENT);
        }
    }
}

async fn case(app: &App, caller: &Caller, number: ProblemNumber) -> Result<ShownCase, Problem> {
    let case = app.desk().problem(caller.viewer(), number).await?;
    let directory = app.directory().await?;
    let cards = directory.people(app.desk(), case.listed.problem.owner).await?;
    let incidents = case.incidents.into_iter().map(|(row, _)| row.number).collect();
    let problem = shown(case.listed, &directory, &cards);
    Ok(ShownCase { problem, incidents, refused: vec![] })
}

fn number_of(text: &str) -> Result<ProblemNumber, Problem> {
    text.parse().map_err(|_| kept::missing(rows::Problem::WHAT).into())
}

fn shown(listed: Listed, directory: &Directory, cards: &Cards) -> Shown {
    let Listed { problem, cost, success } = listed;
    Shown {
        service: problem.service.and_then(|id| directory.services.name(id)).map(str::to_owned),
        category: problem.category.and_then(|id| directory.categories.name(id)).map(str::to_owned),
        team: problem.team.and_then(|id| directory.teams.name(id)).map(str::to_owned),
        owner: problem.owner.and_then(|id| cards.get(&id)).map(|card| card.handle().to_owned()),
        number: problem.number,
        title: problem.title,
        state: problem.state,
        description: problem.description,
        cause: problem.cause,
        workaround: problem.workaround,
        steps: problem.steps,
        fix: problem.fix,
        review_on: problem.review_on,
        created_at: problem.created_at,
        updated_at: problem.updated_at,
        cost: ShownCost {
            incidents: cost.incidents,
            open: cost.open,
            seconds: cost.seconds,
            latest: cost.latest,
        },
        success: success.into(),
        version: problem.version,
    }
}
