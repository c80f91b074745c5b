//! What problems do to incidents: several are linked at once, a workaround is applied, and open
//! ones are told that their problem is resolved.

use super::{ShownCase, case, number_of};
use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::incidents::number_of as incident_of;
use crate::json::{Body, Given};
use crate::once::{self, Answered, Once};
use crate::path::Path;
use crate::problem::Problem;
use axum::extract::State;
use axum::response::Response;
use kernel::{Channel, IncidentNumber, ProblemNumber};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// Incidents to link.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LinkIncidents {
    /// Up to 200.
    #[schema(value_type = Vec<String>)]
    incidents: Vec<IncidentNumber>,
}

/// What open incidents are told.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct NoteWish {
    /// The words of the internal note; absent: that it is resolved, and its fix.
    note: Option<String>,
}

/// Which incidents got the note.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProblemNoted)]
struct ShownNoted {
    #[schema(value_type = Vec<String>)]
    noted: Vec<IncidentNumber>,
    #[schema(value_type = Vec<String>)]
    refused: Vec<IncidentNumber>,
}

/// Which known error is applied.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ApplyWish {
    /// Its number, such as PRB-3.
    #[schema(value_type = String)]
    problem: ProblemNumber,
}

/// What applying a workaround did; what was there already stayed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WorkaroundApplied)]
struct ShownApplied {
    #[schema(value_type = String)]
    number: IncidentNumber,
    #[schema(value_type = String)]
    problem: ProblemNumber,
    /// Whether it was linked just now.
    linked: bool,
    /// The steps that became tasks.
    tasks: Vec<String>,
    /// Whether a reply was kept as your draft. Nothing is sent.
    drafted: bool,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::post("/api/v1/problems/{id}/link", "linkProblem", link)
            .about("knowledge", "Link incidents to a problem", "Several at once; those that refuse are named.")
            .body::<LinkIncidents>(json!({ "incidents": ["INC-7", "INC-9"] }))
            .once()
            .answers::<ShownCase>(200, "The problem with its incidents.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
        Door::post("/api/v1/problems/{id}/note-resolved", "noteProblemResolved", note)
            .about("knowledge", "Tell open incidents that their problem is resolved", "One internal note each. Requesters are told nothing.")
            .body::<NoteWish>(json!({ "note": "The firmware is replaced everywhere." }))
            .once()
            .answers::<ShownNoted>(200, "Which incidents got it.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
        Door::post("/api/v1/incidents/{number}/apply-workaround", "applyWorkaround", apply)
            .about("knowledge", "Apply the workaround of a known error", "Links the incident, adds the steps as tasks that are not there yet, and keeps a draft of a reply. Doing it again adds nothing.")
            .body::<ApplyWish>(json!({ "problem": "PRB-3" }))
            .once()
            .answers::<ShownApplied>(200, "What it did.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 503]),
    ]
}

async fn link(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Path(id): Path<String>,
    body: Body<LinkIncidents>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let (number, incidents) = (number_of(&id)?, body.value.incidents);
    let doing = async {
        let viewer = caller.viewer();
        app.desk().bare_problem(viewer, number).await?;
        let linked = app.desk().link_problem(viewer, Channel::Api, number, &incidents).await?;
        let mut case = case(&app, &caller, number).await?;
        case.refused = linked.1;
        Ok::<_, Problem>(Answered::good(&case)?)
    };
    once::done(&app, &caller, once.of(&body.bytes), doing).await
}

async fn note(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Path(id): Path<String>,
    body: Given<NoteWish>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let (number, words) = (number_of(&id)?, body.value.note.unwrap_or_default());
    let doing = async {
        let viewer = caller.viewer();
        let done = app.desk().note_resolved(viewer, Channel::Api, number, &words).await?;
        let shown = ShownNoted { noted: done.noted, refused: done.refused };
        Ok::<_, Problem>(Answered::good(&shown)?)
    };
    once::done(&app, &caller, once.of(&body.bytes), doing).await
}

async fn apply(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    Path(number): Path<String>,
    body: Body<ApplyWish>,
) -> Result<Response, Problem> {
    caller.must_edit()?;
    let (number, problem) = (incident_of(&number)?, body.value.problem);
    let doing = async {
        let viewer = caller.viewer();
        let done = app.desk().apply_workaround(viewer, Channel::Api, number, problem).await?;
        let shown = ShownApplied {
            number: done.number,
            problem: done.problem,
            linked: done.linked,
            tasks: done.tasks,
            drafted: done.drafted,
        };
        Ok::<_, Problem>(Answered::good(&shown)?)
    };
    once::done(&app, &caller, once.of(&body.bytes), doing).await
}
