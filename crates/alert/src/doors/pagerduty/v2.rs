//! `POST /v2/enqueue`.

use super::{Event, LinkIn, dedup_key, event, links, routing_key};
use crate::doors::limits::BODY_CHARS;
use crate::doors::loose::{self, Many, Pairs, Raw, Text, object};
use crate::doors::{Notes, Request, Unreadable, details};
use crate::{Signal, SignalStatus};

object! {
    Body<'a> {
        "routing_key" => routing_key: Text<'a>,
        "event_action" => event_action: Text<'a>,
        "dedup_key" => dedup_key: Text<'a>,
        "payload" => payload: Payload<'a>,
        "images" => images: Many<LinkIn<'a>>,
        "links" => links: Many<LinkIn<'a>>,
        "client" => client: Text<'a>,
        "client_url" => client_url: Text<'a>,
    }
}

object! {
    Payload<'a> {
        "summary" => summary: Text<'a>,
        "source" => source: Text<'a>,
        "severity" => severity: Text<'a>,
        "timestamp" => timestamp: Text<'a>,
        "component" => component: Text<'a>,
        "group" => group: Text<'a>,
        "class" => class: Text<'a>,
        "custom_details" => custom_details: Raw<'a>,
    }
}

/// Reads an event. Refused is what PagerDuty refuses, but for a severity that is missing or
/// unknown: Alertmanager sends an empty one, and its page must not be lost.
pub fn read(request: &Request<'_>) -> Result<Event, Unreadable> {
    let mut notes = Notes::new(request.now);
    let text = loose::text(request.body, &mut notes);
    let body: Body<'_> = loose::parse(&text)?;
    let routing_key = routing_key(request, "routing_key", &body.routing_key)?;
    let status = action(&body.event_action)?;
    let key = dedup_key("dedup_key", &body.dedup_key, status, request.fresh)?;
    let payload = &body.payload;
    let needed = [("payload.summary", &payload.summary), ("payload.source", &payload.source)];
    if status == SignalStatus::Firing
        && let Some((field, _)) = needed.into_iter().find(|(_, text)| text.get().is_none())
    {
        return Err(Unreadable::new(field, "is missing or blank"));
    }
    let signal = signal(&mut notes, &body, key, status);
    Ok(event(routing_key, notes, signal))
}

/// What happened to the alert.
fn action(word: &Text<'_>) -> Result<SignalStatus, Unreadable> {
    match word.get() {
        Some("trigger") => Ok(SignalStatus::Firing),
        Some("acknowledge") => Ok(SignalStatus::Acknowledged),
        Some("resolve") => Ok(SignalStatus::Resolved),
        Some(_) => Err(Unreadable::new("event_action", "must be trigger, acknowledge or resolve")),
        None => Err(Unreadable::new("event_action", "is missing or blank")),
    }
}

fn signal(notes: &mut Notes, body: &Body<'_>, key: String, status: SignalStatus) -> Signal {
    let payload = &body.payload;
    let title = notes.line(
        "payload.summary",
        payload.summary.get().unwrap_or_default(),
        crate::doors::limits::TITLE_CHARS,
    );
    let mut signal = Signal::new(key, status, title);
    signal.severity = severity(notes, body, status);
    custom_details(notes, payload, &mut signal);
    if let Some(summary) = payload.summary.get().filter(|summary| was_cut(summary)) {
        let body = format!("{summary}\n\n{}", signal.body);
        signal.body = notes.text("payload", &body, BODY_CHARS);
    }
    let named = [
        ("source", &payload.source),
        ("component", &payload.component),
        ("group", &payload.group),
        ("class", &payload.class),
        ("client", &body.client),
    ];
    for (name, value) in named {
        notes.label(&mut signal.labels, name, value.as_str());
    }
    signal.service = notes.name("payload.component", payload.component.get());
    signal.started_at = notes.start("payload.timestamp", payload.timestamp.as_str());
    links(notes, &mut signal.links, &body.links);
    links(notes, &mut signal.links, &body.images);
    notes.link(&mut signal.links, body.client_url.get(), body.client.get().unwrap_or("Source"));
    signal
}

/// Whether a summary is more than a title holds, which then is its beginning.
fn was_cut(summary: &str) -> bool {
    summary.chars().count() > crate::doors::limits::TITLE_CHARS || summary.contains('\n')
}

/// Alertmanager sends an empty severity where the label is not the same in the whole group.
fn severity(notes: &mut Notes, body: &Body<'_>, status: SignalStatus) -> crate::Severity {
    let word = body.payload.severity.get();
    if word.is_none() && status == SignalStatus::Firing {
        notes.warn("payload.severity", "is missing or blank; taken as error");
    }
    notes.severity("payload.severity", word)
}

fn custom_details(notes: &mut Notes, payload: &Payload<'_>, signal: &mut Signal) {
    let Some(json) = payload.custom_details.get() else {
        return;
    };
    if json.starts_with('{') {
        let details: Pairs<'_, Raw<'_>> = loose::parse(json).unwrap_or_default();
        details::add(notes, "payload.custom_details", &details, signal);
    } else {
        let words = payload.custom_details.words();
        signal.body = notes.text("payload.custom_details", &words, BODY_CHARS);
    }
}
