//! Any JSON, read by a mapping; also CloudEvents and forms.

use super::loose;
use super::{Notes, Request, Unreadable, cloudevents, form_pairs, xml};
use crate::Reading;
use crate::mapping::Mapping;
use serde_json::{Map, Value};

/// Reads a request by a mapping, or by [`Mapping::usual_for`] it where there is none. CloudEvents are
/// recognised by their content type or headers; `each` then counts from the data of each event.
pub fn read(request: &Request<'_>, mapping: Option<&Mapping>) -> Result<Reading, Unreadable> {
    if cloudevents::is_one(request) {
        return cloudevents::read(request, mapping);
    }
    let mut notes = Notes::new(request.now);
    let document = document(request, &mut notes)?;
    let mapping = mapping.unwrap_or_else(|| Mapping::usual_for(&document));
    let mut reading = mapping.read(&document, request.now, request.fresh);
    reading.warnings.splice(0..0, notes.finish(Vec::new()).warnings);
    Ok(reading)
}

/// The body as a document: JSON whatever its type says, else a form, and what its type calls XML
/// or a plain text. One nested deeper than 128 levels, which the JSON library refuses, is
/// unreadable.
pub fn document(request: &Request<'_>, notes: &mut Notes) -> Result<Value, Unreadable> {
    if request.is_form() {
        let pairs = form_pairs(request.body).into_iter();
        let map: Map<String, Value> =
            pairs.map(|(name, value)| (name, Value::String(value))).collect();
        // Some send JSON as their form's only field, or call JSON a form.
        let inner = map.get("payload").or(map.get("data")).and_then(Value::as_str);
        let inner = inner.and_then(|text| serde_json::from_str(text).ok());
        let whole = || serde_json::from_slice(request.body).ok();
        return Ok(inner.or_else(whole).unwrap_or(Value::Object(map)));
    }
    let text = loose::text(request.body, notes);
    loose::parse(&text).or_else(|error| otherwise(request).ok_or(error))
}

/// What is no JSON and does not mean to be: texts by the names of their elements, or a title with
/// more words.
fn otherwise(request: &Request<'_>) -> Option<Value> {
    let kind = request.content_type();
    // As it came: what is mended in JSON is none of its faults.
    let text = &*loose::words(request.body, &mut Notes::new(request.now));
    let map = match kind.as_str() {
        "text/plain" if !begins_json(text) => {
            let first = text.lines().find(|line| !line.trim().is_empty())?;
            Map::from_iter(
                [("title", first), ("message", text)]
                    .map(|(name, words)| (name.to_owned(), Value::String(words.to_owned()))),
            )
        }
        "application/xml" | "text/xml" => xml::texts(text),
        _ => return None,
    };
    (!map.is_empty()).then_some(Value::Object(map))
}

/// Whether it was to be JSON: a bracket alone is how many titles begin, `[CRITICAL] Disk full`.
fn begins_json(text: &str) -> bool {
    let text = text.trim_start();
    let in_list = text.strip_prefix('[').map(str::trim_start);
    text.starts_with('{') || in_list.is_some_and(|rest| rest.starts_with(['{', '[', '"']))
}
