//! Alert events of incident.io's HTTP source.

use super::alertmanager::webhook;
use super::limits::BODY_CHARS;
use super::loose::{self, Many, Pairs, Raw, Text, object};
use super::{Notes, Request, Unreadable, details, key};
use crate::{Reading, Signal};

object! {
    Body<'a> {
        "title" => title: Text<'a>,
        "status" => status: Text<'a>,
        "deduplication_key" => deduplication_key: Text<'a>,
        "description" => description: Text<'a>,
        "metadata" => metadata: Pairs<'a, Raw<'a>>,
        "source_url" => source_url: Text<'a>,
        "alerts" => alerts: Many<Raw<'a>>,
    }
}

/// Reads an event. Alertmanager's own receiver for it sends its webhook's body, which is read as
/// such.
pub fn read(request: &Request<'_>) -> Result<Reading, Unreadable> {
    let mut notes = Notes::new(request.now);
    let text = loose::text(request.body, &mut notes);
    let body: Body<'_> = loose::parse(&text)?;
    if body.alerts.is_list {
        return webhook::read(request);
    }
    if body.title.get().is_none() && body.deduplication_key.get().is_none() {
        return Err(Unreadable::new("title", "is missing or blank"));
    }
    let status = notes.status("status", body.status.get());
    let key = body.deduplication_key.get().map_or_else(|| request.fresh.to_owned(), key);
    let mut signal = Signal::new(key, status, notes.title("title", &[body.title.get()]));
    signal.body = body.description.as_str().to_owned();
    details::add(&mut notes, "metadata", &body.metadata, &mut signal);
    signal.body = notes.text("description", &signal.body, BODY_CHARS);
    let word = ["severity", "priority"].iter().find_map(|name| signal.labels.get(*name)).cloned();
    signal.severity = notes.severity("metadata.severity", word.as_deref());
    signal.priority = word.as_deref().and_then(super::priority);
    signal.service = signal.labels.get("service").cloned();
    notes.link(&mut signal.links, body.source_url.get(), "Source");
    Ok(notes.finish(vec![signal]))
}
