//! Zabbix's webhook media type, whose fields are macros that the site fills in.
//!
//! Names differ from site to site, so several are tried for each thing. A macro that was not
//! filled in (`{$MACRO}`, `{EVENT.TAGS}`, `*UNKNOWN*`) counts as missing. Times of Zabbix are local
//! and do not say where: one without its zone is dropped rather than taken as UTC.

use super::flat::Flat;
use super::limits::BODY_CHARS;
use super::loose::{self, Pairs, Raw};
use super::{Notes, Request, Unreadable, key, vocabulary};
use crate::{Reading, Severity, Signal, SignalStatus};

/// Names of fields for one thing, best first; compared without case, `_`, `.` and `-`.
const EVENT: [&str; 6] = ["eventid", "problemid", "id", "alertid", "eventrecoveryid", "triggerid"];
const TITLE: [&str; 9] = [
    "eventname",
    "triggername",
    "name",
    "subject",
    "alertsubject",
    "summary",
    "title",
    "trigger",
    "message",
];
const BODY: [&str; 5] = ["alertmessage", "message", "description", "eventopdata", "opdata"];
const STATUS: [&str; 5] = ["eventvalue", "status", "eventstatus", "triggerstatus", "value"];
const SEVERITY: [&str; 6] =
    ["eventseverity", "severity", "nseverity", "eventnseverity", "triggerseverity", "priority"];
const HOST: [&str; 4] = ["hostname", "host", "hosthost", "hostvisiblename"];
const SERVICE: [&str; 2] = ["service", "servicename"];
const LINK: [&str; 5] = ["triggerurl", "link", "url", "eventurl", "zabbixurl"];
const STARTED: [&str; 5] =
    ["eventtimestamp", "startedat", "timestamp", "eventtime", "lastreceived"];
const UPDATE: [&str; 3] = ["eventupdateaction", "updateaction", "action"];
const TAGS: [&str; 2] = ["eventtags", "tags"];

/// Reads a notification.
pub fn read(request: &Request<'_>) -> Result<Reading, Unreadable> {
    let mut notes = Notes::new(request.now);
    let text = loose::text(request.body, &mut notes);
    let pairs: Pairs<'_, Raw<'_>> = loose::parse(&text)?;
    let fields = Flat::of(&mut notes, &pairs, is_literal);
    let event = fields.first(&EVENT);
    if event.is_none() && fields.first(&TITLE).is_none() {
        return Err(Unreadable::new("event_id", "or a name of the event must be there"));
    }
    let signal = signal(&mut notes, &fields, event, request.fresh);
    Ok(notes.finish(vec![signal]))
}

fn signal(notes: &mut Notes, fields: &Flat<'_>, event: Option<&str>, fresh: &str) -> Signal {
    let key = event.map_or_else(|| fresh.to_owned(), |event| key(&format!("event:{event}")));
    let status = status(notes, fields);
    let title = notes.title("event_name", &[fields.first(&TITLE)]);
    let mut signal = Signal::new(key, status, title);
    signal.severity = severity(notes, fields.first(&SEVERITY));
    let body = fields.first(&BODY).filter(|body| *body != signal.title).unwrap_or_default();
    signal.body = notes.text("message", body, BODY_CHARS);
    if let Some(host) = fields.first(&HOST) {
        notes.label(&mut signal.labels, "host", host);
    }
    tags(notes, fields.first(&TAGS).unwrap_or_default(), &mut signal);
    let service = fields.first(&SERVICE).map(str::to_owned);
    let service = service.or_else(|| signal.labels.get("service").cloned());
    signal.service = notes.name("service", service.as_deref());
    notes.link(&mut signal.links, fields.first(&LINK), "Zabbix");
    signal.started_at = fields.first(&STARTED).and_then(|text| started(notes, text));
    signal
}

/// `{EVENT.VALUE}` is 1 while there is a problem; `{EVENT.UPDATE.ACTION}` tells of people.
fn status(notes: &mut Notes, fields: &Flat<'_>) -> SignalStatus {
    let update = fields.first(&UPDATE).unwrap_or_default();
    if update.contains("acknowledged") && !update.contains("unacknowledged") {
        return SignalStatus::Acknowledged;
    }
    match fields.first(&STATUS) {
        Some("0") => SignalStatus::Resolved,
        Some("1") => SignalStatus::Firing,
        word => notes.status("event_value", word),
    }
}

/// A word, or Zabbix's number from 0 to 5.
fn severity(notes: &mut Notes, word: Option<&str>) -> Severity {
    match word {
        Some("0" | "1") => Severity::Info,
        Some("2" | "3") => Severity::Warning,
        Some("4") => Severity::Error,
        Some("5") => Severity::Critical,
        Some(word) if word.eq_ignore_ascii_case("not classified") => Severity::Error,
        word => notes.severity("event_severity", word),
    }
}

/// `service:db, scope:capacity`, or the JSON list of `{EVENT.TAGSJSON}`.
fn tags(notes: &mut Notes, tags: &str, signal: &mut Signal) {
    if tags.starts_with('[') {
        let list: loose::Many<Tag<'_>> = loose::parse(tags).unwrap_or_default();
        for tag in &list.items {
            notes.label(&mut signal.labels, tag.tag.as_str(), tag.value.get().unwrap_or("yes"));
        }
        return;
    }
    for tag in tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
        let (name, value) = tag.split_once(':').unwrap_or((tag, "yes"));
        let value = if value.trim().is_empty() { "yes" } else { value };
        notes.label(&mut signal.labels, name.trim(), value.trim());
    }
}

super::loose::object! {
    Tag<'a> {
        "tag" => tag: loose::Text<'a>,
        "value" => value: loose::Text<'a>,
    }
}

/// Seconds since 1970, as `{EVENT.TIMESTAMP}` gives them, or a time that says its zone.
fn started(notes: &mut Notes, text: &str) -> Option<kernel::Timestamp> {
    if let Ok(seconds) = text.parse::<f64>() {
        return notes.unix("event_timestamp", seconds);
    }
    let local = vocabulary::looks_local(text);
    if local {
        notes.warn("event_time", "does not say its time zone; left out");
        return None;
    }
    notes.start("event_time", text)
}

/// Whether this is the name of a macro that nobody filled in.
fn is_literal(text: &str) -> bool {
    let braced = text.starts_with('{') && text.ends_with('}') && !text.contains(['"', ' ', ',']);
    (braced && text.len() > 2) || text == "*UNKNOWN*"
}
