//! Uptime Kuma's webhook.

use super::limits::BODY_CHARS;
use super::loose::{self, Many, Text, object};
use super::{Notes, Request, Unreadable, form, form_pairs, key};
use crate::{Reading, Severity, Signal, SignalStatus};

object! {
    Body<'a> {
        "heartbeat" => heartbeat: Heartbeat<'a>,
        "monitor" => monitor: Monitor<'a>,
        "msg" => msg: Text<'a>,
    }
}

object! {
    Heartbeat<'a> {
        "monitorID" => monitor_id: Text<'a>,
        "status" => status: Text<'a>,
        "time" => time: Text<'a>,
        "msg" => msg: Text<'a>,
        "ping" => ping: Text<'a>,
    }
}

object! {
    Monitor<'a> {
        "id" => id: Text<'a>,
        "name" => name: Text<'a>,
        "url" => url: Text<'a>,
        "hostname" => hostname: Text<'a>,
        "port" => port: Text<'a>,
        "type" => kind: Text<'a>,
        "tags" => tags: Many<Tag<'a>>,
    }
}

object! {
    Tag<'a> {
        "name" => name: Text<'a>,
        "value" => value: Text<'a>,
    }
}

/// With which the words of a test end; what else comes without a heartbeat says that a certificate
/// or a domain will expire.
const TEST: &str = "Testing";

/// Reads a notification, also the `data` of a form of either kind. A test, which has
/// no heartbeat, is an information; whatever else has none is a warning.
pub fn read(request: &Request<'_>) -> Result<Reading, Unreadable> {
    let mut notes = Notes::new(request.now);
    let pairs = request.is_form().then(|| form_pairs(request.body));
    let data = pairs.as_ref().and_then(|pairs| pairs.iter().find(|(name, _)| name == "data"));
    let content_type = request.header("content-type").unwrap_or_default();
    let part = form::part(content_type, request.body, "data").unwrap_or(request.body);
    let bytes = data.map_or(part, |(_, value)| value.as_bytes());
    let text = loose::text(bytes, &mut notes);
    let body: Body<'_> = loose::parse(&text)?;
    if !body.is_object || (!body.heartbeat.is_object && body.msg.get().is_none()) {
        return Err(Unreadable::new("heartbeat", "or msg must be there"));
    }
    let signal = match body.heartbeat.is_object {
        true => signal(&mut notes, &body, request.fresh),
        false => {
            let is_test = body.msg.as_str().trim_end().ends_with(TEST);
            let (severity, kind) = match is_test {
                true => (Severity::Info, "test"),
                false => (Severity::Warning, "warning"),
            };
            notes.warn("heartbeat", format_args!("is missing; taken as a {kind}"));
            let title = notes.title("msg", &[body.msg.get()]);
            let signal = Signal::new(request.fresh, SignalStatus::Firing, title);
            Some(Signal { severity, ..signal })
        }
    };
    Ok(notes.finish(signal.into_iter().collect()))
}

fn signal(notes: &mut Notes, body: &Body<'_>, fresh: &str) -> Option<Signal> {
    let (heartbeat, monitor) = (&body.heartbeat, &body.monitor);
    let (status, severity) = match heartbeat.status.get().unwrap_or("0") {
        "1" => (SignalStatus::Resolved, Severity::Error),
        // Pending: it is tried again before it counts as down.
        "2" | "3" => {
            notes.warn("heartbeat.status", "is pending or maintenance, which is no alert");
            return None;
        }
        "0" => (SignalStatus::Firing, Severity::Error),
        other => (notes.status("heartbeat.status", Some(other)), Severity::Error),
    };
    let id = heartbeat.monitor_id.get().or(monitor.id.get());
    let key = id.map_or_else(|| fresh.to_owned(), |id| key(&format!("monitor:{id}")));
    let named = monitor.name.get().map(|name| format!("{name} is down"));
    let candidates = match status {
        SignalStatus::Firing => [named.as_deref(), body.msg.get()],
        _ => [monitor.name.get(), body.msg.get()],
    };
    let mut signal = Signal::new(key, status, notes.title("monitor.name", &candidates));
    signal.severity = severity;
    signal.body =
        notes.text("heartbeat.msg", heartbeat.msg.get().unwrap_or(body.msg.as_str()), BODY_CHARS);
    let labels = [
        ("monitor", &monitor.name),
        ("hostname", &monitor.hostname),
        ("port", &monitor.port),
        ("type", &monitor.kind),
        ("ping", &heartbeat.ping),
    ];
    for (name, value) in labels {
        notes.label(&mut signal.labels, name, value.as_str());
    }
    for tag in &monitor.tags.items {
        notes.label(&mut signal.labels, tag.name.as_str(), tag.value.get().unwrap_or("yes"));
    }
    signal.service = signal.labels.get("service").cloned();
    // The address of a monitor that is none, of a ping for instance, reads "https://".
    notes.link(
        &mut signal.links,
        monitor.url.get().filter(|url| url.len() > 8),
        "Monitored address",
    );
    // The heartbeat's own time is UTC, without saying so.
    let utc = heartbeat.time.get().map(|time| format!("{}Z", time.trim_end_matches('Z')));
    signal.started_at = utc.and_then(|time| notes.start("heartbeat.time", &time));
    Some(signal)
}
