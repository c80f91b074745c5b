//! Which call a request is.

use super::create::{self, Body, ResponderIn};
use super::search::{self, Search};
use super::{Act, By, Call, Part, Refused, Which};
use crate::doors::limits::*;
use crate::doors::loose::{self, Many, Pairs, Raw, Text, object};
use crate::doors::{Notes, Request, Unreadable, form, key, priority};
use std::collections::BTreeMap;

/// Tags or details that one call changes.
const CHANGED: usize = 50;

object! {
    Acting<'a> {
        "user" => user: Text<'a>,
        "source" => source: Text<'a>,
        "note" => note: Text<'a>,
        "endTime" => end_time: Text<'a>,
        "tags" => tags: Many<Text<'a>>,
        "details" => details: Pairs<'a, Raw<'a>>,
        "responder" => responder: ResponderIn<'a>,
        "team" => team: ResponderIn<'a>,
        "owner" => owner: ResponderIn<'a>,
        "escalation" => escalation: ResponderIn<'a>,
        "message" => message: Text<'a>,
        "description" => description: Text<'a>,
        "priority" => priority: Text<'a>,
    }
}

/// Reads a request whose path begins with `v2/` or `v1/`, or with `jsm/ops/integration/` before it.
/// Slashes at the end do not count.
pub fn read(request: &Request<'_>) -> Result<Call, Refused> {
    let path = request.path.trim_matches('/');
    let path = path.strip_prefix("jsm/ops/integration/").unwrap_or(path);
    let segments: Vec<String> =
        path.split('/').take(8).map(|part| form::percent(part.as_bytes(), false)).collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match (request.method, segments.as_slice()) {
        ("POST", ["v2", "alerts"]) => Ok(Call::Create(Box::new(created(request)?))),
        ("GET", ["v2", "alerts"]) => Ok(Call::List(search(request)?)),
        ("GET", ["v2", "alerts", "count"]) => Ok(Call::Count(search(request)?)),
        ("GET", ["v2", "alerts", "requests", id]) => Ok(Call::Request(bounded(id))),
        ("POST" | "PUT" | "PATCH" | "GET", ["v2", "heartbeats", name, "ping"]) => {
            Ok(Call::Ping(bounded(name)))
        }
        ("POST", ["v1", "incidents", "create"]) => {
            Ok(Call::CreateIncident(Box::new(created(request)?)))
        }
        ("POST", ["v1", "incidents", id, "close"]) => {
            let incident = which(request, id)?;
            Ok(Call::CloseIncident { incident, by: by(request)? })
        }
        (_, ["v2", "alerts", id, rest @ ..]) => alert(request, id, rest),
        (_, ["v2", "alerts"] | ["v1", "incidents", "create"]) => Err(Refused::Method),
        _ => Err(Refused::NoSuchCall),
    }
}

fn alert(request: &Request<'_>, id: &str, rest: &[&str]) -> Result<Call, Refused> {
    let alert = which(request, id)?;
    let part = match (request.method, rest) {
        ("GET", []) => Some(Part::Whole),
        ("GET", ["logs"]) => Some(Part::Logs),
        ("GET", ["notes"]) => Some(Part::Notes),
        ("GET", ["recipients"]) => Some(Part::Recipients),
        _ => None,
    };
    if let Some(part) = part {
        return Ok(Call::Show(alert, part));
    }
    let mut notes = Notes::new(request.now);
    let text = body_or_nothing(request, &mut notes);
    let body: Acting<'_> = loose::parse(&text)?;
    let act = act(request, &mut notes, rest, &body)?;
    let by = by_of(notes, &body);
    Ok(Call::Act { alert, act, by })
}

/// Many calls need no body, and some clients then send none, or one that is no JSON.
fn body_or_nothing<'a>(request: &Request<'a>, notes: &mut Notes) -> std::borrow::Cow<'a, str> {
    match request.body.trim_ascii().is_empty() {
        true => "{}".into(),
        false => loose::text(request.body, notes),
    }
}

fn act(
    request: &Request<'_>,
    notes: &mut Notes,
    rest: &[&str],
    body: &Acting<'_>,
) -> Result<Act, Refused> {
    match (request.method, rest) {
        ("POST", ["close"]) => Ok(Act::Close),
        ("POST", ["acknowledge"]) => Ok(Act::Acknowledge),
        ("POST", ["unacknowledge"]) => Ok(Act::Unacknowledge),
        ("POST", ["snooze"]) => snooze(&body.end_time),
        ("POST", ["notes"]) => match body.note.get() {
            Some(_) => Ok(Act::Note),
            None => refuse("note", "can not be empty"),
        },
        ("POST", ["tags"]) => Ok(Act::AddTags(create::texts(notes, "tags", &body.tags, CHANGED))),
        ("DELETE", ["tags"]) => Ok(Act::RemoveTags(listed(request, "tags"))),
        ("POST", ["details"]) => Ok(Act::AddDetails(details(notes, &body.details))),
        ("DELETE", ["details"]) => Ok(Act::RemoveDetails(listed(request, "keys"))),
        ("POST", ["responders"]) => added(notes, "responder", &body.responder),
        ("POST", ["teams"]) => added(notes, "team", &body.team),
        ("POST", ["assign"]) => Ok(Act::Assign(named(notes, "owner", &body.owner)?)),
        ("POST", ["escalate"]) => Ok(Act::Escalate(named(notes, "escalation", &body.escalation)?)),
        ("POST" | "PUT" | "PATCH", ["message"]) => match body.message.get() {
            Some(message) => Ok(Act::Message(notes.line("message", message, TITLE_CHARS))),
            None => refuse("message", "can not be empty"),
        },
        ("POST" | "PUT" | "PATCH", ["description"]) => {
            Ok(Act::Description(notes.text("description", body.description.as_str(), BODY_CHARS)))
        }
        ("POST" | "PUT" | "PATCH", ["priority"]) => match body.priority.get().and_then(priority) {
            Some(priority) => Ok(Act::Priority(priority)),
            None => refuse("priority", "must be P1, P2, P3, P4 or P5"),
        },
        ("POST", ["actions", name]) => Ok(Act::Custom(bounded(name))),
        ("DELETE", []) => Ok(Act::Delete),
        (_, [one]) if CALLS.contains(one) => Err(Refused::Method),
        (_, []) => Err(Refused::Method),
        _ => Err(Refused::NoSuchCall),
    }
}

/// Calls on an alert, to tell a wrong method from a wrong address.
const CALLS: [&str; 16] = [
    "close",
    "acknowledge",
    "unacknowledge",
    "snooze",
    "notes",
    "tags",
    "details",
    "responders",
    "teams",
    "assign",
    "escalate",
    "message",
    "description",
    "priority",
    "logs",
    "recipients",
];

fn refuse<T>(field: &str, rule: &str) -> Result<T, Refused> {
    Err(Unreadable::new(field, rule).into())
}

fn snooze(end: &Text<'_>) -> Result<Act, Refused> {
    match end.as_str().trim().parse() {
        Ok(until) => Ok(Act::Snooze(until)),
        Err(_) => refuse("endTime", "must be a time with its zone, such as 2026-11-24T00:00:00Z"),
    }
}

fn added(notes: &mut Notes, field: &str, told: &ResponderIn<'_>) -> Result<Act, Refused> {
    let responder = create::responder(notes, field, told);
    responder.map_or_else(
        || refuse(field, "must have a name or an id"),
        |responder| Ok(Act::AddResponder(responder)),
    )
}

fn named(notes: &mut Notes, field: &str, told: &ResponderIn<'_>) -> Result<String, Refused> {
    let responder = create::responder(notes, field, told);
    responder
        .map_or_else(|| refuse(field, "must have a name or an id"), |responder| Ok(responder.name))
}

fn details(notes: &mut Notes, details: &Pairs<'_, Raw<'_>>) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    for (name, value) in details.iter() {
        notes.label(&mut labels, name, &value.words());
    }
    labels
}

/// A list in the address: `tags=a,b`.
fn listed(request: &Request<'_>, name: &str) -> Vec<String> {
    let list = request.parameter(name).unwrap_or_default();
    let parts = list.split(',').map(|part| bounded(part.trim())).filter(|part| !part.is_empty());
    parts.take(CHANGED).collect()
}

fn by(request: &Request<'_>) -> Result<By, Unreadable> {
    let mut notes = Notes::new(request.now);
    let text = body_or_nothing(request, &mut notes);
    let body: Acting<'_> = loose::parse(&text)?;
    Ok(by_of(notes, &body))
}

fn by_of(mut notes: Notes, body: &Acting<'_>) -> By {
    By {
        user: notes.name("user", body.user.get()),
        source: notes.name("source", body.source.get()),
        note: create::note(&mut notes, &body.note),
        warnings: notes.finish(Vec::new()).warnings,
    }
}

fn created(request: &Request<'_>) -> Result<super::Create, Unreadable> {
    let mut notes = Notes::new(request.now);
    let text = loose::text(request.body, &mut notes);
    let body: Body<'_> = loose::parse(&text)?;
    create::create(notes, &body, request.fresh)
}

/// How the client names an alert, by `identifierType`.
fn which(request: &Request<'_>, id: &str) -> Result<Which, Refused> {
    let kind = request.parameter("identifierType").or(request.parameter("identifiertype"));
    match kind.unwrap_or_default().to_lowercase().as_str() {
        _ if id.is_empty() => Err(Refused::NoSuchCall),
        "" | "id" => Ok(Which::Id(bounded(id))),
        "alias" => Ok(Which::Alias(key(id))),
        "tiny" => Ok(Which::Tiny(bounded(id))),
        _ => refuse("identifierType", "must be id, alias or tiny"),
    }
}

fn search(request: &Request<'_>) -> Result<Search, Unreadable> {
    search::read(request)
}

fn bounded(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(KEY_BYTES).collect()
}
