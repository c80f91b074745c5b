//! Sentry: issue alerts, issues and metric alerts of its integrations, and the webhook plugin before
//! them.

use super::limits::BODY_CHARS;
use super::loose::{self, Many, Raw, Text, object};
use super::{Notes, Request, Unreadable, details, key};
use crate::{Reading, Severity, Signal, SignalStatus};

object! {
    Body<'a> {
        "action" => action: Text<'a>,
        "data" => data: Data<'a>,
        "id" => id: Text<'a>,
        "project_name" => project_name: Text<'a>,
        "project_slug" => project_slug: Text<'a>,
        "project" => project: Text<'a>,
        "level" => level: Text<'a>,
        "culprit" => culprit: Text<'a>,
        "message" => message: Text<'a>,
        "url" => url: Text<'a>,
        "event" => event: Issue<'a>,
    }
}

object! {
    Data<'a> {
        "event" => event: Issue<'a>,
        "issue" => issue: Issue<'a>,
        "error" => error: Issue<'a>,
        "metric_alert" => metric_alert: Metric<'a>,
        "description_title" => description_title: Text<'a>,
        "description_text" => description_text: Text<'a>,
        "web_url" => web_url: Text<'a>,
        "triggered_rule" => triggered_rule: Text<'a>,
    }
}

object! {
    Issue<'a> {
        "id" => id: Text<'a>,
        "issue_id" => issue_id: Text<'a>,
        "title" => title: Text<'a>,
        "culprit" => culprit: Text<'a>,
        "level" => level: Text<'a>,
        "environment" => environment: Text<'a>,
        "message" => message: Text<'a>,
        "web_url" => web_url: Text<'a>,
        "permalink" => permalink: Text<'a>,
        "datetime" => datetime: Text<'a>,
        "firstSeen" => first_seen: Text<'a>,
        "project" => project: Raw<'a>,
        "tags" => tags: Many<Raw<'a>>,
    }
}

object! {
    Metric<'a> {
        "id" => id: Text<'a>,
        "title" => title: Text<'a>,
        "date_started" => date_started: Text<'a>,
        "alert_rule" => alert_rule: Project<'a>,
    }
}

object! {
    Project<'a> {
        "name" => name: Text<'a>,
        "slug" => slug: Text<'a>,
    }
}

/// What Sentry also tells of, which is no alert.
const NO_ALERTS: [&str; 2] = ["installation", "comment"];

/// Reads a notification.
pub fn read(request: &Request<'_>) -> Result<Reading, Unreadable> {
    let mut notes = Notes::new(request.now);
    let text = loose::text(request.body, &mut notes);
    let body: Body<'_> = loose::parse(&text)?;
    let data = &body.data;
    if let Some(what) =
        request.header("sentry-hook-resource").filter(|what| NO_ALERTS.contains(what))
    {
        notes.warn("data", format_args!("tells of {what}, which is no alert"));
        return Ok(notes.finish(Vec::new()));
    }
    let issue = [&data.event, &data.error, &data.issue].into_iter().find(|issue| issue.is_object);
    let signal = if data.metric_alert.is_object {
        metric(&mut notes, &body)
    } else if let Some(issue) = issue {
        of_issue(&mut notes, &body, issue, request.fresh)
    } else if body.id.get().is_some() || body.message.get().is_some() {
        plugin(&mut notes, &body, request.fresh)
    } else {
        return Err(Unreadable::new("data", "must hold an event, an issue or a metric_alert"));
    };
    Ok(notes.finish(vec![signal]))
}

/// `triggered`, `created`, `unresolved`, `assigned`; `resolved`, `archived`, `ignored`.
fn status(notes: &mut Notes, action: Option<&str>) -> SignalStatus {
    match action {
        Some("archived" | "ignored") => SignalStatus::Resolved,
        Some("assigned") => SignalStatus::Acknowledged,
        Some("unresolved") => SignalStatus::Firing,
        word => notes.status("action", word),
    }
}

fn of_issue(notes: &mut Notes, body: &Body<'_>, issue: &Issue<'_>, fresh: &str) -> Signal {
    let id = issue.issue_id.get().or(issue.id.get());
    let known = id.map_or_else(|| fresh.to_owned(), |id| key(&format!("issue:{id}")));
    let title = notes.title("data.issue.title", &[issue.title.get(), issue.message.get()]);
    let mut signal = Signal::new(known, status(notes, body.action.get()), title);
    signal.severity = notes.severity("level", issue.level.get());
    let mut text = issue.message.as_str().to_owned();
    details::section(&mut text, "Where", issue.culprit.as_str());
    details::section(&mut text, "Rule", body.data.triggered_rule.as_str());
    signal.body = notes.text("message", &text, BODY_CHARS);
    project(notes, issue, &mut signal);
    notes.label(&mut signal.labels, "environment", issue.environment.as_str());
    for tag in &issue.tags.items {
        let pair: Vec<Text<'_>> =
            tag.get().and_then(|json| loose::parse(json).ok()).unwrap_or_default();
        if let [name, value] = pair.as_slice() {
            notes.label(&mut signal.labels, name.as_str(), value.as_str());
        }
    }
    notes.link(&mut signal.links, issue.web_url.get().or(issue.permalink.get()), "Sentry");
    let since = issue.datetime.get().or(issue.first_seen.get()).unwrap_or_default();
    signal.started_at = notes.start("datetime", since);
    signal
}

/// The project is a number, a name, or an object, as the kind of the notification has it.
fn project(notes: &mut Notes, issue: &Issue<'_>, signal: &mut Signal) {
    let known: Project<'_> =
        issue.project.get().and_then(|json| loose::parse(json).ok()).unwrap_or_default();
    let words = issue.project.words();
    let name = known.slug.get().or(known.name.get());
    let name = name.or(Some(words.trim()).filter(|_| !known.is_object));
    notes.label(&mut signal.labels, "project", name.unwrap_or_default());
    // A number is no name of a service.
    let is_number = |name: &&str| name.bytes().all(|byte| byte.is_ascii_digit());
    signal.service = notes.name("project", name.filter(|name| !is_number(name)));
}

fn metric(notes: &mut Notes, body: &Body<'_>) -> Signal {
    let (data, alert) = (&body.data, &body.data.metric_alert);
    let (status, severity) = match body.action.get() {
        Some("critical") => (SignalStatus::Firing, Severity::Critical),
        Some("warning") => (SignalStatus::Firing, Severity::Warning),
        word => (notes.status("action", word), Severity::Error),
    };
    let rule = alert.alert_rule.name.get();
    let title = notes.title("title", &[data.description_title.get(), alert.title.get(), rule]);
    let id = alert.id.get().or(data.web_url.get()).or(rule).unwrap_or_default();
    let mut signal = Signal::new(key(&format!("metric:{id}")), status, title);
    signal.severity = severity;
    signal.body = notes.text("description_text", data.description_text.as_str(), BODY_CHARS);
    notes.label(&mut signal.labels, "rule", rule.unwrap_or_default());
    notes.link(&mut signal.links, data.web_url.get(), "Sentry");
    signal.started_at = notes.start("date_started", alert.date_started.as_str());
    signal
}

fn plugin(notes: &mut Notes, body: &Body<'_>, fresh: &str) -> Signal {
    let known = body.id.get().map_or_else(|| fresh.to_owned(), |id| key(&format!("issue:{id}")));
    let title =
        notes.title("message", &[body.event.title.get(), body.message.get(), body.culprit.get()]);
    let mut signal = Signal::new(known, SignalStatus::Firing, title);
    signal.severity = notes.severity("level", body.level.get());
    let mut text = body.message.as_str().to_owned();
    details::section(&mut text, "Where", body.culprit.as_str());
    signal.body = notes.text("message", &text, BODY_CHARS);
    let slug = body.project_slug.get().or(body.project.get()).or(body.project_name.get());
    notes.label(&mut signal.labels, "project", slug.unwrap_or_default());
    signal.service = notes.name("project", slug);
    notes.link(&mut signal.links, body.url.get(), "Sentry");
    signal
}
