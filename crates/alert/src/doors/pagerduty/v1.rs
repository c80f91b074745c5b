//! `POST /generic/2010-04-15/create_event.json`, which old integrations still use.

use super::{Event, LinkIn, action, dedup_key, event, links, routing_key};
use crate::doors::limits::{BODY_CHARS, TITLE_CHARS};
use crate::doors::loose::{self, Many, Pairs, Raw, Text, object};
use crate::doors::{Notes, Request, Unreadable, details};
use crate::{Signal, SignalStatus};

object! {
    Body<'a> {
        "service_key" => service_key: Text<'a>,
        "event_type" => event_type: Text<'a>,
        "incident_key" => incident_key: Text<'a>,
        "description" => description: Text<'a>,
        "details" => details: Raw<'a>,
        "client" => client: Text<'a>,
        "client_url" => client_url: Text<'a>,
        "contexts" => contexts: Many<LinkIn<'a>>,
    }
}

/// Reads an event.
pub fn read(request: &Request<'_>) -> Result<Event, Unreadable> {
    let mut notes = Notes::new(request.now);
    let text = loose::text(request.body, &mut notes);
    let body: Body<'_> = loose::parse(&text)?;
    let routing_key = routing_key(request, "service_key", &body.service_key)?;
    let status = action(&mut notes, "event_type", &body.event_type);
    let key = dedup_key("incident_key", &body.incident_key, status, request.fresh)?;
    let title = match (status, body.description.get()) {
        (SignalStatus::Firing, None) if body.details.get().is_none() => {
            return Err(Unreadable::new("description", "is missing or blank"));
        }
        (SignalStatus::Firing, description) => notes.title("description", &[description]),
        (_, description) => notes.line("description", description.unwrap_or_default(), TITLE_CHARS),
    };
    let mut signal = Signal::new(key, status, title);
    match body.details.get() {
        Some(json) if json.starts_with('{') => {
            let pairs: Pairs<'_, Raw<'_>> = loose::parse(json).unwrap_or_default();
            details::add(&mut notes, "details", &pairs, &mut signal);
        }
        Some(_) => signal.body = notes.text("details", &body.details.words(), BODY_CHARS),
        None => {}
    }
    let word = signal.labels.get("severity").cloned();
    signal.severity = notes.severity("details.severity", word.as_deref());
    notes.label(&mut signal.labels, "client", body.client.as_str());
    links(&mut notes, &mut signal.links, &body.contexts);
    notes.link(&mut signal.links, body.client_url.get(), body.client.get().unwrap_or("Source"));
    Ok(event(routing_key, notes, signal))
}
