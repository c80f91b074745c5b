//! Which field is at fault when a body does not fit, and in which words. The
//! reader's error does not name the path, so the smallest part of the document
//! that provokes the same error is looked for.

use crate::nearest::nearest;
use crate::problem::Problem;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Parts looked at on one level; beyond that the level above is named.
const PARTS_MAX: usize = 2_000;
/// Values read again while a field is looked for: a large document is not worth more.
const VALUES_READ_MAX: usize = 100_000;

/// What a document lacks to be what it should be; `None` when it is.
type ErrorOf = fn(&Value) -> Option<String>;

/// The problem with a document that is no `T`, of which its reader said this.
pub(crate) fn explain<T: DeserializeOwned>(document: &Value, error: &str) -> Problem {
    explain_by(error_of::<T>, document, error)
}

/// The problem with the part of an address after the question mark, of which its reader said this.
pub(crate) fn explain_parameter(error: &str) -> Problem {
    Problem::invalid(quoted(error).unwrap_or_default(), reworded(error))
}

/// The search is the same for all types, so it is compiled once.
fn explain_by(error_of: ErrorOf, document: &Value, error: &str) -> Problem {
    let path = if let Some(name) = after(error, "unknown field ") {
        path_to(error_of, document, error, name, &|fields| fields.remove(name).is_some())
    } else if let Some(name) = after(error, "missing field ") {
        path_to(error_of, document, error, name, &|fields| {
            fields.insert(name.to_owned(), Value::Null).is_none()
        })
    } else {
        narrow(error_of, document, error)
    };
    Problem::invalid(path.join("."), reworded(error))
}

fn error_of<T: DeserializeOwned>(document: &Value) -> Option<String> {
    T::deserialize(document).err().map(|error| error.to_string())
}

/// The path to a field of an object in which a change of that field changes the error.
fn path_to(
    error_of: ErrorOf,
    document: &Value,
    error: &str,
    name: &str,
    mend: &dyn Fn(&mut Map<String, Value>) -> bool,
) -> Vec<String> {
    // A field that was added where it is missing is known there.
    let stray = match error.starts_with("missing field ") {
        true => format!("unknown field `{name}`"),
        false => error.to_owned(),
    };
    let mut waiting = vec![Vec::new()];
    for _ in 0..(VALUES_READ_MAX / values(document)).clamp(1, PARTS_MAX) {
        let Some(mut path) = waiting.pop() else { break };
        let mut mended = document.clone();
        if let Some(Value::Object(fields)) = at_mut(&mut mended, &path)
            && mend(fields)
            && error_of(&mended).is_none_or(|other| other != error && !other.starts_with(&stray))
            && error_of(&only(document, &path)).as_deref() == Some(error)
        {
            path.push(name.to_owned());
            return path;
        }
        let below = at(document, &path).map(steps).unwrap_or_default();
        waiting.extend(below.into_iter().rev().map(|step| [&path[..], &[step]].concat()));
    }
    vec![name.to_owned()]
}

/// The path to the smallest part that alone provokes the same error.
fn narrow(error_of: ErrorOf, document: &Value, error: &str) -> Vec<String> {
    let mut path = Vec::new();
    loop {
        let below = at(document, &path).map(steps).unwrap_or_default();
        let further = below.into_iter().map(|step| [&path[..], &[step]].concat());
        let same = |path: &Vec<String>| error_of(&only(document, path)).as_deref() == Some(error);
        match further.into_iter().find(same) {
            Some(guilty) => path = guilty,
            None => return path,
        }
    }
}

/// How many values a document is made of.
fn values(value: &Value) -> usize {
    match value {
        Value::Object(fields) => 1 + fields.values().map(values).sum::<usize>(),
        Value::Array(items) => 1 + items.iter().map(values).sum::<usize>(),
        _ => 1,
    }
}

/// The parts of a value.
fn steps(value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) => fields.keys().take(PARTS_MAX).cloned().collect(),
        Value::Array(items) => (0..items.len().min(PARTS_MAX)).map(|at| at.to_string()).collect(),
        _ => vec![],
    }
}

fn at<'a>(document: &'a Value, path: &[String]) -> Option<&'a Value> {
    path.iter().try_fold(document, |value, step| step_into(value, step))
}

fn at_mut<'a>(document: &'a mut Value, path: &[String]) -> Option<&'a mut Value> {
    path.iter().try_fold(document, |value, step| match value {
        Value::Object(fields) => fields.get_mut(step),
        Value::Array(items) => items.get_mut(step.parse::<usize>().ok()?),
        _ => None,
    })
}

fn step_into<'a>(value: &'a Value, step: &str) -> Option<&'a Value> {
    match value {
        Value::Object(fields) => fields.get(step),
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        _ => None,
    }
}

/// The document with nothing but what lies on this path.
fn only(document: &Value, path: &[String]) -> Value {
    let Some((step, rest)) = path.split_first() else { return document.clone() };
    let Some(inner) = step_into(document, step) else { return document.clone() };
    let inner = only(inner, rest);
    match document {
        Value::Array(_) => Value::Array(vec![inner]),
        _ => Value::Object(Map::from_iter([(step.clone(), inner)])),
    }
}

/// The reader's error in our words.
fn reworded(error: &str) -> String {
    if let Some(name) = after(error, "unknown field ") {
        let known = listed(error);
        return match nearest(name, known.iter().copied()) {
            Some(meant) => format!("is not known here; did you mean {meant}?"),
            None if known.is_empty() => "is not known here; no fields are".to_owned(),
            None => format!("is not known here; known are {}", known.join(", ")),
        };
    }
    if error.starts_with("missing field ") {
        return "is needed".to_owned();
    }
    if error.starts_with("duplicate field ") {
        return "stands twice; say it once".to_owned();
    }
    if error.starts_with("unknown variant ") {
        return format!("must be one of {}", listed(error).join(", "));
    }
    let typed = error.strip_prefix("invalid type: ").or(error.strip_prefix("invalid value: "));
    if let Some((found, expected)) = typed.and_then(|rest| rest.rsplit_once(", expected ")) {
        let (wanted, given) = (kind(expected), kind(found));
        return match quoted(found) {
            Some(number) if given == "a number" && wanted == "a whole number" => {
                format!("must be {wanted}{}, not {number}", span(expected))
            }
            _ => format!("must be {wanted}, not {given}"),
        };
    }
    error.to_owned()
}

/// What whole numbers of the reader's type can be.
fn span(words: &str) -> &'static str {
    match words {
        "u8" => " from 0 to 255",
        "u16" => " from 0 to 65,535",
        "u32" => " from 0 to 4,294,967,295",
        "u64" | "usize" => " of at least 0",
        _ => "",
    }
}

/// What the reader calls its types, as a person would.
fn kind(words: &str) -> &str {
    let first = words.split([' ', '`']).find(|word| !word.is_empty()).unwrap_or_default();
    match first {
        "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number",
        "integer" | "floating" => "a number",
        "string" | "character" => "text",
        "boolean" | "bool" => "true or false",
        "null" | "unit" | "Option" => "null",
        "map" | "struct" => "an object",
        "sequence" | "tuple" => "a list",
        "a" if words == "a string" || words == "a borrowed string" => "text",
        "a" if words == "a boolean" => "true or false",
        "a" if words == "a map" => "an object",
        "a" if words == "a sequence" => "a list",
        _ => words,
    }
}

fn after<'a>(error: &'a str, start: &str) -> Option<&'a str> {
    quoted(error.strip_prefix(start)?)
}

fn quoted(text: &str) -> Option<&str> {
    text.split('`').nth(1)
}

/// What the error lists as expected.
fn listed(error: &str) -> Vec<&str> {
    let Some((_, expected)) = error.rsplit_once("expected ") else { return vec![] };
    expected.split('`').skip(1).step_by(2).collect()
}

#[cfg(test)]
mod tests {
    use kernel::{Level, Timestamp};
    use serde::Deserialize;
    use std::collections::BTreeMap;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)] // Read by the reader alone.
    struct Sample {
        title: String,
        impact: Option<Level>,
        at: Option<Timestamp>,
        fields: Option<BTreeMap<String, String>>,
        inner: Option<Inner>,
        by_name: Option<BTreeMap<String, Inner>>,
        list: Option<Vec<Inner>>,
        flag: Option<bool>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)] // Read by the reader alone.
    struct Inner {
        size: u8,
        title: Option<String>,
    }

    #[test]
    fn the_field_at_fault_is_named() {
        let cases = [
            (r#"{}"#, "title", "is needed"),
            (r#"{"title": 5}"#, "title", "must be text, not a number"),
            (r#"{"title": "x", "titel": 1}"#, "titel", "is not known here; did you mean title?"),
            (r#"{"title": "x", "impact": 9}"#, "impact", "must be 1 (high), 2 (medium) or 3 (low)"),
            (r#"{"title": "x", "impact": "1"}"#, "impact", "must be a whole number, not text"),
            (
                r#"{"title": "x", "at": "soon"}"#,
                "at",
                "is not an RFC 3339 time with zone, such as 2026-11-23T13:12:00Z",
            ),
            (
                r#"{"title": "x", "fields": {"a": "b", "site": 4}}"#,
                "fields.site",
                "must be text, not a number",
            ),
            (r#"{"title": "x", "fields": []}"#, "fields", "must be an object, not a list"),
            (
                r#"{"title": "x", "inner": {"size": 1, "tilte": 1}}"#,
                "inner.tilte",
                "is not known here; did you mean title?",
            ),
            (r#"{"title": "x", "inner": {}}"#, "inner.size", "is needed"),
            (
                r#"{"by_name": {"a": {"size": 1}}, "inner": {}, "title": "x"}"#,
                "inner.size",
                "is needed",
            ),
            (
                r#"{"title": "x", "list": [{"size": 1}, {"size": "2"}]}"#,
                "list.1.size",
                "must be a whole number, not text",
            ),
            (
                r#"{"title": "x", "list": [{"size": -1}]}"#,
                "list.0.size",
                "must be a whole number from 0 to 255, not -1",
            ),
            (
                r#"{"title": "x", "list": [{"size": 1.5}]}"#,
                "list.0.size",
                "must be a whole number from 0 to 255, not 1.5",
            ),
            (r#"{"title": "x", "flag": "yes"}"#, "flag", "must be true or false, not text"),
            (r#"{"title": "x", "title": "y"}"#, "title", "stands twice; say it once"),
            (r#"[]"#, "", "must be an object, not a list"),
            (r#" ["x"]"#, "", "must be an object, not a list"),
            (r#""x""#, "", "must be an object, not text"),
        ];
        for (text, field, message) in cases {
            let problem = crate::json::read::<Sample>(text.as_bytes()).map(drop).unwrap_err();
            assert_eq!(problem.status, 422, "{text}: {problem:?}");
            let error = &problem.errors[0];
            assert_eq!(error.field, field, "{text}: {problem:?}");
            if !message.is_empty() {
                assert_eq!(error.message, message, "{text}");
            }
        }
    }

    #[test]
    fn a_large_document_is_not_searched_through() {
        let list = |length| {
            let good = r#"{"size": 1}, "#.repeat(length);
            format!(r#"{{"title": "x", "list": [{good}{{"size": 1, "tilte": 1}}]}}"#)
        };
        for (length, field) in [(150, "list.150.tilte"), (1_500, "tilte")] {
            let text = list(length);
            let problem = crate::json::read::<Sample>(text.as_bytes()).map(drop).unwrap_err();
            assert_eq!(problem.errors[0].field, field);
        }
    }
}
