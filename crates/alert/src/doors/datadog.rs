//! Datadog's webhooks, whose fields a site fills with variables.
//!
//! The alert is known by `aggreg_key`, which stays the same from its beginning to its end, or by
//! the monitor and its scope; the id of the event changes and is taken where there is nothing else.

use super::flat::Flat;
use super::limits::BODY_CHARS;
use super::loose::{self, Pairs, Raw};
use super::{Notes, Request, Unreadable, form_pairs, key};
use crate::{Reading, Severity, Signal, SignalStatus};

const CYCLE: [&str; 4] = ["aggregkey", "aggregationkey", "alertcyclekey", "dedupkey"];
const MONITOR: [&str; 2] = ["alertid", "monitorid"];
const SCOPE: [&str; 3] = ["alertscope", "scope", "scopes"];
const EVENT: [&str; 2] = ["id", "eventid"];
const TITLE: [&str; 4] = ["title", "eventtitle", "alerttitle", "name"];
const BODY: [&str; 5] = ["body", "message", "eventmsg", "textonlymsg", "description"];
const TRANSITION: [&str; 4] = ["alerttransition", "transition", "status", "alertstatus"];
const SEVERITY: [&str; 3] = ["severity", "alerttype", "eventtype"];
const PRIORITY: [&str; 2] = ["alertpriority", "priority"];
const LINK: [&str; 4] = ["link", "url", "alerturl", "eventurl"];
const SNAPSHOT: [&str; 1] = ["snapshot"];
const DATE: [&str; 5] = ["date", "lastupdated", "timestamp", "eventtime", "datetime"];
const HOST: [&str; 2] = ["hostname", "host"];

/// Reads an alert, also as the form that a site may have its fields sent as.
pub fn read(request: &Request<'_>) -> Result<Reading, Unreadable> {
    let mut notes = Notes::new(request.now);
    let text = loose::text(request.body, &mut notes);
    let form = if request.is_form() { form_pairs(request.body) } else { Vec::new() };
    let unfilled = |text: &str| text.len() > 1 && text.starts_with('$') && !text.contains(' ');
    let pairs: Result<Pairs<'_, Raw<'_>>, Unreadable> = loose::parse(&text);
    let fields = match &pairs {
        Ok(pairs) => Flat::of(&mut notes, pairs, unfilled),
        Err(_) if !form.is_empty() => Flat::of_form(&mut notes, &form, unfilled),
        Err(error) => return Err(error.clone()),
    };
    if fields.first(&TITLE).is_none() && fields.first(&CYCLE).or(fields.first(&MONITOR)).is_none() {
        return Err(Unreadable::new("title", "is missing or blank"));
    }
    let signal = signal(&mut notes, &fields, request.fresh);
    Ok(notes.finish(vec![signal]))
}

fn signal(notes: &mut Notes, fields: &Flat<'_>, fresh: &str) -> Signal {
    let transition = fields.first(&TRANSITION).unwrap_or_default();
    let title = fields.first(&TITLE).unwrap_or_default();
    let status = status(notes, transition, title);
    let key = known_by(fields, fresh);
    let title = notes.title("title", &[Some(without_mark(title)), fields.first(&MONITOR)]);
    let mut signal = Signal::new(key, status, title);
    signal.priority = fields.first(&PRIORITY).and_then(super::priority);
    signal.severity = severity(notes, fields, transition, &signal);
    signal.body = notes.text("body", fields.first(&BODY).unwrap_or_default(), BODY_CHARS);
    for tag in fields.first(&["tags"]).unwrap_or_default().split(',') {
        let (name, value) = tag.split_once(':').unwrap_or((tag, "yes"));
        notes.label(&mut signal.labels, name.trim(), value.trim());
    }
    for (name, names) in [("host", &HOST[..]), ("scope", &SCOPE), ("monitor", &MONITOR)] {
        notes.label(&mut signal.labels, name, fields.first(names).unwrap_or_default());
    }
    signal.service = signal.labels.get("service").cloned();
    notes.link(&mut signal.links, fields.first(&LINK), "Datadog");
    notes.link(&mut signal.links, fields.first(&SNAPSHOT), "Snapshot");
    signal.started_at = fields.first(&DATE).and_then(|text| match text.parse::<f64>() {
        Ok(number) => notes.unix("date", number),
        Err(_) => notes.start("date", text),
    });
    signal
}

fn known_by(fields: &Flat<'_>, fresh: &str) -> String {
    let monitor = fields.first(&MONITOR).map(|monitor| {
        let scope = fields.first(&SCOPE).or(fields.first(&HOST)).unwrap_or_default();
        format!("monitor:{monitor}:{scope}")
    });
    match (fields.first(&CYCLE), monitor, fields.first(&EVENT)) {
        (Some(cycle), ..) => key(cycle),
        (None, Some(monitor), _) => key(&monitor),
        (None, None, Some(event)) => key(&format!("event:{event}")),
        (None, None, None) => fresh.to_owned(),
    }
}

/// `Triggered`, `Re-Triggered`, `Warn`, `No Data`, `Recovered`, `Renotify`; or the mark with which a
/// title begins.
fn status(notes: &mut Notes, transition: &str, title: &str) -> SignalStatus {
    let transition = transition.to_lowercase();
    let recovered = transition.contains("recover");
    match transition.as_str() {
        "" if title.starts_with("[Recovered") => SignalStatus::Resolved,
        "" | "re-triggered" | "no data" | "re-no data" | "re-warn" | "renotify" => {
            SignalStatus::Firing
        }
        _ if recovered => SignalStatus::Resolved,
        other => notes.status("alert_transition", Some(other)),
    }
}

fn severity(notes: &mut Notes, fields: &Flat<'_>, transition: &str, signal: &Signal) -> Severity {
    if let Some(priority) = signal.priority {
        return super::vocabulary::severity_of(priority);
    }
    let transition = transition.to_lowercase();
    if transition.contains("warn") || transition.contains("no data") {
        return Severity::Warning;
    }
    // `success` is the type of a recovery, and no word for how bad the alert was.
    let word =
        fields.first(&SEVERITY).filter(|word| !word.contains("success") && !word.contains("alert"));
    notes.severity("alert_type", word)
}

/// A title without `[Triggered]`, `[P1] [Warn]` and so on in front.
fn without_mark(title: &str) -> &str {
    let mut rest = title.trim_start();
    while let Some(end) = rest.strip_prefix('[').and_then(|inner| inner.find(']')) {
        let after = rest[end + 2..].trim_start();
        if after.is_empty() || end > 40 {
            break;
        }
        rest = after;
    }
    rest
}
