//! Grafana: the webhook of its unified alerting, and that of versions before 9.

use super::alertmanager::{Told, webhook};
use super::limits::BODY_CHARS;
use super::loose::{self, Count, Many, Pairs, Raw, Text, object};
use super::{Notes, Request, Unreadable, details, key};
use crate::{Reading, Severity, Signal, SignalStatus};

object! {
    Body<'a> {
        "groupKey" => group_key: Text<'a>,
        "truncatedAlerts" => truncated_alerts: Count,
        "alerts" => alerts: Many<Told<'a>>,
        "ruleId" => rule_id: Text<'a>,
        "ruleName" => rule_name: Text<'a>,
        "ruleUrl" => rule_url: Text<'a>,
        "state" => state: Text<'a>,
        "title" => title: Text<'a>,
        "message" => message: Text<'a>,
        "orgId" => org_id: Text<'a>,
        "evalMatches" => matches: Many<Match<'a>>,
        "tags" => tags: Pairs<'a, Raw<'a>>,
        "imageUrl" => image_url: Text<'a>,
        "dashboardId" => dashboard_id: Text<'a>,
        "panelId" => panel_id: Text<'a>,
    }
}

object! {
    Match<'a> {
        "metric" => metric: Text<'a>,
        "value" => value: Text<'a>,
    }
}

/// Measured values that are shown of a legacy alert.
const MATCHES_SHOWN: usize = 50;

/// Reads a notification of either kind.
pub fn read(request: &Request<'_>) -> Result<Reading, Unreadable> {
    let mut notes = Notes::new(request.now);
    let text = loose::text(request.body, &mut notes);
    let body: Body<'_> = loose::parse(&text)?;
    if body.alerts.is_list {
        let group = body.group_key.get().map(key);
        let left_out = body.truncated_alerts.0.saturating_add(body.alerts.more);
        return Ok(webhook::reading(notes, &body.alerts.items, group, left_out));
    }
    if body.rule_id.get().is_none() && body.rule_name.get().is_none() {
        return Err(Unreadable::new(
            "alerts",
            "must be a list of alerts, or there must be a ruleId",
        ));
    }
    let signal = legacy(&mut notes, &body);
    Ok(notes.finish(signal.into_iter().collect()))
}

/// The alert of a rule. Rules that are paused or wait to fire say nothing.
fn legacy(notes: &mut Notes, body: &Body<'_>) -> Option<Signal> {
    let state = body.state.get().unwrap_or_default();
    let (status, no_data) = match state {
        "ok" => (SignalStatus::Resolved, false),
        "no_data" => (SignalStatus::Firing, true),
        "paused" | "pending" => {
            notes.warn("state", format_args!("{state:?} is no alert; nothing was recorded"));
            return None;
        }
        other => (notes.status("state", Some(other)), false),
    };
    let rule = body.rule_id.get().or(body.rule_name.get()).unwrap_or_default();
    let name = body.rule_name.get();
    let title = notes.title("ruleName", &[name, body.title.get()]);
    let key = key(&format!("rule:{}:{rule}", body.org_id.get().unwrap_or("1")));
    let mut signal = Signal::new(key, status, title);
    signal.body = body.message.as_str().to_owned();
    for found in body.matches.items.iter().take(MATCHES_SHOWN) {
        details::section(&mut signal.body, found.metric.as_str(), found.value.as_str());
    }
    details::add(notes, "tags", &body.tags, &mut signal);
    if let Some(name) = name {
        notes.label(&mut signal.labels, "alertname", name);
    }
    if no_data {
        notes.label(&mut signal.labels, "grafana_state", "no_data");
    }
    for (name, value) in [("dashboard_id", &body.dashboard_id), ("panel_id", &body.panel_id)] {
        notes.label(&mut signal.labels, name, value.as_str());
    }
    let word = signal.labels.get("severity").cloned();
    signal.severity = match (word, no_data) {
        (None, true) => Severity::Warning,
        (word, _) => notes.severity("tags.severity", word.as_deref()),
    };
    signal.service = signal.labels.get("service").cloned();
    notes.link(&mut signal.links, body.rule_url.get(), "Rule");
    notes.link(&mut signal.links, body.image_url.get(), "Image");
    signal.body = notes.text("message", &signal.body, BODY_CHARS);
    Some(signal)
}
