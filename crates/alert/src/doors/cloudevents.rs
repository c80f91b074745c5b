//! CloudEvents 1.0: structured, as a batch, and with headers.

use super::{Notes, Request, Unreadable, form, json, key};
use crate::Reading;
use crate::mapping::Mapping;
use serde_json::{Map, Value};

const STRUCTURED: &str = "application/cloudevents+json";
const BATCH: &str = "application/cloudevents-batch+json";

/// Whether a request says that it is one.
pub fn is_one(request: &Request<'_>) -> bool {
    let kind = request.content_type();
    kind == STRUCTURED || kind == BATCH || request.header("ce-specversion").is_some()
}

/// Reads one or several. The mapping sees the data of each event, and the event around it under
/// `ce`. An alert that the mapping finds no key for is known by source and subject, without a subject
/// by source and id, so that an event that comes twice is one.
pub fn read(request: &Request<'_>, mapping: Option<&Mapping>) -> Result<Reading, Unreadable> {
    let mut notes = Notes::new(request.now);
    let events = events(request, &mut notes)?;
    let mut all = notes.finish(Vec::new());
    for (place, event) in events.iter().take(super::limits::ALERTS).enumerate() {
        let reading = one(request, mapping, event, place);
        all.signals.extend(reading.signals);
        all.left_out += reading.left_out;
        for warning in reading.warnings {
            if !all.warnings.contains(&warning) && all.warnings.len() < super::limits::WARNINGS {
                all.warnings.push(warning);
            }
        }
    }
    Ok(all)
}

/// The events of a request: objects with their attributes and `data`.
fn events(request: &Request<'_>, notes: &mut Notes) -> Result<Vec<Value>, Unreadable> {
    let kind = request.content_type();
    if kind == STRUCTURED || kind == BATCH {
        return match json::document(request, notes)? {
            Value::Array(list) => Ok(list),
            event @ Value::Object(_) => Ok(vec![event]),
            _ => Err(Unreadable::new("body", "must be an event or a list of events")),
        };
    }
    let mut event = Map::new();
    for (name, value) in request.headers {
        let attribute = name.get(..3).filter(|head| head.eq_ignore_ascii_case("ce-"));
        if attribute.is_some() {
            let value = form::percent(value.trim_matches('"').as_bytes(), false);
            event.insert(name[3..].to_ascii_lowercase(), Value::String(value));
        }
    }
    let data = match request.body.is_empty() {
        true => Value::Null,
        false => json::document(request, notes).unwrap_or_else(|_| {
            notes.warn("body", "is not JSON; taken as a text");
            Value::String(String::from_utf8_lossy(request.body).into_owned())
        }),
    };
    event.insert("data".to_owned(), data);
    Ok(vec![Value::Object(event)])
}

fn one(request: &Request<'_>, mapping: Option<&Mapping>, event: &Value, place: usize) -> Reading {
    let attribute = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default();
    let (source, id, subject) = (attribute("source"), attribute("id"), attribute("subject"));
    let fresh = match (subject, id, place) {
        ("", "", 0) => request.fresh.to_owned(),
        ("", "", place) => format!("{}+{place}", request.fresh),
        ("", id, _) => key(&format!("{source} {id}")),
        (subject, _, _) => key(&format!("{source} {subject}")),
    };
    let document = with_event(event, attribute("type"));
    let mapping = mapping.unwrap_or_else(|| Mapping::usual_for(&document));
    let mut reading = mapping.read(&document, request.now, &fresh);
    if event.get("data_base64").is_some() {
        reading.warnings.push("data_base64: is not looked into".to_owned());
    }
    let several = reading.signals.len() > 1;
    for (place, signal) in reading.signals.iter_mut().enumerate() {
        if signal.once.is_none() && !id.is_empty() {
            let part = if several { format!(" {place}") } else { String::new() };
            signal.once = Some(key(&format!("{source} {id}{part}")));
        }
        if signal.started_at.is_none() {
            signal.started_at = attribute("time").parse().ok().filter(|at| *at <= request.now);
        }
    }
    reading
}

/// The data of an event as the document, with the event itself under `ce`. Data that is no object
/// is the `message`; an event whose data has no title is titled by its subject or type.
fn with_event(event: &Value, kind: &str) -> Value {
    let data = event.get("data").cloned().unwrap_or(Value::Null);
    let mut document = match data {
        Value::Object(map) => map,
        Value::Null => Map::new(),
        other => Map::from_iter([("message".to_owned(), other)]),
    };
    let attributes = event.as_object().into_iter().flatten().filter(|(name, _)| *name != "data");
    let around = attributes.map(|(name, value)| (name.clone(), value.clone())).collect();
    let subject = event.get("subject").and_then(Value::as_str).unwrap_or(kind);
    if document.is_empty() || !document.values().any(Value::is_string) {
        document.insert("title".to_owned(), Value::String(subject.to_owned()));
    }
    document.entry("event").or_insert_with(|| Value::String(kind.to_owned()));
    document.insert("ce".to_owned(), Value::Object(around));
    Value::Object(document)
}
