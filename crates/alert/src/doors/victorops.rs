//! The REST integration of VictorOps, also known as Splunk On-Call.

use super::limits::{BODY_CHARS, TITLE_CHARS};
use super::loose::{self, Pairs, Raw, Text, object};
use super::{Notes, Request, Unreadable, details, key};
use crate::{Reading, Severity, Signal, SignalStatus};

object! {
    Body<'a> {
        "message_type" => message_type: Text<'a>,
        "entity_id" => entity_id: Text<'a>,
        "entity_display_name" => entity_display_name: Text<'a>,
        "state_message" => state_message: Text<'a>,
        "state_start_time" => state_start_time: Text<'a>,
        "monitoring_tool" => monitoring_tool: Text<'a>,
        "alert_url" => alert_url: Text<'a>,
        "ack_msg" => ack_msg: Text<'a>,
    }
}

/// Fields that are no details.
const OWN: [&str; 8] = [
    "message_type",
    "entity_id",
    "entity_display_name",
    "state_message",
    "state_start_time",
    "alert_url",
    "ack_msg",
    "timestamp",
];

/// Reads an alert. What else stands in it is kept as its details.
pub fn read(request: &Request<'_>) -> Result<Reading, Unreadable> {
    let mut notes = Notes::new(request.now);
    let text = loose::text(request.body, &mut notes);
    let body: Body<'_> = loose::parse(&text)?;
    let all: Pairs<'_, Raw<'_>> = loose::parse(&text)?;
    let (id, name) = (body.entity_id.get(), body.entity_display_name.get());
    if id.is_none() && name.is_none() && body.state_message.get().is_none() {
        return Err(Unreadable::new("entity_id", "is missing or blank"));
    }
    let (status, severity) = kind(&mut notes, body.message_type.get());
    let key = id.map_or_else(|| request.fresh.to_owned(), key);
    let first_line = body.state_message.get().and_then(|text| text.lines().next());
    let title = match status {
        SignalStatus::Firing => notes.title("entity_display_name", &[name, id, first_line]),
        _ => notes.line("entity_display_name", name.or(id).unwrap_or_default(), TITLE_CHARS),
    };
    let mut signal = Signal::new(key, status, title);
    signal.severity = severity;
    for (name, value) in all.iter().filter(|(name, _)| !OWN.contains(name)) {
        let value = value.words();
        match value.len() <= 200 && !value.contains('\n') {
            true => notes.label(&mut signal.labels, name, &value),
            false => details::section(&mut signal.body, name, &value),
        }
    }
    let body_text = format!("{}\n\n{}", body.state_message.as_str(), signal.body);
    signal.body = notes.text("state_message", &body_text, BODY_CHARS);
    signal.note = notes.name("ack_msg", body.ack_msg.get());
    signal.service = signal.labels.get("service").cloned();
    notes.link(&mut signal.links, body.alert_url.get(), "Source");
    if let Some(seconds) = body.state_start_time.get().and_then(|text| text.parse().ok()) {
        signal.started_at = notes.unix("state_start_time", seconds);
    }
    Ok(notes.finish(vec![signal]))
}

fn kind(notes: &mut Notes, word: Option<&str>) -> (SignalStatus, Severity) {
    match word.unwrap_or_default().to_ascii_uppercase().as_str() {
        "RECOVERY" | "OK" => (SignalStatus::Resolved, Severity::Error),
        "ACKNOWLEDGEMENT" | "ACK" => (SignalStatus::Acknowledged, Severity::Error),
        _ => (SignalStatus::Firing, notes.severity("message_type", word)),
    }
}
