//! Alertmanager's own mails, recognised by their subject and read from their text: labels and
//! annotations of each alert stand there line by line. Any other mail about an alert is a mail.

use super::alertmanager::fingerprint;
use super::limits::{ALERTS, BODY_CHARS};
use super::{Notes, details};
use crate::{Reading, Signal, SignalStatus};
use kernel::Timestamp;
use std::collections::BTreeMap;

#[derive(Default)]
struct Alert<'t> {
    labels: Vec<(&'t str, String)>,
    annotations: Vec<(&'t str, String)>,
}

#[derive(PartialEq)]
enum Part {
    Nothing,
    Labels,
    Annotations,
}

/// What a mail says, if it is one of Alertmanager's default ones: its subject begins with
/// `[FIRING:2]` or `[RESOLVED]`, and its text, made from its HTML, lists labels. The keys are
/// those that Alertmanager's webhook would give.
///
/// ```
/// let text = "[1] Firing\nLabels\nalertname = DiskFull\nAnnotations\nsummary = full\nSource";
/// let now = "2026-11-23T05:00:00Z".parse().unwrap();
/// let reading = alert::doors::mail::read("[FIRING:1] DiskFull", text, now).unwrap();
/// assert_eq!(reading.signals[0].title, "full");
/// ```
pub fn read(subject: &str, text: &str, now: Timestamp) -> Option<Reading> {
    let subject = subject.trim();
    if !subject.starts_with("[FIRING:") && !subject.starts_with("[RESOLVED") {
        return None;
    }
    let otherwise = match subject.starts_with("[RESOLVED") {
        true => SignalStatus::Resolved,
        false => SignalStatus::Firing,
    };
    let mut notes = Notes::new(now);
    let alerts = alerts(text, otherwise);
    let signals: Vec<Signal> =
        alerts.iter().map(|(status, told)| signal(&mut notes, *status, told)).collect();
    (!signals.is_empty()).then(|| notes.finish(signals))
}

fn alerts(text: &str, otherwise: SignalStatus) -> Vec<(SignalStatus, Alert<'_>)> {
    let (mut status, mut part) = (otherwise, Part::Nothing);
    let mut alerts: Vec<(SignalStatus, Alert<'_>)> = Vec::new();
    for line in text.lines().map(str::trim) {
        match line {
            "Labels" if alerts.len() < ALERTS => {
                alerts.push((status, Alert::default()));
                part = Part::Labels;
            }
            "Labels" => break,
            "Annotations" if part == Part::Labels => part = Part::Annotations,
            _ if line == "Source" || line.starts_with("Source ") || line.starts_with("Source:") => {
                part = Part::Nothing;
            }
            _ if line.starts_with('[') && line.ends_with("] Firing") => {
                status = SignalStatus::Firing
            }
            _ if line.starts_with('[') && line.ends_with("] Resolved") => {
                status = SignalStatus::Resolved
            }
            _ => match (alerts.last_mut(), &part) {
                (Some((_, alert)), Part::Labels) => add(&mut alert.labels, line),
                (Some((_, alert)), Part::Annotations) => add(&mut alert.annotations, line),
                _ => {}
            },
        }
    }
    alerts.retain(|(_, alert)| !alert.labels.is_empty());
    alerts
}

/// A line `name = value`, or one more of the value before it.
fn add<'t>(pairs: &mut Vec<(&'t str, String)>, line: &'t str) {
    let is_name = |name: &str| {
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_:".contains(&byte))
    };
    match line.split_once(" = ").or_else(|| line.strip_suffix(" =").map(|name| (name, ""))) {
        Some((name, value)) if is_name(name) => pairs.push((name, value.to_owned())),
        _ => {
            if let Some((_, value)) = pairs.last_mut() {
                value.push('\n');
                value.push_str(line);
            }
        }
    }
}

fn signal(notes: &mut Notes, status: SignalStatus, told: &Alert<'_>) -> Signal {
    let pairs: BTreeMap<&str, &str> =
        told.labels.iter().map(|(name, value)| (*name, value.trim_end())).collect();
    let annotation = |wanted: &str| {
        let found = told.annotations.iter().find(|(name, _)| *name == wanted);
        found.map(|(_, value)| value.trim_end())
    };
    let titles = [annotation("summary"), annotation("title"), pairs.get("alertname").copied()];
    let title = notes.title("alertname", &titles);
    let mut signal =
        Signal::new(fingerprint(pairs.iter().map(|(name, value)| (*name, *value))), status, title);
    for (name, value) in &pairs {
        notes.label(&mut signal.labels, name, value);
    }
    let mut body = annotation("description").unwrap_or_default().to_owned();
    for (name, value) in &told.annotations {
        match *name {
            "summary" | "title" | "description" => {}
            "runbook_url" => notes.link(&mut signal.links, Some(value), "Runbook"),
            name => details::section(&mut body, name, value),
        }
    }
    signal.body = notes.text("annotations", &body, BODY_CHARS);
    signal.severity = notes.severity("severity", pairs.get("severity").copied());
    signal.service = notes.name("service", pairs.get("service").copied());
    signal
}
