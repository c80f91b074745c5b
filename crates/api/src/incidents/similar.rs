//! What is like an incident, and what people say of it.

use super::number_of;
use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Body};
use crate::once::{self, Answered, Once};
use crate::path::Path;
use crate::problem::Problem;
use crate::search::{ArticleHit, ProblemHit};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::search::{Alike, Feedback, Like, SimilarIncident};
use incident::Lifecycle;
use kernel::{IncidentNumber, Priority, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// Why an incident is like another.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SimilarWhy)]
struct Why {
    /// Words that both have, folded, the most telling first.
    words: Vec<String>,
    same_service: bool,
    /// Labels of alerts that both have, as `name=value`.
    labels: Vec<String>,
    /// Whether somebody said that it helped.
    helped: bool,
}

/// How an incident ended.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SimilarOutcome)]
struct Outcome {
    /// The code of its resolution.
    code: String,
    /// The words of its resolution, where the caller may read them.
    words: Option<String>,
    /// The known error whose workaround was used.
    known_error: Option<String>,
}

/// An incident that is like another.
#[derive(Debug, Serialize, ToSchema)]
struct Similar {
    #[schema(value_type = String)]
    number: IncidentNumber,
    title: String,
    #[schema(value_type = String)]
    state: Lifecycle,
    #[schema(value_type = String)]
    priority: Priority,
    /// The name of its service.
    service: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    reported_at: Timestamp,
    /// How alike, from 0 to 1.
    score: f32,
    why: Why,
    /// How it ended, if it has.
    outcome: Option<Outcome>,
    /// From the report until service was back, in seconds.
    took_seconds: Option<i64>,
}

impl From<SimilarIncident> for Similar {
    fn from(of: SimilarIncident) -> Self {
        let outcome = of.ended.map(|ended| Outcome {
            code: ended.code,
            words: ended.words,
            known_error: ended.known_error,
        });
        Similar {
            number: of.row.number,
            title: of.row.title,
            state: of.row.state.lifecycle,
            priority: of.row.state.priority,
            service: of.row.service.map(|service| service.name),
            reported_at: of.row.state.reported_at,
            score: of.score,
            why: Why {
                words: of.why.words,
                same_service: of.why.same_service,
                labels: of.why.labels,
                helped: of.why.helped,
            },
            outcome,
            took_seconds: of.took_seconds,
        }
    }
}

/// A known outage that everybody of the caller's company is told of.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SimilarOutage)]
struct Outage {
    #[schema(value_type = String)]
    number: IncidentNumber,
    title: String,
    /// The name of its service.
    service: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    reported_at: Timestamp,
    /// How alike, from 0 to 1.
    score: f32,
    /// Words that both have, folded.
    words: Vec<String>,
}

/// What is like an incident, the most alike first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SimilarAnswer)]
struct All {
    /// Incidents that the caller may see; requesters see their own.
    incidents: Vec<Similar>,
    /// Known outages.
    known_outages: Vec<Outage>,
    /// Known errors, for the service desk.
    known_errors: Vec<ProblemHit>,
    /// Published articles.
    articles: Vec<ArticleHit>,
    /// Which share of the incidents is compared by now, from 0 to 1, while the index is filled.
    building: Option<f32>,
}

/// What somebody says of a similar incident or a known error.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SimilarFeedback)]
struct Said {
    /// True: it helped; of incidents alone. False: it is not alike, and is not shown beside that
    /// incident any more. Null takes back what the caller said.
    helped: Option<bool>,
}

pub(super) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/incidents/{number}/similar", "listSimilar", list)
            .about("incidents", "List what is alike", "Similar incidents with why, how they ended and how long they took, known errors and articles.")
            .answers::<All>(200, "They, within what the caller may see.")
            .problems(&[401, 403, 404, 503]),
        Door::post("/api/v1/incidents/{number}/similar/{other}/feedback", "saySimilar", say)
            .about("incidents", "Say whether what is similar helped", "`other` is the number of an incident or of a known error. For people who see all of both and work on them.")
            .body::<Said>(json!({ "helped": true }))
            .once()
            .answers::<Said>(200, "What was said.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<Response, Problem> {
    caller.must_read()?;
    let like = Like::Incident(number_of(&number)?);
    let found = app.desk().similar(caller.viewer(), like).await?;
    let outages = found.outages.into_iter().map(|one| Outage {
        number: one.number,
        title: one.title,
        service: one.service.map(|service| service.name),
        reported_at: one.reported_at,
        score: one.score,
        words: one.words,
    });
    let all = All {
        incidents: found.incidents.into_iter().map(Similar::from).collect(),
        known_outages: outages.collect(),
        known_errors: found.known_errors.iter().map(ProblemHit::from).collect(),
        articles: found.articles.iter().map(ArticleHit::from).collect(),
        building: found.building,
    };
    Ok(json::answer(StatusCode::OK, &all))
}

async fn say(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Path((number, other)): Path<(String, String)>,
    body: Body<Said>,
) -> Result<Response, Problem> {
    caller.must_write()?;
    let number = number_of(&number)?;
    let other: Alike = other.parse().map_err(|_| Problem::no_such_incident())?;
    let doing = said(&app, &caller, (number, other), body.value);
    once::done(&app, &caller, once.of(&body.bytes), doing).await
}

async fn said(
    app: &App,
    caller: &Caller,
    (number, other): (IncidentNumber, Alike),
    said: Said,
) -> Result<Answered, Problem> {
    let feedback = said.helped.map(|helped| match helped {
        true => Feedback::Helped,
        false => Feedback::NotAlike,
    });
    app.desk().say_of_similar(caller.viewer(), number, other, feedback).await?;
    Ok(Answered::good(&said)?)
}
