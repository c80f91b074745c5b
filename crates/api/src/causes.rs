//! What probably caused an incident, and what people say of it.

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::incidents::number_of;
use crate::json::{self, Given};
use crate::once::{self, Answered, Once};
use crate::path::Path;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::causes::{Causes, Proposed};
use insight::cause::{Evidence, Kind, What};
use kernel::{Channel, IncidentNumber, ServiceId, Timestamp, words};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

words! {
    /// What is said of a cause.
    Said {
        /// This was it.
        Yes = "yes",
        /// This was not it.
        No = "no",
        /// What was said before is taken back.
        Nothing = "nothing",
    }
}

/// Why something is proposed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CauseEvidence)]
struct ShownEvidence {
    /// In words.
    words: String,
    /// What it adds to the log-odds; less than 0 speaks against it.
    weight: f64,
}

/// A cause.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Cause)]
struct Shown {
    /// Names it within this incident, such as `change:` with an id.
    id: String,
    /// `deployment`, `configuration`, `other_change`, `alert`, `service`, `maintenance`, `record`.
    #[schema(value_type = String)]
    kind: Kind,
    title: String,
    /// How probable, more than 0 and less than 1; it ranks, and is no promise. Null where it is
    /// named only because somebody judged it.
    score: Option<f64>,
    /// What speaks for it and against it, the strongest first.
    evidence: Vec<ShownEvidence>,
    #[schema(value_type = Option<String>)]
    service: Option<ServiceId>,
    service_name: Option<String>,
    /// Since when.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
    /// Who or what says so.
    source: Option<String>,
    /// Where to read on.
    link: Option<String>,
    /// The incident that tells of it.
    #[schema(value_type = Option<String>)]
    number: Option<IncidentNumber>,
    /// `yes`, `no`, or null when nobody said anything.
    #[schema(value_type = Option<String>)]
    said: Option<Said>,
    /// Whether the incident is linked to it.
    linked: bool,
}

/// The probable causes of an incident.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Causes)]
struct ShownCauses {
    #[schema(value_type = String)]
    number: IncidentNumber,
    /// The first that is known of it.
    #[schema(value_type = String, format = DateTime)]
    began: Timestamp,
    /// The services that are hit, by id.
    #[schema(value_type = Vec<String>)]
    affected: Vec<ServiceId>,
    /// What somebody says it was, then the most probable first; 8 at most, and what was judged.
    causes: Vec<Shown>,
    /// What somebody says it was not.
    refused: Vec<Shown>,
}

/// What you say of a cause.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Feedback {
    /// `yes`: this was it. `no`: it was not. `nothing` takes back what was said.
    #[schema(value_type = String)]
    said: Said,
    /// With `yes`: also links the incident to it; a change needs a number such as `CHG-12` in
    /// its title.
    #[serde(default)]
    link: bool,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/incidents/{number}/causes", "listCauses", list)
            .about("incidents", "List what probably caused an incident", "Changes, alerts, outages and planned work before it began at its services and at what they need, and problems behind incidents that were alike. Of other incidents only what you may see all of.")
            .answers::<ShownCauses>(200, "The causes.")
            .problems(&[401, 403, 404, 503]),
        Door::post("/api/v1/incidents/{number}/causes/{id}/feedback", "judgeCause", judge)
            .about("incidents", "Say whether something was the cause", "For whoever works on the incident. What is said is a hint for the next incidents; the last word stands.")
            .body::<Feedback>(json!({ "said": "yes", "link": true }))
            .once()
            .answers::<ShownCauses>(200, "The causes as they are ranked now.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let causes = app.desk().causes(caller.viewer(), number_of(&number)?).await?;
    Ok(json::answer(StatusCode::OK, &shown(&app, causes)))
}

async fn judge(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Path((number, id)): Path<(String, String)>,
    body: Given<Feedback>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let number = number_of(&number)?;
    let what: What = id.parse().map_err(|_| Problem::not_found("there is no such cause"))?;
    let doing = judged(&app, &caller, number, what, body.value);
    once::done(&app, &caller, once.of(&body.bytes), doing).await
}

async fn judged(
    app: &App,
    caller: &Caller,
    number: IncidentNumber,
    what: What,
    feedback: Feedback,
) -> Result<Answered, Problem> {
    let (desk, viewer) = (app.desk(), caller.viewer());
    let was_it = match feedback.said {
        Said::Yes => Some(true),
        Said::No => Some(false),
        Said::Nothing => None,
    };
    if feedback.link && was_it != Some(true) {
        return Err(Problem::invalid("link", "goes with yes alone"));
    }
    let mut causes = desk.judge_cause(viewer, number, what.clone(), was_it).await?;
    if feedback.link {
        causes = desk.link_cause(viewer, Channel::Api, number, &what).await?;
    }
    Ok(Answered::good(&shown(app, causes))?)
}

fn shown(app: &App, causes: Causes) -> ShownCauses {
    let policy = app.desk().policy();
    let one = |one: Proposed| {
        let name = |id: ServiceId| policy.services.get(&id).map(|service| service.name.clone());
        Shown {
            id: one.what.to_string(),
            kind: one.kind,
            title: one.known.title,
            score: one.score,
            evidence: one.evidence.iter().filter_map(evidence).collect(),
            service: one.known.service,
            service_name: one.known.service.and_then(name),
            at: one.known.at,
            source: Some(one.known.source).filter(|source| !source.is_empty()),
            link: one.known.link,
            number: one.known.number,
            said: one.said.map(|was_it| if was_it { Said::Yes } else { Said::No }),
            linked: one.linked,
        }
    };
    ShownCauses {
        number: causes.number,
        began: causes.began,
        affected: causes.affected,
        causes: causes.probable.into_iter().map(one).collect(),
        refused: causes.refused.into_iter().map(one).collect(),
    }
}

fn evidence(one: &Evidence) -> Option<ShownEvidence> {
    Some(ShownEvidence { words: one.fact.words()?, weight: one.weight })
}
