//! One alert as Alertmanager and Grafana tell of it.

use crate::doors::limits::{BODY_CHARS, LINKS};
use crate::doors::loose::{Pairs, Raw, Text, object};
use crate::doors::notes::is_key;
use crate::doors::vocabulary::{priority, severity};
use crate::doors::{Notes, key};
use crate::{Severity, Signal, SignalStatus};
use std::collections::BTreeMap;

object! {
    /// An alert of a webhook or of the API; the last six fields are Grafana's.
    Told<'a> {
        "status" => status: Text<'a>,
        "labels" => labels: Pairs<'a, Text<'a>>,
        "annotations" => annotations: Pairs<'a, Text<'a>>,
        "startsAt" => starts_at: Text<'a>,
        "endsAt" => ends_at: Text<'a>,
        "generatorURL" => generator_url: Text<'a>,
        "fingerprint" => fingerprint: Text<'a>,
        "valueString" => value_string: Text<'a>,
        "values" => values: Pairs<'a, Raw<'a>>,
        "silenceURL" => silence_url: Text<'a>,
        "dashboardURL" => dashboard_url: Text<'a>,
        "panelURL" => panel_url: Text<'a>,
        "imageURL" => image_url: Text<'a>,
    }
}

/// Annotations that are the title, best first.
const TITLES: [&str; 3] = ["summary", "title", "message"];
/// Annotations that are the body.
const BODIES: [&str; 2] = ["description", "message"];
/// Labels that name the service, best first.
const SERVICES: [&str; 4] = ["service", "service_name", "app", "application"];

/// The signal of an alert, unless it says nothing at all.
pub(in crate::doors) fn signal(notes: &mut Notes, told: &Told<'_>) -> Option<Signal> {
    let is_empty = |pairs: &Pairs<'_, Text<'_>>| pairs.iter().next().is_none();
    let says_nothing = is_empty(&told.labels) && is_empty(&told.annotations);
    if says_nothing && told.fingerprint.get().is_none() {
        notes.warn("alerts[]", "one has neither labels nor annotations; left out");
        return None;
    }
    let labels = labels(notes, told);
    let alertname = told.labels.value("alertname");
    let named = || {
        let (name, instance) = (alertname?, told.labels.first(&["instance", "host", "pod"]));
        Some(instance.map_or_else(|| name.to_owned(), |instance| format!("{name} ({instance})")))
    };
    let title = match told.annotations.first(&TITLES) {
        Some(title) => notes.title("alerts[].annotations.summary", &[Some(title), alertname]),
        None => notes.title("alerts[].labels.alertname", &[named().as_deref()]),
    };
    let status = status(notes, told);
    let started_at = notes.start("alerts[].startsAt", told.starts_at.as_str());
    let key = key_of(told);
    let once = format!("{key} {} {status}", told.starts_at.as_str().trim());
    Some(Signal {
        severity: severity_of(notes, told),
        body: body(notes, told),
        links: links(notes, told),
        service: notes.name("alerts[].labels.service", told.labels.first(&SERVICES)),
        priority: told.labels.value("priority").and_then(priority),
        started_at,
        ends_at: notes.instant("alerts[].endsAt", told.ends_at.as_str()),
        // Without a beginning the next alert of these labels would look like this one sent twice.
        once: started_at.map(|_| if is_key(&once) { once } else { crate::doors::key(&once) }),
        labels,
        ..Signal::new(key, status, title)
    })
}

fn labels(notes: &mut Notes, told: &Told<'_>) -> BTreeMap<String, String> {
    if told.labels.more > 0 {
        notes.warn("alerts[].labels", format_args!("are {} too many; left out", told.labels.more));
    }
    let mut labels = BTreeMap::new();
    for (name, value) in told.labels.iter() {
        notes.label(&mut labels, name, value.as_str());
    }
    labels
}

/// What the source says, or, where it does not, what Alertmanager would say: labels identify an
/// alert, and where there is none, annotations have to.
fn key_of(told: &Told<'_>) -> String {
    if let Some(known) = told.fingerprint.get() {
        return key(known);
    }
    let named = if told.labels.iter().next().is_some() { &told.labels } else { &told.annotations };
    let pairs: BTreeMap<&str, &str> =
        named.iter().map(|(name, value)| (name, value.as_str())).collect();
    fingerprint(pairs.into_iter().filter(|(_, value)| !value.is_empty()))
}

/// The fingerprint that Alertmanager gives an alert with these labels, which come in the order
/// of their names: FNV-1a of all names and values, as 16 hex digits.
///
/// ```
/// let labels = [("alertname", "HighLatency"), ("cluster", "eu1"), ("instance", "web-1"),
///     ("service", "checkout"), ("severity", "critical")];
/// assert_eq!(alert::doors::alertmanager::fingerprint(labels), "bdf5e1dbd55ce721");
/// ```
pub fn fingerprint<'l>(labels: impl IntoIterator<Item = (&'l str, &'l str)>) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for (name, value) in labels {
        let bytes = name.bytes().chain([0xff]).chain(value.bytes()).chain([0xff]);
        for byte in bytes {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}

fn status(notes: &mut Notes, told: &Told<'_>) -> SignalStatus {
    match told.status.get() {
        Some(word) => notes.status("alerts[].status", Some(word)),
        None => {
            let ended = notes.instant("alerts[].endsAt", told.ends_at.as_str());
            match ended.is_some_and(|at| at <= notes.now()) {
                true => SignalStatus::Resolved,
                false => SignalStatus::Firing,
            }
        }
    }
}

fn severity_of(notes: &mut Notes, told: &Told<'_>) -> Severity {
    match told.labels.value("severity") {
        Some(word) => notes.severity("alerts[].labels.severity", Some(word)),
        None => {
            let word = told.labels.first(&["level", "priority"]).and_then(severity);
            word.unwrap_or(Severity::Error)
        }
    }
}

/// The description, what else was annotated, and the values measured.
fn body(notes: &mut Notes, told: &Told<'_>) -> String {
    let mut body = String::new();
    let title = told.annotations.first(&TITLES);
    if let Some(text) = told.annotations.first(&BODIES).filter(|text| Some(*text) != title) {
        body.push_str(text);
    }
    for (name, value) in told.annotations.iter() {
        let value = value.as_str();
        let said = TITLES.contains(&name) || BODIES.contains(&name) || name.starts_with("__");
        if !said && !is_url(value) && body.len() < BODY_CHARS {
            crate::doors::details::section(&mut body, name, value);
        }
    }
    if let Some(summary) = title.filter(|title| title.contains('\n')) {
        body = if body.is_empty() { summary.to_owned() } else { format!("{summary}\n\n{body}") };
    }
    if let Some(values) = told.value_string.get() {
        crate::doors::details::section(&mut body, "Values", values);
    } else {
        for (name, value) in told.values.iter() {
            crate::doors::details::section(&mut body, name, &value.words());
        }
    }
    notes.text("alerts[].annotations", &body, BODY_CHARS)
}

fn links(notes: &mut Notes, told: &Told<'_>) -> Vec<crate::Link> {
    let mut links = Vec::new();
    let runbook = told.annotations.first(&["runbook_url", "runbook"]).filter(|url| is_url(url));
    notes.link(&mut links, runbook, "Runbook");
    notes.link(&mut links, told.dashboard_url.get(), "Dashboard");
    notes.link(&mut links, told.panel_url.get(), "Panel");
    notes.link(&mut links, told.generator_url.get(), "Source");
    notes.link(&mut links, told.silence_url.get(), "Silence");
    notes.link(&mut links, told.image_url.get(), "Image");
    for (name, value) in told.annotations.iter() {
        if is_url(value.as_str()) && links.len() < LINKS {
            notes.link(&mut links, value.get(), name);
        }
    }
    links
}

fn is_url(text: &str) -> bool {
    (text.starts_with("http://") || text.starts_with("https://")) && !text.contains([' ', '\n'])
}
