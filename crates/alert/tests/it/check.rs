//! What must hold of whatever comes out of a door.

use alert::doors::{
    Kind, Request, cloudevents, heartbeat, json, limits, mail, opsgenie, pagerduty, sns,
};
use alert::{Reading, Signal};
use kernel::Timestamp;

/// The instant at which requests are read.
pub fn now() -> Timestamp {
    "2026-11-23T05:00:00Z".parse().expect("an instant")
}

/// Lets every door read a body. How many signals came out, or what is wrong with one.
pub fn check(body: &[u8]) -> Result<usize, String> {
    let headers = [("Content-Type", "application/json")];
    let form = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")];
    let batch = [("content-type", "application/cloudevents-batch+json"), ("ce-id", "%zz")];
    let event = [("content-type", "text/plain"), ("ce-specversion", "1.0"), ("ce-type", "a%C3")];
    let mut signals = 0;
    for headers in [&headers[..], &form, &batch, &event] {
        let query = std::str::from_utf8(&body[..body.len().min(300)]).unwrap_or("a=b");
        let request = Request { headers, query, ..Request::post(body, now(), "fresh") };
        for reading in all(&request) {
            signals += reading.signals.len();
            whole(&reading)?;
        }
    }
    Ok(signals)
}

fn all(request: &Request<'_>) -> Vec<Reading> {
    let mut readings: Vec<Reading> =
        Kind::ALL.iter().filter_map(|kind| kind.read(request).ok()).collect();
    readings.extend(pagerduty::read(request).ok().map(|event| event.reading));
    readings.extend(pagerduty::read_v1(request).ok().map(|event| event.reading));
    readings.extend(json::read(request, None).ok());
    readings.extend(cloudevents::read(request, None).ok());
    if let Ok(sns::Message::Told(reading)) = sns::read(request) {
        readings.push(reading);
    }
    drop(pagerduty::changes::read(request));
    drop(alert::doors::alertmanager::api::silence(request));
    drop(alert::doors::alertmanager::api::wanted(request.query));
    drop(opsgenie::search::parse(request.query));
    drop(heartbeat::read(request));
    let text = String::from_utf8_lossy(request.body);
    readings.extend(mail::read("[FIRING:1] x", &text, request.now));
    drop(alert::mapping::Mapping::parse([("title", text.as_ref()), ("each", "$[]")]));
    let paths = [
        "v2/alerts",
        "v2/alerts/a%2Fb/close/",
        "/jsm/ops/integration/v2/alerts/x/snooze",
        "v2/alerts/x/tags",
        request.query,
    ];
    for (path, method) in
        paths.iter().flat_map(|path| [(path, "POST"), (path, "GET"), (path, "PUT")])
    {
        let request = Request { path, method, ..*request };
        if let Ok(opsgenie::Call::Create(create)) = opsgenie::read(&request) {
            readings.push(create.reading);
        }
    }
    readings
}

/// A reading within all limits.
fn whole(reading: &Reading) -> Result<(), String> {
    if reading.warnings.len() > limits::WARNINGS + 2 {
        return Err(format!("{} warnings", reading.warnings.len()));
    }
    if let Some(long) = reading.warnings.iter().find(|warning| warning.chars().count() > 500) {
        return Err(format!("a long warning: {long}"));
    }
    reading.signals.iter().try_for_each(one)
}

fn one(signal: &Signal) -> Result<(), String> {
    let most = |name: &str, value: usize, most: usize| match value <= most {
        true => Ok(()),
        false => Err(format!("{name} is {value}, more than {most}")),
    };
    most("key", signal.key.len(), limits::KEY_BYTES)?;
    most("group", signal.group.as_ref().map_or(0, String::len), limits::KEY_BYTES)?;
    most("once", signal.once.as_ref().map_or(0, String::len), limits::KEY_BYTES)?;
    most("title", signal.title.chars().count(), limits::TITLE_CHARS)?;
    most("body", signal.body.chars().count(), limits::BODY_CHARS)?;
    most("note", signal.note.as_ref().map_or(0, |note| note.chars().count()), limits::NOTE_CHARS)?;
    most("labels", signal.labels.len(), limits::LABELS)?;
    most("links", signal.links.len(), limits::LINKS)?;
    most("responders", signal.responders.len(), 2 * limits::RESPONDERS)?;
    for (name, value) in &signal.labels {
        most("label name", name.chars().count(), limits::LABEL_NAME_CHARS)?;
        most("label value", value.chars().count(), limits::LABEL_VALUE_CHARS)?;
    }
    let lines = [&signal.title, &signal.key];
    if lines.iter().any(|text| text.contains(|c: char| c.is_control())) {
        return Err(format!("a control character in {lines:?}"));
    }
    let json = serde_json::to_string(signal).map_err(|error| error.to_string())?;
    if json.replace("\\\\", "").contains("\\u0000") {
        return Err(format!("a NUL in {}", signal.title));
    }
    let firing = signal.status == alert::SignalStatus::Firing;
    if firing && (signal.title.trim().is_empty() || signal.key.is_empty()) {
        return Err(format!("no title or no key: {json}"));
    }
    if signal.links.iter().any(|link| !link.href.to_lowercase().starts_with("http")) {
        return Err(format!("a link to nowhere: {json}"));
    }
    let late = now().plus_seconds(limits::CLOCK_AHEAD_SECONDS);
    if signal.started_at.is_some_and(|at| at.micros() <= 0 || at > late) {
        return Err(format!("a start that cannot be: {json}"));
    }
    let back: Signal = serde_json::from_str(&json).map_err(|error| error.to_string())?;
    if back != *signal { Err(format!("is not read back: {json}")) } else { Ok(()) }
}
