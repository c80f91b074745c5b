//! What the index is told: records as they are stored become documents, each with those who may
//! read it.

use ::search::{Document, Kind, Label, Readers};
use kernel::Timestamp;
use store::directory::{Article, Person, Problem, Service, Team};
use store::incidents::documents as stored;

/// Label of labels of alerts, as `name=value`: never a filter, only what is alike.
pub(super) const ALERT: &str = "alert";

/// An incident.
pub(super) fn incident(of: stored::Document) -> Document {
    let state = of.state;
    let readers = Readers::Incident {
        requester: state.requester,
        organisation: state.organisation,
        watchers: state.watchers,
        confidential_to: state.confidential_to,
    };
    let mut document =
        Document::new(Kind::Incident, of.number.to_string(), of.title, readers, state.updated_at);
    for words in of.words {
        let text = if words.public { &mut document.public } else { &mut document.internal };
        text.push_str(&words.text);
        text.push('\n');
    }
    let labels = &mut document.labels;
    labels.push(Label::new("state", state.lifecycle.as_str()));
    labels.push(Label::new("priority", state.priority));
    labels.push(Label::new("channel", state.channel.as_str()));
    labels.push(Label::new("major", if state.major { "yes" } else { "no" }));
    labels.extend(state.service.map(|id| Label::new("service", id)));
    labels.extend(state.team.map(|id| Label::new("team", id)));
    labels.extend(state.category.map(|id| Label::new("category", id)));
    labels.extend(state.assignee.map(|id| Label::new("assignee", id)));
    labels.extend(of.labels.into_iter().map(|label| Label::new(ALERT, label)));
    document
}

/// A problem, and how often it helped: for the service desk.
pub(super) fn problem(of: &Problem, helped: u32) -> Document {
    let number = of.number.to_string();
    let mut document =
        Document::new(Kind::Problem, number, &of.title, Readers::Staff, of.updated_at);
    document.weight = helped;
    let texts = [&of.description, &of.cause, &of.workaround, &of.fix];
    document.public =
        texts.into_iter().chain(&of.steps).map(String::as_str).collect::<Vec<_>>().join("\n");
    document.labels.push(Label::new("state", of.state.as_str()));
    document.labels.extend(of.service.map(|id| Label::new("service", id)));
    document.labels.extend(of.category.map(|id| Label::new("category", id)));
    document
}

/// An article, and how often it helped: for its readers.
pub(super) fn article(of: &Article, helped: u32) -> Document {
    let readers = if of.is_open() { Readers::Everyone } else { Readers::Staff };
    let number = of.number.to_string();
    let mut document = Document::new(Kind::Article, number, &of.title, readers, of.updated_at);
    document.weight = helped;
    document.public.clone_from(&of.body);
    document.labels.push(Label::new("state", of.state.as_str()));
    document.labels.extend(of.services.iter().map(|id| Label::new("service", id)));
    document.labels.extend(of.category.map(|id| Label::new("category", id)));
    document
}

/// A service in use: for everybody.
pub(super) fn service(of: &Service, now: Timestamp) -> Document {
    let id = of.id.to_string();
    let mut document = Document::new(Kind::Service, id, &of.name, Readers::Everyone, now);
    // What is written of it is for the service desk.
    document.internal.clone_from(&of.description);
    document
}

/// A team in use: for the service desk.
pub(super) fn team(of: &Team, now: Timestamp) -> Document {
    let id = of.id.to_string();
    let mut document = Document::new(Kind::Team, id, &of.name, Readers::Staff, now);
    document.public.clone_from(&of.description);
    document
}

/// A person in use: for the service desk.
pub(super) fn person(of: &Person) -> Document {
    let id = of.id.to_string();
    let mut document = Document::new(Kind::Person, id, &of.name, Readers::Staff, of.created_at);
    let email = of.email.as_deref().unwrap_or_default();
    document.public = [email, &of.job_title, &of.site].join("\n");
    document
}
