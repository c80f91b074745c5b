//! GoAlert's generic API: `summary`, `details`, `action`, `dedup` and `meta`, as JSON, as a form of
//! either kind, or in the address.

use super::limits::BODY_CHARS;
use super::loose::{self, Pairs, Raw, Text, object};
use super::notes::digest;
use super::{Notes, Request, Unreadable, details, form, form_pairs, key};
use crate::{Reading, Signal, SignalStatus};
use std::borrow::Cow;

object! {
    Body<'a> {
        "summary" => summary: Text<'a>,
        "details" => details: Text<'a>,
        "action" => action: Text<'a>,
        "dedup" => dedup: Text<'a>,
        "meta" => meta: Pairs<'a, Raw<'a>>,
    }
}

/// Reads an alert. Without `dedup`, summary and details together are its key, as there: it
/// cannot be closed otherwise.
pub fn read(request: &Request<'_>) -> Result<Reading, Unreadable> {
    let mut notes = Notes::new(request.now);
    let has_parts = request.content_type().starts_with("multipart/");
    let text = match request.is_form() || has_parts || request.body.is_empty() {
        true => Cow::Borrowed("{}"),
        false => loose::text(request.body, &mut notes),
    };
    let body: Body<'_> = match loose::parse(&text) {
        // The address says it all, as there.
        Err(_) if request.parameter("summary").is_some() => Body::default(),
        read => read?,
    };
    let form = if request.is_form() { form_pairs(request.body) } else { Vec::new() };
    let content_type = request.header("content-type").unwrap_or_default();
    let given = |name: &str, json: &Text<'_>| {
        let from_form = form.iter().find(|(known, _)| known == name).map(|pair| pair.1.clone());
        let part = || form::part(content_type, request.body, name);
        let from_part = || part().map(|part| String::from_utf8_lossy(part).into_owned());
        let from_body = json.get().map(str::to_owned).or(from_form).or_else(from_part);
        from_body.or_else(|| request.parameter(name))
    };
    let summary = given("summary", &body.summary).unwrap_or_default();
    let more = given("details", &body.details).unwrap_or_default();
    let dedup = given("dedup", &body.dedup);
    if summary.trim().is_empty() && dedup.is_none() {
        return Err(Unreadable::new("summary", "is missing or blank"));
    }
    let status = match given("action", &body.action).as_deref() {
        Some("close") => SignalStatus::Resolved,
        word => notes.status("action", word),
    };
    let key = dedup
        .map_or_else(|| digest(&["summary", summary.trim(), more.trim()]), |dedup| key(&dedup));
    let title = match status {
        SignalStatus::Firing => notes.title("summary", &[Some(&summary)]),
        _ => notes.line("summary", &summary, super::limits::TITLE_CHARS),
    };
    let mut signal = Signal::new(key, status, title);
    signal.body = more;
    details::add(&mut notes, "meta", &body.meta, &mut signal);
    signal.body = notes.text("details", &signal.body, BODY_CHARS);
    let word = signal.labels.get("severity").cloned();
    signal.severity = notes.severity("meta.severity", word.as_deref());
    signal.service = signal.labels.get("service").cloned();
    Ok(notes.finish(vec![signal]))
}
