//! What a webhook is told, as JSON: the event as in `GET /api/v1/events`, and how its
//! incident stands.

use super::wishes::scope;
use crate::told::{Say, ToldEvent, render};
use incident::Body;
use kernel::{IncidentNumber, Level, PersonId, Priority, ServiceId, TeamId, Timestamp, WebhookId};
use serde::Serialize;
use store::directory::webhooks::Webhook;
use store::directory::{people, services, teams};
use store::incidents::feed::{FeedEvent, feed};
use store::webhooks::Message;
use store::{Failure, Sql};

/// Why there is nothing to tell.
pub type Silence = &'static str;

/// What is sent.
#[derive(Debug, Clone, Serialize)]
pub struct Payload {
    /// `incident.` and the kind of the event, or `webhook.test`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it was recorded.
    pub timestamp: Timestamp,
    /// What happened.
    pub data: Data,
}

/// What happened.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Data {
    /// Something in an incident.
    Event(Box<Happened>),
    /// Nothing: somebody tries it out.
    Trial {
        /// Which webhook.
        webhook: WebhookId,
        /// Its name.
        name: String,
        /// Words for whoever reads it.
        message: &'static str,
    },
}

/// An event with its incident.
#[derive(Debug, Clone, Serialize)]
pub struct Happened {
    /// The event.
    #[serde(flatten)]
    pub event: ToldEvent,
    /// How its incident stands when this is sent.
    pub incident: Summary,
}

/// An incident in short: fields of `GET /api/v1/incidents/{number}`, with the same names
/// and values.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// Its number.
    pub number: IncidentNumber,
    /// Its page.
    pub url: String,
    /// What is not working, in one line.
    pub title: String,
    /// Where it is in its life.
    pub state: &'static str,
    /// What it waits for, while on hold.
    pub hold_reason: Option<&'static str>,
    /// Priority in force.
    pub priority: Priority,
    /// 1 (high) to 3 (low).
    pub impact: Level,
    /// 1 (high) to 3 (low).
    pub urgency: Level,
    /// The service's name.
    pub service: Option<String>,
    /// The service.
    pub service_id: Option<ServiceId>,
    /// The team's name.
    pub team: Option<String>,
    /// The team.
    pub team_id: Option<TeamId>,
    /// Who works on it: the e-mail address, or the name where there is none.
    pub assignee: Option<String>,
    /// Their name.
    pub assignee_name: Option<String>,
    /// Their id.
    pub assignee_id: Option<PersonId>,
    /// For whom it is: the e-mail address, or the name where there is none.
    pub requester: Option<String>,
    /// Their name.
    pub requester_name: Option<String>,
    /// Their id.
    pub requester_id: PersonId,
    /// Whether it is a major incident.
    pub major: bool,
    /// When it was reported.
    pub reported_at: Timestamp,
    /// When it was resolved.
    pub resolved_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// When something last happened.
    pub updated_at: Timestamp,
    /// How many events made it.
    pub version: u32,
}

/// What a message says now, or why it must not be sent any more. `public_url` is where
/// people reach this instance.
///
/// # Errors
///
/// The database does not answer.
pub fn read(
    sql: &mut dyn Sql,
    webhook: &Webhook,
    message: &Message,
    public_url: Option<&str>,
) -> Result<Result<Payload, Silence>, Failure> {
    let (Some(seq), Some(number)) = (message.seq, message.number) else {
        return Ok(Ok(trial(webhook, message)));
    };
    let found = feed(sql, seq - 1, 1)?;
    // An update that is for chat rooms says its words there, be it for others or not.
    let is_update = |one: &FeedEvent| matches!(one.event.body, Body::UpdatePublished(_));
    let for_chat = webhook.kind.is_chat() && found.iter().all(is_update);
    let says_all = webhook.told.internal || for_chat;
    let say = if says_all { Say::Everything } else { Say::PublicWords };
    let rendered = render(sql, &found, say)?;
    let Some(rendered) = rendered.first().filter(|one| one.seq == seq) else {
        return Ok(Err("there is no such event"));
    };
    let Some(event) = rendered.told(&scope(&webhook.told)) else {
        return Ok(Err("the incident is restricted to a team by now"));
    };
    let event = event.into_owned();
    let Some(incident) = summary(sql, number, public_url)? else {
        return Ok(Err("there is no such incident"));
    };
    let (kind, timestamp) = (format!("incident.{}", event.kind), event.at);
    let data = Data::Event(Box::new(Happened { event, incident }));
    Ok(Ok(Payload { kind, timestamp, data }))
}

fn trial(webhook: &Webhook, message: &Message) -> Payload {
    let data = Data::Trial {
        webhook: webhook.id,
        name: webhook.name.clone(),
        message: "Somebody tries this webhook out. It works.",
    };
    Payload { kind: format!("webhook.{}", message.kind), timestamp: message.created_at, data }
}

/// An incident in short.
pub fn summary(
    sql: &mut dyn Sql,
    number: IncidentNumber,
    public_url: Option<&str>,
) -> Result<Option<Summary>, Failure> {
    let Some(stored) = store::incidents::load(sql, number)? else { return Ok(None) };
    let state = stored.state;
    let title = store::incidents::title_of(sql, number)?.unwrap_or_default();
    let mut ids = vec![state.requester];
    ids.extend(state.assignee);
    let found = people::get_many(sql, &ids)?;
    let named = |id: PersonId| found.iter().find(|person| person.id == id);
    let handle =
        |id| named(id).map(|person| person.email.clone().unwrap_or_else(|| person.name.clone()));
    let name = |id| named(id).map(|person| person.name.clone());
    let service = state.service.map(|id| services::get(sql, id)).transpose()?.flatten();
    let team = state.team.map(|id| teams::get(sql, id)).transpose()?.flatten();
    let base = public_url.unwrap_or_default().trim_end_matches('/');
    Ok(Some(Summary {
        number,
        url: format!("{base}/incidents/{number}"),
        title,
        state: state.lifecycle.as_str(),
        hold_reason: state.hold.as_ref().map(|hold| hold.reason.as_str()),
        priority: state.priority,
        impact: state.impact,
        urgency: state.urgency,
        service: service.map(|service| service.name),
        service_id: state.service,
        team: team.map(|team| team.name),
        team_id: state.team,
        assignee: state.assignee.and_then(handle),
        assignee_name: state.assignee.and_then(name),
        assignee_id: state.assignee,
        requester: handle(state.requester),
        requester_name: name(state.requester),
        requester_id: state.requester,
        major: state.major,
        reported_at: state.reported_at,
        resolved_at: state.moments.resolved,
        closed_at: state.moments.closed,
        updated_at: state.updated_at,
        version: state.version,
    }))
}
