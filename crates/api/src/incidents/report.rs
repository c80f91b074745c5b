//! `POST /api/v1/incidents`: somebody reports.

use super::answer;
use super::view::Incident;
use crate::app::App;
use crate::auth::Caller;
use crate::directory::Card;
use crate::door::Door;
use crate::json::Body;
use crate::once::Once;
use crate::problem::Problem;
use crate::reference::{References, is_email};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::{Ask, Newcomer, plain};
use incident::Command;
use incident::command::Report;
use incident::models::ModelUse;
use kernel::{Channel, IncidentNumber, Level, PersonId, Timestamp, limits};
use serde::Deserialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// A report.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewIncident {
    /// What is not working, in one line of at most 250 characters. Needed, unless a model
    /// brings it.
    title: Option<String>,
    /// More words.
    description: Option<String>,
    /// For whom, by e-mail address or id; the caller when absent. An unknown
    /// address becomes a person without a login.
    requester: Option<String>,
    /// The service's name or id.
    service: Option<String>,
    /// The category's name, path or id.
    category: Option<String>,
    /// 1 (high) to 3 (low); by the service's criticality when absent.
    #[schema(value_type = Option<u8>, minimum = 1, maximum = 3)]
    impact: Option<Level>,
    /// 1 (high) to 3 (low); 2 when absent.
    #[schema(value_type = Option<u8>, minimum = 1, maximum = 3)]
    urgency: Option<Level>,
    /// How many people are affected.
    affected: Option<u32>,
    /// The team to start with, by name or id.
    team: Option<String>,
    /// The person to start with, by e-mail address or id.
    assignee: Option<String>,
    /// The door it came through; `api` when absent.
    #[schema(value_type = Option<String>, example = "api")]
    channel: Option<Channel>,
    /// When it was first noticed, if earlier than now.
    #[schema(value_type = Option<String>, format = DateTime)]
    detected_at: Option<Timestamp>,
    /// Custom fields.
    fields: Option<BTreeMap<String, String>>,
    /// Tags.
    tags: Option<BTreeSet<String>>,
    /// The incident this is a further case of.
    #[schema(value_type = Option<String>)]
    parent: Option<IncidentNumber>,
    /// The closed incident this one follows.
    #[schema(value_type = Option<String>)]
    follow_up_of: Option<IncidentNumber>,
    /// The only team that may see it, by name or id.
    confidential_to: Option<String>,
    /// The incident model it is reported with, by name or id: it gives what is not said here,
    /// its tasks and its runbook.
    model: Option<String>,
}

impl NewIncident {
    /// The door it says it came through.
    pub(super) fn channel(&self) -> Option<Channel> {
        self.channel
    }
}

pub(super) fn doors() -> Vec<Door> {
    vec![
        Door::post("/api/v1/incidents", "reportIncident", report)
            .about("incidents", "Report an incident", "Answers with the incident as recorded. The answer to a token with the scope intake shows what it reported.")
            .body::<NewIncident>(json!({
                "title": "Label printer in hall 3 prints nothing",
                "description": "All labels come out blank since 08:10.",
                "service": "Label Printing",
                "impact": 2,
                "urgency": 2,
            }))
            .once()
            .answers::<Incident>(201, "It is recorded; Location names it.")
            .answers_plainly(204, "", "Recorded before with this Idempotency-Key; the caller may not see it any more. Location names it.")
            .problems(&[400, 401, 403, 413, 415, 422, 503]),
    ]
}

async fn report(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<NewIncident>,
) -> Result<Response, Problem> {
    let viewer = caller.viewer();
    let references = References::of(&app, viewer).await?;
    let mut ask = app.desk().ask(viewer, channel(body.value.channel())?).once(once.of(&body.bytes));
    let description = body.value.description.as_deref().map(plain).filter(|text| !text.is_empty());
    let command = command(&references, &mut ask, body.value).await?;
    let done = ask.issue(command).await?;
    let loaded = answer::reported(&app, viewer, done, description).await?;
    Ok(loaded.respond(&app, StatusCode::CREATED))
}

/// The door a report came through. Some doors only the product itself uses.
pub(super) fn channel(given: Option<Channel>) -> Result<Channel, Problem> {
    match given {
        None => Ok(Channel::Api),
        Some(Channel::Timer | Channel::Import | Channel::Cli) => Err(Problem::invalid(
            "channel",
            "must be one of portal, web, phone, email, chat, api, alert, in_person",
        )),
        Some(channel) => Ok(channel),
    }
}

/// A value that stands in a column of its own: no control characters.
pub(super) fn check_value(field: &str, text: &str, max_chars: usize) -> Result<(), Problem> {
    if text.chars().any(char::is_control) {
        return Err(Problem::invalid(field, "holds a control character"));
    }
    if text.chars().count() > max_chars {
        return Err(Problem::invalid(field, format!("is longer than {max_chars} characters")));
    }
    Ok(())
}

/// The command for a report. The requester comes last: only when everything else
/// is found to be in order a new person is recorded.
pub(super) async fn command(
    references: &References<'_>,
    ask: &mut Ask<'_>,
    new: NewIncident,
) -> Result<Command, Problem> {
    let fields = new.fields.unwrap_or_default();
    for (name, value) in &fields {
        check_value(&format!("fields.{name}"), value, limits::CUSTOM_FIELD_CHARS)?;
    }
    let team = |field, text: &Option<String>| {
        text.as_deref().map(|text| references.team(field, text)).transpose()
    };
    let service = new.service.as_deref().map(|text| references.service("service", text));
    let category = new.category.as_deref().map(|text| references.category("category", text));
    let assignee = references.opt_person("assignee", new.assignee.as_deref()).await?;
    let model = new.model.as_deref().map(|text| references.model("model", text)).transpose()?;
    let brought = model.as_ref().map(|model| model.gives.title.as_str());
    let title = ask.title(new.title.as_deref().or(brought).unwrap_or_default())?;
    let description = new.description.as_deref();
    let description = ask.opt_words("description", description, limits::BODY_CHARS)?;
    let requester = requester(references, new.requester.as_deref()).await?;
    let mut report = Report {
        title,
        description,
        requester: references.viewer().person,
        service: service.transpose()?,
        category: category.transpose()?,
        impact: new.impact,
        urgency: new.urgency,
        affected: new.affected,
        team: team("team", &new.team)?,
        assignee,
        detected_at: new.detected_at,
        fields,
        tags: new.tags.unwrap_or_default(),
        follow_up_of: new.follow_up_of,
        parent: new.parent,
        confidential_to: team("confidential_to", &new.confidential_to)?,
        model: model.map(|model| ModelUse::of(model.id)),
        alerts: None,
    };
    match requester {
        Requester::Known(person) => report.requester = person,
        Requester::New(email) => {
            let newcomer = Newcomer { name: None, email: Some(email) };
            if let Some(person) = ask.report_for_somebody_new(&mut report, &newcomer).await? {
                references.directory().keep(Card::from(person));
            }
        }
    }
    Ok(Command::Report(Box::new(report)))
}

/// For whom it is: somebody known, or the address of somebody who is not yet.
enum Requester {
    Known(PersonId),
    New(String),
}

async fn requester(references: &References<'_>, text: Option<&str>) -> Result<Requester, Problem> {
    let viewer = references.viewer();
    let Some(text) = text.map(str::trim) else { return Ok(Requester::Known(viewer.person)) };
    // Requesters learn nothing about who is known.
    let known = match viewer.is_staff() || text.parse() == Ok(viewer.person) {
        true => references.card(text).await?,
        false => references.card(text).await?.filter(|card| card.id == viewer.person),
    };
    if let Some(card) = known {
        return Ok(Requester::Known(card.id));
    }
    if !is_email(text) {
        let words = "is not a known person; give an e-mail address or an id";
        return Err(Problem::invalid("requester", words));
    }
    Ok(Requester::New(text.to_owned()))
}
